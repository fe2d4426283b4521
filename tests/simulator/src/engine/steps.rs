//! A step: how long it takes, and what comes out of it.

use crate::configuration::Release;
use crate::configuration::hardware::StepWork;
use crate::engine::request::Key;
use crate::engine::{Batch, Done, Engine, Outputs, Portion};
use crate::record::outcome::Ending;

/// From here on an iteration books the prompt tokens that it computed; before, cached and fetched
/// ones too.
const COMPUTED_TOKENS_ONLY: Release = Release::new(23, 0);

/// A step that began.
#[derive(Debug, Default)]
pub(crate) struct Begun {
    /// When it ends; none: nothing to compute.
    pub ends: Option<f64>,
    /// When fetches that were started end.
    pub fetches: Vec<(Key, f64)>,
    /// Requests that the engine gave up.
    pub given_up: Vec<Done>,
}

impl Engine {
    /// Begins a step, if there is anything to compute and none is under way. An engine that
    /// schedules ahead decides the one after it at once, with what is known now: who comes later
    /// waits for one more step, who ends by a stop token computes one more in vain.
    pub(crate) fn begin_step(&mut self, now: f64) -> Begun {
        let mut begun = Begun::default();
        if self.executing.is_some() || now < self.ready || self.conditions.is_asleep {
            return begun;
        }
        let batch = self.ahead.take().or_else(|| self.next_batch(now, &mut begun));
        let Some(batch) = batch else { return begun };
        let seconds = self.step_seconds(&batch, now) + batch.extra_seconds;
        let stalled = self.pace.stalled(now, now + seconds);
        begun.ends = Some(now + seconds + stalled);
        self.executing = Some(batch);
        if self.schedules_ahead {
            self.ahead = self.next_batch(now, &mut begun);
        }
        begun
    }

    fn next_batch(&mut self, now: f64, begun: &mut Begun) -> Option<Batch> {
        self.take_arrived(now);
        begun.fetches.append(&mut self.compiling);
        let plan = self.schedule(now);
        begun.fetches.extend(plan.fetches);
        begun.given_up.extend(plan.impossible.and_then(|key| self.give_up(key)));
        (!plan.batch.portions.is_empty()).then_some(plan.batch)
    }

    fn give_up(&mut self, key: Key) -> Option<Done> {
        Some(Done { request: self.abort(key)?, ending: Ending::Error })
    }

    fn step_seconds(&mut self, batch: &Batch, now: f64) -> f64 {
        let work = work(batch);
        let conditions = &self.conditions;
        let (decode, prefill) = conditions.engine.hardware.law.parts(&work);
        let drafts = conditions
            .engine
            .speculation
            .as_ref()
            .map_or(0.0, |speculation| speculation.draft_seconds);
        let start_up = &conditions.engine.start_up;
        let warm = if start_up.warm_up_seconds > 0.0 {
            (now - self.ready) / start_up.warm_up_seconds
        } else {
            1.0
        };
        let warming = 1.0 + (start_up.warm_up_factor - 1.0) * (1.0 - warm.clamp(0.0, 1.0));
        let jitter =
            self.chance.lognormal(1.0, conditions.engine.hardware.jitter) * self.pace.factor(now);
        let seconds =
            (decode * conditions.decode_factor + prefill * conditions.prefill_factor + drafts)
                * warming
                * jitter;
        let host = conditions.host_seconds;
        self.recorder.device_worked(seconds, prefill / (decode + prefill));
        seconds + host
    }

    /// Ends the step under way: what it gave.
    pub(crate) fn end_step(&mut self, now: f64) -> Outputs {
        let batch = self.executing.take().unwrap_or_default();
        let mut outputs = Outputs::default();
        let (mut first, mut last) = (Vec::new(), Vec::new());
        let (mut count, mut iteration_tokens) = (0_u32, 0_u32);
        for portion in &batch.portions {
            let Some(emitted) = self.advance(portion, now, &mut outputs) else { continue };
            count += 1;
            iteration_tokens += emitted.tokens + emitted.prompt;
            if emitted.first {
                first.push(portion.key);
            }
            if emitted.last {
                last.push(portion.key);
            }
        }
        outputs.iteration_tokens = (count > 0).then_some(f64::from(iteration_tokens));
        outputs.handled = self.handling_ends(count, now);
        for key in first {
            self.note_first_token(key, &mut outputs);
        }
        outputs.done = last.into_iter().filter_map(|key| self.finish(key)).collect();
        self.update_gauges();
        outputs.state = self.state;
        outputs
    }

