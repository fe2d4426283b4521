//! Is the key-value cache short?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::limits::LimitId;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::growth::counter::CounterColumn;
use crate::growth::gauge::Gauge;
use crate::limits::MEMORY_FULL;
use crate::small::list::CollectVec;
use crate::text::number::{counted, percent_at_most};
use crate::triage::evidence::{Line, exact};
use crate::triage::facts::FactDefinition;
use crate::triage::facts::step_time::StepTime;
use crate::triage::facts::work::Work;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::subject::{Change, Subject};

pub(super) static FACT: FactDefinition = FactDefinition {
    id: FactId::Memory,
    thresholds: &[&MEMORY_FULL, &PREEMPTING, &PREEMPTIONS, &SHRANK],
};

/// Peak usage that must accompany preemptions.
static PREEMPTING: Threshold = Threshold {
    id: "memory.preempting",
    value: 0.8,
    range: (0.3, 1.0),
    reason: Reason::of(
        "Peak share of the key-value cache in use that must accompany preemptions. The engine \
             preempts only when no free block is left, but the gauge is sampled and the freed blocks \
             of the victim are gone from it: 0.8 leaves room for one large victim. Lower, preemptions \
             by priority count as memory; higher, one large victim hides a full cache.",
    ),
};

/// Preemptions per finished request from which recomputation matters.
static PREEMPTIONS: Threshold = Threshold {
    id: "memory.preemptions-per-request",
    value: 0.02,
    range: (0.001, 1.0),
    reason: Reason::of(
        "Preemptions per finished request from which recomputation matters. Each preempted \
             request repeats its whole prefill, so at 0.02 the work lost is of the order of the noise \
             between hours. A tenth of that fires on a single unlucky long prompt; ten times as much \
             stays silent while every fifth request is computed twice.",
    ),
};

/// Share of the sequences that fitted before, below which the cache became smaller.
static SHRANK: Threshold = Threshold {
    id: "memory.shrank",
    value: 0.7,
    range: (0.1, 1.0),
    reason: Reason::of(
        "Share of the sequences that fitted into the cache before, below which it became smaller, \
             once longer prompts and outputs are allowed for. The ratio of running sequences to usage \
             wobbles by a tenth or two with the lengths that happen to run. Higher, chance shrinks \
             the cache; lower, a cache that lost a third passes.",
    ),
};

/// Preemptions from which a full cache thrashes although nothing finished to compare them with. A
/// few happen when one long request outgrows the cache; ten in a window are a state.
const LEAST_PREEMPTIONS: f64 = 10.0;

/// Factor of the batch from which it filled the cache. A cache that became too small holds a batch
/// no larger than before; lower, the wobble of a batch hides that; higher, outputs that became half
/// as long again pass for a small cache.
const FILLED: f64 = 1.25;

/// Sequences that the cache must fit for the device to be what limits the batch: up to about as
/// many, a step reads its weights and hardly more, so that each further sequence is served almost
/// for nothing. Lower, a cache for two passes for an engine at its frontier; higher, one that is
/// sized for the batch that tokens in time allow is too small.
const NARROW: f64 = 4.0;

/// What the key-value cache did in the window.
#[derive(Debug, Clone, PartialEq)]
pub struct Memory {
    /// Highest usage of the fullest replica, 0–1.
    pub peak: Option<f64>,
    /// Preemptions in the window; 0 when the counter is there and did not move.
    pub preemptions: Option<f64>,
    /// Requests that finished.
    pub finished: Option<f64>,
    /// The answer.
    pub state: MemoryState,
    /// Sequences like the present ones that the cache of one engine holds: running / share used at
    /// the window's means, of the engine with the least room.
    pub sequences_that_fit: Option<f64>,
    /// The same in the baseline and now; None without a baseline.
    pub fits: Option<Change>,
    /// Fewer sequences fit than before by more than longer prompts and outputs explain.
    pub shrank: bool,
    /// Replicas that preempted.
    pub preempting: Vec<String>,
    /// When preemptions began, Unix milliseconds, if the data before show none.
    pub since: Option<i64>,
    /// The line for `preemptions / finished`.
    pub rate_line: f64,
    /// The line for preemptions where nothing finished.
    pub least_preemptions: f64,
    /// The line for the peak beside preemptions.
    pub peak_line: f64,
    /// The line from which memory may hold admission back: the set one, or what the next prompt
    /// leaves where it takes more than that.
    pub full_line: f64,
}

