//! How often a target was met: in the window, for the service behind it, and for two targets at
//! once.

use super::classic::Histogram;
use super::fraction::FractionBounds;
use super::sampling::enclosing_ranks;
use crate::histogram::Basis;

/// The share of observations within a target, and what it says about the service behind them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetAttainment {
    /// The share in this window; certain.
    pub share: FractionBounds,
    /// Least share of the service that is compatible with the window, in [0, 1].
    pub sample_lo: f64,
    /// Greatest share of the service that is compatible with the window, in [0, 1].
    pub sample_hi: f64,
}

/// An interval that holds the share of observations that meet two conditions at once; shares are in
/// [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointShare {
    /// Least share.
    pub lo: f64,
    /// Greatest share.
    pub hi: f64,
    /// `Exact` if both shares are guaranteed.
    pub basis: Basis,
}

impl Histogram {
    /// The share of observations at or below a target, which is in the unit of the bounds, with a
    /// 95 % interval for the service. Source: [`Self::fraction`], and the binomial interval of
    /// Clopper and Pearson (1934) around its ends.
    ///
    /// The interval assumes independent observations of one service and holds its true share with a
    /// probability of at least 95 %, whatever that share is. `effective_count` as for
    /// [`Self::sampling_interval`].
    ///
    /// - Empty, or a target that is NaN: `None`. Fewer than one independent observation: `None`.
    /// - The share in the window is an interval: the greatest of what its ends allow.
    /// - None of n met the target: the interval starts at 0. All of them did: it ends at 1.
    ///
    /// ```
    /// use inference_triage_core::caveat::Caveats;
    /// use inference_triage_core::histogram::Histogram;
    /// use inference_triage_core::histogram::Basis;
    ///
    /// let requests = [(0.5, 90.0), (1.0, 96.0), (f64::INFINITY, 100.0)];
    /// let mut caveats = Caveats::new();
    /// let requests =
    ///     Histogram::from_cumulative(&requests, None, Basis::Exact, &mut caveats).unwrap();
    /// let within = requests.attainment(1.0, None).unwrap();
    /// assert!(within.share.exact && within.share.lo == 0.96);
    /// // 96 of 100 is compatible with a service that meets the target 91 % or 98 % of the time.
    /// assert!(within.sample_lo < 0.901 && within.sample_hi > 0.988);
    /// ```
    pub fn attainment(
        &self,
        target: f64,
        effective_count: Option<f64>,
    ) -> Option<TargetAttainment> {
        let share = self.fraction(target)?;
        let total = self.count();
        let independent = effective_count.unwrap_or(total);
        let independent = if independent > total { total } else { independent };
        let (sample_lo, sample_hi) = compatible_shares((share.lo, share.hi), independent)?;
        Some(TargetAttainment { share, sample_lo, sample_hi })
    }
}

/// The shares of a service that are compatible, at 95 %, with a share in a window between its two
/// ends, among so many independent requests. Source and special cases: [`Histogram::attainment`].
///
/// - Fewer than one request, or NaN: `None`. A fraction of a request is left out.
pub fn compatible_shares((lo, hi): (f64, f64), independent: f64) -> Option<(f64, f64)> {
    if independent.is_nan() || independent < 1.0 {
        return None;
    }
    let independent = independent.floor();
    let rounding = |met: f64| 4.0 * f64::EPSILON * met;
    let (least, most) = (lo * independent, hi * independent);
    Some((
        least_probability((least + rounding(least)).floor(), independent),
        greatest_probability((most - rounding(most)).ceil(), independent),
    ))
}

/// The share of observations that meet two conditions, from the shares that meet each. Source: the
/// bounds of Fréchet (1935).
///
/// Both shares must be of the same population, such as TTFT and the mean time per output token of
/// the same requests; the gaps between tokens are another one.
///
/// - The two conditions have nothing to do with each other: still only the interval is known.
///
/// ```
/// use inference_triage_core::histogram::joint_share;
/// # use inference_triage_core::caveat::Caveats;
/// # use inference_triage_core::histogram::Histogram;
/// # use inference_triage_core::histogram::Basis;
/// # let share = |met| {
/// #     let buckets = [(1.0, met), (f64::INFINITY, 100.0)];
/// #     let mut caveats = Caveats::new();
/// #     let histogram =
/// #         Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut caveats);
/// #     histogram.and_then(|histogram| histogram.fraction(1.0)).unwrap()
/// # };
/// // 90 of 100 in time for the first token, 80 of 100 for the others: 70 to 80 for both.
/// let both = joint_share(&share(90.0), &share(80.0));
/// assert!((both.lo - 0.7).abs() < 1e-12 && both.hi == 0.8);
/// ```
pub fn joint_share(first: &FractionBounds, second: &FractionBounds) -> JointShare {
    let exact = first.basis == Basis::Exact && second.basis == Basis::Exact;
    let (lo, hi) = joint_interval((first.lo, first.hi), (second.lo, second.hi));
    JointShare { lo, hi, basis: if exact { Basis::Exact } else { Basis::Estimated } }
}

