//! What a series measures, whatever the exporter calls it.

use crate::catalogue::list::closed_list;

/// The shape of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Buckets, sum and count; of a mean without a histogram sum and count alone.
    Histogram,
    /// Cumulative.
    Counter,
    /// A state.
    Gauge,
    /// The labels are the value.
    Info,
}

/// When an observation is recorded: the members of one population share their requests. It belongs
/// to an exporter's metric, not to the family: one engine records the time to first token at the
/// first token, another at the end of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Population {
    /// At the end of a request.
    Finished,
    /// When a request is first scheduled.
    Scheduled,
    /// At the first token.
    FirstToken,
    /// At every output.
    Output,
    /// At every step of the engine.
    Step,
    /// At the end of a transfer of cache entries.
    Transferred,
    /// When the HTTP server has answered.
    Answered,
    /// When a gateway sends the request on.
    Forwarded,
}

impl Population {
    /// When that is, e.g. `first token`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Finished => "end of request",
            Self::Scheduled => "first scheduling",
            Self::FirstToken => "first token",
            Self::Output => "every output",
            Self::Step => "every step",
            Self::Transferred => "end of transfer",
            Self::Answered => "HTTP answer",
            Self::Forwarded => "gateway",
        }
    }
}

/// What a family is read for, which decides whether a query asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Signals and verdicts are made of it. Repairs of its data are caveats of the report.
    Diagnosis,
    /// It confirms or excludes a cause, and a diagnosis works without it. Its repairs are those of
    /// the same process once more and are not told again.
    Evidence,
    /// Read where the data hold it, never asked for.
    Detail,
}

/// Declares the families from one table.
macro_rules! families {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $id:literal,
        $shape:ident, $purpose:ident, $title:literal, $unit:literal; )+) => {
        closed_list! {
            /// One measured quantity. Its id is the engine-neutral role that queries carry as a
            /// label.
            Family {
                $( $(#[doc = $doc])+ $variant = $id, )+
            }
        }

        impl Family {
            /// The family's shape.
            pub fn shape(self) -> Shape {
                const SHAPES: &[Shape] = &[$(Shape::$shape,)+];
                SHAPES[self as usize]
            }

            /// What it is read for.
            pub fn purpose(self) -> Purpose {
                const PURPOSES: &[Purpose] = &[$(Purpose::$purpose,)+];
                PURPOSES[self as usize]
            }

            /// Name for people.
            pub fn title(self) -> &'static str {
                const TITLES: &[&str] = &[$($title,)+];
                TITLES[self as usize]
            }

            /// Unit of the values.
            pub fn unit(self) -> &'static str {
                const UNITS: &[&str] = &[$($unit,)+];
                UNITS[self as usize]
            }
        }
    };
}

