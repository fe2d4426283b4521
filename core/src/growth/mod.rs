//! Stored samples to growth: columns whose difference between two grid times is the exact increase
//! between them.

pub mod alternation;
pub mod counter;
pub mod gauge;
pub mod histogram;
pub mod membership;
mod processes;
pub mod replicas;
mod tear;
