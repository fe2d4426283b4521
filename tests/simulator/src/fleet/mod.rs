//! Engines behind a router: the event loop.

pub(crate) mod events;
mod given;
mod pools;
mod routing;
mod scrape;

use crate::configuration::{Arrivals, Scenario};
use crate::effective::Effective;
use crate::engine::request::{Key, Request};
use crate::engine::{Engine, Outputs};
use crate::faults;
use crate::fleet::events::{Agenda, Event};
use crate::fleet::given::effective_at;
use crate::given::Given;
use crate::record::outcome::{Ending, Outcome};
use crate::record::{Recorder, Target};
use crate::run::Run;
use crate::traffic::{Asked, Generator, Part, by_chance};

/// How long a session waits before it asks again when nobody answered, seconds. Assumed.
const RETRY_SECONDS: f64 = 1.0;

/// A replica that may be there.
#[derive(Debug, Default)]
pub(crate) struct Replica {
    pub engine: Option<Engine>,
    /// Number of its process; events of an earlier process are void.
    pub process: u32,
    pub energy: f64,
    pub device_seconds: f64,
    pub device_prefill_seconds: f64,
    /// When its devices were read last.
    pub device_read: f64,
    pub link_errors: f64,
}

/// The running simulation. Times are seconds since its begin; the first scrape comes after the
/// warm-up.
#[derive(Debug)]
pub(crate) struct Fleet<'a> {
    pub scenario: &'a Scenario,
    pub given: &'a Given,
    pub replicas: Vec<Replica>,
    pub effective: Effective,
    pub engines: Vec<Target>,
    pub devices: Vec<Target>,
    pub queue: Option<Target>,
    pub scrape_times: Vec<i64>,
    pub interval: f64,
    pub(crate) agenda: Agenda,
    generator: Generator,
    outcomes: Vec<Outcome>,
    stamped: Vec<f64>,
    arrivals_epoch: u32,
    arrival_planned: bool,
    sessions: usize,
    turn: usize,
}

/// Runs a scenario and reads its targets every `scrape_interval` seconds. Expects a scenario that
/// passes [`Scenario::check`].
pub fn simulate(scenario: &Scenario, scrape_interval: f64) -> Run {
    simulate_given(scenario, &Given::default(), scrape_interval)
}

/// As [`simulate`], with what a recording gives. Its requests come on top of the scenario's own.
pub fn simulate_given(scenario: &Scenario, given: &Given, scrape_interval: f64) -> Run {
    let mut fleet = Fleet::new(scenario, given, scrape_interval.max(0.001));
    fleet.plan_all();
    while let Some((time, event)) = fleet.agenda.next() {
        if time > scenario.warm_up_seconds + scenario.duration_seconds + 1e-9 {
            break;
        }
        fleet.happen(time, event);
    }
    fleet.into_run()
}

impl<'a> Fleet<'a> {
    fn new(scenario: &'a Scenario, given: &'a Given, interval: f64) -> Self {
        let size = faults::fleet_size(scenario);
        let (engines, devices, queue) = scrape::targets(scenario, size);
        Self {
            scenario,
            given,
            replicas: std::iter::repeat_with(Replica::default).take(size).collect(),
            effective: effective_at(scenario, given, -scenario.warm_up_seconds),
            engines,
            devices,
            queue,
            scrape_times: Vec::new(),
            interval,
            agenda: Agenda::default(),
            generator: Generator::new(&scenario.traffic, scenario.seed),
            outcomes: Vec::new(),
            stamped: Vec::new(),
            arrivals_epoch: 0,
            arrival_planned: false,
            sessions: 0,
            turn: 0,
        }
    }

    fn plan_all(&mut self) {
        let warm_up = self.scenario.warm_up_seconds;
        for replica in 0..faults::initial_replicas(self.scenario) {
            // Long since started: nothing of a warm-up is left.
            self.start(replica, -86_400.0, -86_000.0);
        }
        // A process that starts at the moment of a change starts under what holds then.
        for time in faults::changes(self.scenario) {
            self.agenda.plan(warm_up + time, Event::Change);
        }
        for outage in faults::outages(self.scenario) {
            self.agenda.plan(warm_up + outage.down, Event::Down { replica: outage.replica });
        }
        self.plan_given();
        self.plan_scrapes();
        self.adjust_traffic(0.0);
    }

