//! The bounds of a fraction hold the true fraction, exactly at bucket bounds, and are as tight as
//! bucket and sum allow.

use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::Histogram;
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::formulae::fraction_bounds;
use inference_triage_harness::random::Random;
use inference_triage_harness::truth::{check_fraction, describe, fraction};
use inference_triage_harness::window::Window;

/// Thresholds at, beside and between bounds and observations, and far off.
fn thresholds(random: &mut Random, window: &Window) -> Vec<f64> {
    let bound = *random.pick(&window.layout.bounds);
    let value = *random.pick(&window.sorted);
    let between =
        random.uniform(0.0, window.layout.bounds[window.layout.bounds.len() - 1].abs() * 1.5);
    let near = value * random.log_uniform(0.5, 2.0);
    let beside = [bound.next_down(), bound.next_up(), value.next_down(), value.next_up()];
    [bound, value, between, near, 0.0, 5e-324, 1e300].into_iter().chain(beside).collect()
}

#[test]
fn bounds_hold_the_true_fraction() {
    for_each_seed(0..100_000, |random| {
        let window = Window::any(random);
        let histograms = [window.histogram(), window.histogram_without_sum()];
        for threshold in thresholds(random, &window) {
            for histogram in &histograms {
                check_fraction(&window, threshold, histogram.fraction(threshold).as_ref())?;
            }
        }
        Ok(())
    });
}

#[test]
fn a_fraction_at_a_bound_is_exact() {
    for_each_seed(0..20_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for &bound in window.layout.bounds.iter().take(30) {
            let due = fraction(&window, bound).to_bits();
            let bounds = histogram.fraction(bound).ok_or("no fraction")?;
            if !bounds.exact
                || bounds.lo.to_bits() != due
                || bounds.hi.to_bits() != due
                || bounds.basis != Basis::Exact
            {
                return Err(format!("≤ {bound:?}: {bounds:?}\n{}", describe(&window)));
            }
        }
        Ok(())
    });
}

#[test]
fn exact_means_that_both_ends_are_the_true_fraction() {
    for_each_seed(0..20_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for threshold in thresholds(random, &window) {
            let bounds = histogram.fraction(threshold).ok_or("no fraction")?;
            let due = fraction(&window, threshold).to_bits();
            if bounds.exact && (bounds.lo.to_bits() != due || bounds.hi.to_bits() != due) {
                return Err(format!("≤ {threshold:?}: {bounds:?}\n{}", describe(&window)));
            }
        }
        Ok(())
    });
}

#[test]
fn the_nearest_bound_is_a_neighbour_with_its_true_fraction() {
    for_each_seed(0..20_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for threshold in thresholds(random, &window) {
            let Some((bound, share)) =
                histogram.fraction(threshold).ok_or("no fraction")?.nearest_bound
            else {
                return Err(format!("≤ {threshold:?}: no nearest bound\n{}", describe(&window)));
            };
            let known = window.layout.bounds.iter().any(|own| own.to_bits() == bound.to_bits());
            let (low, high) = (bound.min(threshold), bound.max(threshold));
            let neighbour = !window.layout.bounds.iter().any(|&own| low < own && own < high);
            if !known || !neighbour || share.to_bits() != fraction(&window, bound).to_bits() {
                return Err(format!(
                    "≤ {threshold:?}: {share:?} at {bound:?}\n{}",
                    describe(&window)
                ));
            }
        }
        Ok(())
    });
}

/// Between the fractions at the bounds around the threshold, with or without a sum; and never less
/// with a sum.
#[test]
fn bounds_are_no_wider_than_the_bucket_and_narrower_with_a_sum() {
    let mut narrowed = 0_usize;
    for_each_seed(0..30_000, |random| {
        let window = Window::any(random);
        let (with, without) = (window.histogram(), window.histogram_without_sum());
        for threshold in thresholds(random, &window) {
            let (lo, hi) = around(&window, threshold);
            let (with, without) = (ends(&with, threshold)?, ends(&without, threshold)?);
            // Below zero nothing was observed, so a build may know more than the bucket says.
            if without.0 < lo || without.1 > hi || with.0 < without.0 || with.1 > without.1 {
                return Err(format!(
                    "≤ {threshold:?}: {with:?}, without a sum {without:?}, bucket ({lo:?}, {hi:?})\n{}",
                    describe(&window)
                ));
            }
            narrowed += usize::from(with.1 - with.0 < without.1 - without.0);
        }
        Ok(())
    });
    assert!(
        narrowed > 5_000 || std::env::var_os("TRIAGE_SEED").is_some(),
        "the sum narrowed {narrowed} fractions only"
    );
}

#[test]
fn bounds_are_as_tight_as_bucket_and_sum_allow() {
    for_each_seed(0..30_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for threshold in thresholds(random, &window) {
            let (lo, hi) = ends(&histogram, threshold)?;
            let (due_lo, due_hi, slack) = fraction_bounds(&window, threshold);
            if lo < due_lo - slack || hi > due_hi + slack {
                return Err(format!(
                    "≤ {threshold:?}: [{lo:?}, {hi:?}] where [{due_lo:?}, {due_hi:?}] ± {slack:?} was due\n{}",
                    describe(&window)
                ));
            }
        }
        Ok(())
    });
}

fn ends(histogram: &Histogram, threshold: f64) -> Result<(f64, f64), String> {
    histogram
        .fraction(threshold)
        .map(|bounds| (bounds.lo, bounds.hi))
        .ok_or_else(|| "no fraction".to_owned())
}

/// The true fractions at the greatest bound ≤ threshold and the smallest bound ≥ threshold.
fn around(window: &Window, threshold: f64) -> (f64, f64) {
    let bounds = &window.layout.bounds;
    let below = bounds.iter().rev().find(|&&bound| bound <= threshold);
    let above = bounds.iter().find(|&&bound| bound >= threshold);
    (
        below.map_or(0.0, |&bound| fraction(window, bound)),
        above.map_or(1.0, |&bound| fraction(window, bound)),
    )
}
