//! The reader against the one that `serde` derives.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use serde_json::{Value, json};

use super::*;
use crate::ingest::native::NativeHistogram;
use crate::json::variations;
use crate::text::decimal;

/// A number, bare or as text; null is NaN.
#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Bare(f64),
    Text(String),
    Null(()),
}

impl Loose {
    fn number<E: serde::de::Error>(self) -> Result<f64, E> {
        match self {
            Self::Bare(number) => Ok(number),
            Self::Text(text) => {
                decimal::parse(text.as_bytes()).ok_or_else(|| E::custom("no number"))
            }
            Self::Null(()) => Ok(f64::NAN),
        }
    }
}

#[derive(Deserialize)]
struct LooseHistogram {
    count: Option<Loose>,
    sum: Option<Loose>,
    #[serde(default)]
    buckets: Vec<Vec<Loose>>,
}

impl<'de> Deserialize<'de> for NativeHistogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let loose = LooseHistogram::deserialize(deserializer)?;
        let buckets = loose.buckets.into_iter().map(|bucket| {
            let numbers =
                bucket.into_iter().map(Loose::number).collect::<Result<Vec<f64>, D::Error>>()?;
            match numbers[..] {
                [rule, lower, upper, count] => Ok((rule, lower, upper, count)),
                _ => Err(D::Error::custom("no bucket")),
            }
        });
        Ok(Self {
            buckets: buckets.collect::<Result<_, _>>()?,
            count: loose.count.map(Loose::number).transpose()?,
            sum: loose.sum.map(Loose::number).transpose()?,
        })
    }
}

fn example() -> Value {
    json!({
        "series": [
            {"labels": {"__name__": "vllm:num_requests_running", "model_name": "gemma \u{e9}"}, "grid": 0, "offset": 0, "length": 4},
            {"labels": {}, "role": "queue_time_bucket", "query": "sum(x)", "kind": "increment", "window_ms": 15_000,
             "grid": 4, "offset": 4, "length": 2}
        ],
        "native": [{
            "labels": {"pod": "a"}, "role": null, "query": "x", "kind": "rate", "window_ms": -1, "times": [0, 1.5e12],
            "histograms": [{"count": "7", "sum": 3.25, "buckets": [[0, "0.5", "+Inf", 7]]}, {"sum": "NaN"}]
        }],
        "notices": [{"level": "warning", "text": "w", "query": "q"}, {"level": "info", "text": ""}],
        "not_finite": 3
    })
}

#[test]
fn what_serde_reads_is_read_alike_and_what_it_refuses_is_refused() {
    let texts = variations(&example());
    let mut accepted = 0;
    for text in &texts {
        let expected: Option<SampleBatch> = serde_json::from_str(text).ok();
        let read = SampleBatch::described_by(text.as_bytes());
        // By their text, in which NaN equals NaN.
        assert_eq!(
            format!("{:?}", read.as_ref().ok()),
            format!("{:?}", expected.as_ref()),
            "{text}"
        );
        accepted += usize::from(expected.is_some());
    }
    assert!(accepted > 100 && texts.len() - accepted > 500, "{accepted} of {}", texts.len());
}

#[test]
fn the_columns_are_passed_over_whatever_they_hold() {
    let batch = SampleBatch::described_by(
        br#"{"times": {"0": 1}, "values": [null], "series": [{"length": 0}]}"#,
    );
    assert_eq!(
        batch,
        Ok(SampleBatch { series: vec![SeriesDescription::default()], ..SampleBatch::default() })
    );
}

#[test]
fn what_is_refused_is_named_with_its_place() {
    for (text, expected) in [
        (
            r#"{"series": [{"kind": "guage"}]}"#,
            "\"kind\" of a series cannot be \"guage\", at byte 22; there are counter, gauge, total, increment, rate, increase",
        ),
        (
            r#"{"series": [{"labels": {"a": 1}}]}"#,
            "expected the value of a label to be a string, found a number at byte 29",
        ),
        (
            r#"{"series": [{"grid": -1}]}"#,
            "expected \"grid\" of a series to be a whole number within its range, found a number at byte 21",
        ),
        (r#"{"notices": [{"text": "x"}]}"#, "a notice lacks its level or its text at byte 26"),
        (
            r#"{"native": [{"histograms": [{"count": "x"}]}]}"#,
            "the sample value \"x\" is not a number, at byte 39",
        ),
        (r#"{"series": ["#, "the text is cut off after 12 bytes"),
    ] {
        let message = SampleBatch::described_by(text.as_bytes()).map_err(|error| error.to_string());
        assert_eq!(
            message,
            Err(format!("the description of the batch is not valid: {expected}")),
            "{text}"
        );
    }
}
