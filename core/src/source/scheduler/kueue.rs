//! Kueue: which workloads wait for quota.

use crate::catalogue::families::Family;
use crate::source::exporter::{
    Exporter, ExporterKind, ObjectKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};
use crate::source::metric::{Lacks, Metric};

/// Devices that quota is about: that of processors and memory never keeps an engine waiting alone.
const DEVICES: &[&str] = &["nvidia.com/gpu", "amd.com/gpu"];

/// A cluster queue belongs to no namespace; a local queue (behind a feature gate) does, and its
/// `name` is no name of a cluster queue. Workloads that can be admitted and such that cannot are
/// two series of one queue, and so are the flavours of a device.
pub(crate) static KUEUE: Exporter = Exporter {
    id: "kueue",
    title: "Kueue",
    kind: ExporterKind::Scheduler,
    canonical_prefix: "kueue_",
    prefix_marks: &["kueue_"],
    router_label: None,
    labels: PlacementLabels {
        pod: &[("exported_pod", "exported_namespace"), ("pod", "namespace")],
        object: &[("cluster_queue", ObjectKind::ClusterQueue), ("name", ObjectKind::LocalQueue)],
        ..PLAIN_LABELS
    },
    metrics: &[
        row("pending_workloads", Family::QueuePending),
        row("local_queue_pending_workloads", Family::QueuePending),
        row("reserving_active_workloads", Family::QueueReserving),
        row("local_queue_reserving_active_workloads", Family::QueueReserving),
        row("admitted_active_workloads", Family::QueueAdmitted),
        row("local_queue_admitted_active_workloads", Family::QueueAdmitted),
        row("cluster_queue_resource_usage", Family::QueueUsage).only("resource", DEVICES),
        row("cluster_queue_nominal_quota", Family::QueueQuota).only("resource", DEVICES),
        Metric::counter("evicted_workloads", Family::QueueEvicted).lacks(Lacks::ModelAndRank),
        Metric::counter("local_queue_evicted_workloads", Family::QueueEvicted)
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

const fn row(base: &'static str, family: Family) -> Metric {
    Metric::gauge(base, family).lacks(Lacks::ModelAndRank)
}
