//! A histogram from a JSON file: classic buckets as an object of cumulative counts, or native ones
//! as a list.

use std::fmt;
use std::path::Path;

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{
    Histogram, NativeHistogram, Spacing, Sum, prometheus_fraction, prometheus_quantile,
};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::budget::Budget;
use crate::exit::{self, Failure};
use crate::input;

/// A histogram with what PromQL prints for it.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) histogram: Histogram,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Classic(Vec<(f64, f64)>),
    Native(NativeHistogram),
}

impl Observed {
    /// Reads a file and says on standard error what had to be repaired.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let name = input::name_of(path);
        let bytes = input::read(path, &Budget::small())?;
        let file: HistogramFile = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::bad_data(format!(
                "{name} is not a histogram: {error}; write {{\"buckets\": {{\"0.5\": 3, \"+Inf\": 9}}, \"sum\": 6.2}}, or \
                 native buckets as {{\"buckets\": [[0, 0.5, 1, 9]], \"sum\": 6.2}}"
            ))
        })?;
        let mut caveats = Caveats::new();
        let observed = file.observed(&name, &mut caveats)?;
        for caveat in caveats.iter() {
            exit::say(&format!("{name}: {}", caveat.text));
        }
        Ok(observed)
    }

    /// What `histogram_quantile` of Prometheus 3.14 prints.
    pub(crate) fn promql_quantile(&self, q: f64) -> f64 {
        match &self.source {
            Source::Classic(cumulative) => prometheus_quantile(q, cumulative),
            Source::Native(native) => native.prometheus_quantile(q),
        }
    }

    /// What `histogram_fraction` of Prometheus 3.14 prints for everything up to a limit.
    pub(crate) fn promql_fraction(&self, limit: f64) -> f64 {
        match &self.source {
            Source::Classic(cumulative) => {
                prometheus_fraction(f64::NEG_INFINITY, limit, cumulative)
            }
            Source::Native(native) => native.prometheus_fraction(f64::NEG_INFINITY, limit),
        }
    }
}

/// Buckets, and the sum of the observations if it is known; count and schema belong to native
/// buckets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HistogramFile {
    buckets: Buckets,
    sum: Option<Number>,
    count: Option<Number>,
    schema: Option<i32>,
}

#[derive(Debug)]
enum Buckets {
    /// Cumulative counts by upper bound: two spellings of one bound, or one key twice, are both
    /// kept for the core to add.
    Classic(Vec<(String, f64)>),
    /// `[rule, lower, upper, count]`.
    Native(Vec<(f64, f64, f64, f64)>),
}

impl<'de> Deserialize<'de> for Buckets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Buckets;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "an object of cumulative counts by upper bound, or a list of native buckets",
                )
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Buckets, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Buckets::Classic(pairs))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Buckets, A::Error> {
                let mut buckets = Vec::new();
                while let Some([rule, lower, upper, count]) = list.next_element::<[Number; 4]>()? {
                    buckets.push((rule.0, lower.0, upper.0, count.0));
                }
                Ok(Buckets::Native(buckets))
            }
        }
        deserializer.deserialize_any(Entries)
    }
}

/// A number, or the text of one as Prometheus writes it: JSON has no infinity.
#[derive(Debug, Clone, Copy)]
struct Number(f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a number or the text of one")]
        enum Loose {
            Number(f64),
            Text(String),
        }
        match Loose::deserialize(deserializer)? {
            Loose::Number(number) => Ok(Self(number)),
            Loose::Text(text) => text
                .parse()
                .map(Self)
                .map_err(|_| D::Error::custom(format!("\"{text}\" is not a number"))),
        }
    }
}

impl HistogramFile {
    fn observed(&self, name: &str, caveats: &mut Caveats) -> Result<Observed, Failure> {
        match &self.buckets {
            Buckets::Classic(pairs) if self.count.is_none() && self.schema.is_none() => {
                self.classic(pairs, name, caveats)
            }
            Buckets::Classic(_) => Err(Failure::bad_data(format!(
                "{name} has cumulative buckets with a count or a schema, which belong to native ones; write the count as \
                 the bucket \"+Inf\""
            ))),
            Buckets::Native(buckets) => self.native(buckets, name, caveats),
        }
    }

    fn classic(
        &self,
        pairs: &[(String, f64)],
        name: &str,
        caveats: &mut Caveats,
    ) -> Result<Observed, Failure> {
        let cumulative =
            pairs.iter().map(|(bound, count)| pair(bound, *count)).collect::<Result<Vec<_>, _>>();
        let cumulative =
            cumulative.map_err(|reason| Failure::bad_data(format!("{name}: {reason}")))?;
        if !cumulative.iter().any(|&(bound, _)| bound == f64::INFINITY) {
            return Err(Failure::bad_data(format!(
                "{name} has no \"+Inf\" bucket, so the number of observations is unknown; add it with the total count"
            )));
        }
        let sum = self.sum.map(|Number(value)| Sum { value, magnitude: value });
        let whole = cumulative.iter().all(|&(_, count)| count.fract() == 0.0);
        let basis = if whole { Basis::Exact } else { Basis::Estimated };
        let histogram = Histogram::from_cumulative(&cumulative, sum, basis, caveats);
        let histogram = histogram.ok_or_else(|| unbounded(name))?;
        Ok(Observed { histogram, source: Source::Classic(cumulative) })
    }

