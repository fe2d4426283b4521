//! What an engine books, when vLLM books it, and how a scrape reads it.

mod catalogue;
pub mod columns;
pub mod histogram;
mod neighbours;
pub mod outcome;

pub use columns::{Kind, Series, Target};
pub(crate) use neighbours::{DeviceReading, QueueReading};

use crate::configuration::{Dialect, EngineConfiguration, Release};
use crate::given::StatusClass;
use crate::record::histogram::{Histogram, bounds};
use crate::record::outcome::Ending;

/// The books of one engine process. A restart begins new ones.
#[derive(Debug, Clone)]
pub struct Recorder {
    pub(crate) release: Release,
    pub(crate) dialect: Dialect,
    pub(crate) model_name: String,
    pub(crate) ttft: Histogram,
    pub(crate) itl: Histogram,
    pub(crate) tpot: Histogram,
    pub(crate) e2e: Histogram,
    pub(crate) queue: Histogram,
    pub(crate) prefill: Histogram,
    pub(crate) decode: Histogram,
    pub(crate) inference: Histogram,
    pub(crate) prompt_length: Histogram,
    pub(crate) output_length: Histogram,
    pub(crate) output_limit: Histogram,
    pub(crate) computed_length: Histogram,
    pub(crate) request_preemptions: Histogram,
    pub(crate) iteration_tokens: Histogram,
    pub(crate) transfer: Histogram,
    /// What the engine's process counted by the last outputs that were handled.
    pub(crate) state: EngineState,
    pub(crate) prompt_tokens: f64,
    pub(crate) cached_tokens: f64,
    pub(crate) fetched_tokens: f64,
    pub(crate) generation_tokens: f64,
    pub(crate) endings: [f64; 5],
    pub(crate) rejections: f64,
    pub(crate) drafts: f64,
    pub(crate) draft_tokens: f64,
    pub(crate) accepted_tokens: f64,
    pub(crate) accepted_per_position: Vec<f64>,
    pub(crate) http: [f64; 3],
    pub(crate) cpu_seconds: f64,
    /// Unix seconds at which the process started.
    pub(crate) process_start: f64,
    /// Device seconds since the begin, and the part of them that was prefill.
    pub(crate) device_seconds: f64,
    pub(crate) device_prefill_seconds: f64,
}

/// What the engine's process counts and hands over with the outputs of a step.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct EngineState {
    pub running: f64,
    pub waiting_capacity: f64,
    pub waiting_deferred: f64,
    pub fetching: f64,
    pub kv_usage: f64,
    pub preemptions: f64,
    pub cache_queries: f64,
    pub cache_hits: f64,
    pub external_queries: f64,
    pub external_hits: f64,
    pub encoded_items: f64,
}

/// What is booked when a request is finished, seconds and tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finish {
    pub e2e: f64,
    pub queue: f64,
    pub prefill: f64,
    pub decode: f64,
    pub prompt: f64,
    pub computed: f64,
    pub output: f64,
    pub limit: f64,
    pub preemptions: f64,
    pub ending: Ending,
}

impl Recorder {
    /// Empty books of a process that started at that Unix time.
    pub fn new(
        release: Release,
        dialect: Dialect,
        model_name: &str,
        engine: &EngineConfiguration,
        process_start: f64,
    ) -> Self {
        let phase = || Histogram::new(bounds::REQUEST_LATENCY);
        let output = || Histogram::new(bounds::INTER_TOKEN_LATENCY);
        let tokens = || Histogram::owned(bounds::request_tokens(engine.max_model_len));
        let drafts = engine.speculation.as_ref().map_or(0, |speculation| speculation.draft_tokens);
        Self {
            release,
            dialect,
            model_name: model_name.to_owned(),
            ttft: Histogram::new(bounds::TIME_TO_FIRST_TOKEN),
            itl: output(),
            tpot: output(),
            e2e: phase(),
            queue: phase(),
            prefill: phase(),
            decode: phase(),
            inference: phase(),
            prompt_length: tokens(),
            output_length: tokens(),
            output_limit: tokens(),
            computed_length: tokens(),
            request_preemptions: Histogram::new(bounds::PREEMPTIONS),
            iteration_tokens: Histogram::new(bounds::ITERATION_TOKENS),
            transfer: Histogram::new(bounds::TRANSFER),
            state: EngineState::default(),
            prompt_tokens: 0.0,
            cached_tokens: 0.0,
            fetched_tokens: 0.0,
            generation_tokens: 0.0,
            endings: [0.0; 5],
            rejections: 0.0,
            drafts: 0.0,
            draft_tokens: 0.0,
            accepted_tokens: 0.0,
            accepted_per_position: vec![0.0; drafts],
            http: [0.0; 3],
            cpu_seconds: 0.0,
            process_start,
            device_seconds: 0.0,
            device_prefill_seconds: 0.0,
        }
    }

