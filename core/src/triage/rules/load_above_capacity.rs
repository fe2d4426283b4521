//! More requests arrive than the engine can serve: they wait, and a larger batch would miss the
//! token target.
//!
//! # Why it matters
//!
//! No flag repairs it; capacity or admission must change.
//!
//! # Told from its neighbours by
//!
//! A queue that became longer, and a batch at its frontier: at twice the batch inter-token latency
//! would miss its target, or the cache would be full, so more slots would not help.
//!
//! # False friends
//!
//! A device that became slow makes the same queue from the same traffic; an uneven fleet has a
//! queue beside idle engines; a full cache holds admission back before the batch reaches its
//! frontier.
//!
//! # The action is wrong when
//!
//! The load is a short burst, or one replica of several carries it.
//!
//! # Sources
//!
//! Step time is affine in the batch, so the bound on a doubled batch tells the frontier.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::small::list::CollectVec;
use crate::text::number::{chosen_seconds, counted, number, percent, seconds, significant};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact, ruled_out};
use crate::triage::facts::impact::Excess;
use crate::triage::facts::memory::MemoryState;
use crate::triage::facts::step_time::{Grown, Slowdown};
use crate::triage::facts::{FILLED, Facts};
use crate::triage::finding::{Action, Compare, Evidence, RuledOut, Trend};
use crate::triage::ledger::Ledger;
use crate::triage::subject::Change;

pub(super) static RULE: Rule = Rule {
    id: CauseId::LoadAboveCapacity,
    class: Class::Cause,
    needs: &[SignalId::Waiting, SignalId::QueueTime],
    uses: &[
        SignalId::Itl,
        SignalId::DecodeTime,
        SignalId::Running,
        SignalId::KvUsage,
        SignalId::Preemptions,
        SignalId::Ttft,
        SignalId::RequestsPerS,
    ],
    confusable: &[CauseId::SlotCap, CauseId::KvThrash, CauseId::SlowDecode],
    action: Some(ActionId::AddReplicas),
    ask: ask::<LoadAboveCapacity>,
};

/// Growth of the batch for which there is room where requests queue and every objective is met. At
/// more, an engine at its frontier is announced only when it misses one.
const SLACK: f64 = 1.15;

/// Share of the former batch below which more load is not why requests wait: it fills the batch
/// first. Higher, the wobble of a full batch clears an overload; lower, an engine that lost a fifth
/// of its capacity is told to have too much to do.
const SHRUNK: f64 = 0.8;

struct LoadAboveCapacity;

/// An engine at its frontier.
struct Frontier {
    /// Mean time of a token, seconds.
    token_time: f64,
    /// The same at twice the batch, at most.
    grown: f64,
    /// Target of the inter-token latency.
    target: Line,
}

