//! Settings: one schema for host options, element attributes and command-line flags.

mod intervals;
mod read;

use serde::Serialize;

use crate::catalogue::limits::LimitId;
use crate::catalogue::sections::Section;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::Threshold;
use crate::error::Error;
use crate::json::Reader;
use crate::small::sorted::{SortedMap, sort_few};
use crate::small::text::joined;
use crate::text::decimal::shortest;

/// Version of the settings' shape.
pub const SCHEMA: u32 = 1;

/// Everything a user can choose. Unknown fields are refused; every field has a default.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Settings {
    /// Version of this shape, [`SCHEMA`].
    pub schema: u32,
    /// The interval to diagnose; absent: the last tenth of the range, at least 5 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub window: Option<Interval>,
    /// What to compare with.
    pub baseline: BaselineSettings,
    /// Objectives.
    pub slo: Slo,
    /// Which model and replica to show; absent: the worst scope, all replicas.
    pub scope: ScopeSettings,
    /// Limits given by hand, by name, e.g. `max_num_seqs`. Their provenance is "given".
    #[cfg_attr(feature = "typescript", ts(type = "{ [key in string]: number }"))]
    pub limits: SortedMap<String, f64>,
    /// Thresholds of the triage set by hand, by id, e.g. `memory.full`.
    #[cfg_attr(feature = "typescript", ts(type = "{ [key in string]: number }"))]
    pub thresholds: SortedMap<String, f64>,
    /// Metric name prefix when it is not one an exporter has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub prefix: Option<String>,
    /// Quantiles to report, each in [0, 1].
    pub quantiles: Vec<f64>,
    /// Parts of the view to show, in order.
    pub sections: Vec<Section>,
}

/// A closed interval, Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Interval {
    /// Start.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub start: i64,
    /// End, after the start.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub end: i64,
}

/// What to compare the window with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BaselineSettings {
    /// How it is chosen.
    pub mode: BaselineMode,
    /// Start, for mode `range`; absent: everything the window does not cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub start: Option<i64>,
    /// End, for mode `range`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub end: Option<i64>,
    /// Distance into the past in milliseconds, for mode `offset`.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub offset: i64,
}

/// How the baseline is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum BaselineMode {
    /// The range before a change point, if one is accepted.
    Auto,
    /// `start` to `end`.
    Range,
    /// The window, `offset` earlier.
    Offset,
    /// No comparison.
    None,
}

/// Objectives.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Slo {
    /// Which default targets apply.
    pub profile: SloProfile,
    /// The quantile that must meet the target, in (0, 1).
    pub quantile: f64,
    /// Share of requests that must meet the target, in (0, 1).
    pub objective: f64,
    /// Targets in seconds by signal (`ttft`, `itl`, `tpot`, `e2e`) that replace the profile's.
    #[cfg_attr(feature = "typescript", ts(type = "{ [key in string]: number }"))]
    pub targets: SortedMap<String, f64>,
}

/// Default targets by kind of service. Sources: the published vLLM incident (chat) and common
/// practice for the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SloProfile {
    /// A person reads along.
    Chat,
    /// An editor waits.
    CodeCompletion,
    /// Nobody waits.
    Batch,
    /// A person waits for an answer over long prompts.
    Rag,
    /// A program waits.
    Agent,
}

/// Which part of the input to show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ScopeSettings {
    /// Model name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub model: Option<String>,
    /// Replica key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub replica: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            window: None,
            baseline: BaselineSettings::default(),
            slo: Slo::default(),
            scope: ScopeSettings::default(),
            limits: SortedMap::new(),
            thresholds: SortedMap::new(),
            prefix: None,
            quantiles: vec![0.5, 0.95, 0.99],
            sections: Section::ALL.to_vec(),
        }
    }
}

impl Default for BaselineSettings {
    fn default() -> Self {
        const DAY: i64 = 86_400_000;
        Self { mode: BaselineMode::Auto, start: None, end: None, offset: DAY }
    }
}

impl Default for Slo {
    fn default() -> Self {
        Self {
            profile: SloProfile::Chat,
            quantile: 0.95,
            objective: 0.95,
            targets: SortedMap::new(),
        }
    }
}

impl SloProfile {
    /// Default target in seconds of `ttft`, `itl`, `tpot` or `e2e`; `tpot` uses the inter-token
    /// target.
    pub fn target(self, signal: SignalId) -> Option<f64> {
        let (ttft, itl, e2e) = match self {
            Self::Chat => (2.5, 0.05, 10.0),
            Self::CodeCompletion => (0.2, 0.03, 3.0),
            Self::Batch => (5.0, 0.1, 60.0),
            Self::Rag => (1.0, 0.08, 15.0),
            Self::Agent => (2.0, 0.1, 30.0),
        };
        match signal {
            SignalId::Ttft => Some(ttft),
            SignalId::Itl | SignalId::Tpot => Some(itl),
            SignalId::E2e => Some(e2e),
            _ => None,
        }
    }
}

