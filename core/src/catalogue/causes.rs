//! What the triage can answer.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A verdict.
    CauseId {
        /// Numbers that must agree contradict each other.
        TelemetryFault = "telemetry-fault",
        /// The key-value cache is full and running requests are preempted.
        KvThrash = "kv-thrash",
        /// Requests wait for a slot while memory is free and tokens come fast.
        SlotCap = "slot-cap",
        /// More requests arrive than the engine can serve.
        OfferedLoad = "offered-load",
        /// Prefill is long because prompts are.
        LongPrompts = "long-prompts",
        /// Tokens come slower than their target.
        SlowDecode = "slow-decode",
        /// Every objective is met.
        Healthy = "healthy",
        /// No verdict stands on these data.
        CannotTell = "cannot-tell",
    }
}
