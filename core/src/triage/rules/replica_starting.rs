//! A new process is warming up: its first minutes are slower than what it replaced.
//!
//! # Why it matters
//!
//! It passes by itself, and acting on it as on a slow device makes it start again.
//!
//! # Told from its neighbours by
//!
//! Tokens that are slow since a start and become faster.
//!
//! # False friends
//!
//! A new version that stays slow; a device that slows down at the same time.
//!
//! # The action is wrong when
//!
//! The tokens do not become faster: then it is the new version.
//!
//! # Sources
//!
//! Compilation and graph capture of a new process; its prefix cache is empty.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::text::number::seconds;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::ReplicaStarting,
    class: Class::Cause,
    needs: &[],
    uses: &[SignalId::Itl, SignalId::PrefillTime],
    confusable: &[CauseId::SlowDecode, CauseId::RestartLoop, CauseId::KvThrash],
    action: Some(ActionId::InspectReplica),
    ask: ask::<ReplicaStarting>,
};

struct ReplicaStarting;

/// Whether what arrives may be why tokens are that many times as slow: it fills the batch, which
/// slows a step by as much at most, and makes each request stay for longer as well.
fn explains(facts: &Facts, slower: f64) -> bool {
    let arrivals = facts.arrivals.change.filter(|_| facts.arrivals.grew);
    arrivals.is_some_and(|change| change.factor() * change.factor() >= slower)
}

impl Cause for ReplicaStarting {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let Some((early, old)) = facts.restarts.warm_up else {
            return Answer::clear("no new process is slower than the one before");
        };
        let work = &facts.work;
        let asks_more = work.prompts_grew || work.outputs_grew;
        let giants = work.giants.is_some_and(|giants| giants.are_more && facts.has_baseline);
        if asks_more || giants || explains(facts, early / old) || facts.spread.crowded.is_some() {
            return Answer::unknown("it was given more to do at the same time");
        }
        if facts.restarts.looping().is_some() {
            return Answer::clear("it restarts again and again");
        }
        if !facts.impact.is_hurt() {
            return Answer::clear("every objective is met");
        }
        let text = format!(
            "ITL was {} after the start, {} before, and becomes faster",
            seconds(early),
            seconds(old)
        );
        Answer::Firing(exact(SignalId::Itl, "s", early, Compare::Above, Line::baseline(old), text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "A new process is warming up".to_owned(),
            detail: "It compiles, captures graphs and fills its cache while it serves.",
            replicas: facts.restarts.warming.clone(),
            claims: facts.impact.excess.part(facts.restarts.warm_up_share),
            action: ActionBuilder::new(
                ActionId::InspectReplica,
                "Wait until it is warm; send it traffic by degrees, and let its readiness probe wait for \
                 a warm-up.",
                "ITL returns to what it was before the start.",
            )
            .avoid(ActionId::RestartEngine, "The warm-up would start again.")
            .build(),
        }
        .by(found, facts)
    }
}
