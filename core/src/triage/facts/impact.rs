//! Who is hurt, and how much?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::phases::Phase;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::histogram::{QuantileEstimate, TailEstimate};
use crate::signal::level::{BASELINE_EFFECT, Level, WAIT_SHARE_OF_TARGET};
use crate::small::list::CollectVec;
use crate::triage::evidence::Line;
use crate::triage::facts::FactDefinition;
use crate::triage::facts::loss::{LEFT, Loss};
use crate::triage::facts::prefill::Prefill;
use crate::triage::facts::queue::Queue;
use crate::triage::facts::step_time::StepTime;
use crate::triage::finding::{ObjectiveImpact, Severity, Trend, VerdictImpact};
use crate::triage::subject::Subject;
use crate::window::measurements::Measurements;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Impact, thresholds: &[&MOST, &TREND, &CONTRIBUTES] };

/// Share of requests that miss an objective from which the severity is critical.
static MOST: Threshold = Threshold {
    id: "impact.most",
    value: 0.5,
    range: (0.05, 1.0),
    reason: Reason::of(
        "Share of requests that miss an objective from which a finding is critical: half of them. \
             Lower, every busy hour pages; higher, an outage for one user in two is a warning.",
    ),
};

/// Factor by which the queue must change within the window to be growing or draining.
static TREND: Threshold = Threshold {
    id: "impact.trend",
    value: 1.5,
    range: (1.1, 5.0),
    reason: Reason::of(
        "Factor between the waiting requests at the two ends of the window, beside two requests, \
             from which the queue grows or drains. Lower, the scatter of a steady queue counts; \
             higher, a queue that doubles in the window is called steady only just in time.",
    ),
};

/// Share of the excess time from which another cause contributes.
static CONTRIBUTES: Threshold = Threshold {
    id: "impact.contributes",
    value: 0.15,
    range: (0.01, 1.0),
    reason: Reason::of(
        "Share of the excess time that a cause must explain beside the first one to be called \
             contributing. Lower, rounding between phases makes causes; higher, an incident of two \
             halves has one.",
    ),
};

/// A signal against its objective or budget.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedSignal {
    /// Which one.
    pub id: SignalId,
    /// Its mean.
    pub mean: Option<f64>,
    /// Against its line.
    pub level: Level,
    /// What it was judged against and by how far.
    pub reason: String,
    /// The quantile that the objective is about.
    pub quantile: Option<QuantileEstimate>,
    /// The objective.
    pub target: Option<Line>,
    /// Share of requests that miss the objective, least and most.
    pub missing: Option<(f64, f64)>,
    /// Estimates of that share.
    pub likely_missing: Option<TailEstimate>,
    /// The mean by that of the baseline.
    pub growth: Option<f64>,
}

impl JudgedSignal {
    /// The objective lies within the interval of the quantile, and the estimate beyond what may
    /// miss it.
    pub fn is_likely_missed(&self, may_miss: f64) -> bool {
        self.level == Level::Unknown && self.likely_missing.is_some_and(|one| one.share > may_miss)
    }

    /// The same, and even a cautious estimate is within it; the mean is not above that of the
    /// baseline.
    pub fn is_likely_met(&self, may_miss: f64) -> bool {
        self.level == Level::Unknown
            && self.likely_missing.is_some_and(|one| one.cautious <= may_miss)
            && self.growth.is_none_or(|growth| growth <= BASELINE_EFFECT)
    }
}

/// Seconds a request by phase beyond what they were before and beyond what they may be.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Excess {
    /// Outside the engine.
    pub front_end: f64,
    /// Before the first scheduling.
    pub queue: f64,
    /// Before the first token.
    pub prefill: f64,
    /// After the first token.
    pub decode: f64,
}

