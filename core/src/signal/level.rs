//! Is a signal high, low, normal, or can it not be told?
//!
//! Judged against the user's objective first, then the baseline. A level is High or Normal only
//! when the whole interval that holds the value lies on that side of the line.

use crate::catalogue::list::closed_list;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::histogram::QuantileEstimate;
use crate::settings::Slo;
use crate::text::number::{
    chosen_seconds, number, percent, percentile_name, seconds, seconds_at_least, seconds_at_most,
    share_of,
};

closed_list! {
    /// Level of a signal against its threshold.
    Level {
        /// The whole interval lies above the line.
        High = "high",
        /// The whole interval lies below the line, on the side that is unusual.
        Low = "low",
        /// The whole interval lies on the good side of the line.
        Normal = "normal",
        /// Too close to call, or not measured.
        Unknown = "unknown",
    }
}

closed_list! {
    /// Where a threshold comes from.
    ThresholdSource {
        /// A target the user set.
        Slo = "slo",
        /// The baseline window.
        Baseline = "baseline",
        /// A limit of the live engine.
        Limit = "limit",
        /// A documented constant or default target.
        Constant = "constant",
    }
}

/// Share of the time-to-first-token target that queue time or front-end time may take on average.
pub static WAIT_SHARE_OF_TARGET: Threshold = Threshold {
    id: "queue.share-of-target",
    value: 0.2,
    range: (0.01, 1.0),
    reason: Reason::of(
        "Share of the time-to-first-token target that queue time or front-end time may take on average: a fifth. Of a 2.5 s target that is 0.5 s, which a reader notices. At half of that, ordinary batching delay of a busy healthy engine counts as a queue; at twice, the queue alone spends the objective before anyone is told.",
    ),
};

/// Share of the time-to-first-token target that the mean prefill may take.
pub static PREFILL_SHARE_OF_TARGET: Threshold = Threshold {
    id: "prefill.share-of-target",
    value: 0.5,
    range: (0.05, 1.0),
    reason: Reason::of(
        "Share of the time-to-first-token target that the mean prefill may take: half. The rest of the objective is needed for the tail, which lies at about twice the mean for mixed prompt lengths. Lower, ordinary prompts of a slow model count as long; higher, the tail misses the target unseen.",
    ),
};

/// Factor between a mean and its baseline from which it is High, or below its inverse Low.
///
/// A fifth: the same effect that a change point needs. Ordinary wobble of a serving mean stays
/// under a tenth; at half as much more, a device that lost a third of its speed would pass as
/// normal.
pub const BASELINE_EFFECT: f64 = 1.2;

/// A judgement with its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The level.
    pub level: Level,
    /// What it was judged against and by how far.
    pub reason: String,
    /// The line; absent when there is none.
    pub threshold: Option<(f64, ThresholdSource)>,
}

impl Judgement {
    /// Nothing to judge.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self { level: Level::Unknown, reason: reason.into(), threshold: None }
    }

    /// No line exists for such a signal.
    pub fn not_judged() -> Self {
        Self::unknown("shown for information; there is no objective for it")
    }
}

/// The objective of a signal and where it comes from.
pub fn target(slo: &Slo, signal: SignalId) -> Option<(f64, ThresholdSource)> {
    slo.target(signal).map(|(target, given)| {
        (target, if given { ThresholdSource::Slo } else { ThresholdSource::Constant })
    })
}

/// Judges a latency quantile against its objective: High when the interval lies above the line,
/// Normal when it lies at or below, Unknown when it straddles.
pub fn judge_quantile(quantile: &QuantileEstimate, target: (f64, ThresholdSource)) -> Judgement {
    let (line, source) = target;
    let percentile = percentile_name(quantile.q);
    let above = quantile.lo > line || (quantile.lo >= line && quantile.lo_excluded);
    let (level, reason) = if above {
        (
            Level::High,
            format!(
                "{percentile} is above {}, {}",
                seconds_at_least(quantile.lo),
                against(quantile.lo, line)
            ),
        )
    } else if quantile.hi.is_some_and(|hi| hi <= line) {
        let hi = quantile.hi.unwrap_or(line);
        (
            Level::Normal,
            format!(
                "{percentile} is at most {}, within the target of {}",
                seconds_at_most(hi),
                chosen_seconds(line)
            ),
        )
    } else {
        let upper = quantile.hi.map_or_else(|| "no upper bound".to_owned(), seconds_at_most);
        (
            Level::Unknown,
            format!(
                "too close to call: {percentile} lies between {} and {upper}, the target of {} is inside",
                seconds_at_least(quantile.lo),
                chosen_seconds(line)
            ),
        )
    };
    Judgement { level, reason, threshold: Some((line, source)) }
}

fn against(value: f64, line: f64) -> String {
    if seconds_at_least(value) == chosen_seconds(line) {
        "the target".to_owned()
    } else {
        format!("the target is {}", chosen_seconds(line))
    }
}

/// Judges an exact mean against a share of an objective.
pub fn judge_mean(mean: f64, share: f64, target: (f64, ThresholdSource)) -> Judgement {
    let (line, source) = (target.0 * share, target.1);
    let (level, side) =
        if mean > line { (Level::High, "more") } else { (Level::Normal, "not more") };
    Judgement {
        level,
        reason: format!(
            "the mean of {} is {side} than {}, {} of the time-to-first-token target",
            seconds(mean),
            chosen_seconds(line),
            percent(share)
        ),
        threshold: Some((line, source)),
    }
}

/// Judges the mean time of a token, where each output holds several, against the objective of
/// inter-token latency: the latencies of outputs say nothing of a token's quantiles.
pub fn judge_token_time(mean: f64, tokens: f64, target: (f64, ThresholdSource)) -> Judgement {
    let (line, source) = target;
    let (level, side) =
        if mean > line { (Level::High, "above") } else { (Level::Normal, "within") };
    Judgement {
        level,
        reason: format!(
            "each output holds {} tokens, and a token takes {} on average, {side} the target of {}",
            number(tokens),
            seconds(mean),
            chosen_seconds(line)
        ),
        threshold: Some((line, source)),
    }
}

/// Judges an exact mean against the baseline's: High or Low beyond [`BASELINE_EFFECT`], else
/// Normal.
pub fn judge_against_baseline(mean: f64, before: Option<f64>) -> Judgement {
    let Some(before) = before.filter(|before| *before > 0.0) else {
        return Judgement::unknown("there is no baseline to judge it by");
    };
    let factor = mean / before;
    let level = if factor > BASELINE_EFFECT {
        Level::High
    } else if factor < 1.0 / BASELINE_EFFECT {
        Level::Low
    } else {
        Level::Normal
    };
    Judgement {
        level,
        reason: format!(
            "the mean is {}, {} the baseline's {}",
            seconds(mean),
            share_of(factor),
            seconds(before)
        ),
        threshold: Some((before, ThresholdSource::Baseline)),
    }
}
