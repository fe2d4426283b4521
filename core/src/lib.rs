//! Histogram mathematics and triage rules for LLM serving latency: Prometheus query results in, a
//! diagnosis out.
//!
//! # The pipeline
//!
//! Each step is a pure function; a module uses what stands above it in this list and never what
//! stands below (`tests/layers.rs` holds the order).
//!
//! ```text
//! bytes ─► ingest ─► store ─► growth ─► source, scope ─► window ─► signal ─► triage ─► report
//! ```
//!
//! - [`text`], [`small`]: numbers and foreign text in sentences; stand-ins that keep the module
//!   small.
//! - [`catalogue`]: the closed lists, each from one table: families, signals, facts, causes,
//!   actions, limits, caveats, columns, sections.
//! - [`role`]: what a series is, as a label that planned queries carry.
//! - [`settings`]: everything a user can choose.
//! - [`ingest`]: Prometheus range responses, or columns from a host, to one
//!   [`ingest::batch::SampleBatch`].
//! - [`store`]: series on one time grid, with absence; sorted, so that the order of the input
//!   changes nothing.
//! - [`histogram`]: what buckets and sum of a window prove: points, guaranteed intervals,
//!   fractions.
//! - [`growth`]: counters with resets as columns whose difference is the exact increase between two
//!   grid times.
//! - [`source`]: exporters: which one wrote a series, and what it measures; their quirks live here
//!   alone.
//! - [`query`]: the PromQL that brings all this, written once for every host.
//! - [`scope`]: one model on one engine with its replicas, and the processes and devices under
//!   them.
//! - [`window`]: measurements of any set of replicas in any window; onset and baseline.
//! - [`signal`]: named measurements, each judged against its objective.
//! - [`limits`], [`quality`]: limits of the live engine with their provenance; identities that must
//!   hold.
//! - [`model`]: the engine as a law of its batch.
//! - [`triage`]: facts answer one question each, the ledger says what changed, causes judge facts
//!   and claim seconds, and the cause that explains most is the verdict.
//! - [`diagnosis`]: all of it for one scope and one window.
//! - [`report`]: the only thing that a front end, a script or a person sees.
//! - [`comparison`]: two windows side by side.
//! - [`message`]: the report in at most 15 lines, for an incident channel.
//!
//! [`session::Session`] runs them:
//!
//! ```
//! use inference_triage_core::session::Session;
//!
//! let response = br#"{"status":"success","data":{"resultType":"matrix","result":[
//!     {"metric":{"__name__":"vllm:num_requests_running","model_name":"gemma","instance":"a:8000","engine":"0"},
//!      "values":[[1780000000,"2"],[1780000015,"2"]]}]}}"#;
//! let mut session = Session::new();
//! session.load_prometheus(&[response])?;
//! let report = session.report()?;
//! assert_eq!(report.scopes[0].model, "gemma");
//! assert_eq!(report.diagnosis.verdict.id.id(), "cannot-tell");
//! # Ok::<(), inference_triage_core::error::Error>(())
//! ```
//!
//! # Units
//!
//! | quantity | unit |
//! |---|---|
//! | latencies | seconds |
//! | times | Unix milliseconds, `i64` |
//! | shares, usages, quantiles | 0–1 |
//! | lengths | tokens |
//! | absent | `None`; in columns NaN; never 0 |
//!
//! # Floating point
//!
//! Counts are integers in `f64`, exact below 2⁵³. Sums carry the rounding of the counter they come
//! from; intervals are widened by it. Transcendental functions come from `libm` and additions run
//! in a fixed order, so that native and WebAssembly builds agree to the last bit.
//!
//! # What it does not do
//!
//! No clock, no input or output, no randomness: the caller hands over bytes and time. It keeps
//! nothing beyond the ranges that were loaded: the detail that is diagnosed, and a history where
//! the caller loads one.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(clippy::string_slice, reason = "what prints the text when an index panics weighs 4 kB")
)]

pub mod catalogue;
pub mod caveat;
pub mod comparison;
pub mod diagnosis;
pub mod error;
pub mod growth;
pub mod histogram;
pub mod ingest;
mod json;
pub mod limits;
pub mod message;
pub mod model;
pub mod quality;
pub mod query;
pub mod report;
pub mod role;
pub mod scope;
pub mod session;
pub mod settings;
pub mod signal;
pub mod small;
pub mod source;
pub mod store;
pub mod text;
pub mod time;
pub mod triage;
pub mod window;
