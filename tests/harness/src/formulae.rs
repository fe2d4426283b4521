//! The published formulae, written down a second time: how tight the bounds have to be, and
//! PromQL's own fraction.

use inference_triage_core::histogram::Sum;

use crate::layouts::Layout;
use crate::truth::{Interval, rank};
use crate::window::Window;

/// Observations per bucket, with the bucket's ends.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    lower: f64,
    upper: f64,
    count: f64,
    /// Observations in this bucket and below.
    cumulative: f64,
}

/// The intervals for one quantile that bucket and sum give, before any rounding outward.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The bucket of the rank.
    pub bucket: Interval,
    /// Its number, 0 for the first; the number of finite bounds for the open one.
    pub index: usize,
    /// Bucket and sum together.
    pub with_sum: Interval,
    /// How far rounding may push the upper end of `with_sum` outward.
    pub slack_above: f64,
    /// How far rounding may push its lower end outward.
    pub slack_below: f64,
}

/// Bounds of the ⌈qN⌉-th smallest observation: its bucket (l, u], and with the sum S, for
/// m = C − r + 1 and m′ = r − C₋₁, the interval [u − (Σ n·u − S)/m′, l + (S − Σ n·l)/m]. All
/// observations are taken to be ≥ 0.
pub fn quantile_bounds(window: &Window, q: f64) -> Bounds {
    let buckets = buckets(&window.layout, &window.cumulative);
    let rank = rank(q, window.count()) as f64;
    let index =
        buckets.iter().position(|bucket| bucket.cumulative >= rank).unwrap_or(buckets.len() - 1);
    let bucket = buckets[index];
    let opens_at_bound = index > 0 && window.layout.bounds[index - 1] >= 0.0;
    let finite = |upper: f64| upper.is_finite().then_some(upper);
    let alone =
        Interval { lo: bucket.lower, hi: finite(bucket.upper), lo_excluded: opens_at_bound };

    let from_rank = bucket.cumulative - rank + 1.0;
    let to_rank = rank - (bucket.cumulative - bucket.count);
    let highest =
        bucket.lower + (window.sum.value - weighted(&buckets, |bucket| bucket.lower)) / from_rank;
    let mut with_sum = Interval { hi: finite(bucket.upper.min(highest)), ..alone };
    let mut terms = weighted(&buckets, |bucket| bucket.lower) + window.sum.value + bucket.lower;
    if buckets.last().is_none_or(|open| open.count <= 0.0) {
        let lowest =
            bucket.upper - (weighted(&buckets, |bucket| bucket.upper) - window.sum.value) / to_rank;
        if lowest > bucket.lower {
            with_sum = Interval { lo: lowest, lo_excluded: false, ..with_sum };
        }
        terms += weighted(&buckets, |bucket| bucket.upper) + bucket.upper;
    }
    let slack = slack(window.sum, terms, window.count());
    Bounds {
        bucket: alone,
        index,
        with_sum,
        slack_above: slack / from_rank,
        slack_below: slack / to_rank,
    }
}

/// Shares of observations ≤ `threshold` that bucket and sum allow, and how far rounding may push
/// them apart: in bucket (l, u] at least n − (S − Σ n·l)/(t − l) and at most (Σ n·u − S)/(u − t)
/// observations, and between 0 and n of them.
pub fn fraction_bounds(window: &Window, threshold: f64) -> (f64, f64, f64) {
    let buckets = buckets(&window.layout, &window.cumulative);
    let total = window.count() as f64;
    let index =
        buckets.iter().position(|bucket| threshold <= bucket.upper).unwrap_or(buckets.len() - 1);
    let Bucket { lower, upper, count, cumulative } = buckets[index];
    let below = cumulative - count;
    if threshold >= upper || threshold < 0.0 {
        let exact = if threshold < 0.0 { 0.0 } else { cumulative / total };
        return (exact, exact, 0.0);
    }
    let (least, most) =
        (weighted(&buckets, |bucket| bucket.lower), weighted(&buckets, |bucket| bucket.upper));
    let (from, to) = (threshold - lower, upper - threshold);
    let mut inside = (0.0_f64, count);
    if from > 0.0 {
        inside.0 = inside.0.max(count - (window.sum.value - least) / from);
    }
    let open = buckets.last().is_none_or(|open| open.count > 0.0);
    if !open {
        inside.1 = inside.1.min((most - window.sum.value) / to);
    }
    let terms = least + window.sum.value + if open { 0.0 } else { most };
    let slack =
        slack(window.sum, terms, window.count()) / from.min(to) / total + 4.0 * f64::EPSILON;
    ((below + inside.0) / total, (below + inside.1) / total, slack)
}

