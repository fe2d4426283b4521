//! Some replicas are slower than their peers at no more requests.
//!
//! # Why it matters
//!
//! A part of all users is hurt, and the mean of the fleet hides it.
//!
//! # Told from its neighbours by
//!
//! Token time or prefill that differs between replicas that get equally many requests, or that one
//! replica alone lost against itself; a fault of its devices that those of the others do not have.
//!
//! # False friends
//!
//! Replicas of unlike devices, and one that gets more requests than the others.
//!
//! # The action is wrong when
//!
//! The slow replica has other work: a larger model, other adapters.
//!
//! # Sources
//!
//! The histograms of each replica.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::text::number::compared_seconds;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::SickReplica,
    class: Class::Cause,
    needs: &[SignalId::Itl],
    uses: &[SignalId::PrefillTime, SignalId::Ttft],
    confusable: &[CauseId::SlowDecode, CauseId::RoutingImbalance, CauseId::ReplicaStarting],
    action: Some(ActionId::InspectReplica),
    ask: ask::<SickReplica>,
};

struct SickReplica;

impl Cause for SickReplica {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let spread = &facts.spread;
        if facts.spread.is_summed {
            return Answer::unknown(
                "the series are sums over processes, which hide their differences",
            );
        }
        if let Some(other) = spread.other_work.as_ref().filter(|_| spread.sick.is_empty()) {
            return Answer::unknown(other.phrase());
        }
        if spread.sick.is_empty() {
            return Answer::clear("no replica is slower than the others");
        }
        let text = format!("{} slower than the others", listed(&spread.sick));
        if !facts.is_hurt_somewhere() && !facts.impact.is_well() {
            return Answer::unknown(format!("{text}, and whether that hurts cannot be judged"));
        }
        if !facts.is_hurt_somewhere() {
            return Answer::clear(format!("{text}, and every objective is met"));
        }
        if !facts.restarts.warming.is_empty() {
            return Answer::clear("a new process is warming up");
        }
        // Their tokens keep the pace of the others: prompts alone are slow.
        let by_prompts = !spread.sick.iter().any(|key| spread.slow.contains(key));
        let giants = facts.work.giants.filter(|giants| giants.are_more || by_prompts);
        if giants.is_some() {
            return Answer::unknown(format!("{text}, and giant prompts came"));
        }
        if facts.admission.adapters.is_some() {
            return Answer::unknown(format!("{text}, and requests wait for adapters"));
        }
        let preempts = |key: &String| facts.memory.preempting.contains(key);
        if spread.sick.iter().all(preempts) && !spread.sick_run_more {
            return Answer::unknown(format!(
                "{text}, and requests are preempted there: memory may be why"
            ));
        }
        let is_counted = facts.has(SignalId::Preemptions);
        if facts.memory.is_full() && !is_counted && !spread.sick_run_more {
            return Answer::unknown(format!(
                "{text}, and preemptions are not measured: memory may be why"
            ));
        }
        let is_load = facts.arrivals.grew && facts.has_queue();
        if is_load || facts.work.cache_collapsed {
            return Answer::unknown(format!("{text}, and all of them have more to do than before"));
        }
        let figures = spread.sick_by.map_or_else(String::new, |(name, own, others)| {
            let (own, others) = compared_seconds(own, others);
            format!(" ({name} {own}, theirs {others})")
        });
        let text = text + &figures;
        let (sick, line) = (spread.sick.len() as f64, Line::constant(0.0));
        Answer::Firing(exact(SignalId::Itl, "replicas", sick, Compare::Above, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "A replica is sick".to_owned(),
            detail: "It gets no more requests than its peers and takes longer for each token or \
                     prompt than its requests explain.",
            replicas: facts.spread.sick.clone(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::InspectReplica,
                "Take it out of the routing and look at its node: clocks, power, links, neighbours, \
                 version; then replace it.",
                "Its requests go to healthy replicas.",
            )
            .avoid(ActionId::AddReplicas, "The sick replica would still get its share.")
            .build(),
        }
        .by(found, facts)
    }
}

/// `pod-1/0 is` or `2 replicas are`.
fn listed(replicas: &[String]) -> String {
    match replicas {
        [one] => format!("{one} is"),
        several => format!("{} replicas are", several.len()),
    }
}
