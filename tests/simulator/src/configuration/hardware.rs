//! Step-time laws: how long one forward pass takes, with the source of every coefficient.

use serde::{Deserialize, Serialize};

/// A model on a device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hardware {
    /// Stable id, e.g. `llama-3.1-8b-2xh100`.
    pub id: String,
    /// Model name for people.
    pub model: String,
    /// Device name as DCGM spells it.
    pub device: String,
    /// Devices of one engine (tensor parallel size).
    pub devices: usize,
    /// Tokens of key-value cache that the device memory leaves.
    pub kv_tokens: usize,
    /// Memory of one device, MiB.
    pub memory_mib: f64,
    /// Clock of the multiprocessors under load, MHz.
    pub clock_mhz: f64,
    /// Power of one device under load, watts.
    pub power_watts: f64,
    /// Standard deviation of the logarithm of a step's time around its law: launches, clocks. No
    /// source gives it; 0.015 is assumed unless the pair says otherwise.
    pub jitter: f64,
    /// Time of one step.
    pub law: StepLaw,
}

/// Time of one step, seconds: `base + prefill·n + square·Σ((a+n)² − a²) + sequence·B + context·C`,
/// where `n` are the prompt tokens computed in it, `a` what a prompt had computed before, `B` the
/// sequences that decode and `C` their tokens in the cache; `mixed` more where a step has both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepLaw {
    /// Every step, seconds.
    pub base: f64,
    /// A prompt token, seconds.
    pub prefill: f64,
    /// Attention inside a prompt, seconds per squared token.
    pub square: f64,
    /// A decoding sequence, seconds.
    pub sequence: f64,
    /// A token in the cache of a decoding sequence, seconds.
    pub context: f64,
    /// A step that computes prompts beside decoding sequences, seconds: it leaves the graphs that
    /// were captured for decode alone, and its kernels wait for the longest sequence (vllm#56975).
    #[serde(default)]
    pub mixed: f64,
    /// Other decode coefficients from a batch size on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large_batch: Option<LargeBatch>,
}

/// Decode coefficients of large batches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LargeBatch {
    /// Sequences from which they hold.
    pub from: usize,
    /// As [`StepLaw::base`].
    pub base: f64,
    /// As [`StepLaw::sequence`].
    pub sequence: f64,
    /// As [`StepLaw::context`].
    pub context: f64,
}

/// What a mixed step takes more, as a share of the base. No source gives it for these pairs: decode
/// graphs save about as much in vLLM's own comparison of full and piecewise capture.
const MIXED: f64 = 0.15;

/// The work of one step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StepWork {
    /// Prompt tokens computed.
    pub prefill_tokens: f64,
    /// Σ((a+n)² − a²) over the prompts.
    pub prefill_squares: f64,
    /// Decoding sequences; a draft token counts as one more.
    pub sequences: f64,
    /// Tokens in the cache of decoding sequences.
    pub context_tokens: f64,
}

impl StepLaw {
    /// Decode part and prefill part of a step, seconds.
    pub fn parts(&self, work: &StepWork) -> (f64, f64) {
        let (base, sequence, context) = match self.large_batch {
            Some(large) if work.sequences >= large.from as f64 => {
                (large.base, large.sequence, large.context)
            }
            _ => (self.base, self.sequence, self.context),
        };
        let decode = base + sequence * work.sequences + context * work.context_tokens;
        let is_mixed = work.prefill_tokens > 0.0 && work.sequences > 0.0;
        let mixed = if is_mixed { self.mixed } else { 0.0 };
        (decode, mixed + self.prefill * work.prefill_tokens + self.square * work.prefill_squares)
    }
}

