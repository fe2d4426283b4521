//! Limits of the live engine.

use serde::Serialize;

/// A limit of the live engine beside its use.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Limit {
    /// `max_num_seqs`, `kv_capacity_tokens`, `max_model_len` or `kv_worst_case_concurrency`.
    pub name: String,
    /// The limit, in `unit`.
    pub value: f64,
    /// `sequences` or `tokens`.
    pub unit: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// How it was found, one sentence.
    pub text: String,
    /// The replica it belongs to; absent when all replicas agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub replica: Option<String>,
    /// Since when it has been binding, Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub since: Option<i64>,
    /// What is used of it, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub usage: Option<f64>,
    /// `usage / value`, at most 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub usage_share: Option<f64>,
}

/// Where a limit comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Provenance {
    /// The engine exports it.
    Exported,
    /// The engine behaves as if it were so.
    Inferred,
    /// The user typed it.
    Given,
}
