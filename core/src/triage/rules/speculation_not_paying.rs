//! Drafts of speculative decoding are rejected, so that they cost more than they bring.
//!
//! # Why it matters
//!
//! Every step computes tokens that are thrown away.
//!
//! # Told from its neighbours by
//!
//! The share of proposed tokens that is accepted, which no load and no device changes.
//!
//! # False friends
//!
//! A slow device with drafts that are accepted as before.
//!
//! # The action is wrong when
//!
//! The traffic that the draft was trained for comes back.
//!
//! # Sources
//!
//! vLLM's counters of proposed and accepted draft tokens.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::text::number::percent;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::SpeculationNotPaying,
    class: Class::Cause,
    needs: &[],
    uses: &[SignalId::Itl, SignalId::Tpot],
    confusable: &[CauseId::SlowDecode, CauseId::KvThrash],
    action: Some(ActionId::DisableSpeculation),
    ask: ask::<SpeculationNotPaying>,
};

struct SpeculationNotPaying;

impl Cause for SpeculationNotPaying {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let drafts = facts.speculation;
        let Some(accepted) = drafts.accepted else {
            return if drafts.is_unmeasured {
                Answer::unknown("tokens are drafted, and how many are accepted is not measured")
            } else {
                Answer::clear("no speculation is measured")
            };
        };
        let was = drafts.before.map_or_else(String::new, |was| format!(", was {}", percent(was)));
        let text = format!("{} of the drafted tokens are accepted{was}", percent(accepted));
        if accepted >= drafts.line || facts.impact.is_well() {
            return Answer::clear(text);
        }
        let line = Line::constant(drafts.line);
        Answer::Firing(exact(SignalId::Itl, "ratio", accepted, Compare::AtMost, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "Speculation does not pay".to_owned(),
            detail: "A step brings hardly more than one token, and the draft is paid on top.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::DisableSpeculation,
                "Switch speculative decoding off, or draft fewer tokens.",
                "No step pays for drafts; ITL is that of the model alone.",
            )
            .avoid(
                ActionId::RaiseMaxNumSeqs,
                "A larger batch makes each rejected draft more expensive.",
            )
            .build(),
        }
        .by(found, facts)
    }
}
