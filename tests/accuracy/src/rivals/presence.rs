//! A classifier that reads no latency at all: only which series exist or move, and the labels that
//! state a configuration.
//!
//! Whatever it names beyond chance, the sample gives away by its scaffolding: a class that brings
//! its own adapters, drafts or fleet is known before any number is read. It is trained on the
//! tuning set, as no tool here may be, and scored on the test set.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::observed::{Column, Observed};
use crate::record::{CaseRecord, Standing};
use crate::statistics::Share;

/// Labels whose values say what happened or what is installed, not where.
const TELLING: [&str; 6] = ["reason", "finished_reason", "status", "stage", "source", "position"];

/// Labels of a configuration that say where it was read.
const PLACES: [&str; 8] =
    ["__name__", "engine", "instance", "job", "model_name", "pod", "hostname", "namespace"];

/// Labels of a configuration that hold a size; sizes are told apart by powers of two.
const SIZES: [&str; 3] = ["num_gpu_blocks", "kv_cache_size_tokens", "kv_cache_max_concurrency"];

/// What the classifier named of the test set.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Presence {
    /// Faults of the test set that it names.
    pub named: Share,
    /// The share that the most frequent class of the tuning set is right for in the test set, or
    /// one over the number of classes, whichever is more.
    pub chance: f64,
}

impl Presence {
    /// Trains on the faults of one set and names those of the other. Cases that harm nobody teach,
    /// and are not scored.
    pub fn of(tuning: &[&CaseRecord], test: &[&CaseRecord]) -> Self {
        let injected = |case: &&&CaseRecord| case.variant.is_none();
        let taught: Vec<(&str, &BTreeSet<String>)> = tuning
            .iter()
            .filter(injected)
            .map(|case| (case.truth.as_str(), &case.presence))
            .collect();
        let scored: Vec<&&CaseRecord> =
            test.iter().filter(|case| case.standing == Standing::Fault).collect();
        let model = NaiveBayes::trained(&taught);
        let named =
            Share::count(&scored, |case| model.names(&case.presence) == Some(case.truth.as_str()));
        let usual = model.usual();
        let prior = Share::count(&scored, |case| usual == Some(case.truth.as_str()));
        let classes: BTreeSet<&str> = scored.iter().map(|case| case.truth.as_str()).collect();
        let even = if classes.is_empty() { 0.0 } else { 1.0 / classes.len() as f64 };
        Self { named, chance: prior.value().unwrap_or(0.0).max(even) }
    }

    /// The share named less chance; 0 without cases.
    pub fn beyond_chance(self) -> f64 {
        self.named.value().map_or(0.0, |named| named - self.chance)
    }
}

/// Which series exist, which of them move before the window from `from` to `at` and inside of it
/// (Unix milliseconds), and which configuration is stated.
pub fn features(observed: &Observed<'_>, from: f64, at: f64) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, columns) in observed.names() {
        for column in columns {
            if name.ends_with("_info") {
                configured(name, column, &mut found);
            } else if name.ends_with("_bucket") {
                bounded(name, column, &mut found);
            } else {
                moving(name, column, (from, at), &mut found);
            }
        }
    }
    whereabouts(observed, at, &mut found);
    found
}

fn family(name: &str) -> &str {
    name.trim_end_matches("_sum").trim_end_matches("_count")
}

fn moving(name: &str, column: &Column<'_>, (from, at): (f64, f64), found: &mut BTreeSet<String>) {
    let told: Vec<&str> =
        TELLING.iter().map(|label| column.label(label)).filter(|value| !value.is_empty()).collect();
    let key = format!("{} {}", family(name), told.join(" "));
    let moves = |from, to| {
        let mut values = column.samples(from, to).map(|(_, value)| value);
        let first = values.next();
        values.any(|value| Some(value) != first)
    };
    if moves(f64::NEG_INFINITY, from) {
        found.insert(format!("{key} moved before"));
    }
    if moves(from, at) {
        found.insert(format!("{key} moves"));
    }
    found.insert(key);
}

