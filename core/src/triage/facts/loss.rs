//! Do requests that began also end?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::quality::identities::FINISH_FAMILIES;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::text::number::{counted, number, significant};
use crate::triage::ending::{Ending, wilson};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;
use crate::triage::unfinished::unfinished;
use crate::window::activity::Activity;
use crate::window::measurements::Measurements;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Loss, thresholds: &[&LEFT, &CHANCE] };

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

/// Standard errors that a share of failures may be off by chance.
static CHANCE: Threshold = Threshold {
    id: "loss.chance",
    value: 3.3,
    range: (1.0, 10.0),
    reason: Reason::of(
        "Standard errors by which the share of failures of one replica must lie above what an \
             objective may miss, and above the share of the other replicas together. At 3.3 chance \
             does so once in two thousand replicas: three failures of twenty requests say nothing, \
             fifteen of a hundred do. Lower, a fleet of hundreds always has one that fails; higher, a \
             replica that fails every tenth request needs a thousand of them to be seen.",
    ),
};

/// Failures below which nothing is said: one in a quiet hour is a share of a tenth.
const LEAST_FAILURES: f64 = 3.0;

/// Times the running batch by latencies that the gauge may show before requests are held. The gauge
/// is sampled: bursts in step with the scrapes doubled it in the field. At 10, a third of a full
/// engine could be stuck unseen.
const HELD_FACTOR: f64 = 3.0;

/// Requests that the gauge may show beyond that: one long one and a few that just began.
const HELD_SLACK: f64 = 4.0;

/// Part of the lost requests whose prompt tokens must have been counted. Those who leave have
/// shorter prompts, and a mean moves; with less, first tokens counted twice are lost requests.
pub(in crate::triage) const SEEN_IN_PROMPTS: f64 = 0.5;

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
        /// How they ended.
        how: Ending,
        /// The replica, where the share of all replicas together is tolerable.
        replica: Option<String>,
        /// Replicas beside it that fail more than an objective may miss and than the others.
        siblings: usize,
    },
    /// The gauge shows more running requests than latencies account for: some produce nothing.
    Held {
        /// Requests that the gauge shows, on average.
        shown: f64,
        /// Requests that prefilled or decoded, on average, by Little's law.
        busy: f64,
    },
    /// More first tokens were counted than ends, by more than an objective may miss, and the tokens
    /// of prompts deny that so many began: one of the counts is wrong.
    Contradicted {
        /// Requests that neither finished nor can still be running, by the count of first tokens.
        lost: f64,
        /// Requests that got a first token, by their own count.
        begun: f64,
    },
    /// The HTTP server answered requests of which none reached the engine, though they did before.
    Unreached {
        /// Requests that were answered.
        answered: f64,
        /// The replica, where there are several.
        replica: Option<String>,
    },
    /// More than an objective may miss.
    Lost {
        /// Requests that neither finished nor can still be running.
        lost: f64,
        /// Requests that got a first token.
        begun: f64,
        /// The replica, where the share of all replicas together is tolerable.
        replica: Option<String>,
    },
}

