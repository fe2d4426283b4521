//! How far the sum of the observations lies from the least and the greatest sum that the buckets
//! allow.

use super::arithmetic::{CompensatedSum, unit_in_last_place};
use super::classic::Sum;

/// The distances that narrow quantiles and fractions down, each widened by everything that rounding
/// can have done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slack {
    /// S − Σ n·l, at least; `None` if a filled bucket has no lower end.
    above_least: Option<f64>,
    /// Σ n·u − S, at least; `None` if the open last bucket is filled.
    below_most: Option<f64>,
}

impl Slack {
    /// `counts[k]` observations lie between `lower_ends[k]` and `upper_bounds[k]`; their number is
    /// `total`.
    pub(super) fn new(
        sum: Sum,
        total: f64,
        counts: &[f64],
        lower_ends: &mut dyn Iterator<Item = f64>,
        upper_bounds: &[f64],
    ) -> Self {
        let server_rounding = total * unit_in_last_place(sum.magnitude);
        let widened = |distance: f64, terms: f64| {
            let widened =
                distance + (4.0 * f64::EPSILON * (sum.value.abs() + terms) + server_rounding);
            widened.is_finite().then_some(widened)
        };
        let least = weighted(counts, lower_ends);
        let most = weighted(counts, &mut upper_bounds.iter().copied());
        Self {
            above_least: least.and_then(|(least, terms)| widened(sum.value - least, terms)),
            below_most: most.and_then(|(most, terms)| widened(most - sum.value, terms)),
        }
    }

    /// Σ n·l ≤ S ≤ Σ n·u within rounding. A side that is not bounded holds.
    pub(super) fn is_consistent(self) -> bool {
        self.above_least.is_none_or(|slack| slack >= 0.0)
            && self.below_most.is_none_or(|slack| slack >= 0.0)
    }

    /// S − Σ n·l, rounded up.
    pub(super) fn above_least(self) -> Option<f64> {
        self.above_least
    }

    /// Σ n·u − S, rounded up.
    pub(super) fn below_most(self) -> Option<f64> {
        self.below_most
    }
}

/// Σ n·e and Σ |n·e| over the filled buckets; `None` if one of them has no finite end.
fn weighted(counts: &[f64], ends: &mut dyn Iterator<Item = f64>) -> Option<(f64, f64)> {
    let mut sum = CompensatedSum::default();
    let mut terms = 0.0;
    for (count, end) in counts.iter().zip(ends) {
        if *count > 0.0 {
            let term = count * end;
            sum.add(term);
            terms += term.abs();
        }
    }
    (f64::is_finite(terms)).then_some((sum.value(), terms))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;

    fn slack(value: f64, magnitude: f64, counts: [f64; 3], first_end: f64) -> Slack {
        let total = counts.iter().sum();
        Slack::new(
            Sum { value, magnitude },
            total,
            &counts,
            &mut [first_end, 1.0, 2.0].into_iter(),
            &[1.0, 2.0, INF],
        )
    }

    #[test]
    fn distances_and_consistency() {
        let cases = [
            ("inside", 3.5, [2.0, 1.0, 0.0], 0.0, Some(2.5), Some(0.5), true),
            ("at the least", 1.0, [2.0, 1.0, 0.0], 0.0, Some(0.0), Some(3.0), true),
            ("at the most", 4.0, [2.0, 1.0, 0.0], 0.0, Some(3.0), Some(0.0), true),
            ("below the least", 0.9, [2.0, 1.0, 0.0], 0.0, Some(-0.1), Some(3.1), false),
            ("above the most", 4.1, [2.0, 1.0, 0.0], 0.0, Some(3.1), Some(-0.1), false),
            ("open bucket filled", 100.0, [0.0, 0.0, 1.0], 0.0, Some(98.0), None, true),
            ("no lower end", -100.0, [1.0, 0.0, 0.0], -INF, None, Some(101.0), true),
            ("no lower end but empty", 1.5, [0.0, 1.0, 0.0], -INF, Some(0.5), Some(0.5), true),
            ("empty", 0.0, [0.0, 0.0, 0.0], 0.0, Some(0.0), Some(0.0), true),
            ("empty with a sum", 0.1, [0.0, 0.0, 0.0], 0.0, Some(0.1), Some(-0.1), false),
        ];
        for (name, value, counts, first_end, above, below, consistent) in cases {
            let slack = slack(value, value.abs(), counts, first_end);
            let close = |got: Option<f64>, expected: Option<f64>| match (got, expected) {
                (Some(got), Some(expected)) => got >= expected - 1e-16 && got - expected < 1e-12,
                (got, expected) => got.is_none() && expected.is_none(),
            };
            assert!(close(slack.above_least(), above), "{name}: {slack:?}");
            assert!(close(slack.below_most(), below), "{name}: {slack:?}");
            assert_eq!(slack.is_consistent(), consistent, "{name}");
        }
    }

    #[test]
    fn a_large_counter_widens_by_its_last_place() {
        // At 1e9 one unit in the last place is 2^-23; three observations may have lost three of
        // them.
        let widened = slack(3.5, 1e9, [2.0, 1.0, 0.0], 0.0).above_least().unwrap_or_default();
        let expected = 2.5 + 3.0 / 8_388_608.0;
        assert!((widened - expected).abs() < 1e-13, "{widened}");
    }
}
