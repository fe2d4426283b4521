//! vLLM, releases 0.6.4 to 0.33: names, dialects and what its flags are called.

use crate::catalogue::families::Family;
use crate::catalogue::families::Population::{Finished, FirstToken, Output, Step, Transferred};
use crate::catalogue::knobs::Knob;
use crate::ingest::batch::Labels;
use crate::small::list::CollectVec;
use crate::source::exporter::{
    AdapterSlots, CacheLimits, Defect, Exporter, ExporterKind, KnobWords, PLAIN_LABELS,
    PlacementLabels, VersionHint,
};
use crate::source::metric::{Lacks, Metric};
use crate::text::decimal;

/// Names without prefix: vLLM itself writes `vllm:`, Ray writes `ray_vllm_` (older releases
/// `ray_vllm:`), KServe relabels to `kserve_vllm:`, scrapers that escape colons write `vllm_`, and
/// collectors of OpenTelemetry may write `vllm.`.
/// Where a quantity was renamed the current name comes first; the later entries are used only by
/// replicas that lack it, never added to it.
pub(crate) static VLLM: Exporter = Exporter {
    id: "vllm",
    title: "vLLM",
    kind: ExporterKind::Engine,
    canonical_prefix: "vllm:",
    prefix_marks: &["vllm:", "vllm_", "vllm."],
    router_label: Some("server"),
    labels: PlacementLabels {
        rank: Some("engine"),
        model: &["model_name", "model"],
        ..PLAIN_LABELS
    },
    metrics: METRICS,
    version_hints: VERSION_HINTS,
    cache_limits,
    adapter_slots,
    knobs: KNOBS,
    silent_unless_finished: false,
    words: &[],
    blanks: &[],
    defects: DEFECTS,
};

