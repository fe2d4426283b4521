//! Do the pools of prefill and of decode keep up with each other?
//!
//! Where prefill and decode run apart, a request waits twice: for a prefill worker and for a decode
//! worker. Replicas are given to one pool or the other, and a mix of requests that changes leaves
//! one of them short while the other idles.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::scope::Replica;
use crate::signal::level::WAIT_SHARE_OF_TARGET;
use crate::small::list::CollectVec;
use crate::triage::facts::FactDefinition;
use crate::triage::facts::spread::mean_of;
use crate::triage::facts::worker::Worker;
use crate::triage::subject::Subject;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Pools, thresholds: &[&WAITS, &LENDS] };

/// Requests that wait for capacity at every replica of the short pool.
static WAITS: Threshold = Threshold {
    id: "pools.waits",
    value: 1.0,
    range: (0.1, 100.0),
    reason: Reason::of(
        "Requests that wait for capacity at every replica of one pool, on average, from which it is \
             short. Lower, requests that wait for the next step count; higher, a pool at which every \
             request waits for the one before it passes.",
    ),
};

/// Share of its capacity that a pool may use once it has lent a replica.
static LENDS: Threshold = Threshold {
    id: "pools.lends",
    value: 0.5,
    range: (0.05, 0.9),
    reason: Reason::of(
        "Share of its own capacity that the rest of a pool may use once it has lent a replica to one \
             that is short: of the time for prompts, and of the key-value cache for tokens. Higher, a \
             pool that lends one is short itself; lower, a pool that is mostly empty keeps all.",
    ),
};

/// Replicas that do one part of each request.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// Which part.
    pub part: Worker,
    /// Replicas.
    pub replicas: Vec<String>,
    /// Requests that wait for capacity, on average, at the replica with the fewest and at the one
    /// with the most; None where that is not measured.
    pub waiting: Option<(f64, f64)>,
    /// Shortest and longest mean wait of one of them, seconds.
    pub queue: Option<(f64, f64)>,
    /// Share of its capacity that it uses, 0–1: of the time for prompts, of the cache for tokens;
    /// None where that is not measured.
    pub used: Option<f64>,
}

/// Both pools of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Pools {
    /// Prefill, then decode.
    pub both: [Pool; 2],
    /// Seconds that requests may wait; None without a target for the first token.
    pub budget: Option<f64>,
    /// The line for what waits.
    pub waits_line: f64,
    /// The line for what a pool that lends a replica uses.
    pub lends_line: f64,
}

impl Pools {
    /// None where every replica does whole requests, or one does and others do not.
    pub(super) fn of(subject: &Subject<'_>, workers: &[Worker]) -> Option<Self> {
        let has = |worker| workers.contains(&worker);
        let is_apart = has(Worker::Prefill) && has(Worker::Decode) && !has(Worker::Whole);
        let pool = |part| pool(subject, part, workers);
        is_apart.then(|| Self {
            both: [pool(Worker::Prefill), pool(Worker::Decode)],
            budget: subject
                .target(SignalId::Ttft)
                .map(|(target, _)| subject.line(&WAIT_SHARE_OF_TARGET) * target),
            waits_line: subject.line(&WAITS),
            lends_line: subject.line(&LENDS),
        })
    }

    /// The pool that is short and the one at which nothing waits; None where neither or both are.
    pub fn short_and_free(&self) -> Option<(&Pool, &Pool)> {
        let [prefill, decode] = &self.both;
        // Where one replica alone holds what waits, it is that one that differs.
        let is_short = |pool: &Pool| {
            let waits = pool.waiting.is_some_and(|(least, _)| least >= self.waits_line);
            let late = pool.queue.zip(self.budget).is_some_and(|((least, _), most)| least > most);
            waits && late
        };
        let is_free = |pool: &Pool| {
            let is_empty = pool.waiting.is_some_and(|(_, most)| most < self.waits_line);
            let in_time = pool.queue.zip(self.budget).is_some_and(|((_, own), most)| own <= most);
            is_empty && in_time
        };
        [(prefill, decode), (decode, prefill)]
            .into_iter()
            .find(|(short, free)| is_short(short) && is_free(free))
    }

    /// Whether a pool has a replica to lend: it is not the only one, and most of it is not used.
    pub fn lends(&self, pool: &Pool) -> bool {
        let (all, rest) = (pool.replicas.len() as f64, pool.replicas.len() as f64 - 1.0);
        rest > 0.0 && pool.used.is_some_and(|used| used * all / rest <= self.lends_line)
    }
}

fn pool(subject: &Subject<'_>, part: Worker, workers: &[Worker]) -> Pool {
    let (first, last) = (subject.now.first, subject.now.last);
    let own = || {
        let all = subject.replicas.iter().zip(workers);
        all.filter(|(_, one)| **one == part).map(|(replica, _)| *replica)
    };
    let gauge = |replica: &Replica, family| {
        replica.gauge(family).and_then(|gauge| gauge.window(first, last))
    };
    // What waits at decode for the transfer of its prompt waits for no capacity.
    let waiting = own().map(|replica| {
        let reason = gauge(replica, Family::WaitingCapacity);
        let any = || gauge(replica, Family::Waiting).filter(|_| part == Worker::Prefill);
        Some(reason.or_else(any)?.mean)
    });
    let queue = own().map(|one| mean_of(one, Family::QueueTime, (first, last)));
    let used = own().filter_map(|one| match part {
        Worker::Prefill => prefilling(subject, one),
        _ => gauge(one, Family::KvUsage).map(|usage| usage.max),
    });
    Pool {
        part,
        replicas: own().map(|replica| replica.key.clone()).collect_vec(),
        waiting: extremes(waiting),
        queue: extremes(queue),
        used: used.reduce(f64::max),
    }
}

/// The least and the most of some values; None where one is missing.
fn extremes(values: impl Iterator<Item = Option<f64>>) -> Option<(f64, f64)> {
    let mut found = None;
    for value in values {
        let value = value?;
        let (least, most) = found.unwrap_or((value, value));
        found = Some((value.min(least), value.max(most)));
    }
    found
}

/// Prompts in prefill at once at one replica, by Little's law: the share of the time in which it
/// computes some, at most.
fn prefilling(subject: &Subject<'_>, replica: &Replica) -> Option<f64> {
    let columns = replica.histogram(Family::PrefillTime)?;
    let seconds = columns.sum(subject.now.first, subject.now.last)?.value;
    (subject.now.seconds > 0.0).then(|| seconds / subject.now.seconds)
}
