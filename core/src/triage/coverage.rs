//! What a window does not hold, and of how many replicas: absent is not zero, and a gap of one
//! replica is no gap of all.

use crate::catalogue::families::{Family, Shape};
use crate::catalogue::signals::SignalId;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::triage::facts::availability::unseen_after;
use crate::triage::facts::progress::is_coarse;
use crate::triage::facts::worker::Worker;
use crate::triage::subject::Subject;

/// Signals that would refute health, each with the family that tells it of one replica.
const MEASURED: [(SignalId, Family); 5] = [
    (SignalId::Ttft, Family::Ttft),
    (SignalId::Itl, Family::Itl),
    (SignalId::E2e, Family::E2e),
    (SignalId::Running, Family::Running),
    (SignalId::Waiting, Family::Waiting),
];

/// What may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A signal.
    Signal(SignalId),
    /// Whether requests fail: neither the engine's finish reasons nor its server's statuses.
    Failures,
    /// Whether anything comes out at the newest samples: counters are rounded.
    Progress,
}

/// Something that is not measured at some replicas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    measure: Measure,
    replicas: Vec<String>,
}

/// What is not measured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Not in the window at all.
    pub never: Vec<Gap>,
    /// Missing at the newest samples, though there before: what it would refute is not refuted
    /// since.
    pub ended: Vec<Gap>,
    /// Replicas that were seen in the window.
    replicas: usize,
}

impl Coverage {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let worker = Worker::of(subject);
        let is_wanted = |signal: &SignalId| !worker.is_without(*signal);
        let signals = MEASURED.iter().filter(|(signal, _)| is_wanted(signal));
        let mut measures: Vec<(Measure, &[Family])> = signals
            .map(|(signal, family)| (Measure::Signal(*signal), std::slice::from_ref(family)))
            .collect_vec();
        measures.push((Measure::Failures, &[]));
        let mut coverage = Self::default();
        let is_single = |replica: &&&Replica| !replica.aggregate;
        let are_singles = subject.replicas.iter().any(|replica| is_single(&replica));
        // Sums over engines tell of each of them.
        let sums = subject.replicas.iter().filter(|_| are_singles);
        let sums: Vec<&&Replica> = sums.filter(|replica| replica.aggregate).collect_vec();
        for (replica, activity) in subject.replicas.iter().zip(subject.activities) {
            let first = subject.now.first;
            let (last, end) = (subject.now.last, subject.grid.len() - 1);
            let newest = match (activity.seen(first, last), activity.seen(0, end)) {
                (Some((_, newest)), _) => newest,
                // Nothing that every scrape shows is asked of it.
                (None, None) => last,
                (None, Some(_)) => continue,
            };
            if replica.aggregate && are_singles {
                continue;
            }
            coverage.replicas += 1;
            if is_coarse(subject, activity) {
                add(&mut coverage.never, Measure::Progress, replica);
            }
            let until = subject.grid.times()[newest];
            let lately = until - unseen_after(subject, activity) as i64;
            let from = subject.grid.indices(lately, until).map_or(newest, |(from, _)| from);
            for (measure, families) in &measures {
                let is_told = |one: &Replica| tells(one, *measure, families, (first, newest));
                if !is_told(replica) {
                    if !sums.iter().any(|sum| is_told(sum)) {
                        add(&mut coverage.never, *measure, replica);
                    }
                } else if families
                    .iter()
                    .any(|family| ends(replica, *family, (first, from, newest)))
                {
                    add(&mut coverage.ended, *measure, replica);
                }
            }
        }
        coverage
    }

    /// Whether a signal is not measured to the end at all replicas that matter: those named, or
    /// where none is, half of all.
    pub fn has_ended(&self, id: SignalId, named: &[String]) -> bool {
        let gap = self.ended.iter().find(|gap| gap.measure == Measure::Signal(id));
        gap.is_some_and(|gap| {
            let is_gone = |replica: &String| gap.replicas.contains(replica);
            if named.is_empty() { self.is_most(gap) } else { named.iter().all(is_gone) }
        })
    }

    /// Gaps at half of the replicas and more, of what ended.
    pub fn mostly_ended(&self) -> usize {
        self.ended.iter().filter(|gap| self.is_most(gap)).count()
    }

    /// How many of running and waiting requests most replicas never showed: what is said of a
    /// queue, of slots or of a batch leans on them.
    pub fn mostly_without_load(&self) -> usize {
        let is_load = |gap: &&Gap| {
            matches!(gap.measure, Measure::Signal(SignalId::Running | SignalId::Waiting))
        };
        self.never.iter().filter(is_load).filter(|gap| self.is_most(gap)).count()
    }

    fn is_most(&self, gap: &Gap) -> bool {
        2 * gap.replicas.len() >= self.replicas
    }

    /// What of the load is not known: running or waiting requests of some replica.
    pub fn unknown_load(&self) -> Vec<Gap> {
        let is_load = |gap: &&Gap| {
            let is = |id| gap.measure == Measure::Signal(id);
            is(SignalId::Running) || is(SignalId::Waiting)
        };
        self.never.iter().chain(&self.ended).filter(is_load).cloned().collect_vec()
    }

    /// What is not known beside latencies: load, and whether requests fail.
    pub fn unknown_state(&self) -> Vec<Gap> {
        let mut gaps = self.unknown_load();
        gaps.extend(self.never.iter().filter(|gap| gap.measure == Measure::Failures).cloned());
        gaps
    }

    /// `failures, waiting requests (2 of 4 replicas)`.
    pub fn names(&self, gaps: &[Gap]) -> String {
        let name = |gap: &Gap| {
            let what = match gap.measure {
                Measure::Signal(id) => id.name(),
                Measure::Failures => "failures".to_owned(),
                Measure::Progress => "progress behind rounded counters".to_owned(),
            };
            match gap.replicas.as_slice() {
                all if all.len() == self.replicas => what,
                [one] => format!("{what} ({one})"),
                some => format!("{what} ({} of {} replicas)", some.len(), self.replicas),
            }
        };
        joined(&gaps.iter().map(name).collect_vec(), ", ")
    }
}

