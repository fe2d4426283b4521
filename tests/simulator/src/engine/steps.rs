//! A step: how long it takes, and what comes out of it.

use crate::configuration::hardware::StepWork;
use crate::engine::Engine;
use crate::engine::request::{Key, Request};
use crate::record::Finish;
use crate::record::outcome::Ending;

/// A step that began.
#[derive(Debug)]
pub(crate) struct Begun {
    /// When it ends; none: nothing to compute.
    pub ends: Option<f64>,
    /// When fetches that were started end.
    pub fetches: Vec<(Key, f64)>,
    /// A request that the engine gave up.
    pub given_up: Option<Done>,
}

/// A request that left the engine.
#[derive(Debug)]
pub(crate) struct Done {
    pub request: Request,
    /// When its caller has the last output.
    pub delivered: f64,
    pub ending: Ending,
}

impl Engine {
    /// Begins a step, if there is anything to compute and none is under way.
    pub(crate) fn begin_step(&mut self, now: f64) -> Begun {
        if self.stepping || now < self.ready {
            return Begun { ends: None, fetches: Vec::new(), given_up: None };
        }
        self.take_arrived(now);
        let plan = self.schedule(now);
        let given_up = plan.impossible.and_then(|key| self.give_up(key, now));
        if self.scheduled.is_empty() {
            return Begun { ends: None, fetches: plan.fetches, given_up };
        }
        let seconds = self.step_seconds(now) + plan.extra_seconds;
        self.stepping = true;
        self.step_began = now;
        Begun { ends: Some(now + seconds), fetches: plan.fetches, given_up }
    }

    fn give_up(&mut self, key: Key, now: f64) -> Option<Done> {
        let request = self.abort(key)?;
        Some(Done { request, delivered: now, ending: Ending::Error })
    }

    fn step_seconds(&mut self, now: f64) -> f64 {
        let work = self.work();
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
        let jitter = self.chance.lognormal(1.0, conditions.engine.hardware.jitter);
        let seconds =
            (decode * conditions.decode_factor + prefill * conditions.prefill_factor + drafts)
                * warming
                * jitter;
        let host = conditions.host_seconds;
        self.recorder.device_worked(seconds, prefill / (decode + prefill));
        seconds + host
    }

    fn work(&self) -> StepWork {
        let mut work = StepWork::default();
        for portion in &self.scheduled {
            let Some(request) = self.requests.get(portion.key) else { continue };
            let (tokens, before) = (f64::from(portion.tokens), f64::from(request.computed));
            if request.generated > 0 && request.computed + 1 == request.tokens() {
                work.sequences += tokens;
                work.context_tokens += before;
            } else {
                work.prefill_tokens += tokens;
                work.prefill_squares += tokens * (tokens + 2.0 * before);
            }
        }
        work
    }

    /// Ends the step under way: requests that are finished.
    pub(crate) fn end_step(&mut self, now: f64) -> Vec<Done> {
        self.stepping = false;
        let scheduled = std::mem::take(&mut self.scheduled);
        let mut first = Vec::new();
        let mut last = Vec::new();
        let mut outputs = 0_u32;
        let mut iteration_tokens = 0_u32;
        for portion in &scheduled {
            let Some(emitted) = self.advance(portion.key, portion.tokens, now) else { continue };
            outputs += 1;
            iteration_tokens += emitted.tokens + emitted.prompt;
            if emitted.first {
                first.push(portion.key);
            }
            if emitted.last {
                last.push(portion.key);
            }
        }
        self.recorder.flush_gaps();
        self.scheduled = scheduled;
        let handled = if outputs > 0 {
            self.recorder.iteration(f64::from(iteration_tokens));
            let work = self.conditions.engine.front_end.per_output_seconds * f64::from(outputs);
            self.front_end_work(work, now)
        } else {
            now
        };
        for key in first {
            self.first_token(key, handled);
        }
        let done = last.into_iter().filter_map(|key| self.finish(key, handled)).collect();
        self.update_gauges();
        done
    }

