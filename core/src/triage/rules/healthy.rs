//! Time to first token and inter-token latency are within their targets, requests do not queue, and
//! nothing else is missed.
//!
//! # Why it matters
//!
//! Silence is not health: the verdict is given only where the numbers prove it.
//!
//! # Sources
//!
//! The objectives in the settings.

use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::text::number::{
    chosen_seconds, counted, number, percentile_name, seconds, seconds_at_least, seconds_at_most,
};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::between;
use crate::triage::facts::Facts;
use crate::triage::facts::impact::{Excess, JudgedSignal};
use crate::triage::facts::queue::Lately;
use crate::triage::finding::{Compare, Evidence, Severity, Trend};
use crate::triage::ledger::Ledger;
use crate::triage::shifts::shift;

/// Signals whose objective must not be missed.
pub(super) const OBJECTIVES: [SignalId; 4] =
    [SignalId::Ttft, SignalId::Itl, SignalId::Tpot, SignalId::E2e];

pub(super) static RULE: Rule = Rule {
    id: CauseId::Healthy,
    class: Class::Healthy,
    needs: &[SignalId::Ttft, SignalId::QueueTime],
    uses: &[
        SignalId::Itl,
        SignalId::E2e,
        SignalId::Tpot,
        SignalId::Waiting,
        SignalId::Preemptions,
        SignalId::Running,
        SignalId::LostRequests,
    ],
    confusable: &[CauseId::CannotTell],
    action: None,
    ask: ask::<Healthy>,
};

pub(super) struct Healthy;

/// Requests that finished.
pub(super) struct Finished(f64);

impl Cause for Healthy {
    type State = Finished;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Finished> {
        let impact = &facts.impact;
        let finished = impact.finished.unwrap_or(0.0);
        if finished < impact.least_requests {
            return Answer::unknown(format!(
                "{} finished; a {} needs at least {}",
                counted(finished, "request", "requests"),
                percentile_name(impact.quantile),
                number(impact.least_requests)
            ));
        }
        let waits = [SignalId::QueueTime, SignalId::PrefillTime, SignalId::FrontEndTime];
        let judged = || OBJECTIVES.into_iter().chain(waits).filter_map(|id| impact.signal(id));
        let is_high = |signal: &&JudgedSignal| {
            signal.level == Level::High && !is_within_first_token(facts, signal.id)
        };
        if let Some(high) = judged().find(is_high) {
            return Answer::clear(format!("{}: {}", high.id.name(), high.reason));
        }
        let may_miss = impact.may_miss;
        if let Some(likely) = judged().find(|signal| signal.is_likely_missed(may_miss)) {
            return Answer::unknown(format!("{}: {}", likely.id.name(), likely.reason));
        }
        let is_without = |id| facts.worker.is_without(id);
        for id in [SignalId::Ttft, SignalId::Itl, SignalId::QueueTime] {
            let unknown = impact.signal(id).filter(|one| {
                one.level == Level::Unknown && !one.is_likely_met(may_miss) && !is_without(id)
            });
            if let Some(unknown) = unknown {
                return Answer::unknown(format!("{}: {}", id.name(), unknown.reason));
            }
        }
        let is_met = impact.level(SignalId::Tpot) == Level::Normal;
        if !facts.has_or_needs_none(SignalId::Itl) && !is_met {
            return Answer::unknown("neither ITL nor TPOT tells how fast tokens come");
        }
        if let Some(doubt) = doubt(facts) {
            return Answer::unknown(doubt);
        }
        Answer::Firing(Finished(finished))
    }

    fn explain(Finished(finished): &Finished, facts: &Facts, _: &Words<'_>) -> Explanation {
        let not_measured = not_measured(facts);
        let (until, since) = until(facts);
        let shift = shift(facts);
        let waited = match facts.admission.waiting {
            Some(most) if most > 0.0 => {
                format!(", up to {} waiting at once", counted(most, "request", "requests"))
            }
            Some(_) => ", no request seen waiting".to_owned(),
            None => String::new(),
        };
        let whole = match facts.impact.signal(SignalId::E2e) {
            Some(e2e) if e2e.level == Level::Unknown => format!(" End to end: {}.", e2e.reason),
            _ => upper(facts, SignalId::E2e)
                .map_or_else(String::new, |text| format!(" End to end: {text}.")),
        };
        Explanation {
            severity: if shift.is_some() { Severity::Info } else { Severity::Ok },
            sentence: format!(
                "Healthy{}{}{}{}: {}.{}{}",
                facts.worker.name(),
                if not_measured.is_empty() && !is_estimated(facts) {
                    ""
                } else {
                    " as far as measured"
                },
                until,
                shift.map_or_else(String::new, |shift| format!(", but {shift}")),
                judged(facts),
                since,
                not_measured
            ),
            detail: format!(
                "{} finished; queue wait {} on average{waited}.{whole}{}",
                counted(*finished, "request", "requests"),
                seconds(facts.queue.seconds()),
                facts.worker.detail()
            ),
            evidence: OBJECTIVES.into_iter().filter_map(|id| evidence(facts, id)).collect_vec(),
            rules_out: Vec::new(),
            replicas: Vec::new(),
            since: None,
            action: None,
            claims: Excess::default(),
        }
    }
}

