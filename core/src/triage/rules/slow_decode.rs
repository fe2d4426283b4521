//! Inter-token latency is above its target, and neither preemption nor a grown batch explains it.
//!
//! # Why it matters
//!
//! Every reader of a stream feels it; its causes lie below the scheduler.
//!
//! # Told from its neighbours by
//!
//! Tokens that slowed down by more than the batch, the live tokens and the work grew.
//!
//! # False friends
//!
//! A batch that grew because there is more to do; prompts computed in the same steps, which delay
//! some outputs while a request's own time per token stays within its target.
//!
//! # The action is wrong when
//!
//! The batch or the context grew with the latency.
//!
//! # Sources
//!
//! Inter-token latency is one observation an output; a step takes α + β·batch.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::text::number::{
    chosen_seconds, number, percentile_name, seconds, seconds_at_least, share_of, significant,
};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, between, exact, ruled_out};
use crate::triage::facts::Facts;
use crate::triage::facts::devices::Told;
use crate::triage::facts::impact::Excess;
use crate::triage::facts::step_time::Slowdown;
use crate::triage::finding::{Action, Compare, Evidence, RuledOut};
use crate::triage::ledger::Ledger;
use crate::triage::outside::Outside;
use crate::triage::subject::Change;

pub(super) static RULE: Rule = Rule {
    id: CauseId::SlowDecode,
    class: Class::Cause,
    needs: &[],
    uses: &[
        SignalId::Itl,
        SignalId::Tpot,
        SignalId::Running,
        SignalId::Preemptions,
        SignalId::KvUsage,
        SignalId::GenerationTokensPerRequest,
        SignalId::QueueTime,
    ],
    confusable: &[CauseId::KvThrash, CauseId::LoadAboveCapacity],
    action: Some(ActionId::InspectDevice),
    ask: ask::<SlowDecode>,
};

/// Factor by which the batch must have grown for the reason to be said; less is wobble.
const BATCH_FOLLOWED: f64 = 1.5;

struct SlowDecode;

/// Tokens that are slow by themselves.
struct Slow {
    /// Mean time of a token, seconds.
    mean: f64,
    /// The same in the baseline and now.
    change: Option<Change>,
}

