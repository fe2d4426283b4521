//! Which replicas differ from the others?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::growth::gauge::Gauge;
use crate::growth::membership::Membership;
use crate::limits::MEMORY_FULL;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::triage::ending::wilson;
use crate::triage::facts::FactDefinition;
use crate::triage::facts::devices::Devices;
use crate::triage::facts::worker::Worker;
use crate::triage::outside::{Outside, outside};
use crate::triage::subject::Subject;
use crate::window::activity::Activity;
use pace::{Fleet, longer, other_work, run_more, sick, slow, slow_by, with_faults};

mod pace;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Spread, thresholds: &[&SLOW, &IDLE, &CROWDED] };

/// Factor between a replica's token time and the usual one from which it counts as slow.
pub(crate) static SLOW: Threshold = Threshold {
    id: "spread.slow",
    value: 1.5,
    range: (1.1, 5.0),
    reason: Reason::of(
        "Factor between a replica's token time and the usual one from which it counts as the slow \
             one: that of the middle replica, or of the faster one of two. Replicas under one load differ by a tenth or two; a throttled device loses a \
             third of its speed and more.",
    ),
};

/// Share of the busiest replica's batch below which a replica without a queue counts as idle.
static IDLE: Threshold = Threshold {
    id: "spread.idle",
    value: 0.5,
    range: (0.05, 0.95),
    reason: Reason::of(
        "Share of the busiest replica's mean batch below which a replica without waiting requests \
             counts as idle beside a queue. Higher, ordinary scatter of a balanced fleet counts; \
             lower, a replica that gets a third of its share passes.",
    ),
};

/// Factor between what arrives at a replica and at the others from which it is crowded.
pub(crate) static CROWDED: Threshold = Threshold {
    id: "spread.crowded",
    value: 1.5,
    range: (1.05, 10.0),
    reason: Reason::of(
        "Factor between the requests that arrive at a replica and at the mean of the others from \
             which it gets more than its share. Routers that send requests by turns or by load differ \
             by a tenth; those that follow shared prompts by a quarter. Lower, chance crowds a \
             replica; higher, one that gets half as many again passes.",
    ),
};

/// Drafted tokens below which the share of them that is accepted is chance.
const LEAST_DRAFTED: f64 = 100.0;

/// Requests that wait on average at a replica that has room: single ones wait for the next step in
/// some scrapes. With none, one such scrape hides a crowd elsewhere; with more, a replica that is
/// full has room.
const ONE_WAITS: f64 = 0.5;

/// Observations of one replica, in the window and in its baseline, from which their means are
/// compared. Where a cache holds most prompts, one in ten takes ten times as long: the mean of a
/// dozen doubles by chance. With more, a fleet under little load never tells which one is slow.
const LEAST_COMPARED: f64 = 30.0;

/// One replica beside the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Peer {
    /// Replica.
    pub replica: String,
    /// Requests that arrived: first tokens, and the growth of those that wait. Of a process that
    /// began within the window, as many as would have come to it in all of that.
    arrived: Option<f64>,
    /// Those of them that were counted.
    counted: f64,
    /// Mean inter-token latency, seconds.
    token_time: Option<f64>,
    /// Mean prefill, seconds.
    prefill: Option<f64>,
    /// Factors of both against the replica's own baseline; None without one.
    slowdowns: [Option<f64>; 2],
    /// Part by which chance moves these factors, one standard error of observations that scatter
    /// by their mean; 0 where nothing is compared.
    slowdown_errors: [f64; 2],
    /// The same of both means in the window; 0 where nothing is measured.
    mean_errors: [f64; 2],
    /// Mean prompt tokens per request.
    prompt: Option<f64>,
    /// Mean prompt tokens per request that no cache held; of the prompt where that is not measured.
    computed: Option<f64>,
    /// Mean output tokens per request.
    output: Option<f64>,
    /// Share of the drafted tokens that is accepted, 0–1; None without speculation.
    accepted: Option<f64>,
    /// Most requests that ran at once.
    pub most_running: Option<f64>,
    /// Requests waited there in some scrape.
    pub waited: bool,
    /// Mean number of requests that waited there, for capacity where the engine tells why; 0 where
    /// that is not measured.
    waiting: f64,
    /// Its key-value cache was full in some scrape, so that memory may hold its requests back;
    /// None where its usage is not measured.
    is_full: Option<bool>,
    /// Its process began within the window, so that it missed a part of the load and is cold.
    pub is_young: bool,
    /// It is not there any more at the end of the window.
    pub is_gone: bool,
    /// The part of each request that it does.
    pub part: Worker,
}

