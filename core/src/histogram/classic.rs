//! A classic histogram over one window: counts per bucket, their sum, and what had to be repaired.

use super::UNBOUNDED_BELOW;
use super::enclosure::{Enclosure, Piece};
use super::rank::Ranks;
use super::repair::{Bucket, coalesce, ensure_monotonic};
use super::slack::Slack;
use crate::catalogue::caveats::CaveatId;
use crate::caveat::Caveats;
use crate::histogram::Basis;
use crate::small::list::CollectVec;

/// Up to here, 2⁵³, additions of whole numbers are exact.
pub(super) const LARGEST_EXACT_COUNT: f64 = 9_007_199_254_740_992.0;

/// Sum of the observations of a window, with the size of the counters it is a difference of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sum {
    /// Sum of the observations, in the unit of the bounds.
    pub value: f64,
    /// Greatest absolute value of the `_sum` counter in the window, or of several added up; taken
    /// as at least the size of `value`. One unit in its last place is what a single addition by the
    /// server can have rounded away.
    pub magnitude: f64,
}

/// A classic histogram over one window: finite counts per bucket, ascending upper bounds, the last
/// one +Inf.
///
/// A merger of different layouts also keeps what lies between the bounds they share, and answers
/// from that.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    buckets: Buckets,
    /// Not cumulative.
    counts: Vec<f64>,
    /// A bucket with a negative bound is filled.
    reaches_below_zero: bool,
    /// What `histogram_quantile` makes of the same input, where it is not the same.
    as_prometheus_sees_it: Option<Buckets>,
    /// The buckets of every part, where their layouts differ.
    enclosure: Option<Box<Enclosure>>,
    sum: Option<Sum>,
    slack: Option<Slack>,
    sum_is_consistent: Option<bool>,
    basis: Basis,
}

impl Histogram {
    /// A histogram from the (upper bound, count of observations at or below it) of one window, in
    /// any order.
    ///
    /// It assumes that every count and the sum cover the same window, and that no observation is
    /// negative unless a bucket with a negative bound is filled.
    ///
    /// - No +Inf bound, or no finite one: `None`.
    /// - A total that is negative or not finite: `None`. A total of 0 is a valid, empty histogram.
    /// - A bound that is NaN or −Inf, or a count that is not finite: that bucket is left out;
    ///   caveat `unusable-bucket`.
    /// - Equal bounds: their counts are added; caveat `duplicate-bounds`.
    /// - Counts that fall: repaired as Prometheus 3.14 does, and the basis becomes estimated;
    ///   caveat `non-monotone` unless the change is rounding noise (relative 1e-12).
    /// - Counts below 0: raised to 0, with the same consequences.
    /// - Counts that differ by rounding noise: flattened as Prometheus does, unless all of them are
    ///   whole.
    /// - Counts called exact that are fractional or above 2⁵³: the basis becomes estimated; caveat
    ///   `fractional-counts`.
    /// - A sum that is not finite: dropped; caveat `unusable-sum`.
    /// - A sum that the buckets rule out: kept for the mean only; caveat `inconsistent-sum`.
    pub fn from_cumulative(
        cumulative: &[(f64, f64)],
        sum: Option<Sum>,
        basis: Basis,
        caveats: &mut Caveats,
    ) -> Option<Self> {
        let mut histogram =
            Self::without_sum(cumulative, basis, caveats).filter(Self::has_finite_bound)?;
        if let Some(sum) = sum {
            histogram.set_sum(sum, caveats);
        }
        Some(histogram)
    }

