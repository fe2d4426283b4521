//! Do requests that began also end?

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;

pub(super) static FACT: FactDefinition = FactDefinition { id: FactId::Loss, thresholds: &[] };

/// Requests that got a first token and did not end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// A family is missing, or a restart or torn buckets make the count of first tokens uncertain.
    Unknown,
    /// No more than an objective may miss.
    Tolerable,
    /// More than an objective may miss.
    Lost {
        /// Requests that neither finished nor can still be running.
        lost: f64,
        /// Requests that got a first token.
        begun: f64,
    },
}

impl Loss {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let uncertain = [CaveatId::CounterReset, CaveatId::NonMonotone];
        if uncertain.iter().any(|id| subject.caveats.has(*id)) {
            return Self::Unknown;
        }
        let now = subject.now;
        let (Some(begun), Some(finished), Some(running)) =
            (now.count(Family::Ttft), now.finished(), now.gauge(Family::Running))
        else {
            return Self::Unknown;
        };
        let lost = begun - finished - running.max;
        if lost > (1.0 - subject.settings.slo.quantile) * begun {
            Self::Lost { lost, begun }
        } else {
            Self::Tolerable
        }
    }

    /// Lost requests and all that began, where that is more than an objective may miss.
    pub fn lost(self) -> Option<(f64, f64)> {
        match self {
            Self::Lost { lost, begun } => Some((lost, begun)),
            _ => None,
        }
    }
}
