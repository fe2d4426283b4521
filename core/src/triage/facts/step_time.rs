//! How long does a token take, and does the work explain it?
//!
//! A step takes α + β·batch + γ·live tokens, so it grows by at most the factor by which the faster
//! growing of the two grew. What exceeds that is not explained, and neither is anything by a batch
//! that grew without more work.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::histogram::Histogram;
use crate::histogram::arithmetic::within;
use crate::model::step_time::{StepLaw, mean_batch};
use crate::signal::level::Level;
use crate::text::number::{counted, number, percent, seconds};
use crate::triage::evidence::Line;
use crate::triage::facts::FactDefinition;
use crate::triage::facts::work::{Work, some_grew};
use crate::triage::subject::{Change, Subject};
use crate::window::measurements::Measurements;

pub(super) static FACT: FactDefinition = FactDefinition {
    id: FactId::StepTime,
    thresholds: &[&GREW, &LIVE_TOKENS_MATTER, &SAFE_GROWTH],
};

/// Growth against the baseline that counts as one.
static GREW: Threshold = Threshold {
    id: "step-time.grew",
    value: 1.2,
    range: (1.0, 3.0),
    reason: Reason::of(
        "Factor against the baseline that counts as growth, of the batch, of the live tokens and \
             of the time a token takes beyond them. Below it, each is lost in the wobble; above it, a \
             device that lost a quarter of its speed passes.",
    ),
};

/// KV usage from which the live tokens matter to a step.
static LIVE_TOKENS_MATTER: Threshold = Threshold {
    id: "step-time.live-tokens-matter",
    value: 0.2,
    range: (0.0, 1.0),
    reason: Reason::of(
        "Share of the key-value cache in use from which the live tokens matter to a step. The \
             cache of a well-filled device is about as large as its weights, which every step reads; \
             less than a fifth of it adds little to them.",
    ),
};

/// The batch must be allowed to grow by this factor within the objective for a cap to be the fault.
static SAFE_GROWTH: Threshold = Threshold {
    id: "step-time.safe-growth",
    value: 2.0,
    range: (1.1, 8.0),
    reason: Reason::of(
        "Factor by which the batch must be allowed to grow within the objective for a cap to be \
             the fault rather than the load. A step takes α + β·batch with α ≥ 0, so a batch twice as \
             large makes a token at most twice as slow. Smaller, a raised cap misses the objective \
             soon; larger, real caps on busy engines are called overload.",
    ),
};

/// The time of a token.
#[derive(Debug, Clone, PartialEq)]
pub struct StepTime {
    /// Mean time of one more token, seconds: inter-token latency, or decode time by output tokens
    /// where an output holds several or none is measured.
    pub token_time: Option<f64>,
    /// The same in the baseline and now.
    pub change: Option<Change>,
    /// The quantile of the inter-token latency against its target.
    pub level: Level,
    /// What it was judged against and by how far.
    pub reason: String,
    /// A request's own time per token against its target.
    pub per_request_level: Level,
    /// Target of a token: the lower one of inter-token latency and of time per output token,
    /// seconds.
    pub target: Option<Line>,
    /// Running sequences, in the baseline and now; where the gauge is missing, those that decode,
    /// by Little's law.
    pub running: Option<Change>,
    /// Step time as a law of the batch, where the baseline ran with another batch.
    pub law: Option<StepLaw>,
    /// Mean decoding sequences of one engine (Little's law).
    pub batch: Option<f64>,
    /// The growth for which there must be room.
    pub safe_growth: f64,
    /// Tokens against the baseline.
    pub slowdown: Slowdown,
    /// The faster half of the tokens comes as before although the mean is slower, or few of them
    /// hold most of what was added: some steps are long, not every one.
    pub most_kept: bool,
    /// Outputs of one batch that came later than any device is slow; 0 where none did.
    pub stood_still: f64,
}

/// Tokens against the baseline.
#[derive(Debug, Clone, PartialEq)]
pub enum Slowdown {
    /// There is no baseline, or tokens are not slower than it.
    None,
    /// Slower, and what grew explains it.
    Explained(Grown),
    /// Slower than anything that grew explains.
    Unexplained,
}

/// What explains slower tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Grown {
    /// The batch, running sequences.
    Batch(Change),
    /// The tokens that the sequences hold, as share of the key-value cache.
    LiveTokens(Change),
}

impl Grown {
    /// `the batch grew from 8 to 20 sequences, which slows every token`.
    pub fn phrase(self) -> String {
        match self {
            Self::LiveTokens(usage) => format!(
                "the sequences hold {} of the KV cache, was {}: each step reads more, which slows \
                 every token",
                percent(usage.now),
                percent(usage.before)
            ),
            Self::Batch(batch) => format!(
                "the batch grew from {} to {} sequences, which slows every token",
                number(batch.before),
                number(batch.now)
            ),
        }
    }
}

