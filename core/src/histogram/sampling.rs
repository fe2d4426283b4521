//! The interval for the process behind the observations.

use super::arithmetic::within;
use super::classic::Histogram;
use super::rank::Ranks;

/// Probability that the interval leaves out on either side: 95 % lie between.
const TAIL: f64 = 0.025;

/// A 95 % interval for a quantile of the process behind a sample, in the unit of the bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SamplingInterval {
    /// Lower end; that of the first bucket if the sample does not bound it from below.
    pub lo: f64,
    /// Upper end; absent if the sample or the buckets do not bound it from above.
    pub hi: Option<f64>,
}

impl Histogram {
    /// Interval that holds the q-quantile of the process behind the sample with a probability of at
    /// least 95 %, in the unit of the bounds. Source: order statistics; the observations of the
    /// ranks BinomialQuantile(0.025) and BinomialQuantile(0.975) + 1 enclose it, and their bucket
    /// bounds enclose them.
    ///
    /// It assumes independent observations of one distribution. Where they depend on each other, as
    /// the tokens of one request do, `effective_count` is the number of independent ones; ranks are
    /// then taken among these and stretched to N. The sum narrows nothing down here.
    ///
    /// - Empty, q not in [0, 1], or fewer than one independent observation: `None`.
    /// - An effective count above N: N.
    /// - A fractional count: rounded down.
    /// - Above a variance Nq(1 − q) of 10⁴ the binomial quantile is approximated, at most two ranks
    ///   too far out.
    pub fn sampling_interval(
        &self,
        q: f64,
        effective_count: Option<f64>,
    ) -> Option<SamplingInterval> {
        self.ranks(q)?;
        let total = self.count();
        let independent = match effective_count {
            Some(count) if count.is_nan() => return None,
            Some(count) => count.min(total).floor(),
            None => total.floor(),
        };
        if independent < 1.0 {
            return None;
        }
        let (least, greatest) = enclosing_ranks(independent, q);
        let ranks = Ranks {
            least: self.stretched_down(least, independent),
            greatest: self.stretched_up(greatest, independent),
        };
        let (lo, _, hi) = self.ends_of(ranks, self.buckets_of(ranks));
        Some(SamplingInterval {
            lo: if least < 1.0 { self.lowest_end() } else { lo },
            hi: hi.filter(|_| greatest <= independent),
        })
    }

    /// The least rank among all observations that an observation of this rank among the independent
    /// ones can have.
    fn stretched_down(&self, rank: f64, independent: f64) -> f64 {
        let rank = ((rank - 1.0) * (self.count() / independent)).floor() + 1.0;
        self.ranks_at(rank).map_or(rank, |ranks| ranks.least)
    }

    /// The greatest one.
    fn stretched_up(&self, rank: f64, independent: f64) -> f64 {
        let rank = (rank * (self.count() / independent)).ceil().min(self.count());
        self.ranks_at(rank).map_or(rank, |ranks| ranks.greatest)
    }
}

/// BinomialQuantile(0.025; n, q) and BinomialQuantile(0.975; n, q) + 1 for a whole n ≥ 1, or one
/// step further out where rounding leaves doubt. The first may be 0 and the second n + 1, which no
/// observation has.
pub(super) fn enclosing_ranks(n: f64, q: f64) -> (f64, f64) {
    const LARGEST_SUMMED_VARIANCE: f64 = 1e4;
    const LARGEST_COUNT_IN_SINGLE_STEPS: f64 = 4_503_599_627_370_496.0; // 2^52
    if q <= 0.0 {
        return (0.0, 1.0);
    }
    if q >= 1.0 {
        return (n, n + 1.0);
    }
    if n * q * (1.0 - q) <= LARGEST_SUMMED_VARIANCE && n <= LARGEST_COUNT_IN_SINGLE_STEPS {
        summed(n, q)
    } else {
        approximated(n, q)
    }
}