    /// The buckets alone; the +Inf bucket may be the only one.
    fn without_sum(cumulative: &[(f64, f64)], basis: Basis, caveats: &mut Caveats) -> Option<Self> {
        let coalesced = coalesce(cumulative);
        let [.., (f64::INFINITY, total)] = *coalesced.buckets else { return None };
        if !total.is_finite() || total < 0.0 {
            return None;
        }
        let mut buckets = Vec::with_capacity(coalesced.buckets.len());
        for &bucket in &coalesced.buckets {
            if bucket.0 > f64::NEG_INFINITY && bucket.1.is_finite() {
                buckets.push(bucket);
            }
        }
        let unusable = coalesced.without_bound + (coalesced.buckets.len() - buckets.len()) as u64;
        caveats.add_count(CaveatId::UnusableBucket, unusable, || {
            "a bucket whose bound or count is not a finite number was left out".to_owned()
        });
        caveats.add_count(CaveatId::DuplicateBounds, coalesced.duplicates, || {
            "several buckets had the same upper bound; their counts were added".to_owned()
        });
        let basis = repaired_basis(&mut buckets, basis, caveats);
        let mut as_prometheus_sees_it = coalesced.buckets;
        ensure_monotonic(&mut as_prometheus_sees_it);
        let differs =
            as_prometheus_sees_it.len() > buckets.len() || differ(&as_prometheus_sees_it, &buckets);
        let as_prometheus_sees_it = differs.then(|| Buckets::new(&as_prometheus_sees_it));
        let buckets = Buckets::new(&buckets);
        let mut counts = Vec::with_capacity(buckets.cumulative.len());
        let (mut below, mut reaches_below_zero) = (0.0, false);
        for (&bound, &count) in buckets.upper_bounds.iter().zip(&buckets.cumulative) {
            counts.push(count - below);
            reaches_below_zero |= bound < 0.0 && count > below;
            below = count;
        }
        Some(Self {
            buckets,
            counts,
            reaches_below_zero,
            as_prometheus_sees_it,
            enclosure: None,
            sum: None,
            slack: None,
            sum_is_consistent: None,
            basis,
        })
    }

    /// Several layouts together: the cumulative counts at the bounds they share, the last one +Inf,
    /// and the filled buckets of all of them in an order of their own.
    pub(super) fn from_pieces(
        shared: &[(f64, f64)],
        pieces: &[Piece],
        sum: Option<Sum>,
        basis: Basis,
        caveats: &mut Caveats,
    ) -> Option<Self> {
        let mut histogram = Self::without_sum(shared, basis, caveats)?;
        histogram.reaches_below_zero = pieces.iter().any(|piece| piece.upper < 0.0);
        if !pieces.is_empty() {
            histogram.enclosure =
                Some(Box::new(Enclosure::new(pieces, histogram.reaches_below_zero)));
        }
        if let Some(sum) = sum {
            histogram.set_sum(sum, caveats);
        }
        Some(histogram)
    }

    fn set_sum(&mut self, sum: Sum, caveats: &mut Caveats) {
        let sum = Sum { value: sum.value, magnitude: sum.magnitude.abs().max(sum.value.abs()) };
        if !sum.value.is_finite() || !sum.magnitude.is_finite() {
            caveats.add(CaveatId::UnusableSum, || {
                "the sum of the observations is not a finite number and was ignored".to_owned()
            });
            return;
        }
        let slack = if let Some(parts) = &self.enclosure {
            Slack::new(
                sum,
                self.count(),
                &parts.counts(),
                &mut parts.lower_ends(),
                &parts.upper_bounds(),
            )
        } else {
            let mut lower_ends = (0..self.counts().len()).map(|bucket| self.lower_end(bucket));
            Slack::new(sum, self.count(), self.counts(), &mut lower_ends, self.upper_bounds())
        };
        if !slack.is_consistent() {
            caveats.add(CaveatId::InconsistentSum, || {
                "the sum of the observations contradicts their buckets, so the bounds rest on the buckets alone"
                    .to_owned()
            });
        }
        self.sum = Some(sum);
        self.slack = Some(slack);
        self.sum_is_consistent = Some(slack.is_consistent());
    }

