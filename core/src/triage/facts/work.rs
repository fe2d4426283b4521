//! How many tokens does a request ask for?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::limits::LimitId;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::{Change, Subject};
use crate::window::measurements::Measurements;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Work, thresholds: &[&GREW, &CHANGED, &MULTIPLIED, &GIANT] };

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

/// Change of a mean length that explains an incident by itself.
static MULTIPLIED: Threshold = Threshold {
    id: "work.multiplied",
    value: 1.5,
    range: (1.1, 10.0),
    reason: Reason::of(
        "Factor of prompts, contexts, outputs or cache misses against the baseline from which they \
             are called the cause of what followed. Means of a few hundred requests with long tails \
             move by a third; at 3, outputs that doubled are no fault.",
    ),
};

/// Share of the key-value cache from which one prompt is a giant.
static GIANT: Threshold = Threshold {
    id: "work.giant",
    value: 0.4,
    range: (0.05, 1.0),
    reason: Reason::of(
        "Share of the key-value cache of one engine that a prompt surely needs, by the lower bound of \
             its bucket, to be a giant. A cache in ordinary use is half full, so such a prompt waits for \
             others to end; lower, long prompts that fit beside what runs count; higher, buckets as wide \
             as a factor of two hide most giants.",
    ),
};

/// Share of its prompts that an engine can have computed: all of them, and what the edges of a
/// window count of other requests. Lower, few requests have no share; higher, two counts that a
/// restart tore apart become a cache that holds less than nothing.
const MOST_COMPUTED: f64 = 1.1;

/// Prompts that alone need a large part of the cache.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Giants {
    /// How many finished in the window.
    pub count: f64,
    /// Their tokens, at least.
    pub least: f64,
    /// Those by the tokens that the cache of one engine holds.
    pub share: f64,
    /// Tokens of the mean prompt.
    pub mean: f64,
    /// Those by what the cache holds.
    pub mean_share: f64,
    /// They come more often than in the baseline, twice as often at least; true without one.
    pub are_more: bool,
    /// The line for `share`.
    pub line: f64,
}

/// Share of the prompts up to which giants come now and then: more, and they are the service.
const RARE: f64 = 0.05;

/// How much more often giants must come than before.
const MORE: f64 = 2.0;

/// Tokens a request, now and before.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each says of one quantity whether it changed, independently of the others"
)]
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
    /// Prompt tokens per request, those found in a cache included, in the baseline and now.
    pub prompt_change: Option<Change>,
    /// Images, sounds and videos that a request carries, on average; None where that is not
    /// measured.
    pub items: Option<f64>,
    /// The same in the baseline and now, where there are more of them, by more than chance.
    pub more_items: Option<Change>,
    /// Share of looked-up prompt tokens found in the prefix cache, 0–1.
    pub hit_ratio: Option<f64>,
    /// Share of the prompt tokens that no cache held, in the baseline and now.
    pub misses: Option<Change>,
    /// Those misses multiplied, and the prompts did not grow by as much.
    pub cache_collapsed: bool,
    /// Prompts multiplied, and caches hold what was added: contexts grew, not the work of prefill.
    pub contexts_grew: bool,
    /// Prompts multiplied.
    pub prompts_grew: bool,
    /// Fewer output tokens a second come out than in the baseline, and no more prompt tokens go in.
    pub fell: bool,
    /// The mean prompt grew because a part of the prompts did, and the shortest did not.
    pub some_prompts_grew: bool,
    /// Outputs multiplied.
    pub outputs_grew: bool,
    /// Output tokens of a request that finishes, in the baseline, else in the window, and those by
    /// which a request inside has more at the window's end than at its begin; only where that is
    /// more than chance: those that finish first are the short ones.
    pub outputs_inside: Option<Change>,
    /// More of each prompt is computed than before, and that weighs more than longer prompts.
    pub hit_ratio_fell: bool,
    /// Prompts that alone need a large part of the cache.
    pub giants: Option<Giants>,
    /// More tokens a second are written or read than in the baseline; true where neither is
    /// measured in both, because then a grown batch cannot be told from a consequence. False
    /// without a baseline.
    pub grew: bool,
}

