//! Do requests that began also end?

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::text::number::{counted, number};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;

pub(super) static FACT: FactDefinition = FactDefinition { id: FactId::Loss, thresholds: &[] };

/// Failures below which nothing is said: one in a quiet hour is a share of a tenth.
const LEAST_FAILURES: f64 = 3.0;

/// Requests that got a first token and did not end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// A family is missing, or a restart or torn buckets make the count of first tokens uncertain.
    Unknown,
    /// No more than an objective may miss.
    Tolerable,
    /// More failed, by the engine's or the server's own count, than an objective may miss.
    Failed {
        /// Requests that failed or were refused.
        failed: f64,
        /// Requests that ended, failed ones included.
        ended: f64,
        /// How they ended, one phrase: `were refused`.
        how: &'static str,
    },
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
        failures(subject).unwrap_or_else(|| Self::unfinished(subject))
    }

    fn unfinished(subject: &Subject<'_>) -> Self {
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

impl Loss {
    /// What became of requests, one sentence without its period; None where nothing did.
    pub fn phrase(self) -> Option<String> {
        match self {
            Self::Unknown | Self::Tolerable => None,
            Self::Failed { failed, ended, how } => Some(format!(
                "{} of {} {how}",
                number(failed),
                counted(ended, "request", "requests")
            )),
            Self::Lost { lost, begun } => Some(format!(
                "{} of {} that got a first token did not finish, more than run at once",
                number(lost),
                counted(begun, "request", "requests")
            )),
        }
    }
}

/// The first way of failing that concerns more requests than an objective may miss.
fn failures(subject: &Subject<'_>) -> Option<Loss> {
    let now = subject.now;
    let finished = now.finished().unwrap_or(0.0);
    let answered = now.increase(Family::HttpRequests).unwrap_or(0.0);
    let rejected = now.increase(Family::Rejections).unwrap_or(0.0);
    let ways = [
        (Family::RequestsErrored, finished, "failed in the engine"),
        (Family::RequestsAborted, finished, "were aborted"),
        (Family::Rejections, finished + rejected, "were refused"),
        (Family::HttpServerErrors, answered, "were answered with a server error"),
    ];
    let may_miss = 1.0 - subject.settings.slo.quantile;
    ways.into_iter().find_map(|(family, ended, how)| {
        let failed = now.increase(family)?;
        (failed >= LEAST_FAILURES && failed > may_miss * ended).then_some(Loss::Failed {
            failed,
            ended: ended.max(failed),
            how,
        })
    })
}