impl Cause for SlowDecode {
    type State = Slow;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Slow> {
        let step_time = &facts.step_time;
        if facts.worker.is_without(SignalId::Itl) {
            return Answer::clear("a prefill worker: every request ends at its first token");
        }
        match (step_time.level, step_time.per_request_level) {
            (Level::High, _) | (_, Level::High) => {}
            (Level::Unknown, Level::Unknown) if !facts.has(SignalId::Itl) => {
                return Answer::unknown("not measured: inter-token latency");
            }
            (Level::Unknown, _) => {
                return Answer::unknown(format!("ITL cannot be judged: {}", step_time.reason));
            }
            _ => return Answer::clear("ITL is within its target"),
        }
        if let Some(other) = other(facts) {
            return Answer::clear(other);
        }
        if facts.speculation.is_unmeasured {
            return Answer::unknown("how many of the drafted tokens are accepted is not measured");
        }
        if facts.spread.is_summed {
            return Answer::unknown(
                "the series are sums over processes: one with a larger batch looks like a slow device",
            );
        }
        if let Some(unsure) = unsure(facts) {
            return unsure;
        }
        if facts.coverage.has_ended(SignalId::Itl, &facts.spread.slow) {
            return Answer::unknown("ITL is not measured to the end of the window");
        }
        if facts.queue.level == Level::High && !facts.has(SignalId::Waiting) {
            return Answer::unknown("requests queue, and waiting is not measured: it may be load");
        }
        let is_unexplained = step_time.slowdown == Slowdown::Unexplained && !facts.memory.shrank;
        if facts.memory.preempts() && !is_unexplained {
            return Answer::clear("preemptions stall decode; the GPU need not be slow");
        }
        if facts.admission.waited() && facts.impact.finished.is_none_or(|count| count <= 0.0) {
            return Answer::unknown(
                "requests wait and none finished: prompts that are computed in the same steps may \
                 slow ITL, and only finished requests tell",
            );
        }
        if let Slowdown::Explained(grown) = step_time.slowdown {
            return Answer::clear(grown.phrase());
        }
        let slowed = step_time.change.map_or(1.0, Change::factor);
        let filled = step_time.running.filter(|batch| batch.factor() > slowed);
        if let Some(batch) = filled.filter(|_| is_unexplained && !is_work_known(facts)) {
            return Answer::unknown(format!(
                "the batch grew from {} to {} sequences, and whether there was more to do is not \
                 measured",
                number(batch.before),
                number(batch.now)
            ));
        }
        if let Some(change) = step_time.change.filter(|change| change.factor() <= 1.0) {
            return Answer::unknown(format!(
                "ITL is {}, was {} in the baseline: cannot tell a slow GPU from one that was always \
                 this slow",
                seconds(change.now),
                seconds(change.before)
            ));
        }
        let waits = facts.queue.level == Level::High && facts.admission.waiting != Some(0.0);
        if step_time.slowdown == Slowdown::None && waits {
            return Answer::clear(
                "requests queue too: the engine is loaded, and its batch slows ITL",
            );
        }
        if step_time.per_request_level == Level::Normal {
            return Answer::clear(
                "time per output token is within its target: some outputs are late (a prompt computed \
                 in the same step) or hold several tokens (speculation), while the GPU keeps its pace",
            );
        }
        let Some(mean) = step_time.token_time else {
            return Answer::unknown("ITL has no sum, so its mean is not known");
        };
        let keeps_pace = step_time.slowdown == Slowdown::None
            && step_time.change.is_some()
            && step_time.target.is_some_and(|target| mean <= target.value);
        if keeps_pace && facts.work.prompts_grew {
            return Answer::clear(
                "the mean ITL is within its target and hardly moved, and prompts grew: those computed \
                 in the same step delay some outputs",
            );
        }
        if keeps_pace && facts.spread.slow.is_empty() && !is_told(facts) {
            return Answer::unknown(
                "the mean ITL is within its target and hardly moved: some outputs are late, and why \
                 they are is not measured",
            );
        }
        Answer::Firing(Slow { mean, change: step_time.change })
    }

    fn explain(state: &Slow, facts: &Facts, words: &Words<'_>) -> Explanation {
        let excess = facts.impact.excess;
        let followed = facts.step_time.slowdown == Slowdown::Unexplained;
        Explanation {
            severity: facts.impact.severity,
            sentence: match facts.devices.told(&facts.spread.slow) {
                Told::Fault(fault) => {
                    format!("Decode is slow{}: {}; {fault}.", place(facts), figures(state, facts))
                }
                _ => format!("Decode is slow{}: {}.", place(facts), figures(state, facts)),
            },
            detail: detail(facts),
            evidence: evidence(state, facts),
            rules_out: rules_out(facts),
            replicas: facts.spread.slow.clone(),
            since: facts.changed_at,
            action: Some(action(words)),
            claims: Excess {
                decode: excess.decode,
                queue: if followed { excess.queue } else { 0.0 },
                ..Excess::default()
            },
        }
    }
}

/// Prompts in prefill at once, on average, from which they may be why tokens are slow: a step
/// with a part of a prompt takes up to ten times as long, so that for a quarter of the time they
/// make the mean token three times as slow. Lower, a prompt now and then clears a slow device;
/// higher, tokens that wait for prompts are one.
const BUSY: f64 = 0.25;

/// What may be slow beside the device, where that cannot be told; None where nothing is seen.
fn unsure(facts: &Facts) -> Option<Answer<Slow>> {
    if let Some(still) = facts.step_time.still() {
        return Some(Answer::unknown(still));
    }
    if let Some(other) = facts.spread.other_work.as_ref().filter(|other| other.slows_tokens) {
        return Some(Answer::unknown(other.phrase()));
    }
    let finished = facts.impact.finished.unwrap_or(0.0);
    let most_leave = facts.loss.lost().is_some_and(|lost| lost > finished);
    let is_unfinished = most_leave || facts.has_queue() && facts.queue.level != Level::High;
    if facts.arrivals.grew && is_unfinished {
        return Some(Answer::unknown(
            "more requests arrive, and most of them wait or leave before their end: it may be load",
        ));
    }
    let is_told = is_told(facts);
    if facts.step_time.most_kept && !is_told {
        return Some(Answer::unknown(
            "most tokens come as before: some steps are long, and what is computed in them is not \
             measured",
        ));
    }
    let at_once = facts.prefill.at_once.filter(|at_once| *at_once >= BUSY);
    let is_late = facts.prefill.level == Level::High && facts.step_time.change.is_none();
    if let Some(at_once) = at_once.filter(|_| is_late && !is_told) {
        return Some(Answer::unknown(format!(
            "{} prompts are computed at a time, in the same steps as tokens, and there is no baseline \
             with ITL",
            significant(at_once)
        )));
    }
    is_of_a_start(facts)
        .then(|| Answer::unknown("tokens are slow since a new process began, which may be cold"))
}

