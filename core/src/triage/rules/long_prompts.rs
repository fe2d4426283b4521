//! Time to first token is high because prefill is long, and each prompt token costs what it did
//! before.
//!
//! # Why it matters
//!
//! The engine does what it is asked to; the work per request has grown or is large.
//!
//! # Told from its neighbours by
//!
//! Prefill over its share of the target, a shorter queue, and an unchanged cost per computed token.
//!
//! # False friends
//!
//! Prefill that waits for something takes more steps than its tokens need; a fallen prefix-cache
//! hit ratio computes the same prompts again.
//!
//! # The action is wrong when
//!
//! Prefill is slow per token rather than long: then the device or the batch is the cause.
//!
//! # Sources
//!
//! Prefill time is recorded from the first scheduling to the first token; its driver is computed
//! prompt tokens.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::knobs::Knob;
use crate::catalogue::signals::SignalId;
use crate::role::RolePart;
use crate::signal::level::Level;
use crate::text::number::{number, percent, seconds};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact, ruled_out};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::Excess;
use crate::triage::finding::{Action, Compare, Evidence, RuledOut};
use crate::triage::ledger::Ledger;

pub(super) static RULE: Rule = Rule {
    id: CauseId::LongPrompts,
    class: Class::Cause,
    needs: &[SignalId::Ttft, SignalId::QueueTime, SignalId::PrefillTime],
    uses: &[
        SignalId::ComputedPromptTokensPerRequest,
        SignalId::PromptTokensPerRequest,
        SignalId::PrefixHitRatio,
    ],
    confusable: &[CauseId::SlotCap, CauseId::SlowDecode],
    action: Some(ActionId::ShortenPrompts),
    ask: ask::<LongPrompts>,
};

/// Uncached tokens from which a prompt is long whatever came before: the least that vLLM computes
/// in a step by default. With fewer, a prompt of one step is called long where its step is slow;
/// with more, prompts of many steps need a baseline.
const LONG: f64 = 2048.0;

/// Steps of the mean prefill from which a prompt is long whatever came before: what slows each
/// step makes no more of them. With fewer, an engine at work on every prompt is one of long
/// prompts; with more, a prompt that computes for ten steps needs a baseline.
const MANY_STEPS: f64 = 10.0;

/// Uncached tokens below which a prompt is not long whatever came before: the least budget of a
/// step that vLLM ever set by itself. With fewer, prompts of an ordinary chat are long on a
/// machine that is slow; with more, a thousand tokens in twenty steps need a baseline.
const ORDINARY: f64 = 512.0;

struct LongPrompts;

/// Prefill that is long, not slow.
struct Long {
    /// Mean prefill time, seconds.
    prefill: f64,
    /// Computed prompt tokens per request.
    tokens: f64,
    /// The same in the baseline.
    before: Option<f64>,
}

impl Cause for LongPrompts {
    type State = Long;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Long> {
        let prefill = facts.prefill.mean.unwrap_or(0.0);
        let ttft = facts.impact.signal(SignalId::Ttft);
        match ttft.map_or(Level::Unknown, |ttft| ttft.level) {
            Level::High => {}
            Level::Unknown => {
                let reason = ttft.map_or("", |ttft| ttft.reason.as_str());
                return Answer::unknown(format!("TTFT cannot be judged: {reason}"));
            }
            Level::Normal | Level::Low => return Answer::clear("TTFT is within its target"),
        }
        // A mean within its budget may be that of prompts of which one in ten misses the objective.
        let giants = facts.work.giants.is_some_and(|giants| giants.are_more);
        let is_owner = owns_queue(facts) && !giants;
        if facts.prefill.level != Level::High && !is_owner {
            return Answer::clear(format!("prefill takes only {} on average", seconds(prefill)));
        }
        let queue = facts.queue.seconds();
        if queue > prefill && !owns_queue(facts) {
            return Answer::clear(format!(
                "requests queue longer ({}) than they prefill ({})",
                seconds(queue),
                seconds(prefill)
            ));
        }
        let Some(tokens) = facts.work.computed_prompt_tokens else {
            return Answer::unknown(
                "prompt lengths were not measured, so long prompts and slow prefill look the same",
            );
        };
        if let Some(reason) = not_long(facts, prefill, tokens) {
            return Answer::clear(reason);
        }
        if facts.work.some_prompts_grew && facts.step_time.is_late() {
            return Answer::clear(
                "some prompts became long, most did not, and tokens are late too",
            );
        }
        let steps = prefill / facts.step_time.token_time.unwrap_or(prefill).max(1e-9);
        let is_long = tokens >= LONG || (tokens >= ORDINARY && steps >= MANY_STEPS);
        if facts.work.computed_change.is_none() && !is_long {
            return Answer::unknown(
                "there is no baseline with prompt lengths, so long prompts and slow prefill look the \
                 same",
            );
        }
        if facts.work.computed_change.is_some_and(|change| change.factor() < 1.0) {
            return Answer::clear("prompts are no longer than before");
        }
        let before = facts.work.computed_change.map(|change| change.before);
        Answer::Firing(Long { prefill, tokens, before })
    }

