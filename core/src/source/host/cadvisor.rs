//! cAdvisor: whether a container's quota of processor time runs out.

use crate::catalogue::families::Family;
use crate::source::exporter::{
    Exporter, ExporterKind, ObjectKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};
use crate::source::metric::{Lacks, Metric};

/// Scraped at the kubelet, so that address and machine are not the engine's: the pod tells whose it
/// is. The sum over the containers of a pod has a series of its own, without a container.
pub(crate) static CADVISOR: Exporter = Exporter {
    id: "cadvisor",
    title: "cAdvisor",
    kind: ExporterKind::Host,
    canonical_prefix: "",
    prefix_marks: &[],
    router_label: None,
    labels: PlacementLabels {
        pod: &[("exported_pod", "exported_namespace"), ("pod", "namespace")],
        object: &[("pod", ObjectKind::Pod)],
        ..PLAIN_LABELS
    },
    metrics: &[
        count("container_cpu_cfs_periods", Family::CpuPeriods),
        count("container_cpu_cfs_throttled_periods", Family::CpuThrottled),
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
    Metric::counter(base, family).without(&["container"], &[""]).lacks(Lacks::ModelAndRank)
}
