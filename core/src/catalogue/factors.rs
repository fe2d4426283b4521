//! What can change between a baseline and now, as factors that multiply.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A factor of the utilisation.
    FactorId {
        /// Requests per second that arrive.
        Arrivals = "arrivals",
        /// Output tokens per request.
        OutputTokens = "output-tokens",
        /// Prompt tokens per request that are computed rather than found in a cache.
        PromptTokens = "prompt-tokens",
        /// Seconds of prefill per computed prompt token.
        PrefillCost = "prefill-cost",
        /// Seconds of a decode step at an equal batch.
        StepTime = "step-time",
    }
}

impl FactorId {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Arrivals => "arrivals",
            Self::OutputTokens => "output tokens per request",
            Self::PromptTokens => "uncached prompt tokens per request",
            Self::PrefillCost => "prefill time per token",
            Self::StepTime => "step time at equal batch",
        }
    }

    /// Unit of its two values.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Arrivals => "requests/s",
            Self::OutputTokens | Self::PromptTokens => "tokens",
            Self::PrefillCost | Self::StepTime => "s",
        }
    }
}
