//! The innermost loops of the core, over plain slices.
//!
//! The module that browsers load is compiled for size, which leaves nothing of a loop that runs
//! millions of times. What is here is compiled for speed in every build, and nothing is here but
//! what is worth its bytes.

#![forbid(unsafe_code)]

mod order;
mod printable;
mod search;

pub use order::compare_numbers;
pub use printable::leading_printable;
pub use search::first_at_least;