/// Replicas against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Number of engines.
    pub engines: usize,
    /// Requests wait at some engines while others are idle.
    pub uneven: Option<Uneven>,
    /// Replicas whose tokens take much longer than those of most; none when all are alike.
    pub slow: Vec<String>,
    /// Mean inter-token latency of the slow ones and of the others, seconds; None where none is
    /// slow.
    pub slow_times: Option<(f64, f64)>,
    /// Every replica.
    pub peers: Vec<Peer>,
    /// The replica that gets the most requests, where that is more than its share, and the factor.
    pub crowded: Option<(String, f64)>,
    /// Replicas, at most half of all, that are slower than the others and get no more requests.
    pub sick: Vec<String>,
    /// What shows that those are slower: its name, its mean at them and at the usual one, seconds.
    pub sick_by: Option<(&'static str, f64, f64)>,
    /// A replica that is slower because its requests are other ones; None where none is.
    pub other_work: Option<OtherWork>,
    /// The series are sums over several processes, whose differences they hide.
    pub is_summed: bool,
    /// Replicas whose prompts or outputs are much longer than usual.
    pub longer: Vec<String>,
    /// The sick ones run more requests at once than the others: each stays there for longer.
    pub sick_run_more: bool,
    /// A replica at which almost all requests wait although it runs fewer than any other.
    pub held_back: Option<HeldBack>,
    /// Replicas that miss an objective by themselves, the worst first; none when there is one
    /// replica only.
    pub outside: Vec<Outside>,
}

/// Requests of one replica that take longer than those of the others, as such.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherWork {
    /// Replica.
    pub replica: String,
    /// Its tokens are slow, and the others kept their pace.
    pub slows_tokens: bool,
    /// In what its requests differ, e.g. `its outputs are 3.2 times as long`.
    pub how: String,
}

impl OtherWork {
    /// `pod-1/0 is slower than the others, and its outputs are 3.2 times as long`.
    pub fn phrase(&self) -> String {
        format!("{} is slower than the others, and {}", self.replica, self.how)
    }
}

/// A replica that admits fewer sequences than the others.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldBack {
    /// Replica.
    pub replica: String,
    /// Most sequences that it ran at once.
    pub most: f64,
    /// Least of what the others ran at most.
    pub elsewhere: f64,
    /// Its key-value cache is measured, and was not full in any scrape.
    pub has_room: bool,
}

/// A queue beside idle engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uneven {
    /// Engines at which requests waited.
    pub waiting_at: usize,
    /// Engines at which none did and that run much less than the busiest.
    pub idle: usize,
}

impl Spread {
    pub(super) fn of(subject: &Subject<'_>, devices: &Devices, workers: &[Worker]) -> Self {
        let lives = subject.replicas.iter().zip(subject.activities).zip(workers);
        let peers = lives
            .map(|((replica, life), part)| Peer { part: *part, ..peer(subject, replica, life) })
            .collect_vec();
        let told = if workers.iter().all(|worker| *worker == Worker::Whole) {
            Compared::of(subject, devices, &peers)
        } else {
            Compared::of_each(subject, devices, &peers)
        };
        Self {
            sick_run_more: told.sick_run_more,
            sick_by: told.sick_by,
            sick: told.sick,
            other_work: told.other_work,
            is_summed: subject.replicas.iter().any(|replica| is_summed(replica)),
            longer: told.longer,
            held_back: told.held_back,
            crowded: told.crowded,
            peers,
            engines: subject.engines(),
            uneven: uneven(subject, workers),
            slow_times: slow_times(subject, &told.slow),
            slow: told.slow,
            outside: outside(subject),
        }
    }
}

