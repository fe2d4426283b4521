//! Counters as growth: columns whose difference between two grid points is the exact increase
//! between them.

use crate::store::column::Column;
use crate::store::marks::{Marks, add_present};

/// Cumulative growth on the grid. Between two grid times the growth is exact: [`Self::increase`].
///
/// It shares the column of the stored samples; what a restart lost is kept beside it. So a counter
/// costs its samples once, and their differences are prefix sums already.
#[derive(Debug, Clone, Default)]
pub struct Growth {
    values: Column,
    /// Grid index of each restart, ascending, with what was counted before it: added to the values
    /// from there on.
    restarts: Vec<(usize, f64)>,
    /// Size of the counter values it was computed from, those before its restarts added; rounding
    /// errors are relative to it.
    pub magnitude: f64,
}

/// Counts of what was repaired while computing growth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GrowthRepairs {
    /// The counter restarted.
    pub resets: u64,
    /// A negative counter or increment was treated as absent.
    pub negatives: u64,
    /// The series appeared after its target and was counted from zero.
    pub from_zero: u64,
    /// A scrape caught a histogram in the middle of an update and was left out.
    pub torn: u64,
}

impl Growth {
    /// From a raw counter. After a reset the growth continues by the new value: the new process
    /// counted from zero. `target_present` tells at which grid times the target had any sample; a
    /// series that starts later than its target starts from zero, any other first sample is only a
    /// base.
    pub fn from_counter(
        mut column: Column,
        target_present: &[bool],
        repairs: &mut GrowthRepairs,
    ) -> Self {
        repairs.negatives += drop_negatives(&mut column);
        repairs.from_zero += u64::from(start_from_zero(&mut column, target_present));
        let mut restarts = Vec::new();
        let (mut previous, mut offset) = (f64::NAN, 0.0);
        for (index, &value) in column.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            if value < previous {
                repairs.resets += 1;
                offset += previous;
                restarts.push((index, offset));
            }
            previous = value;
        }
        Self { magnitude: magnitude_with(&column, &restarts), values: column, restarts }
    }

    /// From the values of a counter and the grid indices, ascending, at which it started again from
    /// zero.
    pub(crate) fn with_resets(column: Column, resets: &[usize]) -> Self {
        let mut restarts = Vec::with_capacity(resets.len());
        let (mut start, mut offset) = (0, 0.0);
        for &reset in resets {
            offset +=
                column[start..reset].iter().rfind(|value| !value.is_nan()).copied().unwrap_or(0.0);
            restarts.push((reset, offset));
            start = reset;
        }
        Self { magnitude: magnitude_with(&column, &restarts), values: column, restarts }
    }

    /// For a sum over processes that should all have survived. If it falls anyway, the new value is
    /// what the remaining processes have counted, so that step grows by zero.
    pub fn discount_falls(&mut self) {
        let mut left = 0.0;
        for index in 0..self.restarts.len() {
            let end = self.restarts.get(index + 1).map_or(self.values.len(), |(next, _)| *next);
            let (start, offset) = &mut self.restarts[index];
            left += self.values[*start..end].iter().find(|value| !value.is_nan()).unwrap_or(&0.0);
            *offset -= left;
        }
    }

    /// From increments per step, times `scale` (1 for exact increments). An absent increment adds
    /// nothing; the grid time before the first increment is its base, because an increment covers
    /// the step that ends at its time.
    pub fn from_increments(increments: &[f64], scale: f64, repairs: &mut GrowthRepairs) -> Self {
        let mut column = increments.to_vec();
        let present = |value: &f64| !value.is_nan();
        for value in column.iter_mut().filter(|value| **value < 0.0) {
            *value = f64::NAN;
            repairs.negatives += 1;
        }
        let (first, last) = (column.iter().position(present), column.iter().rposition(present));
        let mut total = 0.0;
        if let (Some(first), Some(last)) = (first, last) {
            for value in &mut column[first.saturating_sub(1)..=last] {
                total += if value.is_nan() { 0.0 } else { *value * scale };
                *value = total;
            }
        }
        Self { magnitude: total, values: column.into(), restarts: Vec::new() }
    }

    /// Number of grid times.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// No grid times at all.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Growth up to a grid time; NaN = absent. Its zero point is arbitrary: only differences mean
    /// something.
    pub fn at(&self, index: usize) -> f64 {
        self.values[index] + self.before(index)
    }

    /// Growth between two grid times; NaN where it is absent at one of them.
    pub fn between(&self, start: usize, end: usize) -> f64 {
        let grown = self.values.difference(start, end);
        if self.restarts.is_empty() {
            return grown;
        }
        // Between two restarts nothing of what was counted before them takes part.
        grown + (self.before(end) - self.before(start))
    }

    /// What was counted before the last restart up to a grid time.
    fn before(&self, index: usize) -> f64 {
        match self.restarts.partition_point(|(restart, _)| *restart <= index) {
            0 => 0.0,
            later => self.restarts[later - 1].1,
        }
    }

    /// The grid times with a value.
    pub(crate) fn present(&self) -> Marks {
        Marks::present(&self.values)
    }

    pub(crate) fn add_present(&self, flags: &mut [bool]) {
        add_present(flags, &self.values);
    }

    /// Whether it started again from zero behind `from`, up to `to`.
    pub(crate) fn restarted(&self, from: usize, to: usize) -> bool {
        let next = self.restarts.partition_point(|(restart, _)| *restart <= from);
        self.restarts.get(next).is_some_and(|(restart, _)| *restart <= to)
    }

    /// Growth since the first value at every grid time; absent times repeat the value before.
    pub(crate) fn running(&self) -> Vec<f64> {
        let mut running = Vec::with_capacity(self.len());
        let (mut base, mut latest) = (f64::NAN, 0.0);
        for index in 0..self.len() {
            let value = self.at(index);
            if !value.is_nan() {
                if base.is_nan() {
                    base = value;
                }
                latest = value - base;
            }
            running.push(latest);
        }
        running
    }
}

