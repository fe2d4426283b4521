//! From signals to an answer: the matrix, one file a rule, and the order in which they are judged.

pub mod context;
pub mod evidence;
pub mod finding;
pub mod matrix;
pub mod rank;
pub mod registry;
pub mod rule;
mod rules;
mod slowdown;
