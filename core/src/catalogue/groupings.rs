//! What replicas can be grouped by.

use crate::catalogue::list::closed_list;

closed_list! {
    /// What replicas can be grouped by.
    Grouping {
        /// The part of a request that it does: prefill, decode or both.
        Role = "role",
        /// The release, image or revision that it runs.
        Version = "version",
        /// The availability zone that it runs in.
        Zone = "zone",
        /// The machine that it runs on.
        Node = "node",
        /// The namespace of its pod.
        Namespace = "namespace",
    }
}

impl Grouping {
    /// Labels that say it, in order of preference; where a series has several, the first counts.
    /// Only words that a target's own labels or common relabelling use: what is scraped of every
    /// pod says nothing of those that have no such label. The node and the namespace are those of
    /// the target.
    pub(crate) const fn labels(self) -> &'static [&'static str] {
        match self {
            Self::Role => {
                &["llm_d_ai_role", "inference_role", "worker_type", "dynamo_component", "role"]
            }
            Self::Version => &[
                "version",
                "app_version",
                "app_kubernetes_io_version",
                "image_tag",
                "revision",
                "pod_template_hash",
            ],
            Self::Zone => &["topology_kubernetes_io_zone", "availability_zone", "zone"],
            Self::Node | Self::Namespace => &[],
        }
    }
}
