//! What failed, differs or moved although every objective is met.

use crate::catalogue::families::Family;
use crate::text::number::{counted, number, seconds, significant};
use crate::triage::ending::Ending;
use crate::triage::facts::Facts;
use crate::triage::facts::memory::MemoryState;
use crate::triage::subject::{Change, Subject};
use crate::triage::unfailed::OF_THE_SERVICE;
use crate::window::measurements::Measurements;

/// Failures below which nothing is said: one is an accident.
const LEAST_FAILURES: f64 = 3.0;

/// Factor of a mean against the baseline from which it is told within the objectives too. Lower,
/// an ordinary afternoon is told; higher, an objective that nobody set tightly hides what a reader
/// sees in every panel.
const GROSS: f64 = 2.0;

/// Finished requests below which shares and means move by chance.
const LEAST_REQUESTS: f64 = 100.0;

/// Share of the outputs that may be cut for repeating themselves unsaid: a few prompts lead there.
const REPEATING: f64 = 0.05;

/// Failures of the service that its objectives allow, and whose they are; else outputs that are of
/// no use to who reads them.
pub(super) fn few_failures(subject: &Subject<'_>) -> Option<String> {
    let now = subject.now;
    let finished = now.finished().unwrap_or(0.0);
    let answered = now.increase(Family::HttpRequests).unwrap_or(0.0);
    let failures = OF_THE_SERVICE.into_iter().find_map(|how| {
        let failed = now.increase(how.family()).filter(|failed| *failed >= LEAST_FAILURES)?;
        let ended = counted(how.among(now.ended(), answered, failed), "request", "requests");
        let whose = most_of(subject, how, failed).unwrap_or_default();
        Some(format!("{} of {ended} {}{whose}", number(libm::round(failed)), how.phrase()))
    });
    failures.or_else(|| repeating(now, finished))
}

/// `441 of 441 outputs were cut because they repeat themselves`, where that is more than some.
fn repeating(now: &Measurements, finished: f64) -> Option<String> {
    let cut = now.increase(Family::RequestsRepeating)?;
    let ended = counted(finished.max(cut), "output", "outputs");
    (cut >= LEAST_FAILURES.max(REPEATING * finished)).then(|| {
        format!("{} of {ended} were cut because they repeat themselves", number(libm::round(cut)))
    })
}

/// `, most of them on pod-3/0`: where one of several replicas has more than half.
fn most_of(subject: &Subject<'_>, how: Ending, failed: f64) -> Option<String> {
    let (first, last) = (subject.now.first, subject.now.last);
    let its = |one: &&&crate::scope::Replica| {
        let failures = one.counter(how.family()).and_then(|counter| counter.increase(first, last));
        failures.is_some_and(|own| 2.0 * own > failed)
    };
    let one = subject.replicas.iter().find(its).filter(|_| subject.replicas.len() > 1)?;
    Some(format!(", most of them on {}", one.key))
}

/// The first of what failed, differs or moved; None where nothing did.
// Inlined it would be counted as code of the one cause that calls it.
#[inline(never)]
pub(super) fn shift(facts: &Facts) -> Option<String> {
    let spread = &facts.spread;
    if let Some(failures) = &facts.few_failures {
        return Some(failures.clone());
    }
    if facts.memory.state == MemoryState::Thrashing {
        let finished = facts.impact.finished.unwrap_or(0.0);
        let finished = counted(finished, "finished request", "finished requests");
        return Some(format!(
            "the KV cache is full ({} for {finished})",
            facts.memory.preemptions_text()
        ));
    }
    if let [one] = spread.sick.as_slice() {
        return Some(format!("{one} is slower than the others"));
    }
    if !spread.sick.is_empty() {
        return Some(format!("{} replicas are slower than the others", spread.sick.len()));
    }
    if facts.impact.finished.is_none_or(|finished| finished < LEAST_REQUESTS) {
        return None;
    }
    if let Some((replica, factor)) = &spread.crowded {
        let factor = significant(*factor);
        return Some(format!("{replica} gets {factor} × as many requests as the others"));
    }
    let work = &facts.work;
    let moved = |change: Option<Change>| change.filter(|change| change.factor() >= GROSS);
    let times = [("ITL", facts.step_time.change), ("TTFT", facts.first_token)];
    let slower = times.into_iter().find_map(|(name, change)| Some((name, moved(change)?)));
    if let Some((name, Change { now, before })) = slower {
        return Some(format!("mean {name} is {}, was {}", seconds(now), seconds(before)));
    }
    let works = [("prompts", work.prompt_change), ("outputs", work.output_change)];
    let longer = works.into_iter().find_map(|(name, change)| Some((name, moved(change)?)));
    let (name, Change { now, before }) = longer?;
    let tokens = counted(libm::round(now), "token", "tokens");
    Some(format!("{name} hold {tokens}, were {}", number(libm::round(before))))
}
