//! Do requests that began also end?

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::text::number::{counted, number, significant};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;
use crate::window::activity::Activity;

pub(super) static FACT: FactDefinition = FactDefinition { id: FactId::Loss, thresholds: &[&LEFT] };

/// Share of the requests that may leave before their end.
pub(super) static LEFT: Threshold = Threshold {
    id: "loss.left",
    value: 0.15,
    range: (0.01, 1.0),
    reason: Reason::of(
        "Share of the requests with a first token that may leave before their end. Readers who close \
             a page are one in ten of many chats. Lower, ordinary readers are an incident; higher, \
             every fifth caller gives up unseen.",
    ),
};

/// How refused requests ended.
pub(crate) const REFUSED: &str = "were refused";

/// How requests ended that the caller is to blame for.
pub(crate) const CLIENT_FAILED: &str = "were answered with a client error";

/// How aborted requests ended.
pub(crate) const ABORTED: &str = "were aborted";

/// Failures below which nothing is said: one in a quiet hour is a share of a tenth.
const LEAST_FAILURES: f64 = 3.0;

/// Failures, and the share of its requests, from which one replica of many fails. Among forty
/// replicas one always fails more than the others: half as many would name it by chance. A replica
/// that loses less than a fifth is seen once its fleet loses more than an objective may miss.
const FAILURES_OF_ONE: f64 = 10.0;
const FAILING_SHARE: f64 = 0.2;

/// Share of the answers from which errors of clients are one of the server too: it refuses for its
/// load (429), lost the model that they ask for, or lost their keys. Single clients that send wrong
/// requests stay below half; lower, one of them takes health away.
const CLIENT_ERRORS: f64 = 0.5;

/// Times the running batch by latencies that the gauge may show before requests are held. The gauge
/// is sampled: bursts in step with the scrapes doubled it in the field. At 10, a third of a full
/// engine could be stuck unseen.
const HELD_FACTOR: f64 = 3.0;

/// Requests that the gauge may show beyond that: one long one and a few that just began.
const HELD_SLACK: f64 = 4.0;

/// Requests that got a first token and did not end.
#[derive(Debug, Clone, PartialEq)]
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
        /// The replica, where the share of all replicas together is tolerable.
        replica: Option<String>,
    },
    /// The gauge shows more running requests than latencies account for: some produce nothing.
    Held {
        /// Requests that the gauge shows, on average.
        shown: f64,
        /// Requests that prefilled or decoded, on average, by Little's law.
        busy: f64,
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
        failures(subject)
            .or_else(|| failing_replica(subject))
            .unwrap_or_else(|| Self::unfinished(subject))
    }

    fn unfinished(subject: &Subject<'_>) -> Self {
        let (first, last) = (subject.now.first, subject.now.last);
        let restarted = |life: &Activity| life.restarts(first, last).next().is_some();
        if subject.caveats.has(CaveatId::NonMonotone) || subject.activities.iter().any(restarted) {
            return Self::Unknown;
        }
        let now = subject.now;
        let busy = busy(subject).map(|busy| (busy, HELD_FACTOR * busy + HELD_SLACK));
        let running = now.gauge(Family::Running);
        if let (Some((busy, most)), Some(running)) = (busy, running)
            && running.mean > most
        {
            return Self::Held { shown: running.mean, busy };
        }
        let inside = running.map(|running| running.max).or(busy.map(|(_, most)| most));
        let (Some(begun), Some(finished), Some(inside)) =
            (now.count(Family::Ttft), now.finished(), inside)
        else {
            return Self::Unknown;
        };
        let lost = begun - finished - inside;
        if lost > (1.0 - subject.settings.slo.quantile) * begun {
            Self::Lost { lost, begun }
        } else {
            Self::Tolerable
        }
    }

    /// Lost requests and all that began, where that is more than an objective may miss.
    pub fn lost(&self) -> Option<(f64, f64)> {
        match *self {
            Self::Lost { lost, begun } => Some((lost, begun)),
            _ => None,
        }
    }
}

