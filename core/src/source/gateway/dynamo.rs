//! The front end of NVIDIA Dynamo: what arrives before the workers see it.

use crate::catalogue::families::Family;
use crate::source::exporter::{
    Exporter, ExporterKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};
use crate::source::metric::{Lacks, Metric};

/// Its gauge of queued requests holds them up to the first response, prefill among it, so only the
/// router's own queue is one before the engine. It writes names of models in lower case and exports
/// the limits of the engine that it runs.
pub(crate) static DYNAMO: Exporter = Exporter {
    id: "dynamo",
    title: "NVIDIA Dynamo",
    kind: ExporterKind::Gateway,
    canonical_prefix: "",
    prefix_marks: &[],
    router_label: None,
    labels: PlacementLabels { model: &["model"], ..PLAIN_LABELS },
    metrics: &[
        count("dynamo_frontend_requests_started", Family::GatewayArrived),
        count("dynamo_frontend_requests", Family::GatewayAnswered),
        count("dynamo_frontend_requests", Family::GatewayRefused).only("error_type", &["overload"]),
        count("dynamo_frontend_requests", Family::GatewayCancelled)
            .only("error_type", &["cancelled"]),
        count("dynamo_frontend_requests", Family::GatewayFailed)
            .only("error_type", &["internal", "response_timeout", "unavailable"]),
        count("dynamo_frontend_model_migration", Family::GatewayRetried),
        Metric::gauge("dynamo_frontend_router_queue_pending_requests", Family::GatewayQueue)
            .lacks(Lacks::ModelAndRank),
        limit("dynamo_frontend_model_max_num_seqs", Family::SequenceCap),
        limit("dynamo_frontend_model_max_num_batched_tokens", Family::TokenBudget),
        limit("dynamo_frontend_model_context_length", Family::ContextLength),
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

/// The same on every front end of a model.
const fn limit(base: &'static str, family: Family) -> Metric {
    Metric::gauge(base, family).largest().lacks(Lacks::ModelAndRank)
}