impl Loss {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let of_all = failures(subject);
        if subject.replicas.len() < 2 {
            let found = of_all.or_else(|| unreached(subject));
            return found.unwrap_or_else(|| Self::unfinished(subject));
        }
        let of_one = failing_replica(subject);
        let is_its = |all: &Self| of_one.as_ref().is_some_and(|one| one.is_all_of(all, subject));
        let failed = of_all.filter(|all| !is_its(all)).or(of_one).or_else(|| unreached(subject));
        failed.unwrap_or_else(|| Self::unfinished(subject))
    }

    /// Whether without these failures of one replica what all of them fail may be missed.
    fn is_all_of(&self, all: &Self, subject: &Subject<'_>) -> bool {
        let (
            Self::Failed { failed, ended, how, .. },
            Self::Failed { failed: all, ended: of, how: same, .. },
        ) = (self, all)
        else {
            return false;
        };
        let line = how.line(1.0 - subject.settings.slo.quantile);
        how == same && all - failed <= line * (of - ended)
    }

    fn unfinished(subject: &Subject<'_>) -> Self {
        let of_all = Self::unfinished_of_all(subject);
        if matches!(of_all, Self::Lost { .. }) || are_contradicted(subject, subject.now) {
            return of_all;
        }
        unfinished(subject, subject.line(&CHANCE)).map_or(of_all, |one| Self::Lost {
            lost: one.lost,
            begun: one.begun,
            replica: Some(one.replica),
        })
    }

    fn unfinished_of_all(subject: &Subject<'_>) -> Self {
        if is_uncertain(subject, subject.now) {
            return Self::Unknown;
        }
        let now = subject.now;
        let busy = busy(now).map(|busy| (busy, HELD_FACTOR * busy + HELD_SLACK));
        let running = now.gauge(Family::Running);
        if let (Some((busy, most)), Some(running)) = (busy, running)
            && running.mean > most
        {
            return Self::Held { shown: running.mean, busy };
        }
        let (Some(begun), Some(of)) = (now.count(Family::Ttft), Unaccounted::of(now)) else {
            return Self::Unknown;
        };
        let lost = of.lost;
        if lost <= (1.0 - subject.settings.slo.quantile) * begun {
            Self::Tolerable
        } else if of.is_seen {
            Self::Lost { lost, begun, replica: None }
        } else {
            Self::Contradicted { lost, begun }
        }
    }

    /// The replica that fails, where one does.
    pub fn replica(&self) -> Vec<String> {
        match self {
            Self::Failed { replica: Some(replica), .. }
            | Self::Unreached { replica: Some(replica), .. }
            | Self::Lost { replica: Some(replica), .. } => vec![replica.clone()],
            _ => Vec::new(),
        }
    }

    /// Lost requests, where they are more than an objective may miss.
    pub fn lost(&self) -> Option<f64> {
        match *self {
            Self::Lost { lost, .. } => Some(lost),
            _ => None,
        }
    }
}

impl Loss {
    /// What became of requests, one sentence without its period; None where nothing did.
    pub fn phrase(&self) -> Option<String> {
        match *self {
            Self::Unknown | Self::Tolerable => None,
            Self::Failed { failed, ended, how, ref replica, siblings } => {
                let at = of(replica.as_ref());
                let ended = counted(ended, "request", "requests");
                let siblings = match siblings {
                    0 => String::new(),
                    1 => ", as at another replica".to_owned(),
                    several => format!(", as at {several} more replicas"),
                };
                Some(format!("{} of {ended}{at} {}{siblings}", number(failed), how.phrase()))
            }
            Self::Held { shown, busy } => Some(format!(
                "{} run by the gauge, but latencies account for {}: the others produce nothing, or \
                 the gauge is stale",
                counted(libm::round(shown), "request", "requests"),
                significant(busy)
            )),
            Self::Contradicted { lost, begun } => Some(format!(
                "{} of {} that got a first token did not finish, but the prompt tokens are those of \
                 fewer requests: one of the counts is wrong",
                number(lost),
                counted(begun, "request", "requests")
            )),
            Self::Unreached { answered, ref replica } => Some(format!(
                "the HTTP server{} answered {}, and none of them reached the engine",
                of(replica.as_ref()),
                counted(answered, "request", "requests")
            )),
            Self::Lost { lost, begun, ref replica } => Some(format!(
                "{} of {}{} that got a first token did not finish, more than run at once",
                number(lost),
                counted(begun, "request", "requests"),
                of(replica.as_ref())
            )),
        }
    }
}

/// Answers without any work of the engine from which they are requests that did not reach it, and
/// before the window, from which on the one is compared with the other. A probe now and then asks
/// for a list of models; fewer are such.
const LEAST_ANSWERED: f64 = 5.0;

/// Part of the answers before the window that the engine must have finished, so that an answer is a
/// request to it and no probe.
const ARE_REQUESTS: f64 = 0.5;

