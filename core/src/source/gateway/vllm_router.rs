//! The vLLM router.

use crate::catalogue::families::Family;
use crate::source::exporter::{Exporter, ExporterKind, PLAIN_LABELS, no_adapters, no_limits};
use crate::source::metric::{Lacks, Metric};

/// Its series name no model, so they count where there is one model only. Those of each worker keep
/// workers that are gone and are not read. Its durations hold the engine's and are none of it.
pub(crate) static VLLM_ROUTER: Exporter = Exporter {
    id: "vllm-router",
    title: "vLLM router",
    kind: ExporterKind::Gateway,
    canonical_prefix: "",
    prefix_marks: &[],
    router_label: None,
    labels: PLAIN_LABELS,
    metrics: &[
        count("vllm_router_requests", Family::GatewayArrived),
        count("vllm_router_request_errors", Family::GatewayFailed),
        count("vllm_router_retries", Family::GatewayRetried),
        count("vllm_router_retries_exhausted", Family::GatewayRefused),
    ],
    version_hints: &[],
    cache_limits: no_limits,
    adapter_slots: no_adapters,
    knobs: &[],
    silent_unless_finished: false,
    words: &[],
    blanks: &[],
    defects: &[],
};

const fn count(base: &'static str, family: Family) -> Metric {
    Metric::counter(base, family).lacks(Lacks::ModelAndRank)
}
