//! When a replica was seen, when it started anew, and when nothing came out of it.

use crate::catalogue::families::Family;
use crate::growth::gauge::Gauge;
use crate::growth::histogram::HistogramColumns;
use crate::growth::membership::{Membership, Step};
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::store::grid::TimeGrid;
use crate::store::marks::{Marks, add_present};
use crate::window::silence::{Inside, Silence, silences};
use crate::window::stale::{longest_repeat, stale};

/// Scrapes of one of the processes of a sum that may be missed, as of a replica by itself.
const MISSED: usize = 2;

/// Counters that move while an engine works.
const COUNTERS: [Family; 4] =
    [Family::GenerationTokens, Family::PromptTokens, Family::RequestsFinished, Family::Preemptions];

/// Histograms whose counts move while an engine works.
const HISTOGRAMS: [Family; 3] = [Family::Itl, Family::Ttft, Family::E2e];

/// What the samples of one replica tell of its life over the whole range.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    /// Grid times at which it has any sample.
    present: Marks,
    /// Usual distance of its samples, milliseconds; 0 with fewer than two.
    pub spacing: i64,
    /// Seconds in which the quickest of its counters grows by what its rounded values show; 0 where
    /// nothing is rounded.
    pub shows_after: f64,
    /// Output is counted while requests run, so that silence can be told.
    pub tells_output: bool,
    /// Stretches without output, in time order.
    silences: Vec<Silence>,
    /// Stretches in which not even the processor time of the process moved, as grid indices of
    /// their first and last sample, in time order.
    unmoved: Vec<(usize, usize)>,
    /// Grid indices of the first sample of a new process, with the one before it.
    restarts: Vec<(usize, usize)>,
}

impl Activity {
    /// Of one replica.
    pub fn of(replica: &Replica, grid: &TimeGrid) -> Self {
        let times = grid.times();
        let flags = presence(replica, times.len());
        let seen: Vec<usize> = (0..flags.len()).filter(|&index| flags[index]).collect_vec();
        let output = output(replica, times.len());
        let known: Vec<usize> = {
            let flags = whole(replica, times.len());
            seen.iter().copied().filter(|&index| flags[index]).collect_vec()
        };
        let tells_output = replica.counter(Family::GenerationTokens).is_some()
            || replica.histogram(Family::Itl).is_some();
        let (restarts, spacing) = (restarts(replica, &seen), spacing(&seen, times));
        // Where states are known, requests that run may take long to finish; where they are not,
        // the end of what is counted is all that tells.
        let states = [Family::Running, Family::Waiting];
        let tells_states = states.iter().all(|family| replica.gauge(*family).is_some());
        let mut silences = if tells_output || !tells_states {
            silences(replica, &output, &known, times, spacing)
        } else {
            Vec::new()
        };
        // What stood still before a new process began says nothing of it; that the one before was
        // empty stays true.
        for &(from, to) in &restarts {
            silences.retain_mut(|one| {
                if from >= one.to || to <= one.from {
                    return true;
                }
                one.to = from;
                one.inside == Inside::Nothing && one.from < from
            });
        }
        Self {
            unmoved: stale(replica, &silences, spacing, times),
            spacing,
            silences,
            restarts,
            present: Marks::of(&flags),
            shows_after: shows_after(replica, times),
            tells_output,
        }
    }

    /// Samples in grid indices [first, last].
    pub fn samples(&self, first: usize, last: usize) -> usize {
        self.present.count(first, last)
    }

    /// First and last sample in grid indices [first, last].
    pub fn seen(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        self.present.ends(first, last)
    }

