//! The engine was put to sleep, so what arrives waits until it is woken.
//!
//! # Why it matters
//!
//! Nothing is slow and nothing is broken: no request is served until the engine is woken.
//!
//! # Told from its neighbours by
//!
//! The engine says so itself. A hung engine says nothing and produces no token either.
//!
//! # False friends
//!
//! An idle engine that sleeps on purpose: then nothing waits, and the finding is for information.
//!
//! # The action is wrong when
//!
//! Training uses the device while the engine sleeps, as reinforcement learning does.
//!
//! # Sources
//!
//! vLLM's sleep mode: `engine_sleep_state` tells whether weights are offloaded or discarded.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::knobs::Knob;
use crate::catalogue::signals::SignalId;
use crate::text::number::counted;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::loss::Loss;
use crate::triage::finding::{Action, Compare, Evidence, Severity};
use crate::triage::ledger::Ledger;
use crate::triage::unfailed::OF_THE_SERVICE;

pub(super) static RULE: Rule = Rule {
    id: CauseId::EngineAsleep,
    class: Class::Cause,
    needs: &[],
    uses: &[SignalId::Waiting, SignalId::Running, SignalId::GenerationTokensPerS],
    confusable: &[CauseId::CannotTell],
    action: Some(ActionId::WakeEngine),
    ask: ask::<EngineAsleep>,
};

struct EngineAsleep;

/// Replicas that sleep.
struct Asleep(Vec<String>);

impl Cause for EngineAsleep {
    type State = Asleep;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Asleep> {
        let availability = &facts.availability;
        match availability.asleep.as_slice() {
            [] if !availability.says_asleep.is_empty() => {
                Answer::clear("an engine says that it sleeps, and tokens come out of it")
            }
            [] if availability.tells_sleep => Answer::clear("no engine sleeps"),
            [] => Answer::clear("no engine says that it sleeps"),
            asleep => Answer::Firing(Asleep(asleep.to_vec())),
        }
    }

    fn explain(Asleep(replicas): &Asleep, facts: &Facts, words: &Words<'_>) -> Explanation {
        let (severity, waits) = waits(replicas, facts);
        Explanation {
            severity,
            sentence: format!("Engine asleep{}{waits}.", place(replicas, facts)),
            detail:
                "The engine was put into sleep mode: its weights are not on the GPU. It serves \
                     nothing until it is woken; a restart would wake it too, but reloads the model."
                    .to_owned(),
            evidence: evidence(facts),
            rules_out: Vec::new(),
            replicas: replicas.clone(),
            since: facts.availability.asleep_since,
            action: Some(action(words)),
            claims: facts.impact.excess,
        }
    }
}

/// Who waits for it, and how bad that is. Only an engine that nobody misses is none's matter: where
/// that is not measured, or all that served before sleeps, callers may get nothing.
fn waits(replicas: &[String], facts: &Facts) -> (Severity, String) {
    let held = facts.availability.held_asleep;
    let is_all = replicas.len() == facts.spread.engines;
    let waiting = facts.admission.waiting.unwrap_or(0.0);
    if waiting > 0.0 {
        let waiting = counted(waiting, "request waits", "requests wait");
        return (Severity::Critical, format!("; up to {waiting} for it"));
    }
    if let Some(held) = held.filter(|held| *held > 0.0) {
        let held = counted(held, "request is", "requests are");
        return (Severity::Critical, format!("; {held} inside it"));
    }
    let fails = matches!(&facts.loss, Loss::Failed { how, .. } if OF_THE_SERVICE.contains(how));
    if is_all && fails {
        return (Severity::Critical, ", and requests fail".to_owned());
    }
    if held.is_none() {
        return (Severity::Warning, "; whether requests wait for it is not measured".to_owned());
    }
    if is_all && facts.availability.worked_before_sleep {
        let text = ", and nothing waits for it, but it served requests before";
        return (Severity::Warning, text.to_owned());
    }
    (Severity::Info, ", and nothing waits for it".to_owned())
}

/// ` on pod-0/0`, where not all engines sleep.
fn place(replicas: &[String], facts: &Facts) -> String {
    match replicas {
        all if all.len() == facts.spread.engines => String::new(),
        [one] => format!(" on {one}"),
        several => format!(" on {} of {} replicas", several.len(), facts.spread.engines),
    }
}

fn evidence(facts: &Facts) -> Vec<Evidence> {
    vec![exact(
        SignalId::Waiting,
        "requests",
        facts.admission.waiting.unwrap_or(0.0),
        Compare::AtLeast,
        Line::constant(0.0),
        match facts.availability.held_asleep {
            Some(held) => format!(
                "the engine reports sleep mode, with {} inside",
                counted(held, "request", "requests")
            ),
            None => "the engine reports sleep mode".to_owned(),
        },
    )]
}

fn action(words: &Words<'_>) -> Action {
    ActionBuilder::new(
        ActionId::WakeEngine,
        "Wake the engine through its API server.",
        "Waiting requests are served as soon as the weights are back on the GPU.",
    )
    .copy("command", words.scope.flag(Knob::Wake).unwrap_or_default())
    .then("Find what put it to sleep: a scheduler, a training loop, or an idle timer.")
    .then("Check that requests run again.")
    .copy("PromQL", words.scope.selector(Family::Running, None))
    .avoid(
        ActionId::RestartEngine,
        "A restart reloads the model; waking it brings the weights back in seconds.",
    )
    .build()
}
