use super::*;

const INF: f64 = f64::INFINITY;

fn native(buckets: &[(f64, f64, f64, f64)], sum: Option<f64>) -> NativeHistogram {
    NativeHistogram::new(buckets, None, sum).expect("valid")
}

#[track_caller]
fn close(got: f64, expected: f64) {
    let bits = got.to_bits() == expected.to_bits() || (got.is_nan() && expected.is_nan());
    let same = bits || (got - expected).abs() <= 1e-12 * expected.abs();
    assert!(same, "{got} is not {expected}");
}

#[test]
fn quantiles_in_the_order_of_the_documentation() {
    let schema0 = native(&[(0.0, 1.0, 2.0, 4.0), (0.0, 2.0, 4.0, 4.0)], None);
    close(schema0.prometheus_quantile(-0.1), -INF);
    close(schema0.prometheus_quantile(1.1), INF);
    close(schema0.prometheus_quantile(f64::NAN), f64::NAN);
    close(native(&[], None).prometheus_quantile(0.5), f64::NAN);
    // Half way through (1, 2] on a logarithmic scale, and the two ends.
    close(schema0.prometheus_quantile(0.25), libm::sqrt(2.0));
    close(schema0.prometheus_quantile(0.75), libm::sqrt(8.0));
    close(schema0.prometheus_quantile(0.0), 1.0);
    close(schema0.prometheus_quantile(1.0), 4.0);
    let mirrored = native(&[(1.0, -2.0, -1.0, 4.0), (1.0, -4.0, -2.0, 4.0)], None);
    close(mirrored.prometheus_quantile(0.25), -libm::sqrt(8.0));
    close(mirrored.prometheus_quantile(0.75), -libm::sqrt(2.0));
    let zero = (3.0, -0.5, 0.5, 2.0);
    close(native(&[zero, (0.0, 1.0, 2.0, 2.0)], None).prometheus_quantile(0.25), 0.25);
    close(native(&[zero, (1.0, -2.0, -1.0, 2.0)], None).prometheus_quantile(0.75), -0.25);
    close(native(&[zero], None).prometheus_quantile(0.25), -0.25);
}

#[test]
fn custom_buckets_are_linear_and_their_open_ends_are_not_interpolated() {
    let custom = native(&[(3.0, -INF, 2.0, 4.0), (0.0, 2.0, 5.0, 4.0), (0.0, 5.0, INF, 2.0)], None);
    assert_eq!(custom.spacing(), Spacing::Custom);
    for (q, expected) in [(0.2, 1.0), (0.4, 2.0), (0.6, 3.5), (0.9, 5.0), (1.0, 5.0)] {
        close(custom.prometheus_quantile(q), expected);
    }
    let below = native(&[(3.0, -INF, -2.0, 4.0), (0.0, -2.0, 1.0, 4.0)], None);
    close(below.prometheus_quantile(0.25), -2.0);
}

#[test]
fn nan_observations_are_above_all_others() {
    let buckets = [(0.0, 1.0, 2.0, 4.0)];
    let skewed = NativeHistogram::new(&buckets, Some(8.0), Some(f64::NAN)).expect("valid");
    close(skewed.prometheus_quantile(0.25), libm::sqrt(2.0));
    close(skewed.prometheus_quantile(0.75), f64::NAN);
    close(skewed.prometheus_fraction(-INF, INF), 0.5);
    close(skewed.nan_observations(), 4.0);
    let mut caveats = Caveats::new();
    let classic = skewed.to_histogram(None, &mut caveats).expect("valid");
    assert!(caveats.has(CaveatId::NanObservations));
    assert_eq!((classic.count(), classic.sum()), (4.0, None));
}

#[test]
fn fractions_invert_quantiles() {
    let cases = [
        native(&[(0.0, 1.0, 2.0, 4.0), (0.0, 2.0, 4.0, 3.0)], None),
        native(&[(1.0, -2.0, -1.0, 4.0), (0.0, 2.0, 4.0, 3.0)], None),
        native(&[(3.0, -0.5, 0.5, 4.0), (0.0, 2.0, 4.0, 3.0)], None),
        native(&[(3.0, -INF, 2.0, 4.0), (0.0, 2.0, 5.0, 4.0)], None),
    ];
    for case in cases {
        for step in 1..20 {
            let q = f64::from(step) / 20.0;
            let again = case.prometheus_fraction(-INF, case.prometheus_quantile(q));
            // Between two buckets every value has the same share below it.
            assert!((again - q).abs() < 1e-12, "{q}: {again} of {case:?}");
        }
    }
}

