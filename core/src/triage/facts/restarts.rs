//! Did processes start anew, and are they warm?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Restarts, thresholds: &[&APART, &WARM] };

/// Seconds between two starts of one replica up to which they belong to one loop.
static APART: Threshold = Threshold {
    id: "restarts.apart",
    value: 360.0,
    range: (30.0, 86400.0),
    reason: Reason::of(
        "Seconds between two starts of one replica up to which they belong to one loop. A process \
             that dies of its load or its memory does so minutes after it began to serve; Kubernetes \
             waits five minutes between starts at most. Lower, a loop with that pause passes; higher, \
             two deploys of one morning are a loop.",
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

/// Starts within one loop.
const LEAST_STARTS: usize = 2;

/// New processes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Restarts {
    /// The replica that restarted most often in a row, how often, and the seconds between.
    pub loops: Option<(String, usize, f64)>,
    /// Replicas whose new process is slower than the old one and becomes faster.
    pub warming: Vec<String>,
    /// Mean time of a token of the first of them, shortly after its start and before, seconds.
    pub warm_up: Option<(f64, f64)>,
    /// A process started within the window, or shortly before.
    pub lately: bool,
}

impl Restarts {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let times = subject.grid.times();
        let last = subject.now.last;
        let apart = subject.line(&APART);
        let seconds = |from: usize, to: usize| (times[to] - times[from]) as f64 / 1000.0;
        let mut found = Self::default();
        for (replica, activity) in subject.replicas.iter().zip(subject.activities) {
            let starts: Vec<(usize, usize)> = activity.restarts(0, last).collect_vec();
            let Some(&(before, newest)) = starts.last() else { continue };
            if seconds(newest, last) > apart + subject.now.seconds {
                continue;
            }
            found.lately = true;
            let mut first = starts.len() - 1;
            while first > 0 && seconds(starts[first - 1].1, starts[first].1) <= apart {
                first -= 1;
            }
            let count = starts.len() - first;
            if count >= LEAST_STARTS
                && found.loops.as_ref().is_none_or(|(_, most, _)| count > *most)
            {
                let every = seconds(starts[first].1, newest) / (count - 1) as f64;
                found.loops = Some((replica.key.clone(), count, every));
            }
            let line = subject.line(&WARM);
            if let Some(warm_up) = warm_up(replica, (before, newest, last), line) {
                found.warm_up = found.warm_up.or(Some(warm_up));
                found.warming.push(replica.key.clone());
            }
        }
        found
    }
}

/// The time of a token in the first third since a start and before it, where the old process and
/// the last third are both faster.
fn warm_up(
    replica: &Replica,
    (before, start, last): (usize, usize, usize),
    line: f64,
) -> Option<(f64, f64)> {
    let third = (last - start) / 3;
    let old = token_time(replica, 0, before)?;
    let early = token_time(replica, start, start + third)?;
    let late = token_time(replica, last - third, last)?;
    (early > line * old && early > line * late).then_some((early, old))
}

fn token_time(replica: &Replica, first: usize, last: usize) -> Option<f64> {
    let of = |family| {
        let columns = replica.histogram(family)?;
        let count = columns.count(first, last).filter(|count| *count > 0.0)?;
        Some(columns.sum(first, last)?.value / count)
    };
    of(Family::Itl).or_else(|| of(Family::Tpot))
}
