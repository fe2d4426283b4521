//! Inputs from the scenarios in `tests/scenarios`, written by hand.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::ingest::prometheus::parse_responses;
use inference_triage_harness::scenario::case::Case;
use inference_triage_harness::scenario::corpus;
use inference_triage_harness::scenario::expectation::Expectation;
use serde_json::{Value, json};

use crate::base::Base;
use crate::bases::last_tenth;
use crate::table::Table;

/// Causes of which scenarios are taken.
const CAUSES: [&str; 7] = [
    "engine-asleep",
    "healthy",
    "kv-thrash",
    "load-above-capacity",
    "long-prompts",
    "slot-cap",
    "slow-decode",
];

/// Scenarios of each: the first ones of a file are its plain ones.
const EACH: usize = 2;

/// Severities of a verdict that hurts, and that of a healthy one.
const SEVERITIES: [&str; 3] = ["warning", "critical", "ok"];

/// Every base from a scenario.
pub fn bases() -> Result<Vec<Base>, String> {
    let mut bases = Vec::new();
    for cause in CAUSES {
        let document = corpus::document(cause)?;
        let cases = document.sections.iter().map(Case::of).collect::<Result<Vec<_>, _>>()?;
        let plain = cases.iter().filter(|case| is_plain(case, cause));
        for (place, case) in plain.take(EACH).enumerate() {
            bases.push(base(case, cause, place + 1)?);
        }
    }
    Ok(bases)
}

/// One engine over one table, with a verdict that hurts (or none), at a step of 15 s, in the
/// default window.
fn is_plain(case: &Case, cause: &str) -> bool {
    let verdict = case.expectations.iter().find_map(|expectation| match expectation {
        Expectation::Verdict(id, severity) => Some((id.as_str(), severity.as_str())),
        _ => None,
    });
    let hurts = verdict.is_some_and(|(id, severity)| id == cause && SEVERITIES.contains(&severity));
    let settings = case.settings.as_object().is_none_or(|settings| {
        !["window", "scope", "baseline", "prefix"].iter().any(|key| settings.contains_key(*key))
    });
    hurts && settings && case.loads.len() == 1 && case.step_ms == 15_000
}

fn base(case: &Case, cause: &str, number: usize) -> Result<Base, String> {
    let truth = CauseId::from_id(cause).ok_or_else(|| format!("there is no cause {cause}"))?.id();
    let bytes = case.response.to_json();
    let batch = parse_responses(&[&bytes]).map_err(|error| format!("{}: {error}", case.title))?;
    let table = Table::of(&batch);
    let settings = if case.settings.is_null() { json!({}) } else { Value::clone(&case.settings) };
    Ok(Base {
        name: format!("written-{cause}-{number}"),
        truth,
        window: last_tenth(&table.times),
        table,
        settings,
        is_drawn_once: false,
        scenario: None,
    })
}
