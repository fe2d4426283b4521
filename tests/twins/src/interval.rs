//! What a replica did between two scrapes, in the terms of the law of steps.

use crate::matching::Replica;
use crate::recording::Recording;

/// A further decoding sequence, as a share of a step with one. From the median gaps of clients by
/// batch size, + 3 to 12 % a sequence up to 32: with half of it batches of 32 would be a third too
/// fast, with twice as much a half too slow.
pub const SEQUENCE: f64 = 0.07;

/// A token in the cache, as a share of a step with one sequence. 18 kB a token (2 · 6 layers · 768
/// · 2 bytes) at the 9 GB/s that one core reads are 2 µs of 6.5 ms; the gaps at contexts of 1,600
/// tokens (prefix-collapse) say about as much.
pub const CONTEXT: f64 = 2.5e-4;

/// A squared prompt token, as a share of a prompt token: 4 · 768 · 6 operations for each pair of
/// tokens, half of them by causality, beside 2 · 44 million for each token.
pub const SQUARE: f64 = 1.0e-4;

/// What a replica did between two scrapes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Interval {
    /// Sum of the inter-token latencies, seconds.
    pub seconds: f64,
    /// Inter-token latencies.
    pub tokens: f64,
    /// Steps with one sequence that would take as long as the tokens waited for.
    pub steps: f64,
    /// Prompt tokens, squares included, that decoding sequences waited for.
    pub waited: f64,
    /// Tokens that waited for a prompt.
    pub behind_prompts: f64,
    /// Steps that computed a part of a prompt.
    pub chunks: f64,
    /// First tokens.
    pub firsts: f64,
    /// Steps of prefill in steps with one sequence.
    pub prefill_steps: f64,
    /// Prompt tokens of prefill, squares included.
    pub prefill: f64,
}

impl Interval {
    /// Adds another one's sums.
    pub fn add(&mut self, other: &Self) {
        self.seconds += other.seconds;
        self.tokens += other.tokens;
        self.steps += other.steps;
        self.waited += other.waited;
        self.behind_prompts += other.behind_prompts;
        self.chunks += other.chunks;
        self.firsts += other.firsts;
        self.prefill_steps += other.prefill_steps;
        self.prefill += other.prefill;
    }

    /// What a replica did before a place of the grid; none across a restart or without tokens.
    /// `budget`: tokens of a step.
    pub fn of(
        recording: &Recording,
        replica: &Replica<'_>,
        budget: f64,
        place: usize,
    ) -> Option<Self> {
        let page = replica.page;
        let grown = |name: &str| {
            let values = page.total(name);
            let (before, after) = (values.get(place.checked_sub(1)?)?, values.get(place)?);
            (after >= before).then(|| after - before)
        };
        let seconds = grown("vllm:inter_token_latency_seconds_sum")?;
        let tokens = grown("vllm:inter_token_latency_seconds_count")?;
        let hits = grown("vllm:prefix_cache_hits_total").unwrap_or(0.0);
        let queries = grown("vllm:prefix_cache_queries_total").unwrap_or(0.0);
        let missed = if queries > 0.0 { 1.0 - (hits / queries).clamp(0.0, 1.0) } else { 1.0 };
        let from = recording.times[place - 1] - replica.early;
        let to = recording.times[place] - replica.early;
        let mut own = Self { seconds, tokens, ..Self::default() };
        let seen = replica.composition.between(from, to);
        if seen.is_empty() {
            return None;
        }
        for token in seen {
            own.steps += 1.0 + SEQUENCE * (token.running - 1.0) + CONTEXT * token.context;
        }
        // The clients may have seen some of an interval's tokens in the next one.
        own.steps *= tokens / seen.len() as f64;
        for first in replica.composition.firsts_between(from, to) {
            let prompt = (first.prompt * missed).max(1.0);
            let together = (first.together * missed).max(1.0);
            let room = (budget - first.running).max(1.0);
            own.firsts += 1.0;
            let chunks = (together / room).ceil();
            own.chunks += chunks;
            own.behind_prompts += first.running * chunks;
            own.waited += first.running * prompt * (1.0 + SQUARE * prompt);
            own.prefill_steps += chunks * (1.0 + SEQUENCE * (first.running - 1.0));
            own.prefill += together * (1.0 + SQUARE * prompt);
        }
        Some(own)
    }
}
