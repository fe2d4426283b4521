//! How many requests arrive, and how many does the engine complete?
//!
//! Arrivals are not measured by the engine. Every request that arrives either finishes, is still
//! there, or was lost, so arrivals = finished + growth of (running + waiting) + lost.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::triage::facts::FactDefinition;
use crate::triage::facts::loss::lost_in;
use crate::triage::subject::{Change, Subject};
use crate::window::measurements::{Measurements, Total};
use crate::window::onset::LEAST_REQUESTS;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Arrivals, thresholds: &[&GREW, &FELL] };

/// Growth of the arrivals that counts as one.
static GREW: Threshold = Threshold {
    id: "arrivals.grew",
    value: 1.15,
    range: (1.0, 3.0),
    reason: Reason::of(
        "Factor of the arrivals against the baseline, beyond chance, from which there is more \
             load. An engine near its capacity queues at a few per cent more; lower, an ordinary \
             hour counts as growth; at 1.5, half of the overloads pass for a fault of the engine.",
    ),
};

/// Share of what arrived before, up to which traffic fell.
static FELL: Threshold = Threshold {
    id: "arrivals.fell",
    value: 0.6,
    range: (0.01, 0.95),
    reason: Reason::of(
        "Share of the requests per second of the range before the window, at least five minutes of \
             it, up to which traffic fell, beyond chance. Callers come and go by a third within an \
             hour; higher, every lull is a notice; lower, half of the callers are lost unseen.",
    ),
};

/// Least range before the window that its traffic is compared with, seconds: less is a moment.
const LEAST_BEFORE: f64 = 300.0;

/// Standard deviations of a Poisson count beyond which arrivals did not grow by chance: one window
/// in seven hundred.
const DEVIATIONS: f64 = 3.0;

/// Requests per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrivals {
    /// Requests that arrive per second; None where finished ones or states are not measured.
    pub per_second: Option<f64>,
    /// Requests that finish per second.
    pub completed_per_second: Option<f64>,
    /// Growth of running and waiting requests over the window.
    pub backlog_growth: Option<f64>,
    /// Arrivals in the baseline and now.
    pub change: Option<Change>,
    /// They grew by more than chance.
    pub grew: bool,
    /// First tokens per second in the range before the window and in it, where they fell by more
    /// than chance.
    pub fall: Option<Change>,
}

impl Arrivals {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let now = subject.now;
        let lost = lost_in(subject, now);
        let per_second = arriving(now, lost.unwrap_or(0.0));
        let change = subject.baseline.and_then(|baseline| change(subject, baseline, lost));
        let line = subject.line(&GREW);
        Self {
            grew: change.zip(subject.baseline).is_some_and(|(change, before)| {
                beyond_chance(change, (before.seconds, now.seconds), line)
            }),
            change,
            fall: fall(subject),
            per_second,
            completed_per_second: now
                .finished()
                .filter(|_| now.seconds > 0.0)
                .map(|finished| finished / now.seconds),
            backlog_growth: backlog_growth(now),
        }
    }

    /// Whether they grew by enough to own half of a batch's growth, as logarithms: the batch is
    /// arrivals × stay, and whatever makes requests stay longer makes it grow as well.
    pub fn own(&self, batch: Change) -> bool {
        let arrivals = self.change.filter(|_| self.grew);
        arrivals.is_some_and(|one| one.factor() * one.factor() >= batch.factor())
    }

    /// Arrivals / completions; None where nothing was completed or either is not measured.
    pub fn ratio(&self) -> Option<f64> {
        let completed = self.completed_per_second.filter(|completed| *completed > 0.0)?;
        self.per_second.map(|arriving| arriving / completed)
    }
}

/// Both windows count what they lost, or neither does: a service that always loses some would else
/// seem to get more requests.
fn change(subject: &Subject<'_>, baseline: &Measurements, lost: Option<f64>) -> Option<Change> {
    let (lost_before, lost) = lost_in(subject, baseline).zip(lost).unwrap_or((0.0, 0.0));
    let before = arriving(baseline, lost_before).filter(|before| *before > 0.0)?;
    arriving(subject.now, lost).map(|now| Change { before, now })
}

fn fall(subject: &Subject<'_>) -> Option<Change> {
    let (first, last) = (subject.now.first, subject.now.last);
    let times = subject.grid.times();
    let seconds = (times[first] - times[0]) as f64 / 1000.0;
    let begun = |first, last| {
        Total::of(Family::Ttft, subject.replicas, first, last).map(|total| total.count)
    };
    let (before, now) = (begun(0, first)?, begun(first, last)?);
    let line = subject.line(&FELL);
    let is_long = seconds >= LEAST_BEFORE && before >= LEAST_REQUESTS;
    let change = Change { before: before / seconds, now: now / subject.now.seconds };
    let expected = line * change.before * subject.now.seconds;
    let fell = now + DEVIATIONS * libm::sqrt(expected) <= expected;
    (is_long && subject.now.seconds > 0.0 && fell).then_some(change)
}

/// Whether a rate grew by the factor `line` and by more than three standard deviations of the
/// difference of two Poisson counts, over `seconds` before and now: what arrived in a short
/// baseline is known no better than what arrives in a short window.
fn beyond_chance(change: Change, (before, now): (f64, f64), line: f64) -> bool {
    let variance = change.before / before.max(1.0) + change.before / now.max(1.0);
    change.factor() > line && change.now - change.before > DEVIATIONS * libm::sqrt(variance)
}

fn arriving(window: &Measurements, lost: f64) -> Option<f64> {
    let arrived = window.finished()? + backlog_growth(window)? + lost;
    (window.seconds > 0.0).then(|| arrived.max(0.0) / window.seconds)
}

fn backlog_growth(window: &Measurements) -> Option<f64> {
    let running = window.gauge(Family::Running)?;
    let waiting = window.gauge(Family::Waiting)?;
    Some((running.last + waiting.last) - (running.first + waiting.first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_beyond_the_chance_of_both_counts() {
        let grew =
            |before, now, seconds| beyond_chance(Change { before, now }, seconds, GREW.value);
        // Ten requests in twenty seconds say as little of a rate before as they would of one now.
        assert!(!grew(0.5, 0.73, (20.0, 280.0)));
        assert!(!grew(0.5, 0.73, (280.0, 20.0)));
        assert!(grew(0.5, 0.73, (280.0, 280.0)));
        assert!(grew(0.5, 2.5, (20.0, 280.0)));
        assert!(!grew(100.0, 110.0, (300.0, 300.0)), "below the line");
    }
}
