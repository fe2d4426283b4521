//! How far two windows of one quantity lie apart, in human units.

use super::classic::Histogram;
use crate::small::list::CollectVec;

/// Distance of a window from a baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// How far the two distributions lie apart in the logarithm of the observations, whatever the
    /// direction: 0.1 is about 10 %. Never negative.
    pub shift: f64,
    /// The same with a sign: positive where the window's observations are greater. Its exponential
    /// less 1 reads "typically so much slower".
    pub signed_shift: f64,
    /// The bound above which the window's share of observations grew most; `None` if no bound has a
    /// suitable share of the baseline above it.
    pub tail: Option<TailGrowth>,
}

/// How many times more observations lie above a bound than in the baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailGrowth {
    /// The bound, in the unit of the observations.
    pub above: f64,
    /// Logarithm of the ratio of the two shares above it; 0 is no growth.
    pub log_ratio: f64,
}

impl Comparison {
    /// Times more observations above [`TailGrowth::above`]; `None` without a tail.
    pub fn tail_ratio(&self) -> Option<f64> {
        self.tail.map(|tail| libm::exp(tail.log_ratio))
    }
}

impl Histogram {
    /// How far this window lies from a baseline of the same quantity, on the finite positive bounds
    /// that both have.
    ///
    /// SHIFT is the Wasserstein distance of order 1 in the logarithm, Σ |F − G| · ln(uₖ₊₁ / uₖ)
    /// over consecutive bounds, with the cumulative shares F and G at uₖ. TAIL is the greatest ln
    /// of a ratio of exceedances, half an observation added to each, over the bounds that 0.5 % to
    /// 50 % of the baseline exceed.
    ///
    /// - Either is empty: `None`.
    /// - Fewer than two such bounds in common: `None`.
    /// - What lies below the first or above the last of them counts only by its share.
    ///
    /// ```
    /// use inference_triage_core::caveat::Caveats;
    /// use inference_triage_core::histogram::Histogram;
    /// use inference_triage_core::histogram::Basis;
    ///
    /// let window = |counts: [f64; 4]| {
    ///     let bounds = [1.0, 2.0, 4.0, f64::INFINITY];
    ///     let buckets: Vec<(f64, f64)> = bounds.into_iter().zip(counts).collect();
    ///     Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut Caveats::new()).unwrap()
    /// };
    /// let (before, now) = (window([50.0, 90.0, 100.0, 100.0]), window([0.0, 50.0, 90.0, 100.0]));
    /// let difference = now.compare(&before).unwrap();
    /// // Half the requests moved up by one bucket, two fifths by another: 0.9 · ln 2.
    /// assert!((difference.signed_shift - 0.9 * 2.0_f64.ln()).abs() < 1e-12);
    /// ```
    pub fn compare(&self, baseline: &Self) -> Option<Comparison> {
        let bounds = shared_bounds(self, baseline);
        let now = CumulativeCounts::of(self, &bounds);
        let before = CumulativeCounts::of(baseline, &bounds);
        if bounds.len() < 2 || now.total <= 0.0 || before.total <= 0.0 {
            return None;
        }
        Some(now.compare(&before, &bounds))
    }
}

/// The finite positive bounds that both have, ascending.
fn shared_bounds(one: &Histogram, other: &Histogram) -> Vec<f64> {
    let usable = |bound: &f64| *bound > 0.0 && bound.is_finite();
    let shared = |bound: &f64| other.count_at(*bound).is_some();
    one.upper_bounds().iter().copied().filter(usable).filter(shared).collect_vec()
}

/// The counts of a window at a list of bounds.
#[derive(Debug, Clone, PartialEq)]
struct CumulativeCounts {
    at_bounds: Vec<f64>,
    total: f64,
}

impl CumulativeCounts {
    fn of(histogram: &Histogram, bounds: &[f64]) -> Self {
        let at_bounds =
            bounds.iter().map(|bound| histogram.count_at(*bound).unwrap_or(0.0)).collect_vec();
        Self { at_bounds, total: histogram.count() }
    }

