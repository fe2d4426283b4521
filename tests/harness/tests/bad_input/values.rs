//! Samples whose values cannot be.

use super::{answer, capped, caveats, content, has_caveat, verdict};
use inference_triage_harness::random::Random;
use inference_triage_harness::scenario::response::{Response, Series};

fn is_counter(series: &Series) -> bool {
    ["_bucket", "_sum", "_count", "_total"].iter().any(|suffix| series.name().ends_with(suffix))
}

/// The verdict stands or is withheld; it never becomes another cause.
fn assert_stands_or_is_withheld(response: &Response, verdict_before: &str) {
    let report = answer(response).unwrap();
    assert!(
        [verdict_before, "cannot-tell"].contains(&verdict(&report)),
        "{} {:?}",
        verdict(&report),
        caveats(&report)
    );
}

#[test]
fn nan_laden() {
    for (undamaged, before) in [(capped(), "slot-cap"), (content(), "healthy")] {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut response = undamaged.clone();
            let mut random = Random::new(7);
            for sample in response.series.iter_mut().flat_map(|series| &mut series.samples) {
                if random.chance(0.2) {
                    sample.1 = value;
                }
            }
            assert_stands_or_is_withheld(&response, before);
            assert!(has_caveat(&answer(&response).unwrap(), "not-finite"));
        }
    }
}

#[test]
fn nan_scrapes_change_no_increase() {
    let mut response = content();
    // Whole scrapes inside the window, neither its first nor its last.
    for series in &mut response.series {
        for index in [25, 30, 31] {
            series.samples[index].1 = f64::NAN;
        }
    }
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "healthy");
    assert_eq!(report["window"]["finished_requests"], 400.0);
    assert!(has_caveat(&report, "not-finite"));
}

#[test]
fn nothing_but_nan() {
    let mut response = capped();
    response
        .series
        .iter_mut()
        .flat_map(|series| &mut series.samples)
        .for_each(|sample| sample.1 = f64::NAN);
    assert_eq!(answer(&response).unwrap_err().0, "no-engine");
}

/// A process that crashes every minute, with requests inside: what is wrong besides is still named,
/// and nothing is called healthy.
#[test]
fn reset_laden() {
    for (mut response, expected) in [(capped(), "slot-cap"), (content(), "restart-loop")] {
        for series in response.series.iter_mut().filter(|series| is_counter(series)) {
            let mut base = 0.0;
            let mut previous = 0.0;
            for (index, sample) in series.samples.iter_mut().enumerate() {
                if index % 4 == 3 {
                    base = previous;
                }
                previous = sample.1;
                sample.1 -= base;
            }
        }
        let report = answer(&response).unwrap();
        assert_eq!(verdict(&report), expected, "{:?}", caveats(&report));
        assert!(has_caveat(&report, "counter-reset"));
    }
}

#[test]
fn a_single_wild_drop_makes_no_negative_number() {
    let mut response = content();
    for series in response.named("_total") {
        series.samples[30].1 = 0.0;
    }
    let report = answer(&response).unwrap();
    for (name, signal) in report["signals"].as_object().unwrap() {
        assert!(signal["mean"].as_f64().unwrap_or(0.0) >= 0.0, "{name}: {signal}");
    }
}

#[test]
fn negative_counters() {
    for (undamaged, before) in [(capped(), "slot-cap"), (content(), "healthy")] {
        let mut response = undamaged;
        for series in response.series.iter_mut().filter(|series| is_counter(series)) {
            series.samples[30].1 = -5.0;
        }
        let report = answer(&response).unwrap();
        assert_eq!(verdict(&report), before);
        assert!(has_caveat(&report, "negative-counter"));
    }
    let mut all = capped();
    all.series
        .iter_mut()
        .filter(|series| is_counter(series))
        .flat_map(|series| &mut series.samples)
        .for_each(|sample| {
            sample.1 = -1.0 - sample.1;
        });
    let report = answer(&all).unwrap();
    assert_eq!(verdict(&report), "cannot-tell");
    assert!(has_caveat(&report, "negative-counter"));
}

/// A scrape between the sum and the buckets of one observation: the sum is one request ahead.
#[test]
fn torn_sum_ahead() {
    let mut response = capped();
    for series in response.named("request_queue_time_seconds_sum") {
        series.samples.last_mut().unwrap().1 += 3.0;
    }
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "slot-cap");
    assert!(!has_caveat(&report, "sums-differ"));
}

/// The same where the sum no longer fits its buckets at all.
#[test]
fn torn_beyond_the_buckets() {
    let mut response = content();
    // 400 first tokens of at most 0.08 s are 32 s at most.
    for series in response.named("time_to_first_token_seconds_sum") {
        series.samples.last_mut().unwrap().1 += 40.0;
    }
    let report = answer(&response).unwrap();
    assert!(has_caveat(&report, "inconsistent-sum"), "{:?}", caveats(&report));
    assert_eq!(report["signals"]["ttft"]["level"], "normal");
    assert_ne!(report["quality"]["grade"], "A");
}

/// Buckets that were read one after the other while observations came in: the torn one is left out
/// of that scrape, and no restart is made of its fall.
#[test]
fn torn_buckets_are_left_out() {
    let mut response = content();
    for series in response.named("time_to_first_token_seconds_bucket") {
        if series.labels["le"] == "0.25" {
            series.samples.last_mut().unwrap().1 -= 30.0;
        }
    }
    let report = answer(&response).unwrap();
    assert_eq!(verdict(&report), "healthy");
    assert!(has_caveat(&report, "torn-scrape"), "{:?}", caveats(&report));
}

/// Beyond 1e100 a sample is no measurement; below it every sum stays a number.
#[test]
fn huge_numbers() {
    for value in [1e300, f64::MAX, 1e99, 1e-320] {
        let mut response = capped();
        response
            .series
            .iter_mut()
            .flat_map(|series| &mut series.samples)
            .for_each(|sample| sample.1 = value);
        match answer(&response) {
            Ok(_) => assert!(value < 1e100),
            Err((code, _)) => assert!(value > 1e100 && code == "no-engine", "{value}: {code}"),
        }
        let mut growing = capped();
        for series in growing.series.iter_mut().filter(|series| is_counter(series)) {
            for (index, sample) in series.samples.iter_mut().enumerate() {
                sample.1 = value * (index as f64 / 41.0);
            }
        }
        answer(&growing).unwrap();
    }
}

#[test]
fn gauges_that_cannot_be() {
    for value in [-3.0, 1e18, 0.5, 2.5] {
        let mut response = content();
        for name in ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"] {
            for series in response.named(name) {
                series.samples.iter_mut().for_each(|sample| sample.1 = value);
            }
        }
        answer(&response).unwrap();
    }
}

/// Sixty random replacements of single samples by edge values: an answer each time, never another
/// cause than one that was there.
#[test]
fn single_edge_values() {
    const EDGES: [f64; 8] = [0.0, -0.0, -1.0, 1.0, 1e15, 5e-324, f64::NAN, f64::INFINITY];
    let undamaged = capped();
    let mut random = Random::new(11);
    for _ in 0..60 {
        let mut response = undamaged.clone();
        let series = random.below(response.series.len());
        let sample = random.below(response.series[series].samples.len());
        response.series[series].samples[sample].1 = *random.pick(&EDGES);
        let report = answer(&response).unwrap();
        let found = verdict(&report);
        assert!(["slot-cap", "cannot-tell", "telemetry-fault"].contains(&found), "{found}");
    }
}
