//! Everything a window holds, summed over replicas: the numbers that signals, limits and rules are made of.

use crate::caveat::Caveats;
use crate::histogram::{Histogram, Sum};
use crate::list::Listed;
use crate::profile::family::{Family, Shape};
use crate::scope::Replica;
use crate::sorted::SortedMap;
use crate::store::grid::TimeGrid;

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
    /// Increases of counters.
    pub increases: SortedMap<Family, f64>,
    /// Gauges, added over replicas at each time (the KV usage: the fullest replica).
    pub gauges: SortedMap<Family, GaugeSummary>,
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

/// A gauge over a window, over the samples that are there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaugeSummary {
    /// Mean over samples.
    pub mean: f64,
    /// Smallest sample.
    pub min: f64,
    /// Largest sample.
    pub max: f64,
    /// Newest sample.
    pub last: f64,
    /// Number of grid times with a sample.
    pub samples: usize,
}

impl Measurements {
    /// Measures grid indices [first, last].
    pub fn of(replicas: &[&Replica], grid: &TimeGrid, first: usize, last: usize) -> Self {
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
            increases: SortedMap::new(),
            gauges: SortedMap::new(),
            caveats: Caveats::new(),
        };
        for &family in Family::ALL {
            match family.shape() {
                Shape::Histogram => measured.add_histogram(family, replicas),
                Shape::Counter => measured.add_counter(family, replicas),
                Shape::Gauge => measured.add_gauge(family, replicas),
                Shape::Info => {}
            }
        }
        measured
    }

    fn add_histogram(&mut self, family: Family, replicas: &[&Replica]) {
        let (first, last) = (self.first, self.last);
        let columns: Vec<_> = replicas.iter().filter_map(|replica| replica.histogram(family)).list();
        let mut caveats = Caveats::new();
        let windows: Vec<Histogram> =
            columns.iter().filter_map(|columns| columns.window(first, last, &mut caveats)).list();
        if let Some(merged) = Histogram::merge(&windows.iter().list(), &mut caveats) {
            self.histograms.insert(family, merged);
        }
        self.caveats.extend_about(family.title(), &caveats);
        let mut total: Option<Total> = None;
        for columns in columns {
            let Some(count) = columns.count(first, last) else {
                continue;
            };
            let sum = columns.sum(first, last);
            total = Some(match total {
                None => Total { count, sum },
                Some(before) => Total { count: before.count + count, sum: add_sums(before.sum, sum) },
            });
        }
        if let Some(total) = total {
            self.totals.insert(family, total);
        }
    }

    fn add_counter(&mut self, family: Family, replicas: &[&Replica]) {
        let increases = replicas
            .iter()
            .filter_map(|replica| replica.counter(family))
            .filter_map(|growth| growth.increase(self.first, self.last));
        let total = increases.fold(None, |total: Option<f64>, increase| Some(total.unwrap_or(0.0) + increase));
        if let Some(total) = total {
            self.increases.insert(family, total);
        }
    }

    fn add_gauge(&mut self, family: Family, replicas: &[&Replica]) {
        let gauges: Vec<&[f64]> = replicas.iter().filter_map(|replica| replica.gauge(family)).list();
        let combine = if family == Family::KvUsage { f64::max } else { |left: f64, right: f64| left + right };
        let samples = (self.first..=self.last).filter_map(|index| combined_at(&gauges, index, combine));
        if let Some(summary) = GaugeSummary::of(samples) {
            self.gauges.insert(family, summary);
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

    /// Requests that finished: from the end-to-end histogram, else the finish counter, else another family recorded at
    /// the end of a request.
    pub fn finished(&self) -> Option<f64> {
        self.count(Family::E2e)
            .or_else(|| self.increase(Family::RequestsFinished))
            .or_else(|| self.count(Family::InferenceTime))
            .or_else(|| self.count(Family::QueueTime))
    }
}

fn add_sums(left: Option<Sum>, right: Option<Sum>) -> Option<Sum> {
    let (left, right) = (left?, right?);
    Some(Sum { value: left.value + right.value, magnitude: left.magnitude + right.magnitude })
}

/// The combined value of several gauges at one time; None when all are absent.
pub(crate) fn combined_at(gauges: &[&[f64]], index: usize, combine: fn(f64, f64) -> f64) -> Option<f64> {
    gauges.iter().filter_map(|values| values.get(index).copied().filter(|value| !value.is_nan())).reduce(combine)
}

impl GaugeSummary {
    /// Summary of samples in the order of time; None when there are none.
    pub fn of(samples: impl Iterator<Item = f64>) -> Option<Self> {
        let mut sum = 0.0;
        let mut summary = Self { mean: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY, last: 0.0, samples: 0 };
        for sample in samples {
            sum += sample;
            summary.min = summary.min.min(sample);
            summary.max = summary.max.max(sample);
            summary.last = sample;
            summary.samples += 1;
        }
        (summary.samples > 0).then(|| Self { mean: sum / summary.samples as f64, ..summary })
    }
}
