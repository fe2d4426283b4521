//! Requests and outages that a recording gives.

use crate::configuration::Scenario;
use crate::effective::{self, Effective};
use crate::fleet::Fleet;
use crate::fleet::events::Event;
use crate::given::{Begin, Given, GivenRequest, StatusClass};
use crate::record::outcome::{Ending, Outcome};
use crate::traffic::{Asked, Part};

/// What holds at a time, with each replica's given flags.
pub(crate) fn effective_at(scenario: &Scenario, given: &Given, time: f64) -> Effective {
    let mut effective = effective::at(scenario, time);
    for (conditions, engine) in effective.replicas.iter_mut().zip(&given.engines) {
        conditions.engine = engine.clone();
    }
    effective
}

impl Fleet<'_> {
    pub(crate) fn plan_given(&mut self) {
        let warm_up = self.scenario.warm_up_seconds;
        for (number, request) in self.given.requests.iter().enumerate() {
            if let Begin::At(time) = request.begin {
                let event = Event::Given { request: number };
                self.agenda.plan((warm_up + time).max(0.0), event);
            }
        }
        for outage in &self.given.outages {
            let event = Event::Down { replica: outage.replica };
            self.agenda.plan(warm_up + outage.down, event);
        }
    }

    /// How long the process that is gone from now on stays away; none: nothing is given.
    pub(crate) fn given_outage(&self, replica: usize, now: f64) -> Option<f64> {
        let since = now - self.scenario.warm_up_seconds;
        let outages = &self.given.outages;
        let outage = outages.iter().find(|outage| {
            outage.replica == replica && outage.down - 1e-6 <= since && since < outage.up
        })?;
        Some(outage.up - since)
    }

    pub(crate) fn send_given(&mut self, number: usize, now: f64) {
        let Some(request) = self.given.requests.get(number).copied() else { return };
        let Some(class) = request.refused else {
            return self.send(&asked(&request, number), now);
        };
        let replica = self.replicas.get_mut(request.replica);
        if let Some(engine) = replica.and_then(|replica| replica.engine.as_mut()) {
            engine.recorder.answered(class);
        }
        self.outcomes.push(Outcome {
            ended: Some(now),
            ending: Ending::Rejected,
            ..Outcome::new(request.replica, now, request.prompt)
        });
        self.stamped.push(now);
        self.go_on_given(number, now);
    }

    /// The replica of a given request; none if it does not answer.
    pub(crate) fn given_replica(&self, number: usize, now: f64) -> Option<usize> {
        let replica = self.given.requests.get(number)?.replica;
        let engine = self.replicas.get(replica)?.engine.as_ref()?;
        (engine.ready <= now).then_some(replica)
    }

    /// Whoever waited for the end of a given request asks the next one.
    pub(crate) fn go_on_given(&mut self, number: usize, now: f64) {
        let warm_up = self.scenario.warm_up_seconds;
        let followers = self.given.requests.iter().enumerate().skip(number + 1);
        for (next, follower) in followers {
            if let Begin::After { request, pause, until } = follower.begin
                && request == number
                && now + pause < warm_up + until
            {
                self.agenda.plan(now + pause, Event::Given { request: next });
            }
        }
    }
}

fn asked(request: &GivenRequest, number: usize) -> Asked {
    Asked {
        prompt: request.prompt.max(1),
        output: request.output.max(1),
        ends_by_length: true,
        shared_seed: request.shared.map(|(seed, _)| seed),
        shared_tokens: request.shared.map_or(0, |(_, tokens)| tokens),
        own_seed: request.content,
        adapter: 0,
        patience: request.leaves_after,
        retries: 0,
        attempt: 0,
        encoded: false,
        fails: false,
        session: None,
        given: Some(number as u32),
        chance: 0.0,
        part: Part::Whole,
    }
}

impl StatusClass {
    /// Its place in the books.
    pub(crate) fn place(self) -> usize {
        match self {
            Self::Client => 1,
            Self::Server => 2,
        }
    }
}
