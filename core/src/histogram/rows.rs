//! Histograms of one layout as rows of one table, added up before any of them is made.
//!
//! [`Histogram::merge`] of histograms that need no repair is an addition of their counts, column by column. A row that
//! would need one, or whose sum may contradict its buckets, is refused: then each histogram has to be made by itself.

use std::cmp::Ordering;

use super::classic::{Histogram, LARGEST_EXACT_COUNT, Sum};
use super::merge::compare_numbers;
use crate::caveat::Caveats;
use crate::report::Basis;
use crate::sorted::sort_few;

/// Rows of cumulative counts under bounds they share, with the sum of each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    bounds: Vec<f64>,
    cumulative: Vec<f64>,
    sums: Vec<Option<Sum>>,
}

impl Rows {
    /// No rows under these bounds; None unless they ascend from 0 or more over a finite bound to +Inf.
    pub(crate) fn under(bounds: Vec<f64>) -> Option<Self> {
        let usable = bounds.len() > 1
            && bounds[0] >= 0.0
            && bounds.last() == Some(&f64::INFINITY)
            && bounds.windows(2).all(|pair| pair[0] < pair[1]);
        usable.then(|| Self { bounds, ..Self::default() })
    }

    /// The bounds.
    pub(crate) fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// Takes all rows away.
    pub(crate) fn clear(&mut self) {
        self.cumulative.clear();
        self.sums.clear();
    }

    /// The cell of the next row's next bound.
    pub(crate) fn push(&mut self, count: f64) {
        self.cumulative.push(count);
    }

    /// Ends a row with its sum. False where a histogram of it would differ from its counts as they are, or where its sum
    /// is not certain to agree with them.
    #[must_use]
    pub(crate) fn end_row(&mut self, sum: Option<Sum>) -> bool {
        let row = &self.cumulative[self.sums.len() * self.bounds.len()..];
        let sum = sum.map(|sum| Sum { value: sum.value, magnitude: sum.magnitude.abs().max(sum.value.abs()) });
        self.sums.push(sum);
        let mut below = 0.0;
        for &count in row {
            // False also for what is no number.
            let fits = count >= below && count.trunc() >= count;
            if !fits {
                return false;
            }
            below = count;
        }
        below <= LARGEST_EXACT_COUNT && sum.is_none_or(|sum| sum.magnitude.is_finite() && self.agrees(row, sum.value))
    }

    /// Σ n·l ≤ S ≤ Σ n·u with room for the rounding of plain additions.
    fn agrees(&self, row: &[f64], sum: f64) -> bool {
        let (mut least, mut most) = (0.0, 0.0);
        let (mut below, mut lower) = (0.0, 0.0);
        for (&count, &upper) in row.iter().zip(&self.bounds) {
            if count > below {
                least += (count - below) * lower;
                most += (count - below) * upper;
            }
            below = count;
            lower = upper;
        }
        let rounding = 4.0 * f64::EPSILON * (row.len() + 2) as f64;
        least * (1.0 + rounding) <= sum && sum <= most * (1.0 - rounding)
    }

    /// All rows together, as [`Histogram::merge`] of a histogram of each; None without rows, or where their counts
    /// together are beyond what additions keep exact.
    pub(crate) fn merged(&self, caveats: &mut Caveats) -> Option<Histogram> {
        let mut total: Vec<(f64, f64)> = Vec::with_capacity(self.bounds.len());
        for &bound in &self.bounds {
            total.push((bound, 0.0));
        }
        for row in self.cumulative.chunks_exact(self.bounds.len()) {
            for (total, count) in total.iter_mut().zip(row) {
                total.1 += count;
            }
        }
        let is_exact = total.last().is_some_and(|last| last.1 <= LARGEST_EXACT_COUNT);
        if self.sums.is_empty() || !is_exact {
            return None;
        }
        Histogram::from_cumulative(&total, self.sum(), Basis::Exact, caveats)
    }

    /// The sums added in the order in which a merger adds them; None where one is missing.
    fn sum(&self) -> Option<Sum> {
        let mut all = Sum { value: 0.0, magnitude: 0.0 };
        if self.sums.contains(&None) {
            return None;
        }
        let mut order: Vec<usize> = (0..self.sums.len()).collect();
        sort_few(&mut order, |&a, &b| self.compare(a, b));
        for row in order {
            let sum = self.sums[row]?;
            all = Sum { value: all.value + sum.value, magnitude: all.magnitude + sum.magnitude };
        }
        Some(all)
    }

    fn compare(&self, a: usize, b: usize) -> Ordering {
        let width = self.bounds.len();
        let row = |index: usize| &self.cumulative[index * width..(index + 1) * width];
        let sum = |index: usize| self.sums[index].map_or([f64::NAN; 2], |sum| [sum.value, sum.magnitude]);
        compare_numbers(row(a), row(b)).then_with(|| compare_numbers(&sum(a), &sum(b)))
    }
}
