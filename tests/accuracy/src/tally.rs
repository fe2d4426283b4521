//! One tool's answers to many cases as shares.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::answer::Claim;
use crate::changed::factors;
use crate::classes::{CLASSES, class};
use crate::record::{CaseRecord, Judgement, Standing};
use crate::scoring::{Effect, Outcome};
use crate::statistics::{Share, quantile};

/// Times after the onset by which a fault may have been named, seconds.
pub const DETECTION_SECONDS: [f64; 4] = [60.0, 120.0, 300.0, 600.0];

/// Shares of one tool over one set of cases.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Faults whose cause is the first statement.
    pub top1: Share,
    /// Faults whose cause is the first or the second statement.
    pub top2: Share,
    /// The same as `top1`, for classes that the diagnosis has a rule for.
    pub top1_with_rule: Share,
    /// The same as `top2`, for classes that the diagnosis has a rule for.
    pub top2_with_rule: Share,
    /// Faults for which the first statement is half right.
    pub half: Share,
    /// Faults of which it says that it cannot tell.
    pub abstained: Share,
    /// Faults on which it raises an alarm without a cause.
    pub alarms: Share,
    /// Faults that it calls healthy.
    pub missed: Share,
    /// Faults for which it names another cause.
    pub wrong: Share,
    /// Healthy cases with an alarm.
    pub false_alarms: Share,
    /// Healthy cases of which it says that it cannot tell.
    pub healthy_abstained: Share,
    /// Mean of 1/(number of classes named) over right answers and 0 over all others: what `top1` is
    /// worth when a tool names several classes at once.
    pub shared_credit: Option<f64>,
    /// Mean number of classes in a first statement that names any.
    pub classes_named: Option<f64>,
    /// Faults that made requests miss an objective, by what following the first advice does.
    pub effects: BTreeMap<Effect, usize>,
    /// Faults that made requests miss an objective and that the best of the knobs for them mends,
    /// where those were tried: the ceiling of every advice that turns one.
    #[serde(default)]
    pub ceiling: Share,
    /// Faults with an onset that were named within each of [`DETECTION_SECONDS`].
    pub detected_within: Vec<Share>,
    /// Median seconds to the right name, of the faults that were named.
    pub median_detection: Option<f64>,
    /// Faults that change a factor of the ledger and whose begin the data show: the factor that
    /// owns most of the added time is one that they change.
    #[serde(default)]
    pub factor: Share,
    /// The same faults: no factor owns any time.
    #[serde(default)]
    pub factor_untold: Share,
    /// Faults named right or half right whose begin the data show: the verdict's begin is at most
    /// [`crate::changed::ONSET_STEPS`] from it.
    #[serde(default)]
    pub onset: Share,
    /// The same faults: the verdict states no begin.
    #[serde(default)]
    pub onset_untold: Share,
}

impl Tally {
    /// Counts a tool's answers. Cases that do not count as fault or healthy are passed over.
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseRecord>, tool: &str) -> Self {
        let judged: Vec<(&CaseRecord, &Judgement)> =
            cases.into_iter().filter_map(|case| Some((case, case.of(tool)?))).collect();
        let standing = |wanted| judged.iter().filter(move |(case, _)| case.standing == wanted);
        let faults: Vec<_> = standing(Standing::Fault).copied().collect();
        let healthy: Vec<_> = standing(Standing::Healthy).copied().collect();
        let share = |cases: &[(&CaseRecord, &Judgement)], outcomes: &[Outcome]| {
            Share::count(cases, |(_, judgement)| outcomes.contains(&judgement.outcome))
        };
        let with_rule: Vec<_> = faults.iter().filter(|(case, _)| has_rule(case)).copied().collect();
        Self {
            top1: share(&faults, &[Outcome::Right]),
            top2: share(&faults, &[Outcome::Right, Outcome::Half, Outcome::Second]),
            top1_with_rule: share(&with_rule, &[Outcome::Right]),
            top2_with_rule: share(&with_rule, &[Outcome::Right, Outcome::Half, Outcome::Second]),
            half: share(&faults, &[Outcome::Half]),
            abstained: share(&faults, &[Outcome::Abstained]),
            alarms: share(&faults, &[Outcome::Alarm]),
            missed: share(&faults, &[Outcome::Missed]),
            wrong: share(&faults, &[Outcome::Wrong]),
            false_alarms: share(&healthy, &[Outcome::FalseAlarm]),
            healthy_abstained: share(&healthy, &[Outcome::Abstained]),
            shared_credit: shared_credit(&faults),
            classes_named: classes_named(&faults),
            effects: effects(&faults),
            ceiling: ceiling(&faults),
            detected_within: detected_within(&faults),
            median_detection: median_detection(&faults),
            factor: Share::count(changing(&faults), |(case, judgement)| {
                judgement.change.names_factor_of(&case.truth)
            }),
            factor_untold: Share::count(changing(&faults), |(_, judgement)| {
                judgement.change.factor.is_none()
            }),
            onset: Share::count(begun(&faults), |(_, judgement)| judgement.change.is_on_time()),
            onset_untold: Share::count(begun(&faults), |(_, judgement)| {
                judgement.change.onset_off_steps.is_none()
            }),
        }
    }

    /// Share of harmful faults with that effect.
    pub fn effect(&self, effect: Effect) -> Share {
        Share {
            hits: self.effects.get(&effect).copied().unwrap_or(0),
            of: self.effects.values().sum(),
        }
    }

    /// Share of harmful faults for which the advice helped, or pointed at what is broken.
    pub fn action_correct(&self) -> Share {
        let (helped, looked) = (self.effect(Effect::Helped), self.effect(Effect::LooksRight));
        Share { hits: helped.hits + looked.hits, of: helped.of }
    }
}