#[test]
fn fractions_in_the_order_of_the_documentation() {
    let schema0 = native(&[(0.0, 1.0, 2.0, 4.0), (0.0, 2.0, 4.0, 4.0)], None);
    close(native(&[], None).prometheus_fraction(0.0, 1.0), f64::NAN);
    close(schema0.prometheus_fraction(f64::NAN, 1.0), f64::NAN);
    close(schema0.prometheus_fraction(2.0, 1.0), 0.0);
    close(schema0.prometheus_fraction(libm::sqrt(2.0), 2.0), 0.25);
    close(schema0.prometheus_fraction(-INF, 3.0), 0.5 + 0.5 * (libm::log2(3.0) - 1.0));
    let custom = native(&[(3.0, -INF, 2.0, 4.0), (0.0, 2.0, 5.0, 4.0), (0.0, 5.0, INF, 2.0)], None);
    close(custom.prometheus_fraction(-INF, 1.0), 0.2);
    close(custom.prometheus_fraction(-INF, 3.5), 0.6);
    close(custom.prometheus_fraction(-INF, 9.0), 0.8);
    close(custom.prometheus_fraction(-INF, INF), 1.0);
    close(
        native(&[(3.0, -INF, -2.0, 4.0), (0.0, -2.0, 1.0, 4.0)], None)
            .prometheus_fraction(-INF, -3.0),
        0.5,
    );
}

#[test]
fn spacing_is_inferred_from_the_bounds() {
    let growth = libm::exp2(0.125);
    let cases = [
        ("schema 0", vec![(0.0, 1.0, 2.0, 1.0), (0.0, 8.0, 16.0, 1.0)], Spacing::Exponential),
        (
            "schema 3",
            vec![(0.0, 1.0, growth, 1.0), (0.0, growth, growth * growth, 1.0)],
            Spacing::Exponential,
        ),
        ("schema -2", vec![(0.0, 16.0, 256.0, 1.0)], Spacing::Exponential),
        (
            "zero and negative",
            vec![(3.0, -1e-3, 1e-3, 1.0), (1.0, -4.0, -2.0, 1.0)],
            Spacing::Exponential,
        ),
        ("two schemas", vec![(0.0, 1.0, 2.0, 1.0), (0.0, 4.0, 16.0, 1.0)], Spacing::Custom),
        ("off the grid", vec![(0.0, 3.0, 6.0, 1.0)], Spacing::Custom),
        ("no step", vec![(0.0, 1.0, 2.5, 1.0)], Spacing::Custom),
        ("open end", vec![(0.0, 1.0, 2.0, 1.0), (0.0, 2.0, INF, 1.0)], Spacing::Custom),
        ("from 0", vec![(0.0, 0.0, 2.0, 1.0)], Spacing::Custom),
    ];
    for (name, buckets, expected) in cases {
        assert_eq!(native(&buckets, None).spacing(), expected, "{name}");
    }
}

#[test]
fn bounds_of_the_classic_shape_hold_closed_ends() {
    let buckets = [(1.0, -2.0, -1.0, 3.0), (3.0, -0.5, 0.5, 1.0), (0.0, 1.0, 2.0, 4.0)];
    let classic =
        native(&buckets, Some(1.0)).to_histogram(None, &mut Caveats::new()).expect("valid");
    assert_eq!(classic.basis(), Basis::Exact);
    let bounds = |rank| classic.rank_bounds(rank).map(|bounds| (bounds.lo, bounds.lo_excluded));
    // -2 itself is in the first bucket and -0.5 in the second.
    assert_eq!(bounds(1.0), Some(((-2.0_f64).next_down(), true)));
    assert_eq!(bounds(4.0), Some(((-0.5_f64).next_down(), true)));
    assert_eq!(bounds(5.0), Some((1.0, true)));
    assert_eq!(
        classic.fraction(1.0).map(|share| (share.lo, share.exact)),
        Some((0.5, true)),
        "nothing between 0.5 and 1"
    );
}

#[test]
fn what_is_no_histogram_is_named() {
    for (buckets, part) in [
        ((4.0, 1.0, 2.0, 1.0), "boundary rule 4"),
        ((0.0, 2.0, 1.0, 1.0), "does not ascend"),
        ((0.0, f64::NAN, 1.0, 1.0), "does not ascend"),
        ((0.0, 1.0, 2.0, -1.0), "count -1"),
        ((0.0, 1.0, 2.0, INF), "count inf"),
    ] {
        let error = NativeHistogram::new(&[buckets], None, None).expect_err(part);
        assert!(error.is_bad_data() && error.to_string().contains(part), "{error}");
    }
    let overlapping = [(0.0, 1.0, 2.0, 1.0), (0.0, 1.5, 3.0, 1.0)];
    assert!(
        NativeHistogram::new(&overlapping, None, None)
            .is_err_and(|error| error.to_string().contains("overlap"))
    );
}
