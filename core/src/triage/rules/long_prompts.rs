//! The first token is late because prompts are long to compute.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::signal::level::{PREFILL_SHARE_OF_TARGET, target};
use crate::text::number::{number, percent, seconds};
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Threshold, exact, ruled_out};
use crate::triage::finding::Action;
use crate::triage::finding::Compare;
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};

/// Change of a mean against its baseline that counts as one: ordinary wobble of a prompt mean stays
/// below 10 %.
const CHANGED: f64 = 1.2;

pub(crate) static LONG_PROMPTS: Rule = Rule {
    id: CauseId::LongPrompts,
    condition: "Time to first token is high because prefill is long, and each prompt token costs what it did before.",
    matters: "The engine does what it is asked to; the work per request has grown or is large.",
    needs: &[SignalId::Ttft, SignalId::QueueTime, SignalId::PrefillTime],
    uses: &[
        SignalId::ComputedPromptTokensPerRequest,
        SignalId::PromptTokensPerRequest,
        SignalId::PrefixHitRatio,
    ],
    confusable: &[CauseId::SlotCap, CauseId::SlowDecode],
    action: Some(ActionGuide {
        id: ActionId::ShortenPrompts,
        costs: "A change of the callers, or memory for the prefix cache.",
        wrong_when: "prefill is slow per token rather than long: then the device or the batch is the matter.",
    }),
    sources: "Prefill time is recorded from the first scheduling to the first token; its driver is computed prompt tokens.",
    check,
};

fn check(context: &Context<'_>) -> Answer {
    let prefill = context.mean(SignalId::PrefillTime).unwrap_or(0.0);
    match context.signal(SignalId::Ttft) {
        Some(signal) if signal.level == Level::Unknown => {
            return Answer::unknown(format!(
                "time to first token cannot be judged: {}",
                signal.level_reason
            ));
        }
        Some(signal) if signal.level == Level::High => {}
        _ => return Answer::clear("time to first token is not above its target"),
    }
    if context.level(SignalId::PrefillTime) != Level::High {
        return Answer::clear(format!("prefill takes only {} on average", seconds(prefill)));
    }
    let queue = context.mean(SignalId::QueueTime).unwrap_or(0.0);
    if queue > prefill {
        return Answer::clear(format!(
            "requests queue longer ({}) than they prefill ({})",
            seconds(queue),
            seconds(prefill)
        ));
    }
    let Some(tokens) = computed_tokens(context) else {
        return Answer::unknown(
            "prompt lengths are not measured, so long prompts and slow prefill look the same",
        );
    };
    // Computing a prompt never costs more a token than writing the answer does: many of its tokens
    // share one step.
    if let Some(step) = context.token_time().filter(|step| prefill > *step * tokens.max(1.0)) {
        return Answer::clear(format!(
            "prefill takes {} for {} computed tokens, more than the same number of output tokens would ({} each): it \
             waits for something, the prompts are not long",
            seconds(prefill),
            number(tokens),
            seconds(step)
        ));
    }
    // Attention makes a token of a long prompt dearer than one of a short prompt, so lengths that
    // grew more explain it.
    let slower = |(before, now): &(f64, f64)| {
        *now > CHANGED * *before && *now / *before > grown_length(context)
    };
    if let Some((before, now)) = cost_per_token(context).filter(slower) {
        return Answer::clear(format!(
            "a prompt token costs {} now and {} before: prefill became slower, not longer",
            seconds(now),
            seconds(before)
        ));
    }
    if hit_ratio_fell(context) {
        return Answer::clear(
            "fewer prompt tokens are found in the prefix cache: that, not the length of the prompts, is what grew",
        );
    }
    Answer::Firing(Box::new(case(context, prefill, queue, tokens)))
}

fn computed_tokens(context: &Context<'_>) -> Option<f64> {
    context
        .mean(SignalId::ComputedPromptTokensPerRequest)
        .or_else(|| context.mean(SignalId::PromptTokensPerRequest))
}

/// Prefill seconds per computed prompt token, in the baseline and now.
fn cost_per_token(context: &Context<'_>) -> Option<(f64, f64)> {
    let cost = |window: &crate::window::measurements::Measurements| {
        let tokens = window
            .mean(Family::ComputedPromptTokensPerRequest)
            .or_else(|| window.mean(Family::PromptTokensPerRequest))?;
        (tokens > 0.0)
            .then(|| window.mean(Family::PrefillTime).map(|prefill| prefill / tokens))
            .flatten()
    };
    Some((cost(context.baseline?)?, cost(context.now)?))
}

