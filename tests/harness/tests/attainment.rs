//! Shares within a target: the interval for the service covers its true share, and shares of two
//! targets at once are enclosed whatever the two have to do with each other.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, joint_share};
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::layouts::Layout;
use inference_triage_harness::random::Random;
use inference_triage_harness::truth::describe;
use inference_triage_harness::window::{Window, any_count};

/// The interval for a service of which `met` of `total` were within the target.
fn interval(met: usize, total: usize) -> (f64, f64) {
    let buckets = [(1.0, met as f64), (f64::INFINITY, total as f64)];
    let histogram = Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut Caveats::new());
    let attainment =
        histogram.and_then(|histogram| histogram.attainment(1.0, None)).expect("filled");
    (attainment.sample_lo, attainment.sample_hi)
}

/// Probability of every number of successes, exact to rounding.
fn binomial(total: usize, probability: f64) -> Vec<f64> {
    let log = |number: usize| libm::lgamma(number as f64 + 1.0);
    let weight = |met: usize| {
        let ways = log(total) - log(met) - log(total - met);
        libm::exp(
            ways + met as f64 * libm::log(probability)
                + (total - met) as f64 * libm::log1p(-probability),
        )
    };
    (0..=total).map(weight).collect()
}

/// Not simulated: the probability of every outcome is added up.
#[test]
fn the_interval_covers_the_true_share_in_every_cell() {
    for total in [1, 2, 5, 20, 100, 400] {
        let intervals: Vec<(f64, f64)> = (0..=total).map(|met| interval(met, total)).collect();
        for cell in 1..200 {
            let truth = f64::from(cell) / 200.0;
            let probabilities = binomial(total, truth);
            let weighed = probabilities.iter().zip(&intervals);
            let covering = weighed.filter(|(_, (lo, hi))| *lo <= truth && truth <= *hi);
            let covered: f64 = covering.map(|(weight, _)| weight).sum();
            assert!(covered >= 0.95 - 1e-9, "{truth} of {total}: {covered}");
        }
    }
}

/// An interval from 0 to 1 would cover everything: with many requests it is as narrow as theory
/// allows.
#[test]
fn the_interval_is_as_narrow_as_the_binomial_allows() {
    for (met, total) in
        [(950, 1_000), (9_500, 10_000), (500_000, 1_000_000), (99_900_000, 100_000_000)]
    {
        let (lo, hi) = interval(met, total);
        let share = met as f64 / total as f64;
        let spread = 1.96 * libm::sqrt(share * (1.0 - share) / total as f64);
        assert!(
            lo < share && share < hi && hi - lo < 2.3 * spread,
            "{met} of {total}: {lo} to {hi}"
        );
    }
}

#[test]
fn both_targets_at_once_are_enclosed() {
    for_each_seed(0..100_000, |random| {
        let count = any_count(random).min(60);
        let layouts = [Layout::any(random), Layout::any(random)];
        let [first, second] = layouts.map(|layout| Window::with_layout(random, layout, count));
        let [a, b] = [target(random, &first), target(random, &second)];
        // Any pairing is possible: alike, opposite or shuffled.
        let mut partners = second.sorted.clone();
        match random.below(3) {
            0 => {}
            1 => partners.reverse(),
            _ => random.shuffle(&mut partners),
        }
        let met = first.sorted.iter().zip(&partners).filter(|(x, y)| **x <= a && **y <= b).count();
        let truth = met as f64 / count as f64;
        let shares = (first.histogram().fraction(a), second.histogram().fraction(b));
        let (Some(of_first), Some(of_second)) = shares else { return Err("no share".to_owned()) };
        let joint = joint_share(&of_first, &of_second);
        if joint.lo <= truth && truth <= joint.hi && joint.basis == Basis::Exact {
            return Ok(());
        }
        Err(format!(
            "≤ {a:?} and ≤ {b:?}: {joint:?}, not {truth:?}\n{}\n{}",
            describe(&first),
            describe(&second)
        ))
    });
}

fn target(random: &mut Random, window: &Window) -> f64 {
    let value = *random.pick(&window.sorted);
    if random.chance(0.5) { value } else { value * random.log_uniform(0.5, 2.0) }
}
