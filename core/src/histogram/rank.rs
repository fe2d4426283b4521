//! Which observation a quantile means, and in which bucket it lies.

use inference_triage_loops::first_at_least;

use super::arithmetic::within;
use super::classic::Histogram;
use crate::histogram::Basis;
use crate::text::decimal::shortest;

/// Share of N by which ranks of estimated counts are widened: far above the noise of computed rates
/// (about 1e-12), far below one observation for any N up to 10⁸.
const RANK_TOLERANCE: f64 = 1e-9;

/// Up to here, 2⁵³, a float holds every whole number.
const LARGEST_COUNT: f64 = 9_007_199_254_740_992.0;

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

    /// The ranks that an explicit rank means here: rounded up, or widened if counts are estimated.
    /// `None` when empty or if there is no such observation.
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

    /// The bucket that holds the observation of a rank up to N: the first filled one whose
    /// cumulative count reaches it.
    pub(super) fn bucket_of(&self, rank: f64) -> usize {
        // The least positive number asks for a filled bucket where the rank does not.
        let [below @ .., _] = self.cumulative() else { return 0 };
        first_at_least(rank.max(f64::from_bits(1)), below)
    }

    /// The buckets of the least and of the greatest rank.
    pub(super) fn buckets_of(&self, ranks: Ranks) -> (usize, usize) {
        let first = self.bucket_of(ranks.least);
        let is_one = ranks.least.total_cmp(&ranks.greatest).is_eq();
        let last = if is_one { first } else { self.bucket_of(ranks.greatest) };
        (first, last)
    }

    /// How much of the bucket has this rank or a greater one, the observation of that rank
    /// included.
    pub(super) fn count_from(&self, rank: f64, bucket: usize) -> f64 {
        let itself = if self.basis() == Basis::Exact { 1.0 } else { 0.0 };
        self.cumulative()[bucket] - rank + itself
    }

    /// How much of the bucket has this rank or a smaller one, the observation of that rank
    /// included.
    pub(super) fn count_up_to(&self, rank: f64, bucket: usize) -> f64 {
        rank - self.count_before(bucket)
    }
}

/// The rank that a quantile means among `count` observations: ⌈qN⌉, at least the first, with q read
/// as the shortest decimal that is this float, which is how it was written. Of ten observations 0.9
/// means the ninth, although the float nearest to 0.9 lies a little above it.
///
/// - q is not in [0, 1]: `None`.
/// - The count is not a whole number from 1 to 2⁵³: `None`.
/// - q is 0: the first.
///
/// ```
/// use inference_triage_core::histogram::quantile_rank;
///
/// assert_eq!(quantile_rank(0.9, 10.0), Some(9.0));
/// assert_eq!(quantile_rank(0.95, 96.0), Some(92.0));
/// ```
pub fn quantile_rank(q: f64, count: f64) -> Option<f64> {
    let possible =
        (0.0..=1.0).contains(&q) && (1.0..=LARGEST_COUNT).contains(&count) && count.fract() == 0.0;
    possible.then(|| whole_rank(q, count))
}

/// [`quantile_rank`] for arguments in range. Decimal and float differ by half a unit in the last
/// place at most, so only a product next to a whole number needs the decimal.
fn whole_rank(q: f64, total: f64) -> f64 {
    let product = q * total;
    let doubtful = (product - product.round()).abs() <= 4.0 * f64::EPSILON * product;
    let rank = if doubtful { decimal_ceiling(q, total) } else { product.ceil() };
    within(rank, 1.0, total)
}

/// ⌈qN⌉ in whole numbers, with q as its shortest decimal. Two decimals of up to fifteen digits are
/// never one float, so a q that is the float of whole billionths is written as these; others are
/// taken digit by digit.
fn decimal_ceiling(q: f64, total: f64) -> f64 {
    const BILLION: u64 = 1_000_000_000;
    let total = total.min(LARGEST_COUNT) as u64;
    let billionths = (q * BILLION as f64).round();
    if (billionths / BILLION as f64).to_bits() != q.to_bits() {
        return ceiling_by_digits(q, total) as f64;
    }
    // N in billions and what remains: neither product exceeds 64 bits.
    let billionths = billionths as u64;
    (total / BILLION * billionths + (total % BILLION * billionths).div_ceil(BILLION)) as f64
}

