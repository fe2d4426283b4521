//! Contexts grew: each sequence holds more cached tokens, which every step reads and the cache must
//! hold.
//!
//! # Why it matters
//!
//! Tokens slow down and the cache fills although hardly more is computed.
//!
//! # Told from its neighbours by
//!
//! Prompts that multiplied while what is computed of each did not.
//!
//! # False friends
//!
//! Long prompts that no cache holds, whose prefill is what takes the time.
//!
//! # The action is wrong when
//!
//! The longer contexts are what the service is for: then it needs more cache.
//!
//! # Sources
//!
//! A decode step reads the cache of all its sequences.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::text::number::compared_numbers;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::LongContext,
    class: Class::Cause,
    needs: &[SignalId::PromptTokensPerRequest],
    uses: &[SignalId::ComputedPromptTokensPerRequest, SignalId::KvUsage, SignalId::Itl],
    confusable: &[CauseId::KvThrash, CauseId::LongPrompts, CauseId::SlowDecode],
    action: Some(ActionId::ShortenPrompts),
    ask: ask::<LongContext>,
};

struct LongContext;

impl Cause for LongContext {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let Some(prompts) = facts.work.prompt_change else {
            return Answer::unknown("there is no baseline with prompt lengths");
        };
        let (now, before) = compared_numbers(prompts.now, prompts.before);
        let text = format!("prompts hold {now} tokens, was {before}, most of them cached");
        if !facts.work.contexts_grew {
            return Answer::clear("prompts did not grow, or are computed as they grew");
        }
        if !facts.impact.is_hurt() {
            return Answer::clear(format!("{text}, and every objective is met"));
        }
        let (signal, line) = (SignalId::PromptTokensPerRequest, Line::baseline(prompts.before));
        Answer::Firing(exact(signal, "tokens", prompts.now, Compare::Above, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        Told {
            lead: "Contexts grew".to_owned(),
            detail: "Each step reads more of the KV cache, and fewer sequences fit into it.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::ShortenPrompts,
                "Find the callers whose contexts grew; cut history that no answer needs.",
                "ITL returns to what it was, and the cache has room.",
            )
            .avoid(ActionId::RaiseMaxNumSeqs, "More sequences would hold still more of the cache.")
            .build(),
        }
        .by(found, facts)
    }
}