/// A counter of one replica over the whole range, maybe of several series.
#[derive(Debug, Clone)]
pub struct CounterColumn {
    growth: Growth,
    present: Marks,
}

impl CounterColumn {
    /// The sum of several series of one quantity, e.g. of every finish reason. Absent in one and
    /// present in another counts as present: a reason that was never seen has no series.
    pub fn of(mut series: Vec<Growth>) -> Self {
        let growth = if series.len() == 1 { series.swap_remove(0) } else { sum_of(&series) };
        let present = growth.present();
        Self { growth, present }
    }

    /// Growth up to a grid time; NaN = absent.
    pub fn at(&self, index: usize) -> f64 {
        self.growth.at(index)
    }

    /// Number of grid times.
    pub fn len(&self) -> usize {
        self.growth.len()
    }

    /// No grid times at all.
    pub fn is_empty(&self) -> bool {
        self.growth.is_empty()
    }

    /// Increase between the first and the last present value within grid indices [first, last];
    /// None with fewer than two present values.
    pub fn increase(&self, first: usize, last: usize) -> Option<f64> {
        let (start, end) = self.present.ends(first, last).filter(|(start, end)| start < end)?;
        Some(self.growth.between(start, end))
    }

    /// Size of the values it was computed from.
    pub fn magnitude(&self) -> f64 {
        self.growth.magnitude
    }

    /// Growth since the first value at every grid time; absent times repeat the value before.
    pub fn running(&self) -> Vec<f64> {
        self.growth.running()
    }

    /// Whether it started again from zero behind grid index `from`, up to `to`.
    pub fn restarted(&self, from: usize, to: usize) -> bool {
        self.growth.restarted(from, to)
    }

    pub(crate) fn add_present(&self, flags: &mut [bool]) {
        self.growth.add_present(flags);
    }

    /// Grid index of the first present value that lies above the one before it.
    pub fn first_rise(&self) -> Option<usize> {
        let (first, _) = self.present.ends(0, self.len().checked_sub(1)?)?;
        let base = self.at(first);
        // Growth never falls.
        self.present.first_where(&|index| self.at(index) > base)
    }
}

