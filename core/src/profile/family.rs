//! What a series measures, whatever the engine calls it.

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

macro_rules! families {
    ($( $(#[$doc:meta])* $variant:ident = $role:literal, $shape:ident; )*) => {
        /// One measured quantity. Its role is the engine-neutral name that queries carry as a
        /// label.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Family {
            $( $(#[$doc])* $variant, )*
        }

        impl Family {
            /// All families, in reading order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The role's name.
            pub fn role(self) -> &'static str {
                match self { $(Self::$variant => $role,)* }
            }

            /// The family's shape.
            pub fn shape(self) -> Shape {
                match self { $(Self::$variant => Shape::$shape,)* }
            }
        }
    };
}

families! {
    /// Time to first token, seconds, recorded at the first token.
    Ttft = "ttft", Histogram;
    /// Inter-token latency, seconds, one observation an output.
    Itl = "itl", Histogram;
    /// Time per output token of a whole request, seconds.
    Tpot = "tpot", Histogram;
    /// End-to-end latency, seconds.
    E2e = "e2e", Histogram;
    /// From entering the engine's queue to the first scheduling, seconds.
    QueueTime = "queue_time", Histogram;
    /// From the first scheduling to the first token, seconds.
    PrefillTime = "prefill_time", Histogram;
    /// From the first to the last token, seconds.
    DecodeTime = "decode_time", Histogram;
    /// From the first scheduling to the last token, seconds.
    InferenceTime = "inference_time", Histogram;
    /// Prompt length of finished requests, tokens.
    PromptTokensPerRequest = "prompt_tokens_per_request", Histogram;
    /// Output length of finished requests, tokens.
    GenerationTokensPerRequest = "generation_tokens_per_request", Histogram;
    /// Prompt tokens that were computed rather than found in a cache, per finished request.
    ComputedPromptTokensPerRequest = "computed_prompt_tokens_per_request", Histogram;
    /// Requests in the running batch.
    Running = "running", Gauge;
    /// Requests that wait to be scheduled.
    Waiting = "waiting", Gauge;
    /// Requests that wait for capacity.
    WaitingCapacity = "waiting_capacity", Gauge;
    /// Requests that wait for something other than capacity (remote cache, adapters).
    WaitingDeferred = "waiting_deferred", Gauge;
    /// Share of the key-value cache held by live requests, 0–1.
    KvUsage = "kv_usage", Gauge;
    /// Preempted requests.
    Preemptions = "preemptions", Counter;
    /// Tokens looked up in the prefix cache.
    PrefixCacheQueries = "prefix_cache_queries", Counter;
    /// Tokens found in the prefix cache.
    PrefixCacheHits = "prefix_cache_hits", Counter;
    /// Prompt tokens, cached ones included.
    PromptTokens = "prompt_tokens", Counter;
    /// Output tokens, live.
    GenerationTokens = "generation_tokens", Counter;
    /// Finished requests of any reason.
    RequestsFinished = "requests_finished", Counter;
    /// Requests refused before they entered the engine.
    Rejections = "rejections", Counter;
    /// Configuration of the key-value cache, in labels.
    CacheConfig = "cache_config", Info;
}

impl Family {
    /// The family of a role name.
    pub fn from_role(role: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|family| family.role() == role)
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
