//! Which intervals the settings ask for, within a range of data.

use crate::settings::{BaselineMode, BaselineSettings, Interval, Settings};

/// Least length of the window that is chosen when none is given: shorter ones hold too few requests
/// to judge.
pub(crate) const LEAST_WINDOW_MS: i64 = 5 * 60 * 1000;

impl Settings {
    /// The interval to diagnose: the given one, else the last tenth of the range, at least five
    /// minutes.
    pub fn window_within(&self, range: Interval) -> Interval {
        self.window.unwrap_or_else(|| {
            let length = LEAST_WINDOW_MS.max(range.end.saturating_sub(range.start) / 10);
            Interval { start: range.end.saturating_sub(length), end: range.end }
        })
    }
}

impl BaselineSettings {
    /// The interval that these settings name for a window within a range. None where they name
    /// none: the data decide, or there is no comparison.
    pub fn interval(&self, range: Interval, window: Interval) -> Option<Interval> {
        match self.mode {
            BaselineMode::Offset => Some(window.earlier(self.offset)),
            BaselineMode::Range if self.start.is_some() || self.end.is_some() => Some(Interval {
                start: self.start.unwrap_or(range.start),
                end: self.end.unwrap_or(window.start),
            }),
            BaselineMode::Auto | BaselineMode::Range | BaselineMode::None => None,
        }
    }
}

impl Interval {
    /// The same interval, that many milliseconds earlier.
    pub fn earlier(self, milliseconds: i64) -> Self {
        Self {
            start: self.start.saturating_sub(milliseconds),
            end: self.end.saturating_sub(milliseconds),
        }
    }
}
