//! Prefill and decode run apart, and requests wait for one pool while the other idles.
//!
//! # Why it matters
//!
//! The devices that requests need are there, and do the other part of the work.
//!
//! # Told from its neighbours by
//!
//! Requests wait for capacity at every replica of one pool, for longer than their budget, while
//! nothing waits at the other and at most half of it is used.
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
use crate::triage::facts::pools::{Part, Pool};
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

struct PrefillDecodeImbalance;

/// The pool that is short and the one that idles.
struct Imbalance {
    short: Pool,
    idle: Pool,
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
        let Some((short, idle)) = pools.short_and_idle() else {
            return Answer::clear("no pool waits while the other idles");
        };
        if short.replicas.iter().any(|key| facts.spread.sick.contains(key)) {
            return Answer::clear("one replica of that pool is slower than the others");
        }
        if !facts.restarts.warming.is_empty() || facts.restarts.looping().is_some() {
            return Answer::unknown("a process of one pool starts, and what it served waits");
        }
        Answer::Firing(Imbalance { short: short.clone(), idle: idle.clone() })
    }

    fn explain(state: &Imbalance, facts: &Facts, _: &Words<'_>) -> Explanation {
        let Imbalance { short, idle } = state;
        let (own, other) = (short.part.name(), idle.part.name());
        let waiting = short.waiting.unwrap_or(0.0);
        let wait = short.queue.unwrap_or(0.0);
        let used = idle.used.unwrap_or(0.0);
        let (pools, budget) = facts.pools.as_ref().map_or((1.0, 0.0), |pools| {
            (pools.waits_line, pools.budget.unwrap_or(0.0))
        });
        let replicas = |pool: &Pool| {
            counted(pool.replicas.len() as f64, "replica", "replicas")
        };
        let text = format!(
            "requests wait {} at {own} ({}, {} waiting at each), and {other} ({}) uses {} of {}",
            seconds(wait),
            replicas(short),
            significant(waiting),
            replicas(idle),
            percent(used),
            match idle.part {
                Part::Prefill => "its time",
                Part::Decode => "its cache at most",
            }
        );
        let budgeted = format!("queue time at {own} is {} on average", seconds(wait));
        Explanation {
            severity: facts.impact.severity,
            sentence: format!("The {own} pool is too small beside the {other} pool: {text}."),
            detail: format!(
                "Each request needs both: what {other} could do waits for {own}."
            ),
            evidence: vec![
                exact(
                    SignalId::Waiting,
                    "requests",
                    waiting,
                    Compare::AtLeast,
                    Line::constant(pools),
                    text,
                ),
                exact(
                    SignalId::QueueTime,
                    "s",
                    wait,
                    Compare::Above,
                    Line::constant(budget),
                    budgeted,
                ),
            ],
            rules_out: vec![ruled_out(
                CauseId::LoadAboveCapacity,
                format!("{other} has room: {} used, nothing waits there", percent(used)),
            )],
            replicas: short.replicas.clone(),
            since: facts.changed_at,
            action: Some(action(short, idle)),
            claims: facts.impact.excess,
        }
    }
}

/// One of several moves; the only one of its pool cannot.
fn action(short: &Pool, idle: &Pool) -> Action {
    let (own, other) = (short.part.name(), idle.part.name());
    let first = if idle.replicas.len() > 1 {
        format!("Let one replica of the {other} pool do {own}, and watch both queues.")
    } else {
        format!("Add a replica to the {own} pool: the only one that does {other} must stay.")
    };
    ActionBuilder::new(
        ActionId::MoveReplicas,
        first,
        format!("Requests no longer wait for {own}; {other} keeps up with fewer."),
    )
    .then("Let an autoscaler scale each pool by its own queue, not both by one ratio.")
    .avoid(ActionId::AddReplicas, format!("More {other} replicas would idle too."))
    .build()
}
