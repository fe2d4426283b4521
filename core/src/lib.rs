//! Histogram mathematics and triage rules for LLM serving latency: Prometheus query results in, a
//! diagnosis out.
//!
//! # The pipeline
//!
//! Each step is a pure function; a module uses what stands to its left and never what stands to its
//! right.
//!
//! ```text
//! bytes ─► ingest ─► store ─► histogram ─► growth ─► profile ─► signal ─► limits, quality ─► triage ─► report
//! ```
//!
//! - [`ingest`]: Prometheus range responses, or columns from a host, to one
//!   [`ingest::batch::SampleBatch`].
//! - [`store`]: series on one time grid, with absence; sorted, so that the order of the input
//!   changes nothing.
//! - [`histogram`]: what buckets and sum of a window prove: points, guaranteed intervals,
//!   fractions.
//! - [`growth`]: counters with resets as columns whose difference is the exact increase between two
//!   grid times.
//! - [`profile`]: which engine wrote a series, and what it measures; engine quirks live here alone.
//! - [`signal`]: named measurements over a window, each judged against its objective.
//! - [`limits`], [`quality`]: limits of the live engine with their provenance; identities that must
//!   hold.
//! - [`triage`]: the matrix and one file a rule; the first rule that fires in order of judgement is
//!   the verdict.
//! - [`report`]: the only thing that a front end, a script or a person sees.
//! - [`query`]: the PromQL that brings all this, written once for every host.
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
//! assert_eq!(report.verdict.id, "cannot-tell");
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
//! No clock, no input or output, no randomness: the caller hands over bytes and time. It keeps no
//! history beyond the loaded range.

#![forbid(unsafe_code)]

pub mod catalogue;
pub mod caveat;
pub mod diagnosis;
pub mod error;
pub mod growth;
pub mod histogram;
pub mod ingest;
mod json;
pub mod limits;
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
pub mod triage;
pub mod window;
