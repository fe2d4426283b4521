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
    value: 1.3,
    range: (1.05, 5.0),
    reason: Reason::of(
        "Factor of a token's time shortly after a start, against the old process and against its \
             later time, from which the new process is warming up. Compilation and graph capture cost \
             a multiple of a step. Lower, the wobble of a minute counts; higher, the end of a \
             warm-up passes.",
    ),
};

/// Mean times between starts since the last one up to which a loop goes on: waits may double.
const GOES_ON: f64 = 2.0;

/// Milliseconds after a start that show whether the process is warm: two scrapes of 30 s. Shorter,
/// they hold few tokens; longer, a burst that comes minutes after a deploy counts as its warm-up.
const FIRST_MS: i64 = 60_000;

/// Milliseconds before a start in which the old process must have been faster too: one that became
/// slow before it ended was not slowed by the start. Shorter, a lull before the end hides that;
/// longer, it is lost among the fast time before.
const LAST_MS: i64 = 120_000;

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
    /// A process started within the window, or shortly before.
    pub lately: bool,
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
}

impl Restarts {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let last = subject.now.last;
        let mut found = Self::default();
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
            let line = subject.line(&WARM);
            if let Some(warm_up) =
                warm_up(replica, (before, newest, last), subject.grid.times(), line)
            {
                found.warm_up = found.warm_up.or(Some(warm_up));
                found.warming.push(replica.key.clone());
            }
        }
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
    let ended: Vec<((usize, usize), bool)> = starts
        .iter()
        .map(|&(from, to)| {
            let was_drained = was_drained(replica, activity, born, from);
            let served = replica.histogram(Family::Ttft).and_then(|ttft| ttft.count(born, from));
            born = to;
            lost &= !was_drained;
            ((from, to), was_drained && served.is_some_and(|count| count > 0.0))
        })
        .collect_vec();
    let is_unwished = |(_, is_wished): &&((usize, usize), bool)| !is_wished;
    let starts: Vec<(usize, usize)> =
        ended.iter().filter(is_unwished).map(|(start, _)| *start).collect_vec();
    let &(_, newest) = starts.last().filter(|_| !replica.aggregate)?;
    // As many as follow one another closely enough, from the newest back.
    let in_a_row = |apart: f64| {
        let gaps = starts.windows(2).rev();
        1 + gaps.take_while(|pair| seconds(pair[0].1, pair[1].1) <= apart).count()
    };
    // Three that lost what was inside are one however far apart they are.
    let all = if lost { starts.len() } else { 0 };
    let (two, three) =
        (in_a_row(subject.line(&APART)), in_a_row(subject.line(&APART_OF_THREE)).max(all));
    let count = if three > 2 { three } else { two };
    if count < 2 {
        return None;
    }
    let every = seconds(starts[starts.len() - count].1, newest) / (count - 1) as f64;
    let goes_on = (GOES_ON * every).max(subject.line(&APART)) + subject.now.seconds;
    let is_on = since(subject, newest) <= goes_on;
    is_on.then(|| Loop { replica: replica.key.clone(), starts: count, every })
}

/// The time of a token right after a start and before it, where the old process, to its end, and
/// the last third since are both faster, and most of the difference is gone. What slows tokens
/// later is no warm-up.
fn warm_up(
    replica: &Replica,
    (before, start, last): (usize, usize, usize),
    times: &[i64],
    line: f64,
) -> Option<(f64, f64)> {
    let third = (last - start) / 3;
    let end = times[start] + FIRST_MS;
    let first = times.partition_point(|time| *time < end).max(start + 1).min(last);
    let ending = times.partition_point(|time| *time < times[before] - LAST_MS);
    let whole = token_time(replica, 0, before)?;
    let old = token_time(replica, ending, before).map_or(whole, |ending| ending.max(whole));
    let early = token_time(replica, start, first)?;
    let late = token_time(replica, last - third, last)?;
    let fades = early - late >= FADED * (early - old);
    (early > line * old && early > line * late && fades).then_some((early, old))
}

fn token_time(replica: &Replica, first: usize, last: usize) -> Option<f64> {
    let of = |family| {
        let columns = replica.histogram(family)?;
        let count = columns.count(first, last).filter(|count| *count > 0.0)?;
        Some(columns.sum(first, last)?.value / count)
    };
    of(Family::Itl).or_else(|| of(Family::Tpot))
}