/// Growth of several series together; one that is absent stands as it last was.
pub(super) fn sum_of(series: &[Growth]) -> Growth {
    let length = series.iter().map(Growth::len).max().unwrap_or(0);
    let mut values = vec![f64::NAN; length];
    for growth in series {
        let (mut sum_before, mut before) = (0.0, 0.0);
        for (index, sum) in values.iter_mut().enumerate().take(growth.len()) {
            let value = growth.at(index);
            if sum.is_nan() && value.is_nan() {
                continue;
            }
            if !sum.is_nan() {
                sum_before = *sum;
            }
            if !value.is_nan() {
                before = value;
            }
            *sum = sum_before + before;
        }
    }
    let magnitude = series.iter().map(|growth| growth.magnitude).sum();
    Growth { values: values.into(), restarts: Vec::new(), magnitude }
}

/// Makes negative values absent and counts them.
pub(crate) fn drop_negatives(column: &mut Column) -> u64 {
    let mut dropped = 0;
    if column.iter().all(|value| value.is_nan() || *value >= 0.0) {
        return dropped;
    }
    for value in column.to_mut().iter_mut().filter(|value| **value < 0.0) {
        *value = f64::NAN;
        dropped += 1;
    }
    dropped
}

/// Least count, and factor over the largest later step, from which a series that comes into view
/// late is no new one. What is made on first use begins with what one step counts, and a busy step
/// is not ten times any other; below a hundred a burst, as of errors, may never be repeated.
const OLD_COUNT: f64 = 100.0;
const OLD_STEPS: f64 = 10.0;

/// Whether a counter had counted long before its first sample: it came into view late, as by
/// another query, and was not made then.
pub(crate) fn is_old(column: &[f64]) -> bool {
    let (mut first, mut before, mut largest) = (f64::NAN, f64::NAN, 0.0);
    for &value in column.iter().filter(|value| !value.is_nan()) {
        if first.is_nan() {
            first = value;
        }
        largest = f64::max(largest, value - before);
        before = value;
    }
    first >= OLD_COUNT && first > OLD_STEPS * largest
}

/// Puts zeros before the first sample where the target was there already; returns whether it did.
pub(crate) fn start_from_zero(column: &mut Column, target_present: &[bool]) -> bool {
    let first = column.iter().position(|value| !value.is_nan()).unwrap_or(0);
    let target_before = target_present.get(..first).unwrap_or_default();
    let starts = target_before.contains(&true);
    if starts {
        for (value, _) in
            column.to_mut().iter_mut().zip(target_before).filter(|(_, present)| **present)
        {
            *value = 0.0;
        }
    }
    starts
}

/// Size of a counter to which the rounding of its growth is relative: the largest value, and where
/// it restarted what was counted before as well. Each restart adds once more at that size, and both
/// ends of an interval do.
fn magnitude_with(column: &[f64], restarts: &[(usize, f64)]) -> f64 {
    let largest = magnitude(column);
    restarts.last().map_or(largest, |(_, before)| (largest + before) * (restarts.len() + 2) as f64)
}