    /// N, the number of observations: a whole number unless the basis is estimated.
    pub fn count(&self) -> f64 {
        self.cumulative().last().copied().unwrap_or(0.0)
    }

    /// S, the sum of the observations, in the unit of the bounds. `None` without a usable sum.
    pub fn sum(&self) -> Option<f64> {
        self.sum.map(|sum| sum.value)
    }

    /// S/N, in the unit of the bounds; exact up to rounding. `None` when empty or without a usable
    /// sum.
    pub fn mean(&self) -> Option<f64> {
        let mean = self.sum()? / self.count();
        mean.is_finite().then_some(mean)
    }

    /// `Exact` if the counts are whole numbers that needed no repair and were given as exact.
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// Upper bounds of the buckets, ascending, the last one +Inf. There is a finite one before it,
    /// unless layouts without any bound in common were merged.
    pub fn upper_bounds(&self) -> &[f64] {
        &self.buckets.upper_bounds
    }

    /// Observations per bucket, not cumulative; as many as there are bounds.
    pub fn counts(&self) -> &[f64] {
        &self.counts
    }

    /// Whether Σ n·l ≤ S ≤ Σ n·u holds within rounding, in this histogram and in every one it was
    /// merged from. `None` without a usable sum.
    pub fn sum_is_consistent(&self) -> Option<bool> {
        self.sum_is_consistent
    }

    /// The sum as it was given, with the magnitude at least its own size.
    pub(super) fn sum_with_magnitude(&self) -> Option<Sum> {
        self.sum
    }

    /// Whether a bound before +Inf is known.
    pub(super) fn has_finite_bound(&self) -> bool {
        self.upper_bounds().len() > 1
    }

    /// The buckets of the parts, where their layouts differ.
    pub(super) fn enclosure(&self) -> Option<&Enclosure> {
        self.enclosure.as_deref()
    }

    /// The filled buckets, those of the parts where layouts differ.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        if let Some(parts) = &self.enclosure {
            return parts.pieces().to_vec();
        }
        let bounds_before =
            [f64::NEG_INFINITY].into_iter().chain(self.upper_bounds().iter().copied());
        let buckets = bounds_before.zip(self.upper_bounds()).zip(self.counts());
        let pieces = buckets.map(|((bound_before, upper), count)| Piece {
            bound_before,
            upper: *upper,
            count: *count,
        });
        pieces.filter(|piece| piece.count > 0.0).collect_vec()
    }

    /// Keeps the sum for the mean only.
    pub(super) fn distrust_sum(&mut self) {
        self.sum_is_consistent = self.sum.map(|_| false);
    }

    /// How far the sum lies from its least and greatest value; `None` without a sum, or if it is
    /// not consistent.
    pub(super) fn slack(&self) -> Option<Slack> {
        self.slack.filter(|_| self.sum_is_consistent == Some(true))
    }

    /// Observations at or below the upper bound of each bucket.
    pub(super) fn cumulative(&self) -> &[f64] {
        &self.buckets.cumulative
    }

    /// Observations at or below the lower end of a bucket.
    pub(super) fn count_before(&self, bucket: usize) -> f64 {
        if bucket == 0 { 0.0 } else { self.cumulative()[bucket - 1] }
    }

    /// Lower end of a bucket: no less than 0, unless a bucket below 0 is filled; then the first
    /// bucket's is −Inf.
    pub(super) fn lower_end(&self, bucket: usize) -> f64 {
        let bound_before =
            if bucket > 0 { self.upper_bounds()[bucket - 1] } else { f64::NEG_INFINITY };
        if bound_before > 0.0 || self.reaches_below_zero { bound_before } else { 0.0 }
    }

    /// The lower end of everything.
    pub(super) fn lowest_end(&self) -> f64 {
        if self.reaches_below_zero { UNBOUNDED_BELOW } else { 0.0 }
    }

    /// What the buckets alone say about observations of these ranks, which lie in these buckets:
    /// lower end, whether they lie strictly above it, and the upper end if it is finite.
    pub(super) fn ends_of(
        &self,
        ranks: Ranks,
        (first, last): (usize, usize),
    ) -> (f64, bool, Option<f64>) {
        if let Some(parts) = &self.enclosure {
            let (lower, excluded) = parts.lower_end_of_rank(ranks.least);
            return (lower, excluded, parts.upper_end_of_rank(ranks.greatest));
        }
        (self.finite_lower_end(first), self.opens_at_bound(first), self.finite_upper_end(last))
    }

    /// Whether the lower end of a bucket is the bound of the one before it, which the bucket does
    /// not hold.
    fn opens_at_bound(&self, bucket: usize) -> bool {
        bucket > 0 && self.lower_end(bucket) <= self.upper_bounds()[bucket - 1]
    }

    /// Lower end of a bucket as a finite number.
    fn finite_lower_end(&self, bucket: usize) -> f64 {
        self.lower_end(bucket).max(UNBOUNDED_BELOW)
    }

    /// Upper end of a bucket, if it is finite.
    pub(super) fn finite_upper_end(&self, bucket: usize) -> Option<f64> {
        Some(self.upper_bounds()[bucket]).filter(|end| end.is_finite())
    }

    /// Bounds and counts.
    pub(super) fn buckets(&self) -> &Buckets {
        &self.buckets
    }

    /// The buckets sorted, coalesced and repaired as `histogram_quantile` uses them; None where
    /// they are those of this histogram. A count may be NaN.
    pub(super) fn as_prometheus_sees_it(&self) -> Option<&Buckets> {
        self.as_prometheus_sees_it.as_ref()
    }
}

