//! The literate scenario corpus: what happened at an engine, and what the diagnosis must say of it.
//!
//! A file of `tests/scenarios` holds the cases of one rule. Each case describes engines by the
//! requests they finished and the times those took, never by series; from that the series are made
//! as the engine of a chosen release exports them.
//!
//! ```text
//! document ─► load ─► recording ─► exposition ─► response ─► session ─► report ─► expectation
//! ```
//!
//! - [`document`]: Markdown to cases and their blocks. [`load`], [`header`], [`sequence`]: the text
//!   of a load block.
//! - [`recording`]: requests to observations, each at the moment the engine records it.
//! - [`release`], [`catalogue`], [`buckets`]: which release exports what, under which name, with
//!   which bounds.
//! - [`exposition`], [`notation`], [`response`]: series and the JSON of a range query.
//! - [`expectation`], [`check`]: what must be found, compared with the report's JSON.
//! - [`case`]: one case, run. [`corpus`]: all of them. [`plausibility`]: loads that no engine could
//!   carry.
//! - [`planned`]: the same data as the planned queries would bring them.

pub mod buckets;
pub mod case;
pub mod catalogue;
pub mod check;
pub mod corpus;
pub mod document;
pub mod expectation;
pub mod exposition;
pub mod header;
pub mod load;
pub mod notation;
pub mod planned;
pub mod plausibility;
pub mod recording;
pub mod release;
pub mod response;
pub mod sequence;

/// Time of the first sample of every scenario, Unix milliseconds: a full hour.
pub const ORIGIN_MS: i64 = 1_699_999_200_000;
