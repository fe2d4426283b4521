//! Images, sounds or videos take long to encode before their prompts are computed.
//!
//! # Why it matters
//!
//! An item is encoded in a step of its own size, and every running request waits for its end.
//!
//! # Told from its neighbours by
//!
//! Requests carry such items; a prompt takes longer than before though it holds as many tokens, and
//! most tokens come as before: some steps are long, not every one. Or requests carry more of them.
//!
//! # False friends
//!
//! A slow device, which slows every step; long prompts, which also make some steps long.
//!
//! # The action is wrong when
//!
//! The items are as before and every step is slow.
//!
//! # Sources
//!
//! vLLM encodes an item in the step that first schedules its request; `mm_cache_queries` counts
//! items.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::text::number::{compared_numbers, compared_seconds, significant};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::subject::Change;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::MultimodalEncoder,
    class: Class::Cause,
    needs: &[SignalId::Ttft, SignalId::PrefillTime],
    uses: &[SignalId::Itl, SignalId::PromptTokensPerRequest],
    confusable: &[
        CauseId::SlowDecode,
        CauseId::PrefillDecodeInterference,
        CauseId::LongPrompts,
        CauseId::LoraChurn,
    ],
    action: Some(ActionId::InspectEncoder),
    ask: ask::<MultimodalEncoder>,
};

/// Items a request carries, on average, from which they may be why prompts take long. Fewer are
/// those of a probe; more, a service whose every twentieth request brings a video is missed.
const SOME: f64 = 0.02;

struct MultimodalEncoder;

impl Cause for MultimodalEncoder {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        if !facts.impact.is_hurt() {
            return Answer::clear("every objective is met");
        }
        let Some(cost) = facts.prefill.cost else {
            return Answer::unknown("there is no baseline with the time of prompts");
        };
        if !facts.prefill.is_slower {
            return Answer::clear("a prompt token takes no longer than before");
        }
        let items = match facts.work.items {
            None => {
                return Answer::unknown("whether requests carry images or sounds is not measured");
            }
            Some(items) if items < SOME => {
                return Answer::clear("requests carry no images or sounds");
            }
            Some(items) => items,
        };
        if let Some(other) = other(facts) {
            return Answer::clear(other);
        }
        if facts.arrivals.grew || facts.work.prompts_grew || facts.work.cache_collapsed {
            return Answer::unknown("there is more to do than before, which slows prompts as well");
        }
        if facts.admission.adapters.is_some() {
            return Answer::unknown("requests wait for adapters, which are read in the same steps");
        }
        if let Some(more) = facts.work.more_items {
            return Answer::Firing(by_items(more));
        }
        if !facts.step_time.most_kept {
            return Answer::unknown(
                "requests carry images or sounds, but every step may be slower: a slow device looks \
                 the same",
            );
        }
        Answer::Firing(by_cost(cost, items))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        let mut action = ActionBuilder::new(
            ActionId::InspectEncoder,
            "Look at what requests carry: how many items, how large, from which callers. Make them \
             smaller before they are sent, or limit their number.",
            "Prompts are as short as their tokens again, and tokens come in time.",
        )
        .then(
            "Otherwise encode elsewhere: engines for the encoder alone, or a larger multimodal \
             cache for items that repeat.",
        );
        if facts.step_time.most_kept {
            action = action.avoid(ActionId::InspectDevice, "Most steps take as long as before.");
        }
        Told {
            lead: "Images, sounds or videos take long to encode".to_owned(),
            detail: "They are encoded in the step that begins a prompt, and all running requests wait \
                     for its end; prompt tokens do not tell of them.",
            replicas: Vec::new(),
            claims: facts.impact.excess,
            action: action.build(),
        }
        .by(found, facts)
    }
}

/// What makes prompts or steps long beside the encoder; None where nothing is seen.
fn other(facts: &Facts) -> Option<&'static str> {
    if !facts.restarts.warming.is_empty() || facts.restarts.looping().is_some() {
        Some("a process starts, and is slower until it is warm")
    } else if !facts.spread.sick.is_empty() {
        Some("some replicas are slower than the others")
    } else if facts.spread.crowded.is_some() {
        Some("one replica gets more requests than the others")
    } else if facts.work.some_prompts_grew {
        Some("some prompts grew: steps hold more of them")
    } else if facts.progress.stuck().is_some() || facts.step_time.stood_still > 0.0 {
        Some("something stood still for a while")
    } else {
        None
    }
}

fn by_items(items: Change) -> Evidence {
    let (now, before) = compared_numbers(items.now, items.before);
    let text = format!("a request carries {now} items on average, was {before}");
    let line = Line::baseline(items.before);
    exact(SignalId::PrefillTime, "items", items.now, Compare::Above, line, text)
}

fn by_cost(cost: Change, items: f64) -> Evidence {
    let (now, before) = compared_seconds(cost.now, cost.before);
    let text = format!(
        "a computed prompt token takes {now} of prefill, was {before}, most output tokens come as \
         before, and a request carries {} items on average",
        significant(items)
    );
    let line = Line::baseline(cost.before);
    exact(SignalId::PrefillTime, "s/token", cost.now, Compare::Above, line, text)
}
