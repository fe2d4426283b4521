//! Counters as growth: columns whose difference between two grid points is the exact increase between them.

/// Cumulative growth on the grid; NaN = absent. `increase(a, b) = values[b] − values[a]`.
#[derive(Debug, Clone, Default)]
pub struct Growth {
    /// One value for each grid time.
    pub values: Vec<f64>,
    /// Largest absolute counter value it was computed from; rounding errors are relative to it.
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
}

impl Growth {
    /// From a raw counter. After a reset the growth continues by the new value: the new process counted from zero.
    /// `target_present` tells at which grid times the target had any sample; a series that starts later than its target
    /// starts from zero, any other first sample is only a base.
    pub fn from_counter(values: &[f64], target_present: &[bool], repairs: &mut GrowthRepairs) -> Self {
        let mut column = values.to_vec();
        repairs.negatives += drop_negatives(&mut column);
        repairs.from_zero += u64::from(start_from_zero(&mut column, target_present));
        let mut growth = Self { magnitude: magnitude(&column), values: column };
        let (mut previous, mut offset) = (f64::NAN, 0.0);
        for value in growth.values.iter_mut().filter(|value| !value.is_nan()) {
            if *value < previous {
                repairs.resets += 1;
                offset += previous;
            }
            previous = *value;
            *value += offset;
        }
        growth
    }

    /// From increments per step, times `scale` (1 for exact increments). An absent increment adds nothing; the grid time
    /// before the first increment is its base, because an increment covers the step that ends at its time.
    pub fn from_increments(increments: &[f64], scale: f64, repairs: &mut GrowthRepairs) -> Self {
        let mut column = increments.to_vec();
        repairs.negatives += drop_negatives(&mut column);
        let present = |value: &f64| !value.is_nan();
        let (first, last) = (column.iter().position(present), column.iter().rposition(present));
        let mut total = 0.0;
        if let (Some(first), Some(last)) = (first, last) {
            for value in &mut column[first.saturating_sub(1)..=last] {
                total += if value.is_nan() { 0.0 } else { *value * scale };
                *value = total;
            }
        }
        Self { magnitude: total, values: column }
    }

    /// Adds another series of the same quantity, e.g. another finish reason. Absent here and present there counts as
    /// present: a reason that was never seen has no series.
    pub fn add(&mut self, other: &Self) {
        self.magnitude += other.magnitude;
        let (mut mine_last, mut other_last) = (0.0, 0.0);
        for (mine, &theirs) in self.values.iter_mut().zip(&other.values) {
            if mine.is_nan() && theirs.is_nan() {
                continue;
            }
            if !mine.is_nan() {
                mine_last = *mine;
            }
            if !theirs.is_nan() {
                other_last = theirs;
            }
            *mine = mine_last + other_last;
        }
    }

    /// Increase between the first and the last present value within grid indices [first, last]; None with fewer than
    /// two present values.
    pub fn increase(&self, first: usize, last: usize) -> Option<f64> {
        let (start, end) = present_ends(&self.values, first, last)?;
        Some(self.values[end] - self.values[start])
    }
}

/// Indices of the first and the last present value in [first, last]; None with fewer than two.
pub(crate) fn present_ends(values: &[f64], first: usize, last: usize) -> Option<(usize, usize)> {
    let window = values.get(first..=last)?;
    let start = window.iter().position(|value| !value.is_nan())?;
    let end = window.iter().rposition(|value| !value.is_nan())?;
    (start < end).then_some((first + start, first + end))
}

/// Makes negative values absent and counts them.
pub(crate) fn drop_negatives(column: &mut [f64]) -> u64 {
    let mut dropped = 0;
    for value in column.iter_mut().filter(|value| **value < 0.0) {
        *value = f64::NAN;
        dropped += 1;
    }
    dropped
}

/// Puts zeros before the first sample where the target was there already; tells whether it did.
pub(crate) fn start_from_zero(column: &mut [f64], target_present: &[bool]) -> bool {
    let Some(first) = column.iter().position(|value| !value.is_nan()) else {
        return false;
    };
    let mut started = false;
    for (value, _) in column[..first].iter_mut().zip(target_present).filter(|(_, present)| **present) {
        *value = 0.0;
        started = true;
    }
    started
}

/// Largest value of a column; 0 when all are absent.
pub(crate) fn magnitude(column: &[f64]) -> f64 {
    column.iter().copied().filter(|value| !value.is_nan()).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: f64 = f64::NAN;

    fn counter(values: &[f64]) -> (Growth, GrowthRepairs) {
        let mut repairs = GrowthRepairs::default();
        let present = vec![true; values.len()];
        (Growth::from_counter(values, &present, &mut repairs), repairs)
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

    #[test]
    fn a_series_later_than_its_target_starts_from_zero() {
        let (growth, repairs) = counter(&[GAP, GAP, 3.0, 5.0]);
        assert_eq!(growth.increase(0, 3), Some(5.0));
        assert_eq!(repairs.from_zero, 1);

        let mut repairs = GrowthRepairs::default();
        let late_target = [false, false, true, true];
        let growth = Growth::from_counter(&[GAP, GAP, 3.0, 5.0], &late_target, &mut repairs);
        assert_eq!(growth.increase(0, 3), Some(2.0), "a new target's first sample is only a base");
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
        let mut repairs = GrowthRepairs::default();
        let growth = Growth::from_increments(&[9.0, 2.0, GAP, 5.0], 1.0, &mut repairs);
        assert_eq!(growth.increase(0, 3), Some(7.0), "the first increment lies before the window");
        assert_eq!(growth.increase(1, 3), Some(5.0));
        let late = Growth::from_increments(&[GAP, GAP, 4.0, 1.0], 1.0, &mut repairs);
        assert_eq!(late.increase(0, 3), Some(5.0), "the first increment covers the step before its time");
        assert_eq!(late.increase(2, 3), Some(1.0));
    }

    #[test]
    fn reasons_of_one_counter_add_up_even_where_one_is_absent() {
        let (mut stop, _) = counter(&[1.0, 2.0, 3.0]);
        let mut repairs = GrowthRepairs::default();
        let abort = Growth::from_counter(&[GAP, 1.0, 2.0], &[true; 3], &mut repairs);
        stop.add(&abort);
        assert_eq!(stop.increase(0, 2), Some(4.0));
    }
}