    /// Books the tokens of one request: what it put out, if anything.
    fn advance(&mut self, portion: &Portion, now: f64, outputs: &mut Outputs) -> Option<Emitted> {
        let Portion { key, tokens, .. } = *portion;
        let request = self.requests.get_mut(key)?;
        request.expected -= portion.outputs;
        let is_void = portion.preemptions != request.preemptions;
        if !is_void {
            request.in_flight -= tokens;
        }
        if portion.is_decode {
            let accepted = if tokens > 1 { self.accepted(tokens - 1) } else { 0 };
            return self.emit(key, 1 + accepted, is_void, now, outputs);
        }
        if !is_void {
            request.computed += tokens;
        }
        if portion.outputs > 0 {
            self.emit(key, 1, is_void, now, outputs)
        } else {
            self.remember_blocks(key);
            None
        }
    }

    /// Draft tokens that the model agrees with.
    fn accepted(&mut self, drafts: u32) -> u32 {
        let acceptance = self
            .conditions
            .engine
            .speculation
            .as_ref()
            .map_or(0.0, |speculation| speculation.acceptance);
        let mut accepted = 0;
        while accepted < drafts && self.chance.chance(acceptance) {
            accepted += 1;
        }
        self.recorder.drafted(drafts as usize, accepted as usize);
        accepted
    }

    /// Puts out tokens: the cache then holds all tokens but the newest, unless it was given up
    /// meanwhile.
    fn emit(
        &mut self,
        key: Key,
        tokens: u32,
        is_void: bool,
        now: f64,
        outputs: &mut Outputs,
    ) -> Option<Emitted> {
        let request = self.requests.get_mut(key)?;
        let first = request.generated == 0;
        let tokens = tokens.min(request.end() - request.generated);
        request.generated += tokens;
        if !is_void {
            request.computed = request.tokens() - 1;
        }
        let there = if self.recorder.release < COMPUTED_TOKENS_ONLY {
            0
        } else {
            request.cached + request.fetched
        };
        let prompt = if first { request.asked.prompt - there } else { 0 };
        if first {
            request.first_token = Some(now);
        } else {
            outputs.gap(now - request.last_token);
        }
        request.last_token = now;
        let last = request.generated >= request.end();
        outputs.tokens += f64::from(tokens);
        self.remember_blocks(key);
        Some(Emitted { tokens, prompt, first, last })
    }

    /// Takes a request out that is complete, thrown out meanwhile or not.
    fn finish(&mut self, key: Key) -> Option<Done> {
        let request = self.abort(key)?;
        let ending = if request.asked.fails {
            Ending::Error
        } else if request.asked.ends_by_length {
            Ending::Length
        } else {
            Ending::Stop
        };
        Some(Done { request, ending })
    }

    /// Makes the content of full blocks known to the cache.
    fn remember_blocks(&mut self, key: Key) {
        if !self.conditions.engine.prefix_caching {
            return;
        }
        let block_size = self.conditions.engine.block_size;
        let Some(request) = self.requests.get_mut(key) else { return };
        let full = (request.computed as usize / block_size).min(request.blocks.len());
        while request.hashed < full {
            request.chain = request.block_hash(request.hashed, request.chain);
            self.pool.remember(request.blocks[request.hashed], request.chain);
            request.hashed += 1;
        }
    }

    /// The gauges are written by steps alone; between steps they keep what the last one left.
    pub(crate) fn update_gauges(&mut self) {
        let flags = &self.conditions.engine;
        let passed_over = if flags.lora.is_some() || flags.grammar.is_some() {
            let waiting = self.waiting.iter().filter_map(|key| self.requests.get(*key));
            waiting.filter(|request| request.deferred).count()
        } else {
            0
        };
        let deferred = passed_over + self.fetching.len();
        let waiting = self.waiting.len() + self.fetching.len();
        self.state.running = self.running.len() as f64;
        self.state.waiting_deferred = deferred as f64;
        self.state.waiting_capacity = (waiting - deferred) as f64;
        self.state.fetching = self.fetching.len() as f64;
        self.state.kv_usage = self.pool.usage();
    }
}

/// The work of a step. A request that ended while it was scheduled ahead is computed all the same.
fn work(batch: &Batch) -> StepWork {
    let mut work = StepWork::default();
    for portion in &batch.portions {
        let (tokens, before) = (f64::from(portion.tokens), f64::from(portion.before));
        if portion.is_decode {
            work.sequences += tokens;
            work.context_tokens += before;
        } else {
            work.prefill_tokens += tokens;
            work.prefill_squares += tokens * (tokens + 2.0 * before);
        }
    }
    work
}

#[derive(Debug, Clone, Copy)]
struct Emitted {
    tokens: u32,
    /// Prompt tokens that the iteration books.
    prompt: u32,
    first: bool,
    last: bool,
}
