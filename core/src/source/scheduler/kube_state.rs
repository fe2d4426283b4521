//! kube-state-metrics: which node a pod runs on, how many replicas a workload is to have and has,
//! and why a pod does not run.

use crate::catalogue::families::Family;
use crate::source::exporter::{
    Exporter, ExporterKind, ObjectKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};
use crate::source::metric::{Lacks, Metric};

/// Scraped without `honor_labels`, `pod` and `namespace` are the exporter's own and those it tells
/// of are `exported_pod` and `exported_namespace`. Series about a workload carry the exporter's own
/// pod where the scrape adds one, so the workload's label comes first. The leaders of a
/// `LeaderWorkerSet` are pods of a stateful set of its name, which is read as any other.
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
        object: &[
            ("deployment", ObjectKind::Deployment),
            ("statefulset", ObjectKind::StatefulSet),
            ("horizontalpodautoscaler", ObjectKind::Autoscaler),
        ],
        says: &["reason"],
        ..PLAIN_LABELS
    },
    metrics: &[
        Metric::info("kube_pod_info", Family::PodInfo).lacks(Lacks::ModelAndRank),
        row("kube_deployment_spec_replicas", Family::ReplicasWanted),
        row("kube_statefulset_replicas", Family::ReplicasWanted),
        row("kube_deployment_status_replicas_ready", Family::ReplicasReady),
        row("kube_statefulset_status_replicas_ready", Family::ReplicasReady),
        row("kube_pod_status_phase", Family::PodPending).only("phase", &["Pending"]),
        row("kube_pod_status_unschedulable", Family::PodUnschedulable),
        row("kube_pod_container_status_waiting_reason", Family::PodWaiting),
        row("kube_pod_container_status_last_terminated_reason", Family::PodEnded),
        row("kube_pod_status_reason", Family::PodReason),
        row("kube_horizontalpodautoscaler_status_desired_replicas", Family::AutoscalerDesired),
        row("kube_horizontalpodautoscaler_status_current_replicas", Family::AutoscalerCurrent),
        row("kube_horizontalpodautoscaler_spec_max_replicas", Family::AutoscalerMost),
        Metric::info("kube_horizontalpodautoscaler_info", Family::AutoscalerTarget)
            .lacks(Lacks::ModelAndRank),
    ],
    version_hints: &[],
    cache_limits: no_limits,
    adapter_slots: no_adapters,
    knobs: &[],
    silent_unless_finished: false,
    words: &[
        "CrashLoopBackOff",
        "ContainerCannotRun",
        "ContainerCreating",
        "CreateContainerConfigError",
        "CreateContainerError",
        "DeadlineExceeded",
        "ErrImagePull",
        "Error",
        "Evicted",
        "ImagePullBackOff",
        "InvalidImageName",
        "NodeLost",
        "OOMKilled",
        "PodInitializing",
        "Shutdown",
        "StartError",
        "UnexpectedAdmissionError",
    ],
    blanks: &[],
    defects: &[],
};

/// A state of an object, shown once by each of several exporters and once for each container.
const fn row(base: &'static str, family: Family) -> Metric {
    Metric::gauge(base, family).largest().lacks(Lacks::ModelAndRank)
}