fn add(gaps: &mut Vec<Gap>, measure: Measure, replica: &Replica) {
    match gaps.iter_mut().find(|gap| gap.measure == measure) {
        Some(gap) => gap.replicas.push(replica.key.clone()),
        None => gaps.push(Gap { measure, replicas: vec![replica.key.clone()] }),
    }
}

/// Whether a replica, or a sum over replicas, tells it between two grid indices.
fn tells(
    replica: &Replica,
    measure: Measure,
    families: &[Family],
    (first, last): (usize, usize),
) -> bool {
    let counts = |family| {
        replica.counter(family).is_some_and(|counter| counter.increase(first, last).is_some())
    };
    let shows = |family: &Family| {
        let gauge = replica.gauge(*family);
        let histogram = replica.histogram(*family);
        gauge.is_some_and(|gauge| gauge.window(first, last).is_some())
            || histogram.is_some_and(|columns| columns.snapshots(first, last).is_some())
    };
    match measure {
        Measure::Progress => true,
        Measure::Signal(_) => families.iter().any(shows),
        // A server's status tells of every request, a finish reason of those that end so.
        Measure::Failures => {
            counts(Family::HttpRequests)
                || counts(Family::RequestsErrored) && counts(Family::RequestsAborted)
        }
    }
}

/// Whether a family that is there from `first` has no sample from `from` to `newest`.
fn ends(replica: &Replica, family: Family, (first, from, newest): (usize, usize, usize)) -> bool {
    if family.shape() == Shape::Gauge {
        return replica.gauge(family).is_some_and(|gauge| gauge.window(from, newest).is_none());
    }
    let columns = replica.histogram(family);
    columns.and_then(|columns| columns.snapshots(first, newest)).is_some_and(|(_, end)| end < from)
}
