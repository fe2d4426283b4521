//! vLLM's metric names that are no longer exported, and those that the diagnosis does not read.
//!
//! Source: the metric definitions of vLLM's releases 0.3.0 to 0.33.0. Names stand without prefix
//! and without the ending of their form.

use super::names::Shape;

/// What says the same today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replacement {
    /// Nothing does.
    None,
    /// A metric of the same form and unit.
    Name(&'static str),
    /// A query: `PREFIX`, `MATCHERS` and `RANGE` are those of the place.
    Query(&'static str),
}

/// A metric that was exported once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retired {
    pub(crate) base: &'static str,
    pub(crate) shape: Shape,
    /// The first release without it.
    pub(crate) gone: &'static str,
    pub(crate) replacement: Replacement,
}

const fn retired(
    base: &'static str,
    shape: Shape,
    gone: &'static str,
    replacement: Replacement,
) -> Retired {
    Retired { base, shape, gone, replacement }
}

pub(crate) const RETIRED: &[Retired] = &[
    retired(
        "gpu_cache_usage_perc",
        Shape::Gauge,
        "0.12.0",
        Replacement::Name("kv_cache_usage_perc"),
    ),
    retired(
        "gpu_prefix_cache_queries",
        Shape::Counter,
        "0.12.0",
        Replacement::Name("prefix_cache_queries"),
    ),
    retired(
        "gpu_prefix_cache_hits",
        Shape::Counter,
        "0.12.0",
        Replacement::Name("prefix_cache_hits"),
    ),
    retired(
        "gpu_prefix_cache_hit_rate",
        Shape::Gauge,
        "0.9.1",
        Replacement::Query(
            "rate(PREFIXprefix_cache_hits_totalMATCHERS[RANGE]) \
             / rate(PREFIXprefix_cache_queries_totalMATCHERS[RANGE])",
        ),
    ),
    retired("cpu_prefix_cache_hit_rate", Shape::Gauge, "0.9.1", Replacement::None),
    retired("cpu_cache_usage_perc", Shape::Gauge, "0.9.1", Replacement::None),
    retired("num_requests_swapped", Shape::Gauge, "0.9.1", Replacement::None),
    retired(
        "time_per_output_token_seconds",
        Shape::Histogram,
        "0.16.0",
        Replacement::Name("inter_token_latency_seconds"),
    ),
    retired(
        "time_in_queue_requests",
        Shape::Histogram,
        "0.9.1",
        Replacement::Name("request_queue_time_seconds"),
    ),
    retired("model_forward_time_milliseconds", Shape::Histogram, "0.9.1", Replacement::None),
    retired("model_execute_time_milliseconds", Shape::Histogram, "0.9.1", Replacement::None),
    retired(
        "avg_prompt_throughput_toks_per_s",
        Shape::Gauge,
        "0.7.0",
        Replacement::Query("rate(PREFIXprompt_tokens_totalMATCHERS[RANGE])"),
    ),
    retired(
        "avg_generation_throughput_toks_per_s",
        Shape::Gauge,
        "0.7.0",
        Replacement::Query("rate(PREFIXgeneration_tokens_totalMATCHERS[RANGE])"),
    ),
    retired("tokens", Shape::Counter, "0.8.0", Replacement::None),
    retired("request_params_best_of", Shape::Histogram, "0.6.3", Replacement::None),
    retired(
        "spec_decode_draft_acceptance_rate",
        Shape::Gauge,
        "0.10.0",
        Replacement::Query(
            "rate(PREFIXspec_decode_num_accepted_tokens_totalMATCHERS[RANGE]) \
             / rate(PREFIXspec_decode_num_draft_tokens_totalMATCHERS[RANGE])",
        ),
    ),
    retired("spec_decode_efficiency", Shape::Gauge, "0.10.0", Replacement::None),
    retired("spec_decode_num_emitted_tokens", Shape::Counter, "0.10.0", Replacement::None),
    retired("prompt_tokens_recomputed", Shape::Counter, "0.20.0", Replacement::None),
    retired("cache_config", Shape::Info, "0.5.5", Replacement::Name("cache_config_info")),
];

