//! From bytes and batches to series; nothing but shape.

pub mod batch;
pub mod native;
pub mod prometheus;
