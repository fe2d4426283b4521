//! Where the mean request spent its time.

use serde::Serialize;

use crate::report::signal::Basis;

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

/// Where a second of a request can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Phase {
    /// Outside the engine, before and after it.
    FrontEnd,
    /// Waiting to be scheduled for the first time.
    Queue,
    /// Waiting for a remote key-value cache; part of the queue.
    RemoteKv,
    /// From the first scheduling to the first token.
    Prefill,
    /// From the first to the last token.
    Decode,
    /// Stalled by preemption; part of decode.
    Preemption,
}
