//! What to do, and what not to.

use crate::catalogue::list::closed_list;

closed_list! {
    /// An action.
    ActionId {
        /// Admit more sequences.
        RaiseMaxNumSeqs = "raise-max-num-seqs",
        /// Admit fewer sequences.
        LowerMaxNumSeqs = "lower-max-num-seqs",
        /// Give the key-value cache more memory or store it smaller.
        RaiseKvMemory = "raise-kv-memory",
        /// Give the key-value cache less memory.
        LowerKvMemory = "lower-kv-memory",
        /// Shorten prompts or make them hit the prefix cache.
        ShortenPrompts = "shorten-prompts",
        /// Add replicas.
        AddReplicas = "add-replicas",
        /// Add replicas before the cheaper cure.
        ScaleOutFirst = "scale-out-first",
        /// Look at clocks, power, kernels and links.
        InspectDevice = "inspect-device",
        /// Mend the scrape configuration.
        RepairTelemetry = "repair-telemetry",
        /// Act on latencies that contradict each other.
        ActOnLatency = "act-on-latency",
    }
}
