//! The components of one histogram (buckets, sum, count) as growth columns that reset together.

use crate::catalogue::caveats::CaveatId;
use crate::caveat::Caveats;
use crate::growth::counter::{Growth, GrowthRepairs, drop_negatives, start_from_zero};
use crate::growth::tear::drop_torn;
use crate::histogram::Basis;
use crate::histogram::{Histogram, Rows, Sum};
use crate::small::list::CollectVec;
use crate::small::sorted::sort_few;
use crate::store::column::Column;
use crate::store::marks::{Marks, add_present};
use inference_triage_loops::compare_numbers;

/// Size of a sum counter, in its unit, that rounding is allowed for at least.
///
/// Increments that a server summed up hide how large the counter had grown, yet its rounding is in
/// them. 1e9 s is what 1,000 concurrent requests add up to in eleven days; it widens a p95 by 2 µs.
/// A counter beyond it that is read through increments would be allowed less rounding than it may
/// have; ten times as much would widen a p99 of few requests visibly.
const LEAST_SUM_MAGNITUDE: f64 = 1e9;

/// Which component of a histogram a series is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// Cumulative bucket with its upper bound.
    Bucket(f64),
    /// Sum of the observations.
    Sum,
    /// Number of the observations.
    Count,
}

/// One component before growth is computed.
#[derive(Debug, Clone)]
pub struct Component {
    /// Which one.
    pub part: Part,
    /// Values on the grid; NaN = absent.
    pub values: Column,
}

/// The components of one histogram by kind. Extra labels split one histogram into several series,
/// so that each of them can be there more than once.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// Upper bounds of the buckets, ascending.
    pub(super) bounds: Vec<f64>,
    /// Cumulative buckets in the order of their bounds.
    pub(super) buckets: Vec<Growth>,
    pub(super) sums: Vec<Growth>,
    pub(super) counts: Vec<Growth>,
}

impl Parts {
    pub(super) fn push(&mut self, part: Part, growth: Growth) {
        match part {
            Part::Bucket(bound) => {
                self.bounds.push(bound);
                self.buckets.push(growth);
            }
            Part::Sum => self.sums.push(growth),
            Part::Count => self.counts.push(growth),
        }
    }

    /// All of them; buckets first.
    fn iter(&self) -> impl Iterator<Item = &Growth> {
        self.buckets.iter().chain(&self.sums).chain(&self.counts)
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = &mut Growth> {
        self.buckets.iter_mut().chain(&mut self.sums).chain(&mut self.counts)
    }

    /// The bucket of +Inf.
    fn open(&self) -> &[Growth] {
        let last = self.bounds.iter().rposition(|bound| *bound != f64::INFINITY);
        &self.buckets[last.map_or(0, |last| last + 1)..]
    }
}

/// One histogram of one replica over the whole range.
#[derive(Debug, Clone)]
pub struct HistogramColumns {
    pub(super) parts: Parts,
    /// Grid times at which any component has a value.
    pub(super) present: Marks,
    /// Grid indices at which the sum fell while the count did not, ascending.
    pub(super) sum_faults: Vec<usize>,
    /// Grid indices of scrapes that were left out because they were torn.
    pub(super) torn: Vec<usize>,
    /// Exact for counters and increments, estimated for rates.
    pub basis: Basis,
}

/// Factor, and observations beyond it, by which one count of a window may exceed another of the
/// same: a scrape that caught an update at either end of a short window. Lower, such a scrape takes
/// a latency away; higher, buckets that count each for itself pass where the first one is full.
const CONTRADICTS: f64 = 1.1;
const LATE_OBSERVATIONS: f64 = 2.0;

impl HistogramColumns {
    /// From raw counters. A fall of any bucket or of the count resets all components; a fall of the
    /// sum alone is a fault of the data (negative observations), kept apart.
    pub fn from_counters(
        mut components: Vec<Component>,
        target_present: &[bool],
        repairs: &mut GrowthRepairs,
    ) -> Self {
        order(&mut components);
        drop_negative_snapshots(&mut components, repairs);
        let mut present = presence(&components);
        if start_all_from_zero(&mut components, &present, target_present) {
            repairs.from_zero += 1;
            present = presence(&components);
        }
        // Afterwards: a first scrape that is torn is no sign that the series came later.
        let torn = drop_torn(&mut components, &present);
        repairs.torn += torn.len() as u64;
        for &index in &torn {
            present[index] = false;
        }
        let present = Marks::of(&present);
        let Falls { resets, sum_faults } = find_falls(&components);
        repairs.resets += resets.len() as u64;
        let mut parts = Parts::default();
        for Component { part, values } in components {
            parts.push(part, Growth::with_resets(values, &resets));
        }
        Self { parts, present, sum_faults, torn, basis: Basis::Exact }
    }