impl Work {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let line = subject.line(&MULTIPLIED);
        let is_above = |change: Option<Change>| change.is_some_and(|change| change.factor() > line);
        let output_change = subject.change(|window| {
            window.mean(Family::GenerationTokensPerRequest).map(|tokens| tokens - 1.0)
        });
        let prompt_change = subject.change(|window| window.mean(Family::PromptTokensPerRequest));
        let computed_change = subject.change(Subject::computed_tokens);
        let of = |change: Option<Change>| change.map_or(1.0, Change::factor);
        let (prompts, computed) = (of(prompt_change), of(computed_change));
        let misses = subject.change(|window| {
            let all = window.mean(Family::PromptTokensPerRequest)?;
            let share = Subject::computed_tokens(window)? / all;
            (share <= MOST_COMPUTED).then(|| share.min(1.0))
        });
        Self {
            cache_collapsed: is_above(misses) && computed > line && of(misses) > prompts,
            contexts_grew: is_above(prompt_change) && prompts > line * computed,
            prompts_grew: is_above(prompt_change),
            some_prompts_grew: prompts > subject.line(&CHANGED)
                && some_grew(subject, Family::PromptTokensPerRequest, SHORTEST).is_some(),
            fell: fell(subject),
            outputs_grew: is_above(output_change),
            outputs_inside: outputs_inside(subject),
            misses,
            computed_prompt_tokens: Subject::computed_tokens(subject.now),
            computed_change,
            output_tokens: subject.now.mean(Family::GenerationTokensPerRequest),
            output_change,
            prompt_change,
            items: items(subject.now),
            more_items: more_items(subject),
            hit_ratio: subject.signal(SignalId::PrefixHitRatio).and_then(|signal| signal.mean),
            giants: giants(subject),
            hit_ratio_fell: hit_ratio_fell(subject),
            grew: grew(subject),
        }
    }

    /// Factor by which the computed prompts grew; 1 where that is not measured.
    pub fn prompt_growth(&self) -> f64 {
        self.computed_change.map_or(1.0, Change::factor)
    }
}

/// Each is looked up once, before its request is first scheduled.
fn items(window: &Measurements) -> Option<f64> {
    let begun = window.count(Family::Ttft).filter(|begun| *begun > 0.0)?;
    window.increase(Family::MultimodalItems).map(|items| items / begun)
}

/// Growth of the items a request from which there are more of them. Lower, an ordinary hour;
/// higher, twice the images of each request are no change.
const MORE_ITEMS: f64 = 1.5;

/// Standard errors by which that must be beyond the chance of both counts. Lower, one image among
/// a hundred requests; higher, a change of a few hundred requests is seen late.
const CHANCE: f64 = 3.0;

fn more_items(subject: &Subject<'_>) -> Option<Change> {
    let change = subject.change(items)?;
    let counts = subject.now.increase(Family::MultimodalItems)?;
    let before = subject.baseline?.increase(Family::MultimodalItems).filter(|all| *all > 0.0)?;
    // Relative errors of two counts, as those of their ratio.
    let error = libm::sqrt(1.0 / counts.max(1.0) + 1.0 / before);
    (change.factor() > MORE_ITEMS * (1.0 + CHANCE * error)).then_some(change)
}

/// Growth of the tokens of a request inside, by those of one that finishes, from which outputs
/// become long. In a steady state what is inside has as many tokens as before: of eight requests
/// whose lengths scatter as those of chats do, their mean wanders by half a length, so that this
/// is three deviations. Lower, chance is a runaway; higher, outputs that tripled are seen when
/// they end.
const INSIDE: f64 = 1.5;

/// Requests that must run: of fewer, one long one is most of them.
const LEAST_INSIDE: f64 = 8.0;

/// Share of the requests that may have left unseen: their tokens would be those of others.
const LEFT_UNSEEN: f64 = 0.01;

/// Tokens are counted when they are written, lengths when a request ends: what is written and not
/// ended is inside.
fn outputs_inside(subject: &Subject<'_>) -> Option<Change> {
    let now = subject.now;
    let running = now.gauge(Family::Running)?;
    let running = Change { before: running.first, now: running.last };
    let length = |window: &Measurements| window.mean(Family::GenerationTokensPerRequest);
    let before = subject.baseline.map_or_else(|| length(now), length)?;
    let ended = now.totals.get(&Family::GenerationTokensPerRequest)?.sum?.value;
    let begun = now.count(Family::Ttft)?;
    let left = begun - now.finished()? - (running.now - running.before);
    let (first, last) = (now.first, now.last);
    let mut lives = subject.activities.iter();
    let is_counted = left <= (LEFT_UNSEEN * begun).max(1.0)
        && !lives.any(|life| life.restarts(first, last).next().is_some());
    // Tokens that are counted twice are written and never end; then each output seems to hold two.
    let is_counted = is_counted && now.tokens_per_output().is_none();
    let written = now.increase(Family::GenerationTokens)?;
    grown_inside(written - ended, running, before).filter(|_| is_counted)
}

/// Tokens of a request that ends and those by which one inside grew, by the tokens that all of them
/// have more; each one more that runs may have the tokens of one that ends. None where that is
/// chance.
fn grown_inside(more: f64, running: Change, length: f64) -> Option<Change> {
    let joined = (running.now - running.before).max(0.0) * length;
    // What is inside at either end scatters: after a burst few are left, and chance is theirs too.
    let inside = (more - joined) / running.now.max(running.before).max(1.0);
    (running.now >= LEAST_INSIDE && inside >= INSIDE * length)
        .then_some(Change { before: length, now: inside })
}

