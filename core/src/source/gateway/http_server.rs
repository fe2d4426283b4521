//! The HTTP server in front of a Python engine, as prometheus-fastapi-instrumentator names it.

use crate::catalogue::families::{Family, Population};
use crate::source::exporter::{Exporter, ExporterKind, PLAIN_LABELS, no_adapters, no_limits};
use crate::source::metric::{Lacks, Metric};

/// Handlers whose answers are no requests: the page of metrics, and `none`, which stands for every
/// path that the server does not know.
const NO_REQUESTS: &[&str] = &["/metrics", "none"];

/// Labels that may hold the status of an answer, and those that may hold the path it was asked for:
/// servers in front of the same engine name them in their own ways. The first that is there counts.
const STATUS: &[&str] = &["status", "code", "status_code"];
const PATH: &[&str] = &["handler", "path", "route", "endpoint"];

/// The names have no prefix and any Python service writes them, so they count only beside an
/// engine's series of the same target. `status` is grouped (`5xx`) unless the service asked for
/// codes. The duration of a streamed answer ends with its body under the Python front end of vLLM
/// and with its headers under the Rust one.
pub(crate) static HTTP_SERVER: Exporter = Exporter {
    id: "http-server",
    title: "FastAPI HTTP server",
    kind: ExporterKind::Gateway,
    canonical_prefix: "",
    prefix_marks: &[],
    router_label: None,
    labels: PLAIN_LABELS,
    metrics: &[
        Metric::counter("http_requests", Family::HttpRequests)
            .without(PATH, NO_REQUESTS)
            .lacks(Lacks::ModelAndRank),
        Metric::counter("http_requests", Family::HttpClientErrors)
            .only_from(STATUS, "4")
            .without(PATH, NO_REQUESTS)
            .lacks(Lacks::ModelAndRank),
        Metric::counter("http_requests", Family::HttpRefusals)
            .only_from(STATUS, "429")
            .without(PATH, NO_REQUESTS)
            .lacks(Lacks::ModelAndRank),
        Metric::counter("http_requests", Family::HttpServerErrors)
            .only_from(STATUS, "5")
            .without(PATH, NO_REQUESTS)
            .lacks(Lacks::ModelAndRank),
        Metric::histogram(
            "http_request_duration_seconds",
            Family::HttpDuration,
            Population::Answered,
        )
        .lacks(Lacks::ModelAndRank),
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
