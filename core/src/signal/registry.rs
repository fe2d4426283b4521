//! The list of signals in reading order: name, title, unit and where the number comes from.

use crate::profile::family::Family;
use crate::signal::measurements::Measurements;
use crate::signal::phases::PhaseMeans;

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
    /// Name in the report.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Unit of its numbers.
    pub unit: &'static str,
    /// Where the number comes from.
    pub source: Source,
    /// How it is judged.
    pub judged: Judged,
    /// What it means, one sentence for the catalogue.
    pub meaning: &'static str,
}

const fn histogram(
    name: &'static str,
    title: &'static str,
    family: Family,
    judged: Judged,
    meaning: &'static str,
) -> SignalDefinition {
    SignalDefinition { name, title, unit: "s", source: Source::Histogram(family), judged, meaning }
}

const fn value(
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    compute: fn(&Measurements) -> Option<f64>,
    meaning: &'static str,
) -> SignalDefinition {
    SignalDefinition {
        name,
        title,
        unit,
        source: Source::Value(compute),
        judged: Judged::No,
        meaning,
    }
}

const fn gauge(
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    family: Family,
    meaning: &'static str,
) -> SignalDefinition {
    SignalDefinition {
        name,
        title,
        unit,
        source: Source::Gauge(family),
        judged: Judged::No,
        meaning,
    }
}