/// The greatest finite bound of a histogram of tokens follows the longest context that is served.
fn bounded(name: &str, column: &Column<'_>, found: &mut BTreeSet<String>) {
    if name.ends_with("request_prompt_tokens_bucket") {
        found.insert(format!("{name} has {}", column.label("le")));
    }
}

fn configured(name: &str, column: &Column<'_>, found: &mut BTreeSet<String>) {
    for (label, value) in column
        .labels()
        .iter()
        .filter(|(label, _)| !PLACES.contains(&label.as_str()) && !label.ends_with("_adapters"))
    {
        let size = value.parse::<f64>().ok().filter(|_| SIZES.contains(&label.as_str()));
        let value = size.map_or_else(
            || value.clone(),
            |size| format!("about two to the {:.0}", libm::log2(size.max(1.0))),
        );
        found.insert(format!("{name} {label} {value}"));
    }
}

/// How many engines there are, whether some come or go, and whether one changes its cache.
fn whereabouts(observed: &Observed<'_>, at: f64, found: &mut BTreeSet<String>) {
    let mut caches: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for column in observed.columns("vllm:cache_config_info") {
        caches.entry(column.label("instance")).or_default().insert(column.label("num_gpu_blocks"));
    }
    found.insert(format!("{} engines", caches.len()));
    if caches.values().any(|sizes| sizes.len() > 1) {
        found.insert("a cache changes".to_owned());
    }
    let columns = observed.columns("vllm:num_requests_running");
    let spans: Vec<(f64, usize)> = columns
        .iter()
        .filter_map(|column| {
            let mut times = column.samples(f64::NEG_INFINITY, at).map(|(time, _)| time);
            Some((times.next()?, 1 + times.count()))
        })
        .collect();
    let first = spans.iter().map(|(begin, _)| *begin).reduce(f64::min);
    let most = spans.iter().map(|(_, count)| *count).max();
    if spans.iter().any(|(begin, _)| Some(*begin) != first) {
        found.insert("an engine comes".to_owned());
    }
    if spans.iter().any(|(begin, count)| Some(*begin) == first && Some(*count) != most) {
        found.insert("an engine is away".to_owned());
    }
}

/// Features that are read: more of them add noise. Of 10 to 300 on the sample before its
/// environment was balanced, 40 named most.
const READ: usize = 40;

/// Naive Bayes over features that are there or not, each probability smoothed by one case of the
/// usual kind. Features that always come together count once, and only those are read that tell
/// most about the class.
struct NaiveBayes<'a> {
    features: Vec<&'a str>,
    /// How often each feature is there over all cases, in (0, 1).
    usual: Vec<f64>,
    /// Cases of each class, and of those how many have each feature.
    classes: Vec<(&'a str, usize, Vec<usize>)>,
}