/// Names that dashboards use and no release exported, with the metric that is meant.
pub(crate) const MISNAMED: &[(&str, Shape, Replacement)] = &[
    (
        "spec_decode_accepted_tokens",
        Shape::Counter,
        Replacement::Name("spec_decode_num_accepted_tokens"),
    ),
    ("spec_decode_draft_tokens", Shape::Counter, Replacement::Name("spec_decode_num_draft_tokens")),
    (
        "prompt_tokens_per_second",
        Shape::Gauge,
        Replacement::Query("rate(PREFIXprompt_tokens_totalMATCHERS[RANGE])"),
    ),
    (
        "generation_tokens_per_second",
        Shape::Gauge,
        Replacement::Query("rate(PREFIXgeneration_tokens_totalMATCHERS[RANGE])"),
    ),
    (
        "max_num_generation_tokens",
        Shape::Histogram,
        Replacement::Name("request_max_num_generation_tokens"),
    ),
];

/// Metrics of other programs that published queries use and nobody exports, with the real name.
pub(crate) const PHANTOMS: &[(&str, &str)] =
    &[("kueue_quota_reserved_resources", "kueue_cluster_queue_resource_reservation")];

/// Current metrics that the diagnosis does not read.
pub(crate) const OTHERS: &[(&str, Shape)] = &[
    ("corrupted_requests", Shape::Counter),
    ("watermark_requests", Shape::Counter),
    ("mm_cache_hits", Shape::Counter),
    ("spec_decode_num_accepted_tokens_per_pos", Shape::Counter),
    ("estimated_flops_per_gpu", Shape::Counter),
    ("estimated_read_bytes_per_gpu", Shape::Counter),
    ("estimated_write_bytes_per_gpu", Shape::Counter),
    ("kv_block_lifetime_seconds", Shape::Histogram),
    ("kv_block_idle_before_evict_seconds", Shape::Histogram),
    ("kv_block_reuse_gap_seconds", Shape::Histogram),
    ("tool_call_parser_invocations", Shape::Counter),
    ("websocket_connections_active", Shape::Gauge),
    ("websocket_connections", Shape::Counter),
    ("websocket_connection_duration_seconds", Shape::Histogram),
];

/// Beginnings of current metrics that come and go with a connector or an operation: of these a name
/// is believed.
pub(crate) const OPEN_ENDED: &[&str] = &[
    "diffusion_",
    "hf3fs_",
    "hisparse_",
    "kv_offload_",
    "lmcache",
    "mooncake_",
    "nixl_",
    "rl_weight_update_",
    "router_",
    "simple_kv_offload_",
    "sleep_mode_",
    "umbp_",
];

/// What the production-stack router exports under the engine's prefix besides the engine's own
/// gauges; such a name shows that a router is scraped too.
pub(crate) const ROUTER_OWN: &[&str] = &[
    "avg_decoding_length",
    "avg_itl",
    "avg_latency",
    "avg_prefill_length",
    "avg_ttft",
    "current_qps",
    "healthy_pods_total",
    "num_decoding_requests",
    "num_incoming_requests_total",
    "num_prefill_requests",
    "request_latency_seconds",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::names::{current, known};

    #[test]
    fn what_replaces_a_name_is_exported_today() {
        let replacements = RETIRED
            .iter()
            .map(|retired| (retired.base, retired.shape, retired.replacement))
            .chain(MISNAMED.iter().copied());
        for (base, shape, replacement) in replacements {
            if let Replacement::Name(name) = replacement {
                assert!(RETIRED.iter().all(|retired| retired.base != name), "{base}: {name}");
                assert_eq!(current(name), Some(shape), "{base} is replaced by {name}");
            }
        }
    }

    #[test]
    fn no_name_is_in_two_tables() {
        for (name, _) in OTHERS {
            assert!(known(name).is_none(), "{name} is read by the core");
        }
        for (name, _, _) in MISNAMED {
            assert_eq!(current(name), None, "{name}");
        }
    }
}
