//! Which cases are run: a sample of the whole grid, balanced on every axis, decided by a seed.

use inference_triage_harness::random::Random;
use inference_triage_simulator::configuration::Hardware;

use crate::classes::{CLASSES, Class};
use crate::dropout::Dropout;
use crate::environment::{
    CACHES, DEPLOYED, Environment, HAS, LENGTHS, MANY, MEDIUM_LENGTH, MODEL_LENGTHS, Needs,
    RUNNING, SLOT_CAPS, TIGHT, needs_new_process, running_for_cap,
};
use crate::record::{Configuration, Split};
use crate::starts::STARTS;

/// Slot caps from which on one replica alone is simulated: a fleet of them is millions of tokens.
const LARGE_CAP: usize = 64;

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
    /// The set it belongs to.
    pub split: Split,
    /// The installation.
    pub configuration: Configuration,
    /// What the service is built of and what happens around it.
    pub environment: Environment,
    /// Share of each prompt that other requests share, in [0, 1].
    pub shared: f64,
    /// Severity of the fault, in (0, 1].
    pub severity: f64,
    /// Whether the data show the time before the fault.
    pub onset: bool,
    /// Length of that time, seconds.
    pub before_seconds: f64,
    /// Length of the diagnosed window, seconds.
    pub window_seconds: f64,
    /// Distance of scrapes, seconds.
    pub scrape_seconds: f64,
    /// What is missing from the data.
    pub dropout: Dropout,
}

/// Values of the axes that the two sets do not share: what is tuned on one law, one trace, one
/// severity or one moment must hold on others.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldApart {
    /// Points a fault class.
    pub per_class: usize,
    /// Points a healthy situation.
    pub per_variant: usize,
    /// Ids of model and device.
    pub hardware: Vec<String>,
    /// Ids of traffic.
    pub traffic: Vec<&'static str>,
    /// Severities.
    pub severity: Vec<f64>,
    /// Lengths of the time before the fault, seconds.
    pub before_seconds: Vec<f64>,
}