    fn happen(&mut self, now: f64, event: Event) {
        match event {
            Event::Arrival { epoch } if epoch == self.arrivals_epoch => {
                let asked = self.ask(None);
                self.send(&asked, now);
                self.plan_arrival(now);
            }
            Event::Arrival { .. } => {}
            Event::Ask { session } => {
                if (session as usize) < self.sessions {
                    let asked = self.ask(Some(session));
                    self.send(&asked, now);
                }
            }
            Event::Given { request } => self.send_given(request, now),
            Event::Enqueue { replica, process, key } => {
                if let Some(engine) = self.engine(replica, process) {
                    engine.enqueue(key, now);
                    self.step(replica, now);
                }
            }
            Event::StepEnd { replica, process } => self.step_ended(replica, process, now),
            Event::Fetched { replica, process, key } => {
                if let Some(engine) = self.engine(replica, process) {
                    engine.fetch_ended(key);
                    self.step(replica, now);
                }
            }
            Event::Leave { replica, process, key } => self.left(replica, process, key, now),
            Event::Handled { replica, process, outputs } => {
                self.handled(replica, process, *outputs);
            }
            Event::Change => self.change(now),
            Event::Down { replica } => self.restart(replica, now),
            Event::Ready { replica, process } => {
                if self.engine(replica, process).is_some() {
                    self.step(replica, now);
                }
            }
            Event::Again { asked } => self.send(&asked, now),
            Event::Scrape => self.scrape(now),
            Event::ScrapeEngine { replica, fails } => self.scrape_engine(replica, fails, now),
            Event::ScrapeDevice { replica, fails } => self.scrape_device(replica, fails, now),
        }
    }

    fn engine(&mut self, replica: usize, process: u32) -> Option<&mut Engine> {
        let replica = &mut self.replicas[replica];
        if replica.process == process { replica.engine.as_mut() } else { None }
    }

    fn start(&mut self, replica: usize, started: f64, ready: f64) {
        let conditions = self.effective.replicas[replica].clone();
        let origin = self.scenario.start_unix_seconds as f64 - self.scenario.warm_up_seconds;
        let recorder = Recorder::new(
            self.scenario.release,
            self.scenario.dialect,
            &self.scenario.model_name,
            &conditions.engine,
            origin + started,
        );
        let entry = &mut self.replicas[replica];
        entry.process += 1;
        entry.device_seconds = 0.0;
        entry.device_prefill_seconds = 0.0;
        let seed =
            self.scenario.seed ^ ((replica as u64 + 1) << 32) ^ (u64::from(entry.process) << 56);
        let ahead = (self.scenario.schedules_ahead(), self.scenario.noise);
        let mut engine = Engine::new(conditions, recorder, ahead, seed, ready);
        if let Some(pace) = self.given.paces.get(replica) {
            engine.pace.follow(pace, self.scenario.warm_up_seconds);
        }
        entry.engine = Some(engine);
    }

    fn restart(&mut self, replica: usize, now: f64) {
        if let Some(mut engine) = self.replicas[replica].engine.take() {
            for request in engine.requests.drain() {
                self.settle(&request, Ending::Lost, now);
            }
        }
        let usual = self.effective.replicas[replica].engine.start_up.load_seconds;
        let load = self.given_outage(replica, now).unwrap_or(usual);
        self.start(replica, now, now + load);
        let process = self.replicas[replica].process;
        self.agenda.plan(now + load, Event::Ready { replica, process });
    }

    fn change(&mut self, now: f64) {
        let since = now - self.scenario.warm_up_seconds;
        self.effective = effective_at(self.scenario, self.given, since);
        for (replica, conditions) in self.replicas.iter_mut().zip(&self.effective.replicas) {
            if let Some(engine) = &mut replica.engine {
                engine.adapt(conditions.clone());
            }
        }
        self.adjust_traffic(now);
        for replica in 0..self.replicas.len() {
            self.step(replica, now);
        }
    }