/// Twice the rounding allowance 4ε·Σ|terms| + N·ulp(counter).
fn slack(sum: Sum, terms: f64, count: usize) -> f64 {
    let ulp = sum.magnitude.next_up() - sum.magnitude;
    2.0 * (4.0 * f64::EPSILON * terms + (count as f64 + 1.0) * ulp)
}

fn weighted(buckets: &[Bucket], end: impl Fn(&Bucket) -> f64) -> f64 {
    buckets
        .iter()
        .filter(|bucket| bucket.count > 0.0)
        .map(|bucket| bucket.count * end(bucket))
        .sum()
}

fn buckets(layout: &Layout, cumulative: &[(f64, f64)]) -> Vec<Bucket> {
    let mut below = 0.0;
    let lowers = [0.0].into_iter().chain(layout.bounds.iter().map(|bound| bound.max(0.0)));
    let rows = cumulative.iter().zip(lowers);
    rows.map(|(&(upper, cumulative), lower)| {
        let count = cumulative - std::mem::replace(&mut below, cumulative);
        Bucket { lower, upper, count, cumulative }
    })
    .collect()
}

/// The bucket in which PromQL's `histogram_quantile` interpolates: (lower end, upper end), the
/// upper one +Inf for the open bucket. None when there is no observation.
pub fn promql_bucket(q: f64, cumulative: &[(f64, f64)]) -> Option<(f64, f64)> {
    let &(_, total) = cumulative.last()?;
    if total <= 0.0 {
        return None;
    }
    let target = q * total;
    let index = cumulative.iter().position(|&(_, count)| count >= target)?;
    let lower = index.checked_sub(1).map_or(0.0, |below| cumulative[below].0);
    Some((lower, cumulative[index].0))
}

/// PromQL's `histogram_fraction(-Inf, upper, …)` of version 3.14 on monotone classic buckets with a
/// positive first bound.
pub fn promql_fraction(upper: f64, cumulative: &[(f64, f64)]) -> f64 {
    let total = cumulative.last().map_or(f64::NAN, |&(_, count)| count);
    let (mut lower, mut below) = (0.0, 0.0);
    for &(bound, count) in cumulative {
        if lower >= upper {
            return below / total;
        }
        if upper < bound {
            let inside = if bound.is_finite() {
                (count - below) * (upper - lower) / (bound - lower)
            } else {
                0.0
            };
            return (below + inside) / total;
        }
        (lower, below) = (bound, count);
    }
    below / total
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten requests between 1 and 2 s, nine of them at 1.1 s and one at 1.9 s: S = 11.8.
    #[test]
    fn the_sum_narrows_a_bucket_from_both_sides() {
        let mut sorted = vec![1.1; 9];
        sorted.push(1.9);
        let window = Window {
            layout: Layout { name: "by hand", bounds: vec![1.0, 2.0] },
            sorted,
            cumulative: vec![(1.0, 0.0), (2.0, 10.0), (f64::INFINITY, 10.0)],
            sum: Sum { value: 11.8, magnitude: 11.8 },
            story: String::new(),
        };
        // Rank 10: one observation has at least this rank, so Q ≤ 1 + 1.8/1; ten have at most it,
        // so Q ≥ 2 − 8.2/10.
        let bounds = quantile_bounds(&window, 1.0);
        assert_eq!(bounds.index, 1);
        assert!((bounds.with_sum.lo - 1.18).abs() < 1e-12, "{bounds:?}");
        assert!((bounds.with_sum.hi.unwrap() - 2.0).abs() < 1e-12, "{bounds:?}");
        // Rank 5: six observations have at least this rank, so Q ≤ 1 + 1.8/6 = 1.3; Q ≥ 2 − 8.2/5
        // is no help.
        let bounds = quantile_bounds(&window, 0.5);
        assert!(
            (bounds.with_sum.lo - 1.0).abs() < 1e-12 && bounds.with_sum.lo_excluded,
            "{bounds:?}"
        );
        assert!((bounds.with_sum.hi.unwrap() - 1.3).abs() < 1e-12, "{bounds:?}");
    }

    #[test]
    fn promql_fraction_interpolates() {
        let cumulative = [(1.0, 2.0), (2.0, 6.0), (f64::INFINITY, 8.0)];
        for (upper, expected) in
            [(0.0, 0.0), (0.5, 0.125), (1.0, 0.25), (1.5, 0.5), (2.0, 0.75), (9.0, 0.75)]
        {
            let fraction = promql_fraction(upper, &cumulative);
            assert!((fraction - expected).abs() < 1e-15, "{upper}: {fraction}");
        }
    }
}
