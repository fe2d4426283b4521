//! Phases, latencies, and the time for the same work.

use inference_triage_core::catalogue::factors::FactorId;
use inference_triage_core::catalogue::phases::Phase;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::comparison::{Comparison, Outcome, Row, Subject};
use inference_triage_core::report::Diagnosis;
use inference_triage_core::text::number::quantity;

use super::judgement::Check;
use super::work::Work;

/// Share of the request by which the time for the same work may grow where more work came. Less,
/// and a larger batch, which shares every step, leaves each deployment undecided; more, and a
/// device a quarter slower passes.
const SLOWER: f64 = 0.25;

/// The same where the work did not grow, as `compare` has it for phases: below it is the unrest of
/// traffic.
const SAME_TIME: f64 = 0.1;

/// Above this it is no unrest either. Two windows of an engine whose mean wobbles by 5 % differ by
/// more in one of 200 comparisons; in between, nothing is decided.
const WORSE: f64 = 0.2;

/// What took the place of the outcome of a row of the comparison.
#[derive(Debug, Clone, Copy)]
enum Instead {
    /// It passes, because …
    Passes(&'static str),
    /// It is no proof, and nothing passes with it, because …
    IsOpen(&'static str),
}

/// All of them, in the order of reading.
pub(super) fn checks(comparison: &Comparison, later: &Diagnosis, work: &Work) -> Vec<Check> {
    let of = |subject| comparison.rows.iter().filter(move |row| row.subject == subject);
    let mut checks = factors(later, work);
    let whole = SignalId::E2e.id();
    let phases: Vec<Check> = of(Subject::Phase)
        .filter(|row| row.id != whole)
        .map(|row| phase(row, later, work))
        .collect();
    let is_longer = phases.iter().any(|check| check.outcome == Outcome::Fail);
    checks.extend(phases);
    for row in of(Subject::Phase).filter(|row| row.id == whole) {
        let is_excused = row.outcome == Outcome::Fail && !is_longer;
        checks.push(told(row, is_excused.then_some(Instead::Passes("its phases decide"))));
    }
    for row in of(Subject::Latency) {
        let instead = match row.outcome {
            Outcome::Fail if work.has_grown() || !work.is_measured => {
                Some(Instead::Passes("with the larger work"))
            }
            // A tail, or a few requests: no proof of the one or the other.
            Outcome::Fail if !is_longer => Some(Instead::IsOpen("and no phase is longer")),
            _ => None,
        };
        checks.push(told(row, instead));
    }
    checks
}

/// The share of the earlier request by which a factor made it longer; None without such a factor.
fn owned(later: &Diagnosis, factor: FactorId) -> Option<f64> {
    let phases = later.phases.as_ref()?;
    let added = phases.mean_e2e / phases.baseline_mean_e2e? - 1.0;
    let entry = later.ledger.iter().find(|entry| entry.factor == factor)?;
    Some(entry.share.unwrap_or(0.0) * added)
}

/// The time for the same work: what a deployment answers for whatever comes in. A larger batch
/// makes it longer too, so that it decides nothing by itself where the work grew.
fn factors(later: &Diagnosis, work: &Work) -> Vec<Check> {
    let service = [FactorId::PrefillCost, FactorId::StepTime];
    let entries = later.ledger.iter().filter(|entry| service.contains(&entry.factor));
    let checks = entries.map(|entry| {
        let is_long = owned(later, entry.factor).is_some_and(|owned| owned > SLOWER);
        let is_open = work.has_grown() && entry.ratio > 1.0 + SAME_TIME && is_long;
        let (before, now) = (quantity(entry.before, entry.unit), quantity(entry.now, entry.unit));
        if is_open {
            let message = format!("{before} → {now}: more than the work explains");
            Check::new(entry.title, Outcome::Inconclusive, message).needed()
        } else {
            Check::new(entry.title, Outcome::Pass, format!("{before} → {now}"))
        }
    });
    checks.collect()
}

/// One phase: where it is longer, by the time for the same work.
fn phase(row: &Row, later: &Diagnosis, work: &Work) -> Check {
    let factor = match Phase::from_id(row.id) {
        Some(Phase::Prefill) => Some(FactorId::PrefillCost),
        Some(Phase::Decode) => Some(FactorId::StepTime),
        _ => None,
    };
    let whole = later.phases.as_ref().and_then(|phases| phases.baseline_mean_e2e);
    let grown = row.before.zip(row.after).zip(whole);
    let grown = grown.map_or(f64::INFINITY, |((before, after), whole)| (after - before) / whole);
    // What more tokens or a larger batch added is no one's fault.
    let grown = factor.and_then(|factor| owned(later, factor)).map_or(grown, |own| own.min(grown));
    let instead = match row.outcome {
        Outcome::Fail if work.has_grown() || !work.is_measured => {
            Some(Instead::Passes("with the larger work"))
        }
        Outcome::Fail if grown <= SAME_TIME => {
            Some(Instead::Passes("by more tokens or a larger batch"))
        }
        Outcome::Fail if grown <= WORSE => {
            Some(Instead::IsOpen("by more than usual, by less than 20 %"))
        }
        _ => None,
    };
    told(row, instead)
}

fn told(row: &Row, instead: Option<Instead>) -> Check {
    let value = |value: Option<f64>| {
        value.map_or_else(|| "not measured".to_owned(), |value| quantity(value, row.unit))
    };
    let bound = if row.subject == Subject::Latency { " at most" } else { "" };
    let change = format!("{} →{bound} {}", value(row.before), value(row.after));
    let check = |outcome, because: &str| {
        Check::new(row.title.clone(), outcome, format!("{change}: {because}"))
    };
    match instead {
        None => check(row.outcome, &row.because),
        Some(Instead::Passes(because)) => check(Outcome::Pass, because),
        Some(Instead::IsOpen(because)) => check(Outcome::Inconclusive, because).needed(),
    }
}