impl Cause for LoadAboveCapacity {
    type State = Frontier;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Frontier> {
        let admission = &facts.admission;
        let within_the_batch = grows_its_batch(facts);
        if facts.queue.level != Level::High && !within_the_batch {
            return Answer::clear(format!("queue wait is {}", seconds(facts.queue.seconds())));
        }
        if within_the_batch && facts.queue.level != Level::High {
            let is_other = facts.memory.state == MemoryState::Thrashing || facts.memory.shrank;
            let is_other = is_other || facts.spread.uneven.is_some();
            let state = frontier(facts).filter(|_| !is_other);
            let state = state.map(|(state, _)| Answer::Firing(state));
            return state.unwrap_or_else(|| Answer::clear("nothing queues"));
        }
        if let Some(other) = waits_otherwise(facts) {
            return other;
        }
        let grew = facts.arrivals.grew && facts.queue.grew();
        let has_room = !facts.step_time.is_at_frontier();
        let is_full = facts.memory.state == MemoryState::Thrashing;
        if is_full && !facts.has_baseline && facts.step_time.is_late() {
            return Answer::unknown(
                "the cache is full and tokens are late, and what came first is not known: there is no \
                 baseline",
            );
        }
        if is_full && (!grew || facts.memory.shrank || has_room) {
            return Answer::clear("requests are preempted: memory decides, not the load alone");
        }
        if facts.memory.is_full() && facts.memory.is_narrow() {
            return Answer::clear(
                "the KV cache fits few such sequences: it is full before the device is",
            );
        }
        let Some((state, is_saturated)) = frontier(facts) else {
            return Answer::unknown("ITL is not measured, or has no target");
        };
        if facts.step_time.slowdown == Slowdown::Unexplained && !grew {
            return Answer::clear(
                "ITL rose more than the work did: the GPU slowed down, and the queue followed",
            );
        }
        if let Some(uneven) = facts.spread.uneven {
            return Answer::clear(format!(
                "requests wait at {} of {} while {} nearly idle: the load is spread unevenly",
                uneven.waiting_at,
                counted(facts.spread.engines as f64, "engine", "engines"),
                if uneven.idle == 1 { "one is".to_owned() } else { format!("{} are", uneven.idle) }
            ));
        }
        if facts.drifted().is_some() {
            return Answer::clear("requests wait at replicas that admit fewer than the others");
        }
        if grew && facts.memory.shrank {
            return Answer::clear("the KV cache became smaller");
        }
        if let Some(longer) = asks_more(facts) {
            return Answer::clear(longer);
        }
        if (facts.work.prompts_grew || facts.work.some_prompts_grew) && !grew {
            return Answer::clear("prompts became long, and no more of them arrive");
        }
        let has_slack = facts.step_time.grown(SLACK).zip(facts.step_time.target);
        let has_slack = has_slack.is_none_or(|(grown, target)| grown <= target.value);
        if !facts.is_hurt_somewhere() && has_slack {
            return Answer::clear("requests queue within every objective");
        }
        if let Some(reason) = held_otherwise(facts, grew) {
            return Answer::unknown(reason);
        }
        let is_guess = facts.step_time.is_guess() && facts.fills_slots().is_none();
        if let Some(cap) = admission.cap.as_ref().filter(|_| is_guess) {
            return Answer::unknown(format!(
                "running stands at {}, and what a token takes in a larger batch is not measured",
                number(cap.slots)
            ));
        }
        let batch = facts.step_time.running.map(Change::factor);
        let batch = batch.is_some_and(|batch| batch > 1.0);
        let fills = !facts.memory.is_full() || batch;
        if is_saturated
            || (grew && fills && (admission.cap.is_none() || facts.fills_slots().is_some()))
        {
            return Answer::Firing(state);
        }
        match facts.memory.peak.filter(|_| facts.memory.is_full()) {
            Some(peak) => Answer::unknown(format!(
                "KV cache usage is up to {} without preemptions: memory, not load, may hold admission \
                 back",
                percent(peak)
            )),
            None => Answer::clear(format!(
                "ITL is {}: the engine could run a larger batch within its target",
                seconds(state.token_time)
            )),
        }
    }

    fn explain(state: &Frontier, facts: &Facts, words: &Words<'_>) -> Explanation {
        let queue = seconds(facts.queue.seconds());
        let growing = if facts.impact.trend == Trend::Growing { " and growing" } else { "" };
        let excess = facts.impact.excess;
        Explanation {
            severity: facts.impact.severity,
            sentence: match filled(facts) {
                Some(batch) => format!(
                    "Overloaded{}. {}{}; the batch grew from {} to {} sequences, which makes tokens \
                     late ({}).",
                    arrivals_text(facts),
                    sentence_of(facts.scheduler.shortage()),
                    if facts.admission.waited() {
                        "Requests hardly queue"
                    } else {
                        "Nothing queues"
                    },
                    number(batch.before),
                    number(batch.now),
                    late(facts)
                ),
                None => format!(
                    "Overloaded{}. {}Queue wait is {queue}{growing}; ITL is already {} (target {}).",
                    arrivals_text(facts),
                    sentence_of(facts.scheduler.shortage()),
                    seconds(state.token_time),
                    chosen_seconds(state.target.value)
                ),
            },
            detail: match filled(facts) {
                Some(_) => format!(
                    "Only more replicas or fewer requests make the batch smaller.{}",
                    replicas_text(facts)
                ),
                None => format!(
                    "Up to {} at once. {}{}",
                    counted(
                        facts.admission.waiting_for_capacity,
                        "request waited",
                        "requests waited"
                    ),
                    shortens(facts),
                    replicas_text(facts)
                ),
            },
            evidence: evidence(state, facts),
            rules_out: rules_out(state, facts),
            replicas: Vec::new(),
            since: facts.changed_at,
            action: Some(action(facts, words)),
            claims: Excess { queue: excess.queue, decode: excess.decode, ..Excess::default() },
        }
    }
}

/// Why what waits does not wait for capacity, or may not; None where it does.
fn waits_otherwise(facts: &Facts) -> Option<Answer<Frontier>> {
    let admission = &facts.admission;
    if admission.waiting_for_capacity <= 0.0 && admission.deferred > 0.0 {
        return Some(Answer::clear("all waiting requests are deferred: none waits for capacity"));
    }
    if admission.waiting_for_capacity <= 0.0 {
        return Some(Answer::unknown(
            "finished requests had queued, but no scrape of the window shows a waiting request",
        ));
    }
    if let Some(other) = facts.waits_for_pool() {
        return Some(Answer::clear(other));
    }
    if admission.adapters.is_some() {
        return Some(Answer::unknown("requests may wait for a slot that another adapter holds"));
    }
    let step = facts.impact.mean(SignalId::Itl).or(facts.step_time.token_time);
    if facts.queue.is_of_steps(step) {
        return Some(Answer::clear("requests wait for the end of a step, not for each other"));
    }
    None
}

