//! Which part of a request does the engine do?
//!
//! Where prefill and decode run apart, each side lacks what the other measures: it is judged by
//! what it has.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::groupings::Grouping;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;
use crate::window::measurements::Measurements;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Worker, thresholds: &[&DECODES, &TRANSFERRED] };

/// Outputs after the first per request from which an engine decodes.
static DECODES: Threshold = Threshold {
    id: "worker.decodes",
    value: 0.05,
    range: (0.0, 1.0),
    reason: Reason::of(
        "Outputs after the first per finished request up to which an engine does prefill \
             alone. Lower, one stray request of a probe makes a prefill worker an engine that is not \
             measured; higher, the decoding of short answers goes unjudged.",
    ),
};

/// Share of the prompt tokens whose cache entries came from elsewhere from which an engine decodes
/// alone.
static TRANSFERRED: Threshold = Threshold {
    id: "worker.transferred",
    value: 0.9,
    range: (0.5, 1.0),
    reason: Reason::of(
        "Share of the prompt tokens whose cache entries were transferred from which an engine \
             does decode alone. The last block of each prompt is computed again, so all is never \
             reached; lower, an engine that shares a cache with others counts.",
    ),
};

/// The part of each request that an engine does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// All of it, or not to be told.
    Whole,
    /// Up to the first token.
    Prefill,
    /// From the first token on.
    Decode,
}

impl Worker {
    /// Of the window.
    pub fn of(subject: &Subject<'_>) -> Self {
        let decodes = subject.line(&DECODES);
        let found = Self::of_window(subject.now, decodes, subject.line(&TRANSFERRED));
        let others_decode = found == Self::Prefill
            && subject.replicas.iter().any(|replica| {
                !replica.aggregate && !ends_at_first_token(subject, replica, decodes)
            });
        if others_decode { Self::Whole } else { found }
    }

    /// What each replica does, in their order: by its label, else by what it was seen to do over
    /// the whole range.
    pub(super) fn of_each(subject: &Subject<'_>) -> Vec<Self> {
        subject.replicas.iter().map(|replica| Self::of_replica(subject, replica)).collect_vec()
    }

    fn of_replica(subject: &Subject<'_>, replica: &Replica) -> Self {
        match replica.groups.get(&Grouping::Role).map(String::as_str) {
            Some("prefill") => return Self::Prefill,
            Some("decode") => return Self::Decode,
            _ if replica.aggregate => return Self::Whole,
            _ => {}
        }
        if ends_at_first_token(subject, replica, subject.line(&DECODES)) {
            return Self::Prefill;
        }
        let increase = |family| replica.counter(family)?.increase(0, subject.now.last);
        let prompts = increase(Family::PromptTokens).filter(|prompts| *prompts > 0.0);
        let moved = increase(Family::PromptTokensTransferred).zip(prompts);
        match moved {
            Some((moved, prompts)) if moved >= subject.line(&TRANSFERRED) * prompts => Self::Decode,
            _ => Self::Whole,
        }
    }

    fn of_window(now: &Measurements, decodes: f64, transferred: f64) -> Self {
        let finished = now.finished().unwrap_or(0.0);
        let first_tokens = now.count(Family::Ttft).unwrap_or(0.0);
        let outputs = now.count(Family::Itl).unwrap_or(0.0);
        let tokens = now.mean(Family::GenerationTokensPerRequest);
        let decodes = |tokens: f64| tokens - 1.0 > decodes;
        // Without lengths, that nothing was decoded must be seen rather than missing.
        let is_silent =
            tokens.map_or(now.mean(Family::DecodeTime) == Some(0.0), |mean| !decodes(mean));
        if finished > 0.0 && first_tokens > 0.0 && is_silent && !decodes(outputs / finished + 1.0) {
            return Self::Prefill;
        }
        let prompts = now.increase(Family::PromptTokens).filter(|prompts| *prompts > 0.0);
        let moved = now.increase(Family::PromptTokensTransferred).zip(prompts);
        match moved {
            Some((moved, prompts)) if moved >= transferred * prompts => Self::Decode,
            _ => Self::Whole,
        }
    }

    /// Whether the engine has no such signal because another does that part.
    pub fn is_without(self, id: SignalId) -> bool {
        match self {
            Self::Whole => false,
            Self::Prefill => matches!(id, SignalId::Itl | SignalId::Tpot | SignalId::DecodeTime),
            Self::Decode => matches!(id, SignalId::Ttft | SignalId::PrefillTime),
        }
    }

    /// `prefill` or `decode`, the part alone.
    pub fn part(self) -> &'static str {
        match self {
            Self::Whole => "all",
            Self::Prefill => "prefill",
            Self::Decode => "decode",
        }
    }

    /// ` prefill worker`; nothing for an engine that does all.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Prefill => " prefill worker",
            Self::Decode => " decode worker",
        }
    }

    /// What its numbers mean, a sentence with a space before it.
    pub fn detail(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Prefill => {
                " Every request ends here at its first token: decode is judged elsewhere."
            }
            Self::Decode => {
                " Prompts are computed elsewhere: queue time holds the transfer of their \
                             KV cache."
            }
        }
    }
}

/// Whether every request of a replica ended at its first token, in the window and before. One that
/// finished none may as well be there to decode.
fn ends_at_first_token(subject: &Subject<'_>, replica: &Replica, decodes: f64) -> bool {
    let count = |family| replica.histogram(family)?.count(0, subject.now.last);
    let finished = || replica.counter(Family::RequestsFinished)?.increase(0, subject.now.last);
    let finished = count(Family::E2e).or_else(finished).unwrap_or(0.0);
    finished > 0.0 && count(Family::Itl).unwrap_or(0.0) <= decodes * finished
}
