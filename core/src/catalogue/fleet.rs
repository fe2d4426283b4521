//! What is said of each replica beside the others.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A figure of one replica in the window.
    FleetFigure {
        /// Requests that arrived: first tokens, and the growth of what waits.
        Arrivals = "arrivals",
        /// Share of all arrivals.
        ArrivalShare = "arrival_share",
        /// Running requests, mean of the samples.
        Running = "running",
        /// Most running requests in a sample.
        RunningMost = "running_most",
        /// Sequences that may run at once.
        Slots = "slots",
        /// Waiting requests, mean of the samples.
        Waiting = "waiting",
        /// Most waiting requests in a sample.
        WaitingMost = "waiting_most",
        /// Usage of the key-value cache, mean of the samples.
        KvUsage = "kv_usage",
        /// Highest usage of the key-value cache in a sample.
        KvUsageMost = "kv_usage_most",
        /// Tokens that the key-value cache holds.
        KvCapacity = "kv_capacity",
        /// Mean time to first token.
        Ttft = "ttft",
        /// Mean inter-token latency.
        Itl = "itl",
        /// Least factor between its time of a step and that of its peers at its own batch.
        SlownessLeast = "slowness_least",
        /// Greatest factor between its time of a step and that of its peers at its own batch.
        SlownessMost = "slowness_most",
        /// Share of prompt tokens that its prefix cache held.
        PrefixHitRatio = "prefix_hit_ratio",
        /// Requests that the engine counts as failed.
        Failed = "failed",
        /// Starts of its process within the window.
        Starts = "starts",
    }
}

impl FleetFigure {
    /// Unit: `requests`, `ratio`, `sequences`, `tokens`, `s`, `factor` or `starts`.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Arrivals
            | Self::Running
            | Self::RunningMost
            | Self::Waiting
            | Self::WaitingMost
            | Self::Failed => "requests",
            Self::ArrivalShare | Self::KvUsage | Self::KvUsageMost | Self::PrefixHitRatio => {
                "ratio"
            }
            Self::Slots => "sequences",
            Self::KvCapacity => "tokens",
            Self::Ttft | Self::Itl => "s",
            Self::SlownessLeast | Self::SlownessMost => "factor",
            Self::Starts => "starts",
        }
    }
}

closed_list! {
    /// In what a replica stands out among its peers.
    Deviation {
        /// It has no sample in the window.
        Silent = "silent",
        /// It began anew while most others did not.
        Restarted = "restarted",
        /// It is set up differently: its slots or the size of its cache.
        Configuration = "configuration",
        /// It takes longer for a token than its peers would with its batch.
        Speed = "speed",
        /// More of its requests fail.
        Failures = "failures",
        /// Many more or many fewer requests arrive.
        Load = "load",
        /// It finds less of its prompts in its cache.
        PrefixCache = "prefix-cache",
    }
}

impl Deviation {
    /// Name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Silent => "no sample",
            Self::Restarted => "restarted",
            Self::Configuration => "set up differently",
            Self::Speed => "slow",
            Self::Failures => "fails",
            Self::Load => "load",
            Self::PrefixCache => "cold cache",
        }
    }
}
