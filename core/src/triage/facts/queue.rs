//! How long do requests wait before they are first scheduled?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::signal::level::{Level, WAIT_SHARE_OF_TARGET};
use crate::text::number::{counted, percent, seconds, significant};
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
    /// Requests that wait lately, and the seconds that one which arrives now waits behind them;
    /// None where nothing waits or nothing is scheduled. Finished requests tell of the queue that
    /// they met, which is one request's duration ago.
    pub lately: Option<Lately>,
}

/// The queue of the last third of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lately {
    /// Mean number of waiting requests.
    pub waiting: f64,
    /// Requests that get their first token, else that finish, per second.
    pub per_second: f64,
    /// What a request may take to its first token, seconds; None without a target.
    pub target: Option<f64>,
}

impl Lately {
    /// Seconds that a request which arrives now waits (Little's law).
    pub fn seconds(&self) -> f64 {
        self.waiting / self.per_second
    }

    /// One sentence without its period.
    pub fn phrase(&self) -> String {
        format!(
            "{} wait, and {} start each second: what arrives now waits {}",
            counted(self.waiting, "request", "requests"),
            significant(self.per_second),
            seconds(self.seconds())
        )
    }

    /// Whether that alone misses the target for the first token.
    pub fn is_missed(&self) -> bool {
        self.waiting >= LEAST_WAITING && self.target.is_some_and(|target| self.seconds() > target)
    }
}

/// Factor of the mean wait against the baseline from which requests wait longer than before.
/// Lower, the wobble of a queue that was always there counts; higher, one that half as much load
/// again made longer passes for an old one.
const LONGER: f64 = 1.2;

/// Steps that a request which nothing holds back waits at most: it comes during one, and an engine
/// that schedules ahead has decided the next.
const STEPS_OF_NO_QUEUE: f64 = 2.0;

/// Mean number of waiting requests below which a wait is not computed of them: at low traffic one
/// request that a scrape happens to see waiting would stand for minutes.
const LEAST_WAITING: f64 = 2.0;

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
            lately: lately(subject),
        }
    }

    /// Mean wait, seconds; 0 where it is not measured.
    pub fn seconds(&self) -> f64 {
        self.mean.unwrap_or(0.0)
    }

    /// Whether requests wait longer than in the baseline; true where it does not tell.
    pub fn grew(&self) -> bool {
        self.before.zip(self.mean).is_none_or(|(before, now)| now > LONGER * before)
    }

    /// Whether the wait is no longer than that of a request which nothing holds back, by the time
    /// of a step, seconds; false where either is not measured.
    pub fn is_of_steps(&self, step: Option<f64>) -> bool {
        self.mean.zip(step).is_some_and(|(mean, step)| mean <= STEPS_OF_NO_QUEUE * step)
    }

    /// Whether the mean wait alone takes more than the whole target for the first token, which says
    /// that it is missed also where first tokens are not measured.
    pub fn takes_target(&self) -> bool {
        let target = self.budget.map(|budget| budget.value / self.budget_share);
        self.mean.zip(target).is_some_and(|(mean, target)| mean > target)
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

fn lately(subject: &Subject<'_>) -> Option<Lately> {
    let (first, last) = (subject.now.first, subject.now.last);
    let from = last - (last - first) / 3;
    let mut waiting = 0.0;
    for gauge in subject.replicas.iter().filter_map(|one| one.gauge(Family::Waiting)) {
        waiting += gauge.window(from, last).map_or(0.0, |waiting| waiting.mean);
    }
    let started = subject.now.count(Family::Ttft).or_else(|| subject.now.finished())?;
    (subject.now.seconds > 0.0 && started > 0.0 && waiting > 0.0).then(|| Lately {
        waiting,
        per_second: started / subject.now.seconds,
        target: subject.target(SignalId::Ttft).map(|(target, _)| target),
    })
}
