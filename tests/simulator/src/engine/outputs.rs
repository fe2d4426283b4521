//! What a step hands to the API server, and how that books it: one event loop tokenises arrivals,
//! handles outputs, writes every metric and serves `/metrics`.

use crate::engine::Engine;
use crate::engine::request::{Key, Request};
use crate::record::outcome::Ending;
use crate::record::{EngineState, Finish};

/// Share of an output's time that is left when the loop is behind: outputs of one request are
/// merged into one piece of its stream, and detokenised one by one all the same. Assumed: writing
/// to a socket takes about as long as detokenising.
pub(crate) const MERGED_SHARE: f64 = 0.5;

/// The loop counts as behind from here, seconds: several steps' outputs wait.
const BEHIND_SECONDS: f64 = 0.05;

/// A request that left the engine.
#[derive(Debug)]
pub(crate) struct Done {
    pub request: Request,
    pub ending: Ending,
}

/// What one step gave.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    /// When the API server is done with it.
    pub handled: f64,
    /// Output tokens.
    pub tokens: f64,
    /// Tokens of the step as vLLM counts them; none: it gave no output.
    pub iteration_tokens: Option<f64>,
    /// Times since the output before, seconds, and how often each.
    pub gaps: Vec<(f64, f64)>,
    /// Requests that got their first token: time to it, prompt tokens, of them cached and fetched.
    pub first_tokens: Vec<[f64; 4]>,
    /// Requests that are finished.
    pub done: Vec<Done>,
    /// What the engine counts.
    pub state: EngineState,
}

impl Outputs {
    /// Adds a time since the output before. Equal ones of one step are kept together.
    pub(crate) fn gap(&mut self, seconds: f64) {
        match self.gaps.last_mut() {
            Some((last, times)) if last.to_bits() == seconds.to_bits() => *times += 1.0,
            _ => self.gaps.push((seconds, 1.0)),
        }
    }
}

impl Engine {
    /// When the API server will be done with that many outputs.
    pub(crate) fn handling_ends(&mut self, outputs: u32, now: f64) -> f64 {
        let is_behind = self.front_end_lag(now) > BEHIND_SECONDS;
        let share = if is_behind { MERGED_SHARE } else { 1.0 };
        let front_end = &self.conditions.engine.front_end;
        let each = front_end.per_output_seconds * share;
        let step = if outputs > 0 { front_end.per_step_seconds * share } else { 0.0 };
        self.front_end_work(step + each * f64::from(outputs), now)
    }

    /// A first token: what will be booked when it is handled.
    pub(crate) fn note_first_token(&mut self, key: Key, outputs: &mut Outputs) {
        let Some(request) = self.requests.get_mut(key) else { return };
        request.first_delivered = outputs.handled;
        outputs.first_tokens.push([
            outputs.handled - request.stamped,
            f64::from(request.asked.prompt),
            f64::from(request.cached),
            f64::from(request.fetched),
        ]);
    }

    /// The event loop has come to the outputs of a step: everything is booked now.
    pub(crate) fn book(&mut self, outputs: &Outputs) {
        let recorder = &mut self.recorder;
        recorder.generation_tokens += outputs.tokens;
        if let Some(tokens) = outputs.iteration_tokens {
            recorder.iteration(tokens);
        }
        for (seconds, times) in &outputs.gaps {
            recorder.gap(*seconds, *times);
        }
        for [ttft, prompt, cached, fetched] in &outputs.first_tokens {
            recorder.first_token(*ttft, *prompt, *cached, *fetched);
        }
        recorder.state = outputs.state;
        for done in &outputs.done {
            self.record_finish(done, outputs.handled);
        }
    }

    fn record_finish(&mut self, done: &Done, handled: f64) {
        let request = &done.request;
        let (Some(scheduled), Some(first)) = (request.scheduled, request.first_token) else {
            return;
        };
        self.recorder.finished(&Finish {
            e2e: handled - request.stamped,
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