/// What speaks for something other than load that holds requests back; None where nothing does.
fn held_otherwise(facts: &Facts, grew: bool) -> Option<&'static str> {
    let admission = &facts.admission;
    if facts.has_baseline && !grew && !(facts.work.grew && facts.queue.grew()) {
        return Some(
            "no more arrives than before, or requests waited as long then: something lowered the \
             capacity",
        );
    }
    if facts.has_baseline && !grew && facts.work.output_change.is_none() {
        return Some("no more requests arrive, and how long their outputs are is not measured");
    }
    let batch = facts.step_time.running.map(Change::factor);
    if batch.is_some_and(|batch| batch < SHRUNK) || facts.work.fell {
        return Some("the engine does less than before: something lowered the capacity");
    }
    // More load fills the batch first, up to the slots, the memory or the tokens of a step.
    if admission.cap.is_some() || facts.memory.is_full() || facts.prefill.is_bound {
        return None;
    }
    if batch.is_some_and(|batch| batch < FILLED) {
        return Some(
            "requests wait, and the batch is as large as before with slots and memory free: \
             something else holds them",
        );
    }
    (!facts.has_baseline && admission.had_room).then_some(
        "requests wait beside slots and memory that are free: something else holds them, and there is \
         no baseline",
    )
}

/// What each request asks for more of, where that grew by more than the number of requests: it
/// fills the batch and the queue, and owns most of both.
fn asks_more(facts: &Facts) -> Option<&'static str> {
    let arrivals = facts.arrivals.change.filter(|_| facts.arrivals.grew);
    let arrivals = arrivals.map_or(1.0, Change::factor);
    let work = &facts.work;
    let is_more = |change: Option<Change>| change.is_some_and(|one| one.factor() > arrivals);
    if is_more(work.output_change.filter(|_| work.outputs_grew)) || is_more(work.outputs_inside) {
        Some("outputs became long: each request stays for longer")
    } else if is_more(work.prompt_change.filter(|_| work.contexts_grew)) {
        Some("contexts became long: each request holds more of the KV cache")
    } else {
        None
    }
}

/// Whether more requests arrive, and the batch that grew by them makes tokens late: an engine with
/// slots and memory takes all of them in, and nothing queues. The batch is arrivals × stay, and
/// slow tokens make it grow as well: the arrivals must own half of its growth, as logarithms.
fn grows_its_batch(facts: &Facts) -> bool {
    let Slowdown::Explained(Grown::Batch(batch)) = facts.step_time.slowdown else { return false };
    let prompts = facts.work.prompts_grew || facts.work.some_prompts_grew;
    facts.arrivals.own(batch) && facts.step_time.is_late() && !prompts
}

/// The batch that grew by what arrives, where nothing queues.
fn filled(facts: &Facts) -> Option<Change> {
    let Slowdown::Explained(Grown::Batch(batch)) = facts.step_time.slowdown else { return None };
    (facts.queue.level != Level::High).then_some(batch)
}

/// A text as a sentence before another; nothing where there is none.
fn sentence_of(text: Option<String>) -> String {
    text.map_or_else(String::new, |text| format!("{text}. "))
}

/// What is known of the number of replicas beyond that of the engines that are seen.
fn replicas_text(facts: &Facts) -> String {
    let scheduler = &facts.scheduler;
    if let Some(teller) = scheduler.missing() {
        return format!(
            " Whether more replicas are wanted than run is not measured; {teller} would tell."
        );
    }
    let at_most = " The autoscaler already wants as many replicas as it may: raise its maximum.";
    if scheduler.is_at_most { at_most.to_owned() } else { String::new() }
}

/// What would shorten the queue, and why nothing else would.
fn shortens(facts: &Facts) -> String {
    if let (Some(fits), Some(cap)) = (facts.fills_slots(), &facts.admission.cap) {
        return format!(
            "All {} slots are taken, and the KV cache fits about {} such sequences: some more slots \
             shorten the queue a little, more replicas or fewer requests end it.",
            number(cap.slots),
            number(libm::floor(fits))
        );
    }
    match facts.memory.peak.filter(|_| facts.memory.is_full()) {
        Some(peak) => format!(
            "The KV cache is up to {} full, so memory admits no more either: more cache, more \
             replicas or fewer requests shorten the queue.",
            percent(peak)
        ),
        None => "A larger batch would push ITL beyond its target, so only more replicas or fewer \
                 requests shorten the queue."
            .to_owned(),
    }
}

