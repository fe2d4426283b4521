//! Measurements of any set of replicas in any window, and where they changed.

pub mod activity;
pub mod baseline;
pub mod measurements;
pub mod onset;
pub mod replica_set;
mod stale;
