//! The point is PromQL's, lies in PromQL's bucket, and point and bounds rise with the quantile.

use inference_triage_core::histogram::{Artefact, estimate_quantile, prometheus_quantile};
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::formulae::{promql_bucket, promql_fraction, quantile_bounds};
use inference_triage_harness::random::Random;
use inference_triage_harness::truth::describe;
use inference_triage_harness::window::Window;

/// Interpolation rounds a few times; a point may pass its bucket's end by that much.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

fn ascending(random: &mut Random) -> Vec<f64> {
    let mut quantiles = vec![0.0, 0.5, 0.95, 0.99, 0.999, 1.0];
    quantiles.extend((0..20).map(|_| random.unit()));
    quantiles.sort_by(f64::total_cmp);
    quantiles
}

#[test]
fn the_point_lies_inside_its_bucket() {
    for_each_seed(0..100_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for q in ascending(random) {
            let (lower, upper) = promql_bucket(q, &window.cumulative).ok_or("no bucket")?;
            let point = histogram.point(q);
            let inside = if upper.is_infinite() {
                point.to_bits() == lower.to_bits()
            } else if lower.to_bits() == 0 && upper <= 0.0 {
                point.to_bits() == upper.to_bits()
            } else {
                let room = ROUNDING * lower.abs().max(upper.abs());
                // A rank of 0 in an empty first bucket is 0/0.
                (point.is_nan() && q.to_bits() == 0)
                    || (lower - room <= point && point <= upper + room)
            };
            if !inside {
                return Err(format!(
                    "q = {q:?}: {point:?} not in ({lower:?}, {upper:?}]\n{}",
                    describe(&window)
                ));
            }
        }
        Ok(())
    });
}

#[test]
fn the_point_of_a_histogram_is_that_of_its_buckets() {
    for_each_seed(0..30_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for q in ascending(random).into_iter().chain([
            f64::NAN,
            -0.1,
            1.1,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ]) {
            let (ours, raw) = (histogram.point(q), prometheus_quantile(q, &window.cumulative));
            if ours.to_bits() != raw.to_bits() && !(ours.is_nan() && raw.is_nan()) {
                return Err(format!("q = {q:?}: {ours:?} and {raw:?}\n{}", describe(&window)));
            }
        }
        Ok(())
    });
}

#[test]
fn point_and_bounds_rise_with_the_quantile() {
    for_each_seed(0..100_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        let (mut point, mut lo, mut hi) = (f64::NEG_INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
        // The bounds of layouts differ in sign and size; a point is rounded by the size of its
        // bucket's ends.
        let mut room = 0.0;
        for q in ascending(random) {
            let bounds = histogram.quantile_bounds(q).ok_or("no bounds")?;
            let (now, now_hi) = (histogram.point(q), bounds.hi.unwrap_or(f64::INFINITY));
            let fallen = now < point - room || bounds.lo < lo || now_hi < hi;
            if fallen || bounds.lo > now_hi {
                return Err(format!(
                    "q = {q:?}: {now:?}, {bounds:?} after {point:?}, [{lo:?}, {hi:?}]\n{}",
                    describe(&window)
                ));
            }
            let (lower, upper) = promql_bucket(q, &window.cumulative).ok_or("no bucket")?;
            room = ROUNDING * lower.abs().max(if upper.is_finite() { upper.abs() } else { 0.0 });
            (point, lo, hi) = (if now.is_nan() { point } else { now }, bounds.lo, now_hi);
        }
        Ok(())
    });
}

