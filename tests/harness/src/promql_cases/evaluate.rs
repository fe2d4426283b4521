//! Evaluates the few functions with our reference functions.

use std::collections::BTreeMap;

use inference_triage_core::histogram::{
    NativeHistogram, Spacing, prometheus_fraction, prometheus_quantile,
};

use crate::promql::{Rules, prometheus_increase, prometheus_rate};

use super::parse::{duration, name_and_labels, number};
use super::{Labels, Point, Series};

/// An instant vector finds samples this far back, in milliseconds.
const LOOKBACK: i64 = 300_000;

type Vector = Vec<(Labels, f64)>;

/// Classic buckets and native histograms with the same labels.
type Group = (Vec<(f64, f64)>, Vec<NativeHistogram>);

/// An instant query at a time in milliseconds.
pub(super) fn instant(store: &[Series], query: &str, at: i64) -> Result<Vector, String> {
    let call = query.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
    let (function, arguments) = call.ok_or_else(|| format!("no function call: {query}"))?;
    match function {
        "histogram_quantile" => {
            let (q, selector) = arguments.split_once(',').ok_or("two arguments are due")?;
            let q = number(q)?;
            histograms(
                &matching(store, selector.trim())?,
                at,
                |buckets| prometheus_quantile(q, buckets),
                |native| native.prometheus_quantile(q),
            )
        }
        "histogram_fraction" => {
            let mut parts = arguments.splitn(3, ',');
            let mut next = || parts.next().ok_or("three arguments are due");
            let (lower, upper, selector) = (number(next()?)?, number(next()?)?, next()?.trim());
            histograms(
                &matching(store, selector)?,
                at,
                |buckets| prometheus_fraction(lower, upper, buckets),
                |native| native.prometheus_fraction(lower, upper),
            )
        }
        "rate" => over_range(store, arguments, at, prometheus_rate),
        "increase" => over_range(store, arguments, at, prometheus_increase),
        _ => Err(format!("no such function: {function}")),
    }
}

/// Series whose name is this and whose labels include these.
fn matching<'a>(store: &'a [Series], selector: &str) -> Result<Vec<&'a Series>, String> {
    let (name, labels) = name_and_labels(selector)?;
    let fits = |series: &&Series| {
        series.name == name
            && labels.iter().all(|(label, value)| series.labels.get(label) == Some(value))
    };
    Ok(store.iter().filter(fits).collect())
}

/// One answer a group of labels without `le`: classic buckets or one native histogram; neither
/// where both are there.
fn histograms(
    series: &[&Series],
    at: i64,
    classic: impl Fn(&[(f64, f64)]) -> f64,
    native: impl Fn(&NativeHistogram) -> f64,
) -> Result<Vector, String> {
    let mut groups: BTreeMap<Labels, Group> = BTreeMap::new();
    for series in series {
        let newest = series.samples.iter().rfind(|(time, _)| *time <= at && *time > at - LOOKBACK);
        let mut labels = series.labels.clone();
        match newest {
            Some((_, Point::Float(count))) => {
                if let Some(bound) = labels.remove("le").and_then(|bound| bound.parse().ok()) {
                    groups.entry(labels).or_default().0.push((bound, *count));
                }
            }
            Some((_, Point::Native { buckets, count, sum, custom })) => {
                let spacing = if *custom { Spacing::Custom } else { Spacing::Exponential };
                let histogram = NativeHistogram::new(buckets, Some(*count), Some(*sum));
                let histogram = histogram.map_err(|error| error.to_string())?.with_spacing(spacing);
                groups.entry(labels).or_default().1.push(histogram);
            }
            None => {}
        }
    }
    let answers =
        groups.into_iter().filter_map(|(labels, group)| match (&group.0[..], &group.1[..]) {
            ([], [one]) => Some((labels, native(one))),
            (buckets, []) => Some((labels, classic(buckets))),
            _ => None,
        });
    Ok(answers.collect())
}

type OfSamples = fn(&[(i64, f64)], i64, i64, Rules) -> Option<f64>;

fn over_range(
    store: &[Series],
    argument: &str,
    at: i64,
    function: OfSamples,
) -> Result<Vector, String> {
    let range = argument.strip_suffix(']').and_then(|text| text.split_once('['));
    let (selector, range) = range.ok_or_else(|| format!("no range: {argument}"))?;
    let range = duration(range)?;
    let mut answers = Vector::new();
    for series in matching(store, selector)? {
        let samples: Vec<(i64, f64)> =
            (series.samples.iter())
                .filter_map(|(time, point)| {
                    if let Point::Float(value) = point { Some((*time, *value)) } else { None }
                })
                .collect();
        answers.extend(
            function(&samples, at, range, Rules::Version3)
                .map(|value| (series.labels.clone(), value)),
        );
    }
    Ok(answers)
}
