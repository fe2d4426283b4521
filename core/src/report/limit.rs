//! Limits of the live engine.

use serde::Serialize;

use crate::catalogue::limits::LimitId;
use crate::limits::Provenance;

/// A limit of the live engine beside its use.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Limit {
    /// Which one.
    pub name: LimitId,
    /// The limit, in `unit`.
    pub value: f64,
    /// `sequences` or `tokens`.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub unit: &'static str,
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

impl From<crate::limits::Limit> for Limit {
    fn from(limit: crate::limits::Limit) -> Self {
        let crate::limits::Limit {
            id,
            value,
            provenance,
            text,
            replica,
            since,
            usage,
            usage_share,
        } = limit;
        Self {
            name: id,
            value,
            unit: id.unit(),
            provenance,
            text,
            replica,
            since,
            usage,
            usage_share,
        }
    }
}
