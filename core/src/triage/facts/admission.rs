//! What holds the head of the queue?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::limits::LimitId;
use crate::limits::plateau::Plateau;
use crate::limits::{Provenance, plateau};
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::source::exporter::AdapterSlots;
use crate::triage::facts::FactDefinition;
use crate::triage::subject::{Change, Subject};

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Admission, thresholds: plateau::THRESHOLDS };

/// Who waits, and behind what.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// Most requests that waited at once, whatever for; None where waiting is not measured.
    pub waiting: Option<f64>,
    /// Most that waited at once for capacity, where the engine tells why requests wait, else for
    /// whatever.
    pub waiting_for_capacity: f64,
    /// Most that waited at once for something other than capacity.
    pub deferred: f64,
    /// Requests that were deferred all the time, at all engines together; they may hold slots.
    pub always_deferred: f64,
    /// The first engine's adapter slots, where requests wait for one that another adapter holds.
    pub adapters: Option<AdapterSlots>,
    /// Requests wait, and almost all of them for something other than capacity; None where the
    /// reasons are not measured.
    pub is_deferred: Option<bool>,
    /// Almost all requests that wait fetch their cache entries from elsewhere, or many more do than
    /// run; None where that is not measured.
    pub is_fetching: Option<bool>,
    /// Many more requests fetch their cache entries from elsewhere than run, on average.
    pub outnumbered_by_fetching: bool,
    /// Cache entries come from elsewhere; None where that is not measured.
    pub is_remote: Option<bool>,
    /// Mean time of a transfer of cache entries, in the baseline and now, seconds.
    pub transfer: Option<Change>,
    /// Most requests that ran or waited at one engine at one time.
    pub demand: Option<f64>,
    /// Requests waited again and again at a replica that ran less than half as many as it does at
    /// most: it had slots for them.
    pub had_room: bool,
    /// Least and most running sequences.
    pub running: Option<(f64, f64)>,
    /// The number of slots that the batch stands at, if it does.
    pub cap: Option<Cap>,
}

/// A number of slots that is used up.
#[derive(Debug, Clone, PartialEq)]
pub struct Cap {
    /// Sequences.
    pub slots: f64,
    /// How many scrapes saw exactly that batch while requests waited, of how many; None for a cap
    /// that the engine exports or the user gave.
    pub seen: Option<(usize, usize)>,
    /// Sequences below that number at which the batch may have stood in those; 0 for exactly there.
    pub dip: f64,
    /// Replicas whose batch stands at a cap.
    pub replicas: Vec<String>,
    /// When it began, Unix milliseconds.
    pub since: Option<i64>,
}

impl Admission {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let most = |family| subject.now.gauge(family).map(|gauge| gauge.max);
        let waiting = most(Family::Waiting);
        let outnumbered_by_fetching = outnumbered_by_fetching(subject);
        Self {
            waiting,
            waiting_for_capacity: most(Family::WaitingCapacity).or(waiting).unwrap_or(0.0),
            deferred: most(Family::WaitingDeferred).unwrap_or(0.0),
            always_deferred: always_deferred(subject),
            adapters: adapters(subject),
            is_deferred: most_of(subject, Family::WaitingDeferred),
            is_fetching: most_of(subject, Family::KvFetchPending)
                .map(|most| most || outnumbered_by_fetching),
            outnumbered_by_fetching,
            is_remote: subject
                .now
                .increase(Family::PromptTokensTransferred)
                .or_else(|| subject.now.count(Family::TransferTime))
                .map(|moved| moved > 0.0),
            transfer: subject.change(|window| window.mean(Family::TransferTime)),
            had_room: subject.replicas.iter().any(|replica| had_room(subject, replica)),
            demand: demand(subject),
            running: subject.now.gauge(Family::Running).map(|gauge| (gauge.min, gauge.max)),
            cap: cap(subject),
        }
    }

    /// Whether more requests are deferred in every scrape than ever run, or many more fetch their
    /// entries of the cache than run. Those are taken while they arrive, so that they hold the
    /// memory that those that run lack.
    pub fn deferred_hold_memory(&self) -> bool {
        let is_slower = self.transfer.is_some_and(|change| change.factor() > SLOWER);
        let waits_for_remote = self.is_fetching == Some(true) || is_slower;
        waits_for_remote
            && self.adapters.is_none()
            && (self.outnumbered_by_fetching
                || self.running.is_some_and(|(_, most)| self.always_deferred > most))
    }

    /// Whether any scrape of the window saw a waiting request.
    pub fn waited(&self) -> bool {
        self.waiting.is_some_and(|waiting| waiting > 0.0)
    }
}