/// Largest absolute value of a column; 0 when all are absent.
pub(crate) fn magnitude(column: &[f64]) -> f64 {
    column.iter().filter(|value| !value.is_nan()).fold(0.0, |most, value| most.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: f64 = f64::NAN;

    fn counter_of(values: &[f64], target_present: &[bool]) -> (Growth, GrowthRepairs) {
        let mut repairs = GrowthRepairs::default();
        (Growth::from_counter(values.to_vec().into(), target_present, &mut repairs), repairs)
    }

    fn counter(values: &[f64]) -> (CounterColumn, GrowthRepairs) {
        let (growth, repairs) = counter_of(values, &vec![true; values.len()]);
        (CounterColumn::of(vec![growth]), repairs)
    }

    fn increments(values: &[f64]) -> CounterColumn {
        CounterColumn::of(vec![Growth::from_increments(values, 1.0, &mut GrowthRepairs::default())])
    }

    #[test]
    fn what_comes_into_view_late_is_told_from_what_is_made_late() {
        const GAP: f64 = f64::NAN;
        assert!(is_old(&[GAP, 9000.0, 9004.0, 9009.0]));
        assert!(is_old(&[GAP, 100.0]), "nothing behind it");
        assert!(!is_old(&[GAP, 99.0, 99.0]), "a burst that is never repeated");
        assert!(!is_old(&[GAP, 400.0, 800.0, 1150.0]), "the first step of a busy engine");
        assert!(!is_old(&[GAP, 4.0, 9.0]) && !is_old(&[GAP]) && !is_old(&[]));
    }

    #[test]
    fn a_difference_is_exact_and_a_gap_spreads_nothing() {
        let (growth, repairs) = counter(&[5.0, 7.0, GAP, 12.0]);
        assert_eq!(growth.increase(0, 3), Some(7.0));
        assert_eq!(growth.increase(0, 2), Some(2.0), "the absent sample adds nothing");
        assert_eq!(growth.increase(2, 3), None, "one present value is no increase");
        assert_eq!(repairs, GrowthRepairs::default());
    }

    #[test]
    fn a_reset_continues_by_the_new_value() {
        let (growth, repairs) = counter(&[100.0, 110.0, 4.0, 9.0]);
        assert_eq!(growth.increase(0, 3), Some(10.0 + 4.0 + 5.0));
        assert_eq!(repairs.resets, 1);
    }

    /// Beside 2⁵⁰ a quarter is lost in the last place.
    #[test]
    fn growth_between_restarts_is_not_rounded_by_what_was_before() {
        let before = 1_125_899_906_842_624.0;
        let (growth, _) = counter_of(&[before, 0.0, 0.25, 0.375], &[true; 4]);
        assert_eq!(growth.between(2, 3).to_bits(), 0.125_f64.to_bits());
        assert!(growth.magnitude >= before, "{}", growth.magnitude);
    }

    #[test]
    fn a_total_that_fell_goes_on_from_where_it_fell_to() {
        let (mut total, repairs) = counter_of(&[100.0, 110.0, 4.0, 9.0, 2.0, 3.0], &[true; 6]);
        total.discount_falls();
        assert_eq!(CounterColumn::of(vec![total]).increase(0, 5), Some(10.0 + 5.0 + 1.0));
        assert_eq!(repairs.resets, 2);
    }

    #[test]
    fn a_series_later_than_its_target_starts_from_zero() {
        let (growth, repairs) = counter(&[GAP, GAP, 3.0, 5.0]);
        assert_eq!(growth.increase(0, 3), Some(5.0));
        assert_eq!(repairs.from_zero, 1);

        let (growth, _) = counter_of(&[GAP, GAP, 3.0, 5.0], &[false, false, true, true]);
        assert_eq!(
            CounterColumn::of(vec![growth]).increase(0, 3),
            Some(2.0),
            "a new target's first sample is only a base"
        );
    }

    #[test]
    fn negative_values_are_absent() {
        let (growth, repairs) = counter(&[1.0, -2.0, 4.0]);
        assert_eq!(growth.increase(0, 2), Some(3.0));
        assert_eq!(repairs.negatives, 1);
        assert_eq!(repairs.resets, 0);
    }

    #[test]
    fn increments_add_up_over_any_interval() {
        let growth = increments(&[9.0, 2.0, GAP, 5.0]);
        assert_eq!(growth.increase(0, 3), Some(7.0), "the first increment lies before the window");
        assert_eq!(growth.increase(1, 3), Some(5.0));
        let late = increments(&[GAP, GAP, 4.0, 1.0]);
        assert_eq!(
            late.increase(0, 3),
            Some(5.0),
            "the first increment covers the step before its time"
        );
        assert_eq!(late.increase(2, 3), Some(1.0));
    }

    #[test]
    fn reasons_of_one_counter_add_up_even_where_one_is_absent() {
        let (stop, _) = counter_of(&[1.0, 2.0, 3.0], &[true; 3]);
        let (abort, _) = counter_of(&[GAP, 1.0, 2.0], &[true; 3]);
        assert_eq!(CounterColumn::of(vec![stop, abort]).increase(0, 2), Some(4.0));
    }

    #[test]
    fn the_first_rise_is_the_first_sample_above_the_one_before() {
        assert_eq!(counter(&[4.0, GAP, 4.0, 5.0, 9.0]).0.first_rise(), Some(3));
        assert_eq!(
            counter(&[9.0, 9.0, 1.0]).0.first_rise(),
            Some(2),
            "a restart that counted since"
        );
        assert_eq!(counter(&[4.0, 4.0]).0.first_rise(), None);
        assert_eq!(counter(&[GAP]).0.first_rise(), None);
        assert_eq!(counter(&[]).0.first_rise(), None);
    }
}