impl<'a> NaiveBayes<'a> {
    fn trained(cases: &[(&'a str, &'a BTreeSet<String>)]) -> Self {
        let mut by_pattern: BTreeMap<Vec<bool>, &'a str> = BTreeMap::new();
        let all: BTreeSet<&'a str> =
            cases.iter().flat_map(|(_, features)| features.iter().map(String::as_str)).collect();
        for feature in all {
            let pattern = cases.iter().map(|(_, features)| features.contains(feature)).collect();
            by_pattern.entry(pattern).or_insert(feature);
        }
        let told = |pattern: &[bool]| information(cases, pattern);
        let mut ranked: Vec<(f64, &'a str, f64)> = by_pattern
            .iter()
            .map(|(pattern, feature)| (told(pattern), *feature, share(pattern)))
            .filter(|(_, _, share)| *share > 0.0 && *share < 1.0)
            .collect();
        ranked.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
        ranked.truncate(READ);
        let features: Vec<&'a str> = ranked.iter().map(|(_, feature, _)| *feature).collect();
        let names: BTreeSet<&'a str> = cases.iter().map(|(class, _)| *class).collect();
        let classes = names
            .into_iter()
            .map(|class| {
                let mine: Vec<_> = cases.iter().filter(|(other, _)| *other == class).collect();
                let counts = features
                    .iter()
                    .map(|feature| mine.iter().filter(|(_, had)| had.contains(*feature)).count())
                    .collect();
                (class, mine.len(), counts)
            })
            .collect();
        let usual = ranked.iter().map(|(_, _, share)| *share).collect();
        Self { features, usual, classes }
    }

    /// The most probable class; none without training.
    fn names(&self, had: &BTreeSet<String>) -> Option<&'a str> {
        let score = |(_, cases, counts): &(&str, usize, Vec<usize>)| {
            let of = *cases as f64;
            let evidence = self.features.iter().zip(&self.usual).zip(counts).map(
                |((feature, usual), count)| {
                    let probability = (*count as f64 + usual) / (of + 1.0);
                    libm::log(if had.contains(*feature) { probability } else { 1.0 - probability })
                },
            );
            libm::log(of) + evidence.sum::<f64>()
        };
        let scored = self.classes.iter().map(|class| (class.0, score(class)));
        scored.max_by(|left, right| left.1.total_cmp(&right.1)).map(|(class, _)| class)
    }

    /// The class with the most cases.
    fn usual(&self) -> Option<&'a str> {
        self.classes.iter().max_by_key(|(_, cases, _)| *cases).map(|(class, _, _)| *class)
    }
}

fn share(pattern: &[bool]) -> f64 {
    pattern.iter().filter(|there| **there).count() as f64 / pattern.len().max(1) as f64
}

/// Mutual information of a feature and the class, nats.
fn information(cases: &[(&str, &BTreeSet<String>)], pattern: &[bool]) -> f64 {
    let all = cases.len() as f64;
    let there = share(pattern);
    let mut classes: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for ((class, _), there) in cases.iter().zip(pattern) {
        let counts = classes.entry(class).or_default();
        counts.0 += 1.0;
        counts.1 += f64::from(u8::from(*there));
    }
    let part = |joint: f64, expected: f64| {
        if joint > 0.0 { joint * libm::log(joint / expected) } else { 0.0 }
    };
    classes
        .values()
        .map(|(of, with)| {
            let (class, joint) = (of / all, with / all);
            part(joint, class * there) + part(class - joint, class * (1.0 - there))
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(features: &[&str]) -> BTreeSet<String> {
        features.iter().map(|feature| (*feature).to_owned()).collect()
    }

    #[test]
    fn a_series_of_its_own_gives_a_class_away() {
        let (drafts, plain, queue) = (set(&["drafts", "queue"]), set(&[]), set(&["queue"]));
        let taught = [
            ("speculation", &drafts),
            ("speculation", &drafts),
            ("slots", &queue),
            ("slots", &queue),
            ("slow", &plain),
            ("slow", &plain),
        ];
        let model = NaiveBayes::trained(&taught);
        assert_eq!(model.names(&drafts), Some("speculation"));
        assert_eq!(model.names(&queue), Some("slots"));
        assert_eq!(model.names(&plain), Some("slow"));
        assert_eq!(NaiveBayes::trained(&[]).names(&plain), None);
    }

    #[test]
    fn features_that_always_come_together_count_once() {
        let (both, neither) = (set(&["drafts", "accepted"]), set(&[]));
        let model = NaiveBayes::trained(&[("a", &both), ("b", &neither)]);
        assert_eq!(model.features.len(), 1);
    }

    /// Two classes of two cases each: a feature of the one class alone tells ln 2; one that half of
    /// either has tells nothing.
    #[test]
    fn information_by_hand() {
        let none = set(&[]);
        let cases = [("a", &none), ("a", &none), ("b", &none), ("b", &none)];
        assert!((information(&cases, &[true, true, false, false]) - libm::log(2.0)).abs() < 1e-12);
        assert!(information(&cases, &[true, false, true, false]).abs() < 1e-12);
    }
}