/// Is the key-value cache short?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryState {
    /// Neither usage nor preemptions are measured.
    Unmeasured,
    /// There is room.
    Free,
    /// So full that admission may be held back, and nothing or little is preempted.
    Full,
    /// Requests are preempted, too few to matter.
    FewPreemptions,
    /// Requests are preempted although the cache is not full: memory is not why.
    PreemptedForAnotherReason,
    /// Requests are preempted and none finished to compare them with.
    PreemptedWithoutFinishes,
    /// Full, and requests are thrown out of the batch again and again.
    Thrashing,
}

impl Memory {
    pub(super) fn of(subject: &Subject<'_>, work: &Work) -> Self {
        let preemptions = subject.now.increase(Family::Preemptions);
        let preempts = preemptions.is_some_and(|count| count > 0.0);
        // An empty cache preempts nothing: a usage that stays at 0 beside preemptions is not
        // measured.
        let usage = subject.now.gauge(Family::KvUsage).map(|usage| usage.max);
        let peak = usage.filter(|peak| *peak > 0.0 || !preempts);
        let finished = subject.now.finished();
        let fits = fits(subject);
        let growth = |change: Option<Change>| change.map_or(1.0, Change::factor).max(1.0);
        let longer = growth(work.prompt_change).max(growth(work.output_change));
        let mut memory = Self {
            fits,
            shrank: fits.is_some_and(|fits| fits.factor() * longer < subject.line(&SHRANK)),
            peak,
            preemptions,
            finished,
            state: MemoryState::Unmeasured,
            sequences_that_fit: sequences_that_fit(subject, (subject.now.first, subject.now.last)),
            preempting: preempting(subject),
            since: first_preemption(subject),
            rate_line: subject.line(&PREEMPTIONS),
            least_preemptions: LEAST_PREEMPTIONS,
            peak_line: subject.line(&PREEMPTING),
            full_line: subject.line(&MEMORY_FULL).min(1.0 - next_prompt(subject, work)),
        };
        memory.state = memory.answer();
        memory
    }

    fn answer(&self) -> MemoryState {
        let full = self.peak.is_some_and(|peak| peak >= self.full_line);
        let preemptions = self.preemptions.unwrap_or(0.0);
        if preemptions <= 0.0 {
            return match (full, self.peak.or(self.preemptions)) {
                (true, _) => MemoryState::Full,
                (false, Some(_)) => MemoryState::Free,
                (false, None) => MemoryState::Unmeasured,
            };
        }
        match self.finished.filter(|finished| *finished > 0.0) {
            // Nothing to compare with, but a full cache and a preemption a minute say enough.
            None if preemptions >= LEAST_PREEMPTIONS
                && self.peak.is_some_and(|peak| peak >= self.full_line) =>
            {
                MemoryState::Thrashing
            }
            None => MemoryState::PreemptedWithoutFinishes,
            Some(finished) if preemptions / finished < self.rate_line => {
                MemoryState::FewPreemptions
            }
            Some(_) if self.peak.is_some_and(|peak| peak < self.peak_line) => {
                MemoryState::PreemptedForAnotherReason
            }
            Some(_) => MemoryState::Thrashing,
        }
    }

    /// Whether running requests are thrown out because the cache is full, however few.
    pub fn preempts(&self) -> bool {
        self.preemptions.is_some_and(|count| count > 0.0)
            && self.peak.is_none_or(|peak| peak >= self.peak_line)
    }

    /// Whether a batch that grew filled a cache that did not change: requests that come faster or
    /// stay for longer did it, and memory is no more than where that shows.
    pub fn is_filled(&self, step_time: &StepTime) -> bool {
        !self.shrank && step_time.running.is_some_and(|batch| batch.factor() > FILLED)
    }

    /// Whether the cache fits so few sequences that it, and not the device, limits the batch.
    pub fn is_narrow(&self) -> bool {
        self.sequences_that_fit.is_some_and(|fits| fits < NARROW)
    }

