//! The last minutes of a long window by themselves: what began lately is few of its requests.

use crate::catalogue::causes::CauseId;
use crate::diagnosis::Diagnosis as Found;
use crate::settings::Interval;
use crate::settings::intervals::LEAST_WINDOW_MS;
use crate::store::grid::TimeGrid;
use crate::triage::finding::{Severity, State};

/// Samples that the last minutes must hold. Fewer show no growth to rely on; more, and a fault of
/// some minutes is diluted again where samples are far apart.
const LEAST_STEPS: i64 = 4;

/// How many times as long as the last minutes a window must be. Shorter ones dilute too little to
/// hide what makes requests miss an objective.
const LONG: i64 = 2;

/// The last minutes of a window that is much longer; None of one that is not, or without samples.
pub(super) fn recent(grid: &TimeGrid, (first, last): (usize, usize)) -> Option<Interval> {
    let (start, end) = (grid.times()[first], grid.times()[last]);
    let length = LEAST_WINDOW_MS.max(LEAST_STEPS * grid.step());
    (end - start >= LONG * length).then_some(Interval { start: end - length, end })
}

impl Found {
    /// Whether nothing that somebody must act on is found, and the numbers can be believed.
    pub(super) fn is_well(&self) -> bool {
        self.verdict.severity <= Severity::Info
    }

    /// Whether something makes requests slow or lose, for which a window of a few minutes holds
    /// enough.
    pub(super) fn is_fault(&self) -> bool {
        self.verdict.state == State::Firing
            && self.verdict.severity > Severity::Info
            && self.verdict.id != CauseId::TelemetryFault
    }
}