/// Values of every axis and how many points are drawn. A value that stands twice is drawn twice as
/// often.
#[derive(Debug, Clone)]
pub struct Grid {
    /// `quick` or `full`.
    pub mode: &'static str,
    /// What only the tuning set has.
    pub tuning: HeldApart,
    /// What only the test set has.
    pub test: HeldApart,
    /// Replicas.
    pub replicas: Vec<usize>,
    /// Replicas of classes that need several.
    pub fleets: Vec<usize>,
    /// Shares of each prompt that other requests share.
    pub shared: Vec<f64>,
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
        let subjects = CLASSES.iter().map(Subject::Fault);
        let subjects =
            subjects.chain(self.variants.iter().map(|variant| Subject::Healthy(variant)));
        subjects.flat_map(|subject| self.points_of(subject, seed)).collect()
    }

    /// A word that changes with the points that a seed draws: what was measured on other points is
    /// out of date.
    pub fn fingerprint(&self, seed: u64) -> String {
        format!("{:016x}", mixed(&[&format!("{:?}", self.points(seed))]))
    }

    fn points_of(&self, subject: Subject, seed: u64) -> Vec<Point> {
        let sets = [(Split::Tuning, &self.tuning), (Split::Test, &self.test)];
        let mut before = 0;
        let drawn = sets.into_iter().flat_map(|(split, apart)| {
            let count = match subject {
                Subject::Fault(_) => apart.per_class,
                Subject::Healthy(_) => apart.per_variant,
            };
            // The mode is part of the key: the quick sample is not the begin of the full one.
            let words = [seed.to_string(), format!("{} {split:?}", self.mode)];
            let key = |axis: &str| mixed(&[&words[0], &words[1], subject.id(), axis]);
            let points = self.drawn(subject, split, apart, count, &key);
            let caps = mixed(&[&words[0], self.mode, "slot caps"]);
            before += count;
            capped(points, apart, before - count, caps)
        });
        let mut points: Vec<Point> = drawn.collect();
        for (index, point) in points.iter_mut().enumerate() {
            point.id = format!("{}-{:02}", subject.id(), index + 1);
        }
        points
    }

    fn drawn(
        &self,
        subject: Subject,
        split: Split,
        apart: &HeldApart,
        count: usize,
        key: &dyn Fn(&str) -> u64,
    ) -> Vec<Point> {
        let fleet = self.needs_fleet.contains(&subject.id());
        let hardware = dealt(&apart.hardware, count, key("hardware"));
        let traffic = dealt(&apart.traffic, count, key("traffic"));
        let replicas =
            dealt(if fleet { &self.fleets } else { &self.replicas }, count, key("replicas"));
        let shared = dealt(&self.shared, count, key("shared"));
        let severity = dealt(&apart.severity, count, key("severity"));
        let before = dealt(&apart.before_seconds, count, key("before"));
        let onset = dealt(&self.onset, count, key("onset"));
        let window = dealt(&self.window_seconds, count, key("window"));
        let scrape = dealt(&self.scrape_seconds, count, key("scrape"));
        let dropout = dealt(&self.dropout, count, key("dropout"));
        let fault = matches!(subject, Subject::Fault(_));
        let environments = environments(subject, count, key);
        environments
            .into_iter()
            .enumerate()
            .map(|(index, mut environment)| {
                let seed = key(&format!("simulation {index}")) >> 12;
                environment.deployed |= needs_new_process(subject.id(), seed);
                (index, environment, seed)
            })
            .map(|(index, environment, seed)| Point {
                id: String::new(),
                seed,
                subject,
                split,
                configuration: Configuration {
                    hardware: hardware[index].clone(),
                    traffic: (*traffic[index]).to_owned(),
                    replicas: *replicas[index],
                },
                environment,
                shared: *shared[index],
                severity: if fault { *severity[index] } else { 0.0 },
                onset: fault && (*onset[index] || self.passing.contains(&subject.id())),
                before_seconds: *before[index],
                window_seconds: *window[index],
                scrape_seconds: *scrape[index],
                dropout: *dropout[index],
            })
            .collect()
    }
}

/// Environments of a subject's points: what it needs it has, everything else comes as often as in
/// any other subject.
fn environments(subject: Subject, count: usize, key: &dyn Fn(&str) -> u64) -> Vec<Environment> {
    let needs = Needs::of(subject.id());
    let has = |part: &str, needed: bool| -> Vec<bool> {
        let dealt = dealt(&HAS, count, key(part));
        dealt.into_iter().map(|has| needed || *has).collect()
    };
    let fitting: Vec<usize> = MODEL_LENGTHS
        .into_iter()
        .filter(|length| !needs.long_contexts || *length >= MEDIUM_LENGTH)
        .filter(|length| !needs.short_contexts || *length <= MEDIUM_LENGTH)
        .collect();
    let ids: Vec<&str> = LENGTHS.iter().map(|(id, _, _)| *id).collect();
    // Requests of a few tokens end too soon for many to run: they come a fourth as often.
    let ids = [&ids[..], &ids[2..], &ids[2..], &ids[2..]].concat();
    let many = |sequences: &f64| !needs.short_contexts || *sequences >= MANY;
    let sizes: Vec<f64> = RUNNING.into_iter().filter(many).collect();
    let running = dealt(&sizes, count, key("running"));
    // Of short requests many fit into any cache.
    let ids = if needs.short_contexts {
        LENGTHS[3..].iter().map(|(id, _, _)| *id).collect()
    } else {
        ids
    };
    let lengths = dealt(&ids, count, key("lengths"));
    let model_length = dealt(&fitting, count, key("model length"));
    let cache = dealt(&CACHES, count, key("cache"));
    let tight = dealt(&TIGHT, count, key("tight"));
    let by_length = dealt(&[0.03, 0.1, 0.4], count, key("length finishes")).into_iter().copied();
    let by_length: Vec<f64> = by_length.collect();
    let (speculation, lora) = (has("speculation", needs.speculation), has("lora", needs.lora));
    let (remote_kv, encoder) = (has("remote kv", needs.remote_kv), has("encoder", needs.encoder));
    let (errors, aborts) = (has("errors", needs.errors), has("aborts", false));
    let (refusals, grammar) = (has("refusals", needs.refusals), has("grammar", needs.grammar));
    let (pending, replays) = (has("pending", needs.pending), has("replays", needs.replays));
    let deployed: Vec<bool> = dealt(&DEPLOYED, count, key("deployed"))
        .into_iter()
        .map(|has| needs.deployed || *has)
        .collect();
    let starts = dealt(&STARTS, count, key("starts"));
    (0..count)
        .map(|index| Environment {
            running: *running[index],
            lengths: (*lengths[index]).to_owned(),
            model_length: *model_length[index],
            cache: *cache[index],
            tight: if needs.long_contexts { 0.0 } else { *tight[index] },
            speculation: speculation[index],
            lora: lora[index],
            remote_kv: remote_kv[index],
            encoder: encoder[index],
            grammar: grammar[index],
            errors: errors[index],
            refusals: refusals[index],
            aborts: aborts[index],
            length_share: by_length[index],
            pending: pending[index],
            replays: replays[index],
            deployed: deployed[index],
            starts: *starts[index],
            slot_cap: None,
        })
        .collect()
}

