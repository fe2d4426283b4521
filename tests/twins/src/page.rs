//! The series of one target on a grid of times, recorded or simulated, in one form.

use std::collections::{BTreeMap, BTreeSet};

use inference_triage_simulator::record::Target;
use serde_json::Value;

/// Series of one target.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// In no particular order.
    pub series: Vec<Line>,
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Name as exposed.
    pub name: String,
    /// Labels, without those of the target and of the model.
    pub labels: BTreeMap<String, String>,
    /// A value a time; NaN where it is absent.
    pub values: Vec<f64>,
}

/// Labels that name the target or the model: a twin has others.
const PLACES: [&str; 6] = ["__name__", "engine", "instance", "job", "model_name", "pod"];

impl Page {
    /// The grid and the targets of a range response, by address.
    pub fn of_response(response: &Value) -> Option<(Vec<f64>, Vec<Self>)> {
        let result = response["data"]["result"].as_array()?;
        let millis = |sample: &Value| Some((sample[0].as_f64()? * 1000.0).round() as i64);
        let samples = |series: &'_ Value| series["values"].as_array().cloned().unwrap_or_default();
        let times: BTreeSet<i64> = result
            .iter()
            .flat_map(|series| samples(series).iter().filter_map(millis).collect::<Vec<_>>())
            .collect();
        let times: Vec<i64> = times.into_iter().collect();
        let mut targets: BTreeMap<String, Self> = BTreeMap::new();
        for series in result {
            let metric = series["metric"].as_object()?;
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let mut values = vec![f64::NAN; times.len()];
            for sample in samples(series) {
                let place = times.binary_search(&millis(&sample)?).ok()?;
                values[place] = sample[1].as_str()?.parse().ok()?;
            }
            let labels = metric.iter().filter(|(name, _)| !PLACES.contains(&name.as_str()));
            let labels = labels.map(|(name, value)| (name.clone(), text(value))).collect();
            let name = text(&metric["__name__"]);
            let instance = metric.get("instance").map(text).unwrap_or_default();
            targets.entry(instance).or_default().series.push(Line { name, labels, values });
        }
        let times = times.into_iter().map(|time| time as f64 / 1000.0).collect();
        Some((times, targets.into_values().collect()))
    }

    /// A simulated target.
    pub fn of_target(target: &Target) -> Self {
        let series = target.series.iter().map(|series| {
            let labels = series.labels.iter().filter(|(name, _)| !PLACES.contains(&name.as_str()));
            let (name, values) = (series.name.clone(), series.values.clone());
            Line { name, labels: labels.cloned().collect(), values }
        });
        let up = Line { name: "up".to_owned(), labels: BTreeMap::new(), values: target.up.clone() };
        Self { series: series.chain([up]).collect() }
    }

    /// The series of a name, labels aside: the sum at each time, NaN where all are absent.
    pub fn total(&self, name: &str) -> Vec<f64> {
        let mut lines = self.series.iter().filter(|line| line.name == name);
        let Some(first) = lines.next() else { return Vec::new() };
        let mut total = first.values.clone();
        for line in lines {
            for (sum, value) in total.iter_mut().zip(&line.values) {
                *sum = match (sum.is_nan(), value.is_nan()) {
                    (true, _) => *value,
                    (false, true) => *sum,
                    (false, false) => *sum + value,
                };
            }
        }
        total
    }

    /// Upper bounds of a histogram in ascending order, each with its cumulative counts.
    pub fn buckets(&self, family: &str) -> Vec<(f64, &[f64])> {
        let name = format!("{family}_bucket");
        let lines = self.series.iter().filter(|line| line.name == name);
        let mut buckets: Vec<(f64, &[f64])> = lines
            .filter_map(|line| {
                let bound = match line.labels.get("le")?.as_str() {
                    "+Inf" => f64::INFINITY,
                    text => text.parse().ok()?,
                };
                Some((bound, line.values.as_slice()))
            })
            .collect();
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        buckets
    }

    /// The label of an information series.
    pub fn information(&self, name: &str, label: &str) -> Option<&str> {
        let line = self.series.iter().find(|line| line.name == name)?;
        line.labels.get(label).map(String::as_str)
    }
}

/// Growth of a counter between two places of the grid, both included; a fall is a new process. None
/// without two values.
pub fn growth(values: &[f64], first: usize, last: usize) -> Option<f64> {
    let span = values.get(first..=last.min(values.len().checked_sub(1)?))?;
    let mut known = span.iter().filter(|value| !value.is_nan());
    let mut before = *known.next()?;
    let mut total = None;
    for &value in known {
        let step = if value >= before { value - before } else { value };
        *total.get_or_insert(0.0) += step;
        before = value;
    }
    total
}

/// Growth of a counter in the intervals before those places of the grid; intervals that hold a
/// restart or no value count nothing. None if all do.
pub fn grown(values: &[f64], places: &[usize]) -> Option<f64> {
    let steps = places.iter().filter_map(|place| {
        let (before, after) = (values.get(place.checked_sub(1)?)?, values.get(*place)?);
        (after >= before).then(|| after - before)
    });
    steps.reduce(|sum, step| sum + step)
}

/// Mean of a histogram's observations in the intervals before those places.
pub fn mean(page: &Page, family: &str, places: &[usize]) -> Option<f64> {
    let sum = grown(&page.total(&format!("{family}_sum")), places)?;
    let count = grown(&page.total(&format!("{family}_count")), places)?;
    (count > 0.0).then(|| sum / count)
}
