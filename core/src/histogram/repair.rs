//! Cumulative buckets as `histogram_quantile` of Prometheus 3.14 prepares them: sorted, equal
//! bounds added, monotone.

use std::cmp::Ordering;

use crate::small::sorted::sort_few;

/// A cumulative bucket: upper bound, number of observations at or below it.
pub(super) type Bucket = (f64, f64);

/// Cumulative buckets in ascending order of their bounds, each bound once.
#[derive(Debug)]
pub(super) struct Coalesced {
    pub(super) buckets: Vec<Bucket>,
    /// Buckets that were added to another one with the same bound.
    pub(super) duplicates: u64,
    /// Buckets left out because their bound is NaN, which has no place in an order.
    pub(super) without_bound: u64,
}

/// Sorts by bound and adds the counts of equal bounds, the smaller first, so that the order given
/// changes no bit.
pub(super) fn coalesce(cumulative: &[Bucket]) -> Coalesced {
    let mut buckets = Vec::with_capacity(cumulative.len());
    for bucket in cumulative {
        if !bucket.0.is_nan() {
            buckets.push(*bucket);
        }
    }
    let without_bound = (cumulative.len() - buckets.len()) as u64;
    let total = buckets.len();
    sort_few(&mut buckets[..], |a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    buckets.dedup_by(|next, kept| {
        let equal = next.0.partial_cmp(&kept.0) == Some(Ordering::Equal);
        if equal {
            kept.1 += next.1;
        }
        equal
    });
    Coalesced { duplicates: (total - buckets.len()) as u64, without_bound, buckets }
}

/// Makes counts monotone in one pass from the left; true if a count had to be raised by more than
/// the tolerance.
///
/// A count equal to the one before within a relative 1e-12 takes its value, so tiny increases are
/// flattened as well. Any other decrease is raised to the count before.
pub(super) fn ensure_monotonic(buckets: &mut [Bucket]) -> bool {
    let mut forced = false;
    let mut previous = buckets.first().map_or(0.0, |bucket| bucket.1);
    for bucket in buckets.iter_mut().skip(1) {
        if almost_equal(previous, bucket.1) {
            bucket.1 = previous;
        } else if bucket.1 < previous {
            bucket.1 = previous;
            forced = true;
        } else {
            previous = bucket.1;
        }
    }
    forced
}

/// Whether two counts differ by rounding noise only: |a − b| / (|a| + |b|) below 1e-12; next to 0,
/// only if both are 0 or deeply subnormal; NaN equals NaN. As in Prometheus, where the tolerance is
/// `smallDeltaTolerance`.
pub(super) fn almost_equal(a: f64, b: f64) -> bool {
    const TOLERANCE: f64 = 1e-12;
    if (a.is_nan() && b.is_nan()) || a.partial_cmp(&b) == Some(Ordering::Equal) {
        return true;
    }
    let size = a.abs() + b.abs();
    let difference = (a - b).abs();
    if a == 0.0 || b == 0.0 || size < f64::MIN_POSITIVE {
        return difference < TOLERANCE * f64::MIN_POSITIVE;
    }
    difference / size.min(f64::MAX) < TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;

    /// Name, buckets given and expected, duplicates and NaN bounds among them.
    type Case = (&'static str, &'static [Bucket], &'static [Bucket], u64, u64);

    #[test]
    fn coalesce_sorts_and_adds_equal_bounds() {
        let cases: [Case; 6] = [
            ("nothing", &[], &[], 0, 0),
            (
                "any order",
                &[(INF, 3.0), (1.0, 1.0), (2.0, 2.0)],
                &[(1.0, 1.0), (2.0, 2.0), (INF, 3.0)],
                0,
                0,
            ),
            (
                "two spellings of one bound",
                &[(1.0, 1.0), (INF, 4.0), (1.0, 2.0)],
                &[(1.0, 3.0), (INF, 4.0)],
                1,
                0,
            ),
            ("three of them", &[(1.0, 1.0), (1.0, 2.0), (1.0, 4.0)], &[(1.0, 7.0)], 2, 0),
            ("zeros of both signs", &[(0.0, 1.0), (-0.0, 2.0)], &[(0.0, 3.0)], 1, 0),
            ("no bound", &[(f64::NAN, 9.0), (1.0, 1.0)], &[(1.0, 1.0)], 0, 1),
        ];
        for (name, given, expected, duplicates, without_bound) in cases {
            let coalesced = coalesce(given);
            assert_eq!(coalesced.buckets, expected, "{name}");
            assert_eq!(
                (coalesced.duplicates, coalesced.without_bound),
                (duplicates, without_bound),
                "{name}"
            );
        }
    }

    #[test]
    fn repair_follows_the_four_cases() {
        let up = 100.0 * (1.0 + 1e-12);
        let down = 100.0 * (1.0 - 1e-12);
        let cases: [(&str, &[f64], &[f64], bool); 10] = [
            ("equal", &[1.0, 1.0, 2.0], &[1.0, 1.0, 2.0], false),
            ("tiny increase is flattened", &[100.0, up, 101.0], &[100.0, 100.0, 101.0], false),
            (
                "tiny decrease is raised quietly",
                &[100.0, down, 101.0],
                &[100.0, 100.0, 101.0],
                false,
            ),
            ("decrease is forced", &[5.0, 3.0, 4.0, 6.0], &[5.0, 5.0, 5.0, 6.0], true),
            ("increase stays", &[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], false),
            (
                "tiny increases do not add up",
                &[100.0, up, 100.0 * (1.0 + 4e-12)],
                &[100.0, 100.0, 100.0 * (1.0 + 4e-12)],
                false,
            ),
            ("after zero even a tiny count stays", &[0.0, 1e-300], &[0.0, 1e-300], false),
            ("below zero is forced", &[0.0, -1e-300], &[0.0, 0.0], true),
            ("deep subnormal after zero is noise", &[0.0, f64::from_bits(1)], &[0.0, 0.0], false),
            ("one bucket", &[3.0], &[3.0], false),
        ];
        for (name, given, expected, forced) in cases {
            let mut buckets: Vec<Bucket> =
                given.iter().enumerate().map(|(i, count)| (i as f64, *count)).collect();
            assert_eq!(ensure_monotonic(&mut buckets), forced, "{name}");
            let counts: Vec<f64> = buckets.iter().map(|bucket| bucket.1).collect();
            assert_eq!(counts, expected, "{name}");
        }
        assert!(!ensure_monotonic(&mut []), "no buckets");
    }

    #[test]
    fn almost_equal_at_its_edges() {
        let cases = [
            ("same", 1.0, 1.0, true),
            ("both NaN", f64::NAN, f64::NAN, true),
            ("one NaN", 1.0, f64::NAN, false),
            ("half the tolerance of the pair", 1.0, 1.0 + 1e-12, true),
            ("twice the tolerance of the pair", 1.0, 1.0 + 4e-12, false),
            ("zero and a normal number", 0.0, f64::MIN_POSITIVE, false),
            ("infinities of one sign", INF, INF, true),
            ("number and infinity", 1.0, INF, false),
            ("the largest numbers", f64::MAX, f64::MAX * (1.0 - 1e-15), true),
        ];
        for (name, a, b, expected) in cases {
            assert_eq!(almost_equal(a, b), expected, "{name}");
            assert_eq!(almost_equal(b, a), expected, "{name}, swapped");
        }
    }
}