families! {
    /// Time to first token, seconds, recorded at the first token.
    Ttft = "ttft", Histogram, Diagnosis, "Time to first token", "s";
    /// Inter-token latency, seconds, one observation an output.
    Itl = "itl", Histogram, Diagnosis, "Inter-token latency", "s";
    /// Time per output token of a whole request, seconds.
    Tpot = "tpot", Histogram, Diagnosis, "Time per output token", "s";
    /// End-to-end latency, seconds.
    E2e = "e2e", Histogram, Diagnosis, "End to end", "s";
    /// From entering the engine's queue to the first scheduling, seconds.
    QueueTime = "queue_time", Histogram, Diagnosis, "Queue time", "s";
    /// From the first scheduling to the first token, seconds.
    PrefillTime = "prefill_time", Histogram, Diagnosis, "Prefill time", "s";
    /// From the first to the last token, seconds.
    DecodeTime = "decode_time", Histogram, Diagnosis, "Decode time", "s";
    /// From the first scheduling to the last token, seconds.
    InferenceTime = "inference_time", Histogram, Diagnosis, "Inference time", "s";
    /// Prompt length of finished requests, tokens.
    PromptTokensPerRequest = "prompt_tokens_per_request",
        Histogram, Diagnosis, "Prompt tokens per request", "tokens";
    /// Output length of finished requests, tokens.
    GenerationTokensPerRequest = "generation_tokens_per_request",
        Histogram, Diagnosis, "Output tokens per request", "tokens";
    /// Prompt tokens that were computed rather than found in a cache, per finished request.
    ComputedPromptTokensPerRequest = "computed_prompt_tokens_per_request",
        Histogram, Diagnosis, "Uncached prompt tokens per request", "tokens";
    /// Requests in the running batch.
    Running = "running", Gauge, Diagnosis, "Running requests", "requests";
    /// Requests that wait to be scheduled.
    Waiting = "waiting", Gauge, Diagnosis, "Waiting requests", "requests";
    /// Requests that wait for capacity.
    WaitingCapacity = "waiting_capacity",
        Gauge, Diagnosis, "Requests waiting for capacity", "requests";
    /// Requests that wait for something other than capacity (remote cache, adapters).
    WaitingDeferred = "waiting_deferred", Gauge, Diagnosis, "Deferred requests", "requests";
    /// Share of the key-value cache held by live requests, 0–1.
    KvUsage = "kv_usage", Gauge, Diagnosis, "KV cache usage", "ratio";
    /// Preempted requests.
    Preemptions = "preemptions", Counter, Diagnosis, "Preemptions", "requests";
    /// Tokens looked up in the prefix cache.
    PrefixCacheQueries = "prefix_cache_queries",
        Counter, Diagnosis, "Prefix cache queries", "tokens";
    /// Tokens found in the prefix cache.
    PrefixCacheHits = "prefix_cache_hits", Counter, Diagnosis, "Prefix cache hits", "tokens";
    /// Prompt tokens, cached ones included.
    PromptTokens = "prompt_tokens", Counter, Diagnosis, "Prompt tokens", "tokens";
    /// Output tokens, live.
    GenerationTokens = "generation_tokens", Counter, Diagnosis, "Output tokens", "tokens";
    /// Finished requests of any reason.
    RequestsFinished = "requests_finished", Counter, Diagnosis, "Finished requests", "requests";
    /// Requests refused before they entered the engine.
    Rejections = "rejections", Counter, Diagnosis, "Rejected requests", "requests";
    /// Configuration of the key-value cache, in labels.
    CacheConfig = "cache_config", Info, Diagnosis, "KV cache configuration", "ratio";
    /// Requests that ended because their client went away.
    RequestsAborted = "requests_aborted", Counter, Evidence, "Aborted requests", "requests";
    /// Requests that ended in an error.
    RequestsErrored = "requests_errored", Counter, Evidence, "Failed requests", "requests";
    /// Requests that ended at a limit of their length.
    RequestsCutByLength = "requests_cut_by_length",
        Counter, Evidence, "Requests cut by length", "requests";
    /// Requests that ended for a reason that no profile knows: well or badly.
    RequestsEndedOtherwise = "requests_ended_otherwise",
        Counter, Evidence, "Requests ended for an unknown reason", "requests";
    /// Requests that the engine ended because their output repeated itself.
    RequestsRepeating = "requests_repeating", Counter, Detail, "Repeating requests", "requests";
    /// Prompt tokens that this engine computed, live: the work of prefill.
    PromptTokensComputed = "prompt_tokens_computed",
        Counter, Evidence, "Uncached prompt tokens", "tokens";
    /// Prompt tokens found in the engine's own cache, live.
    PromptTokensFromCache = "prompt_tokens_from_cache",
        Counter, Detail, "Prompt tokens from the local cache", "tokens";
    /// Prompt tokens whose cache entries came from elsewhere, live.
    PromptTokensTransferred = "prompt_tokens_transferred",
        Counter, Evidence, "Transferred prompt tokens", "tokens";
    /// Prompt tokens found in any cache, live.
    PromptTokensCached = "prompt_tokens_cached", Counter, Detail, "Cached prompt tokens", "tokens";
    /// Prompt tokens found in device memory.
    PromptTokensCachedOnDevice = "prompt_tokens_cached_on_device",
        Counter, Detail, "Prompt tokens cached on the device", "tokens";
    /// Prompt tokens found in memory or on a disk of the host.
    PromptTokensCachedOnHost = "prompt_tokens_cached_on_host",
        Counter, Detail, "Prompt tokens cached on the host", "tokens";
    /// Prompt tokens found in a cache of another machine.
    PromptTokensCachedRemotely = "prompt_tokens_cached_remotely",
        Counter, Detail, "Prompt tokens cached remotely", "tokens";
    /// Tokens looked up in a cache outside the engine; apart from the local prefix cache.
    ExternalCacheQueries = "external_cache_queries",
        Counter, Detail, "External cache queries", "tokens";
    /// Tokens found in a cache outside the engine.
    ExternalCacheHits = "external_cache_hits", Counter, Detail, "External cache hits", "tokens";
    /// Requests whose remote cache entries have not arrived.
    KvFetchPending = "kv_fetch_pending", Gauge, Evidence, "Requests fetching KV", "requests";
    /// Requests whose remote cache entries have arrived and that wait to be scheduled.
    KvFetchDone = "kv_fetch_done", Gauge, Detail, "Requests with fetched KV", "requests";
    /// Preemptions of each finished request.
    PreemptionsPerRequest = "preemptions_per_request",
        Histogram, Evidence, "Preemptions per request", "preemptions";
    /// Tokens of each engine step, prompt and output.
    TokensPerStep = "tokens_per_step", Histogram, Evidence, "Tokens per step", "tokens";
    /// Output length that each finished request allowed, tokens.
    MaxTokensPerRequest = "max_tokens_per_request",
        Histogram, Evidence, "Allowed output tokens per request", "tokens";
    /// Longest output among the sequences of each finished request, tokens.
    LongestOutputPerRequest = "longest_output_per_request",
        Histogram, Detail, "Longest output per request", "tokens";
    /// Sequences that each finished request asked for.
    SequencesPerRequest = "sequences_per_request",
        Histogram, Detail, "Sequences per request", "sequences";
    /// Images, sounds and videos that requests carry, each looked up in the multimodal cache.
    MultimodalItems = "multimodal_items", Counter, Evidence, "Multimodal items", "items";
    /// Drafts of speculative decoding.
    Drafts = "drafts", Counter, Detail, "Drafts", "drafts";
    /// Tokens proposed by speculative decoding.
    DraftTokens = "draft_tokens", Counter, Evidence, "Draft tokens", "tokens";
    /// Proposed tokens that were accepted.
    AcceptedTokens = "accepted_tokens", Counter, Evidence, "Accepted draft tokens", "tokens";
    /// Adapters that run and that wait, in labels.
    Adapters = "adapters", Info, Evidence, "Adapters", "ratio";
    /// 1 while the engine sleeps: its weights are off the device.
    Asleep = "asleep", Gauge, Evidence, "Engine asleep", "ratio";
    /// Time of each transfer of cache entries between engines or cache levels, seconds.
    TransferTime = "transfer_time", Histogram, Evidence, "KV transfer time", "s";
    /// Transfers of cache entries that failed.
    TransferFailures = "transfer_failures", Counter, Evidence, "Failed KV transfers", "transfers";
    /// Requests whose cache entries expired before they were fetched.
    TransfersExpired = "transfers_expired", Counter, Detail, "Expired KV transfers", "requests";
    /// Transfers of cache entries begun.
    TransfersStarted = "transfers_started", Counter, Detail, "Started KV transfers", "transfers";
    /// Transfers of cache entries completed.
    TransfersCompleted = "transfers_completed",
        Counter, Detail, "Completed KV transfers", "transfers";
    /// Transfers of cache entries under way.
    TransfersPending = "transfers_pending", Gauge, Detail, "Pending KV transfers", "transfers";
    /// Configuration of a second cache level, in labels.
    KvOffloadConfig = "kv_offload_config", Info, Detail, "KV offloading configuration", "ratio";
    /// Most sequences in the running batch, as the engine exports it.
    SequenceCap = "sequence_cap", Gauge, Diagnosis, "Sequence cap", "sequences";
    /// Most tokens in a step, as the engine exports it.
    TokenBudget = "token_budget", Gauge, Diagnosis, "Token budget", "tokens";
    /// Tokens that the key-value cache holds, as the engine exports it.
    KvCapacity = "kv_capacity", Gauge, Diagnosis, "KV cache capacity", "tokens";
    /// Longest context in tokens, as the engine exports it.
    ContextLength = "context_length", Gauge, Diagnosis, "Longest context", "tokens";
    /// When the process started, Unix seconds.
    ProcessStart = "process_start", Gauge, Evidence, "Process start", "unix s";
    /// Processor time that the process which serves the metrics has used, seconds.
    ProcessCpu = "process_cpu", Counter, Evidence, "Process CPU time", "s";
    /// 1 while the target answers its scrapes, 0 while it does not.
    Up = "target_up", Gauge, Evidence, "Target up", "ratio";
    /// Requests that the HTTP server answered.
    HttpRequests = "http_requests", Counter, Evidence, "HTTP requests", "requests";
    /// Requests answered with a status of 400 to 499.
    HttpClientErrors = "http_client_errors", Counter, Evidence, "HTTP client errors", "requests";
    /// Requests answered with the status 429: refused for their number.
    HttpRefusals = "http_refusals", Counter, Evidence, "HTTP refusals", "requests";
    /// Requests answered with a status of 500 to 599.
    HttpServerErrors = "http_server_errors", Counter, Evidence, "HTTP server errors", "requests";
    /// Time to the HTTP server's answer, seconds.
    HttpDuration = "http_duration", Histogram, Detail, "HTTP duration", "s";
    /// Clock of a device's processors, MHz.
    SmClock = "sm_clock", Gauge, Evidence, "SM clock", "MHz";
    /// Share of time in which a processor of the device had work, 0–1.
    SmActive = "sm_active", Gauge, Evidence, "SM active", "ratio";
    /// Resident warps as a share of those that fit, 0–1.
    SmOccupancy = "sm_occupancy", Gauge, Detail, "SM occupancy", "ratio";
    /// Share of cycles in which the tensor pipe was busy, 0–1.
    TensorActive = "tensor_active", Gauge, Detail, "Tensor pipe active", "ratio";
    /// Share of cycles in which device memory was read or written, 0–1.
    DramActive = "dram_active", Gauge, Evidence, "Device memory active", "ratio";
    /// Device memory in use, bytes.
    DeviceMemoryUsed = "device_memory_used", Gauge, Detail, "Device memory used", "bytes";
    /// Device memory that is free, bytes.
    DeviceMemoryFree = "device_memory_free", Gauge, Detail, "Device memory free", "bytes";
    /// Power draw of a device, watts.
    DevicePower = "device_power", Gauge, Evidence, "Device power", "W";
    /// Power that a device may draw, watts.
    DevicePowerLimit = "device_power_limit", Gauge, Evidence, "Device power limit", "W";
    /// Periods in which a container wanted processor time.
    CpuPeriods = "cpu_periods", Counter, Evidence, "CPU periods", "periods";
    /// Periods in which its quota of processor time ran out.
    CpuThrottled = "cpu_throttled", Counter, Evidence, "Throttled CPU periods", "periods";
    /// Temperature of a device, degrees Celsius.
    DeviceTemperature = "device_temperature", Gauge, Detail, "Device temperature", "°C";
    /// Why the clock is lower than it could be, one bit a reason; 0: it is not.
    ClockEventReasons = "clock_event_reasons", Gauge, Evidence, "Clock event reasons", "bits";
    /// Code of the device's last error; 0: none since the driver started.
    XidError = "xid_error", Gauge, Evidence, "Last XID error", "code";
    /// Bytes sent over NVLink per second.
    NvlinkSent = "nvlink_sent", Gauge, Detail, "NVLink sent", "bytes/s";
    /// Bytes received over NVLink per second.
    NvlinkReceived = "nvlink_received", Gauge, Detail, "NVLink received", "bytes/s";
    /// The node of a pod, in labels.
    PodInfo = "pod_info", Info, Detail, "Pod placement", "ratio";
    /// Replicas that a workload is to have.
    ReplicasWanted = "replicas_wanted", Gauge, Evidence, "Replicas wanted", "replicas";
    /// Replicas of a workload that are ready.
    ReplicasReady = "replicas_ready", Gauge, Evidence, "Replicas ready", "replicas";
    /// 1 while a pod is accepted and does not run yet.
    PodPending = "pod_pending", Gauge, Evidence, "Pod pending", "ratio";
    /// 1 while no node has room for a pod.
    PodUnschedulable = "pod_unschedulable", Gauge, Evidence, "Pod unschedulable", "ratio";
    /// 1 while a container of a pod waits for that reason.
    PodWaiting = "pod_waiting", Gauge, Evidence, "Container waiting", "ratio";
    /// 1 where that is why the last process of a container ended.
    PodEnded = "pod_ended", Gauge, Evidence, "Container ended", "ratio";
    /// 1 where that is why a pod ended.
    PodReason = "pod_reason", Gauge, Evidence, "Pod ended", "ratio";
    /// Replicas that an autoscaler wants.
    AutoscalerDesired = "autoscaler_desired",
        Gauge, Evidence, "Autoscaler desired replicas", "replicas";
    /// Replicas that an autoscaler sees.
    AutoscalerCurrent = "autoscaler_current",
        Gauge, Evidence, "Autoscaler current replicas", "replicas";
    /// Most replicas that an autoscaler may want.
    AutoscalerMost = "autoscaler_most", Gauge, Evidence, "Autoscaler maximum", "replicas";
    /// The workload that an autoscaler scales, in labels.
    AutoscalerTarget = "autoscaler_target", Info, Evidence, "Autoscaler target", "ratio";
    /// Workloads that wait for quota.
    QueuePending = "quota_pending", Gauge, Evidence, "Workloads waiting for quota", "workloads";
    /// Workloads that hold quota.
    QueueReserving = "quota_reserving",
        Gauge, Evidence, "Workloads with reserved quota", "workloads";
    /// Workloads that were admitted and have not ended.
    QueueAdmitted = "quota_admitted", Gauge, Evidence, "Admitted workloads", "workloads";
    /// Devices that admitted workloads use.
    QueueUsage = "quota_usage", Gauge, Evidence, "Devices in use", "devices";
    /// Devices that workloads of a queue may use.
    QueueQuota = "quota_nominal", Gauge, Evidence, "Device quota", "devices";
    /// Requests that arrived at a gateway.
    GatewayArrived = "gateway_arrived", Counter, Evidence, "Gateway arrivals", "requests";
    /// Requests that a gateway answered.
    GatewayAnswered = "gateway_answered", Counter, Evidence, "Gateway answers", "requests";
    /// Requests that a gateway refused for want of room.
    GatewayRefused = "gateway_refused", Counter, Evidence, "Gateway refusals", "requests";
    /// Requests that failed at a gateway or behind it.
    GatewayFailed = "gateway_failed", Counter, Evidence, "Gateway failures", "requests";
    /// Requests whose callers left.
    GatewayCancelled = "gateway_cancelled", Counter, Evidence, "Gateway cancellations", "requests";
    /// Requests that a gateway sent again.
    GatewayRetried = "gateway_retried", Counter, Evidence, "Gateway retries", "requests";
    /// Requests that wait in a gateway, before the engine's queue.
    GatewayQueue = "gateway_queue", Gauge, Evidence, "Gateway queue", "requests";
    /// Time in the queue of a gateway, seconds.
    GatewayQueueTime = "gateway_queue_time", Histogram, Evidence, "Gateway queue time", "s";
    /// Workloads that lost their quota.
    QueueEvicted = "quota_evicted", Counter, Evidence, "Evicted workloads", "workloads";
}

impl Family {
    /// Whether replicas together show the largest value of this gauge: a limit or the fullest cache
    /// of a fleet, where a sum would mean nothing.
    pub fn is_largest_of_replicas(self) -> bool {
        matches!(
            self,
            Self::KvUsage
                | Self::SequenceCap
                | Self::TokenBudget
                | Self::KvCapacity
                | Self::ContextLength
                | Self::ProcessStart
        )
    }

    /// Whether this gauge is a share of a whole: no value of it lies outside 0 to 1.
    pub fn is_share(self) -> bool {
        matches!(
            self,
            Self::KvUsage
                | Self::SmActive
                | Self::SmOccupancy
                | Self::TensorActive
                | Self::DramActive
        )
    }

    /// Whether it is a part of the time that a request takes.
    pub fn is_request_time(self) -> bool {
        self.unit() == "s" && self.purpose() == Purpose::Diagnosis
    }
}