/// A replica whose HTTP server goes on to answer while its engine begins and ends nothing and shows
/// nobody inside.
fn unreached(subject: &Subject<'_>) -> Option<Loss> {
    let (first, last) = (subject.now.first, subject.now.last);
    let count = |replica: &Replica, (from, to): (usize, usize)| {
        let of = |family| replica.histogram(family)?.count(from, to);
        let ended = || replica.counter(Family::RequestsFinished)?.increase(from, to);
        of(Family::E2e).into_iter().chain(of(Family::Ttft)).chain(ended()).reduce(f64::max)
    };
    let answers = |replica: &Replica, (from, to): (usize, usize)| {
        replica.counter(Family::HttpRequests)?.increase(from, to)
    };
    let is_empty = |replica: &Replica| {
        let most = |family| Some(replica.gauge(family)?.window(first, last)?.max);
        [Family::Running, Family::Waiting].into_iter().filter_map(most).all(|most| most <= 0.0)
    };
    let found = subject.replicas.iter().filter(|replica| !replica.aggregate).find_map(|replica| {
        let answered = answers(replica, (first, last)).filter(|count| *count >= LEAST_ANSWERED)?;
        let before = answers(replica, (0, first)).filter(|count| *count >= LEAST_ANSWERED)?;
        let is_silent = count(replica, (first, last)) == Some(0.0) && is_empty(replica);
        let were_requests = count(replica, (0, first))? >= ARE_REQUESTS * before;
        (is_silent && were_requests).then_some((answered, replica))
    });
    found.map(|(answered, replica)| Loss::Unreached {
        answered,
        replica: (subject.replicas.len() > 1).then(|| replica.key.clone()),
    })
}

/// ` of pod-3/0`; nothing of all.
fn of(replica: Option<&String>) -> String {
    replica.map_or_else(String::new, |replica| format!(" of {replica}"))
}

/// Requests of a window that got a first token and neither finished nor can still be inside,
/// however few. None where a restart, torn buckets or missing families leave the count uncertain.
pub(super) fn lost_in(subject: &Subject<'_>, window: &Measurements) -> Option<f64> {
    let of = Unaccounted::of(window).filter(|of| of.is_seen || of.lost <= 0.0)?;
    (!is_uncertain(subject, window)).then(|| of.lost.max(0.0))
}

/// Whether the buckets of first tokens contradict each other: what they count is no number of
/// requests. Ends are counted by several families, the most of which counts.
fn are_contradicted(subject: &Subject<'_>, window: &Measurements) -> bool {
    let (first, last) = (window.first, window.last);
    !window.cumulative.contains(&Family::Ttft)
        && subject.replicas.iter().any(|replica| {
            let columns = replica.histogram(Family::Ttft);
            columns.is_some_and(|columns| columns.contradiction(first, last).is_some())
        })
}

/// First tokens and finishes cannot be subtracted: some of either were counted by a process that is
/// gone, or the buckets are torn.
fn is_uncertain(subject: &Subject<'_>, window: &Measurements) -> bool {
    let (first, last) = (window.first, window.last);
    let restarted = |life: &Activity| life.restarts(first, last).next().is_some();
    are_contradicted(subject, window) || subject.activities.iter().any(restarted)
}

/// Requests that got a first token and of which no end was seen.
struct Unaccounted {
    /// First tokens less finishes and the most that ran at once; below 0 where all are accounted
    /// for.
    lost: f64,
    /// The tokens of their prompts were counted too, or are not measured.
    is_seen: bool,
}

impl Unaccounted {
    /// None where first tokens, finishes or what runs are not measured.
    fn of(window: &Measurements) -> Option<Self> {
        let most = || busy(window).map(|busy| HELD_FACTOR * busy + HELD_SLACK);
        let inside = window.gauge(Family::Running).map(|running| running.max).or_else(most)?;
        let counts = FINISH_FAMILIES.into_iter().filter_map(|family| window.count(family));
        let finished = counts.fold(window.finished()?, f64::max);
        let lost = window.count(Family::Ttft)? - finished - inside;
        // The tokens of a prompt are counted with its first token: half of the lost must show in
        // them, however much shorter the prompts of those who leave are.
        let is_seen = begun_by_prompts(window)
            .is_none_or(|begun| begun - finished - inside >= SEEN_IN_PROMPTS * lost);
        Some(Self { lost, is_seen })
    }
}

/// Requests that began, by the tokens of their prompts and the mean prompt of those that finished;
/// None where no tokens are counted, though those that finished had some.
fn begun_by_prompts(window: &Measurements) -> Option<f64> {
    let mean = window.mean(Family::PromptTokensPerRequest).filter(|mean| *mean > 0.0)?;
    Some(window.increase(Family::PromptTokens).filter(|tokens| *tokens > 0.0)? / mean)
}

