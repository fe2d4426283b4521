//! Histogram mathematics and triage rules for LLM serving latency.

#![forbid(unsafe_code)]

pub mod caveat;
pub mod diagnosis;
pub mod error;
pub mod histogram;
pub mod ingest;
pub mod limits;
pub mod profile;
pub mod quality;
pub mod query;
pub mod report;
pub mod scope;
pub mod session;
pub mod settings;
pub mod signal;
pub mod store;
pub mod triage;