/// Whether a device of the slow replicas tells a fault.
fn is_told(facts: &Facts) -> bool {
    matches!(facts.devices.told(&facts.spread.slow), Told::Fault(_))
}

/// Milliseconds around a start in which what changes may come from it: two scrapes of half a
/// minute.
const WITH_A_START_MS: i64 = 60_000;

/// Whether tokens are slow since a process began, and it may still be cold.
fn is_of_a_start(facts: &Facts) -> bool {
    let since = facts.changed_at.zip(facts.restarts.newest);
    facts.step_time.slowdown == Slowdown::Unexplained
        && since.is_some_and(|(changed, start)| (changed - start).abs() <= WITH_A_START_MS)
}

/// Whether it is known how long prompts were, now and in the baseline.
fn is_work_known(facts: &Facts) -> bool {
    facts.work.prompt_change.is_some() || facts.work.computed_change.is_some()
}

/// What slows tokens down and is no slow device; None where nothing else is known.
fn other(facts: &Facts) -> Option<&'static str> {
    let drafts = facts.speculation;
    if drafts.accepted.is_some_and(|accepted| accepted < drafts.line) {
        Some("drafts are rejected, so a step brings fewer tokens")
    } else if !facts.restarts.warming.is_empty() {
        Some("a new process is warming up")
    } else if facts.restarts.looping().is_some() {
        Some("a replica restarts again and again, and the others bear its load")
    } else if !facts.spread.sick.is_empty() {
        Some("some replicas are slower than the others")
    } else if facts.spread.crowded.is_some() {
        Some("one replica gets more requests than the others")
    } else if facts.prompts_explain_tokens() {
        Some("some prompts grew: tokens wait while these are computed")
    } else if facts.host.starves_device {
        Some("the devices wait for their host")
    } else {
        None
    }
}

/// ` on pod-2/0`, where a few replicas are slower than the others.
fn place(facts: &Facts) -> String {
    match facts.spread.slow.as_slice() {
        [] => String::new(),
        [one] => format!(" on {one}"),
        several => format!(" on {} of {} replicas", several.len(), facts.spread.engines),
    }
}

/// `ITL 80 ms, was 10 ms (target 50 ms), with memory free`: of the replicas that the sentence
/// names, and of all where it names none.
fn figures(state: &Slow, facts: &Facts) -> String {
    let before = state.change.map(|change| format!("was {}", seconds(change.before)));
    let of_all = (state.mean, before, not_short(facts));
    let (mean, compared, more) = facts.spread.slow_times.map_or(of_all, |(slow, others)| {
        (slow, Some(format!("{} on the others", seconds(others))), "")
    });
    let compared = compared.map_or_else(String::new, |compared| format!(", {compared}"));
    let Some(target) = facts.step_time.target else {
        return format!("ITL {}{compared}{more}", seconds(mean));
    };
    if mean > target.value {
        let target = seconds(target.value);
        return format!("ITL {}{compared} (target {target}){more}", seconds(mean));
    }
    let is_it =
        |one: &&Outside| one.signal == SignalId::Itl && facts.spread.slow == [&*one.replica];
    let own = facts.spread.outside.iter().find(is_it).map(|one| one.reason.as_str());
    let high = [SignalId::Itl, SignalId::Tpot]
        .into_iter()
        .find_map(|id| facts.impact.signal(id).filter(|one| one.level == Level::High));
    let (name, reason) = match (facts.spread.slow_times, high) {
        (None, Some(high)) => (high.id.short(), high.reason.as_str()),
        (None, None) => return format!("ITL {}{compared}{more}", seconds(mean)),
        (Some(_), _) => {
            (SignalId::Itl.short(), own.unwrap_or("misses the target for some outputs"))
        }
    };
    format!("{name} {reason} (mean ITL {}{compared}){more}", seconds(mean))
}

