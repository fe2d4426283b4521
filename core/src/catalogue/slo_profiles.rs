//! Kinds of service, each with its default targets.

use crate::catalogue::list::closed_list;
use crate::catalogue::signals::SignalId;

closed_list! {
    /// Default targets by kind of service. Sources: the published vLLM incident (chat) and common
    /// practice for the rest.
    SloProfile {
        /// A person reads along.
        Chat = "chat",
        /// An editor waits.
        CodeCompletion = "code-completion",
        /// Nobody waits.
        Batch = "batch",
        /// A person waits for an answer over long prompts.
        Rag = "rag",
        /// A program waits.
        Agent = "agent",
    }
}

impl SloProfile {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Chat => "Chat",
            Self::CodeCompletion => "Code completion",
            Self::Batch => "Batch",
            Self::Rag => "RAG",
            Self::Agent => "Agent",
        }
    }

    /// Default target in seconds of `ttft`, `itl`, `tpot` or `e2e`; `tpot` uses the inter-token
    /// target. Other signals have none.
    pub fn target(self, signal: SignalId) -> Option<f64> {
        let (ttft, itl, e2e) = match self {
            Self::Chat => (2.5, 0.05, 10.0),
            Self::CodeCompletion => (0.2, 0.03, 3.0),
            Self::Batch => (5.0, 0.1, 60.0),
            Self::Rag => (1.0, 0.08, 15.0),
            Self::Agent => (2.0, 0.1, 30.0),
        };
        match signal {
            SignalId::Ttft => Some(ttft),
            SignalId::Itl | SignalId::Tpot => Some(itl),
            SignalId::E2e => Some(e2e),
            _ => None,
        }
    }

    /// The objective that matters most to whoever is served. Where a person reads along, how long
    /// nothing shows; where a program or nobody waits, how long the whole takes.
    pub fn primary(self) -> SignalId {
        match self {
            Self::Chat | Self::CodeCompletion | Self::Rag => SignalId::Ttft,
            Self::Batch | Self::Agent => SignalId::E2e,
        }
    }
}
