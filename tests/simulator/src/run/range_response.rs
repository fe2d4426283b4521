//! The answer of a Prometheus to a range query of all series.

use serde_json::{Map, Value, json};

use crate::run::Run;
use crate::run::open_metrics::number;
use crate::run::sample_batch::labels;

impl Run {
    /// The body of a range response with every series, as `/api/v1/query_range` with the scrape
    /// interval as step gives it. Absent samples are left out.
    pub fn range_response(&self) -> Vec<u8> {
        let result: Vec<Value> = self
            .stored(&[])
            .map(|(target, series)| {
                let labels = labels(target, &series.name, &series.labels);
                let metric: Map<String, Value> =
                    labels.into_iter().map(|(name, value)| (name, value.into())).collect();
                let samples =
                    self.times.iter().zip(&series.values).filter(|(_, value)| !value.is_nan());
                let values: Vec<Value> =
                    samples.map(|(time, value)| json!([time_value(*time), text(*value)])).collect();
                json!({ "metric": metric, "values": values })
            })
            .collect();
        json!({ "status": "success", "data": { "resultType": "matrix", "result": result } })
            .to_string()
            .into_bytes()
    }
}

fn time_value(time: i64) -> Value {
    if time % 1000 == 0 { json!(time / 1000) } else { json!(time as f64 / 1000.0) }
}

/// Prometheus prints whole numbers without a point.
fn text(value: f64) -> String {
    let text = number(value);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
