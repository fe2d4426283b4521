//! PromQL's `histogram_quantile` on classic buckets, as Prometheus 3.14 computes it.

use inference_triage_loops::first_at_least;

use super::classic::{Buckets, Histogram};
use super::repair::{coalesce, ensure_monotonic};

/// What `histogram_quantile` of Prometheus 3.14 prints for cumulative buckets (upper bound, count)
/// in any order, bit for bit. The unit is that of the bounds. Source: `BucketQuantile` of
/// Prometheus.
///
/// It assumes that the observations of a bucket are spread evenly over it.
///
/// - q is NaN: NaN.
/// - q is below 0: −Inf.
/// - q is above 1: +Inf.
/// - The largest bound is not +Inf: NaN.
/// - Equal bounds: their counts are added.
/// - Counts that fall: repaired, see the tolerance in `repair`.
/// - Fewer than two different bounds, or no observations: NaN.
/// - The quantile lies in the +Inf bucket: the highest finite bound.
/// - It lies in the first bucket, whose bound is not positive: that bound.
/// - It lies in the first bucket, whose bound is positive: interpolated from 0.
/// - q is 0 and the first bucket is empty with a positive bound: NaN.
/// - A bound is NaN: that bucket is left out (Prometheus sorts it anywhere).
pub fn prometheus_quantile(q: f64, cumulative: &[(f64, f64)]) -> f64 {
    let mut buckets = coalesce(cumulative).buckets;
    ensure_monotonic(&mut buckets);
    let buckets = Buckets::new(&buckets);
    let buckets = PrometheusBuckets {
        bounds: &buckets.upper_bounds,
        counts: &buckets.cumulative,
        ascend: false,
    };
    buckets.quantile(q)
}

impl Histogram {
    /// What `histogram_quantile` of Prometheus 3.14 prints for the buckets this histogram was made
    /// of; see [`prometheus_quantile`] for its special cases. NaN and infinities are returned where
    /// it prints them.
    pub fn point(&self, q: f64) -> f64 {
        self.prometheus_buckets().quantile(q)
    }

    /// The buckets as PromQL uses them.
    pub fn prometheus_buckets(&self) -> PrometheusBuckets<'_> {
        let seen = self.as_prometheus_sees_it();
        let buckets = seen.unwrap_or(self.buckets());
        PrometheusBuckets {
            bounds: &buckets.upper_bounds,
            counts: &buckets.cumulative,
            ascend: seen.is_none(),
        }
    }
}

/// Buckets as `histogram_quantile` has repaired them.
#[derive(Debug, Clone, Copy)]
pub struct PrometheusBuckets<'a> {
    /// Upper bounds, ascending.
    pub bounds: &'a [f64],
    /// Observations at or below each bound.
    pub counts: &'a [f64],
    /// No count is NaN, so that the order in which they are searched does not matter.
    pub ascend: bool,
}

impl PrometheusBuckets<'_> {
    /// As [`Histogram::point`].
    // The order of operations decides the last bit: no rearranging, no fused multiply-add.
    pub fn quantile(self, q: f64) -> f64 {
        // Also where q is NaN.
        if !(0.0..=1.0).contains(&q) {
            return if q < 0.0 { f64::NEG_INFINITY } else { q + f64::INFINITY };
        }
        let ([finite @ .., f64::INFINITY], [counts @ .., total]) = (self.bounds, self.counts)
        else {
            return f64::NAN;
        };
        let Some(&highest) = finite.last() else { return f64::NAN };
        if *total == 0.0 {
            return f64::NAN;
        }
        let mut rank = q * total;
        let found =
            if self.ascend { first_at_least(rank, counts) } else { first_by_halving(rank, counts) };
        let (Some(&end), Some(&count)) = (finite.get(found), counts.get(found)) else {
            return highest;
        };
        let (mut start, mut inside) = (0.0, count);
        if found > 0 {
            start = finite[found - 1];
            inside -= counts[found - 1];
            rank -= counts[found - 1];
        } else if end <= 0.0 {
            return end;
        }
        start + (end - start) * (rank / inside)
    }
}