const METRICS: &[Metric] = &[
    Metric::histogram("time_to_first_token_seconds", Family::Ttft, FirstToken),
    Metric::histogram("inter_token_latency_seconds", Family::Itl, Output),
    // The former name of the inter-token latency, until 0.14; despite its words it never was per
    // request.
    Metric::histogram("time_per_output_token_seconds", Family::Itl, Output),
    Metric::histogram("request_time_per_output_token_seconds", Family::Tpot, Finished),
    Metric::histogram("e2e_request_latency_seconds", Family::E2e, Finished),
    Metric::histogram("request_queue_time_seconds", Family::QueueTime, Finished),
    Metric::histogram("request_prefill_time_seconds", Family::PrefillTime, Finished),
    Metric::histogram("request_decode_time_seconds", Family::DecodeTime, Finished),
    Metric::histogram("request_inference_time_seconds", Family::InferenceTime, Finished),
    Metric::histogram("request_prompt_tokens", Family::PromptTokensPerRequest, Finished),
    Metric::histogram("request_generation_tokens", Family::GenerationTokensPerRequest, Finished),
    Metric::histogram(
        "request_prefill_kv_computed_tokens",
        Family::ComputedPromptTokensPerRequest,
        Finished,
    ),
    Metric::gauge("num_requests_running", Family::Running),
    Metric::gauge("num_requests_waiting", Family::Waiting),
    Metric::gauge("num_requests_waiting_by_reason", Family::WaitingCapacity)
        .only("reason", &["capacity"]),
    Metric::gauge("num_requests_waiting_by_reason", Family::WaitingDeferred)
        .only("reason", &["deferred"]),
    Metric::gauge("kv_cache_usage_perc", Family::KvUsage).largest(),
    Metric::gauge("gpu_cache_usage_perc", Family::KvUsage).largest(),
    Metric::counter("num_preemptions", Family::Preemptions),
    Metric::counter("prefix_cache_queries", Family::PrefixCacheQueries),
    Metric::counter("gpu_prefix_cache_queries", Family::PrefixCacheQueries),
    Metric::counter("prefix_cache_hits", Family::PrefixCacheHits),
    Metric::counter("gpu_prefix_cache_hits", Family::PrefixCacheHits),
    Metric::counter("prompt_tokens", Family::PromptTokens),
    Metric::counter("generation_tokens", Family::GenerationTokens),
    Metric::counter("request_success", Family::RequestsFinished),
    Metric::counter("admission_rejections", Family::Rejections),
    Metric::info("cache_config_info", Family::CacheConfig).lacks(Lacks::Model),
    Metric::info("cache_config", Family::CacheConfig).lacks(Lacks::Model),
    // The Python front end counts no request whose client went away (vllm#31503); the Rust one
    // does. `repetition` exists since the engine can end an output that repeats itself.
    Metric::counter("request_success", Family::RequestsAborted).only("finished_reason", &["abort"]),
    Metric::counter("request_success", Family::RequestsErrored).only("finished_reason", &["error"]),
    Metric::counter("request_success", Family::RequestsCutByLength)
        .only("finished_reason", &["length"]),
    Metric::counter("request_success", Family::RequestsRepeating)
        .only("finished_reason", &["repetition"]),
    Metric::counter("request_success", Family::RequestsEndedOtherwise)
        .only_from(&["finished_reason"], "")
        .without(&["finished_reason"], &["stop", "length", "abort", "error", "repetition"]),
    // `prompt_tokens` counts cached and transferred tokens too; these add up to it.
    Metric::counter("prompt_tokens_by_source", Family::PromptTokensComputed)
        .only("source", &["local_compute"]),
    Metric::counter("prompt_tokens_by_source", Family::PromptTokensFromCache)
        .only("source", &["local_cache_hit"]),
    Metric::counter("prompt_tokens_by_source", Family::PromptTokensTransferred)
        .only("source", &["external_kv_transfer"]),
    Metric::counter("prompt_tokens_cached", Family::PromptTokensCached),
    Metric::counter("prompt_tokens_cached_by_source", Family::PromptTokensCachedOnDevice)
        .only("source", &["device"]),
    Metric::counter("prompt_tokens_cached_by_source", Family::PromptTokensCachedOnHost)
        .only("source", &["host", "disk"]),
    Metric::counter("prompt_tokens_cached_by_source", Family::PromptTokensCachedRemotely)
        .only("source", &["p2p", "external_unspecified"]),
    Metric::counter("external_prefix_cache_queries", Family::ExternalCacheQueries),
    Metric::counter("external_prefix_cache_hits", Family::ExternalCacheHits),
    // Exported by consumers of a remote cache only.
    Metric::gauge("num_requests_kv_fetch_by_stage", Family::KvFetchPending)
        .only("stage", &["waiting_to_start", "in_progress"]),
    Metric::gauge("num_requests_kv_fetch_by_stage", Family::KvFetchDone)
        .only("stage", &["completed_waiting"]),
    Metric::histogram("request_num_preemptions", Family::PreemptionsPerRequest, Finished),
    // A histogram in spite of its name. A prompt is booked whole on the step that ends its prefill,
    // and several API servers inflate the count.
    Metric::histogram("iteration_tokens_total", Family::TokensPerStep, Step),
    Metric::histogram("request_params_max_tokens", Family::MaxTokensPerRequest, Finished),
    Metric::histogram(
        "request_max_num_generation_tokens",
        Family::LongestOutputPerRequest,
        Finished,
    ),
    Metric::histogram("request_params_n", Family::SequencesPerRequest, Finished),
    Metric::counter("mm_cache_queries", Family::MultimodalItems),
    Metric::counter("spec_decode_num_drafts", Family::Drafts),
    Metric::counter("spec_decode_num_draft_tokens", Family::DraftTokens),
    Metric::counter("spec_decode_num_accepted_tokens", Family::AcceptedTokens),
    Metric::info("lora_requests_info", Family::Adapters).lacks(Lacks::ModelAndRank),
    Metric::gauge("engine_sleep_state", Family::Asleep)
        .only("sleep_state", &["weights_offloaded", "discard_all"])
        .largest(),
    // One connector runs at a time, so its rows come one after another.
    Metric::histogram("nixl_xfer_time_seconds", Family::TransferTime, Transferred),
    Metric::histogram("mooncake_xfer_time_seconds", Family::TransferTime, Transferred),
    Metric::histogram(
        "kv_offload_tiering_promotion_latency_seconds",
        Family::TransferTime,
        Transferred,
    ),
    Metric::counter("nixl_num_failed_transfers", Family::TransferFailures),
    Metric::counter("mooncake_num_failed_transfers", Family::TransferFailures),
    Metric::counter("umbp_transfer_failed", Family::TransferFailures),
    Metric::counter("nixl_num_kv_expired_reqs", Family::TransfersExpired),
    Metric::counter("mooncake_num_kv_expired_reqs", Family::TransfersExpired),
    Metric::counter("umbp_transfer_submitted", Family::TransfersStarted),
    Metric::counter("umbp_transfer_completed", Family::TransfersCompleted),
    Metric::gauge("hisparse_pending_page_transfers", Family::TransfersPending),
    Metric::info("kv_offload_config_info", Family::KvOffloadConfig).lacks(Lacks::ModelAndRank),
];

