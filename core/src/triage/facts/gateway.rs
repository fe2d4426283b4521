//! What happens to requests before they reach the engine?
//!
//! Only what a gateway brings. A gateway's time is no time of the engine, and its requests are not
//! more requests: nothing here joins the engine's figures.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::growth::gauge::Gauge;
use crate::scope::Front;
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::text::number::{number, seconds, significant};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Gateway, thresholds: &[&QUEUE, &AHEAD] };

/// Seconds in a gateway's queue from which they are told.
static QUEUE: Threshold = Threshold {
    id: "gateway.queue",
    value: 0.1,
    range: (0.001, 60.0),
    reason: Reason::of(
        "Seconds that the mean request waits in a gateway before they are told. Choosing an endpoint \
             takes milliseconds. Lower, every gateway is said to queue; higher, a wait that callers \
             feel in their first token is not told.",
    ),
};

/// Arrivals by answers of a gateway from which it falls behind.
static AHEAD: Threshold = Threshold {
    id: "gateway.ahead",
    value: 1.1,
    range: (1.01, 10.0),
    reason: Reason::of(
        "Requests that arrive at a gateway by those that it answers, from which more arrive than are \
             done. What is under way at both ends of a window moves the ratio by some per cent. \
             Lower, long requests count as overload; higher, a backlog that grows slowly is not told.",
    ),
};

/// The gateway in front of the engine, in the window.
#[derive(Debug, Clone, PartialEq)]
pub struct Gateway {
    /// Its name for people.
    pub title: &'static str,
    /// Requests a second that arrive at it.
    pub arrived: Option<f64>,
    /// Requests a second that it answers.
    pub answered: Option<f64>,
    /// Seconds of the mean request in its queue, before the engine's.
    pub queue: Option<f64>,
    /// Requests that waited in it in every sample of the window, the fewest; None without a sample.
    pub held: Option<f64>,
    /// Requests that it refused for want of room, failed, tried again, and whose callers left.
    pub ends: [(&'static str, f64); 4],
    /// Seconds in the queue from which they are told.
    queue_line: f64,
    /// Arrivals by answers from which more arrive than are done.
    ahead_line: f64,
}

/// Gateways in front of the engine.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gateways(pub Vec<Gateway>);

impl Gateways {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        Self(subject.scope.fronts.iter().map(|front| gateway(subject, front)).collect_vec())
    }

    /// The longest wait before the engine, seconds, with the gateway's name.
    pub fn longest_queue(&self) -> Option<(f64, &'static str)> {
        let queues = self.0.iter().filter_map(|one| Some((one.queue?, one.title)));
        queues.max_by(|(one, _), (other, _)| one.total_cmp(other))
    }

    /// The gateway that holds most requests in every sample of the window, with their number.
    pub fn holding(&self) -> Option<(f64, &'static str)> {
        let held = self.0.iter().filter_map(|one| Some((one.held?, one.title)));
        held.filter(|(held, _)| *held >= 1.0).max_by(|(one, _), (other, _)| one.total_cmp(other))
    }

    /// What is worth telling beside a verdict, one sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        for one in &self.0 {
            if let Some(queue) = one.queue.filter(|queue| *queue >= one.queue_line) {
                sentences.push(format!(
                    "Before the engine's queue the mean request waits {} in that of {}.",
                    seconds(queue),
                    one.title
                ));
            }
            let behind = one.arrived.zip(one.answered);
            if let Some((arrived, answered)) =
                behind.filter(|(arrived, answered)| *arrived > answered * one.ahead_line)
            {
                sentences.push(format!(
                    "{} gets {} requests a second and answers {}.",
                    one.title,
                    significant(arrived),
                    significant(answered)
                ));
            }
            let ends = one.ends.iter().filter(|(_, count)| *count >= 1.0);
            let ends: Vec<String> =
                ends.map(|(how, count)| format!("{} {how}", number(*count))).collect_vec();
            if !ends.is_empty() {
                sentences.push(format!("Requests of {}: {}.", one.title, joined(&ends, ", ")));
            }
        }
        sentences
    }
}

fn gateway(subject: &Subject<'_>, front: &Front) -> Gateway {
    let (first, last) = (subject.now.first, subject.now.last);
    let times = subject.grid.times();
    // What is counted grew from the first sample of the window to its last.
    let length = (times[last] - times[first]) as f64 / 1000.0;
    let count = |family| front.counter(family)?.increase(first, last);
    let rate = |family| count(family).filter(|_| length > 0.0).map(|count| count / length);
    let arrived = rate(Family::GatewayArrived);
    let measured = || {
        let columns = front.histogram(Family::GatewayQueueTime)?;
        let count = columns.count(first, last).filter(|count| *count > 0.0)?;
        Some(columns.sum(first, last)?.value / count)
    };
    // Little's law: those that wait are as many as arrive while one of them waits.
    let by_length = || {
        let waiting = front.gauge(Family::GatewayQueue)?.window(first, last)?.mean;
        Some(waiting / arrived.filter(|rate| *rate > 0.0)?)
    };
    let held = |gauge: &Gauge| gauge.window(first, last).map(|waiting| waiting.min);
    let ends = [
        ("refused for want of room", Family::GatewayRefused),
        ("failed", Family::GatewayFailed),
        ("left by their callers", Family::GatewayCancelled),
        ("tried again", Family::GatewayRetried),
    ];
    Gateway {
        title: front.exporter.title,
        arrived,
        answered: rate(Family::GatewayAnswered),
        // The measured wait is that of those that left the queue: what is stuck is not among them.
        queue: measured().into_iter().chain(by_length()).reduce(f64::max),
        held: front.gauge(Family::GatewayQueue).and_then(held),
        ends: ends.map(|(how, family)| (how, count(family).unwrap_or(0.0))),
        queue_line: subject.line(&QUEUE),
        ahead_line: subject.line(&AHEAD),
    }
}
