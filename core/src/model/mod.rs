//! The engine as a law: the time of a step against its batch.

pub mod step_time;
