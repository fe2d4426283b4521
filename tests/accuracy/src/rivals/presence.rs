//! A classifier that reads no latency at all: only which series exist or move, and the labels that
//! state a configuration.
//!
//! Whatever it names beyond chance, the sample gives away by its scaffolding: a class that brings
//! its own adapters, drafts or fleet is known before any number is read. It is measured on a sample
//! of its own, large enough to tell five points from chance.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::observed::{Column, Observed};
use crate::statistics::Share;

/// Labels whose values say what happened or what is installed, not where.
const TELLING: [&str; 6] = ["reason", "finished_reason", "status", "stage", "source", "position"];

/// Labels of a configuration that say where it was read.
const PLACES: [&str; 8] =
    ["__name__", "engine", "instance", "job", "model_name", "pod", "hostname", "namespace"];

/// Labels of a configuration that hold a size; sizes are told apart by powers of two.
const SIZES: [&str; 3] = ["num_gpu_blocks", "kv_cache_size_tokens", "kv_cache_max_concurrency"];

/// Parts of the sample by turns: the classifier learns from all but one and names that one.
const FOLDS: usize = 5;

/// A case as a reader of presence alone sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Class id.
    pub truth: String,
    /// Whether users feel the fault, or it is silent by nature: others teach and are not scored.
    pub counts: bool,
    /// See [`features`].
    pub features: BTreeSet<String>,
}

/// What the classifier names of a sample of its own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Presence {
    /// What decided the sample.
    pub seed: u64,
    /// Fingerprint of the points that were drawn, see [`crate::grid::Grid::fingerprint`].
    pub sample: String,
    /// Faults that were drawn.
    pub cases: usize,
    /// Faults that count, and of them those that it names.
    pub named: Share,
    /// The same from what exists and is stated alone: what the scaffolding of a case gives away.
    /// What moves is a symptom as well: a full cache preempts, a loop restarts.
    pub standing: Share,
    /// Share of the most frequent class among those that count: what naming it always is right for.
    pub chance: f64,
    /// The classes that it names most often, with how often.
    pub best: Vec<(String, Share)>,
}

impl Presence {
    /// Names each part of the sample by what the others teach. It learns of every law, trace and
    /// severity that it is asked about, as no tool here may.
    pub fn cross_validated(seed: u64, sample: String, seen: &[Seen]) -> Self {
        let judged = named(seen);
        let still: Vec<Seen> = seen.iter().map(Seen::without_movement).collect();
        let mut classes: BTreeMap<&str, Share> = BTreeMap::new();
        for (class, is_named) in &judged {
            let share = classes.entry(class).or_default();
            share.of += 1;
            share.hits += usize::from(*is_named);
        }
        let most = classes.values().map(|share| share.of).max().unwrap_or(0);
        let mut best: Vec<(String, Share)> =
            classes.into_iter().map(|(class, share)| (class.to_owned(), share)).collect();
        best.sort_by(|left, right| {
            let value = |one: &(String, Share)| one.1.value().unwrap_or(0.0);
            value(right).total_cmp(&value(left)).then_with(|| left.0.cmp(&right.0))
        });
        best.truncate(5);
        Self {
            seed,
            sample,
            cases: seen.len(),
            named: Share::count(&judged, |(_, is_named)| *is_named),
            standing: Share::count(&named(&still), |(_, is_named)| *is_named),
            chance: most as f64 / judged.len().max(1) as f64,
            best,
        }
    }
}

impl Seen {
    /// The same without what moves.
    fn without_movement(&self) -> Self {
        let still = |feature: &&String| !MOVES.iter().any(|ending| feature.ends_with(ending));
        Self { features: self.features.iter().filter(still).cloned().collect(), ..self.clone() }
    }
}

/// Of each case that counts its class, and whether it is named by what the others teach.
fn named(seen: &[Seen]) -> Vec<(&str, bool)> {
    let mut judged = Vec::new();
    for fold in 0..FOLDS {
        let teaches = |index: usize| index % FOLDS != fold;
        let taught: Vec<(&str, &BTreeSet<String>)> = seen
            .iter()
            .enumerate()
            .filter(|(index, _)| teaches(*index))
            .map(|(_, case)| (case.truth.as_str(), &case.features))
            .collect();
        let model = NaiveBayes::trained(&taught);
        let asked = seen.iter().enumerate().filter(|(index, case)| !teaches(*index) && case.counts);
        judged.extend(asked.map(|(_, case)| {
            let truth = case.truth.as_str();
            (truth, model.names(&case.features) == Some(truth))
        }));
    }
    judged
}

/// Endings of features that say that something moves.
const MOVES: [&str; 2] = [" moves", " moved before"];

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

    /// Two of three classes are given away, one of them counts half of the time; of the third
    /// nothing is seen.
    #[test]
    fn what_is_given_away_is_counted_by_class() {
        let seen = |truth: &str, counts, features: &[&str]| Seen {
            truth: truth.to_owned(),
            counts,
            features: set(features),
        };
        let cases: Vec<Seen> = (0..10)
            .flat_map(|index| {
                [
                    seen("drafts", true, &["drafts"]),
                    seen("adapters", index % 2 == 0, &["adapters"]),
                    seen("nothing", true, &[]),
                ]
            })
            .collect();
        let presence = Presence::cross_validated(1, String::new(), &cases);
        assert_eq!((presence.cases, presence.named.of), (30, 25));
        assert_eq!((presence.named.hits, presence.standing.hits), (25, 25), "{presence:?}");
        assert!((presence.chance - 10.0 / 25.0).abs() < 1e-12);
        assert_eq!(presence.best[0], ("adapters".to_owned(), Share { hits: 5, of: 5 }));
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
