//! Did processes start anew, and are they warm?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;
use crate::window::activity::Activity;
use crate::window::drained::was_drained;
use crate::window::silence::in_flight;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Restarts, thresholds: &[&APART, &APART_OF_THREE, &WARM] };

/// Seconds between two starts of one replica up to which two are a loop.
static APART: Threshold = Threshold {
    id: "restarts.apart",
    value: 360.0,
    range: (30.0, 86400.0),
    reason: Reason::of(
        "Seconds between two starts of one replica up to which these two are a loop. A process that \
             dies of its load or its memory does so minutes after it began to serve; Kubernetes waits \
             five minutes between starts at most. Lower, a loop with that pause passes; higher, two \
             deploys of one morning are a loop.",
    ),
};

/// Seconds between neighbouring starts up to which three and more are a loop.
static APART_OF_THREE: Threshold = Threshold {
    id: "restarts.apart-of-three",
    value: 1800.0,
    range: (30.0, 86400.0),
    reason: Reason::of(
        "Seconds between neighbouring starts of one replica up to which three and more of them are a \
             loop. A large model loads for ten minutes before it dies again. Lower, such a loop is \
             three restarts; higher, rollouts of one day are a loop.",
    ),
};

/// Factor of a token's time against the old process from which a new one is not warm.
static WARM: Threshold = Threshold {
    id: "restarts.warm",
    value: 1.5,
    range: (1.05, 5.0),
    reason: Reason::of(
        "Factor of a token's time shortly after a start, against the old process and against its \
             later time, from which the new process is warming up. Compilation and graph capture cost \
             a multiple of a step. Lower, the wobble of a minute and a cold prefix cache count; \
             higher, the end of a warm-up passes.",
    ),
};

/// Starts in a row that are a loop although no sample shows what was inside: a deploy, and a flag
/// that is tried and taken back, are three. With three, each such morning is a loop; with more,
/// scrapes of a minute find a loop a quarter of an hour late.
const MANY: usize = 4;

/// Kubernetes gives a pod 30 s to end what it has: scrapes further apart do not see that. With
/// less, a drain between two scrapes counts as a crash; with more, scrapes of 30 s find no loop of
/// two.
const GRACE_MS: i64 = 25_000;

/// Share of the requests that usually run up to which the last sample may show a drain under way. A
/// drain takes requests away and gives none; with more, a quiet moment before a crash is one; with
/// less, the first seconds of a drain are a crash.
const LEFT_OF_A_DRAIN: f64 = 0.5;

/// Mean times between starts since the last one up to which a loop goes on: waits may double.
const GOES_ON: f64 = 2.0;

/// Milliseconds after a start that show whether the process is warm: two scrapes of 30 s. Shorter,
/// they hold few tokens; longer, a burst that comes minutes after a deploy counts as its warm-up.
const FIRST_MS: i64 = 60_000;

/// Milliseconds before a start in which the old process must have been faster too: one that became
/// slow before it ended was not slowed by the start. Shorter, a lull before the end hides that;
/// longer, it is lost among the fast time before.
const LAST_MS: i64 = 120_000;

/// Sequences that cost a step as much as reading the weights does, at least: on published laws of
/// devices ten and more, on processors a few. With none, a batch of three that became five clears a
/// warm-up; with ten, what waited for the start is a warm-up on a processor.
const WEIGHTS: f64 = 4.0;

/// Factor of the tokens a second from which a process has more to do than the one before, as for
/// `work.grew`.
const MORE_WORK: f64 = 1.1;

/// Seconds since a start for which a process may be cold: it compiles and captures graphs while it
/// serves. Shorter, its first minutes are a slow device; longer, a version that is slow passes for
/// new.
const COLD: f64 = 300.0;

/// Share of the added time that must be gone in the last third: the rest of a warm-up falls with
/// it. Less, and a slow device beside a lull counts; more, and a window within the warm-up passes.
const FADED: f64 = 0.4;

/// New processes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Restarts {
    /// The replica that restarted most often in a row.
    pub loops: Option<Loop>,
    /// Replicas whose new process is slower than the old one and becomes faster.
    pub warming: Vec<String>,
    /// Mean time of a token of the first of them, shortly after its start and before, seconds.
    pub warm_up: Option<(f64, f64)>,
    /// Part of the time that tokens take longer than before the first of these starts, at all
    /// replicas together, which they take at those that warm up, 0–1; 1 where none did.
    pub warm_up_share: f64,
    /// A process started within the window, or shortly before.
    pub lately: bool,
    /// The newest start, Unix milliseconds, where the processes of all replicas began lately.
    pub newest: Option<i64>,
}

/// Starts of one replica that follow one another, up to the window or into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Loop {
    /// Replica.
    pub replica: String,
    /// How often it started anew.
    pub starts: usize,
    /// Mean time between two starts, seconds.
    pub every: f64,
    /// The former processes did not end as somebody wished.
    pub is_sure: bool,
}

