//! The sequences that are admitted against what the key-value cache holds.
//!
//! Below what fits even at full length, slots are thrown away whatever the traffic. Above it the
//! flag may be right, because requests are seldom of full length: how many of a usual length fit is
//! said, and judged only where somebody asked for it.

use inference_triage_core::comparison::Outcome;
use inference_triage_core::ingest::exposition;
use inference_triage_core::text::number::number;

use super::arguments::AdmissionArguments;
use super::boot_log::{BootLog, Contradiction, Told};
use super::engine_metrics::EngineMetrics;
use super::judgement::{Check, Judgement};
use crate::budget::Budget;
use crate::exit::Failure;
use crate::input;

/// How far log and metrics may be apart before they contradict each other; they are rounded
/// differently in the third digit.
const SAME: f64 = 0.02;

pub(super) fn judge(arguments: &AdmissionArguments) -> Result<Judgement, Failure> {
    let budget = Budget::small();
    let log = match &arguments.log {
        None => BootLog::default(),
        Some(path) => {
            let bytes = input::read(path, &budget)?;
            BootLog::read(&String::from_utf8_lossy(&bytes))
        }
    };
    let metrics = match &arguments.exposition {
        None => EngineMetrics::default(),
        Some(path) => {
            let bytes = input::read(path, &budget)?;
            let named = |failure: Failure| {
                failure.map_sentence(|text| format!("{}: {text}", input::name_of(path)))
            };
            let samples = exposition::parse(&bytes).map_err(|error| named(error.into()))?;
            EngineMetrics::of(&samples)
        }
    };
    Ok(judged(&log, &metrics, arguments))
}

fn judged(log: &BootLog, metrics: &EngineMetrics, arguments: &AdmissionArguments) -> Judgement {
    let slots = arguments.max_num_seqs.or(log.max_num_seqs);
    let length = metrics.limits.max_model_len.or(log.max_model_len).or(arguments.max_model_len);
    let tokens = metrics.limits.capacity_tokens.or(log.cache_tokens);
    let said = metrics.limits.worst_case_concurrency.or(log.concurrency);
    let fits = said.or(tokens.zip(length).map(|(tokens, length)| tokens / length));
    let tokens = tokens.or(fits.zip(length).map(|(fits, length)| fits * length));
    let mut checks: Vec<Check> = flags(log, arguments)
        .into_iter()
        .chain(other_length(length, arguments))
        .chain(agreement(log, metrics))
        .chain(contradictions(log, arguments))
        .collect();
    let (Some(slots), Some(fits)) = (slots, fits) else {
        let missing = match (slots, fits) {
            (None, _) => {
                "the log does not say how many sequences are admitted; give --max-num-seqs"
            }
            _ => {
                "neither the log nor the metrics say what the cache fits; give the log of a start \
                 (\"Maximum concurrency for …\"), or metrics and --max-model-len"
            }
        };
        checks.push(Check::new("slots", Outcome::Inconclusive, missing).needed());
        return judgement(checks, missing.to_owned(), None);
    };
    let full = length.map_or_else(
        || "of full length".to_owned(),
        |length| format!("of {} tokens", number(length)),
    );
    let least = fits * (1.0 - arguments.tolerance);
    let outcome = if slots < least.floor() { Outcome::Fail } else { Outcome::Pass };
    let message = format!(
        "{} sequences are admitted, the cache fits {} requests {full}",
        number(slots),
        number(fits)
    );
    checks.push(Check::new("slots at full length", outcome, message.clone()));
    let usual = usual(slots, tokens, metrics, arguments);
    let over = usual.iter().any(|check| check.outcome == Outcome::Fail);
    checks.extend(usual);
    let action = if outcome == Outcome::Fail {
        let wanted = number(fits.floor());
        Some(format!("--max-num-seqs {} → {wanted} or more", number(slots)))
    } else if over {
        Some("lower --max-num-seqs, or give the cache more memory".to_owned())
    } else {
        None
    };
    judgement(checks, message, action)
}

