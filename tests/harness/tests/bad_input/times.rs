//! Samples at times that cannot be, or too few of them.

use super::{answer, answer_bytes, capped, caveats, content, has_caveat, verdict};
use inference_triage_harness::random::Random;
use inference_triage_harness::scenario::case::report_bytes;
use inference_triage_harness::scenario::response::Response;
use serde_json::json;

fn bytes(response: &Response) -> Vec<u8> {
    report_bytes(&json!({}), &response.to_json()).unwrap()
}

#[test]
fn shuffled_series() {
    for response in [capped(), content()] {
        let mut shuffled = response.clone();
        Random::new(3).shuffle(&mut shuffled.series);
        assert_ne!(shuffled, response);
        assert_eq!(bytes(&shuffled), bytes(&response));
    }
}

/// Sorting loses nothing, so the report is the same to the last byte.
#[test]
fn shuffled_samples() {
    for response in [capped(), content()] {
        let mut shuffled = response.clone();
        let mut random = Random::new(5);
        shuffled.series.iter_mut().for_each(|series| random.shuffle(&mut series.samples));
        random.shuffle(&mut shuffled.series);
        assert_ne!(shuffled, response);
        assert_eq!(
            String::from_utf8(bytes(&shuffled)).unwrap(),
            String::from_utf8(bytes(&response)).unwrap()
        );
    }
}

/// A time that appears twice with the same value says nothing new; with two values one must be
/// chosen, whatever the order.
#[test]
fn duplicate_timestamps() {
    let response = content();
    let mut doubled = response.clone();
    for series in &mut doubled.series {
        let again = series.samples.clone();
        series.samples.extend(again);
    }
    assert_eq!(verdict(&answer(&doubled).unwrap()), "healthy");

    let conflicting = |first: f64, second: f64| {
        let mut response = response.clone();
        for series in response.named("e2e_request_latency_seconds_sum") {
            let (time, value) = series.samples[30];
            series.samples[30].1 = value + first;
            series.samples.insert(31, (time, value + second));
        }
        bytes(&response)
    };
    assert_eq!(conflicting(0.0, 1.0), conflicting(1.0, 0.0));
}

#[test]
fn negative_timestamps() {
    let mut response = capped();
    let last = response.series[0].samples.last().unwrap().0;
    response
        .series
        .iter_mut()
        .flat_map(|series| &mut series.samples)
        .for_each(|sample| sample.0 -= last + 1_000_000);
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "slot-cap");
    assert!(report["window"]["end"].as_i64().unwrap() < 0);
}

#[test]
fn times_beyond_any_calendar() {
    for time in ["1e300", "-1e300", "9e15", "1e15"] {
        let body = format!(
            r#"{{"status":"success","data":{{"resultType":"matrix","result":[{{"metric":{{"__name__":"vllm:num_requests_running"}},"values":[[{time},"1"]]}}]}}}}"#
        );
        let found = answer_bytes(body.as_bytes());
        assert!(
            found.is_ok() || found.as_ref().is_err_and(|(code, _)| code == "bad-data"),
            "{time}: {found:?}"
        );
    }
    let far = r#"{"data":{"resultType":"matrix","result":[{"metric":{"__name__":"vllm:num_requests_running"},"values":[[1e300,"1"]]}]}}"#;
    assert_eq!(answer_bytes(far.as_bytes()).unwrap_err().0, "bad-data");
}

#[test]
fn the_whole_range_of_time() {
    let body = r#"{"data":{"resultType":"matrix","result":[{"metric":{"__name__":"vllm:num_requests_running"},"values":[[-9007199254740,"1"],[99999999999,"1"]]}]}}"#;
    assert_eq!(verdict(&answer_bytes(body.as_bytes()).unwrap()), "cannot-tell");
}

#[test]
fn one_sample_only() {
    let mut response = capped();
    response.series.iter_mut().for_each(|series| series.samples.truncate(1));
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "cannot-tell");
    assert!(report.get("phases").is_none());
    assert!(report["verdict"].get("action").is_none());
}

#[test]
fn gaps() {
    let mut response = content();
    for series in &mut response.series {
        series.samples = series
            .samples
            .iter()
            .copied()
            .enumerate()
            .filter(|(at, _)| at % 3 != 1)
            .map(|(_, one)| one)
            .collect();
    }
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "healthy", "{:?}", caveats(&report));
}

/// Each family is missing at other times.
#[test]
fn ragged_gaps() {
    let mut response = content();
    let mut random = Random::new(19);
    for series in &mut response.series {
        series.samples.retain(|_| !random.chance(0.1));
    }
    let report = answer(&response).unwrap();
    assert!(
        ["healthy", "cannot-tell"].contains(&verdict(&report)),
        "{} {:?}",
        verdict(&report),
        caveats(&report)
    );
}

#[test]
fn times_of_two_grids() {
    let mut response = content();
    for series in response.named("_bucket") {
        series.samples.iter_mut().for_each(|sample| sample.0 += 7_000);
    }
    let report = answer(&response).unwrap();
    assert!(
        ["healthy", "cannot-tell"].contains(&verdict(&report)),
        "{} {:?}",
        verdict(&report),
        caveats(&report)
    );
    assert!(!has_caveat(&report, "counts-differ"));
}

#[test]
fn a_window_outside_the_data() {
    let body = content().to_json();
    for (start, end) in [(0_i64, 1_000_i64), (4_000_000_000_000, 4_000_000_001_000)] {
        let settings = json!({"window": {"start": start, "end": end}});
        assert_eq!(verdict(&super::answer_with(&settings, &body).unwrap()), "cannot-tell");
    }
}
