use super::*;
use crate::caveat::Caveats;
use crate::histogram::Sum;

const INF: f64 = f64::INFINITY;

fn histogram(cumulative: &[(f64, f64)], sum: Option<f64>, basis: Basis) -> Histogram {
    let sum = sum.map(|value| Sum { value, magnitude: value });
    Histogram::from_cumulative(cumulative, sum, basis, &mut Caveats::new()).expect("valid")
}

struct Expected {
    lo: f64,
    hi: Option<f64>,
    lo_excluded: bool,
    sum_used: bool,
}

fn check(name: &str, bounds: Option<QuantileBounds>, expected: Option<&Expected>) {
    let (Some(bounds), Some(expected)) = (bounds, expected) else {
        assert!(bounds.is_none() && expected.is_none(), "{name}: {bounds:?}");
        return;
    };
    let outward = |got: f64, expected: f64| got >= 0.0 && got <= 1e-13 * expected.abs();
    assert!(
        outward(expected.lo - bounds.lo, expected.lo),
        "{name}: lo of {bounds:?}, expected {}",
        expected.lo
    );
    match (bounds.hi, expected.hi) {
        (Some(hi), Some(expected)) => {
            assert!(
                outward(hi - expected, expected),
                "{name}: hi of {bounds:?}, expected {expected}"
            );
        }
        (hi, expected) => assert_eq!(hi, expected, "{name}"),
    }
    assert_eq!(
        (bounds.lo_excluded, bounds.sum_used),
        (expected.lo_excluded, expected.sum_used),
        "{name}"
    );
}

fn interval(lo: f64, hi: f64, lo_excluded: bool, sum_used: bool) -> Expected {
    Expected { lo, hi: hi.is_finite().then_some(hi), lo_excluded, sum_used }
}

#[test]
fn special_cases_in_the_order_of_the_documentation() {
    let plain = &[(1.0, 2.0), (2.0, 6.0), (4.0, 8.0), (INF, 8.0)];
    let exact = |q, sum| histogram(plain, sum, Basis::Exact).quantile_bounds(q);
    check(
        "empty",
        histogram(&[(1.0, 0.0), (INF, 0.0)], Some(0.0), Basis::Exact).quantile_bounds(0.5),
        None,
    );
    check("q below 0", exact(-0.1, None), None);
    check("q above 1", exact(1.1, None), None);
    check("q is NaN", exact(f64::NAN, None), None);
    check("bucket alone", exact(0.5, None), Some(&interval(1.0, 2.0, true, false)));
    check("q is 0", exact(0.0, None), Some(&interval(0.0, 1.0, false, false)));
    check("q is 1", exact(1.0, None), Some(&interval(2.0, 4.0, true, false)));
    // Σ n·l = 0 + 4 + 4 = 8, Σ n·u = 2 + 8 + 8 = 18; rank 4 is the second of its bucket: m = 3, m′
    // = 2.
    check("sum from above", exact(0.5, Some(9.5)), Some(&interval(1.0, 1.5, true, true)));
    check("sum from below", exact(0.5, Some(17.0)), Some(&interval(1.5, 2.0, false, true)));
    check("sum from neither side", exact(0.5, Some(13.0)), Some(&interval(1.0, 2.0, true, false)));
    check("sum at its least", exact(0.5, Some(8.0)), Some(&interval(1.0, 1.0, true, true)));
    check("sum at its greatest", exact(0.5, Some(18.0)), Some(&interval(2.0, 2.0, false, true)));
    check(
        "sum too small for the buckets",
        exact(0.5, Some(7.9)),
        Some(&interval(1.0, 2.0, true, false)),
    );
    check(
        "sum too large for the buckets",
        exact(0.5, Some(18.1)),
        Some(&interval(1.0, 2.0, true, false)),
    );
    check(
        "0.9·8 is no whole number",
        exact(0.9, Some(17.0)),
        Some(&interval(3.5, 4.0, false, true)),
    );
}

