//! Histogram mathematics and triage rules for LLM serving latency.

#![forbid(unsafe_code)]

pub mod caveat;
pub mod error;
pub mod histogram;
pub mod ingest;
pub mod report;
pub mod session;
pub mod settings;
