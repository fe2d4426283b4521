//! Callers leave before their answer is complete, from a service that is otherwise well.
//!
//! # Why it matters
//!
//! The engine computes tokens that nobody reads, and its latencies tell of those who stayed.
//!
//! # Told from its neighbours by
//!
//! First tokens without an end, while nothing is late. Where objectives are missed, callers leave
//! for
//! that reason.
//!
//! # False friends
//!
//! Requests that are still running at the window's end; a restart, which loses what was inside.
//!
//! # The action is wrong when
//!
//! A time-out in front of the engine is shorter than an ordinary answer: raise it.
//!
//! # Sources
//!
//! The Python front end books nothing for a caller who leaves; first tokens and HTTP answers are
//! counted.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::text::number::number;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::ending::Ending;
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::Excess;
use crate::triage::facts::loss::Loss;
use crate::triage::facts::step_time::Slowdown;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::ClientAborts,
    class: Class::Cause,
    needs: &[],
    uses: &[SignalId::Ttft, SignalId::QueueTime, SignalId::Itl, SignalId::LostRequests],
    confusable: &[CauseId::EngineErrors, CauseId::Healthy],
    action: Some(ActionId::InspectErrors),
    ask: ask::<ClientAborts>,
};

struct ClientAborts;

impl Cause for ClientAborts {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let (left, all) = match facts.loss {
            Loss::Lost { replica: Some(_), .. } => {
                let lost = facts.loss.phrase().unwrap_or_default();
                return Answer::unknown(format!("{lost}; its callers are those of the others"));
            }
            Loss::Lost { lost, begun, replica: None } => (lost, begun),
            Loss::Failed { failed, ended, how: Ending::Aborted, .. } => (failed, ended),
            Loss::Unknown => return Answer::unknown("how requests ended is not known"),
            Loss::Contradicted { .. }
            | Loss::Unreached { .. }
            | Loss::Failed { how: Ending::Otherwise, .. } => {
                return Answer::unknown(facts.loss.phrase().unwrap_or_default());
            }
            _ => return Answer::clear("requests that begin also end"),
        };
        let line = facts.impact.may_leave * all;
        if left < line || all < facts.impact.least_requests {
            return Answer::clear("few callers leave before their end");
        }
        let waits = [SignalId::Ttft, SignalId::QueueTime, SignalId::Itl];
        if let Some(late) = waits.into_iter().find(|id| facts.impact.level(*id) == Level::High) {
            return Answer::unknown(format!("{} is high: callers may leave for that", late.name()));
        }
        if facts.step_time.slowdown == Slowdown::Unexplained && !facts.impact.is_well() {
            return Answer::unknown("tokens became slower: callers may leave for that");
        }
        let at = facts.loss.replica().pop().map_or_else(String::new, |one| format!(" of {one}"));
        let text = format!("{} of {} requests{at} did not finish", number(left), number(all));
        let (signal, least) = (SignalId::LostRequests, Compare::AtLeast);
        Answer::Firing(exact(signal, "requests", left, least, Line::constant(line), text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "Callers leave before their answer is complete".to_owned(),
            detail: "First tokens and tokens come in time, so the engine gives no reason to leave.",
            replicas: facts.loss.replica(),
            claims: Excess::default(),
            action: ActionBuilder::new(
                ActionId::InspectErrors,
                "Compare the time-outs of clients and gateway with the time of a whole answer; look for \
                 status 499 and 504.",
                "Answers are read to the end, and no tokens are wasted.",
            )
            .avoid(ActionId::AddReplicas, "Nothing here is late.")
            .build(),
        }
        .by(found, facts)
    }
}
