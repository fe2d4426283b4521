//! From bytes and batches to series; nothing but shape.

pub mod batch;
pub mod decimal;
pub mod native;
pub mod prometheus;
