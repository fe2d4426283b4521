//! One engine: scheduler, block pool, step time, front end.

pub mod blocks;
mod outputs;
mod pace;
pub mod request;
mod scheduler;
mod steps;

pub(crate) use outputs::{Done, MERGED_SHARE, Outputs};

use std::collections::VecDeque;

use inference_triage_harness::random::Random;

use crate::configuration::Noise;
use crate::effective::Conditions;
use crate::engine::blocks::BlockPool;
use crate::engine::pace::Pace;
use crate::engine::request::{Key, Request, Slots};
use crate::record::{EngineState, Recorder};
use crate::traffic::{Asked, by_chance};

/// One running engine. Times are seconds since the begin of the simulation.
#[derive(Debug)]
pub struct Engine {
    pub(crate) conditions: Conditions,
    pub(crate) pool: BlockPool,
    pub(crate) requests: Slots,
    pub(crate) waiting: VecDeque<Key>,
    /// Requests that came while a step ran; the scheduler takes them between steps.
    pub(crate) arrived: Vec<Key>,
    pub(crate) running: Vec<Key>,
    /// Requests whose cache is on its way.
    pub(crate) fetching: Vec<Key>,
    /// Grammars that began to be compiled, and when each is ready; the fleet must hear of it.
    pub(crate) compiling: Vec<(Key, f64)>,
    /// The step under way.
    pub(crate) executing: Option<Batch>,
    /// The step that was scheduled while it runs.
    pub(crate) ahead: Option<Batch>,
    /// Whether steps are scheduled ahead.
    pub(crate) schedules_ahead: bool,
    pub(crate) recorder: Recorder,
    /// What the engine's process counts itself; the API server learns of it with the next outputs.
    pub(crate) state: EngineState,
    pub(crate) chance: Random,
    pub(crate) pace: Pace,
    /// When the event loop of the API server is free.
    pub(crate) front_end_free: f64,
    pub(crate) link_free: f64,
    /// When it gave its first answer.
    pub(crate) ready: f64,
    /// Adapters in host memory, the last used at the end.
    pub(crate) adapters: Vec<u32>,
}

/// A step that was scheduled.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub portions: Vec<Portion>,
    /// Time that it takes on top of the law: encoder work, adapters read, seconds.
    pub extra_seconds: f64,
}

/// One request's part of a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portion {
    pub key: Key,
    pub tokens: u32,
    /// Tokens whose cache is there when it begins.
    pub before: u32,
    /// Output tokens that it is expected to give.
    pub outputs: u32,
    /// Whether it is one more token of an answer.
    pub is_decode: bool,
    /// Preemptions of the request before; a later one voids what is computed here.
    pub preemptions: u32,
}

impl Engine {
    /// A process that answers from `ready` on.
    pub fn new(
        conditions: Conditions,
        recorder: Recorder,
        (schedules_ahead, noise): (bool, Noise),
        seed: u64,
        ready: f64,
    ) -> Self {
        let pool = BlockPool::new(conditions.engine.kv_blocks, conditions.engine.prefix_caching);
        Self {
            conditions,
            pool,
            requests: Slots::default(),
            waiting: VecDeque::new(),
            arrived: Vec::new(),
            running: Vec::new(),
            fetching: Vec::new(),
            compiling: Vec::new(),
            executing: None,
            ahead: None,
            schedules_ahead,
            recorder,
            state: EngineState::default(),
            chance: Random::new(seed),
            pace: Pace::new(noise, seed),
            front_end_free: ready,
            link_free: ready,
            ready,
            adapters: Vec::new(),
        }
    }

    /// Requests inside, those in the front end included.
    pub fn load(&self) -> usize {
        self.requests.len()
    }

    /// Takes a request at its arrival: its key, and when the scheduler will see it.
    pub(crate) fn receive(&mut self, asked: &Asked, id: u64, now: f64) -> (Key, f64) {
        let front = &self.conditions.engine.front_end;
        let mut work =
            front.per_request_seconds + front.per_prompt_token_seconds * f64::from(asked.prompt);
        let mut wait = front.per_request_wait_seconds;
        if front.variation > 0.0 {
            let variance = libm::log(1.0 + front.variation * front.variation);
            let (median, sigma) = (libm::exp(-variance / 2.0), libm::sqrt(variance));
            work *= self.chance.lognormal(median, sigma);
            if wait > 0.0 {
                wait *= self.chance.lognormal(median, sigma);
            }
        }
        let stamped = self.front_end_free.max(now);
        let queued = self.front_end_work(work, now) + wait;
        let block_size = self.conditions.engine.block_size;
        let request = Request::new(asked, id, now, (stamped, queued), block_size);
        (self.requests.insert(request), queued)
    }

    /// A received request reaches the engine's process. The scheduler takes it between two steps,
    /// and only then is it stamped as queued.
    pub(crate) fn enqueue(&mut self, key: Key, now: f64) {
        self.arrived.push(key);
        if self.executing.is_none() {
            self.take_arrived(now);
        }
    }

    pub(crate) fn take_arrived(&mut self, now: f64) {
        for key in std::mem::take(&mut self.arrived) {
            let Some(request) = self.requests.get_mut(key) else { continue };
            request.queued = now;
            self.waiting.push_back(key);
            let grammar = self.conditions.engine.grammar.as_ref();
            let share = grammar.map_or(0.0, |grammar| grammar.share);
            if let Some(grammar) =
                grammar.filter(|_| by_chance(request.asked.own_seed >> 40, share))
            {
                request.compiled = now + grammar.seconds;
                self.compiling.push((key, request.compiled));
            }
        }
    }

    /// Whether the API server would refuse a request now.
    pub(crate) fn refuses(&self) -> bool {
        self.conditions
            .engine
            .max_queued_requests
            .is_some_and(|limit| self.waiting.len() + self.arrived.len() >= limit)
    }

    /// The event loop does some work as soon as it is free: when it is done.
    pub(crate) fn front_end_work(&mut self, seconds: f64, now: f64) -> f64 {
        let seconds = seconds / self.conditions.engine.front_end.servers.max(1) as f64;
        self.recorder.cpu_seconds += seconds;
        self.front_end_free = self.front_end_free.max(now) + seconds;
        self.front_end_free
    }

    /// How far the event loop is behind, seconds.
    pub(crate) fn front_end_lag(&self, now: f64) -> f64 {
        (self.front_end_free - now).max(0.0)
    }

    /// Removes a request whose caller left. Nothing of it is recorded, as vLLM's Python front end
    /// does.
    pub(crate) fn abort(&mut self, key: Key) -> Option<Request> {
        if !self.running.contains(&key) {
            self.waiting.retain(|other| *other != key);
            self.fetching.retain(|other| *other != key);
        }
        self.remove(key)
    }

    /// Removes a request that waits nowhere: its blocks are free again.
    pub(crate) fn remove(&mut self, key: Key) -> Option<Request> {
        let request = self.requests.remove(key)?;
        if let Some(position) = self.running.iter().position(|other| *other == key) {
            self.running.remove(position);
        }
        self.pool.release(&request.blocks);
        Some(request)
    }

    /// Takes new conditions; requests inside keep what they have.
    pub(crate) fn adapt(&mut self, conditions: Conditions) {
        if conditions.engine.kv_blocks != self.conditions.engine.kv_blocks {
            self.pool.resize(conditions.engine.kv_blocks);
        }
        self.conditions = conditions;
    }

    /// Share of the cache that live requests hold, 0–1.
    pub fn kv_usage(&self) -> f64 {
        self.pool.usage()
    }
}