    /// For sums over processes; see [`Growth::discount_falls`].
    pub fn discount_falls(&mut self) {
        for growth in self.parts.iter_mut() {
            growth.discount_falls();
        }
    }

    /// From increments per step, times `scale`. Counts that are not integers make the basis
    /// estimated.
    pub fn from_increments(
        mut components: Vec<Component>,
        scale: f64,
        basis: Basis,
        repairs: &mut GrowthRepairs,
    ) -> Self {
        order(&mut components);
        let whole =
            components.iter().filter(|component| component.part != Part::Sum).all(|component| {
                component.values.iter().all(|value| value.is_nan() || value.fract() == 0.0)
            });
        let basis = if whole { basis } else { Basis::Estimated };
        let sum_faults = negative_sums(&components);
        let mut parts = Parts::default();
        for Component { part, values } in &components {
            parts.push(*part, Growth::from_increments(values, scale, repairs));
        }
        let mut present = vec![false; parts.iter().next().map_or(0, Growth::len)];
        for growth in parts.iter() {
            growth.add_present(&mut present);
        }
        let torn = Vec::new();
        Self { parts, present: Marks::of(&present), sum_faults, torn, basis }
    }

    /// Grid indices of the first and the last snapshot inside [first, last]; None with fewer than
    /// two.
    pub fn snapshots(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        // Most windows begin and end with a snapshot, which is told without a search.
        if first < last && self.present.has(first) && self.present.has(last) {
            return Some((first, last));
        }
        self.present.ends(first, last).filter(|(start, end)| start < end)
    }

    /// Increase of the count between two snapshots: the count series, else the +Inf bucket.
    pub fn count(&self, first: usize, last: usize) -> Option<f64> {
        self.count_between(self.snapshots(first, last)?)
    }

    fn count_between(&self, ends: (usize, usize)) -> Option<f64> {
        let count = together(&self.parts.counts, ends);
        count.or_else(|| together(self.parts.open(), ends)).map(|sum| sum.value)
    }

    /// Increase of the sum between two snapshots; None where the sum is missing or fell while the
    /// count did not.
    pub fn sum(&self, first: usize, last: usize) -> Option<Sum> {
        self.sum_between(self.snapshots(first, last)?)
    }

    fn sum_between(&self, (start, end): (usize, usize)) -> Option<Sum> {
        if self.sum_fell(start, end) {
            return None;
        }
        let sum = together(&self.parts.sums, (start, end))?;
        Some(Sum { magnitude: sum.magnitude.max(LEAST_SUM_MAGNITUDE), ..sum })
    }

    /// The sum fell while the count did not, between the two grid indices.
    pub fn sum_fell(&self, first: usize, last: usize) -> bool {
        let next = self.sum_faults.partition_point(|&fault| fault <= first);
        self.sum_faults.get(next).is_some_and(|&fault| fault <= last)
    }

    /// Sum and count of all observations since the first snapshot, at every grid time; absent times
    /// repeat the value before. None without a sum or a count.
    pub fn running_totals(&self) -> Option<(Vec<f64>, Vec<f64>)> {
        Some((running(&self.parts.sums)?, self.running_counts()?))
    }

    /// Number of observations since the first snapshot, at every grid time; absent times repeat the
    /// value before. None without a count.
    pub fn running_counts(&self) -> Option<Vec<f64>> {
        running(&self.parts.counts).or_else(|| running(self.parts.open()))
    }

    /// Size of the counts it was computed from.
    pub fn count_magnitude(&self) -> f64 {
        let counts = self.parts.counts.iter().chain(self.parts.open());
        counts.map(|growth| growth.magnitude).fold(0.0, f64::max)
    }

    /// Whether it started again from zero behind grid index `from`, up to `to`.
    pub fn restarted(&self, from: usize, to: usize) -> bool {
        // All components restart together.
        self.parts.iter().next().is_some_and(|growth| growth.restarted(from, to))
    }

    pub(crate) fn add_present(&self, flags: &mut [bool]) {
        for growth in self.parts.iter() {
            growth.add_present(flags);
        }
    }

