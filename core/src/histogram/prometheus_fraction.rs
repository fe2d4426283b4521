//! PromQL's `histogram_fraction` on classic buckets, as Prometheus 3.14 computes it.

use super::repair::coalesce;

/// What `histogram_fraction(lower, upper, …)` of Prometheus 3.14 prints for cumulative buckets
/// (upper bound, count) in any order: the share of observations between two limits, which are in
/// the unit of the bounds. Source: `BucketFraction` of Prometheus. Servers before 3.4 have no such
/// function for classic buckets.
///
/// It assumes that the observations of a bucket are spread evenly over it.
/// [`super::Histogram::fraction`] assumes nothing.
///
/// - The largest bound is not +Inf: NaN.
/// - Equal bounds: their counts are added. Counts that fall are not repaired.
/// - No observations, or a limit that is NaN: NaN.
/// - The lower limit is not below the upper one: 0.
/// - A limit in the first bucket: interpolated from 0 if its bound is positive; else all of that
///   bucket counts.
/// - A limit in the +Inf bucket: none of that bucket counts.
/// - More observations below a limit than there are: all of them.
/// - A bound is NaN: that bucket is left out (Prometheus sorts it anywhere).
///
/// ```
/// use inference_triage_core::histogram::prometheus_fraction;
///
/// let buckets = [(1.0, 2.0), (2.0, 6.0), (f64::INFINITY, 8.0)];
/// assert_eq!(prometheus_fraction(f64::NEG_INFINITY, 1.5, &buckets), 0.5);
/// ```
pub fn prometheus_fraction(lower: f64, upper: f64, cumulative: &[(f64, f64)]) -> f64 {
    let buckets = coalesce(cumulative).buckets;
    let [.., (f64::INFINITY, total)] = *buckets else { return f64::NAN };
    if total == 0.0 || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    (rank_of(upper, &buckets, total) - rank_of(lower, &buckets, total)) / total
}

/// Observations at or below a limit, interpolated; the order of operations is that of Prometheus.
fn rank_of(limit: f64, buckets: &[(f64, f64)], total: f64) -> f64 {
    let mut start = if buckets[0].0 > 0.0 { 0.0 } else { f64::NEG_INFINITY };
    let mut rank = 0.0;
    for &(end, count) in buckets {
        if start >= limit {
            return at_most(rank, total);
        }
        if end > limit {
            let inside = if start == f64::NEG_INFINITY {
                count
            } else {
                rank + (count - rank) * (limit - start) / (end - start)
            };
            return at_most(inside, total);
        }
        (start, rank) = (end, count);
    }
    total
}

/// Written out because NaN stays NaN.
fn at_most(rank: f64, total: f64) -> f64 {
    if rank > total { total } else { rank }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    /// Name, lower and upper limit, cumulative buckets, and the share expected.
    type Case = (&'static str, f64, f64, &'static [(f64, f64)], f64);

    #[test]
    fn special_cases_in_the_order_of_the_documentation() {
        let plain: &'static [(f64, f64)] = &[(1.0, 2.0), (2.0, 6.0), (4.0, 8.0), (INF, 10.0)];
        let negative: &'static [(f64, f64)] = &[(-1.0, 4.0), (1.0, 8.0), (INF, 8.0)];
        let falling: &'static [(f64, f64)] = &[(1.0, 6.0), (2.0, 12.0), (INF, 10.0)];
        let cases: [Case; 19] = [
            ("no +Inf", -INF, 1.0, &plain[..3], NAN),
            ("nothing", -INF, 1.0, &[], NAN),
            ("equal bounds", -INF, 1.0, &[(1.0, 1.0), (INF, 4.0), (1.0, 2.0)], 0.75),
            ("no observations", -INF, 1.0, &[(1.0, 0.0), (INF, 0.0)], NAN),
            ("NaN lower", NAN, 1.0, plain, NAN),
            ("NaN upper", 1.0, NAN, plain, NAN),
            ("equal limits", 1.0, 1.0, plain, 0.0),
            ("turned round", 2.0, 1.0, plain, 0.0),
            ("between bounds", 1.0, 2.0, plain, 0.4),
            ("inside buckets", 0.5, 3.0, plain, 0.6),
            ("first bucket from 0", -INF, 0.5, plain, 0.1),
            ("below 0", -INF, -0.5, plain, 0.0),
            ("all of a first bucket below 0", -INF, -3.0, negative, 0.5),
            ("between -1 and 1", -INF, 0.0, negative, 0.75),
            ("none of the +Inf bucket", -INF, 9.0, plain, 0.8),
            ("everything", -INF, INF, plain, 1.0),
            ("above a bound", 4.0, INF, plain, 0.2),
            ("more than all", -INF, 2.0, falling, 1.0),
            ("the +Inf bucket alone", -INF, 3.0, &[(INF, 4.0)], 0.0),
        ];
        for (name, lower, upper, buckets, expected) in cases {
            let got = prometheus_fraction(lower, upper, buckets);
            assert!(
                (got - expected).abs() < 1e-15 || (got.is_nan() && expected.is_nan()),
                "{name}: {got}"
            );
        }
    }
}