impl Restarts {
    /// A replica whose processes end again and again, surely not as somebody wished.
    pub fn looping(&self) -> Option<&Loop> {
        self.loops.as_ref().filter(|one| one.is_sure)
    }

    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let last = subject.now.last;
        let (mut found, mut began) = (Self::default(), 0);
        let mut first_cold: Option<usize> = None;
        for (replica, activity) in subject.replicas.iter().zip(subject.activities) {
            let starts: Vec<(usize, usize)> = activity.restarts(0, last).collect_vec();
            let Some(&(before, newest)) = starts.last() else { continue };
            if let Some(one) = restart_loop(subject, (replica, activity), &starts)
                && found.loops.as_ref().is_none_or(|most| one.starts > most.starts)
            {
                found.loops = Some(one);
            }
            if since(subject, newest) > subject.line(&APART) + subject.now.seconds {
                continue;
            }
            found.lately = true;
            began += 1;
            found.newest = found.newest.max(Some(subject.grid.times()[newest]));
            let line = subject.line(&WARM);
            if let Some(warm_up) = warm_up(subject, replica, (before, newest, last), line) {
                found.warm_up = found.warm_up.or(Some(warm_up));
                found.warming.push(replica.key.clone());
                first_cold = Some(first_cold.map_or(before, |first| first.min(before)));
            }
        }
        found.warm_up_share =
            first_cold.map_or(1.0, |before| added_share(subject, &found.warming, before));
        let is_new = found
            .newest
            .is_some_and(|newest| (subject.grid.times()[last] - newest) as f64 <= 1000.0 * COLD);
        found.newest = found.newest.filter(|_| is_new && began == subject.replicas.len());
        found
    }
}

/// Seconds from a grid time to the end of the window.
fn since(subject: &Subject<'_>, at: usize) -> f64 {
    let times = subject.grid.times();
    (times[subject.now.last] - times[at]) as f64 / 1000.0
}

/// The newest starts of a replica, where they are a loop that goes on in the window. That sums over
/// engines fall again and again says that one engine after another went.
fn restart_loop(
    subject: &Subject<'_>,
    (replica, activity): (&Replica, &Activity),
    starts: &[(usize, usize)],
) -> Option<Loop> {
    let seconds = |from: usize, to: usize| since(subject, from) - since(subject, to);
    // A process that served, was drained and gave way to another ended as somebody wished.
    let mut born = 0;
    let mut lost = true;
    let mut unwished: Vec<(usize, End)> = Vec::new();
    for &(from, to) in starts {
        let was_drained = was_drained(replica, activity, born, from);
        lost &= !was_drained;
        let end = end(replica, activity, (born, from), was_drained);
        born = to;
        if end != End::Wished {
            unwished.push((to, end));
        }
    }
    let &(newest, _) = unwished.last().filter(|_| !replica.aggregate)?;
    // As many as follow one another closely enough, from the newest back.
    let in_a_row = |apart: f64| {
        let gaps = unwished.windows(2).rev();
        1 + gaps.take_while(|pair| seconds(pair[0].0, pair[1].0) <= apart).count()
    };
    // Three that lost what was inside are one however far apart they are.
    let all = if lost { unwished.len() } else { 0 };
    let (two, three) =
        (in_a_row(subject.line(&APART)), in_a_row(subject.line(&APART_OF_THREE)).max(all));
    let count = if three > 2 { three } else { two };
    if count < 2 {
        return None;
    }
    let row = &unwished[unwished.len() - count..];
    let every = seconds(row[0].0, newest) / (count - 1) as f64;
    let goes_on = (GOES_ON * every).max(subject.line(&APART)) + subject.now.seconds;
    let of = |end: End| row.iter().filter(|(_, one)| *one == end).count();
    let known = of(End::Lost) + if count > 2 { of(End::Unserved) } else { 0 };
    let is_sure = known > 1 || count >= MANY;
    let is_on = since(subject, newest) <= goes_on;
    is_on.then(|| Loop { replica: replica.key.clone(), starts: count, every, is_sure })
}

/// How the process that was born at a sample ended behind another.
fn end(
    replica: &Replica,
    activity: &Activity,
    (born, from): (usize, usize),
    was_drained: bool,
) -> End {
    let served = replica.histogram(Family::Ttft).and_then(|ttft| ttft.count(born, from));
    let usual = replica.gauge(Family::Running).and_then(|gauge| gauge.window(born, from));
    match (in_flight(replica, from), usual) {
        _ if was_drained && served.is_some_and(|count| count > 0.0) => End::Wished,
        _ if served.is_some_and(|count| count <= 0.0) => End::Unserved,
        _ if activity.spacing > GRACE_MS => End::Open,
        (Some(left), Some(usual)) if left <= LEFT_OF_A_DRAIN * usual.mean => End::Open,
        _ => End::Lost,
    }
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It was drained.
    Wished,
    /// It served nothing before it ended.
    Unserved,
    /// With what it served inside.
    Lost,
    /// It may have been drained behind its last sample.
    Open,
}

