//! What the triage can answer; generated from the files of the rules by `npm run gen`.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A verdict.
    CauseId {
        /// The data do not hold enough to name a cause or to call the engine healthy.
        CannotTell = "cannot-tell",
        /// The engine was put to sleep, so what arrives waits until it is woken.
        EngineAsleep = "engine-asleep",
        /// The engine holds requests and produces nothing: no token, no first token and no finish
        /// for longer than any step takes.
        EngineHang = "engine-hang",
        /// Time to first token and inter-token latency are within their targets, requests do not
        /// queue, and nothing else is missed.
        Healthy = "healthy",
        /// The key-value cache is full, and running requests are preempted and computed again.
        KvThrash = "kv-thrash",
        /// More requests arrive than the engine can serve: they wait, and a larger batch would
        /// miss the token target.
        LoadAboveCapacity = "load-above-capacity",
        /// Time to first token is high because prefill is long, and each prompt token costs what
        /// it did before.
        LongPrompts = "long-prompts",
        /// Requests wait because the engine admits no more sequences, while memory is free and
        /// tokens come fast.
        SlotCap = "slot-cap",
        /// Inter-token latency is above its target, and neither preemption nor a grown batch
        /// explains it.
        SlowDecode = "slow-decode",
        /// Numbers that must agree contradict each other, and no known repair explains it.
        TelemetryFault = "telemetry-fault",
    }
}