    /// SHIFT and TAIL; neither side is empty.
    fn compare(&self, baseline: &Self, bounds: &[f64]) -> Comparison {
        let share = |counts: &Self, index: usize| counts.at_bounds[index] / counts.total;
        let (mut shift, mut signed_shift) = (0.0, 0.0);
        for index in 1..bounds.len() {
            let width = libm::log(bounds[index] / bounds[index - 1]);
            let below = share(baseline, index - 1) - share(self, index - 1);
            shift += below.abs() * width;
            signed_shift += below * width;
        }
        Comparison { shift, signed_shift, tail: self.tail_growth(baseline, bounds) }
    }

    fn tail_growth(&self, baseline: &Self, bounds: &[f64]) -> Option<TailGrowth> {
        /// Shares of the baseline above a bound that make a tail. Below, too few requests of the
        /// baseline lie there to compare with; above, it is no tail.
        const TAIL: std::ops::RangeInclusive<f64> = 0.005..=0.5;
        let exceeding =
            |counts: &Self, index: usize| (counts.total - counts.at_bounds[index]).max(0.0);
        let smoothed =
            |counts: &Self, index: usize| (exceeding(counts, index) + 0.5) / (counts.total + 1.0);
        let mut most: Option<TailGrowth> = None;
        for (index, &above) in bounds.iter().enumerate() {
            if !TAIL.contains(&(exceeding(baseline, index) / baseline.total)) {
                continue;
            }
            let log_ratio = libm::log(smoothed(self, index) / smoothed(baseline, index));
            if most.is_none_or(|most| log_ratio > most.log_ratio) {
                most = Some(TailGrowth { above, log_ratio });
            }
        }
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;
    use crate::histogram::Basis;

    fn window(cumulative: &[(f64, f64)]) -> Histogram {
        Histogram::from_cumulative(cumulative, None, Basis::Exact, &mut Caveats::new())
            .expect("valid")
    }

    const INF: f64 = f64::INFINITY;

    #[test]
    fn special_cases_in_the_order_of_the_documentation() {
        let plain = window(&[(1.0, 50.0), (2.0, 90.0), (4.0, 100.0), (INF, 100.0)]);
        assert_eq!(
            plain.compare(&window(&[(1.0, 0.0), (2.0, 0.0), (INF, 0.0)])),
            None,
            "empty baseline"
        );
        assert_eq!(
            window(&[(1.0, 0.0), (2.0, 0.0), (INF, 0.0)]).compare(&plain),
            None,
            "empty window"
        );
        assert_eq!(
            plain.compare(&window(&[(1.0, 1.0), (3.0, 1.0), (INF, 1.0)])),
            None,
            "one bound in common"
        );
        assert_eq!(
            plain.compare(&window(&[(-1.0, 0.0), (4.0, 1.0), (INF, 1.0)])),
            None,
            "negative bounds"
        );
        let same = plain.compare(&plain).expect("filled");
        assert_eq!((same.shift, same.signed_shift, same.tail_ratio()), (0.0, 0.0, Some(1.0)));
    }

    #[test]
    fn the_direction_and_the_tail_by_hand() {
        let before = window(&[(1.0, 500.0), (2.0, 980.0), (4.0, 1000.0), (INF, 1000.0)]);
        let slower = window(&[(1.0, 40.0), (2.0, 90.0), (4.0, 100.0), (INF, 100.0)]);
        let comparison = slower.compare(&before).expect("filled");
        // 0.5 and 0.98 of the baseline lie below 1 and 2, 0.4 and 0.9 of the window.
        let expected = (0.1 + 0.08) * libm::log(2.0);
        assert!(
            (comparison.shift - expected).abs() < 1e-12
                && (comparison.signed_shift - expected).abs() < 1e-12
        );
        let tail = comparison.tail.expect("2 % lie above 2 s");
        assert!((tail.above - 2.0).abs() < 1e-12);
        assert!((tail.log_ratio - libm::log((10.5 / 101.0) / (20.5 / 1001.0))).abs() < 1e-12);
        let faster = before.compare(&slower).expect("filled");
        assert!(
            (faster.shift - expected).abs() < 1e-12
                && (faster.signed_shift + expected).abs() < 1e-12
        );
    }
}
