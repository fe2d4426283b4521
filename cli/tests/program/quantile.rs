//! `quantile` on the published incident's expositions, and on input that is none.

use std::collections::BTreeMap;

use crate::incident;
use crate::run::{Scratch, gzip, run, run_with_input};
use serde_json::{Value, json};

/// Cumulative bucket counts and sum of one histogram between two scrapes.
fn window(case: &str, histogram: &str) -> Value {
    let scrape = |time| samples(&incident::exposition(case, time), histogram);
    let (before, after) = (scrape("t0"), scrape("t1"));
    let growth: BTreeMap<&String, f64> =
        after.iter().map(|(bound, value)| (bound, value - before[bound])).collect();
    let buckets: BTreeMap<_, _> = growth.iter().filter(|(bound, _)| **bound != "sum").collect();
    json!({"buckets": buckets, "sum": growth[&"sum".to_owned()]})
}

/// Values of one histogram by `le`, and its sum under "sum".
fn samples(exposition: &str, histogram: &str) -> BTreeMap<String, f64> {
    let mut values = BTreeMap::new();
    for line in exposition.lines() {
        let Some((series, value)) = line.rsplit_once(' ') else { continue };
        let value: f64 = value.parse().unwrap_or(f64::NAN);
        if let Some(labels) = series.strip_prefix(&format!("{histogram}_bucket{{")) {
            let bound = labels
                .split("le=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .expect("a bucket has a bound");
            values.insert(bound.to_owned(), value);
        } else if series.starts_with(&format!("{histogram}_sum{{")) {
            values.insert("sum".to_owned(), value);
        }
    }
    values
}

fn quantile(name: &str, histogram: &Value) -> Value {
    let file = Scratch::new(name, histogram.to_string().as_bytes());
    let run = run(&["quantile", "--q", "0.95", "--buckets", file.path()]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
    assert_eq!(run.stdout.lines().count(), 1);
    serde_json::from_str(&run.stdout).expect("the answer is JSON")
}

/// The same number to the digits in which it was published.
#[track_caller]
fn close(value: &Value, expected: f64) {
    let value = value.as_f64().expect("a number");
    assert!((value - expected).abs() <= 5e-4 * expected.abs(), "{value} is not {expected}");
}

#[test]
fn the_incident_is_bounded_as_published() {
    for (case, metric, point, lo, hi) in [
        ("before", "time_to_first_token_seconds", 7.25, 6.0506, 7.5),
        ("before", "request_queue_time_seconds", 9.5, 5.4634, 10.0),
        ("before", "e2e_request_latency_seconds", 14.5, 10.0, 15.0),
        ("after", "time_to_first_token_seconds", 0.207, 0.1, 0.25),
        ("after", "request_queue_time_seconds", 0.285, 0.0, 0.017_75),
        ("after", "inter_token_latency_seconds", 0.015_57, 0.01, 0.025),
    ] {
        let name = format!("{case}-{metric}.json");
        let answer = quantile(&name, &window(case, &format!("vllm:{metric}")));
        close(&answer["q"], 0.95);
        close(&answer["point"], point);
        close(&answer["hi"], hi);
        assert!((answer["lo"].as_f64().unwrap() - lo).abs() <= 5e-4 * lo, "{name}: {answer}");
        assert_eq!(answer["basis"], "exact", "{name}: {answer}");
    }
}

#[test]
fn the_point_that_cannot_be_is_flagged() {
    let answer = quantile("flagged.json", &window("after", "vllm:request_queue_time_seconds"));
    assert_eq!(
        (&answer["outside_bounds"], &answer["artefact"]),
        (&json!(true), &json!(true)),
        "{answer}"
    );
    assert!(
        answer["artefact_reason"].as_str().is_some_and(|reason| reason.contains("one bucket")),
        "{answer}"
    );
}

#[test]
fn fractional_counts_are_estimates() {
    let answer =
        quantile("fraction.json", &json!({"buckets": {"0.5": 3.5, "1": 7.25, "+Inf": 9.0}}));
    assert_eq!(answer["basis"], "estimated");
}

#[test]
fn the_sum_is_optional_and_tightens() {
    let buckets = json!({"0.3": 132, "0.5": 132, "+Inf": 132});
    let without = quantile("without.json", &json!({"buckets": &buckets}));
    let with = quantile("with.json", &json!({"buckets": &buckets, "sum": 0.124_2}));
    assert!(
        with["hi"].as_f64().unwrap() < without["hi"].as_f64().unwrap() / 10.0,
        "{with} {without}"
    );
}

#[test]
fn standard_input_and_gzip_are_read() {
    let histogram = br#"{"buckets": {"0.5": 3, "1": 7, "+Inf": 9}, "sum": 6.2}"#;
    let typed = run_with_input(&["quantile", "--q", "0.5", "--buckets", "-"], histogram);
    let packed = run_with_input(&["quantile", "--q", "0.5", "--buckets", "-"], &gzip(histogram));
    assert_eq!((typed.status, packed.status), (0, 0), "{typed:?} {packed:?}");
    assert_eq!(typed.stdout, packed.stdout);
}

#[test]
fn repairs_are_said_on_standard_error() {
    let run = run_with_input(
        &["quantile", "--q", "0.5", "--buckets", "-"],
        br#"{"buckets": {"1": 7, "2": 3, "+Inf": 9}}"#,
    );
    assert_eq!(run.status, 0, "{run:?}");
    assert!(run.stderr.starts_with("inference-triage: standard input: "), "{run:?}");
}

#[test]
fn no_observation_has_no_quantile() {
    let run = run_with_input(
        &["quantile", "--q", "0.5", "--buckets", "-"],
        br#"{"buckets": {"1": 0, "+Inf": 0}}"#,
    );
    run.fails(2, &["counts no observation"]);
}

#[test]
fn what_is_no_histogram_ends_with_65() {
    for (input, part) in [
        (&b""[..], "empty"),
        (b"{", "not a histogram"),
        (b"null", "not a histogram"),
        (b"[1,2,3]", "not a histogram"),
        (br#"{"buckets": {"1": 7}}"#, "+Inf"),
        (br#"{"buckets": {"+Inf": 7}}"#, "finite"),
        (br#"{"buckets": {"one": 7, "+Inf": 9}}"#, "\"one\""),
        (br#"{"buckets": {"1": -7, "+Inf": 9}}"#, "negative"),
        (br#"{"buckets": {"1": 1e999, "+Inf": 9}}"#, "not a histogram"),
        (br#"{"buckets": {"1": null, "+Inf": 9}}"#, "not a histogram"),
        (b"\x1f\x8b\x08\x00", "ends too early"),
        (b"\xff\xfe", "not a histogram"),
    ] {
        run_with_input(&["quantile", "--q", "0.5", "--buckets", "-"], input)
            .fails(65, &["standard input", part]);
    }
    run(&["quantile", "--q", "0.5", "--buckets", "/nonexistent.json"])
        .fails(65, &["/nonexistent.json", "no such file"]);
}

/// Half way through (1, 2] on a logarithmic scale; the rule, the bounds and the counts are text as
/// in an HTTP answer.
#[test]
fn native_histograms_are_bounded_and_interpolated_exponentially() {
    let native =
        json!({"count": "8", "sum": "20", "buckets": [[0, "1", "2", "4"], [0, "2", "4", "4"]]});
    let run = run_with_input(
        &["quantile", "--q", "0.25", "--buckets", "-"],
        native.to_string().as_bytes(),
    );
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
    let answer: Value = serde_json::from_str(&run.stdout).expect("the answer is JSON");
    close(&answer["point"], std::f64::consts::SQRT_2);
    assert_eq!(
        (&answer["lo"], &answer["basis"], &answer["artefact"]),
        (&json!(1.0), &json!("exact"), &json!(false))
    );
    assert_eq!(answer["hi"], json!(2.0));
}

/// Without the exponential schema the same bucket is interpolated linearly.
#[test]
fn custom_buckets_are_interpolated_linearly() {
    let custom = br#"{"schema": -53, "buckets": [[0, 1, 2, 4], [0, 2, 4, 4]]}"#;
    let run = run_with_input(&["quantile", "--q", "0.25", "--buckets", "-"], custom);
    let answer: Value = serde_json::from_str(&run.stdout).expect("the answer is JSON");
    close(&answer["point"], 1.5);
}

#[test]
fn the_ninth_of_ten_is_the_ninth_decile() {
    let ten = br#"{"buckets": {"1": 9, "2": 10, "+Inf": 10}}"#;
    let run = run_with_input(&["quantile", "--q", "0.9", "--buckets", "-"], ten);
    let answer: Value = serde_json::from_str(&run.stdout).expect("the answer is JSON");
    assert_eq!((&answer["lo"], &answer["hi"]), (&json!(0.0), &json!(1.0)), "{answer}");
}
