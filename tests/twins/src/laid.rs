//! All recordings, each laid beside its twin.

use std::collections::BTreeMap;
use std::fmt;

use crate::compare::{self, Comparisons, Deviation};
use crate::law::Fit;
use crate::recording::{self, Recording};
use crate::twin::{self, Machine};

/// A recording laid beside its twin.
#[derive(Debug, Clone, Default)]
pub struct Laid {
    /// The recording's id.
    pub id: String,
    /// Release of vLLM.
    pub version: String,
    /// What was fitted to each replica.
    pub fits: Vec<Fit>,
    /// Beside a twin that knows the machine's pace.
    pub comparisons: Comparisons,
    /// Families that fit beside a twin that knows the law alone.
    pub fitting_by_law: usize,
}

impl Laid {
    /// Lays a recording beside its twins.
    pub fn of(id: &str) -> Result<Self, String> {
        let recording = Recording::read(id)?;
        let pair = twin::pair(&recording, Machine::LawAndPace)?;
        let by_law = compare::compare(&twin::pair(&recording, Machine::Law)?);
        Ok(Self {
            id: pair.id.clone(),
            version: pair.version.clone(),
            comparisons: compare::compare(&pair),
            fits: pair.fits,
            fitting_by_law: by_law.compared.iter().filter(|one| one.fits()).count(),
        })
    }

    /// Families outside their tolerances, each with the first thing that is.
    pub fn outside(&self) -> BTreeMap<&str, &Deviation> {
        let compared = self.comparisons.compared.iter();
        compared.filter_map(|one| Some((one.family.as_str(), one.deviations.first()?))).collect()
    }
}

/// All of them, by id.
pub fn all() -> Result<Vec<Laid>, String> {
    recording::ids()?.iter().map(|id| Laid::of(id)).collect()
}

impl fmt::Display for Deviation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(formatter, "{}: ", self.place)?;
        }
        let (recorded, simulated) = (number(self.recorded), number(self.simulated));
        if self.what == "distance" {
            return write!(formatter, "distance {simulated}, allowed {recorded}");
        }
        write!(formatter, "{} {recorded} recorded, {simulated} simulated", self.what)
    }
}

/// Three significant digits, whole from a hundred on.
pub fn number(value: f64) -> String {
    let size = value.abs();
    let digits = if size >= 100.0 {
        0
    } else if size >= 10.0 {
        1
    } else if size >= 1.0 {
        2
    } else if size >= 0.01 {
        3
    } else {
        4
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    if text == "-0" { "0".to_owned() } else { text }
}
