//! The common time grid: index ↔ time.

use crate::small::sorted::sort;

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
}
