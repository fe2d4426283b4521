//! Little or no traffic reaches the engine, or much less than before, and what does is served as it
//! should be.
//!
//! # Why it matters
//!
//! Devices cost as much idle as busy, and an engine that nothing reaches looks perfectly well while
//! callers see errors.
//!
//! # Told from its neighbours by
//!
//! Every objective is met, nothing waits, and requests arrive rarely.
//!
//! # False friends
//!
//! A night, a drained replica, a deploy behind it: a wanted lull looks the same. What the gateway
//! receives, and the same hour of last week, tell.
//!
//! # The action is wrong when
//!
//! The lull is wanted.
//!
//! # Sources
//!
//! Request counts of the window and of the range before it.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::text::number::{counted, significant};
use crate::time::length;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::{Excess, JudgedSignal};
use crate::triage::finding::{Compare, Evidence, Severity};
use crate::triage::ledger::Ledger;
use crate::triage::rules::healthy;
use crate::triage::subject::Change;

pub(super) static RULE: Rule = Rule {
    id: CauseId::LowTraffic,
    class: Class::Notice,
    needs: &[SignalId::Running, SignalId::Waiting],
    uses: &[SignalId::Ttft, SignalId::QueueTime, SignalId::Itl],
    confusable: &[CauseId::OverProvisioned, CauseId::Healthy, CauseId::CannotTell],
    action: Some(ActionId::InspectGateway),
    ask: ask::<LowTraffic>,
};

struct LowTraffic;

/// How little.
enum Little {
    /// Nothing ran, waited or came out.
    Idle,
    /// Too few requests for a quantile, each of them within every target that is measured, and what
    /// is known of them.
    Few(f64, &'static str),
    /// Requests a second before and now.
    Fell(Change),
}

impl Cause for LowTraffic {
    type State = Little;

    fn judge(facts: &Facts, ledger: &Ledger) -> Answer<Little> {
        let impact = &facts.impact;
        let finished = impact.finished.unwrap_or(0.0);
        if finished < impact.least_requests {
            return few(facts, finished);
        }
        let Some(fall) = facts.arrivals.fall else {
            return Answer::clear("as many requests arrive as before");
        };
        match healthy::Healthy::judge(facts, ledger) {
            Answer::Firing(_) => Answer::Firing(Little::Fell(fall)),
            Answer::Clear(reason) | Answer::Unknown(reason) => Answer::Clear(reason),
        }
    }

    fn explain(state: &Little, facts: &Facts, words: &Words<'_>) -> Explanation {
        let window = length(libm::round(1000.0 * facts.progress.window_seconds) as i64);
        let (sentence, detail) = match state {
            Little::Idle => (
                format!("Idle: no request arrived in {window}."),
                "Nothing ran and nothing waited, so nothing can be said of latency.",
            ),
            Little::Few(finished, known) => (
                format!(
                    "Little traffic: {} in {window}, {known}.",
                    counted(*finished, "request", "requests")
                ),
                "Too few for a quantile; what each of them took is certain.",
            ),
            Little::Fell(fall) => (
                format!(
                    "Traffic fell to {} requests per second, was {}; what arrives is served within its \
                     targets.",
                    significant(fall.now),
                    significant(fall.before)
                ),
                "A night or a wanted stop looks the same as requests that get lost on their way.",
            ),
        };
        Explanation {
            severity: Severity::Info,
            sentence,
            detail: detail.to_owned(),
            evidence: vec![evidence(state)],
            rules_out: Vec::new(),
            replicas: Vec::new(),
            since: None,
            action: Some(
                ActionBuilder::new(
                    ActionId::InspectGateway,
                    "If this lull is not wanted, compare what the gateway receives with what reaches the \
                     engine.",
                    "This shows where requests get lost on their way.",
                )
                .copy(
                    "PromQL",
                    format!("rate({}[5m])", words.scope.selector(Family::RequestsFinished, None)),
                )
                .build(),
            ),
            claims: Excess::default(),
        }
    }
}

fn few(facts: &Facts, finished: f64) -> Answer<Little> {
    if facts.is_one_scrape || facts.is_beside {
        return Answer::unknown("a single scrape shows no traffic");
    }
    if let Some(doubt) = healthy::doubt(facts) {
        return Answer::unknown(doubt);
    }
    if !facts.coverage.unknown_load().is_empty() {
        return Answer::unknown("running or waiting requests are not measured to the end");
    }
    let is_paused = facts.progress.paused.is_some() && facts.impact.in_flight > 0.0;
    if facts.availability.unseen.is_some() || is_paused {
        return Answer::unknown("the newest scrape shows too little");
    }
    let is_empty = facts.admission.running.is_some_and(|(_, most)| most <= 0.0)
        && facts.admission.waiting == Some(0.0);
    if finished > 0.0 {
        let judged = || healthy::OBJECTIVES.iter().filter_map(|id| facts.impact.signal(*id));
        let is_within = |one: &JudgedSignal| one.missing.is_none_or(|(_, most)| most <= 0.0);
        let is_told = judged().any(|one| one.id == SignalId::Ttft && one.missing.is_some());
        let measured = judged().filter(|one| one.missing.is_some()).count();
        let known = if measured == healthy::OBJECTIVES.len() {
            "each within its targets"
        } else {
            "each within the targets that are measured"
        };
        return if is_told && judged().all(is_within) {
            Answer::Firing(Little::Few(finished, known))
        } else {
            Answer::unknown("too few requests for a quantile, and not all are surely within target")
        };
    }
    let is_silent = facts.impact.tokens.is_none_or(|tokens| tokens <= 0.0)
        && facts.progress.first_tokens.is_none_or(|begun| begun <= 0.0);
    if is_empty && is_silent {
        Answer::Firing(Little::Idle)
    } else {
        Answer::unknown("no request finished, and some were there")
    }
}

fn evidence(state: &Little) -> Evidence {
    match state {
        Little::Idle => exact(
            SignalId::Running,
            "requests",
            0.0,
            Compare::AtMost,
            Line::constant(0.0),
            "no request ran in any scrape",
        ),
        Little::Few(finished, _) => exact(
            SignalId::Ttft,
            "ratio",
            0.0,
            Compare::AtMost,
            Line::constant(0.0),
            format!("none of {} missed a target", counted(*finished, "request", "requests")),
        ),
        Little::Fell(fall) => exact(
            SignalId::RequestsPerS,
            "requests/s",
            fall.now,
            Compare::AtMost,
            Line::baseline(fall.before),
            format!(
                "{} requests per second, was {}",
                significant(fall.now),
                significant(fall.before)
            ),
        ),
    }
}