impl Loss {
    /// What became of requests, one sentence without its period; None where nothing did.
    pub fn phrase(&self) -> Option<String> {
        match *self {
            Self::Unknown | Self::Tolerable => None,
            Self::Failed { failed, ended, how, ref replica } => {
                let at = replica.as_ref().map_or(String::new(), |replica| format!(" of {replica}"));
                let ended = counted(ended, "request", "requests");
                Some(format!("{} of {ended}{at} {how}", number(failed)))
            }
            Self::Held { shown, busy } => Some(format!(
                "{} run by the gauge, but latencies account for {}: the others produce nothing, or \
                 the gauge is stale",
                counted(libm::round(shown), "request", "requests"),
                significant(busy)
            )),
            Self::Lost { lost, begun } => Some(format!(
                "{} of {} that got a first token did not finish, more than run at once",
                number(lost),
                counted(begun, "request", "requests")
            )),
        }
    }
}

/// Requests that prefill or decode at once, on average: Little's law over the times that are booked
/// while a request runs. None where outputs or prefill are not measured.
fn busy(subject: &Subject<'_>) -> Option<f64> {
    let now = subject.now;
    let sum = |family| Some(now.totals.get(&family)?.sum?.value);
    let decoding = sum(Family::Itl)?;
    let prefilling = sum(Family::PrefillTime)?;
    (now.seconds > 0.0 && decoding > 0.0).then(|| (decoding + prefilling) / now.seconds)
}

/// The first way of failing that concerns more requests than an objective may miss.
fn failures(subject: &Subject<'_>) -> Option<Loss> {
    let now = subject.now;
    let finished = now.finished().unwrap_or(0.0);
    let answered = now.increase(Family::HttpRequests).unwrap_or(0.0);
    let rejected = now.increase(Family::Rejections).unwrap_or(0.0);
    let may_miss = 1.0 - subject.settings.slo.quantile;
    let ways = [
        (Family::RequestsErrored, finished, may_miss, "failed in the engine"),
        (Family::RequestsAborted, finished, may_miss, ABORTED),
        (Family::Rejections, finished + rejected, may_miss, REFUSED),
        (Family::HttpServerErrors, answered, may_miss, "were answered with a server error"),
        (Family::HttpClientErrors, answered, CLIENT_ERRORS, CLIENT_FAILED),
    ];
    ways.into_iter().find_map(|(family, ended, line, how)| {
        let failed = now.increase(family)?;
        (failed >= LEAST_FAILURES && failed > line * ended).then_some(Loss::Failed {
            failed,
            ended: ended.max(failed),
            how,
            replica: None,
        })
    })
}

/// The replica that fails most, where it fails a share of its own requests that no chance explains:
/// among twenty that serve well it is lost in the share of all.
fn failing_replica(subject: &Subject<'_>) -> Option<Loss> {
    let (first, last) = (subject.now.first, subject.now.last);
    let mut worst: Option<(f64, Loss)> = None;
    for replica in subject.replicas.iter().filter(|replica| !replica.aggregate) {
        let increase = |family| replica.counter(family)?.increase(first, last);
        for (family, of, how) in [
            (Family::RequestsErrored, Family::RequestsFinished, "failed in the engine"),
            (Family::RequestsAborted, Family::RequestsFinished, ABORTED),
            (Family::HttpServerErrors, Family::HttpRequests, "were answered with a server error"),
        ] {
            let failed = increase(family).unwrap_or(0.0);
            let ended = increase(of).unwrap_or(0.0).max(failed);
            let share = failed / ended;
            let is_worse = worst.as_ref().is_none_or(|(worst, _)| share > *worst);
            if failed >= FAILURES_OF_ONE && share >= FAILING_SHARE && is_worse {
                let replica = Some(replica.key.clone());
                worst = Some((share, Loss::Failed { failed, ended, how, replica }));
            }
        }
    }
    worst.map(|(_, loss)| loss)
}