/// Every signal.
pub static SIGNALS: &[SignalDefinition] = &[
    histogram(
        "ttft",
        "Time to first token",
        Family::Ttft,
        Judged::Objective,
        "From the request's arrival at the API server to its first token; recorded at the first token, aborted requests included.",
    ),
    histogram(
        "queue_time",
        "Queue time",
        Family::QueueTime,
        Judged::WaitShare,
        "From entering the engine's queue to the first scheduling; recorded when the request finishes; waits after a preemption are not in it.",
    ),
    histogram(
        "prefill_time",
        "Prefill time",
        Family::PrefillTime,
        Judged::PrefillShare,
        "From the first scheduling to the first token; recorded when the request finishes.",
    ),
    histogram(
        "itl",
        "Inter-token latency",
        Family::Itl,
        Judged::Objective,
        "Between successive outputs of one request; one observation an output, which holds several tokens with speculative decoding.",
    ),
    histogram(
        "tpot",
        "Time per output token",
        Family::Tpot,
        Judged::Objective,
        "Decode time by output tokens after the first, one observation a request; 0 for outputs of one token.",
    ),
    histogram(
        "e2e",
        "End to end",
        Family::E2e,
        Judged::Objective,
        "From the request's arrival to its last output; finished requests only.",
    ),
    histogram(
        "decode_time",
        "Decode time",
        Family::DecodeTime,
        Judged::Baseline,
        "From the first to the last token, preemption stalls included; recorded when the request finishes.",
    ),
    histogram(
        "inference_time",
        "Inference time",
        Family::InferenceTime,
        Judged::No,
        "Prefill and decode together; recorded when the request finishes.",
    ),
    SignalDefinition {
        name: "front_end_time",
        title: "Front-end time",
        unit: "s",
        source: Source::Value(|window| {
            PhaseMeans::of(window)?.front_end.map(|seconds| seconds.max(0.0))
        }),
        judged: Judged::WaitShare,
        meaning: "Mean end-to-end latency less queue and inference: outside the engine, before and after it.",
    },
    value(
        "front_end_ttft",
        "Front-end time before the first token",
        "s",
        |window| {
            let rest = window.mean(Family::Ttft)?
                - window.mean(Family::QueueTime)?
                - window.mean(Family::PrefillTime)?;
            Some(rest.max(0.0))
        },
        "Mean time to first token less mean queue and prefill time; two populations, so only for windows much longer than a request.",
    ),
    gauge(
        "running",
        "Running requests",
        "requests",
        Family::Running,
        "Requests in the running batch, prefilling ones included.",
    ),
    gauge(
        "waiting",
        "Waiting requests",
        "requests",
        Family::Waiting,
        "Requests that wait to be scheduled.",
    ),
    gauge(
        "waiting_deferred",
        "Deferred requests",
        "requests",
        Family::WaitingDeferred,
        "Waiting requests that wait for something other than capacity.",
    ),
    gauge(
        "kv_usage",
        "KV cache usage",
        "ratio",
        Family::KvUsage,
        "Share of the key-value cache held by live requests; the fullest replica counts. Reusable cached blocks are free.",
    ),
    value(
        "preemptions",
        "Preemptions",
        "requests",
        |window| window.increase(Family::Preemptions),
        "Requests thrown out of the batch for lack of cache in the window.",
    ),
    value(
        "prefix_hit_ratio",
        "Prefix cache hit ratio",
        "ratio",
        |window| {
            let queries = window.increase(Family::PrefixCacheQueries)?;
            (queries > 0.0)
                .then(|| window.increase(Family::PrefixCacheHits).map(|hits| hits / queries))
                .flatten()
        },
        "Share of looked-up prompt tokens that were found in the prefix cache.",
    ),
    value(
        "requests_per_s",
        "Finished requests",
        "requests/s",
        |window| {
            window
                .finished()
                .filter(|_| window.seconds > 0.0)
                .map(|finished| finished / window.seconds)
        },
        "Requests that finished, for whatever reason, per second.",
    ),
    value(
        "prompt_tokens_per_s",
        "Prompt tokens",
        "tokens/s",
        |window| window.rate(Family::PromptTokens),
        "Prompt tokens per second, those found in a cache included.",
    ),
    value(
        "generation_tokens_per_s",
        "Output tokens",
        "tokens/s",
        |window| window.rate(Family::GenerationTokens),
        "Output tokens per second, live.",
    ),
    value(
        "prompt_tokens_per_request",
        "Prompt tokens per request",
        "tokens",
        |window| window.mean(Family::PromptTokensPerRequest),
        "Mean prompt length of the requests that finished.",
    ),
    value(
        "computed_prompt_tokens_per_request",
        "Computed prompt tokens per request",
        "tokens",
        |window| window.mean(Family::ComputedPromptTokensPerRequest),
        "Mean prompt length less what the cache held, of the requests that finished.",
    ),
    value(
        "generation_tokens_per_request",
        "Output tokens per request",
        "tokens",
        |window| window.mean(Family::GenerationTokensPerRequest),
        "Mean output length of the requests that finished.",
    ),
    value(
        "mean_batch",
        "Mean batch",
        "sequences",
        |window| {
            let sum = window.totals.get(&Family::Itl)?.sum?;
            (window.seconds > 0.0).then(|| sum.value / window.seconds)
        },
        "Mean number of decoding sequences: the inter-token latencies of the window added up, by its length (Little's law).",
    ),
    value(
        "lost_requests",
        "Requests without an end",
        "requests",
        |window| {
            let begun = window.count(Family::Ttft)?;
            Some((begun - window.finished()?).max(0.0))
        },
        "Requests that got a first token in the window less those that finished in it: still running, or aborted and in no finish-time histogram.",
    ),
    value(
        "rejections_per_s",
        "Rejected requests",
        "requests/s",
        |window| window.rate(Family::Rejections),
        "Requests refused before they entered the engine, per second.",
    ),
];

/// The definition of a signal by name.
pub fn signal(name: &str) -> Option<&'static SignalDefinition> {
    SIGNALS.iter().find(|definition| definition.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_latency_family_has_a_row() {
        for (index, definition) in SIGNALS.iter().enumerate() {
            assert!(
                !SIGNALS[..index].iter().any(|other| other.name == definition.name),
                "{}",
                definition.name
            );
        }
        for family in Family::ALL.iter().filter(|family| family.unit() == "s") {
            assert!(
                signal(family.role()).is_some(),
                "{} is measured but has no signal",
                family.role()
            );
        }
    }
}