/// Cornish–Fisher: mean, spread and skewness. Its error is below a tenth of a rank at the variances
/// it is used for; two ranks outward cover that and the step to a whole rank, a few ε·n more the
/// rounding of n·q.
fn approximated(n: f64, q: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    const OUTWARD: f64 = 2.0;
    let spread = Z * (n * q * (1.0 - q)).sqrt();
    let middle = n * q + (Z * Z - 1.0) * (1.0 - 2.0 * q) / 6.0;
    let outward = OUTWARD + 4.0 * f64::EPSILON * n;
    let least = (middle - spread - outward).floor();
    let greatest = (middle + spread + outward).ceil();
    (within(least, 0.0, n), within(greatest, 0.0, n) + 1.0)
}

/// The probabilities relative to that of the mode, from which both tails are summed and then given
/// back term by term.
fn summed(n: f64, q: f64) -> (f64, f64) {
    // Sums of a few thousand terms are good to 1e-12; a tail within 1e-9 of its limit is treated as
    // if it had not reached it.
    const LIMIT: f64 = TAIL - 1e-9;
    let mode = ((n + 1.0) * q).floor().min(n);
    let odds = q / (1.0 - q);
    let below = Tail {
        start: mode,
        ratio: |successes: f64| successes / ((n - successes + 1.0) * odds),
        step: -1.0,
    };
    let above = Tail {
        start: mode,
        ratio: |successes: f64| (n - successes) * odds / (successes + 1.0),
        step: 1.0,
    };
    let (sum_below, sum_above) = (below.sum(), above.sum());
    let limit = LIMIT * (sum_below + 1.0 + sum_above);
    (below.leave(sum_below, limit), above.leave(sum_above, limit) + 1.0)
}

/// One side of a distribution: the weights next to a start of weight 1, each the one before times a
/// ratio that falls to 0.
struct Tail<Ratio: Fn(f64) -> f64> {
    start: f64,
    ratio: Ratio,
    step: f64,
}

impl<Ratio: Fn(f64) -> f64> Tail<Ratio> {
    /// The weight beyond the start.
    fn sum(&self) -> f64 {
        const NEGLIGIBLE: f64 = 1e-20;
        let (mut at, mut weight, mut sum) = (self.start, 1.0, 0.0);
        while weight > NEGLIGIBLE {
            weight *= (self.ratio)(at);
            at += self.step;
            sum += weight;
        }
        sum
    }

