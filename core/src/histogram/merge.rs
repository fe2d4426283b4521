//! Adding histograms of equal and of unequal layout.

use crate::catalogue::caveats::CaveatId;
use crate::small::list::CollectVec;
use std::cmp::Ordering;

use super::classic::{Histogram, Sum};
use super::enclosure::{Enclosure, Piece};
use crate::caveat::Caveats;
use crate::histogram::Basis;
use crate::small::sorted::sort_few;
use inference_triage_loops::compare_numbers;

impl Histogram {
    /// All observations of several histograms of one unit and one window together. The order of the
    /// parts changes nothing, to the last bit.
    ///
    /// - Nothing to merge: `None`.
    /// - Equal bounds: counts add.
    /// - Unequal bounds: counts are exact at the bounds that all parts share and enclosed from both
    ///   sides anywhere else, because a layout cannot be interpolated into another; caveat
    ///   `mixed-buckets`. The point, [`Self::counts`] and [`Self::upper_bounds`] rest on the shared
    ///   bounds alone.
    /// - No finite bound in common: there is no point, and every other answer is as above.
    /// - A part without a sum: none for all. A part whose sum contradicts its buckets: the sum
    ///   serves the mean only.
    /// - A part with estimated counts: all are estimated.
    pub fn merge(parts: &[&Self], caveats: &mut Caveats) -> Option<Self> {
        let mut parts = parts.to_vec();
        // Addition is not associative, so the parts get an order of their own.
        sort_few(&mut parts, |a, b| compare(a, b));
        let first = parts.first()?;
        let mut cumulative: Vec<(f64, f64)> = Vec::with_capacity(first.upper_bounds().len());
        for &bound in first.upper_bounds() {
            if let Some(count) = count_of_all(&parts, bound) {
                cumulative.push((bound, count));
            }
        }
        let estimated = parts.iter().any(|part| part.basis() == Basis::Estimated);
        let basis = if estimated { Basis::Estimated } else { Basis::Exact };
        let differ = |part: &&Self| {
            part.upper_bounds().len() > cumulative.len() || part.enclosure().is_some()
        };
        let mut merged = if parts.iter().any(differ) {
            caveats.add(CaveatId::MixedBuckets, || {
                "histograms with different bucket bounds were added; between the bounds they share, their counts are only \
                 enclosed"
                    .to_owned()
            });
            let pieces: Vec<Piece> = parts.iter().flat_map(|part| part.pieces()).collect_vec();
            Self::from_pieces(&cumulative, &pieces, sum_of_all(&parts), basis, caveats)?
        } else {
            Self::from_cumulative(&cumulative, sum_of_all(&parts), basis, caveats)?
        };
        if parts.iter().any(|part| part.sum_is_consistent() == Some(false)) {
            merged.distrust_sum();
        }
        Some(merged)
    }

    /// Observations at or below one of the bounds.
    pub(super) fn count_at(&self, bound: f64) -> Option<f64> {
        let bucket = self.upper_bounds().partition_point(|own| *own < bound);
        self.upper_bounds()
            .get(bucket)
            .filter(|own| **own <= bound)
            .map(|_| self.cumulative()[bucket])
    }
}

/// Observations of all parts at or below a bound; `None` where it is not a bound of each.
fn count_of_all(parts: &[&Histogram], bound: f64) -> Option<f64> {
    let mut all = 0.0;
    for part in parts {
        all += part.count_at(bound)?;
    }
    Some(all)
}

fn sum_of_all(parts: &[&Histogram]) -> Option<Sum> {
    parts.iter().try_fold(Sum { value: 0.0, magnitude: 0.0 }, |all, part| {
        let part = part.sum_with_magnitude()?;
        Some(Sum { value: all.value + part.value, magnitude: all.magnitude + part.magnitude })
    })
}

