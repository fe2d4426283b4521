//! The boundary as JavaScript meets it. The runner takes the same file to Node and, with
//! `WASM_BINDGEN_USE_BROWSER`, to a browser.

#![cfg(target_family = "wasm")]

use std::io::Read;

use flate2::read::GzDecoder;
use inference_triage_core::catalogue::columns::ColumnId;
use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};
use inference_triage_core::query::{PlanOptions, plan as core_plan};
use inference_triage_core::session::Session as CoreSession;
use inference_triage_core::settings::Settings;
use inference_triage_plugin::{Session, memory_bytes, plan, prefix_of_name, version};
use js_sys::{Error, Float64Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// One hour of a real vLLM server's series, as Prometheus answered.
const ONSET: &[u8] = include_bytes!("../../tests/incidents/seed000/onset.response.json.gz");

fn onset() -> Vec<u8> {
    let mut response = Vec::new();
    GzDecoder::new(ONSET).read_to_end(&mut response).expect("the recording is valid gzip");
    response
}

fn code(error: &JsValue) -> String {
    Reflect::get(error, &"code".into()).ok().and_then(|code| code.as_string()).unwrap_or_default()
}

fn message(error: &JsValue) -> String {
    error.unchecked_ref::<Error>().message().into()
}

#[wasm_bindgen_test]
fn the_version_is_the_package_version() {
    assert_eq!(version(), env!("CARGO_PKG_VERSION"));
}

#[wasm_bindgen_test]
fn an_error_is_a_javascript_error_with_a_code() {
    let error = Session::new().report_bytes(None).expect_err("nothing is loaded");
    assert!(error.is_instance_of::<Error>());
    assert_eq!(code(&error), "nothing-loaded");
    assert!(!message(&error).is_empty());
}

#[wasm_bindgen_test]
fn a_refused_setting_is_named() {
    let error =
        Session::new().configure(br#"{"slo": {"quantile": 2}}"#).expect_err("2 is out of range");
    assert_eq!(code(&error), "bad-settings");
    assert!(message(&error).contains("got 2"), "{}", message(&error));
}

#[wasm_bindgen_test]
fn a_response_that_is_not_json_is_bad_data() {
    let error = Session::new()
        .load_responses(vec![Uint8Array::from(&b"<html>"[..])])
        .expect_err("HTML is not JSON");
    assert_eq!(code(&error), "bad-data");
}

#[wasm_bindgen_test]
fn a_description_that_is_not_json_is_bad_data() {
    let empty = Float64Array::new_with_length(0);
    let error = Session::new()
        .load_batch(&empty, &empty, b"{")
        .expect_err("the description ends too early");
    assert_eq!(code(&error), "bad-data");
    assert!(
        message(&error).starts_with("the description of the batch is not valid"),
        "{}",
        message(&error)
    );
}

#[wasm_bindgen_test]
fn responses_give_the_report_and_the_columns_of_the_core() {
    let response = onset();
    let mut core = CoreSession::new();
    core.load_prometheus(&[&response]).expect("the core takes the recording");
    let mut session = Session::new();
    session
        .load_responses(vec![Uint8Array::from(response.as_slice())])
        .expect("the boundary takes the recording");

    let report = core.report().expect("the core has a report");
    assert_eq!(
        session.report_bytes(None).expect("the boundary has a report"),
        core.report_bytes().expect("bytes")
    );
    assert!(!report.diagnosis.columns.is_empty());
    for column in &report.diagnosis.columns {
        assert_eq!(
            bits(session.column(report.diagnosis.scope, column.id.id())),
            bits(core.column(report.diagnosis.scope, column.id)),
            "{}",
            column.id
        );
    }
    assert_eq!(session.column(0, "no such column"), None);
}

#[wasm_bindgen_test]
fn settings_reach_the_core() {
    let response = onset();
    let json = br#"{"quantiles": [0.25], "slo": {"targets": {"ttft": 0.125}}}"#;
    let mut core = CoreSession::new();
    core.load_prometheus(&[&response]).expect("the core takes the recording");
    core.configure(Settings::from_json(json).expect("the settings are valid"))
        .expect("the core takes the settings");
    let mut session = Session::new();
    session
        .load_responses(vec![Uint8Array::from(response.as_slice())])
        .expect("the boundary takes the recording");
    let before = session.report_bytes(None).expect("a report");
    session.configure(json).expect("the boundary takes the settings");

    let after = session.report_bytes(None).expect("a report");
    assert_eq!(after, core.report_bytes().expect("the core has a report"));
    assert_ne!(after, before);
}

#[wasm_bindgen_test]
fn a_batch_arrives_with_every_value_and_every_description() {
    let batch = gauge_batch();
    let description = br#"{
        "series": [{"labels": {"__name__": "vllm:num_requests_running", "model_name": "m", "instance": "pod-0"},
                    "grid": 0, "offset": 0, "length": 3}],
        "notices": []
    }"#;
    let mut core = CoreSession::new();
    let expected = core.load_batch(batch.clone()).and_then(|()| core.report_bytes());
    let mut session = Session::new();
    let times = Float64Array::from(batch.times.as_slice());
    let values = Float64Array::from(batch.values.as_slice());
    let found =
        session.load_batch(&times, &values, description).and_then(|()| session.report_bytes(None));

    assert_eq!(
        found.expect("the boundary takes the batch"),
        expected.expect("the core takes the batch")
    );
    assert_eq!(bits(session.column(0, "running")), bits(core.column(0, ColumnId::Running)));
}

#[wasm_bindgen_test]
fn a_plan_is_the_plan_of_the_core() {
    let matchers = "model_name=\"gemma\"".to_owned();
    let options =
        PlanOptions { matchers: matchers.clone(), step_ms: 15_000, ..PlanOptions::default() };
    let expected = core_plan("vllm", &options).expect("vllm has a plan");
    let found = plan("vllm", None, matchers, 15_000.0, "promql", "replica", None, None)
        .expect("vllm has a plan");

    assert_eq!(
        found[..3],
        [expected.probe, expected.raw_selector, expected.watch.unwrap_or_default()]
    );
    let queries: Vec<[&String; 2]> =
        expected.queries.iter().map(|query| [&query.role, &query.promql]).collect();
    assert_eq!(found[3..].chunks(2).map(|pair| [&pair[0], &pair[1]]).collect::<Vec<_>>(), queries);
}

#[wasm_bindgen_test]
fn malformed_plan_options_are_refused_by_name() {
    let ask = |engine, step, dialect, grouping| {
        plan(engine, None, String::new(), step, dialect, grouping, None, None)
    };
    for (result, named) in [
        (ask("unheard-of", 15_000.0, "promql", "replica"), "unheard-of"),
        (ask("vllm", f64::NAN, "promql", "replica"), "step"),
        (ask("vllm", 15_000.0, "sql", "replica"), "sql"),
        (ask("vllm", 15_000.0, "promql", "pod"), "pod"),
    ] {
        let error = result.expect_err(named);
        assert_eq!(code(&error), "bad-settings");
        assert!(message(&error).contains(named), "{}", message(&error));
    }
}

#[wasm_bindgen_test]
fn a_prefix_is_read_off_a_name() {
    assert_eq!(prefix_of_name("ray_vllm_num_requests_running").as_deref(), Some("ray_vllm_"));
    assert_eq!(prefix_of_name("up"), None);
}

#[wasm_bindgen_test]
fn the_memory_is_counted_in_pages() {
    let bytes = memory_bytes();
    assert!(bytes > 0.0);
    assert!((bytes / 65_536.0).fract().abs() < f64::EPSILON);
}

fn gauge_batch() -> SampleBatch {
    let labels =
        [("__name__", "vllm:num_requests_running"), ("model_name", "m"), ("instance", "pod-0")];
    SampleBatch {
        times: vec![1_780_000_000_000.0, 1_780_000_015_000.0, 1_780_000_030_000.0],
        values: vec![2.0, f64::NAN, 3.0],
        series: vec![SeriesDescription {
            labels: labels
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
            length: 3,
            ..SeriesDescription::default()
        }],
        ..SampleBatch::default()
    }
}

/// Bit patterns, because an absent value is not equal to itself.
fn bits(column: Option<Vec<f64>>) -> Option<Vec<u64>> {
    column.map(|values| values.into_iter().map(f64::to_bits).collect())
}
