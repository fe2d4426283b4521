//! Lays a twin beside its recording, family by family.

use std::collections::{BTreeMap, BTreeSet};

use crate::family::{Families, Kind, families, part_of};
use crate::page::{Line, growth};
use crate::tolerance::{self, Tolerance};
use crate::twin::Pair;

/// One family of one recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The family's name.
    pub family: String,
    /// How it is compared.
    pub kind: Kind,
    /// What is outside its tolerance; empty: it fits.
    pub deviations: Vec<Deviation>,
}

impl Comparison {
    /// Whether nothing is outside its tolerance.
    pub fn fits(&self) -> bool {
        self.deviations.is_empty()
    }
}

/// Something outside its tolerance.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// Part and replica, where there are several.
    pub place: String,
    /// What was compared.
    pub what: String,
    /// Recorded, in the family's unit; of distances the tolerance.
    pub recorded: f64,
    /// Simulated; of distances the distance.
    pub simulated: f64,
}

/// Families that both export, and those that only one does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparisons {
    /// Compared.
    pub compared: Vec<Comparison>,
    /// The recording alone has them.
    pub recorded_only: BTreeSet<String>,
    /// The twin alone has them.
    pub simulated_only: BTreeSet<String>,
}

/// Compares all families of a pair.
pub fn compare(pair: &Pair) -> Comparisons {
    let mut all = Comparisons::default();
    let mut found: BTreeMap<String, Comparison> = BTreeMap::new();
    for (replica, (recorded, simulated)) in pair.recorded.iter().zip(&pair.simulated).enumerate() {
        let (recorded, simulated) = (families(recorded), families(simulated));
        let missing = |of: &Families<'_>, from: &Families<'_>| -> Vec<String> {
            of.keys().filter(|name| !from.contains_key(*name)).cloned().collect()
        };
        all.recorded_only.extend(missing(&recorded, &simulated));
        all.simulated_only.extend(missing(&simulated, &recorded));
        for (family, (kind, lines)) in &recorded {
            let Some((_, twins)) = simulated.get(family) else { continue };
            let entry = found.entry(family.clone()).or_insert_with(|| Comparison {
                family: family.clone(),
                kind: *kind,
                deviations: Vec::new(),
            });
            for (part, span) in pair.parts.iter().enumerate() {
                let beside = Beside { family, recorded: lines, simulated: twins, span: *span };
                let place = place(pair, part, replica);
                entry.deviations.extend(
                    beside
                        .deviations(*kind)
                        .into_iter()
                        .map(|found| Deviation { place: place.clone(), ..found }),
                );
            }
        }
    }
    all.compared = found.into_values().collect();
    all
}

fn place(pair: &Pair, part: usize, replica: usize) -> String {
    let part = match (pair.parts.len(), part) {
        (1, _) => "",
        (_, 0) => "before",
        _ => "fault",
    };
    if pair.recorded.len() == 1 {
        part.to_owned()
    } else {
        format!("{part} replica {replica}").trim().to_owned()
    }
}

struct Beside<'a> {
    family: &'a str,
    recorded: &'a [&'a Line],
    simulated: &'a [&'a Line],
    span: (usize, usize),
}

