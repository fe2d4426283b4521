//! Does the scheduler run as many replicas as are wanted?
//!
//! Only what kube-state-metrics and Kueue bring. It decides no cause: it says why capacity is
//! missing, why a process ended, and whether an autoscaler answered.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::scope::Scheduled;
use crate::small::list::CollectVec;
use crate::source::registry::teller;
use crate::store::grid::LOOKBACK_MS;
use crate::text::foreign::plain;
use crate::text::number::{counted, number};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::{Change, Subject};

pub(super) static FACT: FactDefinition = FactDefinition { id: FactId::Scheduler, thresholds: &[] };

/// Longest name of a queue in a sentence.
const NAME: usize = 60;

/// What schedulers say at the window's end.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scheduler {
    /// Replicas that are wanted, and those of them that are ready.
    pub replicas: Option<(f64, f64)>,
    /// Pods that are accepted and do not run.
    pub pending: f64,
    /// Why they do not: the end of a sentence; None where nothing says it.
    pub why: Option<String>,
    /// Replicas that the autoscaler wanted at the end of the baseline, else at the start of the
    /// window, and wants now.
    pub scaled: Option<Change>,
    /// The autoscaler wants as many as it may.
    pub is_at_most: bool,
    /// Replicas whose last process ended for a reason that is known.
    pub ends: Vec<End>,
}

/// Why the last process of a replica ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Replica.
    pub replica: String,
    /// The reason, in the scheduler's word.
    pub why: &'static str,
    /// Since when that is said, Unix milliseconds.
    pub since: i64,
}

impl Scheduler {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let view = View::of(subject);
        let sum = |family| view.sum(family, |_| true);
        let replicas = sum(Family::ReplicasWanted).zip(sum(Family::ReplicasReady));
        let pending = sum(Family::PodPending).unwrap_or(0.0);
        let desired = || subject.scope.scheduled.iter().filter_map(|one| view.scaled(one));
        let most = sum(Family::AutoscalerMost);
        Self {
            replicas,
            pending,
            why: view.why(pending),
            scaled: desired().reduce(|all, one| Change {
                before: all.before + one.before,
                now: all.now + one.now,
            }),
            is_at_most: most.is_some() && sum(Family::AutoscalerDesired) >= most,
            ends: view.ends(),
        }
    }

    /// `4 replicas are wanted and 2 are ready: no node has room for 2 pods`; None where as many are
    /// ready as are wanted, or where that is not measured.
    pub fn shortage(&self) -> Option<String> {
        let (wanted, ready) = self.replicas.filter(|(wanted, ready)| ready < wanted)?;
        let pods = || counted(self.pending, "pod is pending", "pods are pending");
        let why = match &self.why {
            Some(why) => format!(": {why}"),
            None if self.pending > 0.0 => format!(": {}", pods()),
            None => String::new(),
        };
        let wanted = counted(wanted, "replica is wanted", "replicas are wanted");
        let ready = match number(ready).as_str() {
            "0" => "none is ready".to_owned(),
            "1" => "1 is ready".to_owned(),
            more => format!("{more} are ready"),
        };
        Some(format!("{wanted} and {ready}{why}"))
    }

    /// `the autoscaler went from 2 to 4 replicas`; None where it did not scale out.
    pub fn scaled_out(&self) -> Option<String> {
        let Change { before, now } = self.scaled.filter(|scaled| scaled.now > scaled.before)?;
        // Replicas that are not ready have repaired nothing yet.
        if self.replicas.is_some_and(|(wanted, ready)| ready < wanted) {
            return None;
        }
        let (before, now) = (number(before), counted(now, "replica", "replicas"));
        Some(format!("the autoscaler went from {before} to {now}"))
    }

    /// Who would say how many replicas are wanted; None where somebody does.
    pub fn missing(&self) -> Option<&'static str> {
        self.replicas.is_none().then(|| teller(Family::ReplicasWanted))
    }

    /// Who would say why a process ended.
    pub fn teller_of_ends() -> &'static str {
        teller(Family::PodEnded)
    }

    /// Why the last process of a replica ended.
    pub fn end_of(&self, replica: &str) -> Option<&End> {
        self.ends.iter().find(|end| end.replica == replica)
    }
}

/// What is known of the objects of a scope at the window's end.
struct View<'a> {
    subject: &'a Subject<'a>,
    /// Grid indices of the samples that may still be true at the window's end.
    newest: (usize, usize),
}