/// Factor between two caps from which the larger one is another configuration. Nearer ones are each
/// too low where requests wait at both.
const APART: f64 = 4.0;

/// Part of a cap by which a batch may stand below it in all scrapes of a window.
const DIP: f64 = 0.1;

/// Whether a batch is larger than a cap by more than what two scrapes of one cap differ by.
pub(super) fn is_beyond(batch: f64, slots: f64) -> bool {
    batch > slots + libm::ceil(DIP * slots).max(1.0)
}

fn cap(subject: &Subject<'_>) -> Option<Cap> {
    let limit = subject.limit(LimitId::MaxNumSeqs)?;
    limit.usage_share.filter(|share| *share >= 1.0)?;
    let plateaus = &subject.limits.plateaus;
    let lowest = plateaus.iter().min_by(|left, right| left.cap.total_cmp(&right.cap));
    let lowest = lowest.filter(|_| limit.provenance == Provenance::Inferred);
    let slots = lowest.map_or(limit.value, |lowest| lowest.cap);
    let is_there = |plateau: &&Plateau| lowest.is_none() || plateau.cap < APART * slots;
    let there = plateaus.iter().filter(is_there);
    Some(Cap {
        slots,
        dip: lowest.map_or(0.0, |plateau| plateau.dip),
        seen: lowest.map(|plateau| (plateau.at_cap, plateau.waiting_scrapes)),
        replicas: there.map(|plateau| plateau.replica.clone()).collect_vec(),
        since: limit.since,
    })
}

/// Factor of the time of a transfer from which it became slower. Lower, its scatter counts; higher,
/// a link that lost a third of its pace passes.
pub(in crate::triage) const SLOWER: f64 = 1.5;

/// Share of the waiting requests that counts as almost all: samples of two gauges, and a few that
/// wait for the next step.
const MOST: f64 = 0.75;

/// Requests that fetch their cache entries, by those that run, from which those hold most of the
/// memory: two of three. At one, transfers that take as long as decode do in every disaggregated
/// fleet; at four, memory is full of what is on the way and preemptions are blamed.
const OUTNUMBER: f64 = 2.0;

fn outnumbered_by_fetching(subject: &Subject<'_>) -> bool {
    let mean = |family| subject.now.gauge(family).map(|gauge| gauge.mean);
    let both = mean(Family::KvFetchPending).zip(mean(Family::Running));
    both.is_some_and(|(fetching, running)| fetching > OUTNUMBER * running.max(1.0))
}

fn most_of(subject: &Subject<'_>, family: Family) -> Option<bool> {
    let waiting = subject.now.gauge(Family::Waiting)?.mean;
    let part = subject.now.gauge(family)?.mean;
    Some(part > 0.0 && part >= MOST * waiting)
}

fn always_deferred(subject: &Subject<'_>) -> f64 {
    let (first, last) = (subject.now.first, subject.now.last);
    subject.replicas.iter().map(|replica| plateau::deferred(replica, first, last)).sum()
}

fn adapters(subject: &Subject<'_>) -> Option<AdapterSlots> {
    let slots = |replica: &&Replica| plateau::adapter_slots(replica, subject.scope.profile);
    subject.replicas.iter().filter_map(slots).find(|slots| slots.hold_admission())
}

/// Part of the largest batch below which slots are free. What slots, memory or the load hold stays
/// near its largest while requests wait; nearer to 1, the wobble of a batch without a cap is room.
const ROOM: f64 = 0.5;

/// Share of the scrapes with waiting requests that must see such room. Lower, the first moment of
/// each burst does; higher, a token budget whose prompts come in bursts passes for load.
const OFTEN: f64 = 0.2;

fn had_room(subject: &Subject<'_>, replica: &Replica) -> bool {
    let both = replica.gauge(Family::Running).zip(replica.gauge(Family::Waiting));
    let Some((running, waiting)) = both else { return false };
    let window = subject.now.first..=subject.now.last;
    let most = running.window(subject.now.first, subject.now.last).map_or(0.0, |one| one.max);
    let (mut waited, mut free) = (0.0, 0.0);
    for at in window.filter(|&at| waiting.values()[at] > 0.0) {
        waited += 1.0;
        free += if running.values()[at] < ROOM * most { 1.0 } else { 0.0 };
    }
    free > 1.0 && free >= OFTEN * waited
}

fn demand(subject: &Subject<'_>) -> Option<f64> {
    let (first, last) = (subject.now.first, subject.now.last);
    let replicas = subject.replicas.iter();
    let demands = replicas.filter_map(|replica| replica.demand()?.window(first, last));
    demands.map(|demand| demand.max).reduce(f64::max)
}
