//! From bytes and batches to series; nothing but shape.

pub mod batch;
pub mod decimal;
mod description;
pub mod native;
pub mod prometheus;
