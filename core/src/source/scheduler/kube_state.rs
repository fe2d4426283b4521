//! kube-state-metrics: which node a pod runs on.

use crate::catalogue::families::Family;
use crate::source::exporter::{
    Exporter, ExporterKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};
use crate::source::metric::{Lacks, Metric};

/// Read for placement alone. Scraped without `honor_labels`, `pod` is the exporter's own and the
/// one it tells of is `exported_pod`.
pub(crate) static KUBE_STATE: Exporter = Exporter {
    id: "kube-state",
    title: "kube-state-metrics",
    kind: ExporterKind::Scheduler,
    canonical_prefix: "",
    prefix_marks: &[],
    router_label: None,
    labels: PlacementLabels {
        pod: &[("exported_pod", "exported_namespace"), ("pod", "namespace")],
        node: &["exported_node", "node"],
        pod_address: Some("pod_ip"),
        ..PLAIN_LABELS
    },
    metrics: &[Metric::info("kube_pod_info", Family::PodInfo).lacks(Lacks::ModelAndRank)],
    version_hints: &[],
    cache_limits: no_limits,
    adapter_slots: no_adapters,
    knobs: &[],
    silent_unless_finished: false,
    blanks: &[],
    defects: &[],
};