/// What the engine is shown not to lack; nothing where it is not measured.
fn not_short(facts: &Facts) -> &'static str {
    match (facts.queue.level == Level::Normal, facts.memory.peak.is_some()) {
        (true, true) => ", with nothing queued and memory free",
        (true, false) => ", with nothing queued",
        (false, true) => ", with memory free",
        (false, false) => "",
    }
}

fn detail(facts: &Facts) -> String {
    let device = match facts.devices.told(&facts.spread.slow) {
        Told::Fault(_) => return batch(facts),
        Told::Nothing => " No device fault is seen: the clock is as it was.".to_owned(),
        Told::Unmeasured(teller) => {
            format!(" Whether a device is throttled is not measured; {teller} would tell.")
        }
    };
    batch(facts) + &device
}

fn batch(facts: &Facts) -> String {
    if !facts.has_baseline {
        return "There is no baseline in this range: cannot tell a GPU that slowed down from one that \
                was always this slow."
            .to_owned();
    }
    let whose = if facts.spread.slow.is_empty() { "" } else { " of all replicas together" };
    match facts.step_time.running {
        Some(batch) if batch.factor() > BATCH_FOLLOWED => format!(
            "The batch{whose} grew from {} to {} because each request stays longer, not because traffic rose.",
            number(batch.before),
            number(batch.now)
        ),
        Some(batch) => format!(
            "The batch{whose} hardly changed: {} running sequences, was {}.",
            number(batch.now),
            number(batch.before)
        ),
        None => "Running sequences were not measured.".to_owned(),
    }
}

fn evidence(state: &Slow, facts: &Facts) -> Vec<Evidence> {
    let mut list = Vec::new();
    let itl = facts.impact.signal(SignalId::Itl);
    if let Some((quantile, target)) =
        itl.and_then(|itl| Some((itl.quantile.as_ref()?, itl.target?)))
    {
        list.push(between(
            SignalId::Itl,
            "s",
            (quantile.point.unwrap_or(quantile.lo), quantile.lo, quantile.hi),
            Compare::Above,
            target,
            format!(
                "ITL {} is above {}, target {}",
                percentile_name(quantile.q),
                seconds_at_least(quantile.lo),
                chosen_seconds(target.value)
            ),
        ));
    }
    if let Some(change) = state.change {
        list.push(exact(
            SignalId::Itl,
            "s",
            change.now,
            Compare::Above,
            Line::baseline(change.before),
            format!(
                "mean ITL is {}, {} the baseline's {}",
                seconds(change.now),
                share_of(change.factor()),
                seconds(change.before)
            ),
        ));
    }
    list
}

fn rules_out(facts: &Facts) -> Vec<RuledOut> {
    let mut list = Vec::new();
    if let Some(memory) = facts.memory.phrase() {
        list.push(ruled_out(CauseId::KvThrash, memory));
    }
    if let Some(queue) = facts.queue.mean {
        let why = match facts.queue.level {
            Level::High => "ITL rose more than the work did, and the queue followed".to_owned(),
            _ => format!("queue wait is only {}", seconds(queue)),
        };
        list.push(ruled_out(CauseId::LoadAboveCapacity, why));
    }
    list
}

fn action(words: &Words<'_>) -> Action {
    ActionBuilder::new(
        ActionId::InspectDevice,
        "Look at the GPUs of these replicas: clocks, power and thermal throttling, link errors.",
        "A throttled GPU gets its speed back once the cause (power cap, cooling, neighbour) is gone.",
    )
    .then(
        "Compare output tokens per second between replicas at equal batch: if one differs, that GPU \
         is slow; if all slowed down together, suspect a release.",
    )
    .copy(
        "PromQL",
        format!("rate({}[5m])", words.scope.selector(Family::GenerationTokens, None)),
    )
    .avoid(ActionId::RaiseMaxNumSeqs, "A larger batch makes ITL worse.")
    .build()
}
