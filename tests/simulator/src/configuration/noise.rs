//! What makes two runs of one service differ: processes that are not equally fast, and scrapes that
//! are not taken at one moment.

use serde::{Deserialize, Serialize};

/// How unevenly engines run. Assumed throughout: recordings of real engines show each of these and
/// are too few to tell how often.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Largest amplitude of the slow drift of a process's pace (heat, neighbours, memory layout):
    /// each process draws between 0.3 and 1 of it. 0.1 is ± 3–10 %.
    pub drift: f64,
    /// Standard deviation of the logarithm of a process's pace over its life: which cores, which
    /// kernels a start chose.
    pub start_spread: f64,
    /// Mean number of stalls of a process in an hour; each holds its step up for 0.1 to 2 s.
    pub stalls_per_hour: f64,
    /// Share of the steps that take 1.25 times as long or more, with a tail that falls with the
    /// square.
    pub tail_share: f64,
}

impl Noise {
    /// Processes that run like clockwork, but for the jitter of their hardware.
    pub const NONE: Self =
        Self { drift: 0.0, start_spread: 0.0, stalls_per_hour: 0.0, tail_share: 0.0 };

    /// Processes as one meets them.
    pub const TYPICAL: Self =
        Self { drift: 0.1, start_spread: 0.02, stalls_per_hour: 4.0, tail_share: 0.004 };
}

impl Default for Noise {
    fn default() -> Self {
        Self::NONE
    }
}

/// How scrapes are taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scraping {
    /// Whether each target is read at its own phase of the interval; a value at a time of the grid
    /// is then up to one interval old.
    pub has_offsets: bool,
    /// A scrape is up to so much late, seconds.
    pub jitter_seconds: f64,
    /// Share of the scrapes that fail, 0–1.
    pub missed_share: f64,
    /// Share of the scrapes that read several seconds later than the others, 0–1.
    pub slow_share: f64,
}

impl Scraping {
    /// Every target at the very moment, always.
    pub const IDEAL: Self =
        Self { has_offsets: false, jitter_seconds: 0.0, missed_share: 0.0, slow_share: 0.0 };

    /// As a Prometheus scrapes: targets spread over the interval, a failure now and then.
    pub const TYPICAL: Self =
        Self { has_offsets: true, jitter_seconds: 0.2, missed_share: 0.003, slow_share: 0.01 };
}

impl Default for Scraping {
    fn default() -> Self {
        Self::IDEAL
    }
}