impl StepTime {
    pub(super) fn of(subject: &Subject<'_>, work: &Work) -> Self {
        let engines = subject.engines();
        let running = subject.change(|window| gauge_mean(window, Family::Running));
        let running = running.or_else(|| subject.change(mean_batch));
        let change = subject.change(Measurements::token_time);
        let level = |id| subject.level(id);
        Self {
            token_time: subject.now.token_time(),
            change,
            level: level(SignalId::Itl),
            reason: subject
                .signal(SignalId::Itl)
                .map_or_else(String::new, |signal| signal.level_reason.clone()),
            per_request_level: per_request_level(subject),
            target: target(subject),
            running,
            law: subject.baseline.and_then(|before| StepLaw::fit(subject.now, before, engines)),
            batch: mean_batch(subject.now).map(|batch| batch / engines.max(1) as f64),
            safe_growth: subject.line(&SAFE_GROWTH),
            slowdown: slowdown(subject, work, running, change),
            most_kept: change.is_some_and(|change| {
                most_kept(subject, change) || few_hold(subject, change).unwrap_or(false)
            }),
            stood_still: stood_still(subject, running),
        }
    }

    /// Seconds of a token once the batch is `factor` times as large; None where the time of a token
    /// is not measured.
    ///
    /// By the law where there is one, and never more than `factor` times as long, because a step is
    /// α + β·batch with α ≥ 0.
    pub fn grown(&self, factor: f64) -> Option<f64> {
        let token_time = self.token_time?;
        let worst = factor * token_time;
        Some(match (self.law, self.batch) {
            (Some(law), Some(batch)) => within(law.at(factor * batch), token_time, worst),
            _ => worst,
        })
    }

    /// How many times as large the batch may be so that a token surely takes no more than `target`
    /// seconds; None where the time of a token is not measured.
    ///
    /// The inverse of [`StepTime::grown`]; at least 1 where the target is kept now.
    pub fn growth_within(&self, target: f64) -> Option<f64> {
        let token_time = self.token_time?;
        let worst = target / token_time;
        Some(match (self.law, self.batch) {
            (Some(law), Some(batch)) => worst.max((target - law.alpha) / (law.beta * batch)),
            _ => worst,
        })
    }

    /// That some outputs came later than any device is slow; None where none did.
    pub fn still(&self) -> Option<String> {
        let outputs = counted(self.stood_still, "output", "outputs");
        (self.stood_still > 0.0).then(|| {
            format!(
                "{outputs} came over {} after the one before: something stood still",
                seconds(STILL)
            )
        })
    }

    /// Whether the batch could not grow by the factor for which there must be room, or tokens are
    /// late already; false where that is not measured.
    pub fn is_at_frontier(&self) -> bool {
        let grown = self.grown(self.safe_growth).zip(self.target);
        grown.is_some_and(|(grown, target)| grown > target.value) || self.level == Level::High
    }

    /// Whether nothing but a bound in proportion to the batch says what a token takes in a larger
    /// one: its step time was not seen at two batches, and tokens are in time as it is. The bound
    /// is far above what a small batch costs.
    pub fn is_guess(&self) -> bool {
        let misses = self.token_time.zip(self.target);
        let misses = misses.is_some_and(|(time, target)| time > target.value);
        self.law.is_none() && !misses && !self.is_late()
    }

    /// Whether tokens miss their objective.
    pub fn is_late(&self) -> bool {
        self.level == Level::High || self.per_request_level == Level::High
    }

    /// Factor of the inter-token latency against the baseline beyond what a grown batch or live
    /// tokens explain; None without a baseline.
    pub fn residual(&self) -> Option<f64> {
        let factor = self.change?.factor();
        let explained = match &self.slowdown {
            Slowdown::Explained(Grown::Batch(change) | Grown::LiveTokens(change)) => {
                change.factor()
            }
            _ => 1.0,
        };
        Some(if factor > explained { factor / explained } else { factor.min(1.0) })
    }
}

fn target(subject: &Subject<'_>) -> Option<Line> {
    let of = |id| subject.target(id).map(|(value, source)| Line { value, source });
    match (of(SignalId::Itl), of(SignalId::Tpot)) {
        (Some(itl), Some(tpot)) => Some(if tpot.value < itl.value { tpot } else { itl }),
        (itl, tpot) => itl.or(tpot),
    }
}

/// Of the time per output token; where it is not measured, of the mean token, which proves no more
/// than that the target is missed.
fn per_request_level(subject: &Subject<'_>) -> Level {
    let mean = subject.now.token_time().zip(subject.target(SignalId::Tpot));
    match subject.signal(SignalId::Tpot) {
        Some(signal) => signal.level,
        None if mean.is_some_and(|(mean, (target, _))| mean > target) => Level::High,
        None => Level::Unknown,
    }
}

/// Seconds after the output before from which something stood still: the slowest devices take a
/// few for a step. Lower, a step with long prompts of others counts; higher, a hang of a minute
/// passes between two scrapes.
const STILL: f64 = 30.0;