impl Slo {
    /// The target of a signal in seconds, and whether the user set it.
    pub fn target(&self, signal: SignalId) -> Option<(f64, bool)> {
        match self.targets.get(signal.id()) {
            Some(&target) => Some((target, true)),
            None => self.profile.target(signal).map(|target| (target, false)),
        }
    }
}

/// Signals that may carry a target.
const TARGET_SIGNALS: [SignalId; 4] =
    [SignalId::Ttft, SignalId::Itl, SignalId::Tpot, SignalId::E2e];

impl Settings {
    /// Parses and checks the JSON form.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let settings = Reader::read(json, read::settings)
            .map_err(|why| Error::bad_settings(format!("the settings are not valid: {why}")))?;
        settings.check()?;
        Ok(settings)
    }

    /// The line in force.
    pub fn threshold(&self, threshold: &Threshold) -> f64 {
        self.thresholds.get(threshold.id).copied().unwrap_or(threshold.value)
    }

    /// A limit that the user gave by hand.
    pub fn given_limit(&self, id: LimitId) -> Option<f64> {
        self.limits.get(id.id()).copied()
    }

    /// The quantiles to report in ascending order, the one the objective judges among them: a level
    /// without its number could not be checked by the reader.
    pub fn reported_quantiles(&self) -> Vec<f64> {
        let mut quantiles = self.quantiles.clone();
        if !quantiles.iter().any(|q| q.total_cmp(&self.slo.quantile).is_eq()) {
            quantiles.push(self.slo.quantile);
            sort_few(&mut quantiles, f64::total_cmp);
        }
        quantiles
    }

    /// Refuses values outside their range, naming the value and the range.
    pub fn check(&self) -> Result<(), Error> {
        if self.schema != SCHEMA {
            return Err(Error::bad_settings(format!(
                "settings schema must be {SCHEMA}, got {}",
                self.schema
            )));
        }
        if let Some(window) = self.window
            && window.end <= window.start
        {
            return Err(Error::bad_settings(format!(
                "the window must end after it starts, got {} to {}",
                window.start, window.end
            )));
        }
        if let (Some(start), Some(end)) = (self.baseline.start, self.baseline.end)
            && end <= start
        {
            return Err(Error::bad_settings(format!(
                "the baseline must end after it starts, got {start} to {end}"
            )));
        }
        if self.baseline.offset <= 0 {
            return Err(Error::bad_settings(format!(
                "the baseline offset must be a positive number of milliseconds, got {}",
                self.baseline.offset
            )));
        }
        self.check_objectives()?;
        self.check_limits()
    }

    fn check_objectives(&self) -> Result<(), Error> {
        for (name, value) in
            [("slo quantile", self.slo.quantile), ("slo objective", self.slo.objective)]
        {
            if !(value > 0.0 && value < 1.0) {
                return Err(Error::bad_settings(format!(
                    "{name} must be between 0 and 1, got {}",
                    shortest(value)
                )));
            }
        }
        for &q in &self.quantiles {
            if !(0.0..=1.0).contains(&q) {
                return Err(Error::bad_settings(format!(
                    "quantile must be between 0 and 1, got {}",
                    shortest(q)
                )));
            }
        }
        for (signal, &target) in self.slo.targets.iter() {
            if !TARGET_SIGNALS.iter().any(|known| known.id() == signal) {
                return Err(Error::bad_settings(format!(
                    "there is no target for \"{signal}\"; targets are {}",
                    joined(&TARGET_SIGNALS.map(SignalId::id), ", ")
                )));
            }
            if !(target > 0.0 && target.is_finite()) {
                return Err(Error::bad_settings(format!(
                    "the target of {signal} must be a positive number of seconds, got {}",
                    shortest(target)
                )));
            }
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), Error> {
        for (name, &value) in self.limits.iter() {
            if !LimitId::from_id(name).is_some_and(LimitId::may_be_given) {
                let known: Vec<&str> =
                    LimitId::ALL.iter().filter(|id| id.may_be_given()).map(|id| id.id()).collect();
                return Err(Error::bad_settings(format!(
                    "there is no limit \"{name}\"; limits are {}",
                    joined(&known, ", ")
                )));
            }
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::bad_settings(format!(
                    "the limit {name} must be positive, got {}",
                    shortest(value)
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_judged_quantile_is_reported_once_and_in_order() {
        let mut settings = Settings::default();
        assert_eq!(settings.reported_quantiles(), [0.5, 0.95, 0.99]);
        settings.slo.quantile = 0.9;
        assert_eq!(settings.reported_quantiles(), [0.5, 0.9, 0.95, 0.99]);
    }
}
