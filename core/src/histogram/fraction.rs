//! The share of observations at or below a threshold.

use super::arithmetic::within;
use super::classic::Histogram;
use super::slack::Slack;
use crate::histogram::Basis;

/// An interval that holds the share of observations at or below a threshold; shares are in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FractionBounds {
    /// Least share.
    pub lo: f64,
    /// Greatest share.
    pub hi: f64,
    /// The buckets alone fix the share: the threshold is a bound, or lies in an empty bucket.
    pub exact: bool,
    /// `Exact` if the interval is guaranteed under the assumptions of the module.
    pub basis: Basis,
    /// The finite bound nearest to the threshold and the exact share of observations at or below
    /// it.
    pub nearest_bound: Option<(f64, f64)>,
}

impl Histogram {
    /// Interval that holds the share of observations at or below a threshold, which is in the unit
    /// of the bounds. Source: bucket counts and the sum of the observations, see the derivation at
    /// the top of the module.
    ///
    /// - Empty, or a threshold that is NaN: `None`.
    /// - The threshold is a bound, +Inf included: exact.
    /// - It lies in an empty bucket, or below everything its bucket can hold: exact.
    /// - It lies inside a filled bucket: from none to all of its observations, narrowed down by the
    ///   sum.
    /// - It lies above the highest finite bound: of the observations there, the sum limits those
    ///   above it.
    /// - Layouts differ: from all that must to all that may lie there, by every bucket of every
    ///   part.
    /// - Two bounds equally near: the lower one is the nearest.
    pub fn fraction(&self, threshold: f64) -> Option<FractionBounds> {
        let total = self.count();
        if threshold.is_nan() || total <= 0.0 {
            return None;
        }
        let bucket = self
            .upper_bounds()
            .partition_point(|bound| *bound < threshold)
            .min(self.counts().len() - 1);
        let (least, most, exact) = match self.enclosure() {
            Some(parts) => self.in_whole_numbers(
                parts.count_at_or_below(threshold, self.slack()),
                parts.count_at_or_below(threshold, None),
            ),
            None => self.count_in_one_layout(threshold, bucket),
        };
        let share = |count: f64| within(count / total, 0.0, 1.0);
        Some(FractionBounds {
            lo: share(least),
            hi: share(most),
            exact,
            basis: self.basis(),
            nearest_bound: self.nearest_bound(threshold, bucket),
        })
    }

    /// Least and greatest number at or below a threshold whose bucket is known, and whether the
    /// buckets alone fix it.
    fn count_in_one_layout(&self, threshold: f64, bucket: usize) -> (f64, f64, bool) {
        let is_bound = self.upper_bounds()[bucket] <= threshold;
        let count = self.counts()[bucket];
        let exact = is_bound || count <= 0.0 || threshold < self.lower_end(bucket);
        let (least, most) = match exact {
            true if is_bound => (count, count),
            true => (0.0, 0.0),
            false => self.count_at_or_below(threshold, bucket),
        };
        let before = self.count_before(bucket);
        (before + least, before + most, exact)
    }

    /// Numbers narrowed down by the sum, as whole ones where they are; those of the buckets alone
    /// where they cross.
    fn in_whole_numbers(
        &self,
        narrowed: (f64, f64, bool),
        alone: (f64, f64, bool),
    ) -> (f64, f64, bool) {
        let (least, most, exact) = narrowed;
        // The least number is what remains of a greatest one.
        let least = self.count() - self.whole(self.count() - least);
        let most = self.whole(most);
        if least <= most { (least.max(alone.0), most.min(alone.1), exact) } else { alone }
    }

    /// Least and greatest number of the observations of a filled bucket that lie at or below a
    /// threshold inside it.
    fn count_at_or_below(&self, threshold: f64, bucket: usize) -> (f64, f64) {
        let count = self.counts()[bucket];
        let limit = |slack: Option<f64>, distance: f64| match slack {
            Some(slack) if distance > 0.0 => self.whole(slack / distance).min(count),
            _ => count,
        };
        let above =
            limit(self.slack().and_then(Slack::above_least), threshold - self.lower_end(bucket));
        let at_or_below = limit(
            self.slack().and_then(Slack::below_most),
            self.upper_bounds()[bucket] - threshold,
        );
        let least = count - above;
        if least <= at_or_below { (least, at_or_below) } else { (0.0, count) }
    }

    /// The greatest number of observations not above a limit, which rounding may have left short.
    fn whole(&self, limit: f64) -> f64 {
        let limit = limit.next_up();
        if self.basis() == Basis::Exact { limit.floor() } else { limit }
    }

