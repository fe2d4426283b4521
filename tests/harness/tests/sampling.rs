//! The sampling interval covers the true quantile of a known distribution in at least 95 % of
//! simulated windows.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::Histogram;
use inference_triage_harness::layouts::TIME_TO_FIRST_TOKEN;
use inference_triage_harness::random::Random;

const WINDOWS: usize = 1_500;

/// Standard normal quantiles.
const QUANTILES: [(f64, f64); 4] = [
    (0.5, 0.0),
    (0.9, 1.281_551_565_544_600_4),
    (0.95, 1.644_853_626_951_472_2),
    (0.99, 2.326_347_874_040_840_8),
];

const MEDIAN: f64 = 0.35;
const SIGMA: f64 = 0.9;

/// Steps of 0.5 %, so that the interval is little wider than its two order statistics.
fn fine_bounds() -> Vec<f64> {
    std::iter::successors(Some(0.005), |bound| Some(bound * 1.005))
        .take_while(|&bound| bound < 30.0)
        .collect()
}

fn histogram(bounds: &[f64], values: impl Iterator<Item = f64>) -> Histogram {
    let mut counts = vec![0.0; bounds.len() + 1];
    values.for_each(|value| counts[bounds.partition_point(|&bound| bound < value)] += 1.0);
    let mut below = 0.0;
    let cumulative: Vec<(f64, f64)> = (bounds.iter().copied().chain([f64::INFINITY]))
        .zip(counts)
        .map(|(bound, count)| {
            below += count;
            (bound, below)
        })
        .collect();
    Histogram::from_cumulative(&cumulative, None, Basis::Exact, &mut Caveats::new())
        .expect("a well formed window")
}

/// Share of windows whose interval covers the truth, and the share whose interval is closed above.
fn coverage(
    random: &mut Random,
    bounds: &[f64],
    requests: usize,
    repeats: usize,
    q: f64,
    normal: f64,
) -> (f64, f64) {
    let truth = MEDIAN * libm::exp(SIGMA * normal);
    let (mut covered, mut closed) = (0_usize, 0_usize);
    for _ in 0..WINDOWS {
        let values: Vec<f64> = (0..requests).map(|_| random.lognormal(MEDIAN, SIGMA)).collect();
        let histogram =
            histogram(bounds, values.iter().flat_map(|&value| std::iter::repeat_n(value, repeats)));
        let effective = (repeats > 1).then_some(requests as f64);
        let interval =
            histogram.sampling_interval(q, effective).expect("observations give an interval");
        covered += usize::from(interval.lo <= truth && interval.hi.is_none_or(|hi| truth <= hi));
        closed += usize::from(interval.hi.is_some());
    }
    (covered as f64 / WINDOWS as f64, closed as f64 / WINDOWS as f64)
}

/// 0.95 less three standard errors of the simulation.
fn least() -> f64 {
    0.95 - 3.0 * libm::sqrt(0.95 * 0.05 / WINDOWS as f64)
}

#[test]
fn the_interval_covers_the_true_quantile() {
    let mut random = Random::new(20);
    for bounds in [fine_bounds(), TIME_TO_FIRST_TOKEN.to_vec()] {
        for requests in [1, 5, 20, 100, 1_000] {
            for (q, normal) in QUANTILES {
                let (covered, _) = coverage(&mut random, &bounds, requests, 1, q, normal);
                assert!(
                    covered >= least(),
                    "q = {q}, {requests} requests, {} bounds: {covered}",
                    bounds.len()
                );
            }
        }
    }
}

/// An interval from zero to infinity would cover everything: with enough requests and fine buckets
/// it may not.
#[test]
fn the_interval_is_not_wider_than_its_order_statistics() {
    let mut random = Random::new(21);
    let bounds = fine_bounds();
    for (q, normal) in QUANTILES.into_iter().take(3) {
        let (covered, closed) = coverage(&mut random, &bounds, 1_000, 1, q, normal);
        assert!(covered <= 0.985 && closed > 0.999, "q = {q}: covered {covered}, closed {closed}");
    }
}

/// Tokens of one request are alike: 20 equal observations a request say no more than one.
#[test]
fn dependent_observations_are_counted_as_often_as_they_say_something_new() {
    let mut random = Random::new(22);
    for bounds in [fine_bounds(), TIME_TO_FIRST_TOKEN.to_vec()] {
        for requests in [20, 200] {
            for (q, normal) in QUANTILES {
                let (covered, _) = coverage(&mut random, &bounds, requests, 20, q, normal);
                assert!(covered >= least(), "q = {q}, {requests} requests of 20: {covered}");
            }
        }
    }
}

/// Source: binomial quantiles of (2.5 %, 97.5 %) for n = 100: q = 0.5 gives 40 and 60, q = 0.9
/// gives 84 and 95.
#[test]
fn the_ranks_are_binomial_quantiles() {
    let bounds: Vec<f64> = (1..=100).map(f64::from).collect();
    let histogram = histogram(&bounds, (1..=100).map(f64::from));
    // Rank r lies in the bucket (r − 1, r]; the upper rank is one above the binomial quantile.
    for (q, lower_rank, upper_rank) in [(0.5, 40.0, 61.0), (0.9, 84.0, 96.0)] {
        let interval = histogram.sampling_interval(q, None).unwrap();
        assert_eq!(interval.lo.to_bits(), f64::to_bits(lower_rank - 1.0), "{q}: {interval:?}");
        assert_eq!(
            interval.hi.map(f64::to_bits),
            Some(f64::to_bits(upper_rank)),
            "{q}: {interval:?}"
        );
    }
}

/// With too few requests for an upper rank the interval is open above, and open to zero below.
#[test]
fn few_observations_leave_the_interval_open() {
    let histogram = histogram(&[1.0, 2.0, 3.0], [1.5, 1.5, 2.5].into_iter());
    let interval = histogram.sampling_interval(0.99, None).unwrap();
    assert!(interval.hi.is_none(), "{interval:?}");
    let interval = histogram.sampling_interval(0.01, None).unwrap();
    assert_eq!(interval.lo.to_bits(), 0, "{interval:?}");
}