/// The batch doubled, and whether that or the present one misses the target; None where the time of
/// a token or its target is missing.
fn frontier(facts: &Facts) -> Option<(Frontier, bool)> {
    let step_time = &facts.step_time;
    let target = step_time.target?;
    let (token_time, grown) = (step_time.token_time?, step_time.grown(step_time.safe_growth)?);
    Some((Frontier { token_time, grown, target }, step_time.is_at_frontier()))
}

/// Arrivals by completions up to which their ratio tells how many replicas would keep up. Where
/// callers give up, an overloaded engine completes almost nothing, and the ratio is that of chance.
const TELLING: f64 = 10.0;

/// `: arrivals are 1.4 × completions`, where they differ visibly.
fn arrivals_text(facts: &Facts) -> String {
    let ratio = facts.arrivals.ratio().filter(|ratio| *ratio >= 1.05);
    ratio.map_or_else(String::new, |ratio| {
        if ratio > TELLING {
            return ": the engine completes hardly any of the requests that arrive".to_owned();
        }
        format!(": arrivals are {} × what the engine completes", significant(ratio))
    })
}

fn evidence(state: &Frontier, facts: &Facts) -> Vec<Evidence> {
    let waiting = facts.admission.waiting_for_capacity;
    let waited = exact(
        SignalId::Waiting,
        "requests",
        waiting,
        Compare::Above,
        Line::constant(0.0),
        format!("up to {} waited at once", counted(waiting, "request", "requests")),
    );
    let grew = facts.arrivals.change.filter(|_| facts.arrivals.grew).map(|change| {
        exact(
            SignalId::RequestsPerS,
            "requests/s",
            change.now,
            Compare::Above,
            Line::baseline(change.before),
            format!(
                "{} requests arrive per second, was {}",
                significant(change.now),
                significant(change.before)
            ),
        )
    });
    let is_full = state.grown > state.target.value;
    let no_room = exact(
        SignalId::Itl,
        "s",
        state.grown,
        Compare::Above,
        state.target,
        format!(
            "ITL is {}; twice the batch could take {}, target {}",
            seconds(state.token_time),
            seconds(state.grown),
            chosen_seconds(state.target.value)
        ),
    );
    let no_room = Some(no_room).filter(|_| is_full);
    let waited = Some(waited).filter(|_| waiting > 0.0);
    let wait = facts.queue.evidence().filter(|wait| wait.supports);
    waited.into_iter().chain(no_room).chain(grew).chain(wait).collect_vec()
}

/// `TPOT p95 is above 0.1 s, the target is 50 ms`: what of the tokens misses its target.
fn late(facts: &Facts) -> String {
    let is_late = |id: &SignalId| facts.impact.level(*id) == Level::High;
    let late = [SignalId::Itl, SignalId::Tpot].into_iter().find(is_late);
    let signal = late.and_then(|id| facts.impact.signal(id));
    signal.map_or_else(
        || format!("ITL {}", facts.step_time.reason),
        |signal| format!("{} {}", signal.id.short(), signal.reason),
    )
}

fn rules_out(state: &Frontier, facts: &Facts) -> Vec<RuledOut> {
    let no_headroom = ruled_out(
        CauseId::SlotCap,
        format!(
            "no headroom: ITL is already {}, target {}",
            seconds(state.token_time),
            chosen_seconds(state.target.value)
        ),
    );
    let memory = facts.memory.phrase().map(|memory| ruled_out(CauseId::KvThrash, memory));
    std::iter::once(no_headroom).chain(memory).collect_vec()
}

fn action(facts: &Facts, words: &Words<'_>) -> Action {
    let engines = facts.spread.engines as f64;
    let short = facts.scheduler.replicas.map_or(0.0, |(wanted, ready)| wanted - ready);
    let sentence = match facts.arrivals.ratio().filter(|ratio| *ratio > 1.0) {
        _ if short > 0.0 => format!(
            "Find out first what {} for (nodes, devices, quota, image, loading): what is added now \
             would wait as well.",
            counted(
                short,
                "replica that is wanted and not ready waits",
                "replicas that are wanted and not ready wait"
            ),
        ),
        Some(ratio) if ratio <= TELLING => format!(
            "Add replicas: {} now, about {} to keep up with what arrives.",
            counted(engines, "replica", "replicas"),
            number(libm::ceil(engines * ratio).max(engines + 1.0))
        ),
        _ => "Add a replica, or shed load at the gateway.".to_owned(),
    };
    ActionBuilder::new(
        ActionId::AddReplicas,
        sentence,
        "The queue drains once capacity exceeds arrivals.",
    )
    .then("Until they are up, shed or delay traffic that can wait.")
    .then("Check that the queue drains.")
    .copy("PromQL", format!("sum({})", words.scope.selector(Family::Waiting, None)))
    .avoid(ActionId::RaiseMaxNumSeqs, "A larger batch makes ITL miss its target.")
    .build()
}