/// Replicas that do one part of each request, or all of it, against each other.
#[derive(Debug, Default)]
struct Compared {
    crowded: Option<(String, f64)>,
    sick: Vec<String>,
    sick_by: Option<(&'static str, f64, f64)>,
    sick_run_more: bool,
    slow: Vec<String>,
    longer: Vec<String>,
    other_work: Option<OtherWork>,
    held_back: Option<HeldBack>,
}

impl Compared {
    /// The first part of the work in which one replica differs from the others that do it.
    fn of_each(subject: &Subject<'_>, devices: &Devices, peers: &[Peer]) -> Self {
        let of_part = |part| {
            let own = peers.iter().filter(|peer| peer.part == part).cloned().collect_vec();
            (!own.is_empty()).then(|| Self::of(subject, devices, &own))
        };
        PARTS.into_iter().filter_map(of_part).find(Self::tells).unwrap_or_default()
    }

    fn of(subject: &Subject<'_>, devices: &Devices, peers: &[Peer]) -> Self {
        let crowded = crowded(peers, subject.line(&CROWDED));
        let line = subject.line(&SLOW);
        let fleet = Fleet::of(peers);
        let mut sick = sick(&fleet, line, subject.line(&CROWDED), crowded.as_ref());
        if sick.is_empty() && crowded.is_none() {
            sick = with_faults(&fleet, devices);
        }
        let longer = peers.iter().filter(|peer| longer(peer, &fleet, line).is_some());
        Self {
            sick_run_more: run_more(&fleet, &sick),
            sick_by: slow_by(&fleet, &sick),
            sick,
            slow: slow(&fleet, line),
            longer: longer.map(|peer| peer.replica.clone()).collect_vec(),
            other_work: peers.iter().find_map(|peer| other_work(peer, &fleet, line)),
            held_back: held_back(peers).filter(|_| crowded.is_none()),
            crowded,
        }
    }

