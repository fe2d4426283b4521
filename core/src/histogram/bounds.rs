//! The interval that holds a quantile of the observations that were counted.

use super::classic::Histogram;
use super::rank::Ranks;
use crate::histogram::Basis;

/// Stands for "no lower end" in a first bucket that holds observations below 0: the least finite
/// number.
pub const UNBOUNDED_BELOW: f64 = f64::MIN;

/// An interval that holds one order statistic of a window, in the unit of the bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileBounds {
    /// Lower end; [`UNBOUNDED_BELOW`] if there is none.
    pub lo: f64,
    /// Upper end, included; absent if the observation lies in the +Inf bucket and the sum does not
    /// bound it.
    pub hi: Option<f64>,
    /// The observation lies strictly above `lo`, which is the open lower bound of its bucket.
    pub lo_excluded: bool,
    /// `Exact` if the interval is guaranteed under the assumptions of the module.
    pub basis: Basis,
    /// At least one end comes from the sum of the observations.
    pub sum_used: bool,
}

impl Histogram {
    /// Interval that holds the ⌈qN⌉-th smallest of the N observations, at least the first. Source:
    /// order statistics and the sum of the observations, see the derivation at the top of the
    /// module.
    ///
    /// - Empty, or q not in [0, 1]: `None`.
    /// - q is 0: the smallest observation. q is 1: the largest.
    /// - q is read as the shortest decimal that is this float, so 0.9 of ten is the ninth; see
    ///   [`super::quantile_rank`].
    /// - Counts are estimated: the quantile of the mass, with ranks one part in 10⁹ of N wider.
    /// - No sum, or one that contradicts the buckets: bucket bounds alone.
    pub fn quantile_bounds(&self, q: f64) -> Option<QuantileBounds> {
        self.ranks(q).map(|ranks| self.bounds_between(ranks))
    }

    /// Interval that holds the observation of a rank from 1 to N, in the unit of the bounds.
    /// Source: as for [`Self::quantile_bounds`].
    ///
    /// - A fractional rank: rounded up, unless counts are estimated, where it is a mass from 0 to
    ///   N.
    /// - No observation of that rank: `None`.
    pub fn rank_bounds(&self, rank: f64) -> Option<QuantileBounds> {
        self.ranks_at(rank).map(|ranks| self.bounds_between(ranks))
    }

    fn bounds_between(&self, ranks: Ranks) -> QuantileBounds {
        let buckets = self.buckets_of(ranks);
        let (bucket_lo, opens_at_bound, bucket_hi) = self.ends_of(ranks, buckets);
        let lo = self.lower_end_from_sum(ranks.least, buckets.0).filter(|lo| *lo > bucket_lo);
        let hi = self
            .upper_end_from_sum(ranks.greatest, buckets.1)
            .filter(|hi| bucket_hi.is_none_or(|end| *hi < end));
        let crossed = hi.or(bucket_hi).is_some_and(|hi| lo.unwrap_or(bucket_lo) > hi);
        let (lo, hi) = if crossed { (None, None) } else { (lo, hi) };
        QuantileBounds {
            lo: lo.unwrap_or(bucket_lo),
            hi: hi.or(bucket_hi),
            lo_excluded: lo.is_none() && opens_at_bound,
            basis: self.basis(),
            sum_used: lo.is_some() || hi.is_some(),
        }
    }

    /// l + (S − Σ n·l) / m, rounded up.
    fn upper_end_from_sum(&self, rank: f64, bucket: usize) -> Option<f64> {
        let above_least = self.slack()?.above_least()?;
        let end = if let Some(parts) = self.enclosure() {
            parts.highest_level(self.count_from(rank, self.counts().len() - 1), above_least)?
        } else {
            let observations =
                Some(self.count_from(rank, bucket)).filter(|observations| *observations > 0.0)?;
            self.lower_end(bucket) + above_least / observations
        };
        let end = if above_least > 0.0 { end.next_up() } else { end };
        end.is_finite().then_some(end)
    }

    /// u − (Σ n·u − S) / m′, rounded down.
    fn lower_end_from_sum(&self, rank: f64, bucket: usize) -> Option<f64> {
        let below_most = self.slack()?.below_most()?;
        let end = if let Some(parts) = self.enclosure() {
            parts.lowest_level(rank, below_most)?
        } else {
            let observations =
                Some(self.count_up_to(rank, bucket)).filter(|observations| *observations > 0.0)?;
            self.finite_upper_end(bucket)? - below_most / observations
        };
        let end = if below_most > 0.0 { end.next_down() } else { end };
        end.is_finite().then_some(end)
    }
}

#[cfg(test)]
mod tests;
