//! What to ask a server for: one fetch a purpose, each with its own range, step and queries.

#[cfg(test)]
mod tests;

use crate::catalogue::purposes::Purpose;
use crate::error::Error;
use crate::query::plan::{Plan, PlanOptions, plan};
use crate::settings::{BaselineMode, Interval, Settings};

/// Most steps of a fetch. More points say nothing more about a latency, and servers refuse 11,000;
/// with a tenth of it a baseline and a change point would be guessed from a handful of steps.
const MOST_STEPS: i64 = 1_000;

/// Least step of the history, in steps of the detail. With fewer the history of a baseline would
/// cost as much as the detail; with many more the gauges of a baseline of five minutes would be
/// two or three samples.
const COARSER: i64 = 4;

/// Least step of a history that was asked for by its length, milliseconds. It is drawn as a row of
/// hours or days, where a finer step is not seen and costs the server its time; a coarser one loses
/// samples, because Prometheus looks back no further than five minutes.
const LEAST_ROW_STEP_MS: i64 = 5 * 60 * 1_000;

/// The times a range query is evaluated at, Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchRange {
    /// First evaluation.
    pub start: i64,
    /// Last evaluation, where the range is a multiple of the step.
    pub end: i64,
    /// Distance of two evaluations, above 0.
    pub step_ms: i64,
}

/// Everything to ask a server for one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// Which table the answers are for.
    pub purpose: Purpose,
    /// First evaluation, Unix milliseconds.
    pub start: i64,
    /// Last evaluation, Unix milliseconds.
    pub end: i64,
    /// Distance of two evaluations, milliseconds.
    pub step_ms: i64,
    /// The queries, written for that step.
    pub plan: Plan,
}

impl FetchRange {
    /// The `range_ms` up to `now`, of an engine that is scraped every `scrape_interval_ms`.
    ///
    /// Both ends are multiples of the step, so that a later range of the same step continues this
    /// one, and a cache between here and the server sees the same requests from every reader.
    pub fn up_to(now: i64, range_ms: i64, scrape_interval_ms: i64) -> Self {
        let step_ms = step_of(range_ms, scrape_interval_ms);
        let end = floor(now, step_ms);
        let steps = range_ms.max(0).div_euclid(step_ms)
            + i64::from(range_ms.max(0).rem_euclid(step_ms) > 0);
        Self { start: end.saturating_sub(steps.saturating_mul(step_ms)), end, step_ms }
    }

    /// Exactly from `start` to `end`, as a user typed them.
    pub fn between(start: i64, end: i64, scrape_interval_ms: i64) -> Self {
        Self { start, end, step_ms: step_of(end.saturating_sub(start), scrape_interval_ms) }
    }

    /// The history that a diagnosis of this range needs; None where it needs none.
    ///
    /// It needs one where the settings name a baseline that this range does not hold, or where
    /// `length_ms` asks for so much of the past. Of a baseline by an offset it holds the whole
    /// range, that much earlier, so that every window of the range has its baseline; `ahead_ms`
    /// more behind that saves a host that refreshes from asking again for as long.
    ///
    /// Both ends are multiples of its step. It ends with this range at the latest.
    pub fn history(
        &self,
        settings: &Settings,
        length_ms: Option<i64>,
        ahead_ms: i64,
    ) -> Option<Self> {
        let baseline = self.baseline_outside(settings, ahead_ms);
        let row = length_ms.map(|length| Interval {
            start: self.end.saturating_sub(length.max(0)),
            end: self.end,
        });
        let wanted = [baseline, row].into_iter().flatten();
        let Interval { start, end } = wanted.reduce(|one, other| Interval {
            start: one.start.min(other.start),
            end: one.end.max(other.end),
        })?;
        let end = end.min(self.end);
        if start >= end {
            return None;
        }
        let coarser = self.step_ms.saturating_mul(COARSER);
        let least = if row.is_some() { coarser.max(LEAST_ROW_STEP_MS) } else { coarser };
        // A multiple of the step of the detail: where both are on their steps, so are all times of
        // the history on those of the detail.
        let most = multiple(MOST_STEPS, end.saturating_sub(start)) / MOST_STEPS;
        let step_ms = multiple(self.step_ms, most.max(least));
        let start = floor(start, step_ms);
        // The end of a baseline lies in the past and is rounded up; nothing is asked of the future.
        let after = floor(end.saturating_add(step_ms - 1), step_ms);
        let end = if after <= self.end { after } else { floor(end, step_ms) };
        (start < end).then_some(Self { start, end, step_ms })
    }

    /// What to ask for to have the baseline that the settings name, where this range does not hold
    /// it.
    fn baseline_outside(&self, settings: &Settings, ahead_ms: i64) -> Option<Interval> {
        let range = Interval { start: self.start, end: self.end };
        let window = settings.window_within(range);
        let baseline = settings.baseline.interval(range, window)?;
        // Within a step the detail holds it as well as samples can.
        if baseline.start.saturating_add(self.step_ms) > range.start {
            return None;
        }
        if baseline.end.saturating_sub(baseline.start) <= 0 {
            return None;
        }
        if settings.baseline.mode != BaselineMode::Offset {
            return Some(baseline);
        }
        let earlier = range.earlier(settings.baseline.offset);
        Some(Interval {
            start: earlier.start.min(baseline.start),
            end: earlier.end.max(baseline.end).saturating_add(ahead_ms.max(0)),
        })
    }
}

/// All that a diagnosis of this range needs: the detail first, then the history where there is to
/// be one, as [`FetchRange::history`]. An unknown engine or a malformed option is an error; the step
/// of the options is not looked at.
pub fn fetches(
    engine: &str,
    options: &PlanOptions,
    detail: FetchRange,
    settings: &Settings,
    history_ms: Option<i64>,
) -> Result<Vec<Fetch>, Error> {
    let history = detail.history(settings, history_ms, 0);
    let ranges = [(Purpose::Detail, Some(detail)), (Purpose::History, history)];
    let mut fetches = Vec::with_capacity(ranges.len());
    for (purpose, range) in ranges {
        if let Some(FetchRange { start, end, step_ms }) = range {
            let plan = plan(engine, &PlanOptions { step_ms, ..options.clone() })?;
            fetches.push(Fetch { purpose, start, end, step_ms, plan });
        }
    }
    Ok(fetches)
}

/// The least multiple of the scrape interval that needs at most [`MOST_STEPS`] for a range.
fn step_of(range_ms: i64, scrape_interval_ms: i64) -> i64 {
    let interval = scrape_interval_ms.max(1);
    let most = interval.saturating_mul(MOST_STEPS);
    interval.saturating_mul((range_ms.max(1) - 1) / most + 1)
}

/// The least multiple of a step that is no less than a length; at least the step.
fn multiple(step_ms: i64, length_ms: i64) -> i64 {
    let step = step_ms.max(1);
    step.saturating_mul((length_ms.max(1) - 1) / step + 1)
}

/// The last multiple of a step at or before a time.
fn floor(time: i64, step_ms: i64) -> i64 {
    let step = step_ms.max(1);
    time.div_euclid(step).saturating_mul(step)
}
