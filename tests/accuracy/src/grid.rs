//! Which cases are run: a sample of the whole grid, balanced on every axis, decided by a seed.

use inference_triage_harness::random::Random;

use crate::classes::{CLASSES, Class};
use crate::dropout::Dropout;
use crate::record::{Configuration, Split};

/// Seed of the published samples.
pub const SEED: u64 = 20_260_401;

/// What is done to a case's service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// This fault is injected.
    Fault(&'static Class),
    /// This healthy situation is made, by its id.
    Healthy(&'static str),
}

impl Subject {
    /// Class id or situation id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Fault(class) => class.id,
            Self::Healthy(variant) => variant,
        }
    }
}

/// One point of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Stable name.
    pub id: String,
    /// Seed of the simulation.
    pub seed: u64,
    /// What is done.
    pub subject: Subject,
    /// The installation.
    pub configuration: Configuration,
    /// Share of the capacity that is asked for while all is well.
    pub utilisation: f64,
    /// Share of each prompt that other requests share, in [0, 1].
    pub shared: f64,
    /// Severity of the fault, in (0, 1].
    pub severity: f64,
    /// Whether the data show the time before the fault.
    pub onset: bool,
    /// Length of the diagnosed window, seconds.
    pub window_seconds: f64,
    /// Distance of scrapes, seconds.
    pub scrape_seconds: f64,
    /// What is missing from the data.
    pub dropout: Dropout,
}

/// Values of every axis and how many points are drawn. A value that stands twice is drawn twice as
/// often.
#[derive(Debug, Clone)]
pub struct Grid {
    /// `quick` or `full`.
    pub mode: &'static str,
    /// Points a fault class.
    pub per_class: usize,
    /// Points a healthy situation.
    pub per_variant: usize,
    /// Ids of model and device.
    pub hardware: Vec<String>,
    /// Ids of traffic.
    pub traffic: Vec<&'static str>,
    /// Replicas.
    pub replicas: Vec<usize>,
    /// Replicas of classes that need several.
    pub fleets: Vec<usize>,
    /// Shares of capacity.
    pub utilisation: Vec<f64>,
    /// Shares of each prompt that other requests share.
    pub shared: Vec<f64>,
    /// Severities.
    pub severity: Vec<f64>,
    /// With or without the time before the fault.
    pub onset: Vec<bool>,
    /// Window lengths, seconds.
    pub window_seconds: Vec<f64>,
    /// Scrape intervals, seconds.
    pub scrape_seconds: Vec<f64>,
    /// Missing metrics.
    pub dropout: Vec<Dropout>,
    /// Healthy situations.
    pub variants: Vec<&'static str>,
    /// Subjects that only a fleet can have.
    pub needs_fleet: Vec<&'static str>,
    /// Subjects that pass, so that the data must show their begin.
    pub passing: Vec<&'static str>,
}

impl Grid {
    /// Draws the points: of every subject as many as the grid says, each axis balanced over them.
    pub fn points(&self, seed: u64) -> Vec<Point> {
        let faults = CLASSES.iter().map(|class| (Subject::Fault(class), self.per_class));
        let healthy =
            self.variants.iter().map(|variant| (Subject::Healthy(variant), self.per_variant));
        faults
            .chain(healthy)
            .flat_map(|(subject, count)| self.points_of(subject, count, seed))
            .collect()
    }

    fn points_of(&self, subject: Subject, count: usize, seed: u64) -> Vec<Point> {
        let fleet = self.needs_fleet.contains(&subject.id());
        let key = |axis: &str| mixed(&[&seed.to_string(), subject.id(), axis]);
        let hardware = dealt(&self.hardware, count, key("hardware"));
        let traffic = dealt(&self.traffic, count, key("traffic"));
        let replicas =
            dealt(if fleet { &self.fleets } else { &self.replicas }, count, key("replicas"));
        let utilisation = dealt(&self.utilisation, count, key("utilisation"));
        let shared = dealt(&self.shared, count, key("shared"));
        let severity = dealt(&self.severity, count, key("severity"));
        let onset = dealt(&self.onset, count, key("onset"));
        let window = dealt(&self.window_seconds, count, key("window"));
        let scrape = dealt(&self.scrape_seconds, count, key("scrape"));
        let dropout = dealt(&self.dropout, count, key("dropout"));
        let fault = matches!(subject, Subject::Fault(_));
        (0..count)
            .map(|index| Point {
                id: format!("{}-{:02}", subject.id(), index + 1),
                seed: key(&format!("simulation {index}")) >> 12,
                subject,
                configuration: Configuration {
                    hardware: hardware[index].clone(),
                    traffic: (*traffic[index]).to_owned(),
                    replicas: *replicas[index],
                },
                utilisation: *utilisation[index],
                shared: *shared[index],
                severity: if fault { *severity[index] } else { 0.0 },
                onset: fault && (*onset[index] || self.passing.contains(&subject.id())),
                window_seconds: *window[index],
                scrape_seconds: *scrape[index],
                dropout: *dropout[index],
            })
            .collect()
    }
}

