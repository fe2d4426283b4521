//! Series that are missing, doubled, or called otherwise.

use super::{answer, answer_with, capped, caveats, content, has_caveat, load, verdict};
use inference_triage_harness::scenario::catalogue::METRICS;
use inference_triage_harness::scenario::response::Response;
use serde_json::json;

fn rename(response: &mut Response, from: &str, to: &str) {
    for series in &mut response.series {
        let renamed = series.name().replace(from, to);
        series.labels.insert("__name__".to_owned(), renamed);
    }
}

#[test]
fn renamed_prefix() {
    let mut response = capped();
    rename(&mut response, "vllm:", "acme_");
    let (code, message) = answer(&response).unwrap_err();
    assert_eq!(code, "no-engine");
    assert!(message.contains("acme_") && message.contains("prefix"), "{message}");
    let report = answer_with(&json!({"prefix": "acme_"}), &response.to_json()).unwrap();
    assert_eq!(verdict(&report), "slot-cap");
}

#[test]
fn renamed_family_is_a_missing_one() {
    let mut response = capped();
    rename(&mut response, "request_queue_time_seconds", "request_time_in_queue");
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "cannot-tell");
    assert!(report["signals"].get("queue_time").is_none());
}

#[test]
fn without_names() {
    let mut response = capped();
    response.series.iter_mut().for_each(|series| drop(series.labels.remove("__name__")));
    assert_eq!(answer(&response).unwrap_err().0, "no-engine");
}

#[test]
fn without_any_label_but_the_name() {
    let mut response = capped();
    response.series.iter_mut().for_each(|series| {
        series.labels.retain(|name, _| ["__name__", "le"].contains(&name.as_str()));
    });
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "slot-cap");
    assert_eq!(report["scopes"][0]["model"], "");
    assert_eq!(report["scopes"][0]["replicas"], json!(["all"]));
}

/// Every metric of the release left out alone. What the rule needs takes the verdict away; nothing
/// else changes it.
#[test]
fn missing_family() {
    let whole = capped();
    for metric in METRICS {
        let mut response = whole.clone();
        let name = format!("vllm:{}", metric.base);
        let belongs = |found: &str| {
            found
                .strip_prefix(&name)
                .is_some_and(|rest| ["", "_total", "_bucket", "_sum", "_count"].contains(&rest))
        };
        response.series.retain(|series| !belongs(series.name()));
        if response == whole {
            continue;
        }
        let expected = match metric.base {
            "num_requests_running" | "num_requests_waiting" | "request_queue_time_seconds" => {
                "cannot-tell"
            }
            _ => "slot-cap",
        };
        let report = answer(&response).unwrap();
        assert_eq!(verdict(&report), expected, "without {}", metric.base);
    }
}

#[test]
fn missing_parts_of_histograms() {
    for (suffix, expected) in
        [("_sum", "cannot-tell"), ("_count", "slot-cap"), ("_bucket", "slot-cap")]
    {
        let mut response = capped();
        response.series.retain(|series| !series.name().ends_with(suffix));
        let report = answer(&response).unwrap();
        assert_eq!(verdict(&report), expected, "without {suffix}");
    }
}

#[test]
fn missing_open_bucket() {
    let mut response = content();
    response.series.retain(|series| series.labels.get("le").is_none_or(|bound| bound != "+Inf"));
    assert_eq!(verdict(&answer(&response).unwrap()), "healthy");
}

#[test]
fn unreadable_bounds() {
    let mut response = content();
    for series in response.named("request_queue_time_seconds_bucket") {
        if series.labels["le"] == "0.5" {
            series.labels.insert("le".to_owned(), "half".to_owned());
        }
        if series.labels["le"] == "0.8" {
            series.labels.insert("le".to_owned(), "NaN".to_owned());
        }
    }
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "healthy");
    assert!(has_caveat(&report, "bad-bucket-bound"), "{:?}", caveats(&report));
}

#[test]
fn bounds_in_other_spellings() {
    let expected = answer(&content()).unwrap();
    let mut response = content();
    for series in response.named("_bucket") {
        let bound: f64 = series.labels["le"].parse().unwrap();
        let text = if bound.is_infinite() { "Inf".to_owned() } else { format!("{bound:e}") };
        series.labels.insert("le".to_owned(), text);
    }
    assert_eq!(answer(&response).unwrap(), expected);
}

#[test]
fn duplicate_series() {
    let response = content();
    let expected = answer(&response).unwrap();
    let mut doubled = response.clone();
    doubled.series.extend(response.series.clone());
    assert_eq!(answer(&doubled).unwrap(), expected);

    let mut conflicting = doubled;
    conflicting.named("_count").for_each(|series| series.samples[5].1 += 0.0);
    let last = conflicting.series.len() - 1;
    let name = conflicting.series[last].name().to_owned();
    conflicting.series[last].samples.iter_mut().for_each(|sample| sample.1 += 1.0);
    let report = answer(&conflicting).unwrap();
    assert!(has_caveat(&report, "duplicate-series"), "{name}: {:?}", caveats(&report));
}

#[test]
fn duplicate_router_export() {
    let mut response = content();
    let mut copies: Vec<_> =
        response.named("num_requests_running").map(|series| series.clone()).collect();
    copies.extend(response.named("num_requests_waiting").map(|series| series.clone()));
    for copy in &mut copies {
        copy.labels.remove("engine");
        copy.labels.insert("server".to_owned(), "http://pod-0:8000".to_owned());
        copy.labels.insert("pod".to_owned(), "router-0".to_owned());
    }
    response.series.extend(copies);
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "healthy");
    assert_eq!(report["signals"]["running"]["max"], 8.0);
    assert!(has_caveat(&report, "router-duplicate"));
}

#[test]
fn kserve_double_prefix() {
    let mut response = content();
    let mut copy = content();
    rename(&mut copy, "vllm:", "kserve_vllm:");
    response.series.extend(copy.series);
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "healthy");
    assert_eq!(report["window"]["finished_requests"], 400.0);
    assert_eq!(report["signals"]["running"]["max"], 8.0);
    assert!(has_caveat(&report, "duplicate-prefix"));
}

#[test]
fn mixed_bucket_layouts() {
    let text = "steps 40\n requests 20 queue=0.005 prefill=0.02 decode=5.985 front_end=0.05 prompt=300 output=400\n \
                running 8  waiting 0  kv_usage 0.01\n";
    let mut response = load("step=15s replica=pod-0 dialect=0.8.3", text);
    response.series.extend(load("step=15s replica=pod-1 dialect=0.33", text).series);
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "healthy");
    assert!(has_caveat(&report, "mixed-buckets"));
    assert_eq!(report["window"]["finished_requests"], 800.0);
}

#[test]
fn a_gauge_where_a_counter_should_be() {
    let mut response = content();
    for series in response.named("_total") {
        let count = series.samples.len();
        for (index, sample) in series.samples.iter_mut().enumerate() {
            sample.1 = (count - index) as f64;
        }
    }
    let report = answer(&response).unwrap();
    assert!(has_caveat(&report, "rates-as-counters"));
}