/// Whether two lists of as many buckets differ in a bit.
fn differ(left: &[Bucket], right: &[Bucket]) -> bool {
    let bits = |bucket: &Bucket| (bucket.0.to_bits(), bucket.1.to_bits());
    left.iter().zip(right).any(|(left, right)| bits(left) != bits(right))
}

/// Upper bounds in ascending order and the counts at or below them, each list by itself, so that a
/// search reads only what it compares.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Buckets {
    pub(super) upper_bounds: Vec<f64>,
    pub(super) cumulative: Vec<f64>,
}

impl Buckets {
    pub(super) fn new(buckets: &[Bucket]) -> Self {
        let mut upper_bounds = Vec::with_capacity(buckets.len());
        let mut cumulative = Vec::with_capacity(buckets.len());
        for &(bound, count) in buckets {
            upper_bounds.push(bound);
            cumulative.push(count);
        }
        Self { upper_bounds, cumulative }
    }
}

/// Repairs the counts where they need it, and says what the given basis is worth for them.
fn repaired_basis(buckets: &mut [Bucket], given: Basis, caveats: &mut Caveats) -> Basis {
    let is_whole = |bucket: &Bucket| bucket.1.fract() == 0.0 && bucket.1 <= LARGEST_EXACT_COUNT;
    let whole = buckets.iter().all(is_whole);
    if whole && buckets[0].1 >= 0.0 && buckets.is_sorted_by(|a, b| a.1 <= b.1) {
        return given;
    }
    let mut forced = ensure_monotonic(buckets);
    for bucket in buckets.iter_mut().filter(|bucket| bucket.1 < 0.0) {
        bucket.1 = 0.0;
        forced = true;
    }
    if forced {
        caveats.add(CaveatId::NonMonotone, || {
            "bucket counts fell towards higher bounds and were raised to the count before, as Prometheus does"
                .to_owned()
        });
    }
    if !whole && given == Basis::Exact {
        caveats.add(CaveatId::FractionalCounts, || {
            "bucket counts are not whole numbers, so they are not raw increments and the bounds are estimates"
                .to_owned()
        });
    }
    Basis::Estimated
}

#[cfg(test)]
mod tests;
