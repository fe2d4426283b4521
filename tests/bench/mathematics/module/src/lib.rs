//! Stages that the shipped module has no entry for, each to be timed alone: a fleet's counters to
//! quantiles (by a table that only this benchmark has), the quantile by itself, a heat map to
//! pixels.

mod columns;
mod fleet;
mod painting;
mod quantiles;
mod table;

pub use fleet::Fleet;
pub use painting::Painting;
pub use quantiles::Windows;