/// Part of the prompts that must have become longer than some length. Two samples of a hundred
/// differ by as much at some length by chance, once in three; lower, that is a change; with a
/// quarter, long prompts of one caller in five pass.
const SOME: f64 = 0.12;

/// Factor by which the least part of a histogram's values grew at most, where more than [`SOME`]
/// of all became larger than some value, and the least part ends in the bucket in which it ended
/// before: the width of that bucket. None where all of them may have grown, or none did.
pub(super) fn some_grew(subject: &Subject<'_>, family: Family, part: f64) -> Option<f64> {
    let before = subject.baseline?.histograms.get(&family)?;
    let now = subject.now.histograms.get(&family)?;
    let counts = || before.counts().iter().zip(now.counts());
    let (mut least, mut most) = (0.0, 0.0_f64);
    let mut end = None;
    let (mut up_to_before, mut up_to) = (0.0, 0.0);
    for (at, (count_before, count)) in counts().enumerate() {
        up_to_before += count_before / before.count();
        up_to += count / now.count();
        if least < part && up_to_before.max(up_to) >= part {
            end = Some(at).filter(|_| up_to_before.min(up_to) >= part);
        }
        least = up_to_before.max(up_to);
        most = most.max(up_to_before - up_to);
    }
    let is_some = before.counts().len() == now.counts().len() && most > SOME;
    let (end, bounds) = (end.filter(|_| is_some)?, now.upper_bounds());
    let lower = end.checked_sub(1).map_or(0.0, |below| bounds[below]);
    bounds.get(end).map(|upper| upper / lower)
}

/// Part of the prompts that are the shortest: in a mixture with long ones they are others of the
/// short. A larger part moves with the share of the long ones, of a smaller one few requests tell.
const SHORTEST: f64 = 0.1;

fn giants(subject: &Subject<'_>) -> Option<Giants> {
    let capacity = subject.limit(LimitId::KvCapacityTokens)?.value;
    let line = subject.line(&GIANT);
    let prompts = subject.now.histograms.get(&Family::PromptTokensPerRequest)?;
    let lower_ends = || std::iter::once(0.0).chain(prompts.upper_bounds().iter().copied());
    let least = lower_ends().find(|lower| *lower >= line * capacity)?;
    let above = |window: &Measurements| {
        let prompts = window.histograms.get(&Family::PromptTokensPerRequest)?;
        let beyond = prompts.upper_bounds().iter().position(|bound| *bound >= least)?;
        Some(prompts.counts()[beyond + 1..].iter().sum::<f64>())
    };
    let all = prompts.count();
    let count = above(subject.now).filter(|count| *count >= 2.0 && *count <= RARE * all)?;
    let rate = count / subject.now.seconds.max(1.0);
    let before = subject.baseline.and_then(|before| Some(above(before)? / before.seconds.max(1.0)));
    let mean = subject.now.mean(Family::PromptTokensPerRequest)?;
    Some(Giants {
        count,
        least,
        share: least / capacity,
        mean,
        mean_share: mean / capacity,
        are_more: before.is_none_or(|before| rate >= MORE * before),
        line,
    })
}

fn hit_ratio_fell(subject: &Subject<'_>) -> bool {
    let length = subject.change(|window| window.mean(Family::PromptTokensPerRequest));
    let computed = subject.change(Subject::computed_tokens);
    let lengths = length.map(Change::factor).zip(computed.map(Change::factor));
    let line = subject.line(&CHANGED);
    lengths.is_some_and(|(length, computed)| computed / length > line.max(length))
}

/// Share of the former output tokens a second up to which they fell. An engine that is asked for
/// more gives no less; nearer to 1, the wobble of minutes is a loss; lower, a tenth that is lost
/// passes.
const FELL: f64 = 0.9;

fn fell(subject: &Subject<'_>) -> bool {
    let factor = |family| subject.change(|window| window.rate(family)).map(Change::factor);
    let (outputs, prompts) = (factor(Family::GenerationTokens), factor(Family::PromptTokens));
    outputs.is_some_and(|outputs| outputs < FELL)
        && prompts.is_none_or(|prompts| prompts <= subject.line(&GREW))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_that_are_being_written_tell_before_they_end() {
        let grown = |more, before, now| {
            grown_inside(more, Change { before, now }, 200.0).map(|inside| inside.now)
        };
        assert_eq!(grown(32.0 * 1000.0, 32.0, 32.0), Some(1000.0));
        assert_eq!(grown(0.0, 32.0, 32.0), None, "a steady state");
        assert_eq!(grown(32.0 * 290.0, 32.0, 32.0), None, "chance");
        assert_eq!(grown(32.0 * 400.0, 0.0, 32.0), None, "a batch that filled");
        assert_eq!(grown(2.0 * 5000.0, 2.0, 2.0), None, "one long one of two");
    }
}