/// A flag that the log contradicts: the gate would judge another start.
fn flags(log: &BootLog, arguments: &AdmissionArguments) -> Option<Check> {
    let (told, given) = log.max_num_seqs.zip(arguments.max_num_seqs)?;
    ((told - given).abs() > 0.5).then(|| {
        let message = format!(
            "--max-num-seqs {} is given, the engine started with {}",
            number(given),
            number(told)
        );
        Check::new("flag", Outcome::Fail, message)
    })
}

/// A length that the log or the metrics contradict: what fits was said for another one.
fn other_length(found: Option<f64>, arguments: &AdmissionArguments) -> Option<Check> {
    let (found, given) = found.zip(arguments.max_model_len)?;
    ((found - given).abs() > 0.5).then(|| {
        let message = format!(
            "--max-model-len {} is given, the engine has {} tokens",
            number(given),
            number(found)
        );
        Check::new("flag", Outcome::Fail, message)
    })
}

/// Log and metrics of one engine; some releases compute them differently (vllm#50456).
fn agreement(log: &BootLog, metrics: &EngineMetrics) -> Option<Check> {
    let (told, shown) = log.concurrency.zip(metrics.limits.worst_case_concurrency)?;
    ((told - shown).abs() > SAME * shown).then(|| {
        let message = format!(
            "the log says {}, the metrics {}, which are taken; are they of one start?",
            number(told),
            number(shown)
        );
        Check::new("log and metrics", Outcome::Inconclusive, message)
    })
}

/// Lines of one start that say different things: another program wrote one of them, or a caller.
/// Ranks of other memory only warn, because the smallest cache counts.
fn contradictions(log: &BootLog, arguments: &AdmissionArguments) -> Vec<Check> {
    let check = |one: &Contradiction| {
        let (first, second) = (number(one.first), number(one.second));
        let text = match one.about {
            Told::Slots => format!(
                "one start says --max-num-seqs {first} and {second}; give --max-num-seqs, or the \
                 log of one engine"
            ),
            Told::Length => format!(
                "one start tells the concurrency for {first} and for {second} tokens; give the log \
                 of one engine"
            ),
            Told::Cache => format!(
                "caches of {first} and of {second} tokens: ranks of other memory? The smallest is \
                 taken"
            ),
        };
        let check = Check::new("boot log", Outcome::Inconclusive, text);
        match one.about {
            Told::Slots if arguments.max_num_seqs.is_some() => None,
            Told::Slots | Told::Length => Some(check.needed()),
            Told::Cache => Some(check),
        }
    };
    log.contradictions.iter().filter_map(check).collect()
}

/// Requests of a usual length.
fn usual(
    slots: f64,
    tokens: Option<f64>,
    metrics: &EngineMetrics,
    arguments: &AdmissionArguments,
) -> Option<Check> {
    let name = "slots at the usual length";
    let length = arguments.request_tokens.or(metrics.request_tokens);
    let Some((tokens, length)) = tokens.zip(length) else {
        return arguments.overcommit.map(|_| {
            let message = "--overcommit needs the length of a usual request: give \
                           --request-tokens, or metrics of an engine that has finished some";
            Check::new(name, Outcome::Inconclusive, message).needed()
        });
    };
    let fits = tokens / length;
    let is_over = arguments.overcommit.is_some_and(|factor| slots > fits * factor);
    let outcome = if is_over { Outcome::Fail } else { Outcome::Pass };
    let message = format!(
        "{} sequences are admitted, the cache fits {} requests of {} tokens",
        number(slots),
        number(fits),
        number(length)
    );
    Some(Check::new(name, outcome, message))
}

fn judgement(checks: Vec<Check>, summary: String, action: Option<String>) -> Judgement {
    let has = |outcome| checks.iter().any(|check| check.outcome == outcome);
    let outcome = if has(Outcome::Fail) {
        Outcome::Fail
    } else if checks.iter().any(Check::is_open) {
        Outcome::Inconclusive
    } else {
        Outcome::Pass
    };
    // The check that decides says more than the first one.
    let deciding = match outcome {
        Outcome::Pass => None,
        Outcome::Fail => checks.iter().find(|check| check.outcome == Outcome::Fail),
        Outcome::Inconclusive => checks.iter().find(|check| check.is_open()),
    };
    let summary = deciding.map_or(summary, |check| check.message.clone());
    Judgement { gate: "admission", outcome, summary, action, checks }
}
