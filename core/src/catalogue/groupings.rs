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
        /// The local queue of Kueue that its pod was admitted through, which is a team's.
        LocalQueue = "local_queue",
    }
}