/// Who is hurt, and how much.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// Every judged signal of the window, in reading order.
    pub judged: Vec<JudgedSignal>,
    /// Seconds of the mean request in excess.
    pub excess: Excess,
    /// Where the queue is going.
    pub trend: Trend,
    /// How bad a finding of this window is.
    pub severity: Severity,
    /// Requests that finished.
    pub finished: Option<f64>,
    /// Requests in flight at the window's end.
    pub in_flight: f64,
    /// Output tokens of the window, live; None where they are not measured.
    pub tokens: Option<f64>,
    /// Share of the requests that an objective may miss.
    pub may_miss: f64,
    /// Share of the requests that may leave before their end.
    pub may_leave: f64,
    /// The quantile that must meet the target.
    pub quantile: f64,
    /// Requests that a quantile needs at least to be judged.
    pub least_requests: f64,
    /// Share of the excess time from which another cause contributes.
    pub contributes_line: f64,
    /// Requests that began and did not end, where they are more than an objective may miss.
    pub lost: Option<f64>,
}

impl Excess {
    /// Seconds of a phase.
    pub fn of_phase(&self, phase: Phase) -> f64 {
        match phase {
            Phase::FrontEnd => self.front_end,
            Phase::Queue => self.queue,
            Phase::Prefill => self.prefill,
            Phase::Decode => self.decode,
            Phase::RemoteKv | Phase::Preemption => 0.0,
        }
    }

    /// Takes seconds out of a phase.
    pub(crate) fn take(&mut self, phase: Phase, seconds: f64) {
        match phase {
            Phase::FrontEnd => self.front_end -= seconds,
            Phase::Queue => self.queue -= seconds,
            Phase::Prefill => self.prefill -= seconds,
            Phase::Decode => self.decode -= seconds,
            Phase::RemoteKv | Phase::Preemption => {}
        }
    }

    /// A part of every phase.
    pub(crate) fn part(self, share: f64) -> Self {
        Self {
            front_end: share * self.front_end,
            queue: share * self.queue,
            prefill: share * self.prefill,
            decode: share * self.decode,
        }
    }

    /// All phases.
    pub fn total(&self) -> f64 {
        self.front_end + self.queue + self.prefill + self.decode
    }
}

impl Impact {
    pub(super) fn of(
        subject: &Subject<'_>,
        queue: &Queue,
        prefill: &Prefill,
        step_time: &StepTime,
        loss: &Loss,
    ) -> Self {
        let judged: Vec<JudgedSignal> =
            subject.signals.0.iter().map(|s| judged(subject, s.id)).collect_vec();
        let last = |family| subject.now.gauge(family).map_or(0.0, |gauge| gauge.last);
        let quantile = subject.settings.slo.quantile;
        let most = subject.line(&MOST);
        let severe = judged.iter().filter_map(|one| one.missing).any(|(least, _)| least >= most);
        Self {
            excess: excess(subject, queue, prefill, step_time),
            trend: trend(subject),
            severity: if severe { Severity::Critical } else { Severity::Warning },
            finished: subject.now.finished(),
            in_flight: last(Family::Running) + last(Family::Waiting),
            tokens: subject.now.increase(Family::GenerationTokens),
            may_miss: 1.0 - quantile,
            may_leave: subject.line(&LEFT),
            quantile,
            least_requests: libm::ceil(1.0 / (1.0 - quantile)),
            contributes_line: subject.line(&CONTRIBUTES),
            lost: loss.lost(),
            judged,
        }
    }

    /// A signal of the window; None when it is not measured.
    pub fn signal(&self, id: SignalId) -> Option<&JudgedSignal> {
        self.judged.iter().find(|one| one.id == id)
    }

    /// Whether an objective is missed, for certain or by the estimate.
    pub fn is_hurt(&self) -> bool {
        self.objectives().any(|one| one.level == Level::High || one.is_likely_missed(self.may_miss))
    }

    /// Whether every objective that is measured is met.
    pub fn is_well(&self) -> bool {
        self.objectives().all(|one| matches!(one.level, Level::Normal | Level::Low))
    }

    fn objectives(&self) -> impl Iterator<Item = &JudgedSignal> {
        [SignalId::Ttft, SignalId::Itl, SignalId::Tpot, SignalId::E2e]
            .into_iter()
            .filter_map(|id| self.signal(id))
    }

    /// The level of a signal; Unknown when it is not measured.
    pub fn level(&self, id: SignalId) -> Level {
        self.signal(id).map_or(Level::Unknown, |one| one.level)
    }

