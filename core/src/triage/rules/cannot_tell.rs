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
use crate::signal::level::Level;
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::text::number::{counted, number, percentile_name, seconds};
use crate::triage::absence::{Absence, AbsenceKind};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::{Excess, Impact, JudgedSignal};
use crate::triage::facts::loss::Loss;
use crate::triage::facts::progress::{Shown, Stall};
use crate::triage::facts::queue::Lately;
use crate::triage::finding::Severity;
use crate::triage::ledger::Ledger;

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

/// Latencies in the order in which a high one is named.
const ORDER: [SignalId; 7] = [
    SignalId::Ttft,
    SignalId::Itl,
    SignalId::QueueTime,
    SignalId::Tpot,
    SignalId::E2e,
    SignalId::PrefillTime,
    SignalId::FrontEndTime,
];

/// What every diagnosis needs.
const NEEDED: [SignalId; 3] = [SignalId::Ttft, SignalId::QueueTime, SignalId::Itl];

/// What requests without output may mean.
const HANGS: &str = "The engine hangs, or its gauges are stale: some releases keep the last value \
                     when all requests are aborted at once. Send one request; if it gets no answer, \
                     restart the engine.";

struct CannotTell;

/// Sentence and detail.
struct Said(String, String);

impl Cause for CannotTell {
    type State = Said;

