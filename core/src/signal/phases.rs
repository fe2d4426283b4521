//! Where the mean finished request spent its time: exact parts that add up to the mean end-to-end
//! latency.
//!
//! All parts come from sums over the same requests, so they can be subtracted and stacked;
//! quantiles cannot. Front end = (ΔS_e2e − ΔS_queue − ΔS_inference) / N: outside the engine, before
//! and after it.

use crate::catalogue::families::Family;
use crate::catalogue::phases::Phase;
use crate::histogram::Basis;
use crate::small::list::CollectVec;
use crate::window::measurements::Measurements;

/// A remainder this small against the end-to-end mean is rounding, not time: sums of a day reach
/// 1e6 s with an ulp of 1e-10 s, and a smaller allowance would print front-end times of ±1 ns.
const ROUNDING_SHARE: f64 = 1e-9;

/// Mean end-to-end time of the requests that finished in the window, by phase.
#[derive(Debug, Clone, PartialEq)]
pub struct Phases {
    /// Requests that finished in the window.
    pub finished: f64,
    /// Mean end-to-end latency, seconds.
    pub mean_e2e: f64,
    /// Mean end-to-end latency of the baseline, seconds.
    pub baseline_mean_e2e: Option<f64>,
    /// The parts in the order of time. Those without `part_of` add up to `mean_e2e`.
    pub parts: Vec<PhasePart>,
}

/// One phase.
#[derive(Debug, Clone, PartialEq)]
pub struct PhasePart {
    /// Which one.
    pub phase: Phase,
    /// Exact from sums and counts, or estimated.
    pub basis: Basis,
    /// The phase that contains this one.
    pub part_of: Option<Phase>,
    /// Mean seconds per finished request.
    pub seconds: f64,
    /// Share of the mean end-to-end latency, 0–1.
    pub share: f64,
    /// Mean seconds in the baseline.
    pub baseline_seconds: Option<f64>,
    /// `seconds − baseline_seconds`.
    pub delta: Option<f64>,
    /// The part of `delta` that comes from more or fewer tokens; only where a token driver exists.
    pub delta_workload: Option<f64>,
    /// The part of `delta` that comes from more or less time per token.
    pub delta_service: Option<f64>,
}

/// Mean seconds of one window by phase; a part that cannot be computed is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PhaseMeans {
    /// Mean end-to-end latency.
    pub e2e: f64,
    /// Outside the engine.
    pub front_end: Option<f64>,
    /// Before the first scheduling.
    pub queue: Option<f64>,
    /// Before the first token.
    pub prefill: Option<f64>,
    /// After the first token.
    pub decode: Option<f64>,
}

impl PhaseMeans {
    /// The means of a window; None without finished requests.
    pub fn of(window: &Measurements) -> Option<Self> {
        let e2e = window.mean(Family::E2e)?;
        let queue = window.mean(Family::QueueTime);
        let prefill = window.mean(Family::PrefillTime);
        let decode = window.mean(Family::DecodeTime);
        let parts = prefill.zip(decode).map(|(prefill, decode)| prefill + decode);
        let inference = window.mean(Family::InferenceTime).or(parts);
        let front_end =
            queue.zip(inference).map(|(queue, inference)| remainder(e2e, queue + inference));
        Some(Self { e2e, front_end, queue, prefill, decode })
    }

    fn seconds(&self, phase: Phase) -> Option<f64> {
        match phase {
            Phase::FrontEnd => self.front_end,
            Phase::Queue => self.queue,
            Phase::Prefill => self.prefill,
            Phase::Decode => self.decode,
            Phase::RemoteKv | Phase::Preemption => None,
        }
    }
}

fn remainder(whole: f64, parts: f64) -> f64 {
    let rest = whole - parts;
    if rest.abs() <= ROUNDING_SHARE * whole { 0.0 } else { rest }
}

/// The phase breakdown of a window beside its baseline.
pub fn phases(now: &Measurements, baseline: Option<&Measurements>) -> Option<Phases> {
    let means = PhaseMeans::of(now)?;
    let before = baseline.and_then(PhaseMeans::of);
    let parts = [Phase::FrontEnd, Phase::Queue, Phase::Prefill, Phase::Decode]
        .into_iter()
        .filter_map(|phase| {
            // A negative remainder is a broken identity, which the sanity checks report; no bar has
            // a negative part.
            let seconds = means.seconds(phase)?.max(0.0);
            let baseline_seconds = before
                .as_ref()
                .and_then(|before| before.seconds(phase))
                .map(|value| value.max(0.0));
            let split = baseline.and_then(|baseline| split(phase, now, baseline));
            Some(PhasePart {
                phase,
                basis: Basis::Exact,
                part_of: None,
                seconds,
                share: if means.e2e > 0.0 { seconds / means.e2e } else { 0.0 },
                baseline_seconds,
                delta: baseline_seconds.map(|before| seconds - before),
                delta_workload: split.map(|split| split.workload),
                delta_service: split.map(|split| split.service),
            })
        })
        .collect_vec();
    Some(Phases {
        finished: now.count(Family::E2e)?,
        mean_e2e: means.e2e,
        baseline_mean_e2e: before.map(|before| before.e2e),
        parts,
    })
}

/// A change of a mean, split.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeSplit {
    /// From more or fewer tokens, seconds.
    pub workload: f64,
    /// From more or less time per token, seconds.
    pub service: f64,
}

/// Splits a change of mean = tokens · seconds per token into its two factors.
///
/// Shapley value of two factors: each factor's change is weighed with the mean of the other, so
/// that the two add up to the whole change exactly. Exists for prefill (driver: computed prompt
/// tokens) and decode (output tokens after the first); other phases have no token driver.
pub fn split(phase: Phase, now: &Measurements, baseline: &Measurements) -> Option<ChangeSplit> {
    let driver = |window: &Measurements| match phase {
        Phase::Prefill => window
            .mean(Family::ComputedPromptTokensPerRequest)
            .or_else(|| window.mean(Family::PromptTokensPerRequest)),
        Phase::Decode => window.mean(Family::GenerationTokensPerRequest).map(|tokens| tokens - 1.0),
        _ => None,
    };
    let family = if phase == Phase::Prefill { Family::PrefillTime } else { Family::DecodeTime };
    let (tokens, tokens_before) = (driver(now)?, driver(baseline)?);
    if !(tokens > 0.0 && tokens_before > 0.0) {
        return None;
    }
    let (cost, cost_before) = (now.mean(family)? / tokens, baseline.mean(family)? / tokens_before);
    Some(ChangeSplit {
        workload: (tokens - tokens_before) * (cost + cost_before) / 2.0,
        service: (cost - cost_before) * (tokens + tokens_before) / 2.0,
    })
}
