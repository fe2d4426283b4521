//! Inputs with known truth, damaged in the ways that real installations damage them, and what may
//! be said of the damaged ones.
//!
//! ```text
//! base ─► mutation ─► table + expectation ─► diagnosis ─► outcome ─► tally ─► ceilings, page
//! ```
//!
//! - [`table`]: series on one time grid, and what a mutation does to them.
//! - [`base`] and [`bases`]: good and faulty inputs whose truth is known: simulated, from the
//!   scenarios, recorded.
//! - [`mutation`] and [`mutations`]: one file and one row a kind of damage.
//! - [`expectation`]: which verdicts and figures are right, near, honest or wrong.
//! - [`diagnosis`]: the core asked, its answer compared.
//! - [`sample`], [`tally`], [`ceilings`], [`page`]: which cases run, and what became of them.

#![forbid(unsafe_code)]

pub mod arguments;
pub mod base;
pub mod bases;
pub mod ceilings;
pub mod diagnosis;
pub mod expectation;
pub mod mutation;
pub mod mutations;
pub mod page;
pub mod sample;
pub mod table;
pub mod tally;
