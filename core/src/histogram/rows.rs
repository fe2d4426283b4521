//! Histograms of one layout as rows of one table, added up before any of them is made.
//!
//! [`Histogram::merge`] of histograms that need no repair is an addition of their counts, column by
//! column. A row that would need one, or whose sum may contradict its buckets, is refused: then
//! each histogram has to be made by itself.

use super::classic::{Histogram, LARGEST_EXACT_COUNT, Sum};

use crate::caveat::Caveats;
use crate::histogram::Basis;
use crate::small::sorted::sort_few;
use inference_triage_loops::compare_numbers;

/// Rows of cumulative counts under bounds they share, each with the value and the magnitude of its
/// sum behind them.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    bounds: Vec<f64>,
    cells: Vec<f64>,
    /// Every row has a sum.
    has_sum: bool,
}

/// Cells of a row behind its counts.
const SUM_CELLS: usize = 2;

impl Rows {
    /// No rows under these bounds; None unless they ascend from 0 or more over a finite bound to
    /// +Inf.
    pub(crate) fn under(bounds: Vec<f64>) -> Option<Self> {
        let usable = bounds.len() > 1
            && bounds[0] >= 0.0
            && bounds.last() == Some(&f64::INFINITY)
            && bounds.windows(2).all(|pair| pair[0] < pair[1]);
        usable.then(|| Self { bounds, cells: Vec::new(), has_sum: true })
    }

    /// Takes all rows away.
    pub(crate) fn clear(&mut self) {
        self.cells.clear();
        self.has_sum = true;
    }

    /// The count of the next row's next bucket.
    pub(crate) fn push(&mut self, count: f64) {
        self.cells.push(count);
    }

    /// Ends a row with its sum. False where a histogram of it would differ from its counts as they
    /// are, or where its sum is not certain to agree with them.
    #[must_use]
    pub(crate) fn end_row(&mut self, sum: Option<Sum>) -> bool {
        let row = &self.cells[self.cells.len() - self.bounds.len()..];
        let (mut least, mut most) = (0.0, 0.0);
        let (mut below, mut lower) = (0.0, 0.0);
        for (&count, &upper) in row.iter().zip(&self.bounds) {
            // False also for what is no number.
            let fits = count >= below && count.trunc() >= count;
            if !fits {
                return false;
            }
            if count > below {
                least += (count - below) * lower;
                most += (count - below) * upper;
            }
            below = count;
            lower = upper;
        }
        // Slack for the rounding of these additions.
        let rounding = 4.0 * f64::EPSILON * (self.bounds.len() + SUM_CELLS) as f64;
        let agrees = match sum {
            Some(sum) => {
                least * (1.0 + rounding) <= sum.value && sum.value <= most * (1.0 - rounding)
            }
            None => true,
        };
        self.has_sum &= sum.is_some();
        let sum = sum.unwrap_or(Sum { value: 0.0, magnitude: 0.0 });
        let magnitude = sum.magnitude.abs().max(sum.value.abs());
        self.push(sum.value);
        self.push(magnitude);
        agrees && below <= LARGEST_EXACT_COUNT && magnitude.is_finite()
    }

    /// All rows together, as [`Histogram::merge`] of a histogram of each; None without rows, or
    /// where their counts together are beyond what additions keep exact.
    pub(crate) fn merged(&self, caveats: &mut Caveats) -> Option<Histogram> {
        let (buckets, width) = (self.bounds.len(), self.bounds.len() + SUM_CELLS);
        let mut rows: Vec<&[f64]> = self.cells.chunks_exact(width).collect::<Vec<_>>();
        if self.has_sum {
            // The order in which a merger adds sums; counts are exact in any.
            sort_few(&mut rows, |a, b| compare_numbers(a, b));
        }
        let mut total = vec![0.0; width];
        for row in &rows {
            for (total, cell) in total.iter_mut().zip(*row) {
                *total += cell;
            }
        }
        if rows.is_empty() || total[buckets - 1] > LARGEST_EXACT_COUNT {
            return None;
        }
        let mut cumulative = Vec::with_capacity(buckets);
        for (&bound, &count) in self.bounds.iter().zip(&total) {
            cumulative.push((bound, count));
        }
        let sum =
            self.has_sum.then_some(Sum { value: total[buckets], magnitude: total[buckets + 1] });
        Histogram::from_cumulative(&cumulative, sum, Basis::Exact, caveats)
    }
}
