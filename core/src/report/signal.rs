//! Measurements with their uncertainty and their judgement.

use serde::Serialize;

/// Measurements by signal name, in reading order. Serialised as an object whose keys keep that
/// order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signals(pub Vec<(String, SignalReport)>);

impl Signals {
    /// The measurement of that name, if the window has one.
    pub fn get(&self, name: &str) -> Option<&SignalReport> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

impl Serialize for Signals {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[cfg(feature = "typescript")]
impl ts_rs::TS for Signals {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;
    fn name(_: &ts_rs::Config) -> String {
        "Record<string, SignalReport>".to_owned()
    }
    fn inline(config: &ts_rs::Config) -> String {
        Self::name(config)
    }
}

/// Whether a number is guaranteed by the data or estimated from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Basis {
    /// Guaranteed by integer counts and exact sums.
    Exact,
    /// From extrapolated counts, sampled gauges or another population.
    Estimated,
}

/// Level of a signal against its threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Level {
    /// The whole interval lies above the line.
    High,
    /// The whole interval lies below the line, on the side that is unusual.
    Low,
    /// The whole interval lies on the good side of the line.
    Normal,
    /// Too close to call, or not measured.
    Unknown,
}

/// One measurement over the window.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SignalReport {
    /// Name for people, e.g. `Time to first token`.
    pub title: String,
    /// `s`, `ratio`, `requests`, `tokens`, `tokens/s`, `requests/s` or `sequences`.
    pub unit: String,
    /// Observations in the window; absent for gauges and rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub count: Option<f64>,
    /// Mean: exact for histograms, over samples for gauges, over the window for rates.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub mean: Option<f64>,
    /// Smallest sample; gauges only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub min: Option<f64>,
    /// Largest sample; gauges only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub max: Option<f64>,
    /// Newest sample; gauges only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub last: Option<f64>,
    /// Mean over the baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub baseline_mean: Option<f64>,
    /// Judgement against the objective, the baseline or a limit.
    pub level: Level,
    /// What it was judged against and by how far, one sentence.
    pub level_reason: String,
    /// Quantiles asked for in the settings; empty for anything but histograms.
    pub quantiles: Vec<QuantileReport>,
    /// The same quantiles over the baseline.
    pub baseline_quantiles: Vec<QuantileReport>,
    /// Share of requests within the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub attainment: Option<Attainment>,
}

/// One quantile: PromQL's point, the interval that holds the sample's quantile, and how much it
/// says.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each a field of the report's fixed shape"
)]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct QuantileReport {
    /// The quantile, in [0, 1].
    pub q: f64,
    /// What PromQL's `histogram_quantile` prints; absent where it prints NaN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub point: Option<f64>,
    /// Lower end of the interval that holds the sample quantile.
    pub lo: f64,
    /// Upper end; absent when it lies in the open last bucket and the sum does not bound it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub hi: Option<f64>,
    /// The quantile lies strictly above `lo` (a bucket is open at its lower bound).
    pub lo_excluded: bool,
    /// `exact` when the interval is guaranteed.
    pub basis: Basis,
    /// An upper end from the order between sibling metrics of different populations; an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub order_hi: Option<f64>,
    /// PromQL's point lies outside [lo, hi].
    pub outside_bounds: bool,
    /// Lower end of the 95 % interval for the process behind the sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub sample_lo: Option<f64>,
    /// Upper end of that interval; absent when unbounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub sample_hi: Option<f64>,
    /// PromQL's point carries no information about the data, or contradicts a sibling metric.
    pub artefact: bool,
    /// Why, one phrase; absent unless `artefact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub artefact_reason: Option<String>,
    /// The quantile lies in the first or in the open last bucket.
    pub unresolved: bool,
}

/// Share of requests within a target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Attainment {
    /// The target in the signal's unit.
    pub target: f64,
    /// Least share of requests at or below the target.
    pub lo: f64,
    /// Greatest share of requests at or below the target.
    pub hi: f64,
    /// The target is a bucket bound, so `lo` equals `hi`.
    pub exact: bool,
}
