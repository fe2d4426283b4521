//! The data do not hold enough to name a cause or to call the engine healthy.
//!
//! # Why it matters
//!
//! A wrong confident sentence costs more than an honest gap.
//!
//! # Sources
//!
//! What the other causes need.

use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::small::list::CollectVec;
use crate::text::number::{counted, number, percentile_name, seconds};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::{Excess, Impact};
use crate::triage::facts::loss::Loss;
use crate::triage::finding::Severity;
use crate::triage::ledger::Ledger;
use crate::triage::stall::{Shown, Stall};
use crate::triage::undecided::{Said, are, lost, unexplained, vanished};

pub(super) static RULE: Rule = Rule {
    id: CauseId::CannotTell,
    class: Class::CannotTell,
    needs: &[],
    uses: &[
        SignalId::Ttft,
        SignalId::QueueTime,
        SignalId::Itl,
        SignalId::E2e,
        SignalId::Running,
        SignalId::Waiting,
        SignalId::LostRequests,
    ],
    confusable: &[CauseId::Healthy],
    action: None,
    ask: ask::<CannotTell>,
};

/// What requests without output may mean.
const HANGS: &str = "The engine hangs, or its gauges are stale: some releases keep the last value \
                     when all requests are aborted at once. Send one request; if it gets no answer, \
                     restart the engine.";

struct CannotTell;

impl Cause for CannotTell {
    type State = Said;

    /// Always holds: it speaks only when no other cause does.
    fn judge(facts: &Facts, _: &Ledger) -> Answer<Said> {
        let impact = &facts.impact;
        let is_failed = matches!(facts.loss, Loss::Failed { .. } | Loss::Unreached { .. });
        Answer::Firing(match impact.finished {
            None => missing_families(facts),
            Some(_) if facts.progress.stuck().is_some() => {
                facts.progress.stuck().map_or_else(|| hanging(impact), stuck)
            }
            Some(finished) if finished < impact.least_requests && vanished(facts).is_some() => {
                vanished(facts).unwrap_or_else(|| unexplained(facts))
            }
            Some(finished) if finished < impact.least_requests && is_failed => {
                lost(facts).unwrap_or_else(|| unexplained(facts))
            }
            Some(finished) if finished <= 0.0 && impact.in_flight > 0.0 => hanging(impact),
            Some(finished) if finished <= 0.0 && facts.progress.first_tokens > Some(0.0) => {
                given_up(facts)
            }
            Some(finished) if finished <= 0.0 => idle(facts),
            Some(finished) if finished < impact.least_requests => Said(
                format!(
                    "Only {} finished in this window; a {} needs at least {}.",
                    counted(finished, "request", "requests"),
                    percentile_name(impact.quantile),
                    number(impact.least_requests)
                ),
                "Widen the window or wait for more traffic; the means below are exact for the \
                 requests that did finish."
                    .to_owned(),
            ),
            Some(_) => unexplained(facts),
        })
    }

    fn explain(Said(sentence, detail): &Said, _: &Facts, _: &Words<'_>) -> Explanation {
        Explanation {
            severity: Severity::Unknown,
            sentence: sentence.clone(),
            detail: detail.clone(),
            evidence: Vec::new(),
            rules_out: Vec::new(),
            replicas: Vec::new(),
            since: None,
            action: None,
            claims: Excess::default(),
        }
    }
}

/// A replica that produced nothing for long although requests were there, and no evidence whether
/// they still are.
fn stuck(stall: &Stall) -> Said {
    let length = seconds(stall.seconds());
    let requests = counted(stall.requests(), "request was", "requests were");
    if stall.shown == Shown::Deferred {
        return Said(
            format!("{requests} deferred at {} for {length}, and none ran.", stall.replica),
            "They wait for something other than the engine: a remote cache, an adapter, a grammar. \
             Look at the log of what they wait for."
                .to_owned(),
        );
    }
    if stall.shown == Shown::Uncounted {
        return Said(
            format!(
                "No output for {length} from {}, though requests come and go by its gauges.",
                stall.replica
            ),
            "Its counters are no longer collected, or clients give up early. Send one request; look \
             whether its tokens are counted."
                .to_owned(),
        );
    }
    Said(
        format!(
            "No output for {length} from {}, where {requests} in flight and no token was produced.",
            stall.replica
        ),
        HANGS.to_owned(),
    )
}

/// No finish and no load to be seen.
fn idle(facts: &Facts) -> Said {
    let coverage = &facts.coverage;
    let unknown = coverage.unknown_load();
    if unknown.is_empty() {
        return Said(
            "No request ran in this window, so there is nothing to judge.".to_owned(),
            "The engine is idle here; choose a window with traffic.".to_owned(),
        );
    }
    Said(
        format!("No request finished in this window. Not measured: {}.", coverage.names(&unknown)),
        "An idle engine and one that hangs look the same without them: add them to the query, or \
         send one request."
            .to_owned(),
    )
}

/// First tokens without a single finish, and nothing in flight any more.
fn given_up(facts: &Facts) -> Said {
    let begun = facts.progress.first_tokens.unwrap_or(0.0);
    Said(
        format!(
            "{} got a first token in this window, none finished, and none is left.",
            counted(begun, "request", "requests")
        ),
        "Their clients gave up: the engine records the latency of requests that finish only. Look at \
         the time-outs of the clients and at the gateway's status codes."
            .to_owned(),
    )
}

/// Requests in flight and none finished: the histograms are silent, the counter of output tokens is
/// not.
fn hanging(impact: &Impact) -> Said {
    let flight = counted(impact.in_flight, "request is", "requests are");
    if impact.tokens.is_some_and(|tokens| tokens <= 0.0) {
        return Said(
            format!("{flight} in flight, but no token was produced and none finished."),
            HANGS.to_owned(),
        );
    }
    let Some(tokens) = impact.tokens else {
        return Said(
            format!("{flight} in flight and none finished in this window."),
            "Latency histograms are written when a request finishes, so a hang shows as silence. \
             Add the counter of output tokens to the query: it tells a hang from long requests."
                .to_owned(),
        );
    };
    Said(
        format!(
            "{flight} in flight and none finished in this window, though {} tokens were produced.",
            number(tokens)
        ),
        "This is not a hang: each request takes longer than the window. Queue time, prefill and lengths \
         are written at the end of a request, so judge by the tokens per second of prompts and outputs, \
         or look again when some have finished."
            .to_owned(),
    )
}

fn missing_families(facts: &Facts) -> Said {
    let wanted = [SignalId::Ttft, SignalId::QueueTime, SignalId::Itl, SignalId::E2e];
    let missing: Vec<SignalId> = wanted.into_iter().filter(|id| !facts.has(*id)).collect_vec();
    if facts.is_beside {
        return Said(
            "No diagnosis: this window holds no sample.".to_owned(),
            "Choose a window within the data.".to_owned(),
        );
    }
    if facts.is_one_scrape {
        return Said(
            "No diagnosis: this window holds a single scrape, and one sample shows no growth.".to_owned(),
            "Counters and histograms are judged by what they grow by: two scrapes are needed, better \
             some minutes of them. Gauges below are what they were at that time."
                .to_owned(),
        );
    }
    if let Some(said) = vanished(facts) {
        return said;
    }
    let what = if missing.is_empty() {
        "the latency histograms have fewer than two samples here".to_owned()
    } else {
        format!("{} not in the data", are(&missing))
    };
    Said(
        format!("No diagnosis: {what}."),
        "The engine's latency histograms are needed; check that the query selects the _bucket, _sum \
         and _count series too."
            .to_owned(),
    )
}
