//! `quantile`: one quantile of a classic histogram, as the interval that must hold it.

use std::fmt;
use std::path::Path;

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::{Histogram, Sum, quantile_report};
use inference_triage_core::report::Basis;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::Outcome;
use crate::arguments::QuantileArguments;
use crate::exit::{self, Failure, Status};
use crate::input;

/// Cumulative counts by upper bound, and the sum of the observations if it is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Buckets {
    buckets: Pairs,
    sum: Option<f64>,
}

/// A JSON object as a list: two spellings of one bound, or one key twice, are both kept for the core to add.
#[derive(Debug)]
struct Pairs(Vec<(String, f64)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Pairs;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of cumulative counts by upper bound")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

pub(crate) fn run(arguments: &QuantileArguments) -> Outcome {
    let name = input::name_of(&arguments.buckets);
    let mut caveats = Caveats::new();
    let histogram = histogram(&read(&arguments.buckets)?, &name, &mut caveats)?;
    for caveat in caveats.iter() {
        exit::say(&format!("{name}: {}", caveat.text));
    }
    let Some(report) = quantile_report(&histogram, arguments.q, None) else {
        exit::say(&format!(
            "{name} counts no observation, so it has no quantile; measure a window with requests in it"
        ));
        return Ok(Status::CannotTell);
    };
    let mut json = serde_json::to_vec(&report)
        .map_err(|error| Failure::internal(format!("the quantile cannot be printed: {error}")))?;
    json.push(b'\n');
    exit::answer(&json)?;
    Ok(Status::Healthy)
}

fn read(path: &Path) -> Result<Buckets, Failure> {
    let bytes = input::read(path)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::bad_data(format!(
            "{} is not a histogram: {error}; write {{\"buckets\": {{\"0.5\": 3, \"+Inf\": 9}}, \"sum\": 6.2}}",
            input::name_of(path)
        ))
    })
}

fn histogram(buckets: &Buckets, name: &str, caveats: &mut Caveats) -> Result<Histogram, Failure> {
    let cumulative = buckets.buckets.0.iter().map(|(bound, count)| pair(bound, *count)).collect::<Result<Vec<_>, _>>();
    let cumulative = cumulative.map_err(|reason| Failure::bad_data(format!("{name}: {reason}")))?;
    if !cumulative.iter().any(|&(bound, _)| bound == f64::INFINITY) {
        return Err(Failure::bad_data(format!(
            "{name} has no \"+Inf\" bucket, so the number of observations is unknown; add it with the total count"
        )));
    }
    let sum = buckets.sum.map(|value| Sum { value, magnitude: value });
    let basis = if cumulative.iter().all(|&(_, count)| count.fract() == 0.0) { Basis::Exact } else { Basis::Estimated };
    Histogram::from_cumulative(&cumulative, sum, basis, caveats).ok_or_else(|| {
        Failure::bad_data(format!(
            "{name} has no finite bucket bound, so nothing bounds a quantile; add the other buckets"
        ))
    })
}

/// A bound as Prometheus writes it in `le`, with its count.
fn pair(bound: &str, count: f64) -> Result<(f64, f64), String> {
    let upper: f64 = bound.parse().ok().filter(|upper: &f64| !upper.is_nan()).ok_or_else(|| {
        format!("the bucket bound \"{bound}\" is not a number; write it as in the label le, \"0.5\" or \"+Inf\"")
    })?;
    if count >= 0.0 {
        Ok((upper, count))
    } else {
        Err(format!("the count {count} of bucket \"{bound}\" is negative; counts are cumulative and never below 0"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Histogram, Failure> {
        let buckets = serde_json::from_str(json).map_err(|error| Failure::bad_data(error.to_string()))?;
        histogram(&buckets, "h.json", &mut Caveats::new())
    }

    #[test]
    fn integer_counts_are_exact_and_fractional_ones_estimated() {
        let exact = parse(r#"{"buckets": {"0.5": 3, "1": 7, "+Inf": 9}, "sum": 6.2}"#).unwrap();
        assert_eq!(exact.basis(), Basis::Exact);
        let estimated = parse(r#"{"buckets": {"0.5": 3.3, "1": 7, "+Inf": 9}}"#).unwrap();
        assert_eq!(estimated.basis(), Basis::Estimated);
    }

    #[test]
    fn order_and_spelling_of_bounds_do_not_matter() {
        let one = parse(r#"{"buckets": {"0.5": 3, "1": 7, "+Inf": 9}}"#).unwrap();
        let other = parse(r#"{"buckets": {"inf": 9, "1e0": 7, ".5": 3}}"#).unwrap();
        assert_eq!(one.counts(), other.counts());
        assert_eq!(one.upper_bounds(), other.upper_bounds());
    }

    #[test]
    fn what_is_not_a_histogram_is_named() {
        for (json, part) in [
            (r#"{"buckets": {"0.5": 3, "1": 7}}"#, "+Inf"),
            (r#"{"buckets": {}}"#, "+Inf"),
            (r#"{"buckets": {"+Inf": 9}}"#, "no finite bucket bound"),
            (r#"{"buckets": {"fast": 3, "+Inf": 9}}"#, "\"fast\""),
            (r#"{"buckets": {"NaN": 3, "+Inf": 9}}"#, "\"NaN\""),
            (r#"{"buckets": {"1": -3, "+Inf": 9}}"#, "negative"),
            (r#"{"buckets": {"1": "3", "+Inf": 9}}"#, "expected f64"),
            (r#"{"bucket": {}}"#, "unknown field"),
            (r#"{"buckets": [1, 2]}"#, "cumulative counts"),
        ] {
            let failure = parse(json).unwrap_err();
            assert!(failure.to_string().contains(part), "{json}: {failure}");
            assert_eq!(failure.status(), Status::BadData, "{json}");
        }
    }
}
