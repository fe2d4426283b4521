//! A latency histogram over time: how many observations fell into each bucket in each stretch of
//! the range.

use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::caveat::Caveats;
use crate::histogram::Histogram;
use crate::histogram::arithmetic::within;
use crate::scope::Replica;
use crate::signal::registry::{SIGNALS, Source};
use crate::small::list::CollectVec;
use crate::store::grid::TimeGrid;
use crate::window::measurements::windows_of;

/// How far below its upper bound the first bucket is drawn where no second bound tells the spacing.
///
/// The bucket begins at 0, which no logarithmic axis shows. A factor of 2 is the usual spacing of
/// latency bounds; much more would give the least certain bucket the largest area.
const FIRST_BUCKET_FACTOR: f64 = 2.0;

/// The widest factor at which an end bucket is drawn: a decade, so that one coarse bucket does not
/// fill the map.
const LARGEST_FACTOR: f64 = 10.0;

/// Counts on a grid of time columns and bucket rows, with the interval of one quantile in each
/// column.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// Ends of the columns, Unix milliseconds: one more than there are columns, ascending.
    pub times: Vec<f64>,
    /// Bucket bounds in the histogram's unit, ascending: one more than there are rows. The first
    /// may be 0, the last infinite.
    pub bounds: Vec<f64>,
    /// The same bounds as they are drawn, all finite and above 0.
    pub edges: Vec<f64>,
    /// Observations, column by column, each from the lowest row up; NaN throughout a column without
    /// data.
    pub counts: Vec<f64>,
    /// Lower end of the quantile's interval in each column; NaN without observations.
    pub lo: Vec<f64>,
    /// Upper end; infinite where nothing bounds it, NaN without observations.
    pub hi: Vec<f64>,
}

impl HeatMap {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Place of a value on the logarithmic axis: 0 at the lowest edge, 1 at the highest, values
    /// beyond them at the end.
    pub fn position(&self, value: f64) -> f64 {
        let (low, high) = (self.edges[0], self.edges[self.rows()]);
        if value.is_nan() || value <= low {
            return 0.0;
        }
        (libm::log(value / low) / libm::log(high / low)).min(1.0)
    }
}

/// The heat map of a signal, e.g. `ttft`, over the whole range, all replicas together, in at most
/// `columns` columns of whole steps, with the interval of quantile `q`. Rows without observations
/// at either end are left out. None when the signal has no histogram, when no two snapshots are
/// there, or when nothing was observed.
pub fn heat_map(
    replicas: &[&Replica],
    grid: &TimeGrid,
    signal: SignalId,
    columns: usize,
    q: f64,
) -> Option<HeatMap> {
    let family = family_of(signal)?;
    let steps = grid.len().checked_sub(1).filter(|&steps| steps > 0)?;
    let group = steps.div_ceil(columns.max(1));
    let mut times = vec![grid.times()[0] as f64];
    let mut histograms = Vec::with_capacity(columns.min(steps));
    let mut windows = windows_of(family, replicas);
    // What is repaired here is told once, for the diagnosed window.
    let mut caveats = Caveats::new();
    let mut first = 0;
    while first < steps {
        let last = first.saturating_add(group).min(steps);
        histograms.push(windows.window(first, last, &mut caveats));
        times.push(grid.times()[last] as f64);
        first = last;
    }
    let bounds = shown_bounds(&histograms)?;
    let edges = drawn(&bounds, &histograms);
    let mut counts = Vec::with_capacity(histograms.len() * (bounds.len() - 1));
    let (mut lo, mut hi) =
        (Vec::with_capacity(histograms.len()), Vec::with_capacity(histograms.len()));
    for histogram in &histograms {
        let interval = histogram.as_ref().and_then(|histogram| histogram.quantile_bounds(q));
        lo.push(interval.map_or(f64::NAN, |interval| interval.lo.max(0.0)));
        hi.push(interval.map_or(f64::NAN, |interval| interval.hi.unwrap_or(f64::INFINITY)));
        for row in bounds.windows(2) {
            counts.push(
                histogram
                    .as_ref()
                    .map_or(f64::NAN, |histogram| count_between(histogram, row[0], row[1])),
            );
        }
    }
    Some(HeatMap { times, bounds, edges, counts, lo, hi })
}

fn family_of(signal: SignalId) -> Option<Family> {
    SIGNALS.iter().find(|definition| definition.id == signal).and_then(
        |definition| match definition.source {
            Source::Histogram(family) => Some(family),
            _ => None,
        },
    )
}

/// Bounds that every column with observations knows, from the lowest bucket with an observation to
/// the highest.
fn shown_bounds(histograms: &[Option<Histogram>]) -> Option<Vec<f64>> {
    let mut filled = histograms.iter().flatten().filter(|histogram| histogram.count() > 0.0);
    let mut bounds = filled.next()?.upper_bounds().to_vec();
    for histogram in filled {
        bounds.retain(|bound| {
            histogram.upper_bounds().iter().any(|other| other.total_cmp(bound).is_eq())
        });
    }
    bounds.insert(0, bounds.first().map_or(0.0, |first| first.min(0.0)));
    bounds.dedup();
    let occupied = |row: &[f64]| {
        histograms.iter().flatten().any(|histogram| count_between(histogram, row[0], row[1]) > 0.0)
    };
    let first = bounds.windows(2).position(occupied)?;
    let last = bounds.windows(2).rposition(occupied)?;
    bounds.truncate(last + 2);
    bounds.drain(..first);
    Some(bounds)
}

/// Observations in (low, high].
fn count_between(histogram: &Histogram, low: f64, high: f64) -> f64 {
    let buckets = histogram.upper_bounds().iter().zip(histogram.counts());
    buckets.filter(|&(&upper, _)| upper > low && upper <= high).map(|(_, count)| count).sum()
}

/// The bounds with the two ends that a logarithmic axis cannot show put at the distance of their
/// neighbours.
fn drawn(bounds: &[f64], histograms: &[Option<Histogram>]) -> Vec<f64> {
    let mut edges = bounds.to_vec();
    let last = edges.len() - 1;
    // The spacing of the histogram itself, which the shown rows alone may not tell.
    let all: Vec<f64> = histograms
        .iter()
        .flatten()
        .next()
        .map(|histogram| {
            histogram.upper_bounds().iter().copied().filter(|&bound| bound > 0.0).collect_vec()
        })
        .unwrap_or_default();
    let factor = |lower: Option<&f64>, upper: Option<&f64>| match (lower, upper) {
        (Some(&lower), Some(&upper)) if upper.is_finite() => {
            within(upper / lower, FIRST_BUCKET_FACTOR, LARGEST_FACTOR)
        }
        _ => FIRST_BUCKET_FACTOR,
    };
    if edges[last].is_infinite() {
        let known = all.iter().rposition(|bound| bound.is_finite());
        let spacing =
            factor(known.and_then(|top| all.get(top.checked_sub(1)?)), known.map(|top| &all[top]));
        edges[last] = if edges[last - 1] > 0.0 { edges[last - 1] * spacing } else { 1.0 };
    }
    if edges[0] <= 0.0 {
        edges[0] = edges[1] / factor(all.first(), all.get(1));
    }
    edges
}

#[cfg(test)]
mod tests;
