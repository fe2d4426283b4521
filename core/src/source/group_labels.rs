//! Labels by which operators and charts tell kinds of replicas apart.

use crate::catalogue::groupings::Grouping;

/// Labels that say what a replica is, in order of preference; where a series has several, the first
/// counts. Only words that a target's own labels or common relabelling use: what is scraped of
/// every pod says nothing of those that have no such label. The node and the namespace are those of
/// the target.
pub(crate) const fn group_labels(grouping: Grouping) -> &'static [&'static str] {
    match grouping {
        Grouping::Role => {
            &["llm_d_ai_role", "inference_role", "worker_type", "dynamo_component", "role"]
        }
        Grouping::Version => &[
            "version",
            "app_version",
            "app_kubernetes_io_version",
            "image_tag",
            "revision",
            "pod_template_hash",
        ],
        Grouping::Zone => &["topology_kubernetes_io_zone", "availability_zone", "zone"],
        // The pod's label `kueue.x-k8s.io/queue-name`, as relabelling writes it.
        Grouping::LocalQueue => &["kueue_x_k8s_io_queue_name", "local_queue"],
        Grouping::Node | Grouping::Namespace => &[],
    }
}