#[test]
fn ranks_of_ten() {
    let ten = histogram(&[(1.0, 9.0), (2.0, 10.0), (INF, 10.0)], None, Basis::Exact);
    check("0.9 of ten", ten.quantile_bounds(0.9), Some(&interval(0.0, 1.0, false, false)));
    check(
        "just above",
        ten.quantile_bounds(0.9_f64.next_up()),
        Some(&interval(1.0, 2.0, true, false)),
    );
    check("rank 9 of ten", ten.rank_bounds(9.0), Some(&interval(0.0, 1.0, false, false)));
    check("rank 9.5 of ten", ten.rank_bounds(9.5), Some(&interval(1.0, 2.0, true, false)));
    check("rank 0", ten.rank_bounds(0.0), None);
    check("rank 11", ten.rank_bounds(11.0), None);
    check("rank NaN", ten.rank_bounds(f64::NAN), None);
}

#[test]
fn open_buckets() {
    let overflow = &[(1.0, 2.0), (2.0, 4.0), (INF, 6.0)];
    let exact = |q, sum| histogram(overflow, sum, Basis::Exact).quantile_bounds(q);
    check("last bucket without sum", exact(1.0, None), Some(&interval(2.0, INF, true, false)));
    // Σ n·l = 0 + 2 + 4 = 6.
    check(
        "last bucket bounded by the sum",
        exact(1.0, Some(16.0)),
        Some(&interval(2.0, 12.0, true, true)),
    );
    check("both of them", exact(0.8, Some(16.0)), Some(&interval(2.0, 7.0, true, true)));
    check(
        "no lower end from the sum",
        exact(0.5, Some(16.0)),
        Some(&interval(1.0, 2.0, true, false)),
    );
    let negative = &[(-1.0, 2.0), (2.0, 4.0), (INF, 4.0)];
    let exact = |q, sum| histogram(negative, sum, Basis::Exact).quantile_bounds(q);
    check(
        "first bucket without a lower end",
        exact(0.5, None),
        Some(&interval(UNBOUNDED_BELOW, -1.0, false, false)),
    );
    // Σ n·u = −2 + 4 = 2.
    check(
        "first bucket bounded by the sum",
        exact(0.5, Some(-4.0)),
        Some(&interval(-4.0, -1.0, false, true)),
    );
    check(
        "no upper end from the sum",
        exact(0.75, Some(-4.0)),
        Some(&interval(-1.0, 2.0, true, false)),
    );
    let at_zero = histogram(&[(0.0, 3.0), (2.0, 3.0), (INF, 3.0)], Some(0.0), Basis::Exact);
    check("all at 0", at_zero.quantile_bounds(0.5), Some(&interval(0.0, 0.0, false, false)));
    let nothing_spent = histogram(&[(1.0, 3.0), (INF, 3.0)], Some(0.0), Basis::Exact);
    check("sum 0", nothing_spent.quantile_bounds(0.5), Some(&interval(0.0, 0.0, false, true)));
}

#[test]
fn bounds_below_zero_do_not_make_observations_negative() {
    let from_zero = &[(0.0, 1.0), (2.0, 4.0), (INF, 4.0)];
    let exact = |q, sum| histogram(from_zero, sum, Basis::Exact).quantile_bounds(q);
    check("bound 0", exact(0.25, None), Some(&interval(0.0, 0.0, false, false)));
    check("just above 0", exact(0.5, None), Some(&interval(0.0, 2.0, true, false)));
    check("sum", exact(1.0, Some(1.5)), Some(&interval(0.5, 1.5, false, true)));
    let unused = &[(-2.0, 0.0), (-1.0, 0.0), (2.0, 4.0), (INF, 4.0)];
    let exact = |q, sum| histogram(unused, sum, Basis::Exact).quantile_bounds(q);
    check("empty buckets below 0", exact(0.25, None), Some(&interval(0.0, 2.0, false, false)));
    check("their sum", exact(1.0, Some(0.5)), Some(&interval(0.125, 0.5, false, true)));
    let used = &[(-2.0, 0.0), (-1.0, 1.0), (2.0, 4.0), (INF, 4.0)];
    check(
        "above a filled one",
        histogram(used, None, Basis::Exact).quantile_bounds(0.5),
        Some(&interval(-1.0, 2.0, true, false)),
    );
}