    /// The histogram of the window, or None when its count or every finite bucket is missing. A
    /// bucket that is missing at either end is left out, which widens intervals and breaks nothing.
    ///
    /// - An end of the window is a torn scrape: the whole one next to it inside, as an estimate.
    /// - The count grew by something else than the open bucket: an estimate without a sum.
    pub fn window(&self, first: usize, last: usize, caveats: &mut Caveats) -> Option<Histogram> {
        let (start, end) = self.snapshots(first, last)?;
        let mut cumulative = Vec::with_capacity(self.parts.buckets.len() + 1);
        let mut missing = 0;
        for (bound, growth) in self.parts.bounds.iter().zip(&self.parts.buckets) {
            let increase = growth.between(start, end);
            if increase.is_nan() {
                missing += 1;
            } else {
                cumulative.push((*bound, increase));
            }
        }
        caveats.add_count(CaveatId::MissingBucket, missing, || {
            "a bucket is missing at an end of the window; its bound was left out".to_owned()
        });
        let has_open_bucket = cumulative.iter().any(|(bound, _)| *bound == f64::INFINITY);
        if !has_open_bucket {
            cumulative.push((f64::INFINITY, self.count_between((start, end))?));
        }
        // With a count of its own the sum may be of other observations than the buckets.
        let differs = self.count_differs((start, end));
        let sum = self.sum_between((start, end)).filter(|_| !differs);
        let moved = |torn: &usize| (first..start).contains(torn) || (end + 1..=last).contains(torn);
        let basis =
            if differs || self.torn.iter().any(moved) { Basis::Estimated } else { self.basis };
        Histogram::from_cumulative(&cumulative, sum, basis, caveats)
    }

    /// What the buckets of a window count at most, and what it counts of all, where that is much
    /// less: they are not cumulative, or another histogram's. None where they agree, but for a
    /// scrape that caught an update.
    pub fn contradiction(&self, first: usize, last: usize) -> Option<(f64, f64)> {
        let ends @ (start, end) = self.snapshots(first, last)?;
        let mut most = 0.0_f64;
        for bucket in self.parts.bounds.chunk_by(|left, right| left.total_cmp(right).is_eq()) {
            let from = self.parts.bounds.partition_point(|bound| *bound < bucket[0]);
            let own = &self.parts.buckets[from..from + bucket.len()];
            let grown: f64 = own.iter().map(|growth| growth.between(start, end)).sum();
            most = most.max(grown);
        }
        let count = together(&self.parts.counts, ends).map(|count| count.value);
        let open = together(self.parts.open(), ends).map(|open| open.value);
        most = count.map_or(most, |count| most.max(count));
        let least = [count, open].into_iter().flatten().reduce(f64::min)?;
        (most > CONTRADICTS * least + LATE_OBSERVATIONS).then_some((most, least))
    }

    /// Whether the count grew by something else than the open bucket.
    fn count_differs(&self, ends: (usize, usize)) -> bool {
        let count = together(&self.parts.counts, ends);
        let open = together(self.parts.open(), ends);
        count.zip(open).is_some_and(|(count, open)| (count.value - open.value).abs() > 0.0)
    }

    /// Upper bounds of the bucket columns, ascending.
    pub(super) fn bounds(&self) -> &[f64] {
        &self.parts.bounds
    }

    /// Whether counts are exact and the bucket columns have these bounds, to the last bit.
    pub(super) fn is_exact_under(&self, bounds: &[f64]) -> bool {
        self.basis == Basis::Exact
            && self.torn.is_empty()
            && compare_numbers(&self.parts.bounds, bounds).is_eq()
    }

