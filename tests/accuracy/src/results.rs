//! The result of a run: everything the report shows, and what a later run is compared with.

use serde::{Deserialize, Serialize};

use crate::answer::Claim;
use crate::calibration::Calibration;
use crate::classes::{CLASSES, FAMILIES};
use crate::product;
use crate::record::{CaseRecord, Split, Standing};
use crate::rivals::RIVALS;
use crate::scoring::Outcome;
use crate::statistics::Share;
use crate::tally::{Confusion, Tally};
use crate::worst::worst;

/// Everything that a run measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// `quick` or `full`.
    pub mode: String,
    /// What decided the sample.
    pub seed: u64,
    /// How many cases there were.
    pub counts: Counts,
    /// Every tool over the test set, the diagnosis first.
    pub tools: Vec<ToolResult>,
    /// The diagnosis over the tuning set: what the test set must be compared with to see
    /// overfitting.
    pub tuning: Tally,
    /// The diagnosis over both sets: what a later run is compared with, because more cases see
    /// smaller falls.
    pub both: Tally,
    /// The diagnosis by class, both sets.
    pub classes: Vec<ClassResult>,
    /// The diagnosis by family of classes, the test set alone.
    #[serde(default)]
    pub families: Vec<FamilyResult>,
    /// The diagnosis by healthy situation, both sets.
    pub variants: Vec<VariantResult>,
    /// The diagnosis by each axis of the grid, both sets.
    pub axes: Vec<AxisResult>,
    /// What was answered to what, both sets.
    pub confusion: Confusion,
    /// What the stated confidence is worth, on the test set.
    pub calibration: Calibration,
    /// The worst failures of the tuning set.
    pub failures: Vec<CaseRecord>,
}

/// Numbers of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// All that were simulated.
    pub cases: usize,
    /// In the test set.
    pub test: usize,
    /// Faults that count.
    pub faults: usize,
    /// Injected faults that harmed nobody in the window.
    pub harmless: usize,
    /// Healthy cases that count.
    pub healthy: usize,
    /// Services that missed their objectives without any fault.
    pub unsound: usize,
    /// Different configurations.
    pub configurations: usize,
    /// Simulations that followed an advice.
    pub advice_simulations: usize,
}

/// One tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolResult {
    /// Stable id.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// How it was written anew; empty for the diagnosis.
    pub description: String,
    /// Its shares.
    pub tally: Tally,
    /// What its false alarms say most often, with their number.
    pub usual_alarm: Option<(String, usize)>,
}

/// The diagnosis on one class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassResult {
    /// Position in the published order.
    pub number: usize,
    /// Class id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Whether a rule exists that can name it.
    pub has_rule: bool,
    /// Injected and harmless: not in the shares.
    pub harmless: usize,
    /// Shares over both sets.
    pub tally: Tally,
    /// What was said most often instead of the right answer, with its number of cases.
    pub confused_with: Option<(String, usize)>,
}

/// The diagnosis on one family of classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyResult {
    /// Family id, see [`FAMILIES`].
    pub id: String,
    /// Its shares.
    pub tally: Tally,
}

/// The diagnosis on one healthy situation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariantResult {
    /// Situation id.
    pub id: String,
    /// Answered healthy.
    pub right: Share,
    /// Answered with an alarm.
    pub false_alarms: Share,
    /// Not kept healthy by the simulation: not in the shares.
    pub not_healthy: usize,
    /// What a false alarm said most often.
    pub alarm: Option<(String, usize)>,
}

/// The diagnosis at one value of one axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisResult {
    /// Axis.
    pub axis: String,
    /// Value.
    pub value: String,
    /// Faults named, over classes with a rule.
    pub top1_with_rule: Share,
    /// Alarms on healthy cases.
    pub false_alarms: Share,
}

