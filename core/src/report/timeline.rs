//! The verdicts of a range, step by step.

use serde::Serialize;

use crate::catalogue::causes::CauseId;
use crate::triage::finding::Severity;

/// Some of the steps of a range.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Timeline {
    /// Length of a step, milliseconds.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub step: i64,
    /// Length of what is judged at the end of each step, milliseconds; at least a step.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub window: i64,
    /// Steps of the whole range.
    pub all: usize,
    /// Those that were asked for, in time order.
    pub steps: Vec<TimelineStep>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TimelineStep {
    /// Last sample before the step, Unix milliseconds.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub start: i64,
    /// Last sample of the step, which ends its window too, Unix milliseconds.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub end: i64,
    /// What a diagnosis of its window says; absent where the data do not reach back a whole window.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub verdict: Option<StepVerdict>,
}

/// The verdict of one step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StepVerdict {
    /// First sample of the window that was judged, Unix milliseconds.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub from: i64,
    /// Which cause.
    pub id: CauseId,
    /// How bad it is.
    pub severity: Severity,
}