/// Gives points whose fault is a slot cap their cap and the kind of request that meets it: `before`
/// points of another set had theirs from the same hands, so that both sets together are balanced.
fn capped(mut points: Vec<Point>, apart: &HeldApart, before: usize, seed: u64) -> Vec<Point> {
    let caps = dealt(&SLOT_CAPS, before + points.len(), seed);
    for (point, (cap, lengths)) in points.iter_mut().zip(caps.into_iter().skip(before)) {
        if point.subject.id() == "slot-cap" {
            point.environment.slot_cap = Some(*cap);
            (*lengths).clone_into(&mut point.environment.lengths);
            // A trace has lengths of its own, and bursts of ten times its mean.
            if matches!(point.configuration.traffic.as_str(), "conversation" | "code") {
                "poisson".clone_into(&mut point.configuration.traffic);
            }
            if *cap >= LARGE_CAP {
                point.configuration.replicas = 1;
            }
            let bears = |hardware: &str, severity| bears_cap(hardware, *cap, lengths, severity);
            let mut severity = apart.severity.clone();
            severity.sort_by(f64::total_cmp);
            let pairs = severity.iter().flat_map(|severity| {
                apart.hardware.iter().map(move |hardware| (hardware, *severity))
            });
            let drawn = (&point.configuration.hardware.clone(), point.severity);
            let found = std::iter::once(drawn).chain(pairs).find(|pair| bears(pair.0, pair.1));
            if let Some((hardware, severity)) = found {
                point.configuration.hardware.clone_from(hardware);
                point.severity = severity;
            }
        }
    }
    points
}

