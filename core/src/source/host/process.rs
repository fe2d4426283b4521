//! What the scraping Prometheus and the client library tell of any process: whether it answers,
//! since when it has run and how much processor time it has used.

use crate::catalogue::families::Family;
use crate::source::exporter::{Exporter, ExporterKind, PLAIN_LABELS, no_adapters, no_limits};
use crate::source::metric::{Lacks, Metric};

/// Every target has these series, strangers' too, so they count only beside an engine's of the same
/// target. A server that runs several processes behind one address exports no start.
pub(crate) static PROCESS: Exporter = Exporter {
    id: "process",
    title: "Process and scrape",
    kind: ExporterKind::Host,
    canonical_prefix: "",
    prefix_marks: &[],
    router_label: None,
    labels: PLAIN_LABELS,
    metrics: &[
        // Two scrape jobs that see one process agree on its start, and one that still reaches it
        // shows that it is up.
        Metric::gauge("process_start_time_seconds", Family::ProcessStart)
            .largest()
            .lacks(Lacks::ModelAndRank),
        // Every answer costs processor time, so a page on which even that stands still is a copy.
        Metric::counter("process_cpu_seconds", Family::ProcessCpu).lacks(Lacks::ModelAndRank),
        Metric::gauge("up", Family::Up).largest().lacks(Lacks::ModelAndRank),
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
