//! Which observation a quantile means, and in which bucket it lies.

use super::arithmetic::multiply_exactly;
use super::classic::Histogram;
use crate::report::Basis;

/// Share of N by which ranks of estimated counts are widened: far above the noise of computed rates (about 1e-12), far
/// below one observation for any N up to 10⁸.
const RANK_TOLERANCE: f64 = 1e-9;

/// The ranks a quantile may mean; one and the same where counts are exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ranks {
    pub(super) least: f64,
    pub(super) greatest: f64,
}

impl Histogram {
    /// The ranks that q means here. `None` when empty or if q is not in [0, 1].
    pub(super) fn ranks(&self, q: f64) -> Option<Ranks> {
        let total = self.count();
        if !(0.0..=1.0).contains(&q) || total <= 0.0 {
            return None;
        }
        match self.basis() {
            Basis::Exact => self.ranks_at(whole_rank(q, total)),
            Basis::Estimated => self.ranks_at(q * total),
        }
    }

    /// The ranks that an explicit rank means here: rounded up, or widened if counts are estimated. `None` when empty or if
    /// there is no such observation.
    pub(super) fn ranks_at(&self, rank: f64) -> Option<Ranks> {
        let total = self.count();
        match self.basis() {
            Basis::Exact => {
                let whole = rank.ceil();
                (whole >= 1.0 && whole <= total).then_some(Ranks { least: whole, greatest: whole })
            }
            Basis::Estimated => {
                let tolerance = RANK_TOLERANCE * total;
                (total > 0.0 && rank >= 0.0 && rank - tolerance <= total).then(|| Ranks {
                    least: (rank - tolerance).max(0.0).min(total),
                    greatest: (rank + tolerance).min(total),
                })
            }
        }
    }

    /// The bucket that holds the observation of a rank up to N: the first filled one whose cumulative count reaches it.
    pub(super) fn bucket_of(&self, rank: f64) -> usize {
        let bucket = self.cumulative().partition_point(|count| *count < rank || *count <= 0.0);
        bucket.min(self.counts().len() - 1)
    }

    /// How much of the bucket has this rank or a greater one, the observation of that rank included.
    pub(super) fn count_from(&self, rank: f64, bucket: usize) -> f64 {
        let itself = if self.basis() == Basis::Exact { 1.0 } else { 0.0 };
        self.cumulative()[bucket] - rank + itself
    }

    /// How much of the bucket has this rank or a smaller one, the observation of that rank included.
    pub(super) fn count_up_to(&self, rank: f64, bucket: usize) -> f64 {
        rank - self.count_before(bucket)
    }
}