const VERSION_HINTS: &[VersionHint] = &[
    // Every field of the configuration is a label, so this one is always there since 0.33.
    hint_label(">=0.33", Family::CacheConfig, "simple_cpu_offload_num_blocks"),
    hint(">=0.32", Family::Rejections),
    hint(">=0.32", Family::KvFetchPending),
    hint(">=0.30", Family::PreemptionsPerRequest),
    hint_label(">=0.24", Family::CacheConfig, "kv_cache_size_tokens"),
    hint(">=0.20", Family::WaitingCapacity),
    hint(">=0.16", Family::PromptTokensComputed),
    hint(">=0.13", Family::ComputedPromptTokensPerRequest),
    hint(">=0.11", Family::Tpot),
    hint(">=0.6.4", Family::QueueTime),
];

const fn hint(release: &'static str, family: Family) -> VersionHint {
    VersionHint { release, family, label: None }
}

const fn hint_label(release: &'static str, family: Family, label: &'static str) -> VersionHint {
    VersionHint { release, family, label: Some(label) }
}

/// Intervals between two timestamps of the engine, of which a request that is ended early (pause,
/// sleep, an error) or resumed lacks one.
const DEFECTS: &[Defect] = &[Defect {
    families: &[
        Family::QueueTime,
        Family::PrefillTime,
        Family::DecodeTime,
        Family::InferenceTime,
        Family::Tpot,
    ],
    what: "vLLM records a negative time, or one as long as its uptime, for a request that lacks a \
           timestamp (vllm#34691, vllm#56238)",
}];

const KNOBS: &[KnobWords] = &[
    KnobWords {
        knob: Knob::Wake,
        flag: "curl -X POST http://HOST:8000/wake_up",
        configured: None,
        in_force: &[],
    },
    KnobWords { knob: Knob::Concurrency, flag: "--max-num-seqs", configured: None, in_force: &[] },
    KnobWords {
        knob: Knob::KvMemory,
        flag: "--gpu-memory-utilization",
        configured: Some("gpu_memory_utilization"),
        in_force: &[],
    },
    KnobWords {
        knob: Knob::KvType,
        flag: "--kv-cache-dtype fp8",
        configured: Some("cache_dtype"),
        in_force: &["fp8"],
    },
    KnobWords {
        knob: Knob::TokenBudget,
        flag: "--max-num-batched-tokens",
        configured: None,
        in_force: &[],
    },
    KnobWords {
        knob: Knob::ContextLength,
        flag: "--max-model-len",
        configured: None,
        in_force: &[],
    },
    KnobWords {
        knob: Knob::PrefixCaching,
        flag: "--enable-prefix-caching",
        configured: Some("enable_prefix_caching"),
        in_force: &["true"],
    },
    KnobWords {
        knob: Knob::KvBlocks,
        flag: "--num-gpu-blocks-override",
        configured: Some("num_gpu_blocks_override"),
        in_force: &[],
    },
    KnobWords {
        knob: Knob::KvOffloading,
        flag: "--kv-offloading-size",
        configured: Some("kv_offloading_size"),
        in_force: &[],
    },
];

/// `max_lora` slots, and the adapters that run and wait as lists joined by commas.
fn adapter_slots(labels: &Labels) -> Option<AdapterSlots> {
    let listed = |name: &str| {
        let list = labels.get(name).map_or("", String::as_str);
        list.split(',').filter(|adapter| !adapter.is_empty()).collect_vec()
    };
    // A request that waits for capacity wants an adapter too, often one that runs.
    let running: Vec<&str> = listed("running_lora_adapters");
    let waiting: Vec<&str> = listed("waiting_lora_adapters");
    let is_other = |adapter: &&&str| !running.contains(adapter);
    Some(AdapterSlots {
        slots: labels.get("max_lora")?.parse().ok().filter(|slots| *slots > 0)?,
        waiting: waiting.iter().filter(is_other).count(),
        running: running.len(),
    })
}

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
