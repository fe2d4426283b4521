//! The comparison with the truth can fail: every wrong way to compute the bounds is found out by
//! the generated windows.
//!
//! The right intervals and their mutants come from the formulae written down in the harness, not
//! from the core.

use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{FractionBounds, Sum};
use inference_triage_harness::formulae::{
    Bounds, fraction_bounds, promql_fraction, quantile_bounds,
};
use inference_triage_harness::random::Random;
use inference_triage_harness::truth::{Interval, check_fraction, check_quantile, quantile};
use inference_triage_harness::window::Window;

const QUANTILES: [f64; 7] = [0.0, 1.0 / 3.0, 0.5, 0.9, 0.95, 0.99, 1.0];

/// Number of generated quantiles that an interval misses, of 8,000 windows.
fn misses(mut interval: impl FnMut(&Window, f64) -> Interval) -> usize {
    (0..8_000)
        .map(|seed| {
            let mut random = Random::new(seed);
            let window = Window::any(&mut random);
            let whole = random.between(1, window.count()) as f64 / window.count() as f64;
            let quantiles = QUANTILES.into_iter().chain([whole, whole.next_up().min(1.0)]);
            quantiles
                .filter(|&q| check_quantile(&window, q, Some(interval(&window, q))).is_err())
                .count()
        })
        .sum()
}

fn mutated(change: impl Fn(Bounds) -> Interval) -> usize {
    misses(|window, q| change(quantile_bounds(window, q)))
}

fn outward(bounds: Bounds) -> Interval {
    let Interval { lo, hi, lo_excluded } = bounds.with_sum;
    let lo = if lo_excluded { lo } else { lo - bounds.slack_below };
    Interval { lo, hi: hi.map(|hi| hi + bounds.slack_above), lo_excluded }
}

#[test]
fn the_right_intervals_miss_nothing() {
    assert_eq!(mutated(|bounds| bounds.bucket), 0);
    assert_eq!(mutated(outward), 0);
}

#[test]
fn an_interval_not_rounded_outward_is_found_out() {
    assert!(mutated(|bounds| bounds.with_sum) > 100);
}

#[test]
fn an_allowance_that_forgets_the_age_of_the_counter_is_found_out() {
    let forgetful = misses(|window, q| {
        let young = Window { sum: with_magnitude(window, window.sum.value), ..window.clone() };
        outward(quantile_bounds(&young, q))
    });
    assert!(forgetful > 100, "{forgetful}");
}

fn with_magnitude(window: &Window, magnitude: f64) -> Sum {
    Sum { magnitude, ..window.sum }
}

#[test]
fn the_floor_or_the_rounded_product_as_rank_is_found_out() {
    let floor = misses(|window, q| at_rank(window, (q * window.count() as f64).floor()));
    let product = misses(|window, q| at_rank(window, (q * window.count() as f64).ceil()));
    assert!(floor > 100, "{floor}");
    assert!(product > 100, "{product}");
}

/// The bucket of a rank, as an interval.
fn at_rank(window: &Window, rank: f64) -> Interval {
    let k = window.cumulative.iter().position(|&(_, count)| count >= rank.max(1.0)).unwrap_or(0);
    let lo = k.checked_sub(1).map_or(0.0, |below| window.cumulative[below].0.max(0.0));
    let upper = window.cumulative[k].0;
    Interval { lo, hi: upper.is_finite().then_some(upper), lo_excluded: false }
}

#[test]
fn a_neighbouring_bucket_is_found_out() {
    let below = misses(|window, q| {
        let index = quantile_bounds(window, q).index.saturating_sub(1);
        at_rank(window, window.cumulative[index].1)
    });
    assert!(below > 1_000, "{below}");
}

#[test]
fn an_end_that_is_off_by_one_float_is_found_out() {
    assert!(
        mutated(|Bounds { bucket, .. }| Interval { hi: bucket.hi.map(f64::next_down), ..bucket })
            > 1_000
    );
    assert!(
        mutated(|Bounds { bucket, .. }| Interval { lo: bucket.lo.next_up(), ..bucket }) > 1_000
    );
    assert!(mutated(|Bounds { bucket, .. }| Interval { lo_excluded: true, ..bucket }) > 1_000);
}

#[test]
fn a_closed_open_bucket_is_found_out() {
    assert!(
        mutated(|Bounds { bucket, .. }| Interval {
            hi: Some(bucket.hi.unwrap_or(bucket.lo)),
            ..bucket
        }) > 1_000
    );
}

#[test]
fn a_sum_that_is_off_by_a_thousandth_is_found_out() {
    let off = misses(|window, q| {
        let mut less = window.clone();
        less.sum.value *= 0.999;
        outward(quantile_bounds(&less, q))
    });
    assert!(off > 1_000, "{off}");
}

#[test]
fn an_upper_end_a_tenth_too_low_is_found_out() {
    let greedy = misses(|window, q| {
        let bounds = quantile_bounds(window, q);
        let Interval { lo, hi, lo_excluded } = outward(bounds);
        let excess = hi.map(|hi| hi - bounds.bucket.lo);
        Interval { lo, hi: excess.map(|excess| bounds.bucket.lo + excess * 0.9), lo_excluded }
    });
    assert!(greedy > 1_000, "{greedy}");
}

/// Number of generated thresholds whose fraction the bounds miss, of 8,000 windows.
fn missed_fractions(bounds: impl Fn(&Window, f64) -> (f64, f64)) -> usize {
    (0..8_000)
        .map(|seed| {
            let mut random = Random::new(seed);
            let window = Window::any(&mut random);
            let thresholds =
                [*random.pick(&window.layout.bounds), *random.pick(&window.sorted), random.unit()];
            let missed = thresholds.into_iter().filter(|&threshold| {
                let (lo, hi) = bounds(&window, threshold);
                let bounds = FractionBounds {
                    lo,
                    hi,
                    exact: false,
                    basis: Basis::Exact,
                    nearest_bound: None,
                };
                check_fraction(&window, threshold, Some(&bounds)).is_err()
            });
            missed.count()
        })
        .sum()
}

#[test]
fn wrong_fractions_are_found_out() {
    let outward = |window: &Window, threshold: f64| {
        let (lo, hi, slack) = fraction_bounds(window, threshold);
        (lo - slack, hi + slack)
    };
    let strict = |window: &Window, threshold: f64| outward(window, threshold.next_down());
    let narrow = |window: &Window, threshold: f64| {
        let (lo, hi, _) = fraction_bounds(window, threshold);
        (lo + 0.1 * (hi - lo), hi - 0.1 * (hi - lo))
    };
    let linear = |window: &Window, threshold: f64| {
        let fraction = promql_fraction(threshold, &window.cumulative);
        (fraction, fraction)
    };
    assert_eq!(missed_fractions(outward), 0);
    let missed = [missed_fractions(strict), missed_fractions(narrow), missed_fractions(linear)];
    assert!(missed.iter().all(|&missed| missed > 500), "{missed:?}");
}

#[test]
fn the_truth_itself_is_never_a_miss() {
    let exact = misses(|window, q| {
        let truth = quantile(window, q);
        Interval { lo: truth, hi: Some(truth), lo_excluded: false }
    });
    assert_eq!(exact, 0);
}
