//! Everything that a histogram says about one quantile.

use super::artefact::Artefact;
use super::basis::Basis;
use super::classic::Histogram;

/// One quantile: PromQL's point, the interval that holds the sample's quantile, and how much it says.
/// All values in the unit of the bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantileEstimate {
    /// The quantile, in [0, 1].
    pub q: f64,
    /// What PromQL's `histogram_quantile` prints; absent where it prints no finite number.
    pub point: Option<f64>,
    /// Lower end of the interval that holds the sample quantile.
    pub lo: f64,
    /// Upper end; absent when it lies in the open last bucket and the sum does not bound it.
    pub hi: Option<f64>,
    /// The quantile lies strictly above `lo` (a bucket is open at its lower bound).
    pub lo_excluded: bool,
    /// Whether the interval is guaranteed.
    pub basis: Basis,
    /// An upper end from the order between sibling metrics of different populations; an estimate.
    pub order_hi: Option<f64>,
    /// Lower end of the 95 % interval for the process behind the sample.
    pub sample_lo: Option<f64>,
    /// Upper end of that interval; absent when unbounded.
    pub sample_hi: Option<f64>,
    /// Why PromQL's point carries no information or contradicts a sibling metric, one phrase;
    /// absent when it does neither.
    pub artefact: Option<String>,
    /// The quantile lies in the first or in the open last bucket.
    pub unresolved: bool,
}

impl QuantileEstimate {
    /// PromQL's point lies outside [lo, hi].
    pub fn is_outside_bounds(&self) -> bool {
        self.point.is_some_and(|point| point < self.lo || self.hi.is_some_and(|hi| point > hi))
    }
}

/// Everything a histogram says about one quantile, in the unit of its bounds. `effective_count` as
/// for [`Histogram::sampling_interval`].
///
/// - Empty, or q not in [0, 1]: `None`.
/// - PromQL prints no finite number: no point, and nothing lies outside the bounds.
/// - `order_hi` compares two histograms and stays absent.
pub fn estimate_quantile(
    histogram: &Histogram,
    q: f64,
    effective_count: Option<f64>,
) -> Option<QuantileEstimate> {
    let bounds = histogram.quantile_bounds(q)?;
    let point = Some(histogram.point(q)).filter(|point| point.is_finite());
    let sampling = histogram.sampling_interval(q, effective_count);
    let artefact = histogram.artefact(q);
    Some(QuantileEstimate {
        q,
        point,
        lo: bounds.lo,
        hi: bounds.hi,
        lo_excluded: bounds.lo_excluded,
        basis: bounds.basis,
        order_hi: None,
        sample_lo: sampling.map(|interval| interval.lo),
        sample_hi: sampling.and_then(|interval| interval.hi),
        artefact: artefact.map(Artefact::phrase).map(str::to_owned),
        unresolved: histogram.is_unresolved(q),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;
    use crate::histogram::Basis;
    use crate::histogram::Sum;

    const INF: f64 = f64::INFINITY;

    fn report(cumulative: &[(f64, f64)], sum: Option<f64>, q: f64) -> Option<QuantileEstimate> {
        let sum = sum.map(|value| Sum { value, magnitude: value });
        let histogram =
            Histogram::from_cumulative(cumulative, sum, Basis::Exact, &mut Caveats::new())
                .expect("valid");
        estimate_quantile(&histogram, q, None)
    }

    #[test]
    fn special_cases_in_the_order_of_the_documentation() {
        assert_eq!(report(&[(1.0, 0.0), (INF, 0.0)], None, 0.5), None, "empty");
        assert_eq!(report(&[(1.0, 1.0), (INF, 1.0)], None, 1.5), None, "q outside");
        let unprintable = report(&[(1.0, 0.0), (2.0, 5.0), (INF, 5.0)], None, 0.0).expect("filled");
        assert_eq!((unprintable.point, unprintable.is_outside_bounds()), (None, false));
        assert_eq!(
            (unprintable.lo, unprintable.hi, unprintable.lo_excluded),
            (1.0, Some(2.0), true)
        );
    }

    #[test]
    fn a_point_that_the_sum_rules_out() {
        // 132 observations of 1 ms on average share the first bucket.
        let report =
            report(&[(0.3, 132.0), (0.5, 132.0), (INF, 132.0)], Some(0.132), 0.95).expect("filled");
        assert_eq!(report.point, Some(0.3 * (0.95 * 132.0 / 132.0)));
        assert!(report.is_outside_bounds() && report.unresolved);
        assert_eq!(report.artefact.as_deref(), Some(Artefact::OneBucket.phrase()));
        assert!(report.hi.is_some_and(|hi| hi < 0.019), "{report:?}");
        assert_eq!((report.sample_lo, report.sample_hi), (Some(0.0), Some(0.3)));
        assert_eq!(report.order_hi, None);
    }

    #[test]
    fn an_open_quantile_has_no_upper_end() {
        let report = report(&[(-1.0, 1.0), (1.0, 2.0), (INF, 9.0)], None, 0.9).expect("filled");
        assert_eq!((report.lo, report.hi, report.sample_hi), (1.0, None, None));
        assert!(!report.is_outside_bounds() && report.unresolved);
    }
}