    /// The cache of a prompt was asked for elsewhere.
    pub(crate) fn fetched(&mut self, seconds: f64, transfer_seconds: f64) {
        self.transfer.observe(seconds.max(transfer_seconds), 1.0);
    }

    /// A first token, at the moment its prompt is complete.
    pub(crate) fn first_token(&mut self, ttft: f64, prompt: f64, cached: f64, fetched: f64) {
        self.ttft.observe(ttft, 1.0);
        self.prompt_tokens += prompt;
        self.cached_tokens += cached;
        self.fetched_tokens += fetched;
    }

    /// The time since the output before, of that many outputs.
    pub(crate) fn gap(&mut self, seconds: f64, times: f64) {
        self.itl.observe(seconds, times);
    }

    /// A step with outputs.
    pub(crate) fn iteration(&mut self, tokens: f64) {
        self.iteration_tokens.observe(tokens, 1.0);
    }

    /// A draft was checked.
    pub(crate) fn drafted(&mut self, tokens: usize, accepted: usize) {
        self.drafts += 1.0;
        self.draft_tokens += tokens as f64;
        self.accepted_tokens += accepted as f64;
        for position in self.accepted_per_position.iter_mut().take(accepted) {
            *position += 1.0;
        }
    }

    /// The device was busy.
    pub(crate) fn device_worked(&mut self, seconds: f64, prefill_share: f64) {
        self.device_seconds += seconds;
        self.device_prefill_seconds += seconds * prefill_share;
    }

    /// A request is finished.
    pub(crate) fn finished(&mut self, finish: &Finish) {
        self.e2e.observe(finish.e2e, 1.0);
        self.queue.observe(finish.queue, 1.0);
        self.prefill.observe(finish.prefill, 1.0);
        self.decode.observe(finish.decode, 1.0);
        self.inference.observe(finish.prefill + finish.decode, 1.0);
        let tpot = if finish.output > 1.0 { finish.decode / (finish.output - 1.0) } else { 0.0 };
        self.tpot.observe(tpot, 1.0);
        self.prompt_length.observe(finish.prompt, 1.0);
        self.output_length.observe(finish.output, 1.0);
        self.output_limit.observe(finish.limit, 1.0);
        self.computed_length.observe(finish.computed, 1.0);
        self.request_preemptions.observe(finish.preemptions, 1.0);
        match finish.ending {
            Ending::Stop => self.endings[0] += 1.0,
            Ending::Length => self.endings[1] += 1.0,
            Ending::Error => self.endings[3] += 1.0,
            Ending::Aborted | Ending::Rejected | Ending::Lost | Ending::Unfinished => {}
        }
        self.http[if finish.ending == Ending::Error { 2 } else { 0 }] += 1.0;
    }

    /// A caller hung up: the status of its stream was sent when it began.
    pub(crate) fn hung_up(&mut self) {
        self.http[0] += 1.0;
    }

    /// A request was answered by the API server alone, with a status of that class.
    pub(crate) fn answered(&mut self, class: StatusClass) {
        self.http[class.place()] += 1.0;
    }

    /// A request was refused with status 503.
    pub(crate) fn rejected(&mut self) {
        self.rejections += 1.0;
        self.http[2] += 1.0;
    }
}