impl<'a> View<'a> {
    fn of(subject: &'a Subject<'a>) -> Self {
        let last = subject.now.last;
        let end = subject.grid.times()[last];
        let newest = subject.grid.indices(end.saturating_sub(LOOKBACK_MS), end);
        Self { subject, newest: newest.unwrap_or((last, last)) }
    }

    fn last(&self, one: &Scheduled, family: Family) -> Option<f64> {
        let (from, to) = self.newest;
        Some(one.gauge(family)?.window(from, to)?.last)
    }

    /// The sum over objects; None where none says it.
    fn sum(&self, family: Family, is_meant: impl Fn(&Scheduled) -> bool) -> Option<f64> {
        let objects = self.subject.scope.scheduled.iter().filter(|one| is_meant(one));
        objects.filter_map(|one| self.last(one, family)).reduce(|all, one| all + one)
    }

    /// Why pods do not run, the surest reason first.
    fn why(&self, pending: f64) -> Option<String> {
        let unschedulable = self.sum(Family::PodUnschedulable, |_| true).unwrap_or(0.0);
        if unschedulable > 0.0 {
            let pods = counted(unschedulable, "pod", "pods");
            return Some(format!("no node has room for {pods} (unschedulable)"));
        }
        let objects = || self.subject.scope.scheduled.iter();
        let queue = objects()
            .filter_map(|one| Some((one, self.last(one, Family::QueuePending)?)))
            .filter(|(_, waiting)| *waiting > 0.0)
            .max_by(|(_, one), (_, other)| one.total_cmp(other));
        let waits = |one: &&Scheduled| {
            !one.says.is_empty() && self.last(one, Family::PodWaiting).is_some_and(|is| is > 0.0)
        };
        let waiting: Vec<&Scheduled> = objects().filter(waits).collect_vec();
        match (waiting.first(), queue) {
            (Some(first), _) => {
                let count = waiting.iter().filter(|one| one.says == first.says).count();
                let pods = counted(count as f64, "pod waits", "pods wait");
                Some(format!("{pods} ({})", first.says))
            }
            (None, Some((queue, count))) => Some(self.quota(queue, count)),
            (None, None) if pending > 0.0 => {
                Some(counted(pending, "pod is pending", "pods are pending"))
            }
            (None, None) => None,
        }
    }

    fn quota(&self, queue: &Scheduled, waiting: f64) -> String {
        let workloads = counted(waiting, "workload waits", "workloads wait");
        let used = self.last(queue, Family::QueueUsage).zip(self.last(queue, Family::QueueQuota));
        let used = used.map_or_else(String::new, |(used, quota)| {
            format!(", {} of {} in use", number(used), counted(quota, "device", "devices"))
        });
        let (first, last) = (self.subject.now.first, self.subject.now.last);
        let evicted = queue.counter(Family::QueueEvicted);
        let evicted = evicted.and_then(|counter| counter.increase(first, last));
        let evicted = evicted
            .filter(|count| *count > 0.0)
            .map_or_else(String::new, |count| format!(", {} evicted in the window", number(count)));
        let name = plain(&queue.name, NAME);
        format!("{workloads} for quota in the queue {name}{used}{evicted}")
    }

    /// From the first sample of an autoscaler to its newest.
    fn scaled(&self, one: &Scheduled) -> Option<Change> {
        let now = self.last(one, Family::AutoscalerDesired)?;
        // What was scaled before anything changed was no answer to it.
        let from = self.subject.baseline.map_or(self.subject.now.first, |before| before.last);
        let before = one.gauge(Family::AutoscalerDesired)?.window(from, self.newest.1)?.first;
        Some(Change { before, now })
    }

    /// Containers of one pod that ended for different reasons say nothing of the engine's.
    fn ends(&self) -> Vec<End> {
        let mut ends: Vec<End> = Vec::new();
        let mut unclear: Vec<&String> = Vec::new();
        for one in self.subject.scope.scheduled.iter().filter(|one| !one.says.is_empty()) {
            let is_so = |family: &Family| self.last(one, *family).is_some_and(|value| value > 0.0);
            let Some(family) = [Family::PodEnded, Family::PodReason].into_iter().find(is_so) else {
                continue;
            };
            let values = one.gauge(family).map_or(&[][..], |gauge| gauge.values());
            let first = values.iter().position(|value| *value > 0.0).unwrap_or(0);
            let since = self.subject.grid.times()[first];
            for replica in &one.replicas {
                if ends.iter().any(|end| end.replica == *replica && end.why != one.says) {
                    unclear.push(replica);
                }
                ends.push(End { replica: replica.clone(), why: one.says, since });
            }
        }
        ends.retain(|end| !unclear.contains(&&end.replica));
        ends
    }
}