    /// The rate or the number of sessions may have changed.
    fn adjust_traffic(&mut self, now: f64) {
        let wanted = self.generator.sessions(&self.effective.demand);
        for session in self.sessions..wanted {
            // Sessions do not begin in step.
            let delay = 0.1 + (session % 97) as f64 * 0.137;
            self.agenda.plan(now + delay, Event::Ask { session: session as u32 });
        }
        self.sessions = wanted;
        let memoryless = matches!(
            self.scenario.traffic.arrivals,
            Arrivals::Poisson { .. } | Arrivals::Bursts { .. }
        );
        if memoryless || !self.arrival_planned {
            self.arrivals_epoch += 1;
            self.plan_arrival(now);
        }
    }

    fn plan_arrival(&mut self, now: f64) {
        let next = self.generator.next_arrival(now, &self.effective.demand);
        self.arrival_planned = next.is_some();
        if let Some(time) = next {
            self.agenda.plan(time, Event::Arrival { epoch: self.arrivals_epoch });
        }
    }

    fn ask(&mut self, session: Option<u32>) -> Asked {
        let engines = self.effective.replicas.iter().map(|conditions| &conditions.engine);
        let longest =
            engines.map(|engine| engine.max_model_len.min(engine.kv_tokens())).min().unwrap_or(1);
        self.generator.ask(&self.effective.demand, longest as u32, session)
    }

    /// A request arrives at the router.
    fn send(&mut self, asked: &Asked, now: f64) {
        let id = self.outcomes.len() as u64;
        let part = self.first_part(asked);
        let chosen = match asked.given {
            Some(number) => self.given_replica(number as usize, now),
            None => self.choose(asked, now),
        };
        self.outcomes.push(Outcome::new(chosen.unwrap_or(0), now, asked.prompt));
        self.stamped.push(now);
        let taken =
            chosen.and_then(|replica| Some((replica, self.replicas[replica].engine.as_mut()?)));
        let Some((replica, engine)) = taken else { return self.refuse(id, asked, now) };
        let is_refused = asked.attempt == 0
            && by_chance(asked.own_seed >> 43, self.scenario.traffic.refused_share);
        if is_refused || engine.refuses() {
            engine.recorder.rejected();
            return self.refuse(id, asked, now);
        }
        let (key, queued) = engine.receive(&part, id, now);
        self.stamped[id as usize] = engine.requests.get(key).map_or(now, |known| known.stamped);
        self.outcomes[id as usize].queued = queued;
        self.wait(replica, key, queued);
        self.leave_after(asked.patience, replica, key, now);
    }

    /// A received request reaches the engine's process.
    fn wait(&mut self, replica: usize, key: Key, queued: f64) {
        let process = self.replicas[replica].process;
        self.agenda.plan(queued, Event::Enqueue { replica, process, key });
    }

    fn leave_after(&mut self, patience: Option<f64>, replica: usize, key: Key, now: f64) {
        let process = self.replicas[replica].process;
        if let Some(patience) = patience {
            self.agenda.plan(now + patience, Event::Leave { replica, process, key });
        }
    }

    fn refuse(&mut self, id: u64, asked: &Asked, now: f64) {
        let outcome = &mut self.outcomes[id as usize];
        outcome.ending = Ending::Rejected;
        outcome.ended = Some(now);
        self.go_on(asked, RETRY_SECONDS, true, now);
    }

    /// After the end of a request its session asks the next one; a caller without a session asks
    /// again what was not answered.
    fn go_on(&mut self, asked: &Asked, pause: f64, is_unanswered: bool, now: f64) {
        if let Some(number) = asked.given {
            self.go_on_given(number as usize, now);
        } else if let Some(session) = asked.session {
            self.agenda.plan(now + pause, Event::Ask { session });
        } else if is_unanswered
            && let Some((asked, pause)) = self.generator.again(asked, &self.effective.demand)
        {
            self.agenda.plan(now + pause, Event::Again { asked: Box::new(asked) });
        }
    }

