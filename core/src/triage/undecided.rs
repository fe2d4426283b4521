//! What is said where no cause holds and health is not shown: the biggest fact, and what it lacks.

use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::text::number::{counted, number, seconds};
use crate::triage::absence::{Absence, AbsenceKind};
use crate::triage::ending::Ending;
use crate::triage::facts::Facts;
use crate::triage::facts::impact::JudgedSignal;
use crate::triage::facts::loss::Loss;
use crate::triage::facts::queue::Lately;
use crate::triage::stall::Stall;

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

/// Sentence and detail.
#[derive(Debug)]
pub(super) struct Said(pub(super) String, pub(super) String);

/// Enough requests, but a level that no cause explains or that cannot be judged.
pub(super) fn unexplained(facts: &Facts) -> Said {
    let is_brief = facts.availability.absences.first().is_some_and(Absence::is_brief);
    let is_beside = is_beyond_restarts(facts);
    if let Some(said) = vanished(facts).filter(|_| !is_brief && !is_beside) {
        return said;
    }
    if let Some(stall) = facts.progress.stalls.first().filter(|stall| stall.requests() <= 0.0) {
        return cut_off(stall);
    }
    let impact = &facts.impact;
    let measured = || ORDER.iter().filter_map(|id| impact.signal(*id));
    let high: Vec<&JudgedSignal> = measured().filter(|one| one.level == Level::High).collect_vec();
    if let Some((first, others)) = high.split_first() {
        let Said(sentence, detail) = named(facts, first, others);
        let beside = facts.availability.absences.first().filter(|_| is_beside);
        let beside = beside.map_or_else(String::new, |absence| {
            format!(" {}; more requests are late than it serves.", capitalized(absence.sentence()))
        });
        return Said(sentence, detail + &beside);
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
    if let Some(waits) = facts.waits_before() {
        return Said(
            format!("The engine is within its targets, and {waits}."),
            "Look at what the gateway waits for: how many requests it gives an engine, and what it \
             knows of their load."
                .to_owned(),
        );
    }
    if let Some(said) = lost(facts) {
        return said;
    }
    if let Some(doubt) = facts.data.doubt() {
        return Said(
            format!("No diagnosis: {doubt}."),
            "What the other checks saw argues for health, and not of what is missing. Choose a \
             window without that time."
                .to_owned(),
        );
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

/// Whether replicas restarted, and more requests miss an objective than these serve: something else
/// is wrong, and the restarts stand beside it.
fn is_beyond_restarts(facts: &Facts) -> bool {
    let absences = &facts.availability.absences;
    let is_restart = |one: &Absence| one.kind == AbsenceKind::Restarted;
    let is_known = |at: usize| absences[..at].iter().any(|one| one.replica == absences[at].replica);
    let away = (0..absences.len()).filter(|&at| !is_known(at)).count();
    let share = away as f64 / facts.spread.engines.max(1) as f64;
    let mut missing = facts.impact.judged.iter().filter_map(|one| one.missing);
    away > 0 && absences.iter().all(is_restart) && missing.any(|(least, _)| least > share)
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

/// An engine that had traffic and then shows none, for longer than chance.
fn cut_off(stall: &Stall) -> Said {
    let (inside, cause) = match (stall.running, stall.waiting) {
        (Some(_), Some(_)) => (", and no request in it", "Traffic ended"),
        (Some(_), None) => {
            (", where none runs and waiting is not measured", "It hangs, traffic ended")
        }
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
pub(super) fn vanished(facts: &Facts) -> Option<Said> {
    let absence = facts.availability.absences.first()?;
    let what = if absence.kind == AbsenceKind::Restarted {
        "Requests inside it may be lost, and those that arrived meanwhile refused. Read the log of the \
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
pub(super) fn lost(facts: &Facts) -> Option<Said> {
    let loss = facts.loss.phrase()?;
    let advice = match facts.loss {
        Loss::Unreached { .. } => {
            "Send one request and read the log of the API server: it may answer by itself, or have \
             lost its engine."
        }
        Loss::Contradicted { .. } => {
            "Compare the counts of first tokens, finished requests and prompt tokens in one page of \
             the engine: one of them is counted twice, or callers leave."
        }
        Loss::Failed { how: Ending::Otherwise, .. } => {
            "Look at the finish reasons that the engine counts, and at the answers that callers got."
        }
        _ => {
            "Clients give up or requests fail; the latency of those that finish says nothing about \
             the others. Look at the finish reasons, and at the status codes of the gateway."
        }
    };
    Some(Said(format!("No diagnosis: {loss}."), advice.to_owned()))
}

pub(super) fn are(ids: &[SignalId]) -> String {
    let names: Vec<String> = ids.iter().map(|id| id.name()).collect_vec();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", joined(&names, ", "))
}
