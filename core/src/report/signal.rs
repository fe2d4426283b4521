//! Measurements with their uncertainty and their judgement.

use crate::small::list::CollectVec;
use serde::Serialize;

use crate::catalogue::signals::SignalId;
use crate::histogram::{Basis, QuantileEstimate};
use crate::signal;
use crate::signal::level::Level;

/// Measurements by signal name, in reading order. Serialised as an object whose keys keep that
/// order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signals(pub Vec<(SignalId, SignalReport)>);

impl Signals {
    /// The measurement, if the window has it.
    pub fn get(&self, id: SignalId) -> Option<&SignalReport> {
        self.0.iter().find(|(key, _)| *key == id).map(|(_, value)| value)
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
        "Partial<Record<SignalId, SignalReport>>".to_owned()
    }
    fn inline(config: &ts_rs::Config) -> String {
        Self::name(config)
    }
}

/// One measurement over the window.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SignalReport {
    /// Name for people, e.g. `Time to first token`.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub title: &'static str,
    /// `s`, `ratio`, `requests`, `tokens`, `tokens/s`, `requests/s` or `sequences`.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub unit: &'static str,
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

impl From<signal::Signals> for Signals {
    fn from(signals: signal::Signals) -> Self {
        Self(
            signals
                .0
                .into_iter()
                .map(|signal| (signal.id, SignalReport::from(signal)))
                .collect_vec(),
        )
    }
}

impl From<signal::Signal> for SignalReport {
    fn from(signal: signal::Signal) -> Self {
        let reports = |quantiles: Vec<QuantileEstimate>| {
            quantiles.into_iter().map(QuantileReport::from).collect_vec()
        };
        Self {
            title: signal.id.title(),
            unit: signal.id.unit(),
            count: signal.count,
            mean: signal.mean,
            min: signal.min,
            max: signal.max,
            last: signal.last,
            baseline_mean: signal.baseline_mean,
            level: signal.level,
            level_reason: signal.level_reason,
            quantiles: reports(signal.quantiles),
            baseline_quantiles: reports(signal.baseline_quantiles),
            attainment: signal.attainment.map(Attainment::from),
        }
    }
}

impl From<QuantileEstimate> for QuantileReport {
    fn from(estimate: QuantileEstimate) -> Self {
        Self {
            q: estimate.q,
            point: estimate.point,
            lo: estimate.lo,
            hi: estimate.hi,
            lo_excluded: estimate.lo_excluded,
            basis: estimate.basis,
            order_hi: estimate.order_hi,
            outside_bounds: estimate.is_outside_bounds(),
            sample_lo: estimate.sample_lo,
            sample_hi: estimate.sample_hi,
            artefact: estimate.artefact.is_some(),
            artefact_reason: estimate.artefact,
            unresolved: estimate.unresolved,
        }
    }
}

impl From<signal::Attainment> for Attainment {
    fn from(attainment: signal::Attainment) -> Self {
        let signal::Attainment { target, lo, hi, exact, nearest: _, missed: _ } = attainment;
        Self { target, lo, hi, exact }
    }
}
