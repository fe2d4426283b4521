//! What a window is compared with.

use crate::catalogue::list::closed_list;
use crate::catalogue::purposes::Purpose;
use crate::settings::{BaselineMode, Interval, Settings};
use crate::store::grid::TimeGrid;
use crate::window::onset::{CumulativeMean, LEAST_REQUESTS, is_drift, onset};
use crate::window::replica_set::ReplicaSet;

closed_list! {
    /// How the baseline was chosen.
    BaselineSource {
        /// The range before an accepted change point.
        Auto = "auto",
        /// The beginning of a range in which latency drifted without a moment of change.
        Drift = "drift",
        /// Everything in the range that the window does not cover.
        Range = "range",
        /// The same time a week or a day earlier, where nothing changed in the range.
        Earlier = "earlier",
        /// The same window, earlier by a fixed offset.
        Offset = "offset",
        /// Start and end typed by the user.
        Given = "given",
        /// No comparison.
        None = "none",
    }
}

/// Length from which a baseline is one however few requests it holds, milliseconds: five minutes,
/// the shortest window that is diagnosed by itself.
const LEAST_LENGTH: i64 = 300_000;

/// A baseline as grid indices, with how it was chosen and when a change was found.
#[derive(Debug, Clone, Copy)]
pub struct ChosenBaseline {
    /// First and last index of the grid of `table`.
    pub indices: Option<(usize, usize)>,
    /// The table that it is measured on.
    pub table: Purpose,
    /// How it was chosen.
    pub source: BaselineSource,
    /// When a change was found, Unix milliseconds.
    pub changed_at: Option<i64>,
}

/// Days by which the same time earlier is looked for where nothing changed in the range: the same
/// weekday first, since traffic follows the hour and the day, then the day before.
const EARLIER_DAYS: [i64; 2] = [7, 1];

const DAY_MS: i64 = 86_400_000;

/// No comparison.
pub const NO_BASELINE: ChosenBaseline = ChosenBaseline {
    indices: None,
    table: Purpose::Detail,
    source: BaselineSource::None,
    changed_at: None,
};

/// Chooses what a window, as grid indices, is compared with.
///
/// An interval that the settings name is measured on the detail where that holds it. Where the
/// detail holds nothing of it, or the history more by over a step of the detail, it is measured on
/// the history, whole: two parts of different steps would not be one measurement.
///
/// An automatic one ends a step before the change, and before `before` (Unix milliseconds) where
/// that is given: what is diagnosed must not lie in what it is compared with. Where latency drifted
/// instead, it is the first stretch that is long enough; where nothing changed, the same time a
/// week or a day earlier, if the range reaches back so far and requests finished then.
pub fn choose(
    replicas: &ReplicaSet,
    grid: &TimeGrid,
    history: Option<&TimeGrid>,
    settings: &Settings,
    (first, last): (usize, usize),
    before: Option<i64>,
) -> ChosenBaseline {
    let times = grid.times();
    let baseline = &settings.baseline;
    let source = match baseline.mode {
        BaselineMode::None => return NO_BASELINE,
        BaselineMode::Auto => {
            let Some((mean, split)) = onset(replicas, first, last) else {
                return same_time_earlier(replicas, grid, (first, last));
            };
            let finished = finished(replicas).unwrap_or(mean);
            let found = before_change((mean, finished), split, grid, last, before);
            return found.unwrap_or(NO_BASELINE);
        }
        BaselineMode::Offset => BaselineSource::Offset,
        BaselineMode::Range => BaselineSource::Given,
    };
    let range = Interval { start: times[0], end: times[times.len() - 1] };
    let window = Interval { start: times[first], end: times[last] };
    let Some(Interval { start, end }) = baseline.interval(range, window) else {
        let rest =
            if first >= times.len() - 1 - last { (0, first) } else { (last, times.len() - 1) };
        return chosen(Some(rest), Purpose::Detail, BaselineSource::Range);
    };
    placed(grid, history, Interval { start, end }, source)
}

