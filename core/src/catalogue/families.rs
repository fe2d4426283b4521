//! What a series measures, whatever the exporter calls it.

use crate::catalogue::list::closed_list;

/// The shape of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Buckets, sum and count.
    Histogram,
    /// Cumulative.
    Counter,
    /// A state.
    Gauge,
    /// Always 1; the labels are the value.
    Info,
}

/// When an observation of a histogram is recorded: the members of one population share their
/// requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Population {
    /// At the end of a request.
    Finished,
    /// At the first token.
    FirstToken,
    /// At every output.
    Output,
}

closed_list! {
    /// One measured quantity. Its id is the engine-neutral role that queries carry as a label.
    Family {
        /// Time to first token, seconds, recorded at the first token.
        Ttft = "ttft",
        /// Inter-token latency, seconds, one observation an output.
        Itl = "itl",
        /// Time per output token of a whole request, seconds.
        Tpot = "tpot",
        /// End-to-end latency, seconds.
        E2e = "e2e",
        /// From entering the engine's queue to the first scheduling, seconds.
        QueueTime = "queue_time",
        /// From the first scheduling to the first token, seconds.
        PrefillTime = "prefill_time",
        /// From the first to the last token, seconds.
        DecodeTime = "decode_time",
        /// From the first scheduling to the last token, seconds.
        InferenceTime = "inference_time",
        /// Prompt length of finished requests, tokens.
        PromptTokensPerRequest = "prompt_tokens_per_request",
        /// Output length of finished requests, tokens.
        GenerationTokensPerRequest = "generation_tokens_per_request",
        /// Prompt tokens that were computed rather than found in a cache, per finished request.
        ComputedPromptTokensPerRequest = "computed_prompt_tokens_per_request",
        /// Requests in the running batch.
        Running = "running",
        /// Requests that wait to be scheduled.
        Waiting = "waiting",
        /// Requests that wait for capacity.
        WaitingCapacity = "waiting_capacity",
        /// Requests that wait for something other than capacity (remote cache, adapters).
        WaitingDeferred = "waiting_deferred",
        /// Share of the key-value cache held by live requests, 0–1.
        KvUsage = "kv_usage",
        /// Preempted requests.
        Preemptions = "preemptions",
        /// Tokens looked up in the prefix cache.
        PrefixCacheQueries = "prefix_cache_queries",
        /// Tokens found in the prefix cache.
        PrefixCacheHits = "prefix_cache_hits",
        /// Prompt tokens, cached ones included.
        PromptTokens = "prompt_tokens",
        /// Output tokens, live.
        GenerationTokens = "generation_tokens",
        /// Finished requests of any reason.
        RequestsFinished = "requests_finished",
        /// Requests refused before they entered the engine.
        Rejections = "rejections",
        /// Configuration of the key-value cache, in labels.
        CacheConfig = "cache_config",
    }
}

impl Family {
    /// The family's shape.
    pub fn shape(self) -> Shape {
        match self {
            Self::Preemptions
            | Self::PrefixCacheQueries
            | Self::PrefixCacheHits
            | Self::PromptTokens
            | Self::GenerationTokens
            | Self::RequestsFinished
            | Self::Rejections => Shape::Counter,
            Self::Running
            | Self::Waiting
            | Self::WaitingCapacity
            | Self::WaitingDeferred
            | Self::KvUsage => Shape::Gauge,
            Self::CacheConfig => Shape::Info,
            _ => Shape::Histogram,
        }
    }

    /// The population of a latency or length histogram.
    pub fn population(self) -> Option<Population> {
        match self {
            Self::Ttft => Some(Population::FirstToken),
            Self::Itl => Some(Population::Output),
            _ if self.shape() == Shape::Histogram => Some(Population::Finished),
            _ => None,
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ttft => "Time to first token",
            Self::Itl => "Inter-token latency",
            Self::Tpot => "Time per output token",
            Self::E2e => "End to end",
            Self::QueueTime => "Queue time",
            Self::PrefillTime => "Prefill time",
            Self::DecodeTime => "Decode time",
            Self::InferenceTime => "Inference time",
            Self::PromptTokensPerRequest => "Prompt tokens per request",
            Self::GenerationTokensPerRequest => "Output tokens per request",
            Self::ComputedPromptTokensPerRequest => "Computed prompt tokens per request",
            Self::Running => "Running requests",
            Self::Waiting => "Waiting requests",
            Self::WaitingCapacity => "Requests waiting for capacity",
            Self::WaitingDeferred => "Deferred requests",
            Self::KvUsage => "KV cache usage",
            Self::Preemptions => "Preemptions",
            Self::PrefixCacheQueries => "Prefix cache queries",
            Self::PrefixCacheHits => "Prefix cache hits",
            Self::PromptTokens => "Prompt tokens",
            Self::GenerationTokens => "Output tokens",
            Self::RequestsFinished => "Finished requests",
            Self::Rejections => "Rejected requests",
            Self::CacheConfig => "KV cache configuration",
        }
    }

    /// Unit of the values.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Ttft
            | Self::Itl
            | Self::Tpot
            | Self::E2e
            | Self::QueueTime
            | Self::PrefillTime
            | Self::DecodeTime
            | Self::InferenceTime => "s",
            Self::PromptTokensPerRequest
            | Self::GenerationTokensPerRequest
            | Self::ComputedPromptTokensPerRequest
            | Self::PrefixCacheQueries
            | Self::PrefixCacheHits
            | Self::PromptTokens
            | Self::GenerationTokens => "tokens",
            Self::KvUsage | Self::CacheConfig => "ratio",
            _ => "requests",
        }
    }
}
