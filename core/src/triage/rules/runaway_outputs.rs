//! Outputs became long, so that each request holds its slot and its cache for longer.
//!
//! # Why it matters
//!
//! The same requests ask for a multiple of the steps.
//!
//! # Told from its neighbours by
//!
//! Output tokens per request that multiplied while arrivals and the cache did not change.
//!
//! # False friends
//!
//! Short requests that finish first after a restart; a cache that became smaller, behind which only
//! long requests are left.
//!
//! # The action is wrong when
//!
//! The long answers are wanted: then it is load.
//!
//! # Sources
//!
//! vLLM's histogram of output lengths, recorded when a request ends: long ones come late.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::text::number::compared_numbers;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::RunawayOutputs,
    class: Class::Cause,
    needs: &[SignalId::GenerationTokensPerRequest],
    uses: &[SignalId::Running, SignalId::DecodeTime],
    confusable: &[CauseId::LoadAboveCapacity, CauseId::KvThrash],
    action: Some(ActionId::LimitOutputs),
    ask: ask::<RunawayOutputs>,
};

struct RunawayOutputs;

impl Cause for RunawayOutputs {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let inside = facts.work.outputs_inside.filter(|_| !facts.work.outputs_grew);
        let Some(outputs) = inside.or(facts.work.output_change) else {
            return Answer::unknown("there is no baseline with output lengths");
        };
        let (now, before) = compared_numbers(outputs.now, outputs.before);
        let text = match inside {
            Some(_) => format!(
                "outputs that are being written grew by {now} tokens each, those that end hold {before}"
            ),
            None => format!("outputs hold {now} tokens, was {before}"),
        };
        if (!facts.work.outputs_grew && inside.is_none()) || !facts.impact.is_hurt() {
            return Answer::clear(text);
        }
        if facts.admission.is_deferred == Some(true) && facts.queue.level == Level::High {
            return Answer::clear(format!("{text}, but requests do not wait for capacity"));
        }
        let arrivals = facts.arrivals.change.filter(|_| facts.arrivals.grew);
        let more_arrive = arrivals.is_some_and(|change| change.factor() > outputs.factor());
        if facts.memory.shrank || more_arrive || facts.work.contexts_grew {
            return Answer::unknown(format!("{text}, but that is not all that changed"));
        }
        let signal = SignalId::GenerationTokensPerRequest;
        let line = Line::baseline(outputs.before);
        Answer::Firing(exact(signal, "tokens", outputs.now, Compare::Above, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "Outputs became long".to_owned(),
            detail: "Each request stays in the batch for longer, which fills slots and cache.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::LimitOutputs,
                "Limit the output tokens of the callers whose answers became long; look for a model that \
                 no longer stops.",
                "Requests leave the batch as early as before.",
            )
            .avoid(ActionId::RaiseMaxNumSeqs, "More long answers would share the same device.")
            .build(),
        }
        .by(found, facts)
    }
}