    fn nearest_bound(&self, threshold: f64, bucket: usize) -> Option<(f64, f64)> {
        let above = self.finite_upper_end(bucket).map(|_| bucket);
        let below = bucket.checked_sub(1);
        let distance = |bucket: usize| (self.upper_bounds()[bucket] - threshold).abs();
        let nearest = match (below, above) {
            (Some(below), Some(above)) if distance(above) < distance(below) => above,
            (below, above) => below.or(above)?,
        };
        Some((self.upper_bounds()[nearest], self.cumulative()[nearest] / self.count()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;
    use crate::histogram::Sum;

    const INF: f64 = f64::INFINITY;

    fn histogram(cumulative: &[(f64, f64)], sum: Option<f64>, basis: Basis) -> Histogram {
        let sum = sum.map(|value| Sum { value, magnitude: value });
        Histogram::from_cumulative(cumulative, sum, basis, &mut Caveats::new()).expect("valid")
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one table")]
    fn special_cases_in_the_order_of_the_documentation() {
        struct Case {
            name: &'static str,
            sum: Option<f64>,
            threshold: f64,
            expected: (f64, f64, bool),
            nearest: (f64, f64),
        }
        // Σ n·l = 0 + 4 + 0 + 8 = 12; Σ n·u is not bounded.
        let plain = [(1.0, 2.0), (2.0, 6.0), (4.0, 6.0), (INF, 8.0)];
        let cases = [
            Case {
                name: "a bound",
                sum: None,
                threshold: 1.0,
                expected: (0.25, 0.25, true),
                nearest: (1.0, 0.25),
            },
            Case {
                name: "+Inf",
                sum: None,
                threshold: INF,
                expected: (1.0, 1.0, true),
                nearest: (4.0, 0.75),
            },
            Case {
                name: "-Inf",
                sum: None,
                threshold: -INF,
                expected: (0.0, 0.0, true),
                nearest: (1.0, 0.25),
            },
            Case {
                name: "empty bucket",
                sum: None,
                threshold: 3.5,
                expected: (0.75, 0.75, true),
                nearest: (4.0, 0.75),
            },
            Case {
                name: "equally near",
                sum: None,
                threshold: 3.0,
                expected: (0.75, 0.75, true),
                nearest: (2.0, 0.75),
            },
            Case {
                name: "below 0",
                sum: None,
                threshold: -0.5,
                expected: (0.0, 0.0, true),
                nearest: (1.0, 0.25),
            },
            Case {
                name: "at 0",
                sum: None,
                threshold: 0.0,
                expected: (0.0, 0.25, false),
                nearest: (1.0, 0.25),
            },
            Case {
                name: "inside",
                sum: None,
                threshold: 1.5,
                expected: (0.25, 0.75, false),
                nearest: (1.0, 0.25),
            },
            Case {
                name: "one may be above 1.5",
                sum: Some(12.6),
                threshold: 1.5,
                expected: (0.625, 0.75, false),
                nearest: (1.0, 0.25),
            },
            Case {
                name: "none may be above 1.5",
                sum: Some(12.4),
                threshold: 1.5,
                expected: (0.75, 0.75, false),
                nearest: (1.0, 0.25),
            },
            Case {
                name: "open bucket",
                sum: None,
                threshold: 5.0,
                expected: (0.75, 1.0, false),
                nearest: (4.0, 0.75),
            },
            Case {
                name: "open bucket with a sum",
                sum: Some(17.0),
                threshold: 8.0,
                expected: (0.875, 1.0, false),
                nearest: (4.0, 0.75),
            },
            Case {
                name: "sum that contradicts the buckets",
                sum: Some(11.0),
                threshold: 1.5,
                expected: (0.25, 0.75, false),
                nearest: (1.0, 0.25),
            },
        ];
        for case in cases {
            let bounds = histogram(&plain, case.sum, Basis::Exact)
                .fraction(case.threshold)
                .expect(case.name);
            assert_eq!((bounds.lo, bounds.hi, bounds.exact), case.expected, "{}", case.name);
            assert_eq!(bounds.nearest_bound, Some(case.nearest), "{}", case.name);
            assert_eq!(bounds.basis, Basis::Exact, "{}", case.name);
        }
        assert_eq!(histogram(&plain, None, Basis::Exact).fraction(f64::NAN), None, "NaN");
        assert_eq!(
            histogram(&[(1.0, 0.0), (INF, 0.0)], None, Basis::Exact).fraction(1.0),
            None,
            "empty"
        );
    }

    #[test]
    fn the_sum_limits_both_sides() {
        // Σ n·u = 2 + 8 = 10: at most (10 − 9.3) / 0.5, so one of the four, lies at or below 1.5.
        let closed = histogram(&[(1.0, 2.0), (2.0, 6.0), (INF, 6.0)], Some(9.3), Basis::Exact);
        let bounds = closed.fraction(1.5).expect("filled");
        assert_eq!((bounds.lo, bounds.hi), (2.0 / 6.0, 3.0 / 6.0));
        let masses = histogram(&[(1.0, 2.0), (2.0, 6.0), (INF, 6.0)], Some(9.3), Basis::Estimated);
        let bounds = masses.fraction(1.5).expect("filled");
        assert!(
            (bounds.hi - 3.4 / 6.0).abs() < 1e-12 && bounds.basis == Basis::Estimated,
            "{bounds:?}"
        );
    }

    #[test]
    fn a_first_bucket_without_a_lower_end() {
        let negative = histogram(&[(-1.0, 2.0), (1.0, 4.0), (INF, 4.0)], None, Basis::Exact);
        let share = |threshold| {
            negative.fraction(threshold).map(|bounds| (bounds.lo, bounds.hi, bounds.exact))
        };
        assert_eq!(share(-5.0), Some((0.0, 0.5, false)));
        assert_eq!(share(-INF), Some((0.0, 0.5, false)));
        assert_eq!(share(-1.0), Some((0.5, 0.5, true)));
    }

    #[test]
    fn buckets_alone_invert_the_point_inside_a_filled_bucket() {
        let plain = histogram(
            &[(1.0, 2.0), (2.0, 6.0), (4.0, 6.0), (8.0, 9.0), (INF, 9.0)],
            None,
            Basis::Exact,
        );
        for step in 1..100 {
            let q = f64::from(step) / 100.0;
            let bounds = plain.fraction(plain.point(q)).expect("filled");
            assert!(bounds.lo <= q && q <= bounds.hi, "{q} in {bounds:?}");
        }
    }
}