    /// Adds the increases between two snapshots as a row; false where [`Self::window`] would make
    /// more of them than a row.
    pub(super) fn add_row(&self, (start, end): (usize, usize), rows: &mut Rows) -> bool {
        for growth in &self.parts.buckets {
            rows.push(growth.between(start, end));
        }
        rows.end_row(self.sum_between((start, end))) && !self.count_differs((start, end))
    }
}

/// Increase of several components of one kind together; None when there is none or one of them is
/// missing at an end.
fn together(growths: &[Growth], (start, end): (usize, usize)) -> Option<Sum> {
    let mut total: Option<Sum> = None;
    for growth in growths {
        let before = total.unwrap_or(Sum { value: 0.0, magnitude: 0.0 });
        total = Some(Sum {
            value: before.value + growth.between(start, end),
            magnitude: before.magnitude + growth.magnitude,
        });
    }
    total.filter(|sum| !sum.value.is_nan())
}

/// Growth of several components of one kind together since the first value, at every grid time.
fn running(growths: &[Growth]) -> Option<Vec<f64>> {
    growths.iter().map(Growth::running).reduce(|mut total, running| {
        for (sum, value) in total.iter_mut().zip(running) {
            *sum += value;
        }
        total
    })
}

/// Buckets by bound, then sum, then count, so that the order of the input does not matter.
fn order(components: &mut [Component]) {
    let key = |part: Part| match part {
        Part::Bucket(bound) => (0, bound),
        Part::Sum => (1, 0.0),
        Part::Count => (2, 0.0),
    };
    sort_few(components, |left, right| {
        let ((left_rank, left_bound), (right_rank, right_bound)) =
            (key(left.part), key(right.part));
        left_rank.cmp(&right_rank).then(left_bound.total_cmp(&right_bound))
    });
}

/// Grid times at which any component has a value.
fn presence(components: &[Component]) -> Vec<bool> {
    let mut present = vec![false; components.first().map_or(0, |component| component.values.len())];
    for component in components {
        add_present(&mut present, &component.values);
    }
    present
}

/// Grid indices, ascending, at which a histogram fell.
#[derive(Default)]
struct Falls {
    /// A bucket or the count fell.
    resets: Vec<usize>,
    /// The sum alone fell.
    sum_faults: Vec<usize>,
}

fn find_falls(components: &[Component]) -> Falls {
    let mut falls = Falls::default();
    let length = components.first().map_or(0, |component| component.values.len());
    let mut previous = vec![f64::NAN; components.len()];
    for index in 0..length {
        let (mut count_fell, mut sum_fell) = (false, false);
        for (component, before) in components.iter().zip(&mut previous) {
            let value = component.values[index];
            if value.is_nan() {
                continue;
            }
            if value < *before {
                if component.part == Part::Sum {
                    sum_fell = true;
                } else {
                    count_fell = true;
                }
            }
            *before = value;
        }
        if count_fell {
            falls.resets.push(index);
        } else if sum_fell {
            falls.sum_faults.push(index);
        }
    }
    falls
}

/// Makes negative counts absent, and the sums beside them. A sum that is negative alone holds
/// negative observations; what it grows by afterwards is right.
fn drop_negative_snapshots(components: &mut [Component], repairs: &mut GrowthRepairs) {
    let mut dropped: Vec<usize> = Vec::new();
    for component in components.iter_mut().filter(|component| component.part != Part::Sum) {
        let values = component.values.iter().enumerate();
        for (index, _) in values.filter(|(_, value)| **value < 0.0) {
            dropped.push(index);
        }
        repairs.negatives += drop_negatives(&mut component.values);
    }
    if dropped.is_empty() {
        return;
    }
    for component in components.iter_mut().filter(|component| component.part == Part::Sum) {
        let values = component.values.to_mut();
        for &index in &dropped {
            values[index] = f64::NAN;
        }
    }
}

/// Grid indices, ascending, at which the sum's increment alone is negative.
fn negative_sums(components: &[Component]) -> Vec<usize> {
    let length = components.first().map_or(0, |component| component.values.len());
    let falls = |index: usize, is_sum: bool| {
        let mut parts = components.iter().filter(|one| (one.part == Part::Sum) == is_sum);
        parts.any(|component| component.values[index] < 0.0)
    };
    (0..length).filter(|&index| falls(index, true) && !falls(index, false)).collect_vec()
}

/// Puts zeros before the histogram's first snapshot where its target was there already: it was
/// created on first use. A component that is missing while its siblings are there stays absent.
fn start_all_from_zero(
    components: &mut [Component],
    present: &[bool],
    target_present: &[bool],
) -> bool {
    let Some(first) = present.iter().position(|present| *present) else {
        return false;
    };
    let mut started = false;
    for component in components.iter_mut().filter(|component| !component.values[first].is_nan()) {
        started |= start_from_zero(&mut component.values, target_present);
    }
    started
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: f64 = f64::NAN;
    const OPEN: f64 = f64::INFINITY;

    fn columns(parts: &[(Part, &[f64])]) -> (HistogramColumns, GrowthRepairs) {
        let components = parts
            .iter()
            .map(|(part, values)| Component { part: *part, values: values.to_vec().into() })
            .collect();
        let mut repairs = GrowthRepairs::default();
        let present = vec![true; parts[0].1.len()];
        (HistogramColumns::from_counters(components, &present, &mut repairs), repairs)
    }

    #[test]
    fn a_fall_of_one_bucket_resets_the_whole_histogram() {
        // After the restart the open bucket already exceeds its old value; alone it would look like
        // plain growth.
        let (histogram, repairs) = columns(&[
            (Part::Bucket(1.0), &[8.0, 2.0]),
            (Part::Bucket(OPEN), &[9.0, 10.0]),
            (Part::Sum, &[20.0, 30.0]),
        ]);
        let window = histogram.window(0, 1, &mut Caveats::new()).unwrap();
        assert_eq!(window.counts(), [2.0, 8.0]);
        assert_eq!(window.sum(), Some(30.0));
        assert_eq!(repairs.resets, 1);
    }

    #[test]
    fn a_total_that_fell_in_one_bucket_counts_nothing_in_that_step() {
        let (mut histogram, repairs) = columns(&[
            (Part::Bucket(1.0), &[8.0, 2.0, 4.0, 1.0]),
            (Part::Bucket(OPEN), &[9.0, 10.0, 13.0, GAP]),
            (Part::Sum, &[20.0, 35.0, 36.0, 37.0]),
        ]);
        histogram.discount_falls();
        let window = histogram.window(0, 2, &mut Caveats::new()).unwrap();
        assert_eq!(window.counts(), [2.0, 1.0]);
        assert_eq!(window.sum(), Some(1.0));
        assert_eq!(repairs.resets, 2);
    }

    #[test]
    fn a_sum_that_falls_alone_is_a_fault_and_no_reset() {
        let (histogram, repairs) = columns(&[
            (Part::Bucket(1.0), &[1.0, 2.0]),
            (Part::Bucket(OPEN), &[1.0, 3.0]),
            (Part::Sum, &[5.0, 4.0]),
        ]);
        assert!(histogram.sum_fell(0, 1));
        assert_eq!(histogram.sum(0, 1), None);
        assert_eq!(histogram.count(0, 1), Some(2.0));
        assert_eq!(repairs.resets, 0);
    }

    #[test]
    fn a_bucket_missing_at_the_end_only_loses_its_bound() {
        let (histogram, _) = columns(&[
            (Part::Bucket(1.0), &[1.0, 2.0]),
            (Part::Bucket(2.0), &[1.0, GAP]),
            (Part::Bucket(OPEN), &[1.0, 4.0]),
        ]);
        let mut caveats = Caveats::new();
        let window = histogram.window(0, 1, &mut caveats).unwrap();
        assert_eq!(window.upper_bounds(), [1.0, OPEN]);
        assert_eq!(window.counts(), [1.0, 2.0]);
        assert!(caveats.has(CaveatId::MissingBucket));
    }

    #[test]
    fn the_count_stands_in_for_a_missing_open_bucket() {
        let (histogram, _) =
            columns(&[(Part::Bucket(1.0), &[1.0, 2.0]), (Part::Count, &[1.0, 5.0])]);
        let window = histogram.window(0, 1, &mut Caveats::new()).unwrap();
        assert_eq!(window.counts(), [1.0, 3.0]);
    }

    #[test]
    fn snapshots_lie_inside_the_window() {
        let (histogram, _) = columns(&[
            (Part::Bucket(1.0), &[1.0, GAP, 2.0, 3.0, GAP]),
            (Part::Bucket(OPEN), &[1.0, GAP, 2.0, 4.0, GAP]),
        ]);
        assert_eq!(histogram.snapshots(1, 4), Some((2, 3)));
        assert_eq!(histogram.snapshots(3, 4), None);
        assert_eq!(histogram.count(1, 4), Some(2.0));
    }

    #[test]
    fn fractional_increments_are_estimates() {
        let components = vec![
            Component { part: Part::Bucket(1.0), values: vec![0.0, 1.5].into() },
            Component { part: Part::Bucket(OPEN), values: vec![0.0, 2.5].into() },
        ];
        let mut repairs = GrowthRepairs::default();
        let histogram =
            HistogramColumns::from_increments(components, 1.0, Basis::Exact, &mut repairs);
        assert_eq!(histogram.basis, Basis::Estimated);
    }
}
