//! Whether sets of series are there at once, or follow one another.

use crate::scope::copies::{is_at_least, pairs};
use crate::scope::series_set::{Comparable, SeriesSet};
use crate::store::grid::{LOOKBACK_MS, TimeGrid};

/// Whether one begins where the other ends: no counter of it is lower.
pub(super) fn continues(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> bool {
    let (earlier, later) = if left.ends.0 <= right.ends.0 { (left, right) } else { (right, left) };
    match (earlier.changes.last(), later.changes.first()) {
        (Some(&last), Some(&first)) if earlier.ends.1 < later.ends.0 => {
            is_at_least(&pairs(earlier, later, Comparable::Count, usize::MAX), last, first)
        }
        _ => false,
    }
}

/// Whether both are there at once and measure the same things, so that they cannot be one process
/// after another or two parts of one. The last minutes of a set that vanished without a change do
/// not count: a server repeats a sample for as long.
pub(super) fn coincide(left: &SeriesSet<'_>, right: &SeriesSet<'_>, grid: &TimeGrid) -> bool {
    let end = seen_until(left, grid).min(seen_until(right, grid));
    let both = left.present.iter().zip(&right.present).take(end + 1);
    // The sample at which one hands over to the other may be stored under both.
    let is_at_once = both.filter(|(left, right)| **left && **right).count() > 1;
    is_at_once && shares_a_quantity(left, right)
}

fn seen_until(set: &SeriesSet<'_>, grid: &TimeGrid) -> usize {
    let (last, times) = (set.ends.1, grid.times());
    match set.changes.last() {
        Some(&change) if last + 1 < times.len() && times[last] - times[change] <= LOOKBACK_MS => {
            change
        }
        _ => last,
    }
}

fn shares_a_quantity(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> bool {
    left.quantities.iter().any(|own| right.like(own).is_some())
}
