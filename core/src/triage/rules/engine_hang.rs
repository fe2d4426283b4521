//! The engine holds requests and produces nothing: no token, no first token and no finish for
//! longer than any step takes.
//!
//! # Why it matters
//!
//! Every histogram is written when something comes out, so a hang is silence in all of them and
//! looks as well as the minutes before it. Nobody behind this engine gets an answer.
//!
//! # Told from its neighbours by
//!
//! Requests that keep coming: running or waiting still changes while every counter of output stands
//! still. States that never move may be left over from requests that were aborted; an engine that
//! sleeps says so.
//!
//! # False friends
//!
//! One prompt longer than any before, alone in the engine; a page that a proxy keeps answering with
//! an old copy; requests that all wait for a remote cache.
//!
//! # The action is wrong when
//!
//! The engine still computes one very long prompt: look at its log before a restart.
//!
//! # Sources
//!
//! vLLM's gauges are written with the outputs of a step, its histograms when a token comes out or a
//! request ends; a collective operation that never returns stops both.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::text::number::{counted, seconds};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact, ruled_out};
use crate::triage::facts::Facts;
use crate::triage::finding::{Action, Compare, Evidence, RuledOut, Severity};
use crate::triage::ledger::Ledger;
use crate::triage::stall::{Shown, Stall};

pub(super) static RULE: Rule = Rule {
    id: CauseId::EngineHang,
    class: Class::Outage,
    needs: &[],
    uses: &[SignalId::Running, SignalId::Waiting, SignalId::GenerationTokensPerS],
    confusable: &[CauseId::EngineAsleep, CauseId::TelemetryFault, CauseId::CannotTell],
    action: Some(ActionId::RestartEngine),
    ask: ask::<EngineHang>,
};

struct EngineHang;

impl Cause for EngineHang {
    type State = Stall;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Stall> {
        let progress = &facts.progress;
        if !facts.availability.asleep.is_empty() {
            return Answer::clear("an engine sleeps, which explains the silence");
        }
        if let Some(stall) = progress.stalls.iter().find(|one| one.shown == Shown::Alive) {
            return Answer::Firing(stall.clone());
        }
        match progress.stuck() {
            Some(stall) if stall.shown == Shown::Deferred => Answer::clear(
                "nothing comes out, but every request waits for something other than the engine",
            ),
            Some(stall) if stall.shown == Shown::Uncounted => Answer::clear("requests come and go"),
            Some(stall) => Answer::unknown(format!(
                "no output for {} from {}, but running and waiting did not move either: a hang, or \
                 states left over from aborted requests",
                seconds(stall.seconds()),
                stall.replica
            )),
            None => Answer::clear("output never stopped while requests were there"),
        }
    }

    fn explain(stall: &Stall, facts: &Facts, words: &Words<'_>) -> Explanation {
        let replicas = facts.progress.stuck_replicas();
        let all = replicas.len() == facts.spread.engines;
        let place = match replicas.as_slice() {
            _ if all => String::new(),
            [one] => format!(" on {one}"),
            several => format!(" on {} of {} replicas", several.len(), facts.spread.engines),
        };
        let held = held(stall);
        let length = seconds(stall.seconds());
        Explanation {
            severity: if stall.lasts { Severity::Critical } else { Severity::Warning },
            sentence: if stall.lasts {
                format!("Engine hangs{place}: no output for {length}, with {held}.")
            } else {
                format!("Engine hung{place}: no output for {length}, with {held}; it recovered.")
            },
            detail: "Latency histograms record what comes out, so they show the time before only. \
                     Usual causes: a collective operation that one rank never joined, a stuck \
                     device, a deadlock of the scheduler."
                .to_owned(),
            evidence: evidence(stall),
            rules_out: rules_out(stall),
            replicas,
            since: Some(stall.since),
            action: Some(action(stall, words)),
            claims: facts.impact.excess,
        }
    }
}

/// `16 running and 1,000 waiting`.
fn held(stall: &Stall) -> String {
    let state = |value: Option<f64>, name: &str| {
        value
            .filter(|value| *value > 0.0)
            .map(|value| format!("up to {} {name}", counted(value, "request", "requests")))
    };
    match (state(stall.running, "running"), state(stall.waiting, "waiting")) {
        (Some(running), Some(waiting)) => format!("{running} and {waiting}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "requests inside".to_owned(),
    }
}

fn evidence(stall: &Stall) -> Vec<Evidence> {
    let mut evidence = vec![exact(
        SignalId::GenerationTokensPerS,
        "tokens/s",
        0.0,
        Compare::AtMost,
        Line::constant(0.0),
        format!("every counter of output stood still for {}", seconds(stall.seconds())),
    )];
    for (signal, value, text) in
        [(SignalId::Running, stall.running, "ran"), (SignalId::Waiting, stall.waiting, "waited")]
    {
        let value = value.unwrap_or(0.0);
        if value > 0.0 {
            let text = format!("up to {} {text}", counted(value, "request", "requests"));
            let line = Line::constant(0.0);
            evidence.push(exact(signal, "requests", value, Compare::Above, line, text));
        }
    }
    evidence
}

fn rules_out(stall: &Stall) -> Vec<RuledOut> {
    let length = seconds(stall.seconds());
    vec![
        ruled_out(CauseId::Healthy, format!("nothing came out for {length}")),
        ruled_out(
            CauseId::TelemetryFault,
            "its requests moved, or their tokens came late, so these are no leftovers",
        ),
    ]
}

fn action(stall: &Stall, words: &Words<'_>) -> Action {
    let replica = &stall.replica;
    let tokens = format!("rate({}[1m])", words.scope.selector(Family::GenerationTokens, None));
    if !stall.lasts {
        return ActionBuilder::new(
            ActionId::InspectReplica,
            format!("Read the log of {replica} around that time before it is rotated away."),
            "The log names what blocked: a collective operation, a device error, a compilation.",
        )
        .then("Check whether it happens again.")
        .copy("PromQL", tokens)
        .build();
    }
    ActionBuilder::new(
        ActionId::RestartEngine,
        format!(
            "Take {replica} out of the routing, save its log and stack traces, and restart it."
        ),
        "A new process serves again; waiting requests are lost and must be sent again.",
    )
    .then("Look for device errors (XID) and for a rank that stopped answering.")
    .then("Check that tokens come out again.")
    .copy("PromQL", tokens)
    .avoid(ActionId::AddReplicas, "What waits behind this engine stays there.")
    .build()
}
