//! The order of the buckets in the input changes no answer, to the last bit.

use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, prometheus_quantile};
use inference_triage_harness::answers::first_difference;
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::random::Random;
use inference_triage_harness::truth::describe;
use inference_triage_harness::window::Window;

const QUANTILES: [f64; 8] = [0.0, 0.1, 1.0 / 3.0, 0.5, 0.95, 0.99, 0.999, 1.0];

#[test]
fn a_permutation_of_the_buckets_changes_nothing() {
    for_each_seed(0..100_000, |random| {
        let window = Window::any(random);
        let mut shuffled = window.clone();
        random.shuffle(&mut shuffled.cumulative);
        let thresholds = [window.sorted[0], window.layout.bounds[0], random.unit()];
        match first_difference(&window.histogram(), &shuffled.histogram(), &QUANTILES, &thresholds)
        {
            None => Ok(()),
            Some(difference) => Err(format!("{difference}\n{}", describe(&window))),
        }
    });
}

/// Repeated bounds and fractional counts, whose float sum depends on the order of addition.
#[test]
fn a_permutation_of_repeated_bounds_changes_nothing() {
    for_each_seed(0..20_000, |random| {
        let sorted = repeated(random);
        let mut shuffled = sorted.clone();
        random.shuffle(&mut shuffled);
        let build = |buckets: &[(f64, f64)]| {
            let mut caveats = Caveats::new();
            let histogram =
                Histogram::from_cumulative(buckets, None, Basis::Estimated, &mut caveats);
            (histogram.ok_or("refused"), caveats)
        };
        let ((first, first_caveats), (second, second_caveats)) = (build(&sorted), build(&shuffled));
        let difference = first_difference(&first?, &second?, &QUANTILES, &[0.5, 1.0]);
        if difference.is_some()
            || first_caveats != second_caveats
            || !first_caveats.has(CaveatId::DuplicateBounds)
        {
            return Err(format!(
                "{difference:?}\n{first_caveats:?}\n{second_caveats:?}\n{sorted:?}\n{shuffled:?}"
            ));
        }
        for q in QUANTILES {
            let (first, second) =
                (prometheus_quantile(q, &sorted), prometheus_quantile(q, &shuffled));
            if first.to_bits() != second.to_bits() && !(first.is_nan() && second.is_nan()) {
                return Err(format!(
                    "q = {q:?}: {first:?} and {second:?}\n{sorted:?}\n{shuffled:?}"
                ));
            }
        }
        Ok(())
    });
}

/// Several spellings of each bound, every one a cumulative function of its own.
fn repeated(random: &mut Random) -> Vec<(f64, f64)> {
    let bounds: Vec<f64> =
        (1..=random.between(1, 5)).map(|k| k as f64 / 4.0).chain([f64::INFINITY]).collect();
    let mut buckets = Vec::new();
    for _ in 0..random.between(2, 4) {
        let mut count = 0.0;
        for &bound in &bounds {
            count += random.log_uniform(0.01, 10.0);
            buckets.push((bound, count));
        }
    }
    buckets
}