/// Requests that prefill or decode at once, on average: Little's law over the times that are booked
/// while a request runs. None where outputs or prefill are not measured.
fn busy(now: &Measurements) -> Option<f64> {
    let sum = |family| Some(now.totals.get(&family)?.sum?.value);
    let decoding = sum(Family::Itl)?;
    let prefilling = sum(Family::PrefillTime)?;
    (now.seconds > 0.0 && decoding > 0.0).then(|| (decoding + prefilling) / now.seconds)
}

/// The first way of failing that concerns more requests than an objective may miss.
fn failures(subject: &Subject<'_>) -> Option<Loss> {
    let now = subject.now;
    let answered = now.increase(Family::HttpRequests).unwrap_or(0.0);
    let may_miss = 1.0 - subject.settings.slo.quantile;
    Ending::ALL.into_iter().find_map(|how| {
        let failed = match how {
            Ending::Otherwise => now.ended_otherwise()?,
            _ => now.increase(how.family())?,
        };
        let ended = how.among(now.ended(), answered, failed);
        let is_much = failed >= LEAST_FAILURES && failed > how.line(may_miss) * ended;
        let is_refusal = how == Ending::ServerError && are_refused(now, failed);
        let how = if is_refusal { Ending::Refused } else { how };
        is_much.then_some(Loss::Failed { failed, ended, how, replica: None, siblings: 0 })
    })
}

/// Whether most of the server's errors are requests that it refused: both have the same class of
/// status.
fn are_refused(now: &Measurements, failed: f64) -> bool {
    now.increase(Family::Rejections).is_some_and(|refused| 2.0 * refused > failed)
}

/// The replica that fails most, where it fails surely more of its own requests than an objective
/// may miss and than its siblings do: among twenty that serve well it is lost in the share of all.
fn failing_replica(subject: &Subject<'_>) -> Option<Loss> {
    let may_miss = 1.0 - subject.settings.slo.quantile;
    let chance = subject.line(&CHANCE);
    let mut worst: Option<(f64, Loss)> = None;
    for how in Ending::ALL {
        let counts = subject.replicas.iter().map(|replica| counted_of(subject, replica, how));
        let counts: Vec<(f64, f64)> = counts.collect_vec();
        let add =
            |(failed, ended): (f64, f64), (more, of): &(f64, f64)| (failed + more, ended + of);
        let (all_failed, all_ended) = counts.iter().fold((0.0, 0.0), add);
        let surely = |(failed, ended): (f64, f64)| {
            let (least, _) = wilson(failed, ended, chance);
            let (_, others) = wilson(all_failed - failed, all_ended - ended, chance);
            let stands_out = least > how.line(may_miss) && least > others;
            (failed >= LEAST_FAILURES && stands_out).then_some(least)
        };
        let siblings = counts.iter().filter(|counts| surely(**counts).is_some()).count();
        for (replica, (failed, ended)) in subject.replicas.iter().zip(counts) {
            let Some(least) = surely((failed, ended)) else { continue };
            if worst.as_ref().is_none_or(|(worst, _)| least > *worst) {
                let (replica, siblings) = (Some(replica.key.clone()), siblings - 1);
                worst = Some((least, Loss::Failed { failed, ended, how, replica, siblings }));
            }
        }
    }
    worst.map(|(_, loss)| loss)
}

/// Requests of one replica that ended so, and all of its that ended; a sum over engines is none.
fn counted_of(subject: &Subject<'_>, replica: &Replica, how: Ending) -> (f64, f64) {
    let (first, last) = (subject.now.first, subject.now.last);
    let increase = |family| replica.counter(family)?.increase(first, last);
    let Some(failed) = increase(how.family()).filter(|_| !replica.aggregate) else {
        return (0.0, 0.0);
    };
    let finished = increase(Family::RequestsFinished)
        .or_else(|| replica.histogram(Family::E2e)?.count(first, last))
        .unwrap_or(0.0);
    (failed, how.among(finished, increase(Family::HttpRequests).unwrap_or(0.0), failed))
}
