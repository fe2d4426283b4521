//! The two windows of incident seed000, whose true quantiles are known, against every figure stated
//! for them.

use super::{Histogram, Sum, estimate_quantile};
use crate::caveat::Caveats;
use crate::histogram::Basis;

const BEFORE: [&str; 2] = [
    include_str!("../../../tests/incidents/seed000/seed000-before.t0.prom"),
    include_str!("../../../tests/incidents/seed000/seed000-before.t1.prom"),
];
const AFTER: [&str; 2] = [
    include_str!("../../../tests/incidents/seed000/seed000-after.t0.prom"),
    include_str!("../../../tests/incidents/seed000/seed000-after.t1.prom"),
];

/// What is stated of one histogram; figures as text, so that their last digit tells how exact they
/// are.
struct Stated {
    metric: &'static str,
    count: f64,
    mean: &'static str,
    /// Quantiles of the generated observations themselves: p50, p95, p99.
    truth: [&'static str; 3],
    /// What PromQL prints for p95.
    promql: &'static str,
    /// What buckets and sum prove about p95.
    lo: &'static str,
    hi: &'static str,
}

const TTFT: &str = "vllm:time_to_first_token_seconds";
const QUEUE: &str = "vllm:request_queue_time_seconds";
const PREFILL: &str = "vllm:request_prefill_time_seconds";
const DECODE: &str = "vllm:request_decode_time_seconds";
const E2E: &str = "vllm:e2e_request_latency_seconds";
const ITL: &str = "vllm:inter_token_latency_seconds";
const TPOT: &str = "vllm:request_time_per_output_token_seconds";

#[rustfmt::skip]
const BEFORE_STATED: [Stated; 7] = [
    Stated { metric: TTFT, count: 96.0, mean: "3.1479", truth: ["0.218", "6.2962", "6.3532"], promql: "7.25", lo: "6.0506", hi: "7.5" },
    Stated { metric: QUEUE, count: 96.0, mean: "3.0707", truth: ["0.0096", "6.148", "6.161"], promql: "9.5", lo: "5.4634", hi: "10" },
    Stated { metric: PREFILL, count: 96.0, mean: "0.01112", truth: ["0.01109", "0.01175", "0.02046"], promql: "0.285", lo: "0", hi: "0.2134" },
    Stated { metric: DECODE, count: 96.0, mean: "6.171", truth: ["6.173", "6.1906", "6.1994"], promql: "9.75", lo: "6.0045", hi: "10" },
    Stated { metric: E2E, count: 96.0, mean: "9.3186", truth: ["6.3777", "12.4852", "12.5227"], promql: "14.5", lo: "10", hi: "15" },
    Stated { metric: ITL, count: 67842.0, mean: "0.008828", truth: ["0.00878", "0.00909", "0.01033"], promql: "0.009597", lo: "0.008607", hi: "0.01" },
    Stated { metric: TPOT, count: 96.0, mean: "0.008828", truth: ["0.00883", "0.00886", "0.00887"], promql: "0.0095", lo: "0.008777", hi: "0.01" },
];

#[rustfmt::skip]
const AFTER_STATED: [Stated; 7] = [
    Stated { metric: TTFT, count: 132.0, mean: "0.06969", truth: ["0.05346", "0.1823", "0.2224"], promql: "0.207", lo: "0.1", hi: "0.25" },
    Stated { metric: QUEUE, count: 132.0, mean: "0.0009411", truth: ["0.00112", "0.00208", "0.00216"], promql: "0.285", lo: "0", hi: "0.01775" },
    Stated { metric: PREFILL, count: 132.0, mean: "0.01284", truth: ["0.01348", "0.01521", "0.01542"], promql: "0.285", lo: "0", hi: "0.2421" },
    Stated { metric: DECODE, count: 132.0, mean: "6.8019", truth: ["6.8019", "6.8113", "6.8144"], promql: "9.75", lo: "6.6496", hi: "10" },
    Stated { metric: E2E, count: 132.0, mean: "6.8708", truth: ["6.8551", "6.9863", "7.0202"], promql: "9.75", lo: "6.7218", hi: "10" },
    Stated { metric: ITL, count: 92031.0, mean: "0.009731", truth: ["0.00973", "0.01005", "0.01017"], promql: "0.01557", lo: "0.01", hi: "0.025" },
    Stated { metric: TPOT, count: 132.0, mean: "0.009731", truth: ["0.00973", "0.00974", "0.00975"], promql: "0.0095", lo: "0.009718", hi: "0.01" },
];

/// Every sample of `metric` in an exposition: the value of its `le` label, if it has one, and its
/// value.
fn samples<'a>(exposition: &'a str, metric: &str) -> Vec<(Option<&'a str>, f64)> {
    let mut samples = Vec::new();
    for line in exposition.lines() {
        let Some(rest) = line.strip_prefix(metric).and_then(|rest| rest.strip_prefix('{')) else {
            continue;
        };
        let (labels, value) = rest.rsplit_once("} ").expect("labels, then a value");
        let le = labels.split("le=\"").nth(1).and_then(|rest| rest.split('"').next());
        samples.push((le, value.parse().expect("a number")));
    }
    samples
}