impl Results {
    /// Sums up all cases. `cases` in their own order: the result depends on nothing else.
    pub fn of(mode: &str, seed: u64, cases: &[CaseRecord], advice_simulations: usize) -> Self {
        let test: Vec<&CaseRecord> =
            cases.iter().filter(|case| case.split == Split::Test).collect();
        let tuning: Vec<&CaseRecord> =
            cases.iter().filter(|case| case.split == Split::Tuning).collect();
        Self {
            mode: mode.to_owned(),
            seed,
            counts: counts(cases, advice_simulations),
            tools: tools(&test),
            tuning: Tally::of(tuning.iter().copied(), product::ID),
            both: Tally::of(cases, product::ID),
            classes: classes(cases),
            families: families(&test),
            variants: variants(cases),
            axes: axes(cases),
            confusion: Confusion::of(cases, product::ID),
            calibration: Calibration::of(&test),
            failures: worst(&tuning),
        }
    }

    /// The diagnosis on the test set.
    pub fn product(&self) -> Option<&Tally> {
        self.tools.first().map(|tool| &tool.tally)
    }
}

fn counts(cases: &[CaseRecord], advice_simulations: usize) -> Counts {
    let standing = |wanted| cases.iter().filter(|case| case.standing == wanted).count();
    let mut configurations: Vec<_> = cases.iter().map(|case| &case.configuration).collect();
    configurations.sort();
    configurations.dedup();
    Counts {
        cases: cases.len(),
        test: cases.iter().filter(|case| case.split == Split::Test).count(),
        faults: standing(Standing::Fault),
        harmless: standing(Standing::HarmlessFault),
        healthy: standing(Standing::Healthy),
        unsound: standing(Standing::Unsound),
        configurations: configurations.len(),
        advice_simulations,
    }
}

fn tools(test: &[&CaseRecord]) -> Vec<ToolResult> {
    let result = |id: &str, title: &str, description: &str| ToolResult {
        id: id.to_owned(),
        title: title.to_owned(),
        description: description.to_owned(),
        tally: Tally::of(test.iter().copied(), id),
        usual_alarm: usual_alarm(test, id),
    };
    let ours = result(product::ID, "Inference Triage", "");
    std::iter::once(ours)
        .chain(RIVALS.iter().map(|rival| result(rival.id, rival.title, rival.description)))
        .collect()
}

/// The first words of the false alarms of a tool: its first statement, or the verdict where it
/// speaks in sentences.
fn usual_alarm(test: &[&CaseRecord], tool: &str) -> Option<(String, usize)> {
    let judged = test
        .iter()
        .filter(|case| case.standing == Standing::Healthy)
        .filter_map(|case| case.of(tool));
    let alarms = judged.filter(|judgement| judgement.outcome == Outcome::FalseAlarm);
    most_frequent(alarms.map(|judgement| match &judgement.first {
        Claim::Cause(ids) | Claim::Note(ids) if tool == product::ID => {
            ids.first().cloned().unwrap_or_default()
        }
        _ => judgement.said.split(';').next().unwrap_or_default().to_owned(),
    }))
}

/// The most frequent of the names, the first in order where several are.
fn most_frequent(names: impl Iterator<Item = String>) -> Option<(String, usize)> {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for name in names {
        *counts.entry(name).or_insert(0) += 1;
    }
    counts.into_iter().fold(None, |best: Option<(String, usize)>, (name, count)| match best {
        Some((_, most)) if most >= count => best,
        _ => Some((name, count)),
    })
}

/// The first statement of the diagnosis as one id.
pub fn first_id(case: &CaseRecord) -> String {
    match case.of(product::ID).map(|judgement| &judgement.first) {
        Some(Claim::Healthy) => "healthy".to_owned(),
        Some(Claim::Cause(ids) | Claim::Note(ids)) => ids.first().cloned().unwrap_or_default(),
        Some(Claim::CannotTell) | None => "cannot-tell".to_owned(),
    }
}

