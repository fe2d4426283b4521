//! Named measurements: what a reader sees of a window.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A measurement of the report.
    SignalId {
        /// From the request's arrival at the API server to its first token; recorded at the
        /// first token, aborted requests included.
        Ttft = "ttft",
        /// From entering the engine's queue to the first scheduling; recorded when the request
        /// finishes; waits after a preemption are not in it.
        QueueTime = "queue_time",
        /// From the first scheduling to the first token; recorded when the request finishes.
        PrefillTime = "prefill_time",
        /// Between successive outputs of one request; one observation an output, which holds
        /// several tokens with speculative decoding.
        Itl = "itl",
        /// Decode time by output tokens after the first, one observation a request; 0 for
        /// outputs of one token.
        Tpot = "tpot",
        /// From the request's arrival to its last output; finished requests only.
        E2e = "e2e",
        /// From the first to the last token, preemption stalls included; recorded when the
        /// request finishes.
        DecodeTime = "decode_time",
        /// Prefill and decode together; recorded when the request finishes.
        InferenceTime = "inference_time",
        /// Mean end-to-end latency less queue and inference: outside the engine, before and
        /// after it.
        FrontEndTime = "front_end_time",
        /// Mean time to first token less mean queue and prefill time; two populations, so only
        /// for windows much longer than a request.
        FrontEndTtft = "front_end_ttft",
        /// Requests in the running batch, prefilling ones included.
        Running = "running",
        /// Requests that wait to be scheduled.
        Waiting = "waiting",
        /// Waiting requests that wait for something other than capacity.
        WaitingDeferred = "waiting_deferred",
        /// Share of the key-value cache held by live requests; the fullest replica counts.
        /// Reusable cached blocks are free.
        KvUsage = "kv_usage",
        /// Requests preempted for lack of cache in the window.
        Preemptions = "preemptions",
        /// Share of looked-up prompt tokens that were found in the prefix cache.
        PrefixHitRatio = "prefix_hit_ratio",
        /// Requests that finished, for whatever reason, per second.
        RequestsPerS = "requests_per_s",
        /// Prompt tokens per second, those found in a cache included.
        PromptTokensPerS = "prompt_tokens_per_s",
        /// Output tokens per second, live.
        GenerationTokensPerS = "generation_tokens_per_s",
        /// Mean prompt length of the requests that finished.
        PromptTokensPerRequest = "prompt_tokens_per_request",
        /// Mean prompt length less what the cache held, of the requests that finished.
        ComputedPromptTokensPerRequest = "computed_prompt_tokens_per_request",
        /// Mean output length of the requests that finished.
        GenerationTokensPerRequest = "generation_tokens_per_request",
        /// Mean number of decoding sequences: the inter-token latencies of the window added up,
        /// by its length (Little's law).
        MeanBatch = "mean_batch",
        /// Requests that got a first token in the window less those that finished in it: still
        /// running, or aborted and in no finish-time histogram.
        LostRequests = "lost_requests",
        /// Requests refused before they entered the engine, per second.
        RejectionsPerS = "rejections_per_s",
    }
}

impl SignalId {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ttft => "Time to first token",
            Self::QueueTime => "Queue time",
            Self::PrefillTime => "Prefill time",
            Self::Itl => "Inter-token latency",
            Self::Tpot => "Time per output token",
            Self::E2e => "End to end",
            Self::DecodeTime => "Decode time",
            Self::InferenceTime => "Inference time",
            Self::FrontEndTime => "Front-end time",
            Self::FrontEndTtft => "Front-end time before the first token",
            Self::Running => "Running requests",
            Self::Waiting => "Waiting requests",
            Self::WaitingDeferred => "Deferred requests",
            Self::KvUsage => "KV cache usage",
            Self::Preemptions => "Preemptions",
            Self::PrefixHitRatio => "Prefix cache hit ratio",
            Self::RequestsPerS => "Finished requests",
            Self::PromptTokensPerS => "Prompt tokens",
            Self::GenerationTokensPerS => "Output tokens",
            Self::PromptTokensPerRequest => "Prompt tokens per request",
            Self::ComputedPromptTokensPerRequest => "Uncached prompt tokens per request",
            Self::GenerationTokensPerRequest => "Output tokens per request",
            Self::MeanBatch => "Mean batch",
            Self::LostRequests => "Unfinished requests",
            Self::RejectionsPerS => "Rejected requests",
        }
    }

    /// The abbreviation that engineers use, else the title in small letters.
    pub fn short(self) -> String {
        match self {
            Self::Ttft => "TTFT".to_owned(),
            Self::Itl => "ITL".to_owned(),
            Self::Tpot => "TPOT".to_owned(),
            Self::E2e => "E2E".to_owned(),
            Self::QueueTime => "queue".to_owned(),
            _ => self.name(),
        }
    }

    /// Name for people inside a sentence.
    pub fn name(self) -> String {
        self.title().to_ascii_lowercase()
    }

    /// It tells how much was counted in a window, so that a count of twice as much doubles it.
    pub fn is_of_counts(self) -> bool {
        matches!(
            self,
            Self::Preemptions
                | Self::RequestsPerS
                | Self::PromptTokensPerS
                | Self::GenerationTokensPerS
                | Self::MeanBatch
                | Self::LostRequests
                | Self::RejectionsPerS
        )
    }

    /// Unit of its numbers.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Ttft
            | Self::QueueTime
            | Self::PrefillTime
            | Self::Itl
            | Self::Tpot
            | Self::E2e
            | Self::DecodeTime
            | Self::InferenceTime
            | Self::FrontEndTime
            | Self::FrontEndTtft => "s",
            Self::Running
            | Self::Waiting
            | Self::WaitingDeferred
            | Self::Preemptions
            | Self::LostRequests => "requests",
            Self::KvUsage | Self::PrefixHitRatio => "ratio",
            Self::RequestsPerS | Self::RejectionsPerS => "requests/s",
            Self::PromptTokensPerS | Self::GenerationTokensPerS => "tokens/s",
            Self::PromptTokensPerRequest
            | Self::ComputedPromptTokensPerRequest
            | Self::GenerationTokensPerRequest => "tokens",
            Self::MeanBatch => "sequences",
        }
    }
}
