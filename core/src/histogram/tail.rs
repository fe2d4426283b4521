//! An estimate of how much of a bucket lies above a threshold inside it.

use super::classic::Histogram;

/// Observations that stand for none beyond the bucket: a power law never reaches zero, and the next
/// observation may lie there as well as not.
const NONE_BEYOND: f64 = 0.5;

/// Steepest power law that a cautious estimate follows: where hardly an observation lies beyond the
/// bucket, the slope between its bounds says nothing of where inside it they lie. With 2, a bucket
/// from 0.1 s to 0.25 s puts a quarter of its observations above 0.2 s; steeper, values that are
/// spread over the whole bucket pass for a falling tail; flatter, no target inside a bucket is ever
/// likely to be met.
const STEEPEST: f64 = 2.0;

/// Estimates of the share of observations above a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailEstimate {
    /// By the slope between the bounds of its bucket.
    pub share: f64,
    /// The same, at most as steep as tails of latencies are: at least `share`.
    pub cautious: f64,
}

impl Histogram {
    /// An estimate of the share of observations above a threshold, which is in the unit of the
    /// bounds: between two bounds the tail falls by a power law, a straight line on logarithmic
    /// axes. Latencies crowd at the lower end of a bucket, so the even spread that PromQL assumes
    /// puts too many of them near its upper end. It is a guess where [`Self::fraction`] is a proof.
    ///
    /// - Empty, or a threshold that is NaN: `None`.
    /// - The threshold lies above the highest finite bound, or in a bucket that begins at 0 or
    ///   below: `None`. A power law has no value there.
    ///
    /// ```
    /// use inference_triage_core::caveat::Caveats;
    /// use inference_triage_core::histogram::Histogram;
    /// use inference_triage_core::histogram::Basis;
    ///
    /// let buckets = [(1.0, 900.0), (4.0, 996.0), (f64::INFINITY, 1000.0)];
    /// let mut caveats = Caveats::new();
    /// let requests =
    ///     Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut caveats).unwrap();
    /// // From 10 % at 1 to 0.4 % at 4: the geometric mean halfway, at 2.
    /// let above = requests.tail_estimate(2.0).unwrap();
    /// assert!((above.share - 0.02).abs() < 1e-12 && (above.cautious - 0.025).abs() < 1e-12);
    /// assert!(requests.tail_estimate(5.0).is_none());
    /// ```
    pub fn tail_estimate(&self, threshold: f64) -> Option<TailEstimate> {
        let total = self.count();
        if threshold.is_nan() || total <= 0.0 {
            return None;
        }
        let bucket = self.upper_bounds().partition_point(|bound| *bound < threshold);
        let upper = self.finite_upper_end(bucket)?;
        let lower = Some(self.lower_end(bucket)).filter(|lower| *lower > 0.0)?;
        let above_lower = total - self.count_before(bucket);
        let above_upper = above_lower - self.counts()[bucket];
        if above_lower <= 0.0 {
            return Some(TailEstimate { share: 0.0, cautious: 0.0 });
        }
        let farther = libm::log(threshold / lower);
        let part = (farther / libm::log(upper / lower)).clamp(0.0, 1.0);
        let fall = above_upper.max(NONE_BEYOND).min(above_lower) / above_lower;
        let share = above_lower * libm::pow(fall, part) / total;
        let slowly = above_lower * libm::exp(-STEEPEST * farther) / total;
        // At the upper bound the share is known.
        let cautious = if threshold < upper { share.max(slowly) } else { share };
        Some(TailEstimate { share, cautious })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;
    use crate::histogram::Basis;

    const INF: f64 = f64::INFINITY;

    fn share(cumulative: &[(f64, f64)], threshold: f64) -> Option<f64> {
        let basis = Basis::Exact;
        Histogram::from_cumulative(cumulative, None, basis, &mut Caveats::new())?
            .tail_estimate(threshold)
            .map(|estimate| estimate.share)
    }

    #[test]
    fn special_cases_in_the_order_of_the_documentation() {
        assert_eq!(share(&[(1.0, 0.0), (INF, 0.0)], 0.5), None, "empty");
        assert_eq!(share(&[(1.0, 5.0), (INF, 9.0)], f64::NAN), None, "not a number");
        assert_eq!(share(&[(1.0, 5.0), (INF, 9.0)], 1.5), None, "in the open bucket");
        assert_eq!(share(&[(1.0, 5.0), (INF, 10.0)], 0.5), None, "in a bucket from 0");
        let at_a_bound = share(&[(1.0, 5.0), (2.0, 7.0), (INF, 10.0)], 2.0).expect("filled");
        assert!((at_a_bound - 0.3).abs() < 1e-12);
        assert_eq!(share(&[(1.0, 5.0), (2.0, 5.0), (INF, 5.0)], 1.5), Some(0.0), "nothing above");
    }

    #[test]
    fn it_lies_within_the_bucket_and_falls_with_the_threshold() {
        for (before, inside, beyond) in
            [(90.0, 10.0, 0.0), (0.0, 3.0, 1.0), (50.0, 0.0, 2.0), (1e9, 7.0, 1.0)]
        {
            let total = before + inside + beyond;
            let buckets = [(1.0, before), (2.5, before + inside), (INF, total)];
            let mut last = 1.0;
            for step in 1..=15_u8 {
                let threshold = 1.0 + f64::from(step) * 0.1;
                let above = share(&buckets, threshold).expect("filled");
                assert!(above <= last, "{buckets:?} at {threshold}");
                assert!(above >= beyond / total && above <= (inside + beyond) / total);
                last = above;
            }
        }
    }

    #[test]
    fn values_all_over_a_bucket_are_not_likely_below_a_target_inside_it() {
        let buckets = [(0.025, 0.0), (0.05, 9_000.0), (INF, 9_000.0)];
        let basis = Basis::Exact;
        let all = Histogram::from_cumulative(&buckets, None, basis, &mut Caveats::new()).unwrap();
        let above = all.tail_estimate(0.04).expect("filled");
        assert!(above.share < 0.05 && above.cautious > 0.05, "{above:?}");
    }

    #[test]
    fn a_power_law_is_found_again() {
        // 10,000 observations with the tail (x / 0.01)^-1.5, in a decade's buckets.
        let count = |bound: f64| 10_000.0 * (1.0 - libm::pow(bound / 0.01, -1.5));
        let buckets = [(0.1, count(0.1)), (0.25, count(0.25)), (INF, 10_000.0)];
        let above = share(&buckets, 0.14).expect("filled");
        assert!((above - libm::pow(14.0, -1.5)).abs() < 1e-9, "{above}");
    }
}