    /// The position nearest to the start beyond which no more than the limit of the weight is left.
    fn leave(&self, sum: f64, limit: f64) -> f64 {
        let (mut at, mut weight, mut left) = (self.start, 1.0, sum);
        while left > limit {
            weight *= (self.ratio)(at);
            at += self.step;
            left -= weight;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;
    use crate::histogram::Basis;

    const INF: f64 = f64::INFINITY;

    #[test]
    fn enclosing_ranks_of_small_samples() {
        // From exact rational arithmetic.
        let cases = [
            (1.0, 0.0, 0.0, 1.0),
            (5.0, 1.0, 5.0, 6.0),
            (1.0, 0.5, 0.0, 2.0),
            (2.0, 0.5, 0.0, 3.0),
            (5.0, 0.5, 0.0, 6.0),
            (10.0, 0.5, 2.0, 9.0),
            (10.0, 0.95, 8.0, 11.0),
            (20.0, 0.95, 17.0, 21.0),
            (96.0, 0.5, 38.0, 59.0),
            (96.0, 0.95, 87.0, 96.0),
            (132.0, 0.95, 120.0, 131.0),
            (132.0, 0.99, 128.0, 133.0),
            (100.0, 0.01, 0.0, 4.0),
            (1000.0, 0.99, 983.0, 997.0),
            (1000.0, 0.5, 469.0, 532.0),
        ];
        for (n, q, least, greatest) in cases {
            assert_eq!(enclosing_ranks(n, q), (least, greatest), "{q} of {n}");
        }
    }

    #[test]
    fn the_approximation_lies_just_outside() {
        for n in [50_000.0, 123_456.0, 1e6, 3e6] {
            for q in [0.3, 0.5, 0.9, 0.95] {
                let (least, greatest) = summed(n, q);
                let (wider_least, wider_greatest) = approximated(n, q);
                assert!(
                    (1.0..=3.0).contains(&(least - wider_least)),
                    "{q} of {n}: {wider_least} for {least}"
                );
                assert!(
                    (1.0..=3.0).contains(&(wider_greatest - greatest)),
                    "{q} of {n}: {wider_greatest} for {greatest}"
                );
            }
        }
    }

    #[test]
    fn every_count_and_quantile_ends() {
        for n in [1.0, 2.0, 1e9, 4e15, 1e17, 1e300, f64::MAX] {
            for q in [0.0, f64::from_bits(1), 1e-300, 1e-12, 0.5, 1.0_f64.next_down(), 1.0] {
                let (least, greatest) = enclosing_ranks(n, q);
                assert!(
                    least >= 0.0 && least <= n && greatest >= least && greatest.is_finite(),
                    "{q} of {n}"
                );
            }
        }
    }

    #[test]
    fn special_cases_in_the_order_of_the_documentation() {
        let histogram = |cumulative: &[(f64, f64)], basis| {
            Histogram::from_cumulative(cumulative, None, basis, &mut Caveats::new()).expect("valid")
        };
        let hundred = [(1.0, 10.0), (2.0, 50.0), (3.0, 90.0), (4.0, 100.0), (INF, 100.0)];
        let exact = histogram(&hundred, Basis::Exact);
        let interval = |q, effective| {
            exact.sampling_interval(q, effective).map(|interval| (interval.lo, interval.hi))
        };
        // The median of a hundred lies between ranks 40 and 61, the p95 between 90 and 100, the p99
        // between 97 and none.
        assert_eq!(interval(0.5, None), Some((1.0, Some(3.0))));
        assert_eq!(interval(0.95, None), Some((2.0, Some(4.0))));
        assert_eq!(interval(0.99, None), Some((3.0, None)));
        assert_eq!(interval(0.0, None), Some((0.0, Some(1.0))));
        assert_eq!(interval(1.0, None), Some((3.0, None)));
        assert_eq!(interval(f64::NAN, None), None);
        assert_eq!(
            histogram(&[(1.0, 0.0), (INF, 0.0)], Basis::Exact).sampling_interval(0.5, None),
            None
        );
        for nothing in [0.0, 0.9, -3.0, f64::NAN] {
            assert_eq!(interval(0.5, Some(nothing)), None, "effective count {nothing}");
        }
        // Five independent ones of a hundred bound no median; ten do, between the second and the
        // ninth tenth.
        assert_eq!(interval(0.5, Some(5.0)), Some((0.0, None)));
        assert_eq!(interval(0.5, Some(10.9)), Some((1.0, Some(3.0))));
        for more in [100.0, 1e9, INF] {
            assert_eq!(interval(0.5, Some(more)), interval(0.5, None), "effective count {more}");
        }
        let open = histogram(&[(-1.0, 10.0), (2.0, 60.0), (INF, 100.0)], Basis::Exact);
        let ends = |q| open.sampling_interval(q, None).map(|interval| (interval.lo, interval.hi));
        assert_eq!(ends(0.9), Some((2.0, None)), "in the open bucket");
        assert_eq!(
            ends(0.01),
            Some((crate::histogram::UNBOUNDED_BELOW, Some(-1.0))),
            "no lower end"
        );
        let masses = hundred.map(|(bound, count)| (bound, count + 0.25));
        let interval = histogram(&masses, Basis::Estimated).sampling_interval(0.5, None);
        assert_eq!(interval, Some(SamplingInterval { lo: 1.0, hi: Some(3.0) }));
    }
}
