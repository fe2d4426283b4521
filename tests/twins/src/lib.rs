//! Recordings of real engines beside simulated twins.
//!
//! A twin gets what was done to the engine – flags, release, requests with their lengths and times,
//! the fault – and of the machine a law of steps fitted to the lead-in, and its pace between two
//! scrapes. Everything else has to come out: queues, batches, latencies, counts. Each family of
//! each recording agrees within a stated tolerance or stands in `misfits.json` with the reason.

#![forbid(unsafe_code)]

pub mod arrivals;
pub mod compare;
pub mod composition;
pub mod disturbance;
pub mod family;
pub mod front_end;
pub mod interval;
pub mod laid;
pub mod law;
pub mod matching;
pub mod misfits;
pub mod pace;
pub mod page;
pub mod recording;
pub mod report;
pub mod served_before;
pub mod stalls;
pub mod tolerance;
pub mod twin;
