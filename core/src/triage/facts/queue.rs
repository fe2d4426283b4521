//! How long do requests wait before they are first scheduled?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::signal::level::{Level, WAIT_SHARE_OF_TARGET};
use crate::text::number::{percent, seconds};
use crate::triage::evidence::{Line, exact};
use crate::triage::facts::FactDefinition;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::subject::Subject;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Queue, thresholds: &[&WAIT_SHARE_OF_TARGET] };

/// The wait in the engine's queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// Mean wait of the requests that finished, seconds; None where it is not measured.
    pub mean: Option<f64>,
    /// Mean wait in the baseline, seconds.
    pub before: Option<f64>,
    /// Against the budget.
    pub level: Level,
    /// What the mean wait may be, and whose line that is; None without a target.
    pub budget: Option<Line>,
    /// The share of the time-to-first-token target that is the budget.
    pub budget_share: f64,
    /// Share of the mean request, 0–1.
    pub share: Option<f64>,
}

impl Queue {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mean = subject.signal(SignalId::QueueTime).and_then(|signal| signal.mean);
        let whole = subject.now.mean(Family::E2e).filter(|whole| *whole > 0.0);
        let budget_share = subject.line(&WAIT_SHARE_OF_TARGET);
        Self {
            mean,
            before: subject.baseline.and_then(|baseline| baseline.mean(Family::QueueTime)),
            level: subject.level(SignalId::QueueTime),
            budget: subject
                .target(SignalId::Ttft)
                .map(|(target, source)| Line { value: budget_share * target, source }),
            budget_share,
            share: mean.zip(whole).map(|(mean, whole)| mean / whole),
        }
    }

    /// Mean wait, seconds; 0 where it is not measured.
    pub fn seconds(&self) -> f64 {
        self.mean.unwrap_or(0.0)
    }

    /// The mean wait against its budget.
    pub fn evidence(&self) -> Option<Evidence> {
        let (mean, budget) = (self.mean?, self.budget?);
        Some(exact(
            SignalId::QueueTime,
            "s",
            mean,
            Compare::Above,
            budget,
            format!(
                "queue wait is {} on average; the budget is {} ({} of the TTFT target)",
                seconds(mean),
                seconds(budget.value),
                percent(self.budget_share)
            ),
        ))
    }
}
