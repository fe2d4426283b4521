//! The router of vLLM's production stack.

#[cfg(test)]
mod tests;

use crate::catalogue::families::Family;
use crate::source::exporter::{
    Exporter, ExporterKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};
use crate::source::metric::{Lacks, Metric};

/// It writes under the engine's prefix. What it repeats of the engines' gauges carries the label
/// `server` and is theirs; its averages are moving ones, its latency holds the engine's, and what
/// its errors by type mean is not documented. So arrivals alone are read: those of every request
/// for a model that is or was served, also while no engine is there to take it.
pub(crate) static PRODUCTION_STACK_ROUTER: Exporter = Exporter {
    id: "production-stack-router",
    title: "production-stack router",
    kind: ExporterKind::Gateway,
    canonical_prefix: "vllm:",
    prefix_marks: &["vllm:", "vllm_"],
    router_label: None,
    labels: PlacementLabels { model: &["model"], ..PLAIN_LABELS },
    metrics: &[
        Metric::counter("num_incoming_requests", Family::GatewayArrived).lacks(Lacks::ModelAndRank)
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
