//! vLLM, releases 0.6.4 to 0.33: names, dialects and what its flags are called.

use crate::catalogue::families::Family;
use crate::ingest::batch::Labels;
use crate::source::exporter::{ActionWords, CacheLimits, Metric, Profile, VersionHint};
use crate::text::decimal;

/// The profile of vLLM.
///
/// Names without prefix: vLLM itself writes `vllm:`, Ray writes `ray_vllm_` (older releases
/// `ray_vllm:`), KServe relabels to `kserve_vllm:`, and scrapers that escape colons write `vllm_`.
/// Where a quantity was renamed the current name comes first; the later entries are used only by
/// replicas that lack it, never added to it.
pub(crate) static VLLM: Profile = Profile {
    id: "vllm",
    title: "vLLM",
    canonical_prefix: "vllm:",
    prefix_marks: &["vllm:", "vllm_"],
    router_label: Some("server"),
    metrics: &[
        Metric::new("time_to_first_token_seconds", Family::Ttft),
        Metric::new("inter_token_latency_seconds", Family::Itl),
        // The former name of the inter-token latency, until 0.14; despite its words it never was
        // per request.
        Metric::new("time_per_output_token_seconds", Family::Itl),
        Metric::new("request_time_per_output_token_seconds", Family::Tpot),
        Metric::new("e2e_request_latency_seconds", Family::E2e),
        Metric::new("request_queue_time_seconds", Family::QueueTime),
        Metric::new("request_prefill_time_seconds", Family::PrefillTime),
        Metric::new("request_decode_time_seconds", Family::DecodeTime),
        Metric::new("request_inference_time_seconds", Family::InferenceTime),
        Metric::new("request_prompt_tokens", Family::PromptTokensPerRequest),
        Metric::new("request_generation_tokens", Family::GenerationTokensPerRequest),
        Metric::new("request_prefill_kv_computed_tokens", Family::ComputedPromptTokensPerRequest),
        Metric::new("num_requests_running", Family::Running),
        Metric::new("num_requests_waiting", Family::Waiting),
        Metric::labelled(
            "num_requests_waiting_by_reason",
            Family::WaitingCapacity,
            "reason",
            "capacity",
        ),
        Metric::labelled(
            "num_requests_waiting_by_reason",
            Family::WaitingDeferred,
            "reason",
            "deferred",
        ),
        Metric::new("kv_cache_usage_perc", Family::KvUsage),
        Metric::new("gpu_cache_usage_perc", Family::KvUsage),
        Metric::new("num_preemptions", Family::Preemptions),
        Metric::new("prefix_cache_queries", Family::PrefixCacheQueries),
        Metric::new("gpu_prefix_cache_queries", Family::PrefixCacheQueries),
        Metric::new("prefix_cache_hits", Family::PrefixCacheHits),
        Metric::new("gpu_prefix_cache_hits", Family::PrefixCacheHits),
        Metric::new("prompt_tokens", Family::PromptTokens),
        Metric::new("generation_tokens", Family::GenerationTokens),
        Metric::new("request_success", Family::RequestsFinished),
        Metric::new("admission_rejections", Family::Rejections),
        Metric::new("cache_config_info", Family::CacheConfig),
        Metric::new("cache_config", Family::CacheConfig),
    ],
    version_hints: &[
        VersionHint { release: ">=0.32", family: Family::Rejections, label: None },
        VersionHint {
            release: ">=0.24",
            family: Family::CacheConfig,
            label: Some("kv_cache_size_tokens"),
        },
        VersionHint { release: ">=0.20", family: Family::WaitingCapacity, label: None },
        VersionHint {
            release: ">=0.13",
            family: Family::ComputedPromptTokensPerRequest,
            label: None,
        },
        VersionHint { release: ">=0.11", family: Family::Tpot, label: None },
        VersionHint { release: ">=0.6.4", family: Family::QueueTime, label: None },
    ],
    cache_limits,
    words: ActionWords {
        concurrency_flag: "--max-num-seqs",
        kv_memory_flag: "--gpu-memory-utilization",
        kv_type_flag: "--kv-cache-dtype fp8",
        token_budget_flag: "--max-num-batched-tokens",
        context_flag: "--max-model-len",
        prefix_cache_flag: "--enable-prefix-caching",
    },
};

/// Since 0.24 the size in tokens and the concurrency at full length are exported, and the engine
/// computed the first as the second times the longest context, cut to an integer; so their quotient
/// is that context to within 1/concurrency of a token. Before, the size is blocks times block size,
/// which is wrong for hybrid attention only.
fn cache_limits(labels: &Labels) -> CacheLimits {
    let number = |name: &str| {
        decimal::parse(labels.get(name)?.as_bytes())
            .filter(|value| *value > 0.0 && value.is_finite())
    };
    let size = number("kv_cache_size_tokens");
    let concurrency = number("kv_cache_max_concurrency");
    let blocks =
        number("num_gpu_blocks").zip(number("block_size")).map(|(blocks, tokens)| blocks * tokens);
    CacheLimits {
        capacity_tokens: size.or(blocks),
        worst_case_concurrency: concurrency,
        max_model_len: size
            .zip(concurrency)
            .map(|(size, concurrency)| libm::round(size / concurrency)),
    }
}
