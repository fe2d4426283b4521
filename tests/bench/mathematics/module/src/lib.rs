//! Stages of the core that the shipped module has no entry for, each to be timed alone: a fleet's
//! counters to quantiles, the quantile by itself, a heat map to pixels.

mod fleet;
mod painting;
mod quantiles;

pub use fleet::Fleet;
pub use painting::Painting;
pub use quantiles::Windows;
