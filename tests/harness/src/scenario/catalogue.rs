//! Which release exports which measurement under which name.
//!
//! Source: the engine's own releases 0.6.4 to 0.33, as read in their code.

use crate::scenario::buckets::Buckets;
use crate::scenario::release::Release;

/// What an engine measures, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Arrival to first token, recorded at the first token.
    FirstToken,
    /// Between two outputs, recorded at the later one.
    InterToken,
    /// Decode time by tokens after the first, recorded at the end.
    PerOutputToken,
    /// Arrival to last output, recorded at the end.
    EndToEnd,
    /// Queued to first scheduled, recorded at the end.
    Queue,
    /// First scheduled to first token, recorded at the end.
    Prefill,
    /// First to last token, recorded at the end.
    Decode,
    /// First scheduled to last token, recorded at the end.
    Inference,
    /// Prompt length, recorded at the end.
    PromptLength,
    /// Output length, recorded at the end.
    OutputLength,
    /// Prompt tokens neither cached nor transferred, recorded at the end.
    ComputedLength,
    /// Tokens of one step of the scheduler; the metric is a histogram whose name ends like a
    /// counter's. Loads hold no steps, so each output counts as one.
    Iteration,
    /// Running requests.
    Running,
    /// Waiting requests.
    Waiting,
    /// Waiting requests by reason.
    WaitingByReason,
    /// Share of the cache in use.
    CacheUsage,
    /// Images, sounds and videos looked up in the multimodal cache.
    Items,
    /// Preempted requests.
    Preemptions,
    /// Prompt tokens looked up in the prefix cache, at admission.
    PrefixQueries,
    /// Prompt tokens found there.
    PrefixHits,
    /// Prompt tokens, when prefill ends.
    PromptTokens,
    /// Prompt tokens by source, when prefill ends.
    PromptTokensBySource,
    /// Output tokens, live.
    OutputTokens,
    /// Finished requests by reason.
    Finished,
    /// Requests refused at the door, by reason.
    Rejections,
    /// Draft tokens.
    DraftTokens,
    /// Accepted draft tokens.
    AcceptedTokens,
    /// Requests that fetch cache entries, by stage.
    Fetching,
    /// Cache configuration in labels.
    CacheConfig,
    /// Requests at the HTTP server; a neighbour's metric without model and engine.
    HttpRequests,
}

/// How a measurement is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `_bucket`, `_sum`, `_count`.
    Histogram(Buckets),
    /// `_total`, split by a label if one is named.
    Counter(Option<&'static str>),
    /// As it is, split by a label if one is named.
    Gauge(Option<&'static str>),
    /// Always 1.
    Info,
}

/// One metric of some releases.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// What it measures.
    pub measure: Measure,
    /// Name without prefix and suffix.
    pub base: &'static str,
    /// How it is exported.
    pub shape: Shape,
    /// First release that has it.
    pub since: Release,
    /// First release that has it no more.
    pub gone: Option<Release>,
}

const fn metric(measure: Measure, base: &'static str, shape: Shape, since: Release) -> Metric {
    Metric { measure, base, shape, since, gone: None }
}

const fn former(
    measure: Measure,
    base: &'static str,
    shape: Shape,
    since: Release,
    gone: Release,
) -> Metric {
    Metric { measure, base, shape, since, gone: Some(gone) }
}

const REQUEST: Shape = Shape::Histogram(Buckets::Request);
const TOKEN: Shape = Shape::Histogram(Buckets::Token);
const LENGTH: Shape = Shape::Histogram(Buckets::Length);
const COUNTER: Shape = Shape::Counter(None);
const GAUGE: Shape = Shape::Gauge(None);
const OLDEST: Release = Release::patch(6, 4);