    /// The longest stretch between two neighbouring samples in [first, last], as grid indices.
    pub fn longest_gap(&self, first: usize, last: usize, times: &[i64]) -> Option<(usize, usize)> {
        let (mut before, end) = self.present.ends(first, last)?;
        // Where nothing at all was sampled, the grid has no times either.
        let steps = i64::try_from(end - before + 1).unwrap_or(i64::MAX);
        let is_even = times[end] - times[before] <= self.spacing.saturating_mul(steps);
        if is_even && self.present.count(before, end) == end - before + 1 {
            return None;
        }
        let mut longest: Option<(usize, usize)> = None;
        while before < end {
            let (next, _) = self.present.ends(before + 1, end)?;
            let length = |(from, to): (usize, usize)| times[to] - times[from];
            if longest.is_none_or(|one| length((before, next)) > length(one)) {
                longest = Some((before, next));
            }
            before = next;
        }
        longest
    }

    /// Silences that reach into (first, last], clipped to its end.
    pub fn silences(&self, first: usize, last: usize) -> impl Iterator<Item = Silence> {
        let reaching = move |one: &&Silence| one.to > first && one.from < last;
        self.silences
            .iter()
            .filter(reaching)
            .map(move |one| Silence { to: one.to.min(last), ..*one })
    }

    /// Stretches without processor time that reach into (first, last], clipped to its end: old
    /// copies of the page answered, or nobody did and a server repeats the last sample.
    pub fn unmoved(&self, first: usize, last: usize) -> impl Iterator<Item = (usize, usize)> {
        let reaching = move |&&(from, to): &&(usize, usize)| to > first && from < last;
        self.unmoved.iter().filter(reaching).map(move |&(from, to)| (from, to.min(last)))
    }

    /// Those of them that are longer than a server repeats a sample: old copies answered.
    pub fn stale(
        &self,
        (first, last): (usize, usize),
        times: &[i64],
    ) -> impl Iterator<Item = (usize, usize)> {
        self.unmoved(first, last).filter(|&ends| self.is_stale(ends, times))
    }

    /// Whether such a stretch is longer than a server repeats a sample.
    pub fn is_stale(&self, (from, to): (usize, usize), times: &[i64]) -> bool {
        times[to] - times[from] > longest_repeat(self.spacing)
    }

    /// Restarts in (first, last], each as the last sample before and the first after.
    pub fn restarts(&self, first: usize, last: usize) -> impl Iterator<Item = (usize, usize)> {
        self.restarts.iter().copied().filter(move |&(_, at)| at > first && at <= last)
    }
}

/// At which grid times the replica has any sample of what every scrape shows.
fn presence(replica: &Replica, length: usize) -> Vec<bool> {
    let mut flags = vec![false; length];
    for family in [Family::Running, Family::Waiting, Family::KvUsage] {
        if let Some(gauge) = replica.gauge(family) {
            add_present(&mut flags, gauge.values());
        }
    }
    for counter in COUNTERS.into_iter().filter_map(|family| replica.counter(family)) {
        counter.add_present(&mut flags);
    }
    for histogram in HISTOGRAMS.into_iter().filter_map(|family| replica.histogram(family)) {
        histogram.add_present(&mut flags);
    }
    flags
}

/// At which grid times every counter of output that was ever seen is there: where one is missing,
/// whether it moved is not known.
fn whole(replica: &Replica, length: usize) -> Vec<bool> {
    let mut whole = vec![true; length];
    let mut flags = vec![false; length];
    let mut add = |present: &dyn Fn(&mut [bool])| {
        flags.fill(false);
        present(&mut flags);
        // A counter begins with its first increment.
        let first = flags.iter().position(|present| *present).unwrap_or(length);
        for (whole, present) in whole.iter_mut().zip(&flags).skip(first) {
            *whole &= present;
        }
    };
    for counter in COUNTERS.into_iter().filter_map(|family| replica.counter(family)) {
        add(&|flags| counter.add_present(flags));
    }
    for histogram in HISTOGRAMS.into_iter().filter_map(|family| replica.histogram(family)) {
        add(&|flags| histogram.add_present(flags));
    }
    whole
}

