//! How many replicas does the load need?
//!
//! Fewer replicas run larger batches. They are enough where tokens, first tokens, prompts and
//! memory surely stay within their lines at the larger batch, with room for a busier hour on top.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::triage::facts::FactDefinition;
use crate::triage::facts::memory::Memory;
use crate::triage::facts::prefill::Prefill;
use crate::triage::facts::spread::{Peer, Spread};
use crate::triage::facts::step_time::StepTime;
use crate::triage::facts::worker::Worker;
use crate::triage::subject::Subject;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Capacity, thresholds: &[&HEADROOM, &SPARE] };

/// Load for which there must be room, by that of the window.
static HEADROOM: Threshold = Threshold {
    id: "capacity.headroom",
    value: 1.5,
    range: (1.0, 5.0),
    reason: Reason::of(
        "Factor by which the load must be able to grow before the replicas that stay miss a target. \
             Hours of one day differ by more than that, which is why the advice asks for the busiest \
             one; lower, the next burst hurts; higher, a fleet that is idle all day is never told.",
    ),
};

/// Share of the replicas that would do, from which there are far too many.
static SPARE: Threshold = Threshold {
    id: "capacity.spare",
    value: 0.5,
    range: (0.05, 0.9),
    reason: Reason::of(
        "Share of the replicas that would be enough, up to which there are far more than the load \
             needs. Higher, every fleet with a spare for a failure is told to shrink; lower, one of \
             which half is idle is not.",
    ),
};

/// Prompts in prefill at once at one engine, on average, that leave time for tokens: half of it.
/// Higher, prompts begin to queue behind each other; lower, short bursts count as load.
const PREFILLING: f64 = 0.5;

/// Steps of the running batch that a prompt waits for before its first token, beside its own work:
/// the one that runs when it comes, the one that is scheduled meanwhile, and its own.
const STEPS: f64 = 3.0;

/// Replicas that stay whatever the load: with one, the failure of its node is an outage. With more,
/// a small fleet that is idle is never told.
const LEAST: usize = 2;

/// What the load needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Capacity {
    /// Replicas that serve.
    pub replicas: usize,
    /// Fewest of them, at least two, that would keep every target, with headroom; None where that
    /// is not measured or all are needed.
    pub enough: Option<usize>,
    /// Sequences that each runs on average.
    pub running: f64,
    /// The line for `enough` by `replicas`.
    pub spare_line: f64,
    /// Load that they would keep them at, by that of the window.
    pub load: f64,
}

/// What a larger batch must keep.
struct Lines<'a> {
    subject: &'a Subject<'a>,
    step_time: &'a StepTime,
    prefill: &'a Prefill,
    memory: &'a Memory,
    /// Sequences of one engine, on average.
    running: f64,
}

impl Capacity {
    pub(super) fn of(
        subject: &Subject<'_>,
        step_time: &StepTime,
        prefill: &Prefill,
        memory: &Memory,
        spread: &Spread,
    ) -> Self {
        let replicas = subject.engines();
        let all = subject.now.gauge(Family::Running).map(|gauge| gauge.mean);
        let running = all.unwrap_or(0.0) / replicas.max(1) as f64;
        let load = subject.line(&HEADROOM);
        // Replicas that do other parts of a request are no spare ones of each other.
        let is_alike = |peer: &Peer| !peer.is_young && !peer.is_gone && peer.part == Worker::Whole;
        let is_alike = spread.peers.iter().all(is_alike);
        let lines = Lines { subject, step_time, prefill, memory, running };
        let is_enough =
            |few: &usize| lines.keep(load * replicas as f64 / *few as f64).unwrap_or(false);
        let is_told = all.is_some() && is_alike;
        let enough = (LEAST..replicas).find(is_enough).filter(|_| is_told);
        Self { replicas, enough, running, spare_line: subject.line(&SPARE), load }
    }

    /// The replicas that would do, where they are so few that most are not needed.
    pub fn few(&self) -> Option<usize> {
        self.enough.filter(|few| *few as f64 <= self.spare_line * self.replicas as f64)
    }
}

impl Lines<'_> {
    /// Whether every line is kept where one engine gets `factor` times the requests; None where
    /// one is not measured.
    fn keep(&self, factor: f64) -> Option<bool> {
        // A sequence that runs sees itself and, where they come by chance, the mean of the others.
        let batch = (1.0 + factor * self.running) / (1.0 + self.running);
        let (token, now) = (self.step_time.grown(batch)?, self.step_time.token_time?);
        let target = self.step_time.target?.value;
        let prefilling = factor * self.prefill.at_once?;
        let usage = factor * self.memory.peak?;
        // A prompt costs what it did; the steps around it are longer, and more of them wait for
        // each other.
        let more = STEPS * (token - now);
        let first = |before: f64| (before + more) / (1.0 - prefilling).max(1e-9);
        let slower = |before: f64| before * (token / now).max(1.0);
        let is_kept = self.keeps(SignalId::Ttft, first)?
            && self.keeps(SignalId::Itl, slower).unwrap_or(true)
            && self.keeps(SignalId::Tpot, slower).unwrap_or(true)
            && self.keeps(SignalId::E2e, slower).unwrap_or(true);
        let has_room = prefilling <= PREFILLING && usage <= self.memory.full_line;
        Some(is_kept && has_room && token <= target)
    }

    /// Whether a quantile at its upper bound would stay within its target; None without either.
    fn keeps(&self, id: SignalId, grown: impl Fn(f64) -> f64) -> Option<bool> {
        let (target, _) = self.subject.target(id)?;
        let quantile = self.subject.objective_quantile(id)?;
        Some(quantile.hi.is_some_and(|hi| grown(hi) <= target))
    }
}