/// A total order under which equal histograms are interchangeable in every addition.
fn compare(a: &Histogram, b: &Histogram) -> Ordering {
    let sum = |histogram: &Histogram| {
        histogram.sum_with_magnitude().map_or([f64::NAN; 2], |sum| [sum.value, sum.magnitude])
    };
    let parts = |histogram: &Histogram| {
        let pieces = histogram.enclosure().map_or(&[][..], Enclosure::pieces);
        pieces.iter().flat_map(|piece| [piece.bound_before, piece.upper, piece.count]).collect_vec()
    };
    compare_numbers(a.upper_bounds(), b.upper_bounds())
        .then_with(|| compare_numbers(a.cumulative(), b.cumulative()))
        .then_with(|| compare_numbers(&sum(a), &sum(b)))
        .then_with(|| compare_numbers(&parts(a), &parts(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;

    fn histogram(cumulative: &[(f64, f64)], sum: Option<f64>, basis: Basis) -> Histogram {
        let sum = sum.map(|value| Sum { value, magnitude: value });
        Histogram::from_cumulative(cumulative, sum, basis, &mut Caveats::new()).expect("valid")
    }

    fn merge(parts: &[&Histogram]) -> (Option<Histogram>, Caveats) {
        let mut caveats = Caveats::new();
        (Histogram::merge(parts, &mut caveats), caveats)
    }

    #[test]
    fn special_cases_in_the_order_of_the_documentation() {
        let fine =
            histogram(&[(1.0, 2.0), (2.0, 3.0), (4.0, 7.0), (INF, 8.0)], Some(20.0), Basis::Exact);
        let same =
            histogram(&[(1.0, 1.0), (2.0, 1.0), (4.0, 1.0), (INF, 1.0)], Some(0.5), Basis::Exact);
        let other =
            histogram(&[(1.0, 1.0), (3.0, 5.0), (4.0, 6.0), (INF, 6.0)], Some(12.0), Basis::Exact);
        let foreign = histogram(&[(0.5, 1.0), (INF, 2.0)], None, Basis::Exact);

        assert_eq!(merge(&[]).0, None, "nothing");
        assert_eq!(merge(&[&fine]).0.as_ref(), Some(&fine), "one part");

        let (merged, caveats) = merge(&[&fine, &same]);
        let merged = merged.expect("equal bounds");
        assert_eq!(merged.counts(), [3.0, 1.0, 4.0, 1.0]);
        assert_eq!((merged.sum(), merged.basis()), (Some(20.5), Basis::Exact));
        assert!(caveats.is_empty());

        let (merged, caveats) = merge(&[&fine, &other]);
        let merged = merged.expect("unequal bounds");
        assert_eq!(merged.upper_bounds(), [1.0, 4.0, INF]);
        assert_eq!(merged.counts(), [3.0, 10.0, 1.0]);
        assert_eq!((merged.sum(), merged.basis()), (Some(32.0), Basis::Exact));
        assert!(caveats.has(CaveatId::MixedBuckets));

        // Between 1 and 4 lie 5 of the one and 5 of the other, all but one of these above 3.
        let bounds = merged.quantile_bounds(0.5).expect("filled");
        assert_eq!(
            (bounds.lo, bounds.hi, bounds.lo_excluded),
            (1.0, Some(3.0), true),
            "rank 7 of 14: {bounds:?}"
        );
        let share = merged.fraction(2.5).expect("filled");
        assert_eq!((share.lo, share.hi, share.exact), (4.0 / 14.0, 12.0 / 14.0, false));

        let (merged, caveats) = merge(&[&fine, &foreign]);
        let merged = merged.expect("nothing in common");
        assert_eq!((merged.upper_bounds(), merged.counts()), (&[INF][..], &[10.0][..]));
        assert!(
            merged.point(0.5).is_nan()
                && merged.artefact(0.5).is_none()
                && caveats.has(CaveatId::MixedBuckets)
        );
        let bounds = merged.quantile_bounds(0.1).expect("filled");
        assert_eq!(
            (bounds.lo, bounds.hi, bounds.lo_excluded),
            (0.0, Some(0.5), false),
            "least of ten: {bounds:?}"
        );
        assert_eq!(merged.quantile_bounds(0.5).and_then(|bounds| bounds.hi), Some(4.0));
        assert_eq!(merged.fraction(0.75).map(|share| (share.lo, share.hi)), Some((0.1, 0.4)));
        let without = histogram(&[(1.0, 0.0), (INF, 1.0)], None, Basis::Exact);
        assert_eq!(
            merge(&[&fine, &without]).0.and_then(|merged| merged.sum()),
            None,
            "a part without a sum"
        );
        let torn =
            histogram(&[(1.0, 1.0), (2.0, 1.0), (4.0, 1.0), (INF, 1.0)], Some(1.5), Basis::Exact);
        let merged = merge(&[&fine, &torn]).0.expect("equal bounds");
        assert_eq!(
            (merged.sum(), merged.sum_is_consistent()),
            (Some(21.5), Some(false)),
            "a contradicting part"
        );
        assert_eq!(merged.quantile_bounds(0.5).map(|bounds| bounds.sum_used), Some(false));
        let estimated =
            histogram(&[(1.0, 1.0), (2.0, 1.0), (4.0, 1.0), (INF, 1.0)], None, Basis::Estimated);
        assert_eq!(
            merge(&[&fine, &estimated]).0.map(|merged| merged.basis()),
            Some(Basis::Estimated)
        );
    }

    #[test]
    fn the_order_of_the_parts_changes_no_bit() {
        let part = |scale: f64| {
            let cumulative = [(1.0, 0.1 * scale), (2.0, 0.3 * scale), (INF, 0.7 * scale)];
            histogram(&cumulative, Some(0.9 * scale), Basis::Estimated)
        };
        let parts = [part(1.0), part(3.3), part(1e6), part(1e-3), part(7.7)];
        let expected = merge(&parts.iter().collect::<Vec<_>>()).0.expect("equal bounds");
        let mut order: Vec<usize> = (0..parts.len()).collect();
        for step in 0..60 {
            order.swap(step % 5, (step * 7 + 1) % 5);
            let shuffled: Vec<&Histogram> = order.iter().map(|index| &parts[*index]).collect();
            assert_eq!(merge(&shuffled).0.as_ref(), Some(&expected), "{order:?}");
        }
    }
}