/// Index of the first count that reaches the rank, or the number of counts. Written out because the
/// order of its probes, that of Go's `sort.Search`, decides the answer where a count is NaN.
fn first_by_halving(rank: f64, counts: &[f64]) -> usize {
    let (mut from, mut to) = (0, counts.len());
    while from < to {
        let middle = usize::midpoint(from, to);
        if counts[middle] >= rank {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

#[cfg(test)]
mod tests {
    use super::super::repair::Bucket;
    use super::*;

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    fn check(name: &str, q: f64, buckets: &[Bucket], expected: f64) {
        let got = prometheus_quantile(q, buckets);
        let same = got.to_bits() == expected.to_bits() || (got.is_nan() && expected.is_nan());
        assert!(same, "{name}: expected {expected}, got {got}");
    }

    #[test]
    fn special_cases_in_the_order_of_the_documentation() {
        let plain: &[Bucket] = &[(1.0, 2.0), (2.0, 6.0), (4.0, 8.0), (INF, 10.0)];
        check("q is NaN", NAN, plain, NAN);
        check("q below 0", -1e-9, plain, -INF);
        check("q above 1", 1.0 + 1e-9, plain, INF);
        check("no +Inf bucket", 0.5, &plain[..3], NAN);
        check("largest bound is -Inf", 0.5, &[(-INF, 4.0)], NAN);
        check(
            "equal bounds add",
            0.5,
            &[(1.0, 1.0), (2.0, 8.0), (1.0, 1.0), (INF, 8.0)],
            1.0 + 2.0 / 6.0,
        );
        check("bounds equal after adding leave one bucket", 0.5, &[(INF, 1.0), (INF, 1.0)], NAN);
        check("unsorted", 0.5, &[(INF, 10.0), (4.0, 8.0), (1.0, 2.0), (2.0, 6.0)], 1.0 + 0.75);
        check(
            "falling counts are raised",
            0.5,
            &[(1.0, 4.0), (2.0, 2.0), (4.0, 8.0), (INF, 8.0)],
            1.0,
        );
        check("no buckets", 0.5, &[], NAN);
        check("the +Inf bucket alone", 0.5, &[(INF, 10.0)], NAN);
        check("no observations", 0.5, &[(1.0, 0.0), (INF, 0.0)], NAN);
        check("in the +Inf bucket", 0.95, plain, 4.0);
        check("all in the +Inf bucket", 0.5, &[(1.0, 0.0), (INF, 3.0)], 1.0);
        check(
            "first bucket with a negative bound",
            0.1,
            &[(-1.0, 5.0), (1.0, 8.0), (INF, 8.0)],
            -1.0,
        );
        check("first bucket with bound 0", 0.1, &[(0.0, 5.0), (1.0, 8.0), (INF, 8.0)], 0.0);
        check(
            "second bucket after a negative bound",
            0.75,
            &[(-1.0, 4.0), (1.0, 8.0), (INF, 8.0)],
            0.0,
        );
        check("first bucket from 0", 0.1, plain, 0.5);
        check("q is 0, first bucket filled", 0.0, plain, 0.0);
        check("q is 0, first bucket empty", 0.0, &[(1.0, 0.0), (2.0, 5.0), (INF, 5.0)], NAN);
        check(
            "q is 0, first bucket empty with bound 0",
            0.0,
            &[(0.0, 0.0), (2.0, 5.0), (INF, 5.0)],
            0.0,
        );
        check("q is 1", 1.0, &[(1.0, 2.0), (2.0, 6.0), (4.0, 6.0), (INF, 6.0)], 2.0);
        check("NaN bound", 0.5, &[(NAN, 3.0), (1.0, 4.0), (INF, 4.0)], 0.5);
    }

    #[test]
    fn one_bucket_says_nothing_about_the_data() {
        for q in [0.5, 0.95, 0.99] {
            let all_in_one: &[Bucket] = &[(5.0, 0.0), (10.0, 132.0), (INF, 132.0)];
            check("start + q·width", q, all_in_one, 5.0 + 5.0 * (q * 132.0 / 132.0));
        }
        check("seed000 queue", 0.95, &[(0.3, 132.0), (INF, 132.0)], 0.3 * (0.95 * 132.0 / 132.0));
    }

    #[test]
    fn noise_is_flattened_in_both_directions() {
        let noisy_up = 1000.0 * (1.0 + 1e-13);
        let noisy_down = 1000.0 * (1.0 - 1e-13);
        for count in [noisy_up, noisy_down] {
            let buckets: &[Bucket] = &[(1.0, 1000.0), (2.0, count), (4.0, 2000.0), (INF, 2000.0)];
            check("rank above the plateau lies in the next bucket", 0.75, buckets, 3.0);
            check("rank at the plateau lies in the first bucket", 0.5, buckets, 1.0);
        }
        let top: &[Bucket] = &[(1.0, 1000.0), (INF, noisy_up)];
        check("the total is flattened too", 1.0, top, 1.0);
    }

    #[test]
    fn counts_that_are_no_numbers_do_not_panic() {
        for count in [NAN, INF, -INF, -5.0, f64::MAX] {
            for at in 0..3 {
                let mut buckets = [(1.0, 2.0), (2.0, 6.0), (INF, 8.0)];
                buckets[at].1 = count;
                let _ = prometheus_quantile(0.5, &buckets);
            }
        }
    }
}
