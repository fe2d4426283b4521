//! Requests before they reach a replica: when they come, how long they are, what their prompts
//! hold.

pub mod generator;
pub mod trace;

pub(crate) use generator::by_chance;
pub use generator::{Asked, Generator, Part};