/// Whether a wait before the first token, however long, leaves the objective for the first token
/// met: what is proven of the whole needs no budget for a part. A queue that grows has not come to
/// the first tokens yet.
fn is_within_first_token(facts: &Facts, id: SignalId) -> bool {
    matches!(id, SignalId::QueueTime | SignalId::PrefillTime)
        && facts.impact.level(SignalId::Ttft) == Level::Normal
        && facts.impact.trend != Trend::Growing
}

/// Whether a quantile straddles its target.
fn is_estimated(facts: &Facts) -> bool {
    let straddles = |id: &SignalId| facts.impact.level(*id) == Level::Unknown && facts.has(*id);
    [SignalId::Ttft, SignalId::Itl].iter().any(straddles)
}

/// Why the latencies of the requests that finished do not speak for all; None where they do.
pub(super) fn doubt(facts: &Facts) -> Option<String> {
    if let Some(stall) = facts.progress.stalls.first() {
        return Some(format!("no output for {} from {}", seconds(stall.seconds()), stall.replica));
    }
    if let Some(quiet) = &facts.progress.quiet {
        return Some(quiet.lately());
    }
    if let Some(absence) = facts.availability.absences.first() {
        return Some(absence.sentence());
    }
    if let Some(one) = &facts.restarts.loops {
        return Some(format!("{} restarted {} times within minutes", one.replica, one.starts));
    }
    if let Some(lately) = facts.queue.lately.filter(Lately::is_missed) {
        return Some(lately.phrase());
    }
    if let Some(outside) = facts.spread.outside.first() {
        return Some(format!(
            "{} on {}: {}",
            outside.signal.short(),
            outside.replica,
            outside.reason
        ));
    }
    facts.waits_before().or_else(|| facts.loss.phrase()).or_else(|| facts.data.doubt())
}

/// Whether health is told with a reserve: something moved, is not measured, or not to the end.
pub(super) fn has_reserve(facts: &Facts) -> bool {
    shift(facts).is_some()
        || is_estimated(facts)
        || !not_measured(facts).is_empty()
        || !until(facts).0.is_empty()
}

/// ` until 15 s before the end` and ` No sample of pod-3/0 since.`, where the newest scrape shows too
/// little to speak for the time since the one before.
fn until(facts: &Facts) -> (String, String) {
    let paused = facts.progress.paused.as_ref();
    let unseen = facts.availability.unseen.as_ref();
    let (length, since) = match (unseen, paused) {
        (Some((replica, length)), _) => (*length, format!(" No sample of {replica} since.")),
        (None, Some(stall)) => {
            (stall.seconds(), format!(" No output from {} since.", stall.replica))
        }
        (None, None) => return (String::new(), String::new()),
    };
    (format!(" until {} before the end", seconds(length)), since)
}

/// ` Not measured: failures. Not measured to the end: waiting requests.`
fn not_measured(facts: &Facts) -> String {
    let coverage = &facts.coverage;
    let mut text = String::new();
    for (gaps, until) in [(&coverage.never, ""), (&coverage.ended, " to the end")] {
        if !gaps.is_empty() {
            text = format!("{text} Not measured{until}: {}.", coverage.names(gaps));
        }
    }
    text
}

/// `TTFT p95 ≤ 1.2 s (target 2.5 s), ITL p95 ≤ 25 ms (target 50 ms)`.
fn judged(facts: &Facts) -> String {
    let ttft = upper(facts, SignalId::Ttft).map(|text| format!("TTFT {text}"));
    // Where an output holds several tokens, the mean of a token stands for its quantile.
    let token = || {
        let (time, target) = (facts.step_time.token_time?, facts.step_time.target?);
        let (time, target) = (seconds(time), chosen_seconds(target.value));
        Some(format!("{time} per token (target {target})"))
    };
    let of_request = || upper(facts, SignalId::Tpot).map(|text| format!("TPOT {text}"));
    let itl = upper(facts, SignalId::Itl).map(|text| format!("ITL {text}"));
    let itl = itl.or_else(|| of_request().filter(|_| !facts.has(SignalId::Itl))).or_else(token);
    let itl = itl.filter(|_| !facts.worker.is_without(SignalId::Itl));
    joined(&ttft.into_iter().chain(itl).collect_vec(), ", ")
}

/// `p95 ≤ 1.2 s (target 2.5 s)`, or where its interval holds the target `p95 between 0.1 s and 0.25 s,
/// likely within 0.18 s`.
fn upper(facts: &Facts, id: SignalId) -> Option<String> {
    let signal = facts.impact.signal(id)?;
    let quantile = signal.quantile.as_ref()?;
    if signal.is_likely_met(facts.impact.may_miss) {
        return Some(format!(
            "{} between {} and {}, likely within its target of {}",
            percentile_name(quantile.q),
            seconds_at_least(quantile.lo),
            seconds_at_most(quantile.hi?),
            chosen_seconds(signal.target?.value)
        ));
    }
    Some(format!(
        "{} ≤ {} (target {})",
        percentile_name(quantile.q),
        seconds_at_most(quantile.hi?),
        chosen_seconds(signal.target?.value)
    ))
}

fn evidence(facts: &Facts, id: SignalId) -> Option<Evidence> {
    let signal = facts.impact.signal(id)?;
    let quantile = signal.quantile.as_ref()?;
    Some(between(
        id,
        "s",
        (quantile.point.unwrap_or(quantile.lo), quantile.lo, quantile.hi),
        Compare::AtMost,
        signal.target?,
        format!("{}: {}", id.name(), signal.reason),
    ))
}