    /// Books the tokens of one request: what it put out, if anything.
    fn advance(&mut self, key: Key, tokens: u32, now: f64) -> Option<Emitted> {
        let request = self.requests.get_mut(key)?;
        let decoding = request.generated > 0 && request.computed + 1 == request.tokens();
        if decoding && tokens > 1 {
            let accepted = self.accepted(tokens - 1);
            let emitted = self.emit(key, 1 + accepted, now);
            self.remember_blocks(key);
            return emitted;
        }
        request.computed += tokens;
        let complete = request.computed >= request.tokens();
        self.remember_blocks(key);
        if complete { self.emit(key, 1, now) } else { None }
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

    /// Puts out tokens: the cache then holds all tokens but the newest.
    fn emit(&mut self, key: Key, tokens: u32, now: f64) -> Option<Emitted> {
        let request = self.requests.get_mut(key)?;
        let first = request.generated == 0;
        let end = if request.asked.fails {
            (request.asked.output / 2).max(1)
        } else {
            request.asked.output
        };
        let tokens = tokens.min(end - request.generated);
        request.generated += tokens;
        request.computed = request.tokens() - 1;
        let prompt =
            if first { request.asked.prompt - request.cached - request.fetched } else { 0 };
        if first {
            request.first_token = Some(now);
        } else {
            self.recorder.gap(now - request.last_token);
        }
        request.last_token = now;
        let last = request.generated >= end;
        self.recorder.generation_tokens += f64::from(tokens);
        Some(Emitted { tokens, prompt, first, last })
    }

    fn first_token(&mut self, key: Key, handled: f64) {
        let Some(request) = self.requests.get_mut(key) else { return };
        request.first_delivered = handled;
        self.recorder.first_token(
            handled - request.arrival,
            f64::from(request.asked.prompt),
            f64::from(request.cached),
            f64::from(request.fetched),
        );
    }

    fn finish(&mut self, key: Key, handled: f64) -> Option<Done> {
        let request = self.remove(key)?;
        let streamed =
            self.conditions.engine.front_end.stream_tokens_per_second.map_or(handled, |rate| {
                handled.max(
                    request.first_delivered + f64::from(request.generated.saturating_sub(1)) / rate,
                )
            });
        let ending = if request.asked.fails {
            Ending::Error
        } else if request.asked.ends_by_length {
            Ending::Length
        } else {
            Ending::Stop
        };
        Some(Done { request, delivered: streamed, ending })
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
        let passed_over = if self.conditions.engine.lora.is_some() {
            let waiting = self.waiting.iter().filter_map(|key| self.requests.get(*key));
            waiting.filter(|request| request.deferred).count()
        } else {
            0
        };
        let deferred = passed_over + self.fetching.len();
        let waiting = self.waiting.len() + self.fetching.len();
        self.recorder.running = self.running.len() as f64;
        self.recorder.waiting_deferred = deferred as f64;
        self.recorder.waiting_capacity = (waiting - deferred) as f64;
        self.recorder.fetching = self.fetching.len() as f64;
        self.recorder.kv_usage = self.pool.usage();
    }

    /// Books a finished request.
    pub(crate) fn record_finish(&mut self, done: &Done) {
        let request = &done.request;
        let (Some(scheduled), Some(first)) = (request.scheduled, request.first_token) else {
            return;
        };
        self.recorder.finished(&Finish {
            e2e: done.delivered - request.arrival,
            queue: scheduled - request.queued,
            prefill: first - scheduled,
            decode: request.last_token - first,
            prompt: f64::from(request.asked.prompt),
            computed: f64::from(request.asked.prompt - request.cached - request.fetched),
            output: f64::from(request.generated),
            limit: f64::from(request.asked.output),
            preemptions: f64::from(request.preemptions),
            ending: done.ending,
        });
    }
}

#[derive(Debug, Clone, Copy)]
struct Emitted {
    tokens: u32,
    /// Prompt tokens that the iteration books.
    prompt: u32,
    first: bool,
    last: bool,
}