/// Share of a batch that must come so late: in a hang all of it does. Fewer are streams that
/// somebody held, or preempted requests.
const BATCH_STILL: f64 = 0.5;

/// Outputs that surely came later than that, where they are a batch.
fn stood_still(subject: &Subject<'_>, running: Option<Change>) -> f64 {
    let late = |histogram: &Histogram| {
        Some(libm::round((1.0 - histogram.fraction(STILL)?.hi) * histogram.count()))
    };
    let late = subject.now.histograms.get(&Family::Itl).and_then(late).unwrap_or(0.0);
    let batch = running.map(|batch| batch.now.min(batch.before));
    let is_batch = batch.is_some_and(|batch| late >= (BATCH_STILL * batch).max(2.0));
    if is_batch { late } else { 0.0 }
}

/// Part of the tokens that are the fastest.
const HALF: f64 = 0.5;

/// Were all steps slower by the factor of the mean, the faster half would leave its bucket, where
/// that is no wider.
fn most_kept(subject: &Subject<'_>, change: Change) -> bool {
    let width = some_grew(subject, Family::Itl, HALF);
    width.is_some_and(|width| width < change.factor())
}

/// Share of the outputs that are few. A slow device slows all of them. Higher, steps with prompts
/// of others, which were always there, hold most; lower, stalls that reach one output in thirty
/// are a slow device.
const FEW: f64 = 0.05;

/// Share of the added time from which those few hold most of it: half. Lower, the slowest outputs
/// of a slow device do; higher, all of it must be theirs.
const MOST_ADDED: f64 = 0.5;

/// Whether few outputs hold most of the time that was added: all others together take no longer
/// than the upper bounds of their buckets. None where the sum or the buckets are missing.
fn few_hold(subject: &Subject<'_>, change: Change) -> Option<bool> {
    let outputs = subject.now.histograms.get(&Family::Itl)?;
    let (bounds, all) = (outputs.upper_bounds(), outputs.count());
    let (mut within, mut longest) = (0.0, 0.0);
    for (count, bound) in outputs.counts().iter().zip(bounds) {
        if within >= (1.0 - FEW) * all {
            break;
        }
        within += count;
        longest += count * bound;
    }
    let of_few = change.now * all - longest;
    let added = (change.now - change.before) * all;
    Some(longest.is_finite() && added > 0.0 && of_few >= MOST_ADDED * added)
}

fn gauge_mean(window: &Measurements, family: Family) -> Option<f64> {
    window.gauge(family).map(|gauge| gauge.mean)
}

fn slowdown(
    subject: &Subject<'_>,
    work: &Work,
    running: Option<Change>,
    itl: Option<Change>,
) -> Slowdown {
    if subject.baseline.is_none() {
        return Slowdown::None;
    }
    let line = subject.line(&GREW);
    let grown_batch = running.filter(|change| change.factor() > line);
    let batch = grown_batch.filter(|_| work.grew);
    let held = grown_batch.map_or(1.0, Change::factor);
    let usage = subject
        .change(|window| gauge_mean(window, Family::KvUsage))
        .filter(|usage| usage.factor() > line && usage.now >= subject.line(&LIVE_TOKENS_MATTER))
        .filter(|usage| work.grew || usage.factor() > line * held);
    let explained = batch.into_iter().chain(usage).map(Change::factor).fold(1.0, f64::max);
    if itl.map_or(1.0, Change::factor) > line * explained {
        return Slowdown::Unexplained;
    }
    let usage = usage.filter(|usage| batch.is_none_or(|batch| usage.factor() > batch.factor()));
    match (usage, batch) {
        (Some(usage), _) => Slowdown::Explained(Grown::LiveTokens(usage)),
        (None, Some(batch)) => Slowdown::Explained(Grown::Batch(batch)),
        (None, None) => Slowdown::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step_time(law: Option<StepLaw>) -> StepTime {
        StepTime {
            token_time: Some(0.020),
            change: None,
            level: Level::Normal,
            reason: String::new(),
            per_request_level: Level::Unknown,
            target: None,
            running: None,
            law,
            batch: Some(10.0),
            safe_growth: 2.0,
            slowdown: Slowdown::None,
            most_kept: false,
            stood_still: 0.0,
        }
    }

    /// By hand: with 10 ms and 1 ms a sequence, 50 ms hold 40 sequences, four times those that run;
    /// without a law, a token that takes 20 ms may take 2.5 times as long.
    #[test]
    fn the_batch_that_keeps_a_target_is_where_a_token_reaches_it() {
        for (law, growth) in [(Some(StepLaw { alpha: 0.010, beta: 0.001 }), 4.0), (None, 2.5)] {
            let step_time = step_time(law);
            assert!((step_time.growth_within(0.050).unwrap() - growth).abs() < 1e-9, "{law:?}");
            assert!((step_time.grown(growth).unwrap() - 0.050).abs() < 1e-9, "{law:?}");
        }
        assert_eq!(StepTime { token_time: None, ..step_time(None) }.growth_within(0.05), None);
    }
}
