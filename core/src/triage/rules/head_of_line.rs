//! Now and then a giant prompt needs most of the KV cache, and all others wait behind it.
//!
//! # Why it matters
//!
//! Few requests hold up all the others, and more cache or more replicas are bought for them.
//!
//! # Told from its neighbours by
//!
//! Prompts that alone need a large part of the cache, more of them than before, while the cache has
//! room on average.
//!
//! # False friends
//!
//! A cache that is full all the time; prompts that all became long.
//!
//! # The action is wrong when
//!
//! The giant prompts are the service: then they need an engine of their own.
//!
//! # Sources
//!
//! Scheduler of vLLM V1: the head of the queue waits until all its blocks are free, and nothing
//! passes it.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::role::RolePart;
use crate::text::number::{counted, number, percent};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::HeadOfLine,
    class: Class::Cause,
    needs: &[SignalId::PromptTokensPerRequest, SignalId::QueueTime],
    uses: &[SignalId::KvUsage, SignalId::Preemptions, SignalId::Waiting],
    confusable: &[CauseId::KvThrash, CauseId::KvAdmission, CauseId::LongPrompts],
    action: Some(ActionId::ShortenPrompts),
    ask: ask::<HeadOfLine>,
};

struct HeadOfLine;

impl Cause for HeadOfLine {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let Some(giants) = facts.work.giants else {
            return Answer::clear("no prompt alone needs a large part of the KV cache");
        };
        if !giants.are_more {
            return Answer::clear("prompts as large came before");
        }
        if !facts.impact.is_hurt() {
            return Answer::clear("every objective is met");
        }
        if facts.work.prompts_grew && giants.mean_share > giants.line / 2.0 {
            return Answer::clear("all prompts became long");
        }
        if facts.admission.cap.is_some() || facts.arrivals.grew {
            return Answer::unknown("slots are used up, or more requests arrive than before");
        }
        if facts.admission.waiting == Some(0.0) && !facts.memory.preempts() {
            return Answer::clear("nothing waits and nothing is preempted");
        }
        let text = format!(
            "{} of {} tokens and more, {} of the KV cache, while a prompt has {} on average",
            counted(giants.count, "prompt", "prompts"),
            number(giants.least),
            percent(giants.share),
            number(libm::round(giants.mean)),
        );
        let line = Line::constant(giants.line);
        let signal = SignalId::PromptTokensPerRequest;
        Answer::Firing(exact(signal, "ratio", giants.share, Compare::AtLeast, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, words: &Words<'_>) -> Explanation {
        Told {
            lead: "Giant prompts hold up the queue".to_owned(),
            detail: "Such a prompt waits at the head of the queue until the cache has room for it, and \
                     what runs beside it may be preempted.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: ActionBuilder::new(
                ActionId::ShortenPrompts,
                "Find the callers of these prompts: limit their length, or send them to an engine of \
                 their own.",
                "The others no longer wait behind them.",
            )
            .copy(
                "PromQL",
                format!(
                    "histogram_quantile(0.999, sum by (le) (rate({}[15m])))",
                    words.scope.selector(
                        Family::PromptTokensPerRequest,
                        Some(RolePart::Bucket)
                    )
                ),
            )
            .avoid(ActionId::RaiseMaxNumSeqs, "No request waits for a slot.")
            .build(),
        }
        .by(found, facts)
    }
}
