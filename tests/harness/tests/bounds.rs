//! The interval for a sample quantile holds that quantile, in every generated window.
//!
//! The truth comes from the observations themselves. One case is replayed with `TRIAGE_SEED=… cargo
//! test --test bounds`.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, Sum};
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::formulae;
use inference_triage_harness::random::Random;
use inference_triage_harness::truth::{Interval, check_quantile, describe};
use inference_triage_harness::window::Window;

/// Ordinary quantiles, ratios that no float holds, whole ranks, and the floats beside whole ranks.
fn quantiles(random: &mut Random, count: usize) -> Vec<f64> {
    let mut quantiles =
        vec![0.0, 0.25, 1.0 / 3.0, 0.5, 2.0 / 3.0, 0.9, 0.95, 0.99, 0.999, 1.0, random.unit()];
    for _ in 0..2 {
        let whole = random.between(0, count) as f64 / count as f64;
        quantiles.extend([whole, whole.next_down().max(0.0), whole.next_up().min(1.0)]);
    }
    quantiles
}

fn interval(histogram: &Histogram, q: f64) -> Option<Interval> {
    histogram.quantile_bounds(q).as_ref().map(Interval::from)
}

#[test]
fn bounds_hold_the_true_quantile() {
    for_each_seed(0..110_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        quantiles(random, window.count())
            .into_iter()
            .try_for_each(|q| check_quantile(&window, q, interval(&histogram, q)))
    });
}

#[test]
fn bounds_without_a_sum_are_the_bucket_of_the_quantile() {
    for_each_seed(0..20_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram_without_sum();
        for q in quantiles(random, window.count()) {
            let bounds = histogram.quantile_bounds(q).ok_or("no bounds")?;
            check_quantile(&window, q, Some(Interval::from(&bounds)))?;
            let expected = formulae::quantile_bounds(&window, q).bucket;
            let same = bounds.hi.map(f64::to_bits) == expected.hi.map(f64::to_bits)
                && (bounds.lo.to_bits() == expected.lo.to_bits() || window.layout.bounds[0] <= 0.0);
            if !same || bounds.sum_used || bounds.basis != Basis::Exact {
                return Err(format!(
                    "q = {q:?}: {bounds:?} where {expected:?} was due\n{}",
                    describe(&window)
                ));
            }
        }
        Ok(())
    });
}

#[test]
fn every_rank_lies_in_its_bounds() {
    for_each_seed(0..20_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for rank in (1..=window.count()).filter(|_| window.count() < 50 || random.chance(0.02)) {
            let truth = window.sorted[rank - 1];
            let bounds = histogram.rank_bounds(rank as f64);
            if !bounds.as_ref().is_some_and(|bounds| Interval::from(bounds).holds(truth)) {
                return Err(format!(
                    "rank {rank}: {bounds:?} does not hold {truth:?}\n{}",
                    describe(&window)
                ));
            }
        }
        Ok(())
    });
}

/// Counts and sum as `increase` would give them: all multiplied by one factor, no longer whole.
/// Mass takes the place of ranks, and the intervals grow a little.
#[test]
fn bounds_of_an_extrapolated_window_hold_the_true_quantile() {
    for_each_seed(0..30_000, |random| {
        let window = Window::any(random);
        let factor = random.log_uniform(0.3, 3.0);
        let cumulative: Vec<_> =
            window.cumulative.iter().map(|&(bound, count)| (bound, count * factor)).collect();
        // The counters themselves are what they were.
        let sum = Sum { value: window.sum.value * factor, ..window.sum };
        let mut caveats = Caveats::new();
        let histogram =
            Histogram::from_cumulative(&cumulative, Some(sum), Basis::Estimated, &mut caveats);
        let histogram = histogram.ok_or("refused")?;
        for q in quantiles(random, window.count()) {
            let bounds = histogram.quantile_bounds(q).ok_or("no bounds")?;
            if bounds.basis != Basis::Estimated {
                return Err("an extrapolated window has no exact bounds".to_owned());
            }
            check_quantile(&window, q, Some(Interval::from(&bounds)))
                .map_err(|text| format!("all counts times {factor:?}, {text}"))?;
        }
        Ok(())
    });
}

/// Bounds that hold everything would be of no use: both ends are where the formulae put them, up to
/// the allowance for rounding.
#[test]
fn bounds_are_as_tight_as_bucket_and_sum_allow() {
    let mut narrowed = 0_usize;
    for_each_seed(0..30_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for q in quantiles(random, window.count()) {
            let bounds = histogram.quantile_bounds(q).ok_or("no bounds")?;
            let due = formulae::quantile_bounds(&window, q);
            let loose_above = due
                .with_sum
                .hi
                .is_some_and(|hi| bounds.hi.is_none_or(|got| got > hi + due.slack_above));
            let loose_below =
                window.layout.bounds[0] > 0.0 && bounds.lo < due.with_sum.lo - due.slack_below;
            if loose_above || loose_below {
                return Err(format!(
                    "q = {q:?}: {bounds:?} where {due:?} was due\n{}",
                    describe(&window)
                ));
            }
            narrowed += usize::from(bounds.sum_used);
        }
        Ok(())
    });
    assert!(
        narrowed > 10_000 || std::env::var_os("TRIAGE_SEED").is_some(),
        "the sum was used {narrowed} times only"
    );
}

#[test]
fn a_sum_of_the_same_observations_is_consistent() {
    for_each_seed(0..30_000, |random| {
        let window = Window::any(random);
        match (
            window.histogram().sum_is_consistent(),
            window.histogram_without_sum().sum_is_consistent(),
        ) {
            (Some(true), None) => Ok(()),
            other => Err(format!("{other:?}\n{}", describe(&window))),
        }
    });
}

/// A sum that its buckets exclude (a torn scrape) is noticed and not used, so that the bucket still
/// holds the quantile.
#[test]
fn an_impossible_sum_is_not_used() {
    for_each_seed(0..20_000, |random| {
        let mut window = Window::any(random);
        let Some(value) = impossible_sum(random, &window) else { return Ok(()) };
        window.sum = Sum { value, magnitude: value.abs() };
        let histogram = window.build(Some(window.sum), &mut Caveats::new());
        if histogram.sum_is_consistent() != Some(false) {
            return Err(format!("{:?}\n{}", histogram.sum_is_consistent(), describe(&window)));
        }
        for q in quantiles(random, window.count()) {
            let bounds = histogram.quantile_bounds(q).ok_or("no bounds")?;
            check_quantile(&window, q, Some(Interval::from(&bounds)))?;
            if bounds.sum_used {
                return Err(format!("q = {q:?}: {bounds:?}\n{}", describe(&window)));
            }
        }
        Ok(())
    });
}

/// A sum clearly below Σ n·l or above Σ n·u; none when the buckets allow every sum on the chosen
/// side.
fn impossible_sum(random: &mut Random, window: &Window) -> Option<f64> {
    let bounds = &window.layout.bounds;
    let (mut least, mut most, mut below) = (0.0, 0.0, 0.0);
    for (k, &(upper, cumulative)) in window.cumulative.iter().enumerate() {
        let count = cumulative - std::mem::replace(&mut below, cumulative);
        least += count * k.checked_sub(1).map_or(0.0, |lower| bounds[lower].max(0.0));
        most += if count > 0.0 { count * upper } else { 0.0 };
    }
    if random.chance(0.5) {
        (least > 0.0).then(|| least * random.uniform(0.0, 0.99))
    } else {
        most.is_finite().then(|| most * random.uniform(1.01, 100.0) + 1e-9)
    }
}