fn has_rule(case: &CaseRecord) -> bool {
    class(&case.truth).is_some_and(super::classes::Class::has_rule)
}

type Judged<'a> = (&'a CaseRecord, &'a Judgement);

/// Faults that change a factor of the ledger and whose begin the data show.
fn changing<'a>(faults: &[Judged<'a>]) -> impl Iterator<Item = Judged<'a>> {
    faults.iter().copied().filter(|(case, _)| case.onset && !factors(&case.truth).is_empty())
}

/// Faults named right or half right whose begin the data show.
fn begun<'a>(faults: &[Judged<'a>]) -> impl Iterator<Item = Judged<'a>> {
    let named = |outcome| matches!(outcome, Outcome::Right | Outcome::Half);
    faults.iter().copied().filter(move |(case, judged)| case.onset && named(judged.outcome))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn shared_credit(faults: &[(&CaseRecord, &Judgement)]) -> Option<f64> {
    mean(faults.iter().map(|(_, judgement)| match judgement.outcome {
        Outcome::Right => 1.0 / judgement.first.width().max(1) as f64,
        Outcome::Half => 0.5 / judgement.first.width().max(1) as f64,
        _ => 0.0,
    }))
}

fn classes_named(faults: &[(&CaseRecord, &Judgement)]) -> Option<f64> {
    let named =
        faults.iter().map(|(_, judgement)| &judgement.first).filter(|claim| claim.width() > 0);
    mean(named.map(|claim| Claim::width(claim) as f64))
}

fn effects(faults: &[(&CaseRecord, &Judgement)]) -> BTreeMap<Effect, usize> {
    let mut counts = BTreeMap::new();
    for effect in faults.iter().filter_map(|(_, judgement)| judgement.effect) {
        *counts.entry(effect).or_insert(0) += 1;
    }
    counts
}

fn ceiling(faults: &[(&CaseRecord, &Judgement)]) -> Share {
    let tried = faults.iter().filter_map(|(case, _)| case.mended);
    Share::count(tried, |mended| *mended)
}

fn detected_within(faults: &[(&CaseRecord, &Judgement)]) -> Vec<Share> {
    let began = || faults.iter().filter(|(case, _)| case.onset);
    DETECTION_SECONDS
        .iter()
        .map(|limit| {
            Share::count(began(), |(_, judgement)| {
                judgement.detected_after.is_some_and(|time| time <= *limit)
            })
        })
        .collect()
}

fn median_detection(faults: &[(&CaseRecord, &Judgement)]) -> Option<f64> {
    let times: Vec<f64> =
        faults.iter().filter_map(|(_, judgement)| judgement.detected_after).collect();
    quantile(&times, 0.5)
}

/// How often each answer was given to each truth.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Confusion {
    /// Truths in the order of the classes, health last.
    pub truths: Vec<String>,
    /// Answers in the same order, then the honest gap.
    pub answers: Vec<String>,
    /// Cases by truth and answer.
    pub counts: Vec<Vec<usize>>,
}

impl Confusion {
    /// Counts the first statements of a tool that names one class at a time.
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseRecord>, tool: &str) -> Self {
        let mut pairs: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut names = BTreeMap::new();
        for case in cases {
            let counted = matches!(case.standing, Standing::Fault | Standing::Healthy);
            let Some(judgement) = case.of(tool).filter(|_| counted) else {
                continue;
            };
            let answer = match &judgement.first {
                Claim::Healthy => "healthy",
                Claim::CannotTell => "cannot-tell",
                Claim::Cause(ids) | Claim::Note(ids) => {
                    ids.first().map_or("an alarm", String::as_str)
                }
            };
            for id in [case.truth.as_str(), answer] {
                names.insert(place(id), id.to_owned());
            }
            *pairs.entry((place(&case.truth), place(answer))).or_insert(0) += 1;
        }
        let used = |pick: fn(&(usize, usize)) -> usize| {
            let mut places: Vec<usize> = pairs.keys().map(pick).collect();
            places.sort_unstable();
            places.dedup();
            places
        };
        let (rows, columns) = (used(|pair| pair.0), used(|pair| pair.1));
        let cell = |row: &usize, column: &usize| pairs.get(&(*row, *column)).copied().unwrap_or(0);
        let name = |place: &usize| names.get(place).cloned().unwrap_or_default();
        Self {
            truths: rows.iter().map(name).collect(),
            answers: columns.iter().map(name).collect(),
            counts: rows
                .iter()
                .map(|row| columns.iter().map(|column| cell(row, column)).collect())
                .collect(),
        }
    }
}

/// Position of a truth or an answer: classes by number, then health, then the honest gap, then
/// alarms.
fn place(id: &str) -> usize {
    match id {
        "healthy" => CLASSES.len() + 1,
        "cannot-tell" => CLASSES.len() + 2,
        _ => class(id).map_or(CLASSES.len() + 3, |class| class.number),
    }
}