    /// Whether the cache is so full that it may hold admission back.
    pub fn is_full(&self) -> bool {
        self.peak.is_some_and(|peak| peak >= self.full_line)
    }

    /// Whether it is full, or so nearly that one that holds fewer sequences than before may hold
    /// admission back.
    pub fn may_hold_admission(&self) -> bool {
        let is_nearly = self.peak.is_some_and(|peak| peak >= self.peak_line);
        self.is_full() || self.shrank && is_nearly
    }

    /// `83 preemptions`.
    pub fn preemptions_text(&self) -> String {
        match self.preemptions.unwrap_or(0.0) {
            0.0 => "no preemptions".to_owned(),
            count => counted(count, "preemption", "preemptions"),
        }
    }

    /// What memory did, as a phrase: `KV cache ≤ 2 %, no preemptions`. None when neither is
    /// measured.
    pub fn phrase(&self) -> Option<String> {
        let usage = self.peak.map(|peak| format!("KV cache ≤ {}", percent_at_most(peak)));
        let preemptions = self.preemptions.map(|_| self.preemptions_text());
        match (usage, preemptions) {
            (Some(usage), Some(preemptions)) => Some(format!("{usage}, {preemptions}")),
            (usage, preemptions) => usage.or(preemptions),
        }
    }

    /// That the cache has room, as evidence; None where its usage is not measured.
    pub fn room_evidence(&self) -> Option<Evidence> {
        let peak = self.peak?;
        Some(exact(
            SignalId::KvUsage,
            "ratio",
            peak,
            Compare::AtMost,
            Line::constant(self.full_line),
            format!("KV cache usage is at most {}", percent_at_most(peak)),
        ))
    }
}

/// Share of the cache of one engine that the mean prompt needs, 0–1: what waits is admitted where
/// its blocks are free. 0 where either is not measured.
fn next_prompt(subject: &Subject<'_>, work: &Work) -> f64 {
    let capacity = subject.limit(LimitId::KvCapacityTokens).filter(|limit| limit.value > 0.0);
    let share = work.computed_prompt_tokens.zip(capacity);
    share.map_or(0.0, |(tokens, capacity)| (tokens / capacity.value).min(1.0))
}

fn fits(subject: &Subject<'_>) -> Option<Change> {
    let baseline = subject.baseline?;
    let before = sequences_that_fit(subject, (baseline.first, baseline.last))?;
    let now = sequences_that_fit(subject, (subject.now.first, subject.now.last))?;
    Some(Change { before, now })
}

fn sequences_that_fit(subject: &Subject<'_>, (first, last): (usize, usize)) -> Option<f64> {
    let mean = |gauge: &Gauge| gauge.window(first, last).map(|summary| summary.mean);
    let room = subject.replicas.iter().filter_map(|replica| {
        // A request that waits for its remote cache holds blocks already.
        let held = replica.gauge(Family::WaitingDeferred).and_then(&mean).unwrap_or(0.0);
        let running = mean(replica.gauge(Family::Running)?)? + held;
        let usage = mean(replica.gauge(Family::KvUsage)?)?;
        (running > 0.0 && usage > 0.0).then(|| running / usage)
    });
    room.reduce(f64::min)
}

fn preempting(subject: &Subject<'_>) -> Vec<String> {
    let (first, last) = (subject.now.first, subject.now.last);
    let grew = |preemptions: &CounterColumn| {
        preemptions.increase(first, last).is_some_and(|increase| increase > 0.0)
    };
    let replicas = subject.replicas.iter();
    let preempting = replicas.filter(|one| one.counter(Family::Preemptions).is_some_and(grew));
    preempting.map(|replica| replica.key.clone()).collect_vec()
}

fn first_preemption(subject: &Subject<'_>) -> Option<i64> {
    let first_rises =
        subject.replicas.iter().filter_map(|one| one.counter(Family::Preemptions)?.first_rise());
    // A first growth between the first two samples may have begun before the data.
    let first = first_rises.min().filter(|&index| index > 1)?;
    subject.grid.times().get(first).copied()
}
