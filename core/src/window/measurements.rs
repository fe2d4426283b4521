//! Everything a window holds, summed over replicas: the numbers that signals, limits and rules are
//! made of.

use crate::catalogue::families::{Family, Population, Purpose, Shape};
use crate::caveat::Caveats;
use crate::growth::gauge::GaugeSummary;
use crate::growth::replicas::ReplicaWindows;
use crate::histogram::{Histogram, Sum};
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::small::sorted::SortedMap;
use crate::store::grid::TimeGrid;
use crate::window::replica_set::ReplicaSet;

/// Tokens of an output from which its latency is not that of a token.
///
/// Speculation that is worth its drafts brings 1.5 and more. Closer to 1, outputs that are read
/// late and joined now and then count; at 2, a draft of one token passes.
const SEVERAL_TOKENS: f64 = 1.2;

/// One window of one set of replicas.
#[derive(Debug)]
pub struct Measurements {
    /// Grid index of the window's first time: the base of every increase.
    pub first: usize,
    /// Grid index of the window's last time.
    pub last: usize,
    /// Distance of the two in seconds.
    pub seconds: f64,
    /// Merged histograms.
    pub histograms: SortedMap<Family, Histogram>,
    /// Exact sums and counts of the histogram families, also where buckets are missing.
    pub totals: SortedMap<Family, Total>,
    /// Histogram families whose buckets are known to be cumulative in every replica, up to their
    /// count.
    pub cumulative: Vec<Family>,
    /// When the observations of each histogram family are recorded.
    pub populations: SortedMap<Family, Population>,
    /// Increases of counters.
    pub increases: SortedMap<Family, f64>,
    /// Gauges, added over replicas at each time (the KV usage: the fullest replica).
    pub gauges: SortedMap<Family, GaugeSummary>,
    /// Tokens after the first of their request and outputs that brought them, of the replicas that
    /// tell both, while both are told; None where none does.
    pub tokens_and_outputs: Option<(f64, f64)>,
    /// Requests that have a time and no reason to end, of the replicas that tell both; below 0
    /// where more have a reason than a time.
    pub without_reason: f64,
    /// Repairs made for this window.
    pub caveats: Caveats,
}

/// Sum and count of a histogram family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Total {
    /// Number of observations.
    pub count: f64,
    /// Their sum, where every replica has one.
    pub sum: Option<Sum>,
}

impl Total {
    /// Of a family in grid indices [first, last], all replicas together; None where no replica has
    /// two snapshots.
    pub fn of(family: Family, replicas: &[&Replica], first: usize, last: usize) -> Option<Self> {
        let mut total: Option<Self> = None;
        for columns in replicas.iter().filter_map(|replica| replica.histogram(family)) {
            let Some(count) = columns.count(first, last) else {
                continue;
            };
            let sum = columns.sum(first, last);
            total = Some(match total {
                None => Self { count, sum },
                Some(before) => {
                    Self { count: before.count + count, sum: add_sums(before.sum, sum) }
                }
            });
        }
        total
    }
}

impl Measurements {
    /// Measures grid indices [first, last] of these replicas, of which `together` was made. It
    /// costs the buckets and gauges of each, however many samples the window holds.
    pub fn of(
        replicas: &[&Replica],
        together: &ReplicaSet,
        grid: &TimeGrid,
        first: usize,
        last: usize,
    ) -> Self {
        let times = grid.times();
        let seconds = match (times.get(first), times.get(last)) {
            (Some(start), Some(end)) => (end - start) as f64 / 1000.0,
            _ => 0.0,
        };
        let mut measured = Self {
            first,
            last,
            seconds,
            histograms: SortedMap::new(),
            totals: SortedMap::new(),
            cumulative: Vec::new(),
            populations: SortedMap::new(),
            increases: SortedMap::new(),
            gauges: SortedMap::new(),
            tokens_and_outputs: None,
            without_reason: 0.0,
            caveats: Caveats::new(),
        };
        for &family in Family::ALL {
            match family.shape() {
                Shape::Histogram => measured.add_histogram(family, replicas),
                Shape::Counter => measured.add_counter(family, replicas),
                Shape::Gauge | Shape::Info => {}
            }
        }
        for replica in replicas {
            if let Some((tokens, outputs)) = tokens_and_outputs(replica, first, last) {
                let (all, of_all) = measured.tokens_and_outputs.unwrap_or((0.0, 0.0));
                measured.tokens_and_outputs = Some((all + tokens, of_all + outputs));
            }
            measured.without_reason += without_reason(replica, first, last).unwrap_or(0.0);
        }
        for (&family, gauge) in together.gauges.iter() {
            if let Some(summary) = gauge.window(first, last) {
                measured.gauges.insert(family, summary);
            }
        }
        measured
    }

    fn add_histogram(&mut self, family: Family, replicas: &[&Replica]) {
        let (first, last) = (self.first, self.last);
        let mut caveats = Caveats::new();
        let mut windows = windows_of(family, replicas);
        if let Some(merged) = windows.window(first, last, &mut caveats) {
            self.histograms.insert(family, merged);
        }
        if windows.is_cumulative {
            self.cumulative.push(family);
        }
        if family.purpose() == Purpose::Diagnosis {
            self.caveats.extend_about(family.title(), &caveats);
        }
        if let Some(population) = replicas.iter().find_map(|one| one.population(family)) {
            self.populations.insert(family, population);
        }
        if let Some(total) = Total::of(family, replicas, first, last) {
            self.totals.insert(family, total);
        }
    }

    fn add_counter(&mut self, family: Family, replicas: &[&Replica]) {
        let mut total = None;
        for counter in replicas.iter().filter_map(|replica| replica.counter(family)) {
            if let Some(increase) = counter.increase(self.first, self.last) {
                total = Some(total.unwrap_or(0.0) + increase);
            }
        }
        if let Some(total) = total {
            self.increases.insert(family, total);
        }
    }

