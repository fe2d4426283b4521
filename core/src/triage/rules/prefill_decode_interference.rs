//! Some prompts became long, and the tokens of everybody else wait while these are computed.
//!
//! # Why it matters
//!
//! Streams stutter for all callers, because of a few of them, while the device works as it should.
//!
//! # Told from its neighbours by
//!
//! Prompts of which a part is longer than almost all were while the shortest are as short as
//! before, beside late tokens. Where all prompts grew, the first token is late before the others
//! are.
//!
//! # False friends
//!
//! A larger batch, which slows every token by as much; a few giant prompts that wait for memory.
//!
//! # The action is wrong when
//!
//! The long prompts are the service: then they need engines of their own.
//!
//! # Sources
//!
//! Chunked prefill of vLLM V1: a step computes chunks of prompts beside the tokens of what runs.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::knobs::Knob;
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
    id: CauseId::PrefillDecodeInterference,
    class: Class::Cause,
    needs: &[SignalId::PromptTokensPerRequest, SignalId::PrefillTime],
    uses: &[SignalId::Itl, SignalId::Tpot],
    confusable: &[CauseId::LongPrompts, CauseId::SlowDecode, CauseId::HeadOfLine],
    action: Some(ActionId::ShortenPrompts),
    ask: ask::<PrefillDecodeInterference>,
};

struct PrefillDecodeInterference;

impl Cause for PrefillDecodeInterference {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let Some(prompts) = facts.work.prompt_change else {
            return Answer::unknown("there is no baseline with prompt lengths");
        };
        if facts.restarts.loops.is_some() {
            return Answer::unknown("a replica restarts again and again: what it served is lost");
        }
        if !facts.work.some_prompts_grew {
            return Answer::clear("it is not that some prompts became long and others did not");
        }
        if !facts.prompts_explain_tokens() {
            return Answer::unknown(
                "some prompts became long, but tokens slowed down by more than that: not all that \
                 changed is known",
            );
        }
        let excess = facts.impact.excess;
        if facts.queue.level == Level::High && excess.queue > excess.decode {
            return Answer::unknown(
                "some prompts became long, and requests queue for longer than that explains: not all \
                 that changed is known",
            );
        }
        if !facts.step_time.is_late() {
            return Answer::clear("tokens come in time");
        }
        if facts.arrivals.grew || facts.work.cache_collapsed || facts.work.contexts_grew {
            return Answer::unknown("some prompts became long, but that is not all that changed");
        }
        let (now, before) = compared_numbers(prompts.now, prompts.before);
        let text = format!(
            "prompts hold {now} tokens on average, was {before}, and the shortest are as short \
             as before"
        );
        let (signal, line) = (SignalId::PromptTokensPerRequest, Line::baseline(prompts.before));
        Answer::Firing(exact(signal, "tokens", prompts.now, Compare::Above, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, words: &Words<'_>) -> Explanation {
        let mut action = ActionBuilder::new(
            ActionId::ShortenPrompts,
            "Find the callers of the long prompts: shorten them, or send them to engines of their own.",
            "Steps are short again, and tokens come in time.",
        );
        if let Some(flag) = words.scope.flag(Knob::TokenBudget) {
            action = action.then(format!(
                "Otherwise lower {flag}: each step computes less of a prompt, but its first token comes later."
            ));
        }
        Told {
            lead: "Some long prompts delay the tokens of all requests".to_owned(),
            detail: "A step lasts as long as the chunk of a prompt in it, and what runs beside it waits.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: action.avoid(ActionId::InspectDevice, "The device has more to do.").build(),
        }
        .by(found, facts)
    }
}