/// The histogram of what was observed between two scrapes.
fn window([start, end]: [&str; 2], metric: &str) -> Histogram {
    let buckets = format!("{metric}_bucket");
    let cumulative: Vec<(f64, f64)> = samples(start, &buckets)
        .into_iter()
        .zip(samples(end, &buckets))
        .map(|((bound, start), (same_bound, end))| {
            assert_eq!(bound, same_bound);
            (bound.and_then(|bound| bound.parse().ok()).expect("a bound"), end - start)
        })
        .collect();
    let sum = format!("{metric}_sum");
    let (start, end) = (samples(start, &sum)[0].1, samples(end, &sum)[0].1);
    let mut caveats = Caveats::new();
    let sum = Sum { value: end - start, magnitude: end };
    let histogram = Histogram::from_cumulative(&cumulative, Some(sum), Basis::Exact, &mut caveats)
        .expect("valid");
    assert!(caveats.is_empty(), "{metric}: {caveats:?}");
    histogram
}

/// The number agrees with a stated figure in every stated digit.
fn agrees(number: f64, stated: &str) -> bool {
    let decimals = stated.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let rounded = format!("{number:.decimals$}");
    rounded.parse::<f64>() == stated.parse::<f64>()
}

fn check(scrapes: [&str; 2], stated: &[Stated]) {
    for stated in stated {
        let metric = stated.metric;
        let histogram = window(scrapes, metric);
        assert_eq!(histogram.count().to_bits(), stated.count.to_bits(), "{metric}: count");
        assert!(agrees(histogram.mean().expect("filled"), stated.mean), "{metric}: mean");
        assert!(
            agrees(histogram.point(0.95), stated.promql),
            "{metric}: point {}",
            histogram.point(0.95)
        );
        let bounds = histogram.quantile_bounds(0.95).expect("filled");
        assert!(agrees(bounds.lo, stated.lo), "{metric}: {bounds:?}");
        assert!(agrees(bounds.hi.expect("bounded"), stated.hi), "{metric}: {bounds:?}");
        assert_eq!(bounds.basis, Basis::Exact, "{metric}");
        for (q, truth) in [0.5, 0.95, 0.99].into_iter().zip(stated.truth) {
            let truth: f64 = truth.parse().expect("a number");
            let report = estimate_quantile(&histogram, q, None).expect("filled");
            assert!(
                report.lo <= truth && report.hi.is_some_and(|hi| truth <= hi),
                "{metric}: {truth} in {report:?}"
            );
        }
    }
}

#[test]
fn before_the_fix() {
    check(BEFORE, &BEFORE_STATED);
}

#[test]
fn after_the_fix() {
    check(AFTER, &AFTER_STATED);
}

#[test]
fn a_point_between_its_bounds_and_three_outside() {
    let ttft = estimate_quantile(&window(BEFORE, TTFT), 0.95, None).expect("filled");
    assert!(!ttft.is_outside_bounds() && ttft.artefact.is_none() && !ttft.unresolved, "{ttft:?}");
    let queue = estimate_quantile(&window(AFTER, QUEUE), 0.95, None).expect("filled");
    assert!(queue.is_outside_bounds() && queue.artefact.is_some() && queue.unresolved, "{queue:?}");
    let prefill = estimate_quantile(&window(BEFORE, PREFILL), 0.95, None).expect("filled");
    assert!(
        prefill.is_outside_bounds() && prefill.artefact.is_some() && prefill.unresolved,
        "{prefill:?}"
    );
    let tpot = estimate_quantile(&window(AFTER, TPOT), 0.95, None).expect("filled");
    assert!(
        tpot.is_outside_bounds() && tpot.point < Some(tpot.lo),
        "below the mean, so below the proven p95: {tpot:?}"
    );
}

#[test]
fn share_of_requests_within_a_target() {
    let ttft = window(BEFORE, TTFT);
    let half = ttft.fraction(0.25).expect("filled");
    assert!(half.exact && half.lo >= 0.5 && half.hi <= half.lo, "the median is 0.218 s: {half:?}");
    let queue = window(AFTER, QUEUE).fraction(0.02).expect("filled");
    assert!(
        !queue.exact && queue.lo > 0.95 && queue.hi >= 1.0,
        "the sum alone proves it: {queue:?}"
    );
    assert_eq!(queue.nearest_bound, Some((0.3, 1.0)));
}