impl Hardware {
    /// OPT-13B on one A100 80 GB. Source: DistServe (arXiv 2401.09670), repository's
    /// `simdistserve`, profile OPT-13B, A100, TP 1, in milliseconds: prefill 0.1405 per token and
    /// 8.08e-6 per squared token; decode 23.48 + 0.0607·B + 5.93e-4·context below 95 sequences,
    /// 20.21 + 0.1200·B + 4.91e-4·context from there. Cache: 819,200 bytes a token (2·40
    /// layers·5120·2 bytes) in 80 GB·0.9 − 26 GB of weights.
    pub fn opt_13b_a100() -> Self {
        Self {
            id: "opt-13b-a100".into(),
            model: "OPT-13B".into(),
            device: "NVIDIA A100-SXM4-80GB".into(),
            devices: 1,
            kv_tokens: 56_000,
            memory_mib: 81_920.0,
            clock_mhz: 1410.0,
            power_watts: 330.0,
            jitter: 0.015,
            law: StepLaw {
                base: 23.48e-3,
                prefill: 0.1405e-3,
                square: 8.08e-9,
                sequence: 0.0607e-3,
                context: 5.93e-7,
                mixed: MIXED * 23.48e-3,
                large_batch: Some(LargeBatch {
                    from: 95,
                    base: 20.21e-3,
                    sequence: 0.12e-3,
                    context: 4.91e-7,
                }),
            },
        }
    }

    /// Llama-3.1-8B on two H100. Source: IBM's inference-sim (BLIS), linear model of Llama-3.1-8B,
    /// H100, TP 2, in microseconds: 6910.42 + 17.67 per uncached prompt token + 2.84 per decoding
    /// sequence. That model has no context term: here 131,072 bytes of cache a token over 2·3.35
    /// TB/s. Cache: 2·80 GB·0.9 less 16 GB of weights.
    pub fn llama_8b_two_h100() -> Self {
        Self {
            id: "llama-3.1-8b-2xh100".into(),
            model: "Llama-3.1-8B".into(),
            device: "NVIDIA H100 80GB HBM3".into(),
            devices: 2,
            kv_tokens: 950_000,
            memory_mib: 81_559.0,
            clock_mhz: 1980.0,
            power_watts: 520.0,
            jitter: 0.015,
            law: StepLaw {
                base: 6910.42e-6,
                prefill: 17.67e-6,
                square: 0.0,
                sequence: 2.84e-6,
                context: 1.96e-8,
                mixed: MIXED * 6910.42e-6,
                large_batch: None,
            },
        }
    }

    /// Llama-3.1-8B on one A100 80 GB, from the roofline: a step reads 16.06 GB of weights and
    /// 131,072 bytes a token of cache at 70 % of 2.039 TB/s, plus 1.5 ms of launches; a prompt
    /// token costs 2·8.03e9 operations at half of 312e12 a second, attention 4·32·4096 for each
    /// pair of tokens. A decoding sequence costs a third of a prompt token below 128 of them,
    /// because arithmetic hides behind memory, and the whole of it from there. Derived from
    /// data-sheet figures, not measured.
    pub fn llama_8b_a100() -> Self {
        Self {
            id: "llama-3.1-8b-a100".into(),
            model: "Llama-3.1-8B".into(),
            device: "NVIDIA A100-SXM4-80GB".into(),
            devices: 1,
            kv_tokens: 420_000,
            memory_mib: 81_920.0,
            clock_mhz: 1410.0,
            power_watts: 310.0,
            jitter: 0.015,
            law: StepLaw {
                base: 12.75e-3,
                prefill: 0.103e-3,
                square: 1.68e-9,
                sequence: 0.034e-3,
                context: 9.2e-8,
                mixed: MIXED * 12.75e-3,
                large_batch: Some(LargeBatch {
                    from: 128,
                    base: 3.92e-3,
                    sequence: 0.103e-3,
                    context: 9.2e-8,
                }),
            },
        }
    }

