//! The verdict of every step of the range: onset, flapping and recovery at a glance.

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::error::Error;
use crate::report::{StepVerdict, Timeline, TimelineStep};
use crate::session::{Session, no_scope};
use crate::small::list::CollectVec;
use crate::store::grid::TimeGrid;

const MINUTE: i64 = 60_000;

/// Lengths of a step. Round ones begin at times that a clock shows.
const LENGTHS: [i64; 11] = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440];

/// Steps of a range: one each five minutes of a day. A row of a screen shows no more, and fewer
/// hide what comes and goes.
const MOST_STEPS: i64 = 288;

/// Shortest window of a step, milliseconds: that of a diagnosis nobody chose a window for. In less,
/// too few requests finish to judge an ordinary engine.
const LEAST_WINDOW: i64 = 5 * MINUTE;

impl Session {
    /// The verdicts of some steps of a scope, by their numbers from 0; those that do not exist are
    /// left out. `timeline(scope, 0..0)` only counts.
    ///
    /// Each step is diagnosed at its end over the last five minutes, or over itself where it is
    /// longer, as a reader would who chose that window with the same settings. It costs a diagnosis
    /// a step, so that a page asks for a few at a time.
    pub fn timeline(&self, scope: usize, wanted: Range<usize>) -> Result<Timeline, Error> {
        let detail = self.detail()?;
        if scope >= detail.scopes.len() {
            return Err(no_scope(scope, detail.scopes.len()));
        }
        let grid = &detail.store.grid;
        let times = grid.times();
        let step = step_length(grid);
        let window = step.max(LEAST_WINDOW);
        let steps = steps(times, step);
        let some = steps.iter().take(wanted.end).skip(wanted.start);
        let judged = some.map(|&(before, last)| {
            let first = start_of_window(times, last, window);
            let found = first.and_then(|first| self.diagnose(detail, scope, (first, last)));
            let verdict = found.map(|found| StepVerdict {
                from: times[found.window.0],
                id: found.verdict.id,
                severity: found.verdict.severity,
            });
            TimelineStep { start: times[before], end: times[last], verdict }
        });
        let judged = judged.collect_vec();
        Ok(Timeline { step, window, all: steps.len(), steps: judged })
    }
}

/// The shortest round length of which the range holds no more than [`MOST_STEPS`], and that is not
/// shorter than the distance of the samples.
fn step_length(grid: &TimeGrid) -> i64 {
    let times = grid.times();
    let range = times.last().zip(times.first()).map_or(0, |(end, start)| end - start);
    let least = grid.step().max(range / MOST_STEPS);
    let round = LENGTHS.iter().map(|minutes| minutes * MINUTE).find(|length| *length >= least);
    round.unwrap_or(least)
}

/// Last sample before each step, and its own last sample, by index. Steps end at multiples of their
/// length, so that they stay where they are while the range moves on.
fn steps(times: &[i64], length: i64) -> Vec<(usize, usize)> {
    let place = |index: usize| (times[index] - 1).div_euclid(length);
    let mut steps = Vec::new();
    let mut before = 0;
    for index in 1..times.len() {
        let is_last = index + 1 == times.len() || place(index + 1) != place(index);
        if is_last {
            steps.push((before, index));
            before = index;
        }
    }
    steps
}

/// The sample nearest to the start of a window that ends with `last`; None where there is none
/// within half a window of it, or where that is `last` itself.
fn start_of_window(times: &[i64], last: usize, window: i64) -> Option<usize> {
    let start = times[last] - window;
    let after = times.partition_point(|time| *time < start);
    let distance = |index: &usize| (times[*index] - start).abs();
    let nearest = [after.saturating_sub(1), after].into_iter().min_by_key(distance)?;
    (nearest < last && 2 * distance(&nearest) <= window && times[0] <= start + window / 10)
        .then_some(nearest)
}
