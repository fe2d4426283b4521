//! The flags of one engine, and the parts beside its scheduler.

use serde::{Deserialize, Serialize};

use crate::configuration::hardware::Hardware;

/// One engine: what `vllm serve` would be told, and the device it runs on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineConfiguration {
    /// Model and device with their step-time law.
    pub hardware: Hardware,
    /// `--max-num-seqs`: sequences in the running batch, at least 1.
    pub max_num_seqs: usize,
    /// `--max-num-batched-tokens`: tokens of one step, at least 1.
    pub max_num_batched_tokens: usize,
    /// `--max-model-len`: prompt and output together, tokens.
    pub max_model_len: usize,
    /// Tokens of a block.
    pub block_size: usize,
    /// Blocks of the key-value cache; one is reserved, as vLLM does.
    pub kv_blocks: usize,
    /// Share of the blocks that must stay free after an admission, 0–1. Running requests may use
    /// them.
    pub admission_watermark: f64,
    /// A request is admitted only if its whole prompt fits, not only its first chunk.
    pub reserve_full_prompt: bool,
    /// Reuse of blocks with equal content.
    pub prefix_caching: bool,
    /// `--async-scheduling`: a step is scheduled while the one before it runs. The default from
    /// 0.14 on; see [`crate::configuration::Scenario::schedules_ahead`].
    #[serde(default = "yes")]
    pub async_scheduling: bool,
    /// Waiting requests from which the API server refuses more with status 503; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_queued_requests: Option<usize>,
    /// The API server in front of the scheduler.
    pub front_end: FrontEnd,
    /// Speculative decoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speculation: Option<Speculation>,
    /// LoRA adapters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lora: Option<Lora>,
    /// Prompts are computed elsewhere and their cache is fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_kv: Option<RemoteKv>,
    /// Work before prefill that is no prompt token: images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<Encoder>,
    /// Structured outputs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grammar: Option<Grammar>,
    /// What a start takes.
    pub start_up: StartUp,
}

fn yes() -> bool {
    true
}

/// The API server: one event loop that tokenises arrivals, handles outputs, books all metrics and
/// serves `/metrics`. Readers of streams never hold it back: what they have not taken is merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontEnd {
    /// CPU time of an arrival, seconds.
    pub per_request_seconds: f64,
    /// CPU time of a prompt token, seconds.
    pub per_prompt_token_seconds: f64,
    /// What an arrival waits beside that while the loop does other work: threads that tokenise, a
    /// process that does not get its turn; seconds. Those of several arrivals pass together.
    #[serde(default)]
    pub per_request_wait_seconds: f64,
    /// CPU time of the outputs of a step together (a message from the engine's process, a turn of
    /// the loop), seconds.
    #[serde(default)]
    pub per_step_seconds: f64,
    /// CPU time of writing a page of metrics, seconds.
    #[serde(default)]
    pub per_scrape_seconds: f64,
    /// CPU time of an output of one sequence (detokenisation, stream write), seconds.
    pub per_output_seconds: f64,
    /// Standard deviation over mean of an arrival's CPU time and of its wait (lognormal); 0: always
    /// the same.
    #[serde(default)]
    pub variation: f64,
    /// Event loops that share the work; the model divides the CPU times by it.
    pub servers: usize,
}

/// Speculative decoding with a draft of fixed length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speculation {
    /// Tokens of a draft.
    pub draft_tokens: usize,
    /// Probability that a draft token is accepted, given that those before it were; 0–1.
    pub acceptance: f64,
    /// Time a step gives to drafting, seconds.
    pub draft_seconds: f64,
}

/// LoRA adapters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lora {
    /// `--max-loras`: adapters in one batch.
    pub max_loras: usize,
    /// `--max-cpu-loras`: adapters kept in host memory.
    pub max_cpu_loras: usize,
    /// Time that a step stands still while an adapter is read that is not in host memory, seconds.
    pub load_seconds: f64,
}

/// A link over which the cache of a prompt is fetched, one prompt after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteKv {
    /// Time before the first byte, seconds; overlaps between requests.
    pub latency_seconds: f64,
    /// Tokens of cache a second over the whole link.
    pub tokens_per_second: f64,
    /// Share of the requests whose prompt's cache lies elsewhere, 0–1: all of them behind prefill
    /// engines, some with a store of earlier turns.
    #[serde(default = "all")]
    pub share: f64,
}

fn all() -> f64 {
    1.0
}

/// Work before prefill that is no prompt token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoder {
    /// Share of requests with such work, 0–1.
    pub share: f64,
    /// Device time of one such request, added to the step that begins its prefill, seconds.
    pub seconds: f64,
}

/// Structured outputs whose grammar is compiled beside the engine before their request may begin;
/// meanwhile the scheduler passes over them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grammar {
    /// Share of the requests with a grammar, 0–1.
    pub share: f64,
    /// Time to compile one, seconds.
    pub seconds: f64,
}

/// What a start takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartUp {
    /// From the start of the process to the first answer, seconds.
    pub load_seconds: f64,
    /// How long steps stay slow after that (kernels compiled on first use), seconds.
    pub warm_up_seconds: f64,
    /// Factor on the time of a step at the begin of the warm-up; falls linearly to 1.
    pub warm_up_factor: f64,
}

impl EngineConfiguration {
    /// An engine with vLLM's defaults for the hardware (0.33: 1024 sequences and 8192 tokens on
    /// H100-class devices, 256 and 2048 on others).
    pub fn new(hardware: Hardware) -> Self {
        let large = hardware.device.contains("H100");
        Self {
            max_num_seqs: if large { 1024 } else { 256 },
            max_num_batched_tokens: if large { 8192 } else { 2048 },
            max_model_len: 16_384,
            block_size: 16,
            kv_blocks: hardware.kv_tokens / 16,
            admission_watermark: 0.0,
            reserve_full_prompt: true,
            prefix_caching: true,
            async_scheduling: true,
            max_queued_requests: None,
            front_end: FrontEnd {
                per_request_seconds: 0.0016,
                per_prompt_token_seconds: 3.5e-6,
                per_request_wait_seconds: 0.0,
                per_step_seconds: 0.0,
                per_scrape_seconds: 0.01,
                per_output_seconds: 2.0e-5,
                variation: 0.0,
                servers: 1,
            },
            speculation: None,
            lora: None,
            remote_kv: None,
            encoder: None,
            grammar: None,
            start_up: StartUp { load_seconds: 60.0, warm_up_seconds: 30.0, warm_up_factor: 3.0 },
            hardware,
        }
    }

    /// Tokens of the key-value cache that requests can hold; the reserved block is not among them.
    pub fn kv_tokens(&self) -> usize {
        self.kv_blocks.saturating_sub(1) * self.block_size
    }
}