/// Every metric that scenarios hold.
pub const METRICS: &[Metric] = &[
    metric(
        Measure::FirstToken,
        "time_to_first_token_seconds",
        Shape::Histogram(Buckets::FirstToken),
        OLDEST,
    ),
    metric(Measure::InterToken, "inter_token_latency_seconds", TOKEN, Release::patch(10, 2)),
    former(Measure::InterToken, "time_per_output_token_seconds", TOKEN, OLDEST, Release::minor(12)),
    metric(
        Measure::PerOutputToken,
        "request_time_per_output_token_seconds",
        TOKEN,
        Release::minor(11),
    ),
    metric(Measure::EndToEnd, "e2e_request_latency_seconds", REQUEST, OLDEST),
    metric(Measure::Queue, "request_queue_time_seconds", REQUEST, OLDEST),
    metric(Measure::Prefill, "request_prefill_time_seconds", REQUEST, OLDEST),
    metric(Measure::Decode, "request_decode_time_seconds", REQUEST, OLDEST),
    metric(Measure::Inference, "request_inference_time_seconds", REQUEST, OLDEST),
    metric(Measure::PromptLength, "request_prompt_tokens", LENGTH, OLDEST),
    metric(Measure::OutputLength, "request_generation_tokens", LENGTH, OLDEST),
    metric(
        Measure::ComputedLength,
        "request_prefill_kv_computed_tokens",
        LENGTH,
        Release::minor(13),
    ),
    metric(
        Measure::Iteration,
        "iteration_tokens_total",
        Shape::Histogram(Buckets::Iteration),
        OLDEST,
    ),
    metric(Measure::Running, "num_requests_running", GAUGE, OLDEST),
    metric(Measure::Waiting, "num_requests_waiting", GAUGE, OLDEST),
    metric(
        Measure::WaitingByReason,
        "num_requests_waiting_by_reason",
        Shape::Gauge(Some("reason")),
        Release::minor(20),
    ),
    metric(Measure::CacheUsage, "kv_cache_usage_perc", GAUGE, Release::patch(9, 2)),
    former(Measure::CacheUsage, "gpu_cache_usage_perc", GAUGE, OLDEST, Release::minor(11)),
    metric(Measure::Preemptions, "num_preemptions", COUNTER, OLDEST),
    metric(Measure::Items, "mm_cache_queries", COUNTER, Release::patch(11, 1)),
    metric(Measure::PrefixQueries, "prefix_cache_queries", COUNTER, Release::patch(9, 2)),
    former(
        Measure::PrefixQueries,
        "gpu_prefix_cache_queries",
        COUNTER,
        Release::patch(7, 3),
        Release::minor(11),
    ),
    metric(Measure::PrefixHits, "prefix_cache_hits", COUNTER, Release::patch(9, 2)),
    former(
        Measure::PrefixHits,
        "gpu_prefix_cache_hits",
        COUNTER,
        Release::patch(7, 3),
        Release::minor(11),
    ),
    metric(Measure::PromptTokens, "prompt_tokens", COUNTER, OLDEST),
    metric(
        Measure::PromptTokensBySource,
        "prompt_tokens_by_source",
        Shape::Counter(Some("source")),
        Release::minor(16),
    ),
    metric(Measure::OutputTokens, "generation_tokens", COUNTER, OLDEST),
    metric(Measure::Finished, "request_success", Shape::Counter(Some("finished_reason")), OLDEST),
    metric(
        Measure::Rejections,
        "admission_rejections",
        Shape::Counter(Some("reason")),
        Release::minor(32),
    ),
    metric(Measure::DraftTokens, "spec_decode_num_draft_tokens", COUNTER, Release::minor(9)),
    metric(Measure::AcceptedTokens, "spec_decode_num_accepted_tokens", COUNTER, Release::minor(9)),
    metric(
        Measure::Fetching,
        "num_requests_kv_fetch_by_stage",
        Shape::Gauge(Some("stage")),
        Release::minor(32),
    ),
    metric(Measure::CacheConfig, "cache_config_info", Shape::Info, OLDEST),
    metric(
        Measure::HttpRequests,
        "http_requests",
        Shape::Counter(Some("status")),
        Release::patch(8, 3),
    ),
];

impl Metric {
    /// Whether that release exports it.
    pub fn is_in(&self, release: Release) -> bool {
        self.since <= release && self.gone.is_none_or(|gone| release < gone)
    }
}

/// Bounds of a histogram measurement in a release.
pub fn bounds(metric: &Metric, release: Release, max_model_len: f64) -> Vec<f64> {
    match metric.shape {
        Shape::Histogram(buckets) => buckets.bounds(release, max_model_len),
        Shape::Counter(_) | Shape::Gauge(_) | Shape::Info => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(release: &str, measure: Measure) -> Vec<&'static str> {
        let release = Release::parse(release).unwrap();
        METRICS
            .iter()
            .filter(|metric| metric.measure == measure && metric.is_in(release))
            .map(|one| one.base)
            .collect()
    }

    #[test]
    fn renamed_metrics_overlap_as_they_did() {
        assert_eq!(names("0.9.1", Measure::CacheUsage), ["gpu_cache_usage_perc"]);
        assert_eq!(
            names("0.10.2", Measure::CacheUsage),
            ["kv_cache_usage_perc", "gpu_cache_usage_perc"]
        );
        assert_eq!(names("0.24", Measure::CacheUsage), ["kv_cache_usage_perc"]);
        assert_eq!(names("0.9.1", Measure::InterToken), ["time_per_output_token_seconds"]);
        assert_eq!(names("0.11", Measure::InterToken).len(), 2);
        assert_eq!(names("0.16", Measure::InterToken), ["inter_token_latency_seconds"]);
        assert_eq!(names("0.12", Measure::ComputedLength), [""; 0]);
    }
}
