//! All recordings, each laid beside its twin.

use std::collections::BTreeMap;
use std::fmt;

use crate::compare::{self, Comparisons, Deviation};
use crate::law::Fit;
use crate::recording::{self, Recording};
use crate::twin::{self, Machine, Pair};

/// Twins of a recording: odd, so that most of them say something; with one, a single stall of the
/// twin decides about families of thirty requests.
const SEEDS: u64 = 5;

/// A recording laid beside its twins.
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
        let pairs = |machine: Machine| -> Result<Vec<Pair>, String> {
            (1..=SEEDS).map(|seed| twin::pair(&recording, machine, seed)).collect()
        };
        let paced = pairs(Machine::LawAndPace)?;
        let by_law = usual(pairs(Machine::Law)?.iter().map(compare::compare).collect());
        Ok(Self {
            id: recording.id.clone(),
            version: recording.truth.version.clone(),
            comparisons: usual(paced.iter().map(compare::compare).collect()),
            fits: paced.into_iter().next().map(|pair| pair.fits).unwrap_or_default(),
            fitting_by_law: by_law.compared.iter().filter(|one| one.fits()).count(),
        })
    }

    /// Families outside their tolerances, each with the first thing that is.
    pub fn outside(&self) -> BTreeMap<&str, &Deviation> {
        let compared = self.comparisons.compared.iter();
        compared.filter_map(|one| Some((one.family.as_str(), one.deviations.first()?))).collect()
    }
}

/// What most seeds say: a family fits if it fits in most of them. Otherwise it deviates as in the
/// first one in which it does not.
fn usual(mut seeds: Vec<Comparisons>) -> Comparisons {
    let Some(mut first) = seeds.pop() else { return Comparisons::default() };
    for one in &mut first.compared {
        let same = |other: &Comparisons| {
            let found = other.compared.iter().find(|other| other.family == one.family);
            found.map(|found| found.deviations.clone()).unwrap_or_default()
        };
        let mut deviations: Vec<Vec<Deviation>> = seeds.iter().map(same).collect();
        deviations.push(std::mem::take(&mut one.deviations));
        let misfits = deviations.iter().filter(|found| !found.is_empty()).count();
        if 2 * misfits > deviations.len() {
            one.deviations =
                deviations.into_iter().find(|found| !found.is_empty()).unwrap_or_default();
        }
    }
    first
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