impl Beside<'_> {
    fn deviations(&self, kind: Kind) -> Vec<Deviation> {
        match kind {
            Kind::Histogram => self.histogram(),
            Kind::Counter => self.counters(),
            Kind::Gauge if self.family == "process_start_time_seconds" => self.restarts(),
            Kind::Gauge => self.gauges(),
            Kind::Information => self.information(),
            Kind::Summary | Kind::Created => Vec::new(),
        }
    }

    /// The sums of the growths of a name's series.
    fn grown(&self, lines: &[&Line], suffix: &str) -> f64 {
        let name = format!("{}{suffix}", self.family);
        let own = lines.iter().filter(|line| line.name == name);
        own.filter_map(|line| growth(&line.values, self.span.0, self.span.1)).sum()
    }

    /// Upper bounds and cumulative shares.
    fn shares(&self, lines: &[&Line]) -> Vec<(f64, f64)> {
        let buckets = lines.iter().filter(|line| line.name.ends_with("_bucket"));
        let mut shares: Vec<(f64, f64)> = buckets
            .filter_map(|line| {
                let bound = line.labels.get("le")?;
                let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().ok()? };
                Some((bound, growth(&line.values, self.span.0, self.span.1).unwrap_or(0.0)))
            })
            .collect();
        shares.sort_by(|one, other| one.0.total_cmp(&other.0));
        let count = shares.last().map_or(0.0, |(_, count)| *count);
        shares.iter().map(|(bound, below)| (*bound, below / count.max(1.0))).collect()
    }

    fn histogram(&self) -> Vec<Deviation> {
        let counts = (self.grown(self.recorded, "_count"), self.grown(self.simulated, "_count"));
        let mut found = outside("observations", tolerance::OBSERVATIONS, counts);
        let least = counts.0.min(counts.1);
        if least < FEW {
            return found;
        }
        let means = (
            self.grown(self.recorded, "_sum") / counts.0,
            self.grown(self.simulated, "_sum") / counts.1,
        );
        found.extend(outside("mean", tolerance::of_means(self.family), means));
        let (recorded, simulated) = (self.shares(self.recorded), self.shares(self.simulated));
        let bounds = |shares: &[(f64, f64)]| -> Vec<u64> {
            shares.iter().map(|(bound, _)| bound.to_bits()).collect()
        };
        if bounds(&recorded) != bounds(&simulated) {
            let sizes = (recorded.len() as f64, simulated.len() as f64);
            found.push(deviation("bounds of buckets", sizes));
            return found;
        }
        let distances = recorded.iter().zip(&simulated).map(|(one, other)| (one.1 - other.1).abs());
        let distance = distances.fold(0.0, f64::max);
        let allowed = tolerance::distance(least);
        if distance > allowed {
            found.push(deviation("distance", (allowed, distance)));
        }
        found
    }

    fn counters(&self) -> Vec<Deviation> {
        let (recorded, simulated) = (by_part(self.recorded), by_part(self.simulated));
        let parts: BTreeSet<&String> = recorded.keys().chain(simulated.keys()).collect();
        let mut found = Vec::new();
        for part in parts {
            let growth_of = |lines: &BTreeMap<String, Vec<&Line>>| -> f64 {
                let lines = lines.get(part).map_or(&[][..], Vec::as_slice);
                let own = lines.iter();
                own.filter_map(|line| growth(&line.values, self.span.0, self.span.1)).sum()
            };
            let values = (growth_of(&recorded), growth_of(&simulated));
            let what = if part.is_empty() { "growth" } else { part.as_str() };
            found.extend(outside(what, tolerance::of_values(self.family), values));
        }
        found
    }

    fn samples(&self, lines: &[&Line]) -> Vec<f64> {
        let (first, last) = self.span;
        let values = lines.iter().filter_map(|line| line.values.get(first..=last));
        let mut samples: Vec<f64> =
            values.flatten().copied().filter(|value| !value.is_nan()).collect();
        samples.sort_by(f64::total_cmp);
        samples
    }

    fn gauges(&self) -> Vec<Deviation> {
        let (recorded, simulated) = (by_part(self.recorded), by_part(self.simulated));
        let mut found = Vec::new();
        for (part, lines) in &recorded {
            let one = self.samples(lines);
            let other = self.samples(simulated.get(part).map_or(&[][..], Vec::as_slice));
            let allowed = tolerance::of_values(self.family);
            let means = (mean(&one), mean(&other));
            let name = |what: &str| format!("{part} {what}").trim().to_owned();
            found.extend(outside(&name("mean"), allowed, means));
            let (one, other) = (quantile(&one, 0.9), quantile(&other, 0.9));
            // A single sample decides the 90th percentile of twenty.
            let wider = Tolerance { relative: allowed.relative, absolute: allowed.absolute * 2.0 };
            found.extend(outside(&name("p90"), wider, (one, other)));
        }
        found
    }

    fn restarts(&self) -> Vec<Deviation> {
        let changes = |lines: &[&Line]| {
            let samples = self.samples(lines);
            samples.windows(2).filter(|pair| pair[0].to_bits() != pair[1].to_bits()).count() as f64
        };
        let none = Tolerance { relative: 0.0, absolute: 0.0 };
        outside("new processes", none, (changes(self.recorded), changes(self.simulated)))
    }

    fn information(&self) -> Vec<Deviation> {
        let (Some(recorded), Some(simulated)) = (self.recorded.first(), self.simulated.first())
        else {
            return Vec::new();
        };
        let shared = simulated.labels.iter().filter_map(|(name, simulated)| {
            let recorded = recorded.labels.get(name)?;
            let numbers =
                (recorded.parse().unwrap_or(f64::NAN), simulated.parse().unwrap_or(f64::NAN));
            (recorded != simulated).then(|| deviation(name, numbers))
        });
        shared.collect()
    }
}

/// A histogram with fewer observations has no distribution to speak of.
const FEW: f64 = 5.0;

fn by_part<'a>(lines: &[&'a Line]) -> BTreeMap<String, Vec<&'a Line>> {
    let mut parts: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        if let Some(part) = part_of(line) {
            parts.entry(part).or_default().push(line);
        }
    }
    parts
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (share * sorted.len() as f64).ceil().max(1.0) as usize - 1;
    sorted.get(place).copied().unwrap_or(0.0)
}

fn deviation(what: &str, (recorded, simulated): (f64, f64)) -> Deviation {
    Deviation { place: String::new(), what: what.to_owned(), recorded, simulated }
}

fn outside(what: &str, tolerance: Tolerance, values: (f64, f64)) -> Vec<Deviation> {
    if tolerance.holds(values.0, values.1) { Vec::new() } else { vec![deviation(what, values)] }
}
