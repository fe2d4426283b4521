//! The published incident as range responses.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use serde_json::{Value, json};

/// End of the window between the two scrapes, Unix seconds.
const END: i64 = 1_780_000_300;

/// A file of the incident.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/incidents/seed000").join(name)
}

/// The text of an exposition, `before` or `after` at `t0` or `t1`.
pub(crate) fn exposition(case: &str, time: &str) -> String {
    let path = path(&format!("seed000-{case}.{time}.prom"));
    std::fs::read_to_string(path).expect("the incident is part of the repository")
}

/// Both scrapes of a case, five minutes apart, as the answer to one range query for raw series.
pub(crate) fn response(case: &str) -> Value {
    let (t0, t1) = (exposition(case, "t0"), exposition(case, "t1"));
    let first: BTreeMap<&str, &str> = lines(&t0).collect();
    let series: Vec<Value> = lines(&t1)
        .map(|(name, value)| {
            let values = first.get(name).map(|first| json!([END - 300, first]));
            let values: Vec<Value> = values.into_iter().chain([json!([END, value])]).collect();
            json!({"metric": labels(name), "values": values})
        })
        .collect();
    matrix(&series)
}

/// The hour in which the cap arrives, as JSON text.
pub(crate) fn onset() -> String {
    let file = std::fs::File::open(path("onset.response.json.gz"))
        .expect("the incident is part of the repository");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("the recording is gzipped text");
    text
}

/// Series as a successful answer.
pub(crate) fn matrix(series: &[Value]) -> Value {
    json!({"status": "success", "data": {"resultType": "matrix", "result": series}})
}

/// Series with labels, and value, of an exposition's lines.
fn lines(exposition: &str) -> impl Iterator<Item = (&str, &str)> {
    exposition
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.rsplit_once(' '))
}

/// `name{a="b",c="d"}` as an object; no label value of the incident holds a quote or a comma.
fn labels(series: &str) -> Value {
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let mut metric = serde_json::Map::new();
    metric.insert("__name__".to_owned(), json!(name));
    metric.insert("instance".to_owned(), json!("pod-0"));
    for (label, value) in
        labels.trim_end_matches('}').split(',').filter_map(|pair| pair.split_once('='))
    {
        metric.insert(label.to_owned(), json!(value.trim_matches('"')));
    }
    Value::Object(metric)
}
