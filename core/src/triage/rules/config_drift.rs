//! Some replicas of a fleet admit fewer sequences than the others.
//!
//! # Why it matters
//!
//! A part of the requests waits for slots that the other replicas have.
//!
//! # Told from its neighbours by
//!
//! A batch that stands at a number which other replicas pass, or a queue at the one replica that
//! runs fewest and gets no more requests.
//!
//! # False friends
//!
//! A replica that waits for memory while its peers have room.
//!
//! # The action is wrong when
//!
//! The replicas are meant to differ.
//!
//! # Sources
//!
//! Plateau test for each replica.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::small::text::joined;
use crate::text::number::number;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::{Drift, Facts};
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::ConfigDrift,
    class: Class::Cause,
    needs: &[SignalId::Running, SignalId::Waiting, SignalId::QueueTime],
    uses: &[SignalId::KvUsage],
    confusable: &[CauseId::SlotCap, CauseId::RoutingImbalance],
    action: Some(ActionId::InspectReplica),
    ask: ask::<ConfigDrift>,
};

struct ConfigDrift;

impl Cause for ConfigDrift {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let Some(Drift { replicas, slots, elsewhere }) = facts.drifted() else {
            let held = facts.spread.held_back.as_ref().filter(|held| !held.has_room);
            return held.map_or_else(
                || Answer::clear("no replica stands at a cap that others pass"),
                |held| {
                    Answer::unknown(format!(
                        "requests wait at {} alone, and KV cache usage is not measured there: memory \
                         may be why",
                        held.replica
                    ))
                },
            );
        };
        let text = format!(
            "{} never runs more than {} sequences while requests wait; others run up to {}",
            joined(&replicas, ", "),
            number(slots),
            number(elsewhere)
        );
        if facts.queue.level != Level::High && !facts.is_hurt_somewhere() {
            return Answer::clear(format!("{text}, and every objective is met"));
        }
        let (signal, line) = (SignalId::Running, Line::limit(elsewhere));
        Answer::Firing(exact(signal, "requests", slots, Compare::AtMost, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "Replicas are configured differently".to_owned(),
            detail: "The router does not know, so the replica with fewer slots queues.",
            replicas: facts.drifted().map(|drift| drift.replicas).unwrap_or_default(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::InspectReplica,
                "Compare its flags, image and version with those of the others, and roll it out again.",
                "It admits as many sequences as its peers.",
            )
            .avoid(ActionId::AddReplicas, "The fleet has the slots; one replica lacks them.")
            .build(),
        }
        .by(found, facts)
    }
}
