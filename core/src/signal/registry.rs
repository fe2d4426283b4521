//! How each signal is computed from a window and how it is judged.

use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::signal::phases::PhaseMeans;
use crate::window::measurements::Measurements;

/// How a signal is computed from a window.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// Count, exact mean and quantiles of a histogram.
    Histogram(Family),
    /// Mean, extremes and newest sample of a gauge.
    Gauge(Family),
    /// One number.
    Value(fn(&Measurements) -> Option<f64>),
}

/// How a signal is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Its quantile against the objective of the same name.
    Objective,
    /// Its mean against a share of the time-to-first-token objective.
    WaitShare,
    /// Its mean against the prefill share of the time-to-first-token objective.
    PrefillShare,
    /// Its mean against the baseline's.
    Baseline,
    /// Not at all.
    No,
}

/// One row of the registry.
#[derive(Debug, Clone, Copy)]
pub struct SignalDefinition {
    /// Which signal.
    pub id: SignalId,
    /// Where the number comes from.
    pub source: Source,
    /// How it is judged.
    pub judged: Judged,
}

const fn row(id: SignalId, source: Source, judged: Judged) -> SignalDefinition {
    SignalDefinition { id, source, judged }
}

/// Every signal, in the order of the list.
pub static SIGNALS: &[SignalDefinition] = &[
    row(SignalId::Ttft, Source::Histogram(Family::Ttft), Judged::Objective),
    row(SignalId::QueueTime, Source::Histogram(Family::QueueTime), Judged::WaitShare),
    row(SignalId::PrefillTime, Source::Histogram(Family::PrefillTime), Judged::PrefillShare),
    row(SignalId::Itl, Source::Histogram(Family::Itl), Judged::Objective),
    row(SignalId::Tpot, Source::Histogram(Family::Tpot), Judged::Objective),
    row(SignalId::E2e, Source::Histogram(Family::E2e), Judged::Objective),
    row(SignalId::DecodeTime, Source::Histogram(Family::DecodeTime), Judged::Baseline),
    row(SignalId::InferenceTime, Source::Histogram(Family::InferenceTime), Judged::No),
    row(
        SignalId::FrontEndTime,
        Source::Value(|window| PhaseMeans::of(window)?.front_end.map(|seconds| seconds.max(0.0))),
        Judged::WaitShare,
    ),
    row(
        SignalId::FrontEndTtft,
        Source::Value(|window| {
            let rest = window.mean(Family::Ttft)?
                - window.mean(Family::QueueTime)?
                - window.mean(Family::PrefillTime)?;
            Some(rest.max(0.0))
        }),
        Judged::No,
    ),
    row(SignalId::Running, Source::Gauge(Family::Running), Judged::No),
    row(SignalId::Waiting, Source::Gauge(Family::Waiting), Judged::No),
    row(SignalId::WaitingDeferred, Source::Gauge(Family::WaitingDeferred), Judged::No),
    row(SignalId::KvUsage, Source::Gauge(Family::KvUsage), Judged::No),
    row(
        SignalId::Preemptions,
        Source::Value(|window| window.increase(Family::Preemptions)),
        Judged::No,
    ),
    row(
        SignalId::PrefixHitRatio,
        Source::Value(|window| {
            let queries = window.increase(Family::PrefixCacheQueries)?;
            (queries > 0.0)
                .then(|| window.increase(Family::PrefixCacheHits).map(|hits| hits / queries))
                .flatten()
        }),
        Judged::No,
    ),
    row(
        SignalId::RequestsPerS,
        Source::Value(|window| {
            window
                .finished()
                .filter(|_| window.seconds > 0.0)
                .map(|finished| finished / window.seconds)
        }),
        Judged::No,
    ),
    row(
        SignalId::PromptTokensPerS,
        Source::Value(|window| window.rate(Family::PromptTokens)),
        Judged::No,
    ),
    row(
        SignalId::GenerationTokensPerS,
        Source::Value(|window| window.rate(Family::GenerationTokens)),
        Judged::No,
    ),
    row(
        SignalId::PromptTokensPerRequest,
        Source::Histogram(Family::PromptTokensPerRequest),
        Judged::No,
    ),
    row(
        SignalId::ComputedPromptTokensPerRequest,
        Source::Value(|window| window.mean(Family::ComputedPromptTokensPerRequest)),
        Judged::No,
    ),
    row(
        SignalId::GenerationTokensPerRequest,
        Source::Histogram(Family::GenerationTokensPerRequest),
        Judged::No,
    ),
    row(
        SignalId::MeanBatch,
        Source::Value(|window| {
            let sum = window.totals.get(&Family::Itl)?.sum?;
            (window.seconds > 0.0).then(|| sum.value / window.seconds)
        }),
        Judged::No,
    ),
    row(
        SignalId::LostRequests,
        Source::Value(|window| {
            let begun = window.count(Family::Ttft)?;
            Some((begun - window.finished()?).max(0.0))
        }),
        Judged::No,
    ),
    row(
        SignalId::RejectionsPerS,
        Source::Value(|window| window.rate(Family::Rejections)),
        Judged::No,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_has_one_row_in_the_order_of_the_list() {
        let ids: Vec<SignalId> = SIGNALS.iter().map(|definition| definition.id).collect();
        assert_eq!(ids, SignalId::ALL);
    }

    #[test]
    fn every_latency_family_has_a_signal() {
        for family in Family::ALL.iter().filter(|family| family.is_request_time()) {
            assert!(SignalId::from_id(family.id()).is_some(), "{family} has no signal");
        }
    }
}
