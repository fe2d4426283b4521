//! Where a second of a request can go.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A phase of a request, in the order of time.
    Phase {
        /// Outside the engine, before and after it.
        FrontEnd = "front_end",
        /// Waiting to be scheduled for the first time.
        Queue = "queue",
        /// Waiting for a remote key-value cache; part of the queue.
        RemoteKv = "remote_kv",
        /// From the first scheduling to the first token.
        Prefill = "prefill",
        /// From the first to the last token.
        Decode = "decode",
        /// Stalled by preemption; part of decode.
        Preemption = "preemption",
    }
}