    /// Always holds: it speaks only when no other cause does.
    fn judge(facts: &Facts, _: &Ledger) -> Answer<Said> {
        let impact = &facts.impact;
        let is_failed = matches!(facts.loss, Loss::Failed { .. });
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

/// An engine that had traffic and then shows none, for longer than chance.
fn cut_off(stall: &Stall) -> Said {
    let (inside, cause) = match (stall.running, stall.waiting) {
        (Some(_), Some(_)) => (", and no request in it", "Traffic ended"),
        (Some(_), None) => (", where none runs and waiting is not measured", "Traffic ended"),
        (None, _) => ("; whether requests are in it is not measured", "It hangs, traffic ended"),
    };
    Said(
        format!("No output for {} from {}{inside}.", seconds(stall.seconds()), stall.replica),
        format!(
            "{cause}, no longer reaches the engine, or its metrics stand still. Send one request; \
             look at the gateway."
        ),
    )
}

/// The first absence, where requests may have been lost in it.
fn vanished(facts: &Facts) -> Option<Said> {
    let absence = facts.availability.absences.first()?;
    let what = if matches!(absence.kind, AbsenceKind::Loop { .. }) {
        "Each process ends soon after its start. Look at the log of the former process and at the \
         reason of its end: memory, a device error, a failed probe."
    } else if absence.kind == AbsenceKind::Restarted {
        "What was inside may be lost, and what came in the meantime refused. Look at the log of the \
         former process, and at the status codes of the gateway."
    } else if absence.is_brief() {
        "One scrape of a busy server may time out; look again after the next one, and look whether the \
         pod is there and ready."
    } else if absence.until.is_some() {
        "Whether it served in the meantime is not measured. Look at up and at the log of the scrape."
    } else {
        "The process ended, was removed, or can no longer be scraped; all other numbers are of the \
         time before. Look whether the pod is there and ready."
    };
    Some(Said(format!("{}.", capitalized(absence.sentence())), what.to_owned()))
}

/// A sentence that may begin with `the`, as it begins a text. A replica keeps its name.
fn capitalized(sentence: String) -> String {
    match sentence.strip_prefix("the ") {
        Some(rest) => format!("The {rest}"),
        None => sentence,
    }
}

/// What became of requests that did not end well; None where nothing is known.
fn lost(facts: &Facts) -> Option<Said> {
    let loss = facts.loss.phrase()?;
    Some(Said(
        format!("No diagnosis: {loss}."),
        "Clients give up or requests fail; the latency of those that finish says nothing about the \
         others. Look at the finish reasons, and at the status codes of the gateway."
            .to_owned(),
    ))
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
    let though = impact.tokens.map_or_else(String::new, |tokens| {
        format!(", though {} tokens were produced", number(tokens))
    });
    Said(
        format!("{flight} in flight and none finished in this window{though}."),
        "Latency histograms are written when a request finishes, so a hang shows as silence. Widen the \
         window to one that holds whole requests."
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

fn are(ids: &[SignalId]) -> String {
    let names: Vec<String> = ids.iter().map(|id| id.name()).collect_vec();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", joined(&names, ", "))
}

/// Enough requests, but a level that no cause explains or that cannot be judged.
fn unexplained(facts: &Facts) -> Said {
    let is_brief = facts.availability.absences.first().is_some_and(Absence::is_brief);
    if let Some(said) = vanished(facts).filter(|_| !is_brief) {
        return said;
    }
    if let Some(stall) = facts.progress.stalls.first().filter(|stall| stall.requests() <= 0.0) {
        return cut_off(stall);
    }
    let impact = &facts.impact;
    let measured = || ORDER.iter().filter_map(|id| impact.signal(*id));
    let high: Vec<&JudgedSignal> = measured().filter(|one| one.level == Level::High).collect_vec();
    if let Some((first, others)) = high.split_first() {
        return named(facts, first, others);
    }
    if let Some(said) = vanished(facts) {
        return said;
    }
    if let Some(quiet) = &facts.progress.quiet {
        return Said(
            format!("No diagnosis: {}; look again in a minute.", quiet.lately()),
            "One long prompt computes, or the engine hangs.".to_owned(),
        );
    }
    if let Some(lately) = facts.queue.lately.filter(Lately::is_missed) {
        return Said(
            format!("{}.", lately.phrase()),
            "The requests that finished met a shorter queue. Their latency will follow; look again in \
             a minute."
                .to_owned(),
        );
    }
    if let Some(outside) = facts.spread.outside.first() {
        return Said(
            format!(
                "{} on {} misses its target, which the figures of all replicas together hide: {}.",
                outside.signal.short(),
                outside.replica,
                outside.reason
            ),
            "No known cause fits that replica. Choose it alone, and compare its load and its log with \
             those of the others."
                .to_owned(),
        );
    }
    if let Some(said) = lost(facts) {
        return said;
    }
    let missing: Vec<SignalId> =
        NEEDED.into_iter().filter(|id| !facts.has_or_needs_none(*id)).collect_vec();
    if !missing.is_empty() {
        return Said(
            format!("No diagnosis: {} not in the data.", are(&missing)),
            format!("{} Health needs these signals too.", without_latencies(facts)),
        );
    }
    match measured().find(|one| one.level == Level::Unknown && !facts.worker.is_without(one.id)) {
        Some(unknown) => Said(
            format!("{} cannot be judged: {}.", unknown.id.title(), unknown.reason),
            "Nothing is shown to be wrong, and not everything is shown to be right.".to_owned(),
        ),
        None => Said(
            "No diagnosis: the checks contradict each other.".to_owned(),
            "Please report these data; the findings below say what each check saw.".to_owned(),
        ),
    }
}

/// What is there beside latencies, a sentence.
fn without_latencies(facts: &Facts) -> String {
    let unknown = facts.coverage.unknown_state();
    match facts.admission.waiting {
        Some(most) if most > 0.0 => {
            format!("Up to {} waited at once.", counted(most, "request", "requests"))
        }
        Some(_) if unknown.is_empty() => "No request waited, and few failed, if any.".to_owned(),
        _ => format!("Not measured either: {}.", facts.coverage.names(&unknown)),
    }
}

/// What holds admission back and is no matter of slots, memory or load: one sentence without its
/// period.
fn held(facts: &Facts) -> Option<String> {
    let admission = &facts.admission;
    if let Some(adapters) = admission.adapters {
        return Some(format!(
            "Requests wait for an adapter slot: {} of {} in use, and {} more wanted",
            adapters.running,
            counted(adapters.slots as f64, "slot is", "slots are"),
            counted(adapters.waiting as f64, "adapter is", "adapters are")
        ));
    }
    let deferred = admission.always_deferred;
    (deferred > 0.0).then(|| {
        format!(
            "{} deferred all the time: find what they wait for (a remote cache, a grammar); if \
             nothing, a restart frees their slots",
            counted(deferred, "request was", "requests were")
        )
    })
}

/// A high latency that no cause fits.
fn named(facts: &Facts, first: &JudgedSignal, others: &[&JudgedSignal]) -> Said {
    let others: Vec<String> = others.iter().map(|signal| signal.id.name()).collect_vec();
    let more = if others.is_empty() {
        String::new()
    } else {
        format!(" Also high: {}.", joined(&others, ", "))
    };
    let decode = facts.work.output_tokens.zip(facts.impact.mean(SignalId::DecodeTime));
    let outputs = decode.filter(|_| first.id == SignalId::E2e);
    let outputs = outputs.map_or_else(String::new, |(tokens, decode)| {
        format!(
            " Decode takes {} for {} output tokens per request: long outputs alone can miss an \
             end-to-end target.",
            seconds(decode),
            number(libm::round(tokens))
        )
    });
    if let Some(held) = held(facts) {
        return Said(
            format!("{} is high ({}). {held}.", first.id.title(), first.reason),
            format!("No cause is known for what holds admission.{more}{outputs}"),
        );
    }
    Said(
        format!("{} is high ({}), and no known cause fits.", first.id.title(), first.reason),
        format!("Still possible: {}.{more}{outputs}", facts.direction),
    )
}
