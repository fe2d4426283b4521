//! The automatic baseline: where the means of latency shifted, and what lies before.
//!
//! Two-segment split of a mean per step, weighted by requests: the split that leaves the least
//! squares within the segments, n₁n₂/(n₁+n₂)·(m₁−m₂)², is the change point. Means are exact, so no
//! threshold on noise is needed beyond a number of requests and an effect.

use crate::catalogue::families::Family;
use crate::scope::Replica;
use crate::window::replica_set::ReplicaSet;

/// Requests that each segment must hold. Fewer, and one slow request moves the mean by more than
/// the effect asked for; more, and an incident in sparse traffic never gets a baseline.
pub const LEAST_REQUESTS: f64 = 30.0;

/// Relative change of the mean that makes a split. Ordinary wobble of a serving mean stays under 10
/// %; half as much more would hide the loss of a third of the throughput.
const LEAST_EFFECT: f64 = 0.2;

/// Families whose mean shows a change: the parts of a request, then the whole for engines that
/// measure no part.
pub const CHANGE_FAMILIES: [Family; 4] =
    [Family::QueueTime, Family::PrefillTime, Family::Itl, Family::E2e];

/// How many of [`CHANGE_FAMILIES`] are parts.
const PARTS: usize = 3;

/// Cumulative sum and count of one family by grid index, all replicas together.
#[derive(Debug, Clone, Default)]
pub struct CumulativeMean {
    /// Sum of observations up to each grid time, seconds.
    pub sums: Vec<f64>,
    /// Number of observations up to each grid time.
    pub counts: Vec<f64>,
}

impl CumulativeMean {
    /// From the histograms of one family; None when no replica has it.
    pub fn of(replicas: &[&Replica], family: Family, grid_length: usize) -> Option<Self> {
        let mut total = Self { sums: vec![0.0; grid_length], counts: vec![0.0; grid_length] };
        let mut found = false;
        for (sums, counts) in
            replicas.iter().filter_map(|replica| replica.histogram(family)?.running_totals())
        {
            found = true;
            for (total, value) in total.sums.iter_mut().zip(sums) {
                *total += value;
            }
            for (total, value) in total.counts.iter_mut().zip(counts) {
                *total += value;
            }
        }
        found.then_some(total)
    }
}

/// The earliest change of any part of a request, else the change of the whole; with the family's
/// running mean. The whole is recorded when a request ends, one request after its cause began.
pub fn onset(
    replicas: &ReplicaSet,
    latest: usize,
    last: usize,
) -> Option<(&CumulativeMean, usize)> {
    let change = |mean: &'_ Option<CumulativeMean>| change_point(mean.as_ref()?, latest, last);
    let (parts, whole) = replicas.changes.split_at(PARTS.min(replicas.changes.len()));
    let changed = |means: &'_ [Option<CumulativeMean>]| {
        let found =
            means.iter().enumerate().filter_map(|(index, mean)| Some((change(mean)?, index)));
        found.min()
    };
    let (split, index) =
        changed(parts).or_else(|| changed(whole).map(|(split, index)| (split, PARTS + index)))?;
    replicas.changes[index].as_ref().map(|mean| (mean, split))
}

/// Grid index at which the mean changed, searched in [0, last] with both sides large enough and the
/// part before it ending at `latest` at the latest. None when no split is accepted.
///
/// It tries every time of the grid up to `latest`, because the best split moves with the end of the
/// window: one pass over two columns, however many replicas and buckets there are.
pub fn change_point(mean: &CumulativeMean, latest: usize, last: usize) -> Option<usize> {
    let (end_sum, end_count) = (*mean.sums.get(last)?, *mean.counts.get(last)?);
    let (start_sum, start_count) = (*mean.sums.first()?, *mean.counts.first()?);
    let mut best: Option<(f64, usize)> = None;
    for split in 1..=latest.min(last) {
        let (before, after) = (mean.counts[split] - start_count, end_count - mean.counts[split]);
        if before < LEAST_REQUESTS || after < LEAST_REQUESTS {
            continue;
        }
        let mean_before = (mean.sums[split] - start_sum) / before;
        let mean_after = (end_sum - mean.sums[split]) / after;
        let shift = mean_after - mean_before;
        let gain = before * after / (before + after) * shift * shift;
        if best.is_none_or(|(most, _)| gain > most)
            && shift.abs() >= LEAST_EFFECT * mean_before.min(mean_after)
        {
            best = Some((gain, split));
        }
    }
    best.map(|(_, split)| split)
}
