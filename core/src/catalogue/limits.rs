//! Limits of a live engine.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A limit of the live engine.
    LimitId {
        /// Most sequences in the running batch of one engine.
        MaxNumSeqs = "max_num_seqs",
        /// Tokens that the key-value cache of one engine holds.
        KvCapacityTokens = "kv_capacity_tokens",
        /// Longest context in tokens.
        MaxModelLen = "max_model_len",
        /// Requests of full length that fit into the key-value cache at once.
        KvWorstCaseConcurrency = "kv_worst_case_concurrency",
    }
}

impl LimitId {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::MaxNumSeqs => "Running sequences",
            Self::KvCapacityTokens => "KV cache",
            Self::MaxModelLen => "Longest context",
            Self::KvWorstCaseConcurrency => "Full-length requests in the KV cache",
        }
    }

    /// `sequences` or `tokens`.
    pub fn unit(self) -> &'static str {
        match self {
            Self::MaxNumSeqs | Self::KvWorstCaseConcurrency => "sequences",
            Self::KvCapacityTokens | Self::MaxModelLen => "tokens",
        }
    }

    /// Whether a user may give it by hand: what follows from others may not.
    pub fn may_be_given(self) -> bool {
        self != Self::KvWorstCaseConcurrency
    }
}