/// Factor by which the computed prompts grew against the baseline; 1 where that is not measured.
fn grown_length(context: &Context<'_>) -> f64 {
    let length = |window: &crate::window::measurements::Measurements| {
        let computed = window.mean(Family::ComputedPromptTokensPerRequest);
        computed.or_else(|| window.mean(Family::PromptTokensPerRequest))
    };
    let lengths =
        context.baseline.and_then(length).filter(|before| *before > 0.0).zip(length(context.now));
    lengths.map_or(1.0, |(before, now)| now / before)
}

/// Whether more of each prompt is computed than before, and that weighs more than the growth of the
/// prompts themselves.
fn hit_ratio_fell(context: &Context<'_>) -> bool {
    let factor = |family| {
        let before = context.baseline?.mean(family).filter(|before| *before > 0.0)?;
        context.now.mean(family).map(|now| now / before)
    };
    let lengths =
        factor(Family::PromptTokensPerRequest).zip(factor(Family::ComputedPromptTokensPerRequest));
    lengths.is_some_and(|(length, computed)| computed / length > CHANGED.max(length))
}

fn case(context: &Context<'_>, prefill: f64, queue: f64, tokens: f64) -> Case {
    let line = target(&context.settings.slo, SignalId::Ttft).map_or(
        Threshold::constant(0.0),
        |(value, source)| Threshold { value: PREFILL_SHARE_OF_TARGET * value, source },
    );
    let mut evidence = vec![exact(
        SignalId::PrefillTime,
        "s",
        prefill,
        Compare::Above,
        line,
        format!(
            "prefill takes {} on average, over half of the time-to-first-token target",
            seconds(prefill)
        ),
    )];
    let before = context.baseline.and_then(|baseline| {
        baseline
            .mean(Family::ComputedPromptTokensPerRequest)
            .or_else(|| baseline.mean(Family::PromptTokensPerRequest))
    });
    evidence.push(exact(
        SignalId::ComputedPromptTokensPerRequest,
        "tokens",
        tokens,
        Compare::Above,
        before.map_or(Threshold::constant(0.0), Threshold::baseline),
        match before {
            Some(before) => {
                format!(
                    "{} prompt tokens are computed per request, {} before",
                    number(tokens),
                    number(before)
                )
            }
            None => format!("{} prompt tokens are computed per request", number(tokens)),
        },
    ));
    let mut rules_out =
        vec![ruled_out(CauseId::SlotCap, format!("requests queue for only {}", seconds(queue)))];
    if context.level(SignalId::Itl) == Level::Normal
        && let Some(signal) = context.signal(SignalId::Itl)
    {
        rules_out.push(ruled_out(
            CauseId::SlowDecode,
            format!("inter-token latency: {}", signal.level_reason),
        ));
    }
    let hits = context
        .mean(SignalId::PrefixHitRatio)
        .map(|ratio| format!(" The prefix cache holds {} of the prompt tokens.", percent(ratio)))
        .unwrap_or_default();
    Case {
        severity: context.severity(),
        sentence: format!(
            "Prompts are long: prefill takes {} for {} computed tokens, and the first token waits for it.",
            seconds(prefill),
            number(tokens)
        ),
        detail: format!(
            "Requests queue for only {}; the engine computes from the moment it is asked.{hits}",
            seconds(queue)
        ),
        evidence,
        rules_out,
        replicas: Vec::new(),
        since: context.changed_at,
        action: Some(action(context)),
    }
}

fn action(context: &Context<'_>) -> Action {
    let words = context.scope.profile.words;
    ActionBuilder::new(ActionId::ShortenPrompts,
        "Find the callers with the longest prompts and shorten them, or move shared text to the front so that it is cached.",
        "Time to first token falls in proportion to the prompt tokens that need not be computed.",
    )
    .copy(
        "PromQL",
        format!(
            "histogram_quantile(0.95, sum by (le) (rate({}[5m])))",
            context.selector("request_prompt_tokens_bucket")
        ),
    )
    .then(format!("See that prefix caching is on ({}) and hits.", words.prefix_cache_flag))
    .then(format!("If decode has room, a larger {} computes a prompt in fewer steps.", words.token_budget_flag))
    .avoid(ActionId::RaiseMaxNumSeqs, "no request waits for a slot")
    .build()
}
