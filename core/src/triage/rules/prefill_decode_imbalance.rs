//! Prefill and decode run apart, and requests wait for one of the two pools, not for the other.
//!
//! # Why it matters
//!
//! Each request needs both: devices of the other pool wait for the one that is too small.
//!
//! # Told from its neighbours by
//!
//! Requests wait for capacity at the replicas of one pool, for longer than their budget, while
//! nothing waits at the other.
//!
//! # False friends
//!
//! A slow transfer between the pools, which makes requests wait at decode without a lack of
//! capacity; one sick replica of a pool.
//!
//! # The action is wrong when
//!
//! The mix of requests is that of an hour: the other pool is short soon.
//!
//! # Sources
//!
//! Queue time and waiting requests of each replica; its pool by its label, or by what it was seen
//! to do.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::text::number::{counted, percent, seconds, significant};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact, ruled_out};
use crate::triage::facts::Facts;
use crate::triage::facts::pools::Pool;
use crate::triage::facts::worker::Worker;
use crate::triage::finding::{Action, Compare};
use crate::triage::ledger::Ledger;

pub(super) static RULE: Rule = Rule {
    id: CauseId::PrefillDecodeImbalance,
    class: Class::Cause,
    needs: &[SignalId::QueueTime, SignalId::Waiting],
    uses: &[SignalId::PrefillTime, SignalId::KvUsage, SignalId::Running],
    confusable: &[
        CauseId::LoadAboveCapacity,
        CauseId::KvTransferStall,
        CauseId::RoutingImbalance,
        CauseId::SickReplica,
    ],
    action: Some(ActionId::MoveReplicas),
    ask: ask::<PrefillDecodeImbalance>,
};

/// Requests that wait at one replica, on average, below which none does: those that wait for the
/// next step in some scrapes.
const NONE: f64 = 0.05;

struct PrefillDecodeImbalance;

/// The pool that is short and the one at which nothing waits.
struct Imbalance {
    short: Pool,
    free: Pool,
    lends: bool,
}

impl Cause for PrefillDecodeImbalance {
    type State = Imbalance;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Imbalance> {
        let Some(pools) = &facts.pools else {
            return Answer::clear("prefill and decode do not run apart");
        };
        if !facts.impact.is_hurt() {
            return Answer::clear("every objective is met");
        }
        let lacks = |one: &Pool| one.waiting.is_none() || one.queue.is_none();
        if pools.budget.is_none() || pools.both.iter().any(lacks) {
            return Answer::unknown("how long requests wait at each pool is not measured");
        }
        if pools.short_and_free().is_none() {
            return Answer::clear("requests do not wait for one pool alone");
        }
        let Some((short, free)) = facts.short_pool() else {
            return Answer::unknown(
                "requests wait for one pool, and what changed there beside its load may be why",
            );
        };
        let lends = pools.lends(free);
        Answer::Firing(Imbalance { short: short.clone(), free: free.clone(), lends })
    }

    fn explain(state: &Imbalance, facts: &Facts, _: &Words<'_>) -> Explanation {
        let Imbalance { short, free, .. } = state;
        let (own, other) = (short.part.part(), free.part.part());
        let (waiting, most) = short.waiting.unwrap_or((0.0, 0.0));
        let (wait, _) = short.queue.unwrap_or((0.0, 0.0));
        let elsewhere = free.waiting.map_or(0.0, |(_, most)| most);
        let replicas = |pool: &Pool| counted(pool.replicas.len() as f64, "replica", "replicas");
        let text = format!(
            "requests wait {} and more for {own} ({}, {} waiting at the fullest), and {} for {other} \
             ({}{})",
            seconds(wait),
            replicas(short),
            significant(most),
            if elsewhere < NONE { "none".to_owned() } else { significant(elsewhere) },
            replicas(free),
            used(state)
        );
        let lines = facts.pools.as_ref();
        let least = Line::constant(lines.map_or(0.0, |pools| pools.waits_line));
        let budget = Line::constant(lines.and_then(|pools| pools.budget).unwrap_or(0.0));
        let late = format!("queue time at {own} is at least {} on average", seconds(wait));
        Explanation {
            severity: facts.impact.severity,
            sentence: format!("The {own} pool is too small beside the {other} pool: {text}."),
            detail: "Each request needs both pools: what one could do waits for the other."
                .to_owned(),
            evidence: vec![
                exact(SignalId::Waiting, "requests", waiting, Compare::AtLeast, least, text),
                exact(SignalId::QueueTime, "s", wait, Compare::Above, budget, late),
            ],
            rules_out: vec![ruled_out(
                CauseId::LoadAboveCapacity,
                format!("the {other} pool keeps up with all that arrives"),
            )],
            replicas: short.replicas.clone(),
            since: facts.changed_at,
            action: Some(action(state)),
            claims: facts.impact.excess,
        }
    }
}

/// `; it uses 7 % of its cache at most`, where a replica can be lent.
fn used(Imbalance { free, lends, .. }: &Imbalance) -> String {
    let of = match free.part {
        Worker::Prefill => "its time",
        _ => "its cache",
    };
    let used = free.used.filter(|_| *lends);
    used.map_or_else(String::new, |used| format!("; at most {} of {of} is used", percent(used)))
}

fn action(Imbalance { short, free, lends }: &Imbalance) -> Action {
    let (own, other) = (short.part.part(), free.part.part());
    let effect = format!("Requests no longer wait for {own}.");
    let (id, first) = if *lends {
        let first = format!("Let one replica of the {other} pool do {own}, and watch both queues.");
        (ActionId::MoveReplicas, first)
    } else {
        let first =
            format!("Add a replica to the {own} pool; the {other} pool may have none to lend.");
        (ActionId::AddReplicas, first)
    };
    ActionBuilder::new(id, first, effect)
        .then("Scale each pool by its own queue, not both by one ratio.")
        .build()
}
