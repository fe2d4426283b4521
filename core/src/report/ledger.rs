//! What changed between the baseline and now.

use serde::Serialize;

use crate::catalogue::factors::FactorId;
use crate::triage::ledger::Factor;

/// One factor of what changed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LedgerEntry {
    /// Which factor.
    pub factor: FactorId,
    /// Name for people.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub title: &'static str,
    /// `s`, `tokens` or `requests/s`.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub unit: &'static str,
    /// In the baseline.
    pub before: f64,
    /// In the window.
    pub now: f64,
    /// `now / before`.
    pub ratio: f64,
    /// Share of the added time that the factor owns, 0–1; absent when less than a millisecond was
    /// added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub share: Option<f64>,
}

impl From<&Factor> for LedgerEntry {
    fn from(factor: &Factor) -> Self {
        Self {
            factor: factor.id,
            title: factor.id.title(),
            unit: factor.id.unit(),
            before: factor.change.before,
            now: factor.change.now,
            ratio: factor.change.factor(),
            share: factor.share,
        }
    }
}
