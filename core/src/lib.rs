//! Histogram mathematics and triage rules for LLM serving latency.

#![forbid(unsafe_code)]

pub mod caveat;
pub mod error;
pub mod histogram;
pub mod ingest;
pub mod profile;
pub mod report;
pub mod scope;
pub mod session;
pub mod settings;
pub mod store;