/// An interval on the detail, or on the history where that holds more of it.
fn placed(
    grid: &TimeGrid,
    history: Option<&TimeGrid>,
    Interval { start, end }: Interval,
    source: BaselineSource,
) -> ChosenBaseline {
    let enough = match grid.overlap(start, end) {
        0 => 0,
        some => some.saturating_add(grid.step()),
    };
    let earlier = history
        .filter(|history| history.overlap(start, end) > enough)
        .and_then(|history| history.indices_of_interval(start, end));
    match earlier {
        Some(indices) => chosen(Some(indices), Purpose::History, source),
        None => chosen(grid.indices(start, end), Purpose::Detail, source),
    }
}

fn same_time_earlier(
    replicas: &ReplicaSet,
    grid: &TimeGrid,
    (first, last): (usize, usize),
) -> ChosenBaseline {
    let times = grid.times();
    for days in EARLIER_DAYS {
        let (start, end) = (times[first] - days * DAY_MS, times[last] - days * DAY_MS);
        if start < times[0] || end > times[first] {
            continue;
        }
        let Some((from, to)) = grid.indices(start, end) else { continue };
        if finished(replicas)
            .is_some_and(|mean| mean.counts[to] - mean.counts[from] >= LEAST_REQUESTS)
        {
            return chosen(Some((from, to)), Purpose::Detail, BaselineSource::Earlier);
        }
    }
    NO_BASELINE
}

/// What counts finished requests. A family of tokens counts many for each of them: a hundred tokens
/// of three requests are no hundred requests.
fn finished(replicas: &ReplicaSet) -> Option<&CumulativeMean> {
    replicas.changes.iter().rev().find_map(Option::as_ref)
}

fn chosen(
    indices: Option<(usize, usize)>,
    table: Purpose,
    source: BaselineSource,
) -> ChosenBaseline {
    match indices.filter(|(start, end)| start < end) {
        Some(indices) => ChosenBaseline { indices: Some(indices), table, source, changed_at: None },
        None => NO_BASELINE,
    }
}

/// Where a baseline begins: with the data, or where nothing finished for long, with the first
/// request. The rates of a time in which a model was not there yet, or nobody asked for it, are no
/// measure of its load.
fn begin(finished: &CumulativeMean, times: &[i64]) -> usize {
    let first = finished.counts.partition_point(|count| *count <= finished.counts[0]);
    let before = first.saturating_sub(1).min(times.len() - 1);
    if times[before] - times[0] >= LEAST_LENGTH { before } else { 0 }
}

/// None with too little before the change of the mean, by the requests that finished.
fn before_change(
    (mean, finished): (&CumulativeMean, &CumulativeMean),
    split: usize,
    grid: &TimeGrid,
    last: usize,
    before: Option<i64>,
) -> Option<ChosenBaseline> {
    let times = grid.times();
    let start = begin(finished, times);
    let is_long = |end: usize| times[end] - times[start] >= LEAST_LENGTH;
    let is_large = |end: usize| finished.counts[end] - finished.counts[0] >= LEAST_REQUESTS;
    let found = before.map_or(split, |before| {
        split.min(times.partition_point(|time| *time < before).saturating_sub(1))
    });
    // The step that holds the change belongs to neither side.
    let before_change = found.saturating_sub(1);
    let drifts = is_drift(mean, times, last);
    let first_stretch = (1..before_change).find(|&end| is_long(end) && is_large(end));
    let (end, source) = match first_stretch.filter(|_| drifts) {
        Some(end) => (end, BaselineSource::Drift),
        None => (before_change, BaselineSource::Auto),
    };
    (end > start && (is_long(end) || is_large(end))).then(|| ChosenBaseline {
        indices: Some((start, end)),
        table: Purpose::Detail,
        source,
        changed_at: (source == BaselineSource::Auto).then(|| times[split]),
    })
}
