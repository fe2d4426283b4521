//! Are tokens slower than before, and do the batch and the live tokens explain it?

use crate::catalogue::families::Family;
use crate::model::step_time::Growth;
use crate::text::number::{number, percent};
use crate::triage::context::Context;
use crate::window::measurements::Measurements;

/// Growth against the baseline that counts as one, of the batch, of the live tokens and of the time
/// a token takes beyond them: below a fifth more, each is lost in the wobble.
const GREW: f64 = 1.2;

/// KV usage from which the live tokens matter to a step. The cache of a well-filled device is about
/// as large as its weights, which every step reads; less than a fifth of it adds little to them.
const LIVE_TOKENS_MATTER: f64 = 0.2;

/// Growth of the tokens per second from which the engine was given more to do.
///
/// A slow device holds each request longer, so its batch grows too, and by the very factor by which
/// it became slow (Little's law), while the tokens per second stay what arrives. Rates of a few
/// minutes wobble by some per cent; at 1.5 an engine near its capacity, whose last requests cost
/// much and bring little, would be called a slow device.
const WORK_GREW: f64 = 1.1;

/// Tokens against the baseline.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Slowdown {
    /// There is no baseline, or tokens are not slower than it.
    None,
    /// Slower, and what grew explains it; why, as a phrase.
    Explained(String),
    /// Slower than anything that grew explains.
    Unexplained,
}

/// Compares tokens with the baseline.
///
/// A step takes α + β·batch + γ·live tokens, so it grows by at most the factor by which the faster
/// growing of the two grew. What exceeds that is not explained, and neither is anything by a batch
/// that grew without more work.
pub(crate) fn slowdown(context: &Context<'_>) -> Slowdown {
    let Some(baseline) = context.baseline else {
        return Slowdown::None;
    };
    let grown = |family| {
        Growth::of_gauge(context.now, baseline, family).filter(|growth| growth.factor() > GREW)
    };
    let more_work = work_grew(context, baseline);
    let grown_batch = grown(Family::Running);
    let batch = grown_batch.filter(|_| more_work);
    let held = grown_batch.map_or(1.0, Growth::factor);
    let usage = grown(Family::KvUsage).filter(|growth| {
        growth.now >= LIVE_TOKENS_MATTER && (more_work || growth.factor() > GREW * held)
    });
    let explained = batch.into_iter().chain(usage).map(Growth::factor).fold(1.0, f64::max);
    let slower = Growth::of_mean(context.now, baseline, Family::Itl).map_or(1.0, Growth::factor);
    if slower > GREW * explained {
        return Slowdown::Unexplained;
    }
    let usage = usage.filter(|usage| batch.is_none_or(|batch| usage.factor() > batch.factor()));
    match (usage, batch) {
        (Some(usage), _) => Slowdown::Explained(format!(
            "the sequences hold {} of the KV cache instead of {}: each step reads more, which slows every token",
            percent(usage.now),
            percent(usage.before)
        )),
        (None, Some(batch)) => Slowdown::Explained(format!(
            "the batch grew from {} to {} sequences, which slows every token",
            number(batch.before),
            number(batch.now)
        )),
        (None, None) => Slowdown::None,
    }
}

/// Whether more tokens a second are written or read than in the baseline; yes where neither is
/// measured in both, because then a grown batch cannot be told from a consequence.
fn work_grew(context: &Context<'_>, baseline: &Measurements) -> bool {
    let factor = |family| {
        let before = baseline.rate(family).filter(|before| *before > 0.0)?;
        context.now.rate(family).map(|now| now / before)
    };
    let factors = [factor(Family::GenerationTokens), factor(Family::PromptTokens)];
    let mut measured = factors.into_iter().flatten().peekable();
    measured.peek().is_none() || measured.any(|factor| factor > WORK_GREW)
}