/// The same from the last digit to the first, a tenth of what is carried at each.
fn ceiling_by_digits(q: f64, total: u64) -> u64 {
    let text = shortest(q.abs());
    let (_, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let mut carried = 0;
    let mut rests = false;
    for digit in decimals.bytes().rev() {
        carried += u64::from(digit - b'0') * total;
        rests |= !carried.is_multiple_of(10);
        carried /= 10;
    }
    (q.abs() as u64).saturating_mul(total).saturating_add(carried + u64::from(rests))
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
            ("0.07 above", 0.07, 100.0, 7.0),
            ("0.9 above", 0.9, 10.0, 9.0),
            ("a float above the one of 0.9", 0.9_f64.next_up(), 10.0, 10.0),
            ("a float below the one of 0.9", 0.9_f64.next_down(), 10.0, 9.0),
            ("0.29 below", 0.29, 100.0, 29.0),
            ("0.1 of three billion", 0.1, 3e9, 3e8),
            ("largest count", 0.5, 9_007_199_254_740_992.0, 4_503_599_627_370_496.0),
            ("just below 1", 1.0_f64.next_down(), 9_007_199_254_740_992.0, 9_007_199_254_740_992.0),
        ];
        for (name, q, total, rank) in cases {
            assert_eq!(whole_rank(q, total).to_bits(), f64::to_bits(rank), "{name}");
        }
    }

    #[test]
    fn ranks_of_written_quantiles_are_integer_arithmetic() {
        let mut state = 7_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state >> 11
        };
        for step in 0..20_000 {
            let decimals = [10, 100, 1_000, 1_000_000, 1_000_000_000, 10_000_000_000][step % 6];
            let total = 1 + next() % [1_000, 1_000_000_000, LARGEST_COUNT as u64][step % 7 % 3];
            let parts = next() % (decimals + 1);
            let q: f64 = format!("{parts}e-{}", decimals.ilog10()).parse().expect("a number");
            let expected = (u128::from(parts) * u128::from(total))
                .div_ceil(u128::from(decimals))
                .max(1) as f64;
            assert_eq!(quantile_rank(q, total as f64), Some(expected), "{q} of {total}");
            assert_eq!(
                decimal_ceiling(q, total as f64) as u64,
                ceiling_by_digits(q, total),
                "{q} of {total}"
            );
        }
    }

    #[test]
    fn no_rank_without_a_whole_count() {
        for (q, count) in [
            (0.5, 0.0),
            (0.5, 1.5),
            (0.5, -1.0),
            (0.5, f64::INFINITY),
            (0.5, 1e17),
            (0.5, f64::NAN),
        ] {
            assert_eq!(quantile_rank(q, count), None, "{q} of {count}");
        }
        for q in [-0.1, 1.1, f64::NAN] {
            assert_eq!(quantile_rank(q, 10.0), None, "{q}");
        }
    }

    #[test]
    fn ranks_and_buckets_of_a_histogram() {
        let buckets = [(1.0, 0.0), (2.0, 4.0), (4.0, 4.0), (f64::INFINITY, 10.0)];
        let build = |basis| {
            Histogram::from_cumulative(&buckets, None, basis, &mut Caveats::new()).expect("valid")
        };
        let exact = build(Basis::Exact);
        for (rank, bucket) in [(0.0, 1), (1.0, 1), (4.0, 1), (5.0, 3), (10.0, 3), (11.0, 3)] {
            assert_eq!(exact.bucket_of(rank), bucket, "rank {rank}");
        }
        for (rank, expected) in [
            (0.0, None),
            (-1.0, None),
            (0.5, Some(1.0)),
            (10.0, Some(10.0)),
            (10.5, None),
            (f64::NAN, None),
        ] {
            assert_eq!(exact.ranks_at(rank).map(|ranks| ranks.least), expected, "rank {rank}");
        }
        for q in [-0.1, 1.1, f64::NAN] {
            assert_eq!(exact.ranks(q), None, "q {q}");
        }
        let estimated = build(Basis::Estimated);
        let ranks = estimated.ranks(0.4).expect("filled");
        assert!(
            ranks.least < 4.0 && 4.0 < ranks.greatest && ranks.greatest - ranks.least < 1e-7,
            "{ranks:?}"
        );
        assert_eq!(estimated.ranks(1.0).map(|ranks| ranks.greatest), Some(10.0));
        assert_eq!(estimated.ranks(0.0).map(|ranks| ranks.least), Some(0.0));
        let huge = [(1.0, f64::MAX), (f64::INFINITY, f64::MAX)];
        let huge = Histogram::from_cumulative(&huge, None, Basis::Estimated, &mut Caveats::new())
            .expect("valid");
        assert_eq!(huge.ranks_at(f64::MAX).map(|ranks| ranks.greatest), Some(f64::MAX));
        assert_eq!(huge.ranks_at(f64::INFINITY), None);
    }
}
