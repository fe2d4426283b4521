//! Replicas whose requests begin and do not end, which the figures of all of them together hide.

use crate::catalogue::families::Family;
use crate::quality::identities::FINISH_FAMILIES;
use crate::scope::Replica;
use crate::triage::ending::wilson;
use crate::triage::facts::loss::SEEN_IN_PROMPTS;
use crate::triage::facts::spread::mean_of;
use crate::triage::subject::Subject;

/// Requests of one replica that got a first token and neither finished nor can still run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unfinished {
    /// Replica.
    pub replica: String,
    /// Requests that did not end.
    pub lost: f64,
    /// Requests that got a first token.
    pub begun: f64,
}

/// The replica that loses the largest share of its requests, where that is surely more than an
/// objective may miss and than its siblings lose. `chance` is the number of standard errors that
/// make it sure.
pub(super) fn unfinished(subject: &Subject<'_>, chance: f64) -> Option<Unfinished> {
    if subject.replicas.len() < 2 {
        return None;
    }
    let counts = || subject.replicas.iter().map(|replica| lost_of(subject, replica));
    let add = |(lost, begun): (f64, f64), (more, of): (f64, f64)| (lost + more, begun + of);
    let (all_lost, all_begun) = counts().flatten().fold((0.0, 0.0), add);
    let may_miss = 1.0 - subject.settings.slo.quantile;
    let mut worst: Option<(f64, Unfinished)> = None;
    for (replica, counts) in subject.replicas.iter().zip(counts()) {
        let Some((lost, begun)) = counts else { continue };
        let (least, _) = wilson(lost, begun, chance);
        let (_, others) = wilson(all_lost - lost, all_begun - begun, chance);
        if least > may_miss.max(others) && worst.as_ref().is_none_or(|(worst, _)| least > *worst) {
            worst = Some((least, Unfinished { replica: replica.key.clone(), lost, begun }));
        }
    }
    worst.map(|(_, one)| one)
}

/// Requests of a replica that are lost, and all that began; None where either is not counted, or a
/// new process counts only what is its own. A sum over engines is none of them.
fn lost_of(subject: &Subject<'_>, replica: &Replica) -> Option<(f64, f64)> {
    let range @ (first, last) = (subject.now.first, subject.now.last);
    let count = |family| replica.histogram(family)?.count(first, last);
    let counter = |family| replica.counter(family)?.increase(first, last);
    let place = subject.replicas.iter().position(|one| one.key == replica.key)?;
    let is_torn = subject.activities.get(place)?.restarts(first, last).next().is_some();
    if is_torn || replica.aggregate {
        return None;
    }
    let begun = count(Family::Ttft)?;
    let counted = FINISH_FAMILIES.into_iter().filter_map(count);
    let finished = counted.chain(counter(Family::RequestsFinished)).reduce(f64::max)?;
    let most = |family| Some(replica.gauge(family)?.window(first, last)?.max);
    // What was preempted waits again, and got its first token before.
    let preempted = counter(Family::Preemptions).is_some_and(|count| count > 0.0);
    let waiting = if preempted { most(Family::Waiting)? } else { 0.0 };
    let inside = most(Family::Running)? + waiting;
    let ended = |begun: f64| (begun - finished - inside).max(0.0);
    // The tokens of a prompt are counted with its first token: half of the lost must show there.
    let prompt = mean_of(replica, Family::PromptTokensPerRequest, range).filter(|mean| *mean > 0.0);
    let tokens = counter(Family::PromptTokens).filter(|tokens| *tokens > 0.0);
    let by_prompts = prompt.zip(tokens).map(|(prompt, tokens)| tokens / prompt);
    let is_seen =
        by_prompts.is_none_or(|by_prompts| ended(by_prompts) >= SEEN_IN_PROMPTS * ended(begun));
    is_seen.then(|| (ended(begun), begun))
}
