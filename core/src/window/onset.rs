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
            || means.iter().enumerate().filter_map(|(index, mean)| Some((change(mean)?, index)));
        let is_sure = |(split, index): &(usize, usize)| {
            means[*index].as_ref().is_some_and(|mean| is_beyond_chance(mean, *split, last))
        };
        found().filter(is_sure).min().or_else(|| found().min())
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

/// Times the scatter of a step's mean within the two levels by which their difference must explain
/// more, so that it is no chance. The best of a hundred splits of pure noise explains twelve times
/// it once in a hundred; where a tail is long, twenty. At half of it the part of a request that
/// scatters most tells when an incident began; at many times, a rise of a third is none.
const BEYOND_CHANCE: f64 = 20.0;

/// Whether the two levels differ by more than means that scatter as these do do by chance.
fn is_beyond_chance(mean: &CumulativeMean, split: usize, last: usize) -> bool {
    let level = |from: usize, to: usize| {
        let count = mean.counts[to] - mean.counts[from];
        (count, (mean.sums[to] - mean.sums[from]) / count)
    };
    let ((before, level_before), (after, level_after)) = (level(0, split), level(split, last));
    let shift = level_after - level_before;
    let gain = before * after / (before + after) * shift * shift;
    let (mut squares, mut steps) = (0.0, 0.0);
    for index in 1..=last {
        let (count, own) = level(index - 1, index);
        if count > 0.0 {
            let of_level = if index <= split { level_before } else { level_after };
            squares += count * (own - of_level) * (own - of_level);
            steps += 1.0;
        }
    }
    gain * (steps - 2.0) >= BEYOND_CHANCE * squares
}

/// How much better than two levels a line must explain the means to be called a drift. A line
/// explains at most three quarters of a step, and a step as much of a line, so that 1 parts the
/// two; the rest is for noise. More, and a drift with one bump counts as a step in its middle.
const DRIFT_ADVANTAGE: f64 = 1.1;

/// Share that a line must explain of what a level with a rise behind it explains. Such a rise has a
/// moment at which it began. A level of up to a sixth of the range passes as none; nearer to 1,
/// noise makes a level out of the first steps of a plain drift.
const RISE_FROM_THE_START: f64 = 0.98;

/// Places at which a rise may have begun, as parts of the range.
const RISES: i64 = 10;

/// Steps with observations: their number, their time, their mean.
type Steps = [(f64, f64, f64)];

/// Whether the mean drifted from the first grid time to `last` rather than changed at some time: a
/// line through it leaves less than the best two levels do, and no more than a level and a rise.
pub fn is_drift(mean: &CumulativeMean, times: &[i64], last: usize) -> bool {
    let mut steps = Vec::with_capacity(last);
    for index in 1..=last {
        let count = mean.counts[index] - mean.counts[index - 1];
        if count > 0.0 {
            let sum = mean.sums[index] - mean.sums[index - 1];
            steps.push((count, (times[index] - times[0]) as f64, sum / count));
        }
    }
    let length = (times[last] - times[0]) as f64;
    let rise = |tenth: i64| explained_by_rise(&steps, length * tenth as f64 / RISES as f64);
    let line = rise(0);
    let rises = (1..RISES).map(rise).fold(0.0, f64::max);
    line > DRIFT_ADVANTAGE * explained_by_levels(mean, last) && line >= RISE_FROM_THE_START * rises
}

/// What a level up to a time and a line from there on explain of the squares.
fn explained_by_rise(steps: &Steps, from: f64) -> f64 {
    let (mut weight, mut time, mut value) = (0.0, 0.0, 0.0);
    for (count, at, mean) in steps {
        weight += count;
        time += count * (at - from).max(0.0);
        value += count * mean;
    }
    let (time, value) = (time / weight, value / weight);
    let (mut together, mut spread) = (0.0, 0.0);
    for (count, at, mean) in steps {
        let at = (at - from).max(0.0) - time;
        together += count * at * (mean - value);
        spread += count * at * at;
    }
    if spread > 0.0 { together * together / spread } else { 0.0 }
}

/// What the best two levels explain of the squares, wherever one ends.
fn explained_by_levels(mean: &CumulativeMean, last: usize) -> f64 {
    let mut best = 0.0_f64;
    for split in 1..last {
        let (before, after) =
            (mean.counts[split] - mean.counts[0], mean.counts[last] - mean.counts[split]);
        if before > 0.0 && after > 0.0 {
            let shift = (mean.sums[last] - mean.sums[split]) / after
                - (mean.sums[split] - mean.sums[0]) / before;
            best = best.max(before * after / (before + after) * shift * shift);
        }
    }
    best
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
    fn a_ramp_drifts_and_what_has_a_moment_of_change_does_not() {
        for noise in [0.0, 0.05] {
            let wobble = |index: usize| 1.0 + noise * [1.0, -1.0, 0.4, -0.6][index % 4];
            for length in [8_usize, 40, 240] {
                let is_drift_of = |level: &dyn Fn(f64) -> f64| {
                    let level = |index| wobble(index) * level(index as f64 / length as f64);
                    let (mean, times) = running((0..length).map(level));
                    is_drift(&mean, &times, length)
                };
                assert!(is_drift_of(&|at| 1.0 + 2.0 * at), "{length} steps, noise {noise}");
                assert!(is_drift_of(&|at| 3.0 - 2.0 * at), "{length} steps, noise {noise}");
                for at in [0.125, 0.3, 0.5, 0.7, 0.875] {
                    let step = |now: f64| if now < at { 1.0 } else { 2.0 };
                    assert!(!is_drift_of(&step), "a step at {at} of {length}, noise {noise}");
                }
                for at in [0.3, 0.5, 0.7, 0.9] {
                    let rise = |now: f64| 1.0 + 4.0 * (now - at).max(0.0);
                    assert!(!is_drift_of(&rise), "a rise from {at} of {length}, noise {noise}");
                }
            }
        }
    }
}