#[test]
fn estimated_counts_are_masses() {
    let fractional = &[(1.0, 1.5), (2.0, 4.5), (INF, 4.5)];
    let estimated = |q, sum| histogram(fractional, sum, Basis::Estimated).quantile_bounds(q);
    let check_near = |name: &str, bounds: Option<QuantileBounds>, lo: f64, hi: f64| {
        let bounds = bounds.expect(name);
        assert_eq!(bounds.basis, Basis::Estimated, "{name}");
        let close = |got: f64, expected: f64| (got - expected).abs() < 1e-7;
        assert!(close(bounds.lo, lo) && close(bounds.hi.unwrap_or(INF), hi), "{name}: {bounds:?}");
    };
    check_near("bucket alone", estimated(0.5, None), 1.0, 2.0);
    check_near("q is 0", estimated(0.0, None), 0.0, 1.0);
    check_near("q is 1", estimated(1.0, None), 1.0, 2.0);
    check_near("on the border of two buckets", estimated(1.0 / 3.0, None), 0.0, 2.0);
    // Σ n·l = 3, m = 4.5 − 2.25.
    check_near("sum from above", estimated(0.5, Some(4.0)), 1.0, 1.0 + 1.0 / 2.25);
    // Σ n·u = 7.5, m′ = 2.25 − 1.5.
    check_near("sum from below", estimated(0.5, Some(7.25)), 2.0 - 0.25 / 0.75, 2.0);
    check_near("largest is not bounded by a vanishing mass", estimated(1.0, Some(4.0)), 1.0, 2.0);
}

#[test]
fn a_counter_that_started_high_widens_the_interval() {
    let buckets = [(1.0, 4.0), (2.0, 4.0), (INF, 4.0)];
    let build = |magnitude| {
        let sum = Some(Sum { value: 0.5, magnitude });
        Histogram::from_cumulative(&buckets, sum, Basis::Exact, &mut Caveats::new()).expect("valid")
    };
    let hi = |magnitude| {
        build(magnitude).quantile_bounds(1.0).and_then(|bounds| bounds.hi).expect("bounded")
    };
    // Four additions at 1e9 may each have lost 2^-23, at 1e15 an eighth.
    let lost = 4.0 / 8_388_608.0;
    assert!(hi(1.0) < 0.5 + 1e-14 && hi(1e9) >= 0.5 + lost && hi(1e9) < 0.5 + lost + 1e-14);
    assert_eq!(hi(1e15).to_bits(), 1.0_f64.to_bits());
}

#[test]
fn sorted_observations_lie_inside() {
    let bounds = [0.5, 1.0, 3.0, 8.0];
    let mut state = 11_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / 9_007_199_254_740_992.0
    };
    for _ in 0..2_000 {
        let number = 1 + (next() * 12.0) as usize;
        let mut observations: Vec<f64> =
            (0..number).map(|_| (next() * 20.0).round() / 2.0 * next().round()).collect();
        observations.sort_by(f64::total_cmp);
        let below =
            |bound: f64| observations.iter().filter(|value| **value <= bound).count() as f64;
        let mut cumulative: Vec<(f64, f64)> =
            bounds.iter().map(|bound| (*bound, below(*bound))).collect();
        cumulative.push((INF, number as f64));
        let histogram = histogram(&cumulative, Some(observations.iter().sum()), Basis::Exact);
        for (index, truth) in observations.iter().enumerate() {
            let bounds = histogram.rank_bounds((index + 1) as f64).expect("filled");
            let above = if bounds.lo_excluded { *truth > bounds.lo } else { *truth >= bounds.lo };
            assert!(
                above && bounds.hi.is_none_or(|hi| *truth <= hi),
                "{truth} in {bounds:?} of {observations:?}"
            );
        }
    }
}
