//! `gate deploy` on a deployment that loses requests, in a service that always lost some.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::incident;
use crate::run::run_with_input;

const START: i64 = 1_790_000_000;
const SCRAPE: i64 = 15;
const SCRAPES: i64 = 240;

/// Requests that get a first token between two scrapes.
const BEGUN: f64 = 30.0;

/// Seconds of a request: each latency lies in the bucket up to its bound.
const TTFT: (f64, f64) = (0.08, 0.1);
const OUTPUT: (f64, f64) = (0.02, 0.025);
const WHOLE: (f64, f64) = (2.06, 2.5);

/// Tokens after the first of each request.
const OUTPUTS: f64 = 99.0;

/// An hour in which a share of the requests is lost, and another from its half on; nothing else
/// changes.
fn hour(lost: [f64; 2]) -> String {
    let mut totals: BTreeMap<String, f64> = BTreeMap::new();
    let mut samples: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for scrape in 0..SCRAPES {
        let time = START + scrape * SCRAPE;
        let ended = BEGUN * (1.0 - lost[usize::from(scrape >= SCRAPES / 2)]);
        let mut histogram = |name: &str, count: f64, (seconds, bound): (f64, f64)| {
            let bound = format!("{name}_bucket|{bound}");
            let rows = [
                (format!("{name}_sum"), count * seconds),
                (format!("{name}_count"), count),
                (bound, count),
                (format!("{name}_bucket|+Inf"), count),
            ];
            for (key, growth) in rows {
                *totals.entry(key).or_default() += growth;
            }
        };
        histogram("time_to_first_token_seconds", BEGUN, TTFT);
        histogram("inter_token_latency_seconds", ended * OUTPUTS, OUTPUT);
        histogram("e2e_request_latency_seconds", ended, WHOLE);
        histogram("request_queue_time_seconds", ended, (0.0, 0.1));
        histogram("request_prefill_time_seconds", ended, TTFT);
        histogram("request_decode_time_seconds", ended, (1.98, 2.5));
        histogram("request_inference_time_seconds", ended, WHOLE);
        histogram("request_prompt_tokens", ended, (500.0, 500.0));
        histogram("request_generation_tokens", ended, (OUTPUTS + 1.0, 100.0));
        for (name, value) in &totals {
            samples.entry(name.clone()).or_default().push(json!([time, value.to_string()]));
        }
        for (name, value) in
            [("num_requests_running", 4), ("num_requests_waiting", 0), ("kv_cache_usage_perc", 0)]
        {
            samples.entry(name.to_owned()).or_default().push(json!([time, value.to_string()]));
        }
    }
    let series: Vec<Value> = samples.into_iter().map(|(key, values)| one(&key, &values)).collect();
    incident::matrix(&series).to_string()
}

fn one(key: &str, values: &[Value]) -> Value {
    let (name, le) = key.split_once('|').map_or((key, None), |(name, le)| (name, Some(le)));
    let mut metric = json!({"__name__": format!("vllm:{name}"), "instance": "a:8000",
        "model_name": "m", "engine": "0"});
    if let Some(le) = le {
        metric["le"] = json!(le);
    }
    json!({"metric": metric, "values": values})
}

fn gate(lost: [f64; 2]) -> Value {
    let at = |scrape: i64| START + scrape * SCRAPE;
    let before = format!("{}..{}", at(10), at(SCRAPES / 2 - 2));
    let after = format!("{}..{}", at(SCRAPES / 2 + 2), at(SCRAPES - 1));
    let windows = ["--before", before.as_str(), "--after", after.as_str()];
    let asked = [&["gate", "deploy", "--response", "-", "--format", "json"], &windows[..]].concat();
    let run = run_with_input(&asked, hour(lost).as_bytes());
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no answer: {run:?}"))
}

/// One in eight was lost before and three in ten are now: with the lost ones left out before, a
/// seventh more would seem to arrive, and what is worse would seem to come from that.
#[test]
fn more_lost_requests_are_no_larger_work() {
    let judged = gate([0.125, 0.3]);
    assert_eq!(judged["outcome"], "fail", "{judged:#}");
    assert!(judged["summary"].as_str().unwrap().contains("client-aborts"), "{judged:#}");
    // 108 scrapes of 30 before, of which one in eight; 117 after.
    let checks = judged["checks"].as_array().expect("checks");
    let lost = checks.iter().find(|check| check["name"] == "lost requests").expect("the check");
    assert_eq!(lost["outcome"], "fail", "{lost}");
    assert!(lost["message"].as_str().unwrap().starts_with("13 % of 3,240 were lost"), "{lost}");
}

#[test]
fn requests_that_are_lost_in_both_windows_alike_fail_nothing_new() {
    let judged = gate([0.1, 0.1]);
    assert_eq!(judged["outcome"], "pass", "{judged:#}");
    assert!(judged.to_string().contains("the work is about the same"), "{judged:#}");
}
