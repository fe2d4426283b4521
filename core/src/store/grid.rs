//! The common time grid: index ↔ time.

use crate::small::sorted::sort;

/// Longest time without samples that is no absence, milliseconds: five minutes, for as long a
/// Prometheus repeats the last sample. With less, a missed scrape would part a process in two; with
/// more, a pod that is back within minutes would seem to have run twice at once.
pub const LOOKBACK_MS: i64 = 300_000;

/// Ascending, distinct times in Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeGrid {
    times: Vec<i64>,
    step: i64,
}

/// Moves times into an ascending, distinct run.
fn merge(all: &mut Vec<i64>, added: &mut Vec<i64>) {
    all.append(added);
    sort(all, i64::cmp);
    all.dedup();
}

impl TimeGrid {
    /// The union of many runs of times (milliseconds; fractions are dropped). Runs need not be
    /// ordered.
    pub fn union<'a>(runs: impl Iterator<Item = &'a [f64]>) -> Self {
        let mut all: Vec<i64> = Vec::new();
        let mut added: Vec<i64> = Vec::new();
        let mut previous: Option<&[f64]> = None;
        for run in runs {
            // Series of one response share their times; the same slice again adds nothing.
            if previous.is_some_and(|before| std::ptr::eq(before, run)) {
                continue;
            }
            previous = Some(run);
            if run.len() == all.len()
                && run.iter().zip(&all).all(|(&time, &known)| time as i64 == known)
            {
                continue;
            }
            added.extend(run.iter().map(|&time| time as i64));
            // Sorting only what has doubled keeps many runs without common times from costing their
            // square.
            if added.len() >= all.len() {
                merge(&mut all, &mut added);
            }
        }
        merge(&mut all, &mut added);
        Self::new(all)
    }

    fn new(times: Vec<i64>) -> Self {
        let mut distances: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        sort(&mut distances, i64::cmp);
        let step = distances.get(distances.len() / 2).copied().unwrap_or(0);
        Self { times, step }
    }

    /// The times from one index to another, clipped to those there are.
    pub fn part(&self, first: usize, last: usize) -> Self {
        let times = self.times.iter().skip(first).take((last + 1).saturating_sub(first));
        Self::new(times.copied().collect())
    }

    /// The union of two grids, without times before `oldest`.
    pub fn union_of(first: &Self, second: &Self, oldest: i64) -> Self {
        let mut all: Vec<i64> = first
            .times
            .iter()
            .chain(&second.times)
            .copied()
            .filter(|&time| time >= oldest)
            .collect();
        sort(&mut all, i64::cmp);
        all.dedup();
        Self::new(all)
    }

    /// Copies the present values of a column on another grid to their places in a column on this
    /// grid.
    pub fn copy_from(&self, source: &Self, values: &[f64], target: &mut [f64]) {
        for (&time, &value) in source.times.iter().zip(values) {
            if !value.is_nan()
                && let Ok(index) = self.times.binary_search(&time)
            {
                target[index] = value;
            }
        }
    }

    /// Number of times.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// No times at all.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The times.
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    /// Whether these times are this grid.
    pub fn is_same_as(&self, times: &[f64]) -> bool {
        self.times.len() == times.len()
            && self.times.iter().zip(times).all(|(&known, &time)| known == time as i64)
    }

    /// Index of a time that is in the grid; `hint` is tried first, then its successor. A time that
    /// is not in the grid gives the nearest index below its place.
    pub fn index_of(&self, time: i64, hint: usize) -> usize {
        for guess in [hint, hint + 1] {
            if self.times.get(guess) == Some(&time) {
                return guess;
            }
        }
        match self.times.binary_search(&time) {
            Ok(index) => index,
            Err(place) => place.saturating_sub(1),
        }
    }

    /// Median distance of neighbouring times in milliseconds; 0 with fewer than two times.
    pub fn step(&self) -> i64 {
        self.step
    }

    /// Indices of the first and the last time in [start, end]; None if there are none.
    pub fn indices(&self, start: i64, end: i64) -> Option<(usize, usize)> {
        let first = self.times.partition_point(|&time| time < start);
        let after = self.times.partition_point(|&time| time <= end);
        (first < after).then(|| (first, after - 1))
    }

    /// How much of [start, end] lies between the first and the last time, milliseconds; 0 where
    /// nothing does.
    pub fn overlap(&self, start: i64, end: i64) -> i64 {
        match (self.times.first(), self.times.last()) {
            (Some(&first), Some(&last)) => end.min(last).saturating_sub(start.max(first)).max(0),
            _ => 0,
        }
    }

    /// Indices of two different times that stand for [start, end]: the first and the last inside,
    /// or, where fewer than two are inside, their neighbours outside by less than a step. None
    /// where even those are missing.
    ///
    /// The inner times come first because what lies outside may be what the interval was chosen to
    /// leave out.
    pub fn indices_of_interval(&self, start: i64, end: i64) -> Option<(usize, usize)> {
        if let Some((first, last)) = self.indices(start, end)
            && first < last
        {
            return Some((first, last));
        }
        let near = |index: &usize, edge: i64| {
            let time = self.times.get(*index);
            time.is_some_and(|time| time.abs_diff(edge) < self.step.unsigned_abs())
        };
        let after = self.times.partition_point(|&time| time < end);
        let inner = self.times.partition_point(|&time| time <= start);
        let first = inner.checked_sub(1).filter(|index| near(index, start)).unwrap_or(inner);
        let last = Some(after).filter(|index| near(index, end)).or(after.checked_sub(1))?;
        (first < last).then_some((first, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(times: &[i64]) -> TimeGrid {
        TimeGrid::new(times.to_vec())
    }

    #[test]
    fn an_interval_overlaps_a_grid_by_what_lies_between_its_ends() {
        let grid = grid(&[100, 200, 300]);
        for (start, end, overlap) in [
            (0, 50, 0),
            (0, 150, 50),
            (120, 130, 10),
            (0, 1_000, 200),
            (250, 400, 50),
            (400, 500, 0),
            (i64::MIN, i64::MAX, 200),
        ] {
            assert_eq!(grid.overlap(start, end), overlap, "{start} to {end}");
        }
        assert_eq!(TimeGrid::default().overlap(0, 1_000), 0);
    }

    #[test]
    fn an_interval_is_its_inner_times_or_their_neighbours() {
        let grid = grid(&[0, 100, 200, 300, 1_000, 1_100]);
        for (start, end, indices) in [
            (100, 300, Some((1, 3))),
            (90, 210, Some((1, 2))),
            // One time inside, and no time at all.
            (90, 110, Some((0, 2))),
            (110, 190, Some((1, 2))),
            // Exactly one time of the grid, which is its own neighbour.
            (200, 250, Some((2, 3))),
            // A hole is not bridged: its far side is no neighbour.
            (310, 390, None),
            (500, 700, None),
            (950, 1_050, Some((4, 5))),
            // Beyond either end.
            (-500, -400, None),
            (-50, 50, Some((0, 1))),
            (1_050, 1_150, Some((4, 5))),
            (2_000, 3_000, None),
        ] {
            assert_eq!(grid.indices_of_interval(start, end), indices, "{start} to {end}");
        }
        assert_eq!(TimeGrid::default().indices_of_interval(0, 1_000), None);
    }
}
