//! What a stated confidence is worth, and what confidence the margins would support.

use serde::{Deserialize, Serialize};

use crate::answer::Claim;
use crate::product;
use crate::record::{CaseRecord, Judgement, Standing};
use crate::scoring::Outcome;
use crate::statistics::{
    Bin, Share, Step, bins, expected_calibration_error, isotonic, quantile, step_value,
};

/// Bins of the reliability plot.
const BINS: usize = 10;

/// Least number of cases behind a step of the proposed mapping: fewer tell nothing.
const LEAST_CASES: usize = 10;

/// Parts into which the margins of the tuning set are cut for the table.
const PARTS: usize = 5;

/// Stated and proposed confidence.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Calibration {
    /// Verdicts of the test set that named a cause or health.
    pub verdicts: usize,
    /// Those that stated a probability.
    pub stated: usize,
    /// Reliability of the stated probabilities on the test set.
    pub stated_bins: Vec<Bin>,
    /// Expected calibration error of the stated probabilities; absent when none was stated.
    pub stated_error: Option<f64>,
    /// Share right by verdict and margin, tuning set: the proposal.
    pub table: Vec<VerdictMargins>,
    /// Reliability of the proposal on the test set, which it was not made from.
    pub proposed_bins: Vec<Bin>,
    /// Expected calibration error of the proposal on the test set.
    pub proposed_error: Option<f64>,
    /// The same for the best single number (the share right over the whole tuning set): what
    /// margins add is the difference in the sharpness of the plot, not this error.
    pub constant_error: Option<f64>,
}

/// One verdict's margins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictMargins {
    /// Verdict id.
    pub verdict: String,
    /// Share right over all margins, tuning set.
    pub right: Share,
    /// Share right by margin, equally filled parts.
    pub parts: Vec<MarginPart>,
    /// Non-decreasing fit of share right on margin.
    pub steps: Vec<Step>,
}

/// Share right in a range of margins.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MarginPart {
    /// Least margin of the part.
    pub from: f64,
    /// Greatest margin of the part.
    pub to: f64,
    /// Share right.
    pub right: Share,
}

/// A verdict that can be right or wrong.
struct Said<'a> {
    verdict: String,
    margin: Option<f64>,
    right: bool,
    judgement: &'a Judgement,
}

fn said<'a>(cases: &[&'a CaseRecord]) -> Vec<Said<'a>> {
    let one = |case: &&'a CaseRecord| {
        let judgement = case.of(product::ID)?;
        let verdict = match &judgement.first {
            Claim::Healthy => "healthy".to_owned(),
            Claim::Cause(ids) | Claim::Note(ids) => ids.first()?.clone(),
            Claim::CannotTell => return None,
        };
        let counted = matches!(case.standing, Standing::Fault | Standing::Healthy);
        let right = judgement.outcome == Outcome::Right;
        counted.then_some(Said { verdict, margin: judgement.margin, right, judgement })
    };
    cases.iter().filter_map(one).collect()
}

impl Calibration {
    /// Measures the stated confidence on the test set; fits a proposal on the tuning set and
    /// measures it on the test set.
    pub fn of(tuning: &[&CaseRecord], test: &[&CaseRecord]) -> Self {
        let (tuned, tested) = (said(tuning), said(test));
        let stated: Vec<(f64, bool)> = tested
            .iter()
            .filter_map(|said| Some((said.judgement.confidence?, said.right)))
            .collect();
        let stated_bins = bins(&stated, BINS);
        let table = table(&tuned);
        let proposed: Vec<(f64, bool)> =
            tested.iter().filter_map(|said| Some((propose(&table, said)?, said.right))).collect();
        let proposed_bins = bins(&proposed, BINS);
        let overall = Share::count(&tuned, |said| said.right).value();
        let constant: Vec<(f64, bool)> = overall
            .map(|overall| tested.iter().map(|said| (overall, said.right)).collect())
            .unwrap_or_default();
        Self {
            verdicts: tested.len(),
            stated: stated.len(),
            stated_error: expected_calibration_error(&stated_bins),
            stated_bins,
            proposed_error: expected_calibration_error(&proposed_bins),
            proposed_bins,
            constant_error: expected_calibration_error(&bins(&constant, BINS)),
            table,
        }
    }
}

