//! Settings: one table for the JSON form, host options, element attributes and command-line flags.
//!
//! [`table`] has a row for each setting; [`takes`] says what values there are, [`words`] what
//! people read about them, [`removed`] what earlier versions had.

mod declare;
pub(crate) mod intervals;
mod read;
mod refusal;
pub mod removed;
pub mod table;
pub mod takes;
mod value;
pub mod words;

use serde::Serialize;

use self::refusal::refused;
pub use self::table::{BaselineSettings, ScopeSettings, Settings, Slo};
pub use crate::catalogue::baseline_modes::BaselineMode;
use crate::catalogue::limits::LimitId;
use crate::catalogue::signals::SignalId;
pub use crate::catalogue::slo_profiles::SloProfile;
use crate::catalogue::threshold::Threshold;
use crate::error::Error;
use crate::small::sorted::sort;

/// Version of the settings' shape. Settings of an earlier one are read, and become this one.
pub const SCHEMA: u32 = 2;

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

impl Slo {
    /// The target of a signal in seconds, and whether the user set it.
    pub fn target(&self, signal: SignalId) -> Option<(f64, bool)> {
        match self.targets.get(signal.id()) {
            Some(&target) => Some((target, true)),
            None if signal == SignalId::E2e && self.whole.is_some() => Some((self.whole?, false)),
            None => self.profile.target(signal).map(|target| (target, false)),
        }
    }
}

impl Settings {
    /// Parses and checks the JSON form.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let settings = read::settings(json)?;
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
            sort(&mut quantiles, f64::total_cmp);
        }
        quantiles
    }

    /// Refuses values outside their range, naming the setting, the value and the range.
    pub fn check(&self) -> Result<(), Error> {
        if self.schema != SCHEMA {
            return Err(refused("schema", &SCHEMA.to_string(), &self.schema.to_string()));
        }
        for setting in table::settings() {
            (setting.check)(self, setting)?;
        }
        if let (Some(start), Some(end)) = (self.baseline.start, self.baseline.end)
            && end <= start
        {
            let expected = format!("later than baseline.start, {start}");
            return Err(refused("baseline.end", &expected, &end.to_string()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
