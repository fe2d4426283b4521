//! How many tokens does a request ask for?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::{Change, Subject};

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Work, thresholds: &[&GREW, &CHANGED] };

/// Growth of the tokens per second from which the engine was given more to do.
static GREW: Threshold = Threshold {
    id: "work.grew",
    value: 1.1,
    range: (1.0, 2.0),
    reason: Reason::of(
        "Factor of the tokens per second against the baseline from which the engine was given \
             more to do. A slow device holds each request longer, so its batch grows by the factor by \
             which it became slow (Little's law) while the tokens per second stay what arrives. Rates \
             of a few minutes wobble by some per cent; at 1.5 an engine near its capacity, whose last \
             requests cost much and bring little, would be called a slow device.",
    ),
};

/// Change of a mean length that counts as one.
pub(super) static CHANGED: Threshold = Threshold {
    id: "work.changed",
    value: 1.2,
    range: (1.0, 3.0),
    reason: Reason::of(
        "Factor of a mean length or cost against its baseline that counts as a change. Ordinary \
             wobble of a prompt mean stays below 10 %; above 1.2, a third more work passes as none.",
    ),
};

/// Tokens a request, now and before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Work {
    /// Prompt tokens per request that are computed, else all prompt tokens.
    pub computed_prompt_tokens: Option<f64>,
    /// The same in the baseline and now.
    pub computed_change: Option<Change>,
    /// Output tokens per request.
    pub output_tokens: Option<f64>,
    /// Output tokens after the first per request, in the baseline and now.
    pub output_change: Option<Change>,
    /// Share of looked-up prompt tokens found in the prefix cache, 0–1.
    pub hit_ratio: Option<f64>,
    /// More of each prompt is computed than before, and that weighs more than longer prompts.
    pub hit_ratio_fell: bool,
    /// More tokens a second are written or read than in the baseline; true where neither is
    /// measured in both, because then a grown batch cannot be told from a consequence. False
    /// without a baseline.
    pub grew: bool,
}

impl Work {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        Self {
            computed_prompt_tokens: Subject::computed_tokens(subject.now),
            computed_change: subject.change(Subject::computed_tokens),
            output_tokens: subject.now.mean(Family::GenerationTokensPerRequest),
            output_change: subject.change(|window| {
                window.mean(Family::GenerationTokensPerRequest).map(|tokens| tokens - 1.0)
            }),
            hit_ratio: subject.signal(SignalId::PrefixHitRatio).and_then(|signal| signal.mean),
            hit_ratio_fell: hit_ratio_fell(subject),
            grew: grew(subject),
        }
    }

    /// Factor by which the computed prompts grew; 1 where that is not measured.
    pub fn prompt_growth(&self) -> f64 {
        self.computed_change.map_or(1.0, Change::factor)
    }
}

fn hit_ratio_fell(subject: &Subject<'_>) -> bool {
    let factor = |family| subject.change(|window| window.mean(family)).map(Change::factor);
    let lengths =
        factor(Family::PromptTokensPerRequest).zip(factor(Family::ComputedPromptTokensPerRequest));
    let line = subject.line(&CHANGED);
    lengths.is_some_and(|(length, computed)| computed / length > line.max(length))
}

fn grew(subject: &Subject<'_>) -> bool {
    if subject.baseline.is_none() {
        return false;
    }
    let factor = |family| subject.change(|window| window.rate(family)).map(Change::factor);
    let factors = [factor(Family::GenerationTokens), factor(Family::PromptTokens)];
    let line = subject.line(&GREW);
    factors.iter().all(Option::is_none) || factors.into_iter().flatten().any(|factor| factor > line)
}