    fn explain(state: &Long, facts: &Facts, words: &Words<'_>) -> Explanation {
        let before = state.before.map_or_else(String::new, |before| {
            format!(" ({} before)", number(libm::round(before)))
        });
        let hits = facts.work.hit_ratio.map_or_else(String::new, |ratio| {
            format!(" The prefix cache holds {} of the prompt tokens.", percent(ratio))
        });
        let excess = facts.impact.excess;
        Explanation {
            severity: facts.impact.severity,
            sentence: format!(
                "Long prompts: prefill takes {} for {} uncached tokens{before}, which delays the \
                 first token.",
                seconds(state.prefill),
                number(libm::round(state.tokens))
            ),
            detail: format!(
                "Queue wait is {}{}.{hits}",
                if facts.queue.seconds() > state.prefill { "" } else { "only " },
                seconds(facts.queue.seconds())
            ),
            evidence: evidence(state, facts),
            rules_out: rules_out(facts),
            replicas: Vec::new(),
            since: facts.changed_at,
            action: Some(action(words)),
            claims: if owns_queue(facts) {
                excess
            } else {
                Excess { prefill: excess.prefill, queue: excess.queue, ..Excess::default() }
            },
        }
    }
}

/// Whether the queue is that of the prompts: they multiplied, no more requests arrive, and memory
/// holds as many of them as their length explains.
fn owns_queue(facts: &Facts) -> bool {
    let is_memory = facts.memory.shrank && facts.memory.may_hold_admission();
    facts.work.prompts_grew && !facts.arrivals.grew && !facts.work.contexts_grew && !is_memory
}

/// Why prefill is long although the prompts are not; None where they are.
fn not_long(facts: &Facts, prefill: f64, tokens: f64) -> Option<String> {
    if facts.prefill.waits {
        let step = facts.step_time.token_time.unwrap_or(0.0);
        return Some(format!(
            "prefill takes {} for {} uncached tokens, as long as {} output tokens: prompts of that \
             length compute in a few steps, so it waits for something else",
            seconds(prefill),
            number(libm::round(tokens)),
            number(libm::round(prefill / step.max(1e-9)))
        ));
    }
    if let Some(cost) = facts.prefill.cost.filter(|_| facts.prefill.is_slower) {
        return Some(format!(
            "a prompt token costs {}, was {}: prefill became slower, not longer",
            seconds(cost.now),
            seconds(cost.before)
        ));
    }
    facts.work.hit_ratio_fell.then(|| {
        "fewer prompt tokens hit the prefix cache; the prompts did not grow longer".to_owned()
    })
}

fn evidence(state: &Long, facts: &Facts) -> Vec<Evidence> {
    let budget = facts.prefill.budget.unwrap_or(Line::constant(0.0));
    let tokens = number(libm::round(state.tokens));
    vec![
        exact(
            SignalId::PrefillTime,
            "s",
            state.prefill,
            Compare::Above,
            budget,
            format!(
                "prefill takes {} on average; the budget is {}",
                seconds(state.prefill),
                seconds(budget.value)
            ),
        ),
        exact(
            SignalId::ComputedPromptTokensPerRequest,
            "tokens",
            state.tokens,
            Compare::Above,
            state.before.map_or(Line::constant(0.0), Line::baseline),
            match state.before {
                Some(before) => format!(
                    "{tokens} uncached prompt tokens per request, was {}",
                    number(libm::round(before))
                ),
                None => format!("{tokens} uncached prompt tokens per request"),
            },
        ),
    ]
}

fn rules_out(facts: &Facts) -> Vec<RuledOut> {
    let mut list = vec![ruled_out(
        CauseId::SlotCap,
        if owns_queue(facts) {
            "no more requests arrive than before, each with a longer prompt".to_owned()
        } else {
            format!("queue wait is only {}", seconds(facts.queue.seconds()))
        },
    )];
    if facts.step_time.level == Level::Normal {
        list.push(ruled_out(CauseId::SlowDecode, format!("ITL {}", facts.step_time.reason)));
    }
    list
}

fn action(words: &Words<'_>) -> Action {
    let scope = words.scope;
    let mut builder = ActionBuilder::new(
        ActionId::ShortenPrompts,
        "Find the callers with the longest prompts; shorten them, or move shared text to the front so \
         that the prefix cache holds it.",
        "TTFT falls in proportion to the prompt tokens that need not be computed.",
    )
    .copy(
        "PromQL",
        format!(
            "histogram_quantile(0.95, sum by (le) (rate({}[5m])))",
            scope.selector(Family::PromptTokensPerRequest, Some(RolePart::Bucket))
        ),
    );
    let caching = scope.flag(Knob::PrefixCaching);
    if let Some(flag) = caching.filter(|_| !scope.is_in_force(Knob::PrefixCaching)) {
        builder = builder.then(format!("Check that prefix caching is on ({flag})."));
    }
    if let Some(flag) = scope.flag(Knob::TokenBudget) {
        builder = builder.then(format!(
            "If ITL has headroom, a larger {flag} computes a prompt in fewer steps."
        ));
    }
    builder.avoid(ActionId::RaiseMaxNumSeqs, "No request waits for a slot.").build()
}