/// Whether a device bears what meets that cap: its cache holds it, and its law was measured or
/// derived for such batches.
fn bears_cap(hardware: &str, cap: usize, lengths: &str, severity: f64) -> bool {
    /// The law of this device is known for three sequences.
    const SMALL: &str = "gemma-l40s";
    let running = running_for_cap(cap, severity);
    let known = hardware != SMALL || running <= 16.0;
    // Half of an output, and more because long ones stay longer.
    let live = LENGTHS
        .iter()
        .find(|(id, _, _)| *id == lengths)
        .map_or(0.0, |(_, prompt, output)| prompt + 0.8 * output);
    let tokens = Hardware::find(hardware).map_or(0, |found| found.kv_tokens);
    known && running * live <= tokens as f64 * 0.8
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
    use crate::samples;

    fn share(points: &[Point], has: impl Fn(&Point) -> bool) -> f64 {
        points.iter().filter(|point| has(point)).count() as f64 / points.len() as f64
    }

    #[test]
    fn tuning_and_test_share_no_law_trace_severity_or_onset() {
        let points = samples::quick().points(SEED);
        let values = |wanted, of: fn(&Point) -> String| -> BTreeSet<String> {
            points.iter().filter(|point| point.split == wanted).map(of).collect()
        };
        let apart: [fn(&Point) -> String; 2] = [
            |point| point.configuration.hardware.clone(),
            |point| point.before_seconds.to_string(),
        ];
        for of in apart {
            assert!(values(Split::Tuning, of).is_disjoint(&values(Split::Test, of)));
        }
        let severity = |point: &Point| point.severity.to_string();
        let shared: Vec<_> = values(Split::Tuning, severity)
            .intersection(&values(Split::Test, severity))
            .cloned()
            .collect();
        assert_eq!(shared, ["0"], "that of healthy services alone");
        let traffic = |point: &Point| point.configuration.traffic.clone();
        let of_test = values(Split::Test, traffic);
        let traces: Vec<_> =
            ["conversation", "code"].iter().filter(|trace| of_test.contains(**trace)).collect();
        assert_eq!(traces.len(), 1);
    }

    #[test]
    fn the_quick_sample_is_not_a_part_of_the_full_one() {
        let seeds = |points: Vec<Point>| -> BTreeSet<u64> {
            points.into_iter().map(|point| point.seed).collect()
        };
        let (quick, full) =
            (seeds(samples::quick().points(SEED)), seeds(samples::full().points(SEED)));
        assert!(quick.is_disjoint(&full));
    }

    #[test]
    fn every_axis_is_balanced_and_names_differ() {
        let points = samples::full().points(SEED);
        let count = points.len();
        let ids: BTreeSet<_> = points.iter().map(|point| &point.id).collect();
        let seeds: BTreeSet<_> = points.iter().map(|point| point.seed).collect();
        assert_eq!((ids.len(), seeds.len()), (count, count));
        let mut caps: BTreeMap<_, usize> = BTreeMap::new();
        for point in points.iter().filter(|point| point.subject.id() == "slot-cap") {
            *caps.entry(point.environment.slot_cap).or_default() += 1;
        }
        assert_eq!(caps.keys().max(), Some(&Some(1024)));
        assert!(caps.len() >= 9 && caps.values().all(|times| *times <= 8), "{caps:?}");
    }

    /// A part tells the class that needs it no better than one in two can.
    #[test]
    fn every_part_exists_at_one_rate_in_faults_and_in_healthy_services() {
        let points = samples::full().points(SEED);
        let (faults, healthy): (Vec<_>, Vec<_>) =
            points.into_iter().partition(|point| matches!(point.subject, Subject::Fault(_)));
        let parts: [fn(&Environment) -> bool; 9] = [
            |part| part.refusals,
            |part| part.grammar,
            |part| part.speculation,
            |part| part.lora,
            |part| part.remote_kv,
            |part| part.encoder,
            |part| part.errors,
            |part| part.pending,
            |part| part.replays,
        ];
        for has in parts {
            let of = |points: &[Point]| share(points, |point| has(&point.environment));
            let (of_faults, of_healthy) = (of(&faults), of(&healthy));
            assert!((0.4..=0.65).contains(&of_faults), "{of_faults} of the faults");
            assert!((0.4..=0.65).contains(&of_healthy), "{of_healthy} of the healthy services");
        }
        let deployed = share(&healthy, |point| point.environment.deployed);
        assert!((0.7..=0.8).contains(&deployed), "{deployed} of the healthy services");
        let large = share(&faults, |point| point.environment.running >= 32.0);
        // What is asked for; small devices and fleets run fewer, see tests/samples.rs.
        assert!((0.85..=0.95).contains(&large), "{large} at 32 and more");
    }

    #[test]
    fn a_fault_of_fleets_is_never_alone() {
        let points = samples::full().points(SEED);
        let mut imbalance =
            points.into_iter().filter(|point| point.subject.id() == "routing-imbalance");
        assert!(imbalance.all(|point| point.configuration.replicas > 1));
    }

    #[test]
    fn the_seed_decides() {
        let grid = samples::quick();
        assert_eq!(grid.points(1), grid.points(1));
        assert_ne!(grid.points(1), grid.points(2));
    }
}