    /// Exact mean of a histogram family: ΔS/ΔN. None without observations or without a sum.
    pub fn mean(&self, family: Family) -> Option<f64> {
        let total = self.totals.get(&family)?;
        (total.count > 0.0).then(|| total.sum.map(|sum| sum.value / total.count)).flatten()
    }

    /// Number of observations of a histogram family.
    pub fn count(&self, family: Family) -> Option<f64> {
        self.totals.get(&family).map(|total| total.count)
    }

    /// Increase of a counter.
    pub fn increase(&self, family: Family) -> Option<f64> {
        self.increases.get(&family).copied()
    }

    /// Increase of a counter per second; None in a window without length.
    pub fn rate(&self, family: Family) -> Option<f64> {
        self.increase(family).filter(|_| self.seconds > 0.0).map(|increase| increase / self.seconds)
    }

    /// A gauge over the window.
    pub fn gauge(&self, family: Family) -> Option<&GaugeSummary> {
        self.gauges.get(&family)
    }

    /// Mean tokens of each output after the first of a request, where they are several:
    /// speculation, or outputs joined before they are sent. None where an output is a token, or not
    /// measured.
    pub fn tokens_per_output(&self) -> Option<f64> {
        let (tokens, outputs) = self.tokens_and_outputs?;
        Some(tokens / outputs).filter(|tokens| *tokens > SEVERAL_TOKENS)
    }

    /// Mean seconds of a token after the first. Where an output holds several: decode time by
    /// output tokens, else inter-token latency by the tokens of an output.
    pub fn token_time(&self) -> Option<f64> {
        let decode = || {
            let tokens = self.mean(Family::GenerationTokensPerRequest)? - 1.0;
            let decode = self.mean(Family::DecodeTime)?;
            (tokens > 0.0).then(|| decode / tokens)
        };
        let output = self.mean(Family::Itl);
        match self.tokens_per_output() {
            None => output.or_else(decode),
            Some(tokens) => decode().or_else(|| output.map(|output| output / tokens)),
        }
    }

    /// Requests that finished: from the end-to-end histogram, else the finish counter, else another
    /// family recorded at the end of a request.
    pub fn finished(&self) -> Option<f64> {
        self.count(Family::E2e)
            .or_else(|| self.increase(Family::RequestsFinished))
            .or_else(|| self.count(Family::InferenceTime))
            .or_else(|| self.count(Family::QueueTime))
    }

    /// Requests that ended, also those that failed, which not every release puts into the times of
    /// whole requests. 0 where none did or nothing counts them.
    pub fn ended(&self) -> f64 {
        let counted = self.increase(Family::RequestsFinished);
        self.finished().into_iter().chain(counted).fold(0.0, f64::max)
    }

    /// Requests that ended for a reason that is not known: those with another one than the
    /// engine's, or those that have a time and no reason at all. None where neither can be told.
    pub fn ended_otherwise(&self) -> Option<f64> {
        let other = self.increase(Family::RequestsEndedOtherwise);
        let untold = Some(self.without_reason).filter(|untold| *untold > 0.0);
        other.into_iter().chain(untold).reduce(f64::max)
    }
}

/// Requests of one replica that have a time less those that have a reason to end, between two
/// snapshots of both; None without either, and of a sum, which may have other members in each.
fn without_reason(replica: &Replica, first: usize, last: usize) -> Option<f64> {
    let times = replica.histogram(Family::E2e).filter(|_| !replica.aggregate)?;
    let reasons = replica.counter(Family::RequestsFinished)?;
    let (start, end) = times.snapshots(first, last)?;
    let counted = reasons.at(end) - reasons.at(start);
    Some(times.count(start, end)? - counted).filter(|untold| !untold.is_nan())
}

/// Tokens after the first of their request and outputs of one replica between the first and the
/// last sample of its outputs in grid indices [first, last]; None without either. The tokens of a
/// replica, or of minutes, whose outputs are missing would make each output hold several.
fn tokens_and_outputs(replica: &Replica, first: usize, last: usize) -> Option<(f64, f64)> {
    let outputs = replica.histogram(Family::Itl)?;
    let (first, last) = outputs.snapshots(first, last)?;
    let outputs = outputs.count(first, last).filter(|outputs| *outputs > 0.0)?;
    let count = |family| replica.histogram(family)?.count(first, last);
    let live = replica.counter(Family::GenerationTokens);
    let live = live.and_then(|tokens| tokens.increase(first, last)).zip(count(Family::Ttft));
    if let Some((tokens, begun)) = live {
        return Some((tokens - begun, outputs));
    }
    // Of finished requests; those in flight at the start wrote some of it before.
    let before = |family| Some(replica.gauge(family)?.window(first, last)?.first);
    let before = before(Family::Running)? + before(Family::Waiting).unwrap_or(0.0);
    let finished = count(Family::GenerationTokensPerRequest).filter(|count| *count > 0.0)?;
    let sum = replica.histogram(Family::GenerationTokensPerRequest)?.sum(first, last)?;
    Some(((sum.value / finished - 1.0) * (finished - before), outputs))
}

/// The windows of a histogram family, all replicas together.
pub(crate) fn windows_of<'a>(family: Family, replicas: &[&'a Replica]) -> ReplicaWindows<'a> {
    ReplicaWindows::of(
        replicas.iter().filter_map(|replica| replica.histogram(family)).collect_vec(),
    )
}

fn add_sums(left: Option<Sum>, right: Option<Sum>) -> Option<Sum> {
    let (left, right) = (left?, right?);
    Some(Sum { value: left.value + right.value, magnitude: left.magnitude + right.magnitude })
}