    fn left(&mut self, replica: usize, process: u32, key: Key, now: f64) {
        let Some(engine) = self.engine(replica, process) else { return };
        if let Some(request) = engine.abort(key) {
            engine.recorder.hung_up();
            self.settle(&request, Ending::Aborted, now);
            self.step(replica, now);
        }
    }

    /// Begins a step where one can begin.
    fn step(&mut self, replica: usize, now: f64) {
        let process = self.replicas[replica].process;
        loop {
            let Some(engine) = self.replicas[replica].engine.as_mut() else { return };
            let begun = engine.begin_step(now);
            for (key, ends) in begun.fetches {
                self.agenda.plan(ends, Event::Fetched { replica, process, key });
            }
            if let Some(ends) = begun.ends {
                let ends = faults::hang::end_of_step(self.scenario, replica, now, ends);
                self.agenda.plan(ends, Event::StepEnd { replica, process });
            }
            if begun.given_up.is_empty() {
                return;
            }
            let state = engine.state;
            let outputs =
                Outputs { handled: now, done: begun.given_up, state, ..Outputs::default() };
            self.handled(replica, process, outputs);
        }
    }

    fn step_ended(&mut self, replica: usize, process: u32, now: f64) {
        let Some(engine) = self.engine(replica, process) else { return };
        let outputs = engine.end_step(now);
        if outputs.handled > now {
            let outputs = Box::new(outputs);
            self.agenda.plan(outputs.handled, Event::Handled { replica, process, outputs });
        } else {
            self.handled(replica, process, outputs);
        }
        self.step(replica, now);
    }

    fn handled(&mut self, replica: usize, process: u32, outputs: Outputs) {
        if let Some(engine) = self.engine(replica, process) {
            engine.book(&outputs);
        }
        for done in outputs.done {
            if self.hand_on(&done.request, done.ending, outputs.handled) {
                continue;
            }
            self.settle(&done.request, done.ending, outputs.handled);
        }
    }

    /// Writes down what became of a request; its session goes on.
    fn settle(&mut self, request: &Request, ending: Ending, now: f64) {
        self.note(request, ending, Some(now));
        let is_unanswered = match ending {
            Ending::Aborted | Ending::Lost | Ending::Rejected => true,
            Ending::Stop | Ending::Length | Ending::Error | Ending::Unfinished => false,
        };
        let pause = if ending == Ending::Lost { RETRY_SECONDS } else { self.generator.think() };
        self.go_on(&request.asked, pause, is_unanswered, now);
    }

    fn note(&mut self, request: &Request, ending: Ending, ended: Option<f64>) {
        let outcome = &mut self.outcomes[request.id as usize];
        // The first token is the one that the other engine made.
        if request.asked.part != Part::Output {
            outcome.queued = request.queued;
            outcome.scheduled = request.scheduled;
            outcome.first_token = request.first_token;
            outcome.first_delivered = request.first_token.map(|_| request.first_delivered);
            outcome.cached = request.cached;
        }
        outcome.last_token = request.first_token.map(|_| request.last_token);
        outcome.ended = ended;
        outcome.ending = ending;
        outcome.output = request.generated;
        outcome.preemptions = request.preemptions;
    }

    fn into_run(mut self) -> Run {
        for replica in 0..self.replicas.len() {
            let Some(mut engine) = self.replicas[replica].engine.take() else { continue };
            for request in engine.requests.drain() {
                self.note(&request, Ending::Unfinished, None);
            }
        }
        let zero = self.scenario.warm_up_seconds;
        for outcome in &mut self.outcomes {
            outcome.arrival -= zero;
            outcome.queued -= zero;
            for time in [
                &mut outcome.scheduled,
                &mut outcome.first_token,
                &mut outcome.first_delivered,
                &mut outcome.last_token,
                &mut outcome.ended,
            ] {
                *time = time.map(|time| time - zero);
            }
        }
        let targets = self.engines.into_iter().chain(self.devices).chain(self.queue).collect();
        let mut run = Run {
            scenario: self.scenario.clone(),
            interval_seconds: self.interval,
            times: self.scrape_times,
            targets,
            requests: self.outcomes,
            stamped: self.stamped.into_iter().map(|time| time - zero).collect(),
        };
        faults::telemetry::spoil(&mut run);
        run
    }
}
