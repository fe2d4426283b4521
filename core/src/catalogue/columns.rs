//! Long columns for time strips.

use crate::catalogue::families::Family;
use crate::catalogue::list::closed_list;

closed_list! {
    /// A column with one value for each grid time.
    ColumnId {
        /// The grid times, Unix milliseconds.
        Times = "times",
        /// Mean front-end time of the requests that finished in each step.
        FrontEnd = "phase.front_end",
        /// Mean queue time of the requests that finished in each step.
        Queue = "phase.queue",
        /// Mean prefill time of the requests that finished in each step.
        Prefill = "phase.prefill",
        /// Mean decode time of the requests that finished in each step.
        Decode = "phase.decode",
        /// Running requests, all replicas together.
        Running = "running",
        /// Waiting requests, all replicas together.
        Waiting = "waiting",
        /// Usage of the key-value cache of the fullest replica.
        KvUsage = "kv_usage",
        /// Output tokens per second.
        GenerationTokens = "generation_tokens_per_s",
        /// Prompt tokens per second.
        PromptTokens = "prompt_tokens_per_s",
    }
}

impl ColumnId {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Times => "Time",
            Self::FrontEnd => "front end",
            Self::Queue => "queue",
            Self::Prefill => "prefill",
            Self::Decode => "decode",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::KvUsage => "KV cache",
            Self::GenerationTokens => "output tokens",
            Self::PromptTokens => "prompt tokens",
        }
    }

    /// Unit of its values; `ms` (Unix) for the times.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Times => "ms",
            Self::FrontEnd | Self::Queue | Self::Prefill | Self::Decode => "s",
            Self::Running | Self::Waiting => "requests",
            Self::KvUsage => "ratio",
            Self::GenerationTokens | Self::PromptTokens => "tokens/s",
        }
    }

    /// The strip that draws it; empty for the times.
    pub fn strip(self) -> &'static str {
        match self {
            Self::Times => "",
            Self::FrontEnd | Self::Queue | Self::Prefill | Self::Decode => "phases",
            Self::Running | Self::Waiting => "scheduler",
            Self::KvUsage => "kv",
            Self::GenerationTokens | Self::PromptTokens => "throughput",
        }
    }

    /// The family without which there is no such column.
    pub fn family(self) -> Option<Family> {
        Some(match self {
            Self::Times => return None,
            Self::FrontEnd => Family::E2e,
            Self::Queue => Family::QueueTime,
            Self::Prefill => Family::PrefillTime,
            Self::Decode => Family::DecodeTime,
            Self::Running => Family::Running,
            Self::Waiting => Family::Waiting,
            Self::KvUsage => Family::KvUsage,
            Self::GenerationTokens => Family::GenerationTokens,
            Self::PromptTokens => Family::PromptTokens,
        })
    }
}