/// The values repeated up to `count`, in an order of their own.
fn dealt<T>(values: &[T], count: usize, seed: u64) -> Vec<&T> {
    let mut dealt: Vec<&T> = Vec::with_capacity(count + values.len());
    let mut random = Random::new(seed);
    // Whole hands are shuffled one by one, so that every prefix is balanced.
    while dealt.len() < count {
        let mut hand: Vec<&T> = values.iter().collect();
        random.shuffle(&mut hand);
        dealt.extend(hand);
    }
    dealt.truncate(count);
    dealt
}

/// Which set a configuration belongs to: two of five for tuning, decided by its name alone, so that
/// a configuration is never in both.
pub fn split(configuration: &Configuration) -> Split {
    let Configuration { hardware, traffic, replicas } = configuration;
    if mixed(&[hardware, traffic, &replicas.to_string()]) % 5 < 2 {
        Split::Tuning
    } else {
        Split::Test
    }
}

/// FNV-1a over the words, finished by the mixer of `splitmix64`.
fn mixed(words: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn grid() -> Grid {
        Grid {
            mode: "test",
            per_class: 12,
            per_variant: 6,
            hardware: vec!["a".into(), "b".into(), "c".into()],
            traffic: vec!["steady", "bursts"],
            replicas: vec![1, 1, 4],
            fleets: vec![2, 4],
            utilisation: vec![0.4],
            shared: vec![0.5],
            severity: vec![0.5, 1.0],
            onset: vec![true, false],
            window_seconds: vec![60.0, 300.0],
            scrape_seconds: vec![5.0, 15.0, 30.0],
            dropout: Dropout::ALL.to_vec(),
            variants: vec!["idle", "sparse"],
            needs_fleet: vec!["routing-imbalance"],
            passing: vec!["burst"],
        }
    }

    #[test]
    fn tuning_and_test_share_no_configuration() {
        let points = grid().points(SEED);
        let configurations = |wanted| -> BTreeSet<_> {
            points
                .iter()
                .map(|point| &point.configuration)
                .filter(|configuration| split(configuration) == wanted)
                .collect()
        };
        let (tuning, test) = (configurations(Split::Tuning), configurations(Split::Test));
        assert!(
            tuning.is_disjoint(&test) && tuning.len() > 2 && test.len() > 2,
            "{} and {}",
            tuning.len(),
            test.len()
        );
    }

    #[test]
    fn every_axis_is_balanced_and_names_differ() {
        let points = grid().points(SEED);
        assert_eq!(points.len(), 30 * 12 + 2 * 6);
        assert_eq!(
            points.iter().map(|point| &point.id).collect::<BTreeSet<_>>().len(),
            points.len()
        );
        assert_eq!(
            points.iter().map(|point| point.seed).collect::<BTreeSet<_>>().len(),
            points.len()
        );
        let mut hardware: BTreeMap<_, usize> = BTreeMap::new();
        for point in points.iter().filter(|point| point.subject.id() == "slot-cap") {
            *hardware.entry(point.configuration.hardware.as_str()).or_default() += 1;
        }
        assert_eq!(hardware.into_values().collect::<Vec<_>>(), [4, 4, 4]);
    }

    #[test]
    fn a_fault_of_fleets_is_never_alone() {
        let mut imbalance = grid()
            .points(SEED)
            .into_iter()
            .filter(|point| point.subject.id() == "routing-imbalance");
        assert!(imbalance.all(|point| point.configuration.replicas > 1));
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(grid().points(1), grid().points(1));
        assert_ne!(grid().points(1), grid().points(2));
    }
}
