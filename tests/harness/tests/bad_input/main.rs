//! Bad input by name: each kind gets its designed answer, an error code or a report with caveats,
//! and none a panic.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod allocation;
mod fuzz;
mod identity;
mod labels;
mod shape;
mod size;
mod times;
mod values;

use inference_triage_harness::scenario::case::report_bytes;
use inference_triage_harness::scenario::exposition::expose;
use inference_triage_harness::scenario::load::Load;
use inference_triage_harness::scenario::response::Response;
use serde_json::{Value, json};

/// Two slots and three users for ten minutes: `slot-cap`.
fn capped() -> Response {
    load(
        "step=15s model=gemma",
        "steps 40\n requests 5 queue=3.0 prefill=0.02 decode=5.98 front_end=0.06 prompt=155 output=600\n \
         running 2  waiting 1  kv_usage 0.02\n",
    )
}

/// Eight people who are content: `healthy`.
fn content() -> Response {
    load(
        "step=15s model=llama",
        "steps 40\n requests 20 queue=0.005 prefill=0.02 decode=5.985 front_end=0.05 prompt=300 output=400\n \
         running 8  waiting 0  kv_usage 0.01\n",
    )
}

fn load(header: &str, text: &str) -> Response {
    Response { series: expose(&Load::parse(header, text).unwrap()) }
}

/// The report, checked to be sound, or the error's code and message.
fn answer_bytes(body: &[u8]) -> Result<Value, (String, String)> {
    answer_with(&json!({}), body)
}

fn answer(response: &Response) -> Result<Value, (String, String)> {
    answer_bytes(&response.to_json())
}

fn answer_with(settings: &Value, body: &[u8]) -> Result<Value, (String, String)> {
    let bytes = report_bytes(settings, body)
        .map_err(|error| (error.code().to_owned(), error.to_string()))?;
    let report: Value = serde_json::from_slice(&bytes).unwrap();
    assert_sound(&report);
    Ok(report)
}

/// What holds of every report whatever it was made of: nothing is null, no share leaves 0–1, no
/// time is negative.
fn assert_sound(report: &Value) {
    assert_no_null(report, "report");
    let phases = report["phases"]["parts"].as_array();
    for part in phases.into_iter().flatten() {
        let (seconds, share) = (part["seconds"].as_f64().unwrap(), part["share"].as_f64().unwrap());
        assert!(seconds >= 0.0 && share >= 0.0, "{part}");
    }
    for limit in report["limits"].as_array().into_iter().flatten() {
        let share = limit["usage_share"].as_f64().unwrap_or(0.0);
        assert!((0.0..=1.0).contains(&share), "{limit}");
    }
    for (name, signal) in report["signals"].as_object().into_iter().flatten() {
        assert!(signal["count"].as_f64().unwrap_or(0.0) >= 0.0, "{name}: {signal}");
        for quantile in signal["quantiles"].as_array().into_iter().flatten() {
            if let Some(hi) = quantile["hi"].as_f64() {
                assert!(quantile["lo"].as_f64().unwrap() <= hi, "{name}: {quantile}");
            }
        }
    }
}

fn assert_no_null(value: &Value, path: &str) {
    match value {
        Value::Null => panic!("{path} is null; what is not known is absent"),
        Value::Array(items) => items.iter().for_each(|item| assert_no_null(item, path)),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| assert_no_null(field, &format!("{path}.{key}")));
        }
        _ => {}
    }
}

fn verdict(report: &Value) -> &str {
    report["verdict"]["id"].as_str().unwrap()
}

fn caveats(report: &Value) -> Vec<&str> {
    let all = report["quality"]["caveats"].as_array().unwrap();
    all.iter().map(|caveat| caveat["id"].as_str().unwrap()).collect()
}

fn has_caveat(report: &Value, id: &str) -> bool {
    caveats(report).contains(&id)
}

#[test]
fn the_undamaged_inputs_are_what_they_are_said_to_be() {
    assert_eq!(verdict(&answer(&capped()).unwrap()), "slot-cap");
    assert_eq!(verdict(&answer(&content()).unwrap()), "healthy");
}
