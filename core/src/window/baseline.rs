//! What a window is compared with.

use crate::catalogue::list::closed_list;
use crate::settings::{BaselineMode, Settings};
use crate::store::grid::TimeGrid;
use crate::window::onset::change_point;
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

/// A baseline as grid indices, with how it was chosen and when a change was found.
#[derive(Debug, Clone, Copy)]
pub struct ChosenBaseline {
    /// First and last grid index.
    pub indices: Option<(usize, usize)>,
    /// How it was chosen.
    pub source: BaselineSource,
    /// When a change was found, Unix milliseconds.
    pub changed_at: Option<i64>,
}

const NO_BASELINE: ChosenBaseline =
    ChosenBaseline { indices: None, source: BaselineSource::None, changed_at: None };

/// Chooses what a window, as grid indices, is compared with.
pub fn choose(
    replicas: &ReplicaSet,
    grid: &TimeGrid,
    settings: &Settings,
    (first, last): (usize, usize),
) -> ChosenBaseline {
    let chosen = |indices: Option<(usize, usize)>, source| match indices
        .filter(|(start, end)| start < end)
    {
        Some(indices) => ChosenBaseline { indices: Some(indices), source, changed_at: None },
        None => NO_BASELINE,
    };
    let times = grid.times();
    match settings.baseline.mode {
        BaselineMode::None => NO_BASELINE,
        BaselineMode::Auto => automatic(replicas, grid, first, last),
        BaselineMode::Offset => {
            let offset = settings.baseline.offset;
            chosen(
                grid.indices(times[first] - offset, times[last] - offset),
                BaselineSource::Offset,
            )
        }
        BaselineMode::Range => match (settings.baseline.start, settings.baseline.end) {
            (None, None) if first >= times.len() - 1 - last => {
                chosen(Some((0, first)), BaselineSource::Range)
            }
            (None, None) => chosen(Some((last, times.len() - 1)), BaselineSource::Range),
            (start, end) => {
                let (start, end) = (start.unwrap_or(times[0]), end.unwrap_or(times[first]));
                chosen(grid.indices(start, end), BaselineSource::Given)
            }
        },
    }
}

fn automatic(replicas: &ReplicaSet, grid: &TimeGrid, first: usize, last: usize) -> ChosenBaseline {
    replicas.changes.iter().flatten().find_map(|mean| change_point(mean, first, last)).map_or(
        NO_BASELINE,
        |split| ChosenBaseline {
            indices: Some((0, split)),
            source: BaselineSource::Auto,
            changed_at: Some(grid.times()[split]),
        },
    )
}