    /// Whether one of them differs from the others.
    fn tells(&self) -> bool {
        self.crowded.is_some()
            || !self.sick.is_empty()
            || !self.slow.is_empty()
            || !self.longer.is_empty()
            || self.other_work.is_some()
            || self.held_back.is_some()
    }
}

/// Whether a process went from the counters of a replica, or came back: they are those of several.
fn is_summed(replica: &Replica) -> bool {
    replica.membership.iter().any(|step| step.change != Membership::Replaced)
}

fn peer(subject: &Subject<'_>, replica: &Replica, life: &Activity) -> Peer {
    let (first, last) = (subject.now.first, subject.now.last);
    let born = born(life, (first, last));
    let times = subject.grid.times();
    let gauge = |family| replica.gauge(family).and_then(|gauge| gauge.window(first, last));
    let now = |family| mean_of(replica, family, (first, last));
    let increase = |family| replica.counter(family)?.increase(first, last);
    let baseline = subject.baseline.map(|baseline| (baseline.first, baseline.last));
    let counts = |family| {
        let count = |(from, to)| replica.histogram(family)?.count(from, to);
        count((first, last)).zip(baseline.and_then(count))
    };
    let slowdown = |family| {
        counts(family).filter(|(now, before)| now.min(*before) >= LEAST_COMPARED)?;
        Some(now(family)? / mean_of(replica, family, baseline?).filter(|mean| *mean > 0.0)?)
    };
    let slowdown_error =
        |family| counts(family).map_or(0.0, |(now, before)| libm::sqrt(1.0 / now + 1.0 / before));
    let mean_error = |family| {
        let count = replica.histogram(family).and_then(|columns| columns.count(first, last));
        count.filter(|count| *count > 0.0).map_or(0.0, |count| libm::sqrt(1.0 / count))
    };
    let token_time = now(Family::Itl);
    // An engine that makes tokens runs requests: a batch that stays at 0 beside them is not
    // measured.
    let is_measured = |most: &f64| *most > 0.0 || token_time.is_none();
    Peer {
        replica: replica.key.clone(),
        counted: arrived(replica, (born.unwrap_or(first), last)).unwrap_or(0.0),
        arrived: match born {
            Some(born) => arrived_since(subject, replica, born),
            None => arrived(replica, (first, last)),
        },
        token_time,
        prefill: now(Family::PrefillTime),
        slowdowns: [slowdown(Family::Itl), slowdown(Family::PrefillTime)],
        slowdown_errors: [slowdown_error(Family::Itl), slowdown_error(Family::PrefillTime)],
        mean_errors: [mean_error(Family::Itl), mean_error(Family::PrefillTime)],
        prompt: now(Family::PromptTokensPerRequest),
        computed: computed(replica, (first, last)).or(now(Family::PromptTokensPerRequest)),
        output: now(Family::GenerationTokensPerRequest),
        accepted: increase(Family::DraftTokens)
            .filter(|drafted| *drafted >= LEAST_DRAFTED)
            .and_then(|drafted| Some(increase(Family::AcceptedTokens)? / drafted)),
        waited: gauge(Family::Waiting).is_some_and(|waiting| waiting.max > 0.0),
        waiting: gauge(Family::WaitingCapacity)
            .or_else(|| gauge(Family::Waiting))
            .map_or(0.0, |waiting| waiting.mean),
        is_full: gauge(Family::KvUsage).map(|usage| usage.max >= subject.line(&MEMORY_FULL)),
        part: Worker::Whole,
        is_gone: life.seen(first, last).is_none_or(|(_, newest)| newest + GONE < last),
        is_young: born.is_some_and(|born| times[last] - times[born] <= YOUNG_MS),
        most_running: gauge(Family::Running).map(|running| running.max).filter(is_measured),
    }
}

/// Grid times without a sample at the end of a window from which a replica is not there any more.
/// One scrape fails now and then; with more, a pod of the former release is compared with those of
/// the new one.
const GONE: usize = 2;

/// Milliseconds since its start up to which a process is no measure of others: it warms up, and
/// its cache fills. Shorter, a warm-up is a sickness; longer, a fleet that was rolled out in
/// the morning has no measure until the evening.
const YOUNG_MS: i64 = 600_000;

/// First sample of the newest process of a replica, where it began between two grid times.
fn born(life: &Activity, (first, last): (usize, usize)) -> Option<usize> {
    let again = life.restarts(first, last).last().map(|(_, born)| born);
    let is_new = life.seen(0, first).is_none();
    again.or_else(|| life.seen(first, last).filter(|_| is_new).map(|(born, _)| born))
}

/// Requests that arrived at a replica between two grid times: first tokens, and the growth of those
/// that wait; where first tokens are not counted, those that finished, and the growth of those
/// inside. None where neither is counted.
pub(crate) fn arrived(replica: &Replica, (first, last): (usize, usize)) -> Option<f64> {
    let count = |family| replica.histogram(family)?.count(first, last);
    let grown = |family| {
        let gauge = replica.gauge(family).and_then(|gauge| gauge.window(first, last));
        gauge.map_or(0.0, |gauge| gauge.last - gauge.first)
    };
    let counted = || replica.counter(Family::RequestsFinished)?.increase(first, last);
    let finished = || count(Family::E2e).or_else(counted);
    let begun = count(Family::Ttft)
        .or_else(|| finished().map(|finished| finished + grown(Family::Running)))?;
    Some((begun + grown(Family::Waiting)).max(0.0))
}

/// Shortest time since a start from which what arrives at a new process is compared, seconds:
/// before, a router that looks at readiness or load may not have found it.
const SETTLED: f64 = 60.0;

/// Requests that would have arrived at a process in the window, had it been there for all of it.
fn arrived_since(subject: &Subject<'_>, replica: &Replica, born: usize) -> Option<f64> {
    let (times, last) = (subject.grid.times(), subject.now.last);
    let seconds = (times[last] - times[born]) as f64 / 1000.0;
    let since = arrived(replica, (born, last)).filter(|_| seconds >= SETTLED)?;
    Some(since * subject.now.seconds / seconds)
}

/// Standard errors by which the share of a replica lies above that line. At two, of twelve requests
/// at night ten are a crowd; at more, one that gets twice its share of a hundred passes.
const CHANCE: f64 = 3.0;

fn crowded(peers: &[Peer], line: f64) -> Option<(String, f64)> {
    let peers = || peers.iter().filter(|peer| peer.arrived.is_some() && !peer.is_gone);
    let all: f64 = peers().filter_map(|peer| peer.arrived).sum();
    let most = |peer: &&Peer| peer.arrived.unwrap_or(0.0);
    let busiest = peers().max_by(|left, right| most(left).total_cmp(&most(right)))?;
    let others = || peers().filter(|peer| peer.replica != busiest.replica);
    let times_the_others = |share: f64| share * others().count() as f64 / (1.0 - share).max(1e-9);
    let factor = times_the_others(most(&busiest) / all.max(1e-9));
    // What chance does is that of the requests that came, whatever they are scaled to.
    let counted: f64 = peers().map(|peer| peer.counted).sum();
    let (surely, _) = wilson(most(&busiest) / all.max(1e-9) * counted, counted, CHANCE);
    // At their slots or out of memory, the others run as many: the counts differ by what waits.
    let others_run = others().filter_map(|peer| peer.most_running).reduce(f64::max);
    let runs_more =
        busiest.most_running.zip(others_run).is_none_or(|(own, most)| own > line * most);
    let runs_more = runs_more && others().any(|peer| peer.waiting < ONE_WAITS);
    // Counts of requests compare loads where the requests are alike, or differ by less.
    let longest = peers().filter_map(|peer| peer.prompt).reduce(f64::max);
    let alike = busiest.prompt.zip(longest).map_or(1.0, |(own, most)| own / most);
    let is_more = (alike * line >= 1.0 || alike * factor >= line) && all > most(&busiest);
    let is_sure = times_the_others(surely) >= line;
    (is_more && is_sure && factor >= line && runs_more).then(|| (busiest.replica.clone(), factor))
}

/// Each part of the work, in the order in which differences are looked for.
const PARTS: [Worker; 3] = [Worker::Whole, Worker::Prefill, Worker::Decode];

/// Within the first part of the work in which some idle while others queue.
fn uneven(subject: &Subject<'_>, workers: &[Worker]) -> Option<Uneven> {
    PARTS.into_iter().find_map(|part| {
        let found = uneven_in(subject, workers, part);
        // Prefill workers are idle now and then: beside no queue of theirs that is nothing.
        found.filter(|one| part == Worker::Whole || one.waiting_at > 0)
    })
}

fn uneven_in(subject: &Subject<'_>, workers: &[Worker], part: Worker) -> Option<Uneven> {
    let summary = |gauge: &Gauge| gauge.window(subject.now.first, subject.now.last);
    let load = |replica: &Replica| {
        let waiting =
            replica.gauge(Family::WaitingCapacity).or_else(|| replica.gauge(Family::Waiting))?;
        Some((summary(waiting)?.max, summary(replica.gauge(Family::Running)?)?.mean))
    };
    // A process that began within the window has a queue to come.
    let (first, last) = (subject.now.first, subject.now.last);
    let lives = subject.replicas.iter().zip(subject.activities).zip(workers);
    let old = lives.filter(|((_, life), one)| **one == part && born(life, (first, last)).is_none());
    let loads = old.filter_map(|((replica, _), _)| load(replica));
    let loads: Vec<(f64, f64)> = loads.collect_vec();
    let mut busiest: f64 = 0.0;
    for (_, running) in &loads {
        busiest = busiest.max(*running);
    }
    let line = subject.line(&IDLE) * busiest;
    let (mut idle, mut waiting_at) = (0, 0);
    for (waiting, running) in loads {
        if waiting > 0.0 {
            waiting_at += 1;
        } else if running < line {
            idle += 1;
        }
    }
    (idle > 0).then_some(Uneven { waiting_at, idle })
}

/// Share of the waiting requests that wait at one replica, where it alone holds them back. With
/// less, a burst that waits at all of them for a moment counts.
const ALONE: f64 = 0.95;

/// Factor between what the others ran at most and what that one did. At less, the wobble of equal
/// batches; at more, a replica with half of the slots passes.
const FEWER: f64 = 1.25;

/// What arrives waits at one replica, which runs fewer sequences than any other ever did: it gets
/// no more requests, and something keeps it from running them.
fn held_back(peers: &[Peer]) -> Option<HeldBack> {
    let all: f64 = peers.iter().map(|peer| peer.waiting).sum();
    let one = peers.iter().max_by(|left, right| left.waiting.total_cmp(&right.waiting))?;
    let others = peers.iter().filter(|peer| peer.replica != one.replica);
    let elsewhere = others.filter_map(|peer| peer.most_running).reduce(f64::min)?;
    let may_tell = !one.is_young && one.is_full != Some(true);
    let most = one.most_running.filter(|most| *most > 0.0 && may_tell)?;
    let is_alone = one.waiting > ONE_WAITS && one.waiting >= ALONE * all;
    let is_held = is_alone && elsewhere > FEWER * most;
    let has_room = one.is_full == Some(false);
    is_held.then(|| HeldBack { replica: one.replica.clone(), most, elsewhere, has_room })
}

fn slow_times(subject: &Subject<'_>, slow: &[String]) -> Option<(f64, f64)> {
    let (first, last) = (subject.now.first, subject.now.last);
    let (mut sums, mut counts) = ([0.0; 2], [0.0; 2]);
    for replica in subject.replicas {
        let Some(columns) = replica.histogram(Family::Itl) else { continue };
        let both = columns.sum(first, last).zip(columns.count(first, last));
        if let Some((sum, count)) = both {
            let side = usize::from(!slow.contains(&replica.key));
            sums[side] += sum.value;
            counts[side] += count;
        }
    }
    (counts[0] > 0.0 && counts[1] > 0.0).then(|| (sums[0] / counts[0], sums[1] / counts[1]))
}

/// Mean prompt tokens per request of one replica that no cache held.
fn computed(replica: &Replica, range: (usize, usize)) -> Option<f64> {
    let measured = mean_of(replica, Family::ComputedPromptTokensPerRequest, range);
    measured.or_else(|| {
        let increase = |family| replica.counter(family)?.increase(range.0, range.1);
        let asked = increase(Family::PrefixCacheQueries).filter(|asked| *asked > 0.0)?;
        let missed = 1.0 - increase(Family::PrefixCacheHits)? / asked;
        Some(mean_of(replica, Family::PromptTokensPerRequest, range)? * missed.clamp(0.0, 1.0))
    })
}

/// Mean of one replica's observations between two grid times; None without any.
pub(crate) fn mean_of(
    replica: &Replica,
    family: Family,
    (first, last): (usize, usize),
) -> Option<f64> {
    let columns = replica.histogram(family)?;
    let count = columns.count(first, last).filter(|count| *count > 0.0)?;
    Some(columns.sum(first, last)?.value / count)
}
