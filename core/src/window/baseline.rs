//! What a window is compared with.

use crate::catalogue::list::closed_list;
use crate::catalogue::purposes::Purpose;
use crate::settings::{BaselineMode, Interval, Settings};
use crate::store::grid::TimeGrid;
use crate::window::onset::{LEAST_REQUESTS, onset};
use crate::window::replica_set::ReplicaSet;

closed_list! {
    /// How the baseline was chosen.
    BaselineSource {
        /// The range before an accepted change point.
        Auto = "auto",
        /// Everything in the range that the window does not cover.
        Range = "range",
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

const NO_BASELINE: ChosenBaseline = ChosenBaseline {
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
/// that is given: what is diagnosed must not lie in what it is compared with.
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
        BaselineMode::Auto => return automatic(replicas, grid, (first, last), before),
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

fn automatic(
    replicas: &ReplicaSet,
    grid: &TimeGrid,
    (first, last): (usize, usize),
    before: Option<i64>,
) -> ChosenBaseline {
    let times = grid.times();
    let Some((mean, split)) = onset(replicas, first, last) else { return NO_BASELINE };
    let found = before.map_or(split, |before| {
        split.min(times.partition_point(|time| *time < before).saturating_sub(1))
    });
    // The step that holds the change belongs to neither side.
    let end = found.saturating_sub(1);
    let long = times[end] - times[0] >= LEAST_LENGTH;
    if end == 0 || !(long || mean.counts[end] - mean.counts[0] >= LEAST_REQUESTS) {
        return NO_BASELINE;
    }
    ChosenBaseline {
        indices: Some((0, end)),
        table: Purpose::Detail,
        source: BaselineSource::Auto,
        changed_at: Some(times[split]),
    }
}
