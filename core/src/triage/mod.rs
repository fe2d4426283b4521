//! From signals to an answer.
//!
//! Facts answer one question each, the ledger says what changed, causes judge facts and claim
//! seconds, and the ranking makes one verdict of them. Each step is a value that the next one
//! reads.

pub mod absence;
mod behind;
mod by_chance;
pub mod cause;
pub mod coverage;
mod cures;
pub mod ending;
pub mod evidence;
pub mod facts;
pub mod finding;
pub mod ledger;
pub mod matrix;
pub mod outside;
pub mod rank;
pub mod rules;
mod shifts;
pub mod stall;
pub mod subject;
mod told;
mod undecided;
pub mod unfailed;
mod unfinished;