/// The fraction below PromQL's point is the quantile again: exactly by PromQL's own fraction, and
/// inside our bounds.
#[test]
fn the_fraction_inverts_the_point_inside_a_filled_bucket() {
    let mut inverted = 0_usize;
    for_each_seed(0..100_000, |random| {
        let window = Window::any(random);
        if window.layout.bounds[0] <= 0.0 {
            return Ok(());
        }
        let histogram = window.histogram_without_sum();
        for q in ascending(random) {
            let point = histogram.point(q);
            let Some((lower, upper)) = promql_bucket(q, &window.cumulative) else { return Ok(()) };
            // Between neighbouring floats there is no room for a fraction.
            let roomy = upper - lower > 1e-3 * upper;
            if !(roomy && upper.is_finite() && lower < point && point < upper) {
                continue;
            }
            inverted += 1;
            let again = promql_fraction(point, &window.cumulative);
            let bounds = histogram.fraction(point).ok_or("no fraction")?;
            let held = bounds.lo <= q + 1e-12 && q <= bounds.hi + 1e-12;
            if (again - q).abs() > 1e-11 || !held {
                return Err(format!(
                    "q = {q:?}: point {point:?}, {again:?}, {bounds:?}\n{}",
                    describe(&window)
                ));
            }
        }
        Ok(())
    });
    assert!(
        inverted > 100_000 || std::env::var_os("TRIAGE_SEED").is_some(),
        "{inverted} points inside a bucket"
    );
}

#[test]
fn a_quantile_in_the_first_or_the_open_bucket_is_unresolved() {
    for_each_seed(0..20_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for q in ascending(random) {
            let index = quantile_bounds(&window, q).index;
            let expected = index == 0 || index == window.layout.bounds.len();
            if histogram.is_unresolved(q) != expected {
                return Err(format!("q = {q:?}, bucket {index}\n{}", describe(&window)));
            }
        }
        Ok(())
    });
}

#[test]
fn an_artefact_is_named_when_there_is_one_and_only_then() {
    for_each_seed(0..20_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for q in ascending(random).into_iter().filter(|&q| q < 1.0) {
            let index = quantile_bounds(&window, q).index;
            let first = index == 0;
            let open = index == window.layout.bounds.len();
            let one = histogram.counts().iter().filter(|&&count| count > 0.0).count() == 1;
            let needed = 1.0 / (1.0 - q);
            let few = (window.count() as f64) < needed;
            if (window.count() as f64 - needed).abs() < 1e-9 * needed {
                continue;
            }
            let artefact = histogram.artefact(q);
            let right = match artefact {
                None => !(first || open || one || few),
                Some(Artefact::OneBucket) => one,
                Some(Artefact::FirstBucket) => first,
                Some(Artefact::OpenBucket) => open,
                Some(Artefact::TooFewObservations) => few,
            };
            if !right || artefact.is_some_and(|artefact| artefact.phrase().trim().is_empty()) {
                return Err(format!("q = {q:?}: {artefact:?}\n{}", describe(&window)));
            }
        }
        Ok(())
    });
}

#[test]
fn the_report_of_a_quantile_repeats_the_answers() {
    for_each_seed(0..20_000, |random| {
        let window = Window::any(random);
        let histogram = window.histogram();
        for q in ascending(random) {
            let report = estimate_quantile(&histogram, q, None).ok_or("no report")?;
            let bounds = histogram.quantile_bounds(q).ok_or("no bounds")?;
            let point = Some(histogram.point(q)).filter(|point| !point.is_nan());
            let sampling = histogram.sampling_interval(q, None).ok_or("no sampling interval")?;
            let same = report.q.to_bits() == q.to_bits()
                && report.lo.to_bits() == bounds.lo.to_bits()
                && report.hi.map(f64::to_bits) == bounds.hi.map(f64::to_bits)
                && report.lo_excluded == bounds.lo_excluded
                && report.basis == bounds.basis
                && report.order_hi.is_none()
                && report.point.map(f64::to_bits) == point.map(f64::to_bits)
                && report.sample_lo.map(f64::to_bits) == Some(sampling.lo.to_bits())
                && report.sample_hi.map(f64::to_bits) == sampling.hi.map(f64::to_bits)
                && report.artefact.is_some() == histogram.artefact(q).is_some()
                && report.unresolved == histogram.is_unresolved(q);
            let outside = point
                .is_some_and(|point| point < bounds.lo || bounds.hi.is_some_and(|hi| point > hi));
            let on_open_end = bounds.lo_excluded
                && point.is_some_and(|point| point.to_bits() == bounds.lo.to_bits());
            if !same || (report.is_outside_bounds() != outside && !on_open_end) {
                return Err(format!("q = {q:?}: {report:?}, {bounds:?}\n{}", describe(&window)));
            }
        }
        Ok(())
    });
}
