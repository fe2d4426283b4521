//! The endpoint picker of llm-d and of the Gateway API Inference Extension.

use crate::catalogue::families::{Family, Population};
use crate::source::exporter::{
    Exporter, ExporterKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};
use crate::source::metric::{Lacks, Metric};

/// The names changed their beginning with every major version, and what follows stayed. Its gauges
/// for each endpoint keep the series of pods that are gone, so none of them is read.
pub(crate) static ENDPOINT_PICKER: Exporter = Exporter {
    id: "endpoint-picker",
    title: "Inference gateway (endpoint picker)",
    kind: ExporterKind::Gateway,
    canonical_prefix: "",
    prefix_marks: &[],
    router_label: None,
    labels: PlacementLabels {
        model: &["target_model_name", "model_name", "target_model"],
        ..PLAIN_LABELS
    },
    metrics: &[
        count("llm_d_epp_request", Family::GatewayArrived),
        count("inference_objective_request", Family::GatewayArrived),
        count("inference_model_request", Family::GatewayArrived),
        count("llm_d_epp_request_error", Family::GatewayRefused).only(CODE, REFUSED),
        count("inference_objective_request_error", Family::GatewayRefused).only(CODE, REFUSED),
        count("inference_model_request_error", Family::GatewayRefused).only(CODE, REFUSED),
        count("llm_d_epp_request_error", Family::GatewayFailed).without(&[CODE], NO_FAILURES),
        count("inference_objective_request_error", Family::GatewayFailed)
            .without(&[CODE], NO_FAILURES),
        count("inference_model_request_error", Family::GatewayFailed).without(&[CODE], NO_FAILURES),
        queued("llm_d_epp_flow_control_request_queue_duration_seconds"),
        queued("inference_extension_flow_control_request_queue_duration_seconds"),
        queue("llm_d_epp_flow_control_queue_size"),
        queue("inference_extension_flow_control_queue_size"),
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

const CODE: &str = "error_code";

/// Codes for what the pool has no room for.
const REFUSED: &[&str] = &["InferencePoolResourceExhausted", "ResourceExhausted"];

/// Codes that are no failure of the service: those for want of room and those of the caller.
const NO_FAILURES: &[&str] = &[
    "InferencePoolResourceExhausted",
    "ResourceExhausted",
    "BadRequest",
    "ClientClosedRequest",
    "NotFound",
];

const fn count(base: &'static str, family: Family) -> Metric {
    Metric::counter(base, family).lacks(Lacks::ModelAndRank)
}

const fn queued(base: &'static str) -> Metric {
    Metric::histogram(base, Family::GatewayQueueTime, Population::Forwarded)
        .lacks(Lacks::ModelAndRank)
}

const fn queue(base: &'static str) -> Metric {
    Metric::gauge(base, Family::GatewayQueue).lacks(Lacks::ModelAndRank)
}
