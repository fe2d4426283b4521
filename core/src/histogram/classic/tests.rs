use super::*;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

fn histogram(cumulative: &[(f64, f64)], sum: Option<f64>) -> (Option<Histogram>, Vec<String>) {
    let mut caveats = Caveats::new();
    let sum = sum.map(|value| Sum { value, magnitude: value });
    let histogram = Histogram::from_cumulative(cumulative, sum, Basis::Exact, &mut caveats);
    (histogram, caveats.iter().map(|caveat| format!("{}:{}", caveat.id, caveat.count)).collect())
}

/// Name, cumulative buckets, then what is expected: counts, basis, caveats with their number.
type Case =
    (&'static str, &'static [(f64, f64)], Option<&'static [f64]>, Basis, &'static [&'static str]);

#[test]
fn construction_in_the_order_of_the_documentation() {
    let cases: [Case; 20] = [
        ("plain", &[(INF, 3.0), (1.0, 1.0), (2.0, 2.0)], Some(&[1.0, 1.0, 1.0]), Basis::Exact, &[]),
        ("no +Inf", &[(1.0, 1.0), (2.0, 2.0)], None, Basis::Exact, &[]),
        ("nothing", &[], None, Basis::Exact, &[]),
        ("no finite bound", &[(INF, 1.0), (INF, 1.0)], None, Basis::Exact, &[]),
        ("-Inf is no finite bound", &[(-INF, 0.0), (INF, 1.0)], None, Basis::Exact, &[]),
        ("NaN total", &[(1.0, 1.0), (INF, NAN)], None, Basis::Exact, &[]),
        ("infinite total", &[(1.0, 1.0), (INF, INF)], None, Basis::Exact, &[]),
        ("negative total", &[(1.0, 1.0), (INF, -1.0)], None, Basis::Exact, &[]),
        ("empty", &[(1.0, 0.0), (INF, 0.0)], Some(&[0.0, 0.0]), Basis::Exact, &[]),
        (
            "NaN and -Inf bounds",
            &[(NAN, 1.0), (-INF, 0.0), (1.0, 1.0), (INF, 2.0)],
            Some(&[1.0, 1.0]),
            Basis::Exact,
            &["unusable-bucket:2"],
        ),
        (
            "NaN count",
            &[(1.0, NAN), (2.0, 1.0), (INF, 2.0)],
            Some(&[1.0, 1.0]),
            Basis::Exact,
            &["unusable-bucket:1"],
        ),
        (
            "equal bounds",
            &[(1.0, 1.0), (1.0, 2.0), (INF, 4.0)],
            Some(&[3.0, 1.0]),
            Basis::Exact,
            &["duplicate-bounds:1"],
        ),
        (
            "falling counts",
            &[(1.0, 5.0), (2.0, 3.0), (INF, 6.0)],
            Some(&[5.0, 0.0, 1.0]),
            Basis::Estimated,
            &["non-monotone:1"],
        ),
        (
            "negative start",
            &[(1.0, -5.0), (INF, 6.0)],
            Some(&[0.0, 6.0]),
            Basis::Estimated,
            &["non-monotone:1"],
        ),
        (
            "noise down",
            &[(1.0, 3.0), (INF, 2.999_999_999_999_999_6)],
            Some(&[3.0, 0.0]),
            Basis::Estimated,
            &["fractional-counts:1"],
        ),
        (
            "noise up",
            &[(1.0, 0.5), (2.0, 0.500_000_000_000_1), (INF, 2.0)],
            Some(&[0.5, 0.0, 1.5]),
            Basis::Estimated,
            &["fractional-counts:1"],
        ),
        (
            "noise down among whole counts",
            &[(1.0, 1e13), (INF, 1e13 - 1.0)],
            Some(&[1e13, 0.0]),
            Basis::Estimated,
            &[],
        ),
        (
            "fractions",
            &[(1.0, 0.5), (INF, 2.0)],
            Some(&[0.5, 1.5]),
            Basis::Estimated,
            &["fractional-counts:1"],
        ),
        (
            "beyond 2^53",
            &[(1.0, 1.0), (INF, 1e17)],
            Some(&[1.0, 1e17]),
            Basis::Estimated,
            &["fractional-counts:1"],
        ),
        (
            "one more among 10^12",
            &[(1.0, 1e12), (INF, 1e12 + 1.0)],
            Some(&[1e12, 1.0]),
            Basis::Exact,
            &[],
        ),
    ];
    for (name, cumulative, counts, basis, expected_caveats) in cases {
        let (histogram, caveats) = histogram(cumulative, None);
        assert_eq!(histogram.as_ref().map(Histogram::counts), counts, "{name}");
        if let Some(histogram) = histogram {
            assert_eq!(histogram.basis(), basis, "{name}");
            assert_eq!(caveats, expected_caveats, "{name}");
            assert_eq!(histogram.upper_bounds().len(), histogram.counts().len(), "{name}");
        }
    }
}

#[test]
fn sum_and_mean() {
    let buckets = [(1.0, 2.0), (2.0, 4.0), (INF, 4.0)];
    let cases = [
        ("without", None, None, None, None, ""),
        ("consistent", Some(5.0), Some(5.0), Some(1.25), Some(true), ""),
        ("too small", Some(1.0), Some(1.0), Some(0.25), Some(false), "inconsistent-sum:1"),
        ("too large", Some(7.0), Some(7.0), Some(1.75), Some(false), "inconsistent-sum:1"),
        ("NaN", Some(NAN), None, None, None, "unusable-sum:1"),
        ("infinite", Some(INF), None, None, None, "unusable-sum:1"),
    ];
    for (name, given, sum, mean, consistent, caveat) in cases {
        let (histogram, caveats) = histogram(&buckets, given);
        let histogram = histogram.expect(name);
        assert_eq!(histogram.sum(), sum, "{name}");
        assert_eq!(histogram.mean(), mean, "{name}");
        assert_eq!(histogram.sum_is_consistent(), consistent, "{name}");
        assert_eq!(histogram.slack().is_some(), consistent == Some(true), "{name}");
        assert_eq!(caveats.join(" "), caveat, "{name}");
    }
    let (empty, _) = histogram(&[(1.0, 0.0), (INF, 0.0)], Some(0.0));
    assert_eq!(empty.and_then(|empty| empty.mean()), None, "mean of nothing");
}

#[test]
fn the_point_keeps_what_the_counts_leave_out() {
    let cumulative = [(-INF, 1.0), (1.0, 3.0), (INF, 4.0)];
    let (histogram, _) = histogram(&cumulative, None);
    let histogram = histogram.expect("two usable buckets");
    assert_eq!(histogram.point(0.2).to_bits(), (-INF).to_bits());
    assert_eq!(histogram.counts(), [3.0, 1.0]);
}
