//! What was done to the engines of a recording: processes that were gone, and workers that were
//! kept from their processors.

use inference_triage_simulator::configuration::Hang;
use inference_triage_simulator::given::GivenOutage;

use crate::matching::Replica;
use crate::recording::{Event, Recording};

/// A timer of the recorder's throttle ends so much late, seconds.
const TIMER_SECONDS: f64 = 0.001;

/// Times in which processes were gone: from `kill` or `down` to `up again`.
pub fn outages(recording: &Recording, zero: f64) -> Vec<GivenOutage> {
    let events = recording.truth.events();
    let replica_of = |event: &Event| {
        event.details.first().and_then(serde_json::Value::as_u64).unwrap_or(0) as usize
    };
    let gone = events.iter().filter(|event| event.name == "kill" || event.name == "down");
    gone.map(|event| {
        let replica = replica_of(event);
        let back = events.iter().find(|other| {
            other.name == "up again" && other.at > event.at && replica_of(other) == replica
        });
        let up = back.map_or(recording.truth.end + 60.0, |back| back.at) - zero;
        GivenOutage { replica, down: event.at - zero, up }
    })
    .collect()
}

/// A time in which somebody kept a replica's worker from its processor.
#[derive(Debug, Clone, Copy)]
pub struct Slowed {
    /// Which.
    pub replica: usize,
    /// When it began, Unix seconds.
    pub from: f64,
    to: f64,
    /// When its effect on what a scrape reads is over.
    pub settled: f64,
    /// Share of each period in which it ran, and the period in seconds.
    duty: f64,
    period: f64,
}

impl Slowed {
    /// The same as hangs, many short ones where it was throttled.
    pub fn hangs(&self, zero: f64) -> Vec<Hang> {
        let replica = self.replica;
        if self.duty <= 0.0 {
            let for_seconds = self.to - self.from;
            return vec![Hang { replica, at_seconds: self.from - zero, for_seconds }];
        }
        let (runs, stands) = (self.period * self.duty, self.period * (1.0 - self.duty));
        let turn = runs + stands + 2.0 * TIMER_SECONDS;
        let turns = ((self.to - self.from) / turn) as usize;
        let turns = (0..turns).map(|number| Hang {
            replica,
            at_seconds: self.from - zero + number as f64 * turn + runs + TIMER_SECONDS,
            for_seconds: stands + TIMER_SECONDS,
        });
        turns.collect()
    }
}

/// Who was slowed when.
pub fn slowed(recording: &Recording, replicas: &[Replica<'_>]) -> Vec<Slowed> {
    let (events, truth) = (recording.truth.events(), &recording.truth);
    let number =
        |event: &Event, place: usize| event.details.get(place).and_then(serde_json::Value::as_f64);
    let slow = events.iter().filter(|event| event.name == "throttle" || event.name == "stop");
    slow.map(|event| {
        let is_stop = event.name == "stop";
        let ends = if is_stop { "continue" } else { "throttle ends" };
        let end = events.iter().find(|other| other.name == ends && other.at > event.at);
        let to = end.map_or(truth.end + 60.0, |end| end.at);
        // Its number is not kept: the replica that put out the fewest tokens meanwhile.
        let tokens = |replica: &Replica<'_>| replica.composition.between(event.at, to).len();
        let slowest = replicas.iter().enumerate().min_by_key(|(_, replica)| tokens(replica));
        Slowed {
            replica: slowest.map_or(0, |(place, _)| place),
            from: event.at,
            to,
            settled: to + 2.0 * truth.scrape_s,
            duty: if is_stop { 0.0 } else { number(event, 1).unwrap_or(0.0) },
            period: number(event, 2).unwrap_or(60.0) / 1000.0,
        }
    })
    .collect()
}
