//! Where the mean request spent its time.

use crate::small::list::CollectVec;
use serde::Serialize;

use crate::catalogue::phases::Phase;
use crate::histogram::Basis;
use crate::signal::phases;

/// Mean end-to-end time of the requests that finished in the window, by phase.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Phases {
    /// Requests that finished in the window.
    pub finished: f64,
    /// Mean end-to-end latency, seconds.
    pub mean_e2e: f64,
    /// Mean end-to-end latency of the baseline, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub baseline_mean_e2e: Option<f64>,
    /// The parts in the order of time. Those without `part_of` add up to `mean_e2e`.
    pub parts: Vec<PhasePart>,
}

/// One phase.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PhasePart {
    /// Which one.
    pub phase: Phase,
    /// Exact from sums and counts, or estimated.
    pub basis: Basis,
    /// The phase that contains this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub part_of: Option<Phase>,
    /// Mean seconds per finished request.
    pub seconds: f64,
    /// Share of the mean end-to-end latency, 0–1.
    pub share: f64,
    /// Mean seconds in the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub baseline_seconds: Option<f64>,
    /// `seconds − baseline_seconds`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub delta: Option<f64>,
    /// The part of `delta` that comes from more or fewer tokens; only where a token driver exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub delta_workload: Option<f64>,
    /// The part of `delta` that comes from more or less time per token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub delta_service: Option<f64>,
}

impl From<phases::Phases> for Phases {
    fn from(phases: phases::Phases) -> Self {
        let phases::Phases { finished, mean_e2e, baseline_mean_e2e, parts } = phases;
        let parts = parts.into_iter().map(PhasePart::from).collect_vec();
        Self { finished, mean_e2e, baseline_mean_e2e, parts }
    }
}

impl From<phases::PhasePart> for PhasePart {
    fn from(part: phases::PhasePart) -> Self {
        Self {
            phase: part.phase,
            basis: part.basis,
            part_of: part.part_of,
            seconds: part.seconds,
            share: part.share,
            baseline_seconds: part.baseline_seconds,
            delta: part.delta,
            delta_workload: part.delta_workload,
            delta_service: part.delta_service,
        }
    }
}