/// Least and greatest share for both, from those for each; see [`joint_share`].
pub fn joint_interval(first: (f64, f64), second: (f64, f64)) -> (f64, f64) {
    let least = first.0 + second.0 - 1.0;
    // Rounding of the addition; a least share of nothing is no claim.
    let least = if least > 0.0 { (least - 2.0 * f64::EPSILON).max(0.0) } else { 0.0 };
    (least, first.1.min(second.1))
}

/// Least probability at which so many of n, or more, come about with a probability of 2.5 %.
///
/// That many are beyond the upper rank of n at every smaller probability.
fn least_probability(met: f64, n: f64) -> f64 {
    if met <= 0.0 {
        return 0.0;
    }
    boundary(|probability| enclosing_ranks(n, probability).1 <= met).0
}

/// Greatest probability at which so many of n, or fewer, come about with a probability of 2.5 %.
fn greatest_probability(met: f64, n: f64) -> f64 {
    if met >= n {
        return 1.0;
    }
    boundary(|probability| enclosing_ranks(n, probability).0 <= met).1
}

/// Where a statement that is true near 0 becomes false, enclosed by (true, false).
fn boundary(holds: impl Fn(f64) -> bool) -> (f64, f64) {
    const STEPS: usize = 44;
    let (mut below, mut above) = (0.0, 1.0);
    for _ in 0..STEPS {
        let middle = f64::midpoint(below, above);
        if holds(middle) {
            below = middle;
        } else {
            above = middle;
        }
    }
    (below, above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;

    fn attainment(met: f64, total: f64, effective: Option<f64>) -> Option<TargetAttainment> {
        let buckets = [(1.0, met), (f64::INFINITY, total)];
        let histogram =
            Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut Caveats::new());
        histogram.expect("valid").attainment(1.0, effective)
    }

    #[test]
    fn limits_of_clopper_and_pearson() {
        // From sums of binomial probabilities, by bisection.
        let cases = [
            (0.0, 10.0, 0.0, 0.308_497_107_8),
            (10.0, 10.0, 0.691_502_892_2, 1.0),
            (5.0, 10.0, 0.187_086_028_4, 0.812_913_971_6),
            (1.0, 1.0, 0.025, 1.0),
            (96.0, 100.0, 0.900_742_843_3, 0.988_995_506_0),
            (950.0, 1000.0, 0.934_609_512_1, 0.962_664_602_4),
        ];
        for (met, total, lo, hi) in cases {
            let got = attainment(met, total, None).expect("filled");
            // Outward, and by less than anyone reads.
            let near = |outward: f64| (-1e-9..1e-7).contains(&outward);
            assert!(
                near(lo - got.sample_lo) && near(got.sample_hi - hi),
                "{met} of {total}: {got:?}"
            );
        }
    }

    #[test]
    fn special_cases_in_the_order_of_the_documentation() {
        assert_eq!(attainment(0.0, 0.0, None), None, "empty");
        assert_eq!(attainment(5.0, 10.0, Some(0.5)), None, "no independent one");
        assert_eq!(attainment(5.0, 10.0, Some(f64::NAN)), None, "no number");
        let ends = |attainment: Option<TargetAttainment>| {
            attainment.map(|got| (got.sample_lo, got.sample_hi))
        };
        assert_eq!(
            ends(attainment(50.0, 100.0, Some(10.0))),
            ends(attainment(5.0, 10.0, None)),
            "ten independent ones"
        );
        assert_eq!(
            ends(attainment(5.0, 10.0, Some(1e9))),
            ends(attainment(5.0, 10.0, None)),
            "no more than there are"
        );
        let wide = Histogram::from_cumulative(
            &[(1.0, 4.0), (3.0, 8.0), (f64::INFINITY, 10.0)],
            None,
            Basis::Exact,
            &mut Caveats::new(),
        );
        let wide = wide.and_then(|histogram| histogram.attainment(2.0, None));
        let (from, to) = (
            attainment(4.0, 10.0, None).expect("filled"),
            attainment(8.0, 10.0, None).expect("filled"),
        );
        assert_eq!(ends(wide), Some((from.sample_lo, to.sample_hi)), "an interval in the window");
    }

    #[test]
    fn joint_shares_at_their_edges() {
        let share = |lo: f64, hi: f64, basis| FractionBounds {
            lo,
            hi,
            exact: true,
            basis,
            nearest_bound: None,
        };
        let cases = [
            ("certain", (1.0, 1.0), (1.0, 1.0), (1.0, 1.0)),
            ("apart", (0.4, 0.4), (0.5, 0.5), (0.0, 0.4)),
            ("overlapping", (0.75, 0.75), (0.5, 0.5), (0.25, 0.5)),
            ("intervals", (0.75, 1.0), (0.5, 0.625), (0.25, 0.625)),
        ];
        for (name, a, b, (lo, hi)) in cases {
            let joint = joint_share(&share(a.0, a.1, Basis::Exact), &share(b.0, b.1, Basis::Exact));
            assert!(joint.lo <= lo && lo - joint.lo < 1e-15, "{name}: {joint:?}");
            assert_eq!(joint.hi.to_bits(), f64::to_bits(hi), "{name}: {joint:?}");
            assert_eq!(joint.basis, Basis::Exact);
        }
        let estimated =
            joint_share(&share(1.0, 1.0, Basis::Estimated), &share(1.0, 1.0, Basis::Exact));
        assert_eq!(estimated.basis, Basis::Estimated);
    }
}