/// ⌈qN⌉, at least 1, for q in [0, 1] and a whole N of at most 2⁵³.
///
/// The product is taken exactly: where it lies just above a whole number, rounding it would hide the step to the next rank.
fn whole_rank(q: f64, total: f64) -> f64 {
    let (product, lost) = multiply_exactly(q, total);
    let whole = product.ceil();
    let just_above = product >= whole && lost > 0.0;
    (if just_above { whole + 1.0 } else { whole }).clamp(1.0, total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;

    #[test]
    fn whole_ranks_are_exact() {
        let cases = [
            ("q is 0", 0.0, 96.0, 1.0),
            ("q is 1", 1.0, 96.0, 96.0),
            ("smallest q", f64::from_bits(1), 96.0, 1.0),
            ("one observation", 0.5, 1.0, 1.0),
            ("half of two", 0.5, 2.0, 1.0),
            ("just above half", 0.5_f64.next_up(), 2.0, 2.0),
            ("just below half", 0.5_f64.next_down(), 2.0, 1.0),
            ("seed000 before", 0.95, 96.0, 92.0),
            ("seed000 after", 0.95, 132.0, 126.0),
            ("0.95 lies below nineteen twentieths", 0.95, 100.0, 95.0),
            ("0.07 above, and the product too", 0.07, 100.0, 8.0),
            ("0.9 above, but the product rounds to 9", 0.9, 10.0, 10.0),
            ("0.29 below, and the product too", 0.29, 100.0, 29.0),
            ("0.1 of three billion", 0.1, 3e9, 3e8 + 1.0),
            ("largest count", 0.5, 9_007_199_254_740_992.0, 4_503_599_627_370_496.0),
            ("just below 1", 1.0_f64.next_down(), 9_007_199_254_740_992.0, 9_007_199_254_740_991.0),
        ];
        for (name, q, total, rank) in cases {
            assert_eq!(whole_rank(q, total).to_bits(), f64::to_bits(rank), "{name}");
        }
    }

    /// ⌈qN⌉ of the exact value of q in whole numbers: q = m·2^−e.
    fn ceiling_in_integers(q: f64, total: u64) -> f64 {
        let bits = q.to_bits();
        let exponent = i64::try_from(bits >> 52).unwrap_or_default();
        let mantissa = u128::from((bits & ((1 << 52) - 1)) | (1 << 52));
        let shift = u32::try_from(1075 - exponent).unwrap_or(127).min(127);
        let product = mantissa * u128::from(total);
        let ceiling = (product >> shift) + u128::from(product & ((1 << shift) - 1) != 0);
        ceiling.max(1) as f64
    }

    #[test]
    fn ranks_agree_with_integer_arithmetic() {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 11
        };
        for _ in 0..20_000 {
            let total = 1 + next() % 100_000;
            let quotient = (next() % total) as f64 / total as f64;
            for q in [quotient, quotient.next_up(), (quotient * 1000.0).round() / 1000.0] {
                if q > 1e-9 && q <= 1.0 {
                    let exact = ceiling_in_integers(q, total);
                    assert_eq!(whole_rank(q, total as f64).to_bits(), exact.to_bits(), "{q} of {total}");
                }
            }
        }
    }

    #[test]
    fn ranks_and_buckets_of_a_histogram() {
        let buckets = [(1.0, 0.0), (2.0, 4.0), (4.0, 4.0), (f64::INFINITY, 10.0)];
        let build = |basis| Histogram::from_cumulative(&buckets, None, basis, &mut Caveats::new()).expect("valid");
        let exact = build(Basis::Exact);
        for (rank, bucket) in [(0.0, 1), (1.0, 1), (4.0, 1), (5.0, 3), (10.0, 3), (11.0, 3)] {
            assert_eq!(exact.bucket_of(rank), bucket, "rank {rank}");
        }
        for (rank, expected) in
            [(0.0, None), (-1.0, None), (0.5, Some(1.0)), (10.0, Some(10.0)), (10.5, None), (f64::NAN, None)]
        {
            assert_eq!(exact.ranks_at(rank).map(|ranks| ranks.least), expected, "rank {rank}");
        }
        for q in [-0.1, 1.1, f64::NAN] {
            assert_eq!(exact.ranks(q), None, "q {q}");
        }
        let estimated = build(Basis::Estimated);
        let ranks = estimated.ranks(0.4).expect("filled");
        assert!(ranks.least < 4.0 && 4.0 < ranks.greatest && ranks.greatest - ranks.least < 1e-7, "{ranks:?}");
        assert_eq!(estimated.ranks(1.0).map(|ranks| ranks.greatest), Some(10.0));
        assert_eq!(estimated.ranks(0.0).map(|ranks| ranks.least), Some(0.0));
        let huge = [(1.0, f64::MAX), (f64::INFINITY, f64::MAX)];
        let huge = Histogram::from_cumulative(&huge, None, Basis::Estimated, &mut Caveats::new()).expect("valid");
        assert_eq!(huge.ranks_at(f64::MAX).map(|ranks| ranks.greatest), Some(f64::MAX));
        assert_eq!(huge.ranks_at(f64::INFINITY), None);
    }
}