fn classes(cases: &[CaseRecord]) -> Vec<ClassResult> {
    CLASSES
        .iter()
        .map(|class| {
            let of_class: Vec<&CaseRecord> =
                cases.iter().filter(|case| case.truth == class.id).collect();
            let counted = of_class.iter().filter(|case| case.standing == Standing::Fault);
            ClassResult {
                number: class.number,
                id: class.id.to_owned(),
                title: class.title.to_owned(),
                has_rule: class.has_rule(),
                harmless: of_class
                    .iter()
                    .filter(|case| case.standing == Standing::HarmlessFault)
                    .count(),
                confused_with: most_frequent(
                    counted.map(|case| first_id(case)).filter(|id| id != class.id),
                ),
                tally: Tally::of(of_class, product::ID),
            }
        })
        .collect()
}

fn families(test: &[&CaseRecord]) -> Vec<FamilyResult> {
    let of_family = |(id, classes): &(&str, &[&str])| {
        let cases = test.iter().copied().filter(|case| classes.contains(&case.truth.as_str()));
        FamilyResult { id: (*id).to_owned(), tally: Tally::of(cases, product::ID) }
    };
    FAMILIES.iter().map(of_family).collect()
}

fn variants(cases: &[CaseRecord]) -> Vec<VariantResult> {
    let mut ids: Vec<&String> = cases.iter().filter_map(|case| case.variant.as_ref()).collect();
    ids.sort();
    ids.dedup();
    ids.into_iter()
        .map(|id| {
            let of_variant: Vec<&CaseRecord> =
                cases.iter().filter(|case| case.variant.as_ref() == Some(id)).collect();
            let counted: Vec<_> = of_variant
                .iter()
                .filter(|case| case.standing == Standing::Healthy)
                .copied()
                .collect();
            let said = |outcome| {
                Share::count(&counted, |case| {
                    case.of(product::ID).is_some_and(|judged| judged.outcome == outcome)
                })
            };
            let false_alarm = |case: &&&CaseRecord| {
                case.of(product::ID).is_some_and(|judged| judged.outcome == Outcome::FalseAlarm)
            };
            VariantResult {
                id: id.clone(),
                right: said(Outcome::Right),
                false_alarms: said(Outcome::FalseAlarm),
                not_healthy: of_variant.len() - counted.len(),
                alarm: most_frequent(counted.iter().filter(false_alarm).map(|case| first_id(case))),
            }
        })
        .collect()
}

/// The value of a case on one axis; empty where the axis does not apply.
type AxisValue = fn(&CaseRecord) -> String;

/// The kind of requests; a trace brings its own.
fn lengths(case: &CaseRecord) -> String {
    let traffic = case.configuration.traffic.as_str();
    if matches!(traffic, "conversation" | "code") {
        traffic.to_owned()
    } else {
        case.environment.lengths.clone()
    }
}

fn axes(cases: &[CaseRecord]) -> Vec<AxisResult> {
    let axes: [(&str, AxisValue); 9] = [
        ("hardware", |case| case.configuration.hardware.clone()),
        ("traffic", |case| case.configuration.traffic.clone()),
        ("replicas", |case| case.configuration.replicas.to_string()),
        ("running", |case| format!("{} sequences", case.environment.running)),
        ("lengths", lengths),
        ("window", |case| format!("{} min", case.window_seconds / 60.0)),
        ("scrape interval", |case| format!("{} s", case.scrape_seconds)),
        ("data", |case| case.dropout.id().to_owned()),
        ("severity", |case| {
            if case.severity > 0.0 { format!("{:.1}", case.severity) } else { String::new() }
        }),
    ];
    let mut results = Vec::new();
    for (axis, value_of) in axes {
        let mut values: Vec<String> =
            cases.iter().map(value_of).filter(|value| !value.is_empty()).collect();
        values.sort_by(|left, right| {
            natural(left).total_cmp(&natural(right)).then_with(|| left.cmp(right))
        });
        values.dedup();
        for value in values {
            let tally = Tally::of(cases.iter().filter(|case| value_of(case) == value), product::ID);
            results.push(AxisResult {
                axis: axis.to_owned(),
                value,
                top1_with_rule: tally.top1_with_rule,
                false_alarms: tally.false_alarms,
            });
        }
    }
    results
}

/// The number a text begins with, so that 15 s comes after 5 s; 0 without one.
fn natural(text: &str) -> f64 {
    text.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0.0)
}
