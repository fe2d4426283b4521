//! From bytes and batches to series; nothing but shape.

pub mod batch;
mod description;
pub mod exposition;
pub mod native;
pub mod prometheus;
