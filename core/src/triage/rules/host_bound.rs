//! The device waits for its host between steps.
//!
//! # Why it matters
//!
//! A faster or another device changes nothing; the processor beside it does.
//!
//! # Told from its neighbours by
//!
//! A device that is less active than before while tokens take longer at the same work.
//!
//! # False friends
//!
//! Less traffic, and a fleet in which some replicas idle.
//!
//! # The action is wrong when
//!
//! The engine computes on the processor something that is wanted: sampling, grammars, images.
//!
//! # Sources
//!
//! Activity of the multiprocessors (DCGM) beside the inter-token latency.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::text::number::percent;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::step_time::Slowdown;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::subject::Change;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::HostBound,
    class: Class::Cause,
    needs: &[],
    uses: &[SignalId::Itl, SignalId::Tpot],
    confusable: &[CauseId::SlowDecode, CauseId::FrontEnd],
    action: Some(ActionId::InspectFrontEnd),
    ask: ask::<HostBound>,
};

/// Growth of the cost of a prompt token, by that of a step, beyond which prompts alone are slow.
const BESIDE: f64 = 1.2;

struct HostBound;

impl Cause for HostBound {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let Some(active) = facts.host.active else {
            return Answer::unknown("the activity of the devices is not measured in a baseline");
        };
        let text = format!(
            "the devices are active {}, was {}",
            percent(active.now),
            percent(active.before)
        );
        let slower = facts.step_time.slowdown == Slowdown::Unexplained;
        if !facts.host.starves_device || !slower || !facts.impact.is_hurt() {
            return Answer::clear(text);
        }
        if let Some(still) = facts.step_time.still() {
            return Answer::unknown(still);
        }
        if facts.speculation.accepted.is_some_and(|accepted| accepted < facts.speculation.line) {
            return Answer::clear("drafts are rejected: the device waits for more of them");
        }
        if facts.step_time.most_kept {
            return Answer::clear("most tokens come as before: some steps are long, not every one");
        }
        let steps = facts.step_time.change.map_or(1.0, Change::factor);
        if facts.prefill.cost.is_some_and(|cost| cost.factor() > BESIDE * steps) {
            return Answer::clear("prompts slowed down by more than steps did");
        }
        if facts.work.prompts_grew {
            return Answer::clear(
                "prompts grew: steps hold more of them, and tokens wait for those",
            );
        }
        if facts.work.prompt_change.is_none() {
            return Answer::unknown(
                "prompt lengths are not measured: tokens may wait for longer prompts in their steps",
            );
        }
        if facts.progress.stuck().is_some() {
            return Answer::clear("nothing came out for a while, so the devices had nothing to do");
        }
        let starts = !facts.restarts.warming.is_empty() || facts.restarts.looping().is_some();
        if facts.spread.crowded.is_some() || starts {
            return Answer::clear("some replicas idle, or start");
        }
        let (signal, line) = (SignalId::Itl, Line::baseline(active.before));
        Answer::Firing(exact(signal, "ratio", active.now, Compare::AtMost, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "The device waits for its host".to_owned(),
            detail: "Each token takes longer while the device has less to do: the time is lost between \
                     steps.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::InspectFrontEnd,
                "Look at the processors of the host: throttled quota, neighbours, other work of the \
                 engine's process.",
                "Steps follow each other at once again.",
            )
            .avoid(ActionId::InspectDevice, "The device waits; it is not slow.")
            .build(),
        }
        .by(found, facts)
    }
}
