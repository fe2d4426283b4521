//! Series as a range response of Prometheus.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::scrapes::Points;
use crate::ingest::batch::Labels;
use crate::text::decimal::shortest;

#[derive(Serialize)]
struct Response {
    status: &'static str,
    data: Data,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    result_type: &'static str,
    result: Vec<Series>,
}

#[derive(Serialize)]
struct Series {
    metric: Labels,
    values: Vec<Point>,
}

struct Point(i64, f64);

impl Serialize for Point {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(time, value) = *self;
        (time as f64 / 1000.0, text(value)).serialize(serializer)
    }
}

/// A value as Prometheus writes it.
fn text(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        shortest(value)
    }
}

/// Writes the series with their points in the order of time.
pub(super) fn write(series: BTreeMap<Labels, Points>) -> Vec<u8> {
    let in_order = |mut points: Points| {
        points.sort_by_key(|&(time, _)| time);
        points.into_iter().map(|(time, value)| Point(time, value)).collect()
    };
    let result = series
        .into_iter()
        .map(|(metric, points)| Series { metric, values: in_order(points) })
        .collect();
    let response = Response { status: "success", data: Data { result_type: "matrix", result } };
    // Writing into memory cannot fail, and every key of the map is text.
    serde_json::to_vec(&response).unwrap_or_default()
}