    fn native(
        &self,
        buckets: &[(f64, f64, f64, f64)],
        name: &str,
        caveats: &mut Caveats,
    ) -> Result<Observed, Failure> {
        let number = |number: Option<Number>| number.map(|Number(value)| value);
        let native = NativeHistogram::new(buckets, number(self.count), number(self.sum));
        let mut native = native.map_err(|error| Failure::bad_data(format!("{name}: {error}")))?;
        if let Some(schema) = self.schema {
            let spacing = match schema {
                -53 => Spacing::Custom,
                -4..=8 => Spacing::Exponential,
                _ => {
                    return Err(Failure::bad_data(format!(
                        "{name} has the schema {schema}; it is -4 to 8 for exponential buckets or -53 for custom ones"
                    )));
                }
            };
            native = native.with_spacing(spacing);
        }
        let histogram = native.to_histogram(None, caveats).ok_or_else(|| unbounded(name))?;
        Ok(Observed { histogram, source: Source::Native(native) })
    }
}

fn unbounded(name: &str) -> Failure {
    Failure::bad_data(format!(
        "{name} has no finite bucket bound, so nothing bounds an answer; add the other buckets"
    ))
}

/// A bound as Prometheus writes it in `le`, with its count.
fn pair(bound: &str, count: f64) -> Result<(f64, f64), String> {
    let upper: f64 = bound.parse().ok().filter(|upper: &f64| !upper.is_nan()).ok_or_else(|| {
        format!("the bucket bound \"{bound}\" is not a number; write it as in the label le, \"0.5\" or \"+Inf\"")
    })?;
    if count >= 0.0 {
        Ok((upper, count))
    } else {
        Err(format!(
            "the count {count} of bucket \"{bound}\" is negative; counts are cumulative and never below 0"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Status;

    fn parse(json: &str) -> Result<Histogram, Failure> {
        let file: HistogramFile =
            serde_json::from_str(json).map_err(|error| Failure::bad_data(error.to_string()))?;
        file.observed("h.json", &mut Caveats::new()).map(|observed| observed.histogram)
    }

    #[test]
    fn integer_counts_are_exact_and_fractional_ones_estimated() {
        let exact = parse(r#"{"buckets": {"0.5": 3, "1": 7, "+Inf": 9}, "sum": 6.2}"#).unwrap();
        assert_eq!(exact.basis(), Basis::Exact);
        let estimated = parse(r#"{"buckets": {"0.5": 3.3, "1": 7, "+Inf": 9}}"#).unwrap();
        assert_eq!(estimated.basis(), Basis::Estimated);
        let native = parse(r#"{"buckets": [[0, 0.5, 1, 3.5]]}"#).unwrap();
        assert_eq!(native.basis(), Basis::Estimated);
    }

    #[test]
    fn order_and_spelling_of_bounds_do_not_matter() {
        let one = parse(r#"{"buckets": {"0.5": 3, "1": 7, "+Inf": 9}}"#).unwrap();
        let other = parse(r#"{"buckets": {"inf": 9, "1e0": 7, ".5": 3}}"#).unwrap();
        assert_eq!(one.counts(), other.counts());
        assert_eq!(one.upper_bounds(), other.upper_bounds());
    }

    #[test]
    fn native_buckets_are_numbers_or_text_in_any_order() {
        let numbers =
            parse(r#"{"buckets": [[0, 2, 4, 5], [0, 1, 2, 3]], "count": 8, "sum": 20}"#).unwrap();
        let text = parse(
            r#"{"buckets": [[0, "1", "2", "3"], [0, "2", "4", "5"]], "count": "8", "sum": "20"}"#,
        )
        .unwrap();
        assert_eq!(numbers, text);
        assert_eq!((numbers.count(), numbers.sum()), (8.0, Some(20.0)));
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
            (r#"{"buckets": {"1": 3, "+Inf": 9}, "count": 9}"#, "belong to native ones"),
            (r#"{"bucket": {}}"#, "unknown field"),
            (r#"{"buckets": 7}"#, "cumulative counts"),
            (r#"{"buckets": [1, 2]}"#, "array of length 4"),
            (r#"{"buckets": [[0, 1, 2]]}"#, "array of length 4"),
            (r#"{"buckets": [[0, "one", 2, 3]]}"#, "\"one\""),
            (r#"{"buckets": [[0, 2, 1, 3]]}"#, "does not ascend"),
            (r#"{"buckets": [[0, 1, 2, 3]], "schema": 9}"#, "schema 9"),
            (r#"{"buckets": []}"#, "no finite bucket bound"),
        ] {
            let failure = parse(json).unwrap_err();
            assert!(failure.to_string().contains(part), "{json}: {failure}");
            assert_eq!(failure.status(), Status::BadData, "{json}");
        }
    }
}