    /// What the verdict says of it.
    pub fn of_verdict(&self) -> VerdictImpact {
        let objective = |one: &JudgedSignal| {
            let (target, missing) = (one.target?.value, one.missing?);
            Some(ObjectiveImpact { signal: one.id, target, missing })
        };
        VerdictImpact {
            objectives: self.judged.iter().filter_map(objective).collect_vec(),
            excess_seconds: self
                .finished
                .filter(|finished| *finished > 0.0)
                .map(|_| self.excess.total()),
            lost_requests: self.lost,
            trend: self.trend,
        }
    }

    /// The mean of a signal in its unit.
    pub fn mean(&self, id: SignalId) -> Option<f64> {
        self.signal(id)?.mean
    }
}

fn judged(subject: &Subject<'_>, id: SignalId) -> JudgedSignal {
    let signal = subject.signal(id);
    let attainment = signal.and_then(|signal| signal.attainment);
    // Quantiles of outputs that hold several tokens are not those of tokens.
    let is_of_tokens = id != SignalId::Itl || subject.now.tokens_per_output().is_none();
    JudgedSignal {
        id,
        mean: signal.and_then(|signal| signal.mean),
        level: subject.level(id),
        reason: signal.map_or_else(String::new, |signal| signal.level_reason.clone()),
        quantile: subject.objective_quantile(id).filter(|_| is_of_tokens).cloned(),
        target: subject.target(id).map(|(value, source)| Line { value, source }),
        missing: attainment.map(|met| (1.0 - met.hi, 1.0 - met.lo)),
        likely_missing: attainment.and_then(|met| met.missed),
        growth: signal
            .and_then(|signal| signal.mean.zip(signal.baseline_mean))
            .filter(|(_, before)| *before > 0.0)
            .map(|(now, before)| now / before),
    }
}

/// Of each phase, the larger of what it grew and what it exceeds its budget by. Growth alone would
/// make a fault that also filled the baseline weigh nothing, the budget alone one inside it.
fn excess(subject: &Subject<'_>, queue: &Queue, prefill: &Prefill, step_time: &StepTime) -> Excess {
    let growth = |value: &dyn Fn(&Measurements) -> Option<f64>| {
        let before = value(subject.baseline?)?;
        Some(value(subject.now)? - before)
    };
    let larger = |grown: Option<f64>, over: Option<f64>| {
        grown.unwrap_or(0.0).max(over.unwrap_or(0.0)).max(0.0)
    };
    let over = |mean: Option<f64>, budget: Option<Line>| {
        mean.zip(budget).map(|(mean, budget)| if mean > budget.value { mean } else { 0.0 })
    };
    let front_end = |window: &Measurements| {
        let rest = window.mean(Family::E2e)? - window.mean(Family::QueueTime)?;
        Some((rest - window.mean(Family::PrefillTime)? - window.mean(Family::DecodeTime)?).max(0.0))
    };
    let wait = subject
        .target(SignalId::Ttft)
        .map(|(target, _)| subject.line(&WAIT_SHARE_OF_TARGET) * target);
    let outside = front_end(subject.now).zip(wait).map(|(mean, wait)| mean - wait);
    Excess {
        front_end: larger(growth(&front_end), outside),
        queue: larger(
            growth(&|window| window.mean(Family::QueueTime)),
            over(queue.mean, queue.budget),
        ),
        prefill: larger(
            growth(&|window| window.mean(Family::PrefillTime)),
            over(prefill.mean, prefill.budget),
        ),
        decode: larger(growth(&|window| window.mean(Family::DecodeTime)), slow(subject, step_time)),
    }
}

/// Seconds by which the tokens of the mean request exceed their target.
fn slow(subject: &Subject<'_>, step_time: &StepTime) -> Option<f64> {
    let tokens = subject.now.mean(Family::GenerationTokensPerRequest)? - 1.0;
    Some((step_time.token_time? - step_time.target?.value) * tokens.max(0.0))
}

fn trend(subject: &Subject<'_>) -> Trend {
    let Some(waiting) = subject.now.gauge(Family::Waiting) else {
        return Trend::Unknown;
    };
    let factor = subject.line(&TREND);
    if waiting.last > factor * waiting.first + 2.0 {
        Trend::Growing
    } else if waiting.first > factor * waiting.last + 2.0 {
        Trend::Recovering
    } else {
        Trend::Steady
    }
}