/// Everything that was ever counted, together, at each grid time: it stands still only while all of
/// it does.
fn output(replica: &Replica, length: usize) -> Vec<f64> {
    let mut output = vec![0.0; length];
    let mut add = |running: Vec<f64>| {
        for (sum, value) in output.iter_mut().zip(running) {
            *sum += value;
        }
    };
    for counter in COUNTERS.into_iter().filter_map(|family| replica.counter(family)) {
        add(counter.running());
    }
    let histograms = HISTOGRAMS.into_iter().filter_map(|family| replica.histogram(family));
    for counts in histograms.filter_map(HistogramColumns::running_counts) {
        add(counts);
    }
    output
}

/// See [`Activity::shows_after`]: by the mean growth of each counter over the whole range.
fn shows_after(replica: &Replica, times: &[i64]) -> f64 {
    if replica.rounding.digits == 0 {
        return 0.0;
    }
    let end = times.len().saturating_sub(1);
    let length = (times[end] - times[0]) as f64 / 1000.0;
    let counters = COUNTERS.into_iter().filter_map(|family| replica.counter(family));
    let counters = counters.map(|counter| (counter.increase(0, end), counter.magnitude()));
    let counts = HISTOGRAMS.into_iter().filter_map(|family| replica.histogram(family));
    let counts = counts.map(|columns| (columns.count(0, end), columns.count_magnitude()));
    let after = |(growth, most): (Option<f64>, f64)| {
        let growth = growth.filter(|growth| *growth > 0.0)?;
        Some(replica.rounding.step_of(most) * length / growth)
    };
    counters.chain(counts).filter_map(after).reduce(f64::min).unwrap_or(0.0)
}

/// The median distance of neighbouring samples, the smaller one of two: where every third scrape
/// fails, half of them are doubled.
fn spacing(seen: &[usize], times: &[i64]) -> i64 {
    let mut distances: Vec<i64> =
        seen.windows(2).map(|pair| times[pair[1]] - times[pair[0]]).collect_vec();
    sort(&mut distances, Ord::cmp);
    distances.get(distances.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// Where the process says that it started anew, or else its counters fell.
fn restarts(replica: &Replica, seen: &[usize]) -> Vec<(usize, usize)> {
    let started = replica.gauge(Family::ProcessStart).map(Gauge::values);
    let mut restarts: Vec<(usize, usize)> = Vec::new();
    let mut known = f64::NAN;
    for pair in seen.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let began_anew = started.is_some_and(|started| {
            // A scrape may miss it.
            known = if started[from].is_nan() { known } else { started[from] };
            // A process start is a time; another one within a second is a rounding.
            started[to] > known + 1.0
        });
        if began_anew || fell(replica, from, to) || lost(replica, from, to) {
            restarts.push((from, to));
        }
    }
    restarts
}

/// Whether what is counted started again from zero: a counter of its own, or the numbers of
/// observations where there is none. One bucket that falls is a torn scrape.
fn fell(replica: &Replica, from: usize, to: usize) -> bool {
    let mut counted = false;
    for counter in COUNTERS.into_iter().filter_map(|family| replica.counter(family)) {
        if counter.restarted(from, to) {
            return true;
        }
        counted = true;
    }
    let mut histograms = HISTOGRAMS.into_iter().filter_map(|family| replica.histogram(family));
    !counted && histograms.any(|histogram| histogram.restarted(from, to))
}

/// Whether a sum over processes lost one of them that was not back after the scrapes that any
/// target may miss.
fn lost(replica: &Replica, from: usize, to: usize) -> bool {
    let steps = &replica.membership;
    let is_back = |at: usize| {
        let is_it = |step: &Step| step.change == Membership::Back(at) && step.at <= at + MISSED;
        steps.iter().any(is_it)
    };
    steps.iter().any(|step| {
        step.change == Membership::Gone && from < step.at && step.at <= to && !is_back(step.at)
    })
}