/// The time of a token right after a start and before it, where the old process, to its end, and
/// the last third since are both faster, and most of the difference is gone. What slows tokens
/// later is no warm-up.
fn warm_up(
    subject: &Subject<'_>,
    replica: &Replica,
    (before, start, last): (usize, usize, usize),
    line: f64,
) -> Option<(f64, f64)> {
    let times = subject.grid.times();
    let third = (last - start) / 3;
    let first = first_minute(replica, (start, last), times)?;
    let ending = times.partition_point(|time| *time < times[before] - LAST_MS);
    let whole = token_time(replica, 0, before)?;
    let old = token_time(replica, ending, before).map_or(whole, |ending| ending.max(whole));
    let early = token_time(replica, start, first)?;
    let late = token_time(replica, last - third, last)?;
    let fades = early - late >= FADED * (early - old);
    // What waited for the start fills the batch, which slows every step by as much at most; where
    // no more comes out than before, the batch is what slow steps made of it.
    let ratio = |of: &dyn Fn(usize, usize) -> Option<f64>| {
        of(start, first).zip(of(0, before)).map_or(1.0, |(now, old)| now / old)
    };
    let batch = ratio(&|first, last| {
        let running = replica.gauge(Family::Running)?.window(first, last)?;
        Some(running.mean + WEIGHTS)
    });
    let rate = ratio(&|first, last| {
        let tokens = replica.counter(Family::GenerationTokens)?.increase(first, last)?;
        Some(tokens / (times[last] - times[first]) as f64)
    });
    let grown = if rate > MORE_WORK { batch } else { 1.0 };
    // What slows the others at the same time comes from no start.
    let others = subject.replicas.iter().zip(subject.activities).filter(|(one, activity)| {
        let mut starts = activity.restarts(0, last);
        let is_with = |(_, at): (usize, usize)| (times[at] - times[start]).abs() <= FIRST_MS;
        one.key != replica.key && !starts.any(is_with)
    });
    let others = others.map(|(one, _)| one);
    // A warm-up that was over before the window slowed nothing in it.
    let begin = start.max(subject.now.first);
    let still = token_time(replica, begin, first_minute(replica, (begin, last), times)?)?;
    let others = others.filter_map(|one| token_time(one, start, first)).reduce(f64::min);
    let line = line * if grown > 1.0 { grown } else { 1.0 };
    let is_slow = early.min(still) > line * old && early > line * late;
    (is_slow && fades && others.is_none_or(|other| early > line * other)).then_some((early, old))
}

/// Part of the time of the window's tokens beyond what they took up to `before` that these
/// replicas add. The excess of a fleet is the mean of all requests, in which fast ones are already.
fn added_share(subject: &Subject<'_>, these: &[String], before: usize) -> f64 {
    let (first, last) = (subject.now.first, subject.now.last);
    let (mut own, mut all) = (0.0, 0.0);
    for replica in subject.replicas {
        let added = token_time(replica, 0, before)
            .zip(token_time(replica, first, last))
            .zip(tokens(replica, first, last))
            .map_or(0.0, |((old, now), tokens)| (now - old).max(0.0) * tokens);
        all += added;
        own += if these.contains(&replica.key) { added } else { 0.0 };
    }
    if all > 0.0 { own / all } else { 1.0 }
}

/// Observations of the histogram that tells the time of a token.
fn tokens(replica: &Replica, first: usize, last: usize) -> Option<f64> {
    let of = |family| replica.histogram(family)?.count(first, last).filter(|count| *count > 0.0);
    of(Family::Itl).or_else(|| of(Family::Tpot))
}

/// Grid index up to which the first minute of tokens behind another lasts: a process may be there
/// before it is asked for any. None where none came.
fn first_minute(replica: &Replica, (from, last): (usize, usize), times: &[i64]) -> Option<usize> {
    let came = (from + 1..=last).find(|&at| token_time(replica, from, at).is_some())?;
    let end = times.partition_point(|time| *time < times[came - 1] + FIRST_MS);
    Some(end.max(came).min(last))
}

fn token_time(replica: &Replica, first: usize, last: usize) -> Option<f64> {
    let of = |family| {
        let columns = replica.histogram(family)?;
        let count = columns.count(first, last).filter(|count| *count > 0.0)?;
        Some(columns.sum(first, last)?.value / count)
    };
    of(Family::Itl).or_else(|| of(Family::Tpot))
}
