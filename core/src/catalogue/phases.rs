//! Where a second of a request can go.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A phase of a request, in the order of time.
    Phase {
        /// Outside the engine, before and after it.
        FrontEnd = "front_end",
        /// Waiting to be scheduled for the first time.
        Queue = "queue",
        /// Waiting for a remote key-value cache, a part of the queue.
        RemoteKv = "remote_kv",
        /// From the first scheduling to the first token.
        Prefill = "prefill",
        /// From the first to the last token.
        Decode = "decode",
        /// Stalled by preemption, a part of decode.
        Preemption = "preemption",
    }
}

impl Phase {
    /// Name for people, inside a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::FrontEnd => "front end",
            Self::Queue => "queue",
            Self::RemoteKv => "remote KV wait",
            Self::Prefill => "prefill",
            Self::Decode => "decode",
            Self::Preemption => "preemption stall",
        }
    }
}
