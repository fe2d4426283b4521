//! What an action can turn on an engine.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A knob of a serving engine; each exporter names it in its own words, or has none.
    Knob {
        /// Most sequences in a batch.
        Concurrency = "concurrency",
        /// Share of device memory for weights and key-value cache.
        KvMemory = "kv-memory",
        /// A smaller element type of the key-value cache.
        KvType = "kv-type",
        /// Most tokens in a step.
        TokenBudget = "token-budget",
        /// The command that ends sleep mode.
        Wake = "wake",
        /// Longest context.
        ContextLength = "context-length",
        /// Reuse of the key-value cache of shared prefixes.
        PrefixCaching = "prefix-caching",
        /// Blocks of the key-value cache, set by hand in place of what memory allows.
        KvBlocks = "kv-blocks",
        /// A second level of the key-value cache outside device memory.
        KvOffloading = "kv-offloading",
    }
}
