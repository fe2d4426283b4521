//! One replica gets more than its share of the requests, and more than it can serve, while others
//! have room.
//!
//! # Why it matters
//!
//! Users wait beside idle devices.
//!
//! # Told from its neighbours by
//!
//! Arrivals that differ between replicas, of which the crowded one is late.
//!
//! # False friends
//!
//! A slow replica, behind which requests pile up at equal arrivals.
//!
//! # The action is wrong when
//!
//! Requests must go to the replica that holds their prefix or their session.
//!
//! # Sources
//!
//! First tokens and waiting requests of each replica.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::small::list::CollectVec;
use crate::text::number::significant;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::RoutingImbalance,
    class: Class::Cause,
    needs: &[SignalId::Ttft],
    uses: &[SignalId::Waiting, SignalId::Running],
    confusable: &[CauseId::SickReplica, CauseId::LoadAboveCapacity, CauseId::ConfigDrift],
    action: Some(ActionId::ChangeRouting),
    ask: ask::<RoutingImbalance>,
};

struct RoutingImbalance;

impl Cause for RoutingImbalance {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        if facts.spread.is_summed {
            return Answer::unknown(
                "the series are sums over processes, which hide their differences",
            );
        }
        let Some((replica, factor)) = &facts.spread.crowded else {
            return Answer::clear("requests are spread evenly");
        };
        let text =
            format!("{replica} gets {} × as many requests as the others", significant(*factor));
        if !facts.is_hurt_somewhere() {
            return Answer::clear(format!("{text}, and every objective is met"));
        }
        if facts.restarts.loops.is_some() {
            return Answer::unknown(format!("{text}, and another restarts again and again"));
        }
        let (signal, line) = (SignalId::RequestsPerS, Line::constant(1.0));
        Answer::Firing(exact(signal, "ratio", *factor, Compare::Above, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "The load is spread unevenly".to_owned(),
            detail: "The other replicas have room for what waits there.",
            replicas: facts.spread.crowded.iter().map(|(key, _)| key.clone()).collect_vec(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::ChangeRouting,
                "Route by load, or even out the weights: look for sticky sessions and for a prefix that \
                 one replica holds.",
                "What waits at the crowded replica runs at the others.",
            )
            .avoid(ActionId::AddReplicas, "The fleet has room already.")
            .build(),
        }
        .by(found, facts)
    }
}