    /// Llama-3.1-8B on one H100, from the roofline as [`Self::llama_8b_a100`]: 70 % of 3.35 TB/s,
    /// 1.2 ms of launches, half of 989e12 operations a second, all of a sequence's arithmetic from
    /// 256 on. Derived from data-sheet figures, not measured.
    pub fn llama_8b_h100() -> Self {
        Self {
            id: "llama-3.1-8b-h100".into(),
            model: "Llama-3.1-8B".into(),
            device: "NVIDIA H100 80GB HBM3".into(),
            devices: 1,
            kv_tokens: 420_000,
            memory_mib: 81_559.0,
            clock_mhz: 1980.0,
            power_watts: 540.0,
            jitter: 0.015,
            law: StepLaw {
                base: 8.05e-3,
                prefill: 32.5e-6,
                square: 5.3e-10,
                sequence: 10.8e-6,
                context: 5.6e-8,
                mixed: MIXED * 8.05e-3,
                large_batch: Some(LargeBatch {
                    from: 256,
                    base: 2.5e-3,
                    sequence: 32.5e-6,
                    context: 5.6e-8,
                }),
            },
        }
    }

    /// Llama-3.1-70B on four H100, from the roofline: a step reads 141 GB of weights and 327,680
    /// bytes a token of cache over 4·3.35 TB/s; a token costs 2·70.6e9 operations at 4·989e12 a
    /// second; both at an efficiency of 0.6, plus 4 ms of launches and collectives a step. Derived
    /// from data-sheet figures, not measured.
    pub fn llama_70b_four_h100() -> Self {
        Self {
            id: "llama-3.1-70b-4xh100".into(),
            model: "Llama-3.1-70B".into(),
            device: "NVIDIA H100 80GB HBM3".into(),
            devices: 4,
            kv_tokens: 440_000,
            memory_mib: 81_559.0,
            clock_mhz: 1980.0,
            power_watts: 560.0,
            jitter: 0.015,
            law: StepLaw {
                base: 21.5e-3,
                prefill: 59.5e-6,
                square: 2.2e-10,
                sequence: 59.5e-6,
                context: 4.08e-8,
                mixed: MIXED * 21.5e-3,
                large_batch: None,
            },
        }
    }

    /// The server of the published incident: a Gemma model on one L40S. Source: its throughput of
    /// 227.8 tokens a second with two sequences and 308.4 with three gives steps of 8.78 ms and
    /// 9.73 ms, so 6.88 + 0.948·B; nothing is known beyond three sequences. Of the 0.948 ms a
    /// sequence, its 505 tokens of context on average take 0.25 (344,064 bytes a token at 80 % of
    /// 864 GB/s). Its prefill is not published: 0.02 ms a token is assumed. Jitter from its
    /// published 95th percentile of the inter-token latency after the fix, which puts 8 % of the
    /// steps above 10 ms. Cache: 4,465 blocks, 71,440 tokens, as its boot log says.
    pub fn gemma_l40s() -> Self {
        Self {
            id: "gemma-l40s".into(),
            model: "gemma".into(),
            device: "NVIDIA L40S".into(),
            devices: 1,
            kv_tokens: 71_440,
            memory_mib: 46_068.0,
            clock_mhz: 2490.0,
            power_watts: 271.4,
            jitter: 0.02,
            law: StepLaw {
                base: 6.884e-3,
                prefill: 2.0e-5,
                square: 0.0,
                sequence: 0.697e-3,
                context: 4.98e-7,
                mixed: MIXED * 6.884e-3,
                large_batch: None,
            },
        }
    }

    /// Every pair.
    pub fn all() -> Vec<Self> {
        vec![
            Self::llama_8b_two_h100(),
            Self::opt_13b_a100(),
            Self::llama_8b_a100(),
            Self::llama_8b_h100(),
            Self::llama_70b_four_h100(),
            Self::gemma_l40s(),
        ]
    }

    /// The pair of that id.
    pub fn find(id: &str) -> Option<Self> {
        Self::all().into_iter().find(|hardware| hardware.id == id)
    }
}
