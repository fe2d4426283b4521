//! What a stated confidence is worth: stated probability beside share right.

use serde::{Deserialize, Serialize};

use crate::answer::Claim;
use crate::product;
use crate::record::{CaseRecord, Standing};
use crate::scoring::Outcome;
use crate::statistics::{Bin, Share, bins, expected_calibration_error};

/// Bins of the reliability plot.
const BINS: usize = 10;

/// Least probability that the diagnosis may call certain, see `core/src/report/confidence`.
const CERTAIN: f64 = 0.95;

/// Confidence over the test set, which no stated probability was counted on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Calibration {
    /// Verdicts of the test set that named a cause or health.
    pub verdicts: usize,
    /// Those that stated a probability.
    pub stated: Reliability,
}

/// Stated probabilities beside what was right.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reliability {
    /// Verdicts with a stated probability that were right, and all.
    pub right: Share,
    /// By stated probability.
    pub bins: Vec<Bin>,
    /// Expected calibration error; absent when none was stated.
    pub error: Option<f64>,
    /// The calibration error that true probabilities would have over as few verdicts, on average.
    pub by_chance: Option<f64>,
    /// Verdicts stated at 95 % and more that were not right, and all that were.
    pub certain_not_right: Share,
}

impl Reliability {
    /// Of stated probabilities and whether each verdict was right.
    pub fn of(pairs: &[(f64, bool)]) -> Self {
        let bins = bins(pairs, BINS);
        let certain = pairs.iter().filter(|(stated, _)| *stated >= CERTAIN);
        Self {
            right: Share::count(pairs, |(_, right)| *right),
            error: expected_calibration_error(&bins),
            by_chance: by_chance(pairs),
            certain_not_right: Share::count(certain, |(_, right)| !right),
            bins,
        }
    }
}

/// The mean distance of a sum of independent trials from its expectation is √(2/π) of its standard
/// deviation, bin by bin, as a share of all.
fn by_chance(pairs: &[(f64, bool)]) -> Option<f64> {
    let mut variances = [0.0; BINS];
    for (stated, _) in pairs {
        variances[((stated * BINS as f64) as usize).min(BINS - 1)] += stated * (1.0 - stated);
    }
    let distance: f64 = variances.iter().map(|variance| libm::sqrt(*variance)).sum();
    let factor = libm::sqrt(std::f64::consts::FRAC_2_PI);
    (!pairs.is_empty()).then(|| factor * distance / pairs.len() as f64)
}

impl Calibration {
    /// Measures the stated confidence on the test set.
    pub fn of(test: &[&CaseRecord]) -> Self {
        let counts =
            |case: &&&CaseRecord| matches!(case.standing, Standing::Fault | Standing::Healthy);
        let judged = test.iter().filter(counts).filter_map(|case| case.of(product::ID));
        let said: Vec<_> = judged.filter(|said| said.first != Claim::CannotTell).collect();
        let pairs: Vec<(f64, bool)> = said
            .iter()
            .filter_map(|said| Some((said.confidence?, said.outcome == Outcome::Right)))
            .collect();
        Self { verdicts: said.len(), stated: Reliability::of(&pairs) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four verdicts at 0.5: the standard deviation of their sum is 1, its mean distance 0.798 of
    /// four. One at 0.96 is certain and wrong: √(0.96 × 0.04) = 0.196.
    #[test]
    fn reliability_by_hand() {
        let half = Reliability::of(&[(0.5, true), (0.5, true), (0.5, false), (0.5, false)]);
        assert_eq!(half.error, Some(0.0));
        assert!(half.by_chance.is_some_and(|error| (error - 0.1995).abs() < 1e-4));
        assert_eq!(half.certain_not_right, Share::default());
        let sure = Reliability::of(&[(0.96, false)]);
        assert!(sure.error.is_some_and(|error| (error - 0.96).abs() < 1e-12));
        assert!(sure.by_chance.is_some_and(|error| (error - 0.1564).abs() < 1e-4));
        assert_eq!(sure.certain_not_right, Share { hits: 1, of: 1 });
        assert_eq!(Reliability::of(&[]), Reliability::default());
    }
}
