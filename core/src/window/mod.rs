//! Measurements of any set of replicas in any window, and where they changed.

pub mod activity;
pub mod baseline;
pub mod drained;
pub mod measurements;
pub mod onset;
pub mod replica_set;
pub mod silence;
mod stale;
