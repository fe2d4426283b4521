//! The neutral input of every host: columns of times and values, and a description of each series.

use serde::Serialize;

pub use crate::role::SeriesKind;

use crate::error::Error;
use crate::ingest::native::{NativeSeries, to_classic};
use crate::small::sorted::SortedMap;

/// Largest value of a sample. What engines measure stays below 1e20; beyond this bound sums of
/// samples or of their squares could leave the range of a float.
pub const LARGEST_VALUE: f64 = 1e100;

/// Query results as columns. `NaN` in `values` marks an absent sample; that is the one absent
/// marker.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SampleBatch {
    /// Unix milliseconds; each series refers to an ascending run of them. Runs are shared between
    /// series.
    #[cfg_attr(feature = "typescript", ts(type = "Float64Array"))]
    pub times: Vec<f64>,
    /// Sample values; `NaN` = absent.
    #[cfg_attr(feature = "typescript", ts(type = "Float64Array"))]
    pub values: Vec<f64>,
    /// One entry a series.
    pub series: Vec<SeriesDescription>,
    /// Series of native histograms.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<NativeSeries>>"))]
    pub native: Vec<NativeSeries>,
    /// Messages of the server or of the host that go with the data.
    pub notices: Vec<Notice>,
    /// Samples that the source gave as NaN, infinite or beyond [`LARGEST_VALUE`]; they are absent
    /// from `values` and become a caveat.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub not_finite: u64,
}

impl SampleBatch {
    /// The same batch with its native histograms as classic series, which is what a store is made
    /// of. More than `limit` samples of them are an error.
    pub(crate) fn into_classic(mut self, limit: usize) -> Result<Self, Error> {
        let classic = to_classic(&std::mem::take(&mut self.native), limit)?;
        self.append(classic);
        Ok(self)
    }

    /// The batches one after the other, each given up as it is added, so that no sample is in
    /// memory twice.
    pub fn joined(batches: Vec<Self>) -> Self {
        let samples: usize = batches.iter().map(|batch| batch.values.len()).sum();
        let mut batches = batches.into_iter();
        let mut all = batches.next().unwrap_or_default();
        // Doubled while it grows, the column would be up to twice as long as its samples.
        all.values.reserve_exact(samples.saturating_sub(all.values.len()));
        for batch in batches {
            all.append(batch);
        }
        all
    }

    fn append(&mut self, other: Self) {
        let (grid, offset) = (self.times.len(), self.values.len());
        self.times.extend(other.times);
        self.values.extend(other.values);
        self.series.extend(other.series.into_iter().map(|series| SeriesDescription {
            grid: grid + series.grid,
            offset: offset + series.offset,
            ..series
        }));
        self.native.extend(other.native);
        self.notices.extend(other.notices);
        self.not_finite += other.not_finite;
    }
}

/// Labels of a series by name.
pub type Labels = SortedMap<String, String>;

/// One series of a [`SampleBatch`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SeriesDescription {
    /// Labels, `__name__` among them where the host keeps it.
    #[cfg_attr(feature = "typescript", ts(type = "{ [key in string]: string }"))]
    pub labels: Labels,
    /// What the series is, e.g. `queue_time_bucket`; overrides name and label `triage_role`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub role: Option<String>,
    /// The query text it came from; the last resort for finding its role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub query: Option<String>,
    /// How to read the values; absent: from the role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub kind: Option<SeriesKind>,
    /// Window of an increment, rate or increase in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub window_ms: Option<i64>,
    /// Index into `times` of the first sample's time.
    pub grid: usize,
    /// Index into `values` of the first sample.
    pub offset: usize,
    /// Number of samples.
    pub length: usize,
}

/// A message that goes with the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Notice {
    /// How bad it is.
    pub level: NoticeLevel,
    /// The message as received.
    pub text: String,
    /// The query it belongs to.
    #[cfg_attr(test, serde(default))]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub query: Option<String>,
}

/// Level of a [`Notice`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum NoticeLevel {
    /// For information.
    Info,
    /// The data may be incomplete.
    Warning,
    /// A query failed.
    Error,
}