fn table(tuned: &[Said<'_>]) -> Vec<VerdictMargins> {
    let mut verdicts: Vec<&String> = tuned.iter().map(|said| &said.verdict).collect();
    verdicts.sort();
    verdicts.dedup();
    verdicts
        .into_iter()
        .map(|verdict| {
            let of_verdict: Vec<&Said<'_>> =
                tuned.iter().filter(|said| said.verdict == *verdict).collect();
            let pairs: Vec<(f64, bool)> =
                of_verdict.iter().filter_map(|said| Some((said.margin?, said.right))).collect();
            VerdictMargins {
                verdict: verdict.clone(),
                right: Share::count(&of_verdict, |said| said.right),
                parts: parts(&pairs),
                steps: if pairs.len() < LEAST_CASES {
                    Vec::new()
                } else {
                    coarse(isotonic(&pairs))
                },
            }
        })
        .collect()
}

fn parts(pairs: &[(f64, bool)]) -> Vec<MarginPart> {
    let margins: Vec<f64> = pairs.iter().map(|(margin, _)| *margin).collect();
    let count = PARTS.min(pairs.len() / LEAST_CASES).max(1);
    let edges: Vec<f64> =
        (1..=count).filter_map(|part| quantile(&margins, part as f64 / count as f64)).collect();
    let mut from = f64::NEG_INFINITY;
    let mut parts = Vec::new();
    for to in edges {
        let inside: Vec<_> =
            pairs.iter().filter(|(margin, _)| *margin > from && *margin <= to).collect();
        let least = inside.iter().map(|(margin, _)| *margin).reduce(f64::min);
        if let Some(least) = least {
            parts.push(MarginPart {
                from: least,
                to,
                right: Share::count(&inside, |(_, right)| *right),
            });
        }
        from = to;
    }
    parts
}

/// Steps with too few cases join their neighbour below, the first its neighbour above; the function
/// stays non-decreasing.
fn coarse(steps: Vec<Step>) -> Vec<Step> {
    let mut joined: Vec<Step> = Vec::new();
    for step in steps {
        match joined
            .last_mut()
            .filter(|last| last.right.of < LEAST_CASES || step.right.of < LEAST_CASES)
        {
            Some(last) => {
                last.right.hits += step.right.hits;
                last.right.of += step.right.of;
            }
            None => joined.push(step),
        }
    }
    joined
}

/// The proposed probability: the step of the verdict at this margin, else the verdict's share;
/// where the tuning set holds too few such verdicts, none.
fn propose(table: &[VerdictMargins], said: &Said<'_>) -> Option<f64> {
    let row = table.iter().find(|row| row.verdict == said.verdict)?;
    let by_margin = said.margin.and_then(|margin| step_value(&row.steps, margin));
    by_margin.or_else(|| row.right.value().filter(|_| row.right.of >= LEAST_CASES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thin_steps_join_and_stay_ordered() {
        let step = |from, hits, of| Step { from, right: Share { hits, of } };
        let joined =
            coarse(vec![step(0.0, 1, 12), step(0.2, 2, 4), step(0.5, 30, 40), step(0.9, 3, 3)]);
        assert_eq!(joined, [step(0.0, 3, 16), step(0.5, 33, 43)]);
    }

    #[test]
    fn parts_hold_every_margin_once() {
        let pairs: Vec<(f64, bool)> = (0..60).map(|i| (f64::from(i % 30), i % 2 == 0)).collect();
        let parts = parts(&pairs);
        assert_eq!(parts.len(), 5);
        assert_eq!(parts.iter().map(|part| part.right.of).sum::<usize>(), 60);
    }
}
