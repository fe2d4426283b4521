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

/// How much better than a step a line must explain the means to be called a drift. A line explains
/// at most three quarters of a step, and a step as much of a line, so that 1 parts the two; the
/// rest is for noise. More, and a drift with one bump counts as a step in its middle.
const DRIFT_ADVANTAGE: f64 = 1.1;

/// Whether the mean drifted from the first grid time to `last` rather than changed at `split`: a
/// line through it leaves less than two levels do.
pub fn is_drift(mean: &CumulativeMean, times: &[i64], split: usize, last: usize) -> bool {
    let (mut weight, mut time, mut value) = (0.0, 0.0, 0.0);
    let mut steps = Vec::with_capacity(last);
    for index in 1..=last {
        let count = mean.counts[index] - mean.counts[index - 1];
        if count > 0.0 {
            let at = (times[index] - times[0]) as f64 / 1000.0;
            let sum = mean.sums[index] - mean.sums[index - 1];
            steps.push((count, at, sum / count));
            weight += count;
            time += count * at;
            value += sum;
        }
    }
    let (time, value) = (time / weight, value / weight);
    let (mut together, mut spread) = (0.0, 0.0);
    for (count, at, of_step) in steps {
        together += count * (at - time) * (of_step - value);
        spread += count * (at - time) * (at - time);
    }
    let before = mean.counts[split] - mean.counts[0];
    let after = mean.counts[last] - mean.counts[split];
    let shift =
        (mean.sums[last] - mean.sums[split]) / after - (mean.sums[split] - mean.sums[0]) / before;
    let explained_by_step = before * after / (before + after) * shift * shift;
    spread > 0.0 && together * together / spread > DRIFT_ADVANTAGE * explained_by_step
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten requests a step of 15 s with these means.
    fn running(means: impl Iterator<Item = f64>) -> (CumulativeMean, Vec<i64>) {
        let mut mean = CumulativeMean { sums: vec![0.0], counts: vec![0.0] };
        for (index, value) in means.enumerate() {
            mean.sums.push(mean.sums[index] + 10.0 * value);
            mean.counts.push(mean.counts[index] + 10.0);
        }
        let times = (0..).step_by(15_000).take(mean.sums.len()).collect();
        (mean, times)
    }

    #[test]
    fn a_ramp_drifts_and_a_step_does_not() {
        for noise in [0.0, 0.05] {
            let wobble = |index: usize| 1.0 + noise * [1.0, -1.0, 0.4, -0.6][index % 4];
            for length in [40_usize, 240] {
                let last = length;
                let ramp =
                    |index: usize| wobble(index) * (1.0 + 2.0 * index as f64 / length as f64);
                let (mean, times) = running((0..length).map(ramp));
                let split = change_point(&mean, last, last).expect("it changes");
                assert!(is_drift(&mean, &times, split, last), "{length} steps, noise {noise}");
                for at in [length / 8, length / 2, length * 7 / 8] {
                    let step = |index: usize| wobble(index) * if index < at { 1.0 } else { 2.0 };
                    let (mean, times) = running((0..length).map(step));
                    let split = change_point(&mean, last, last).expect("it changes");
                    assert_eq!(split, at, "of {length} steps, noise {noise}");
                    assert!(!is_drift(&mean, &times, split, last), "a step at {at} of {length}");
                }
            }
        }
    }
}
