//! The law of steps, fitted to a recording: how long a step takes by its work, how often and how
//! long the machine holds it up, what the front end takes.
//!
//! The base and the cost of a prompt token are solved from two identities of the engine's own sums
//! over the lead-in: that of the inter-token latencies and that of the prefill times. What they
//! cannot tell apart are ratios of the model and the machine, which all recordings share.

use inference_triage_simulator::configuration::StepLaw;

use crate::matching::Replica;
use crate::page::growth;
use crate::recording::Recording;
use crate::stalls::{self, Stalls};

/// A further decoding sequence, as a share of a step with one. From the median gaps of clients by
/// batch size: + 8 % a sequence up to 32 (overload, engine-hang, errors); half of it would make
/// batches of 32 a third too fast, twice as much a half too slow.
const SEQUENCE: f64 = 0.07;

/// A token in the cache, as a share of a step with one sequence. 18 kB a token (2 · 6 layers · 768
/// · 2 bytes) at the 9 GB/s that one core reads are 2 µs of 6.5 ms; the gaps at contexts of 1,600
/// tokens (prefix-collapse) say about as much.
const CONTEXT: f64 = 2.5e-4;

/// A squared prompt token, as a share of a prompt token: 4 · 768 · 6 operations for each pair of
/// tokens, half of them by causality, beside 2 · 44 million for each token.
const SQUARE: f64 = 1.0e-4;

/// The least that a prompt token may cost, as a share of a step with one sequence: where prompts are
/// short and the machine busy, the solution may come out negative.
const LEAST_PREFILL: f64 = 0.005;

/// Tokens of a plain interval that each interval's pace is drawn towards 1 with: below that, one
/// stall would count as a slow machine.
const PRIOR_TOKENS: f64 = 10.0;

/// What was fitted to one replica.
#[derive(Debug, Clone)]
pub struct Fit {
    /// Time of a step of which the machine does nothing else.
    pub law: StepLaw,
    /// Standard deviation of the logarithm of a step's time around it.
    pub jitter: f64,
    /// How the machine holds steps up.
    pub stalls: Stalls,
    /// Factor on the law until a time of the grid (Unix seconds, of the scrape).
    pub pace: Vec<(f64, f64)>,
    /// CPU time of an arrival in the front end, seconds.
    pub arrival_seconds: f64,
}

/// What a replica did between two scrapes.
#[derive(Debug, Clone, Copy, Default)]
struct Interval {
    /// Sum of the inter-token latencies, seconds.
    seconds: f64,
    /// Inter-token latencies.
    tokens: f64,
    /// Steps with one sequence that would take as long as the tokens waited for.
    steps: f64,
    /// Prompt tokens, squares included, that decoding sequences waited for.
    waited: f64,
    /// Tokens that waited for a prompt.
    behind_prompts: f64,
    /// First tokens.
    firsts: f64,
    /// Steps of prefill in steps with one sequence.
    prefill_steps: f64,
    /// Prompt tokens of prefill, squares included.
    prefill: f64,
}

impl Interval {
    fn add(&mut self, other: &Self) {
        self.seconds += other.seconds;
        self.tokens += other.tokens;
        self.steps += other.steps;
        self.waited += other.waited;
        self.behind_prompts += other.behind_prompts;
        self.firsts += other.firsts;
        self.prefill_steps += other.prefill_steps;
        self.prefill += other.prefill;
    }
}

/// Fits a replica. `budget`: tokens of a step; `lead_in`: first and last place of the grid before
/// the fault; `is_disturbed` tells intervals (Unix seconds) in which somebody slowed the machine on
/// purpose.
pub fn fit(
    recording: &Recording,
    replica: &Replica<'_>,
    budget: f64,
    (first, last): (usize, usize),
    is_disturbed: &dyn Fn(f64, f64) -> bool,
) -> Fit {
    let page = replica.page;
    let at = |place: usize| interval(recording, replica, budget, place);
    let mut all = Interval::default();
    for own in (first + 1..=last).filter_map(at) {
        all.add(&own);
    }
    let mean = |family: &str| mean(page, family, first, last);
    let prefill_time = mean("vllm:request_prefill_time_seconds").unwrap_or(0.0);
    let (mut base, mut prompt_token) = (0.0, 0.0);
    let mut stalls = Stalls::default();
    for _ in 0..4 {
        (base, prompt_token) = solved(&all, prefill_time, 1.0 + stalls.share);
        let beside = all.behind_prompts;
        let prefill_step = base + prompt_token * all.prefill / all.firsts.max(1.0);
        stalls = stalls::of(page, (first, last), (beside, prefill_step));
    }
    let jitter = stalls::jitter(page, (first, last), &stalls);
    // The simulator's jitter keeps the median.
    let scale = libm::exp(-jitter * jitter / 2.0);
    let law = StepLaw {
        base: base * (1.0 - SEQUENCE) * scale,
        prefill: prompt_token * scale,
        square: prompt_token * SQUARE * scale,
        sequence: base * SEQUENCE * scale,
        context: base * CONTEXT * scale,
        mixed: 0.0,
        large_batch: None,
    };
    let expected =
        |own: &Interval| (base * own.steps + prompt_token * own.waited) * (1.0 + stalls.share);
    let plain = PRIOR_TOKENS * expected(&all) / all.tokens.max(1.0);
    let pace = (1..recording.times.len()).map(|place| {
        let to = recording.times[place] - replica.early;
        let from = recording.times[place - 1] - replica.early;
        let own = at(place).filter(|own| own.tokens > 0.0 && !is_disturbed(from, to));
        let factor = own.map_or(1.0, |own| (own.seconds + plain) / (expected(&own) + plain));
        (to, factor)
    });
    let pace = pace.collect();
    let front = mean("vllm:e2e_request_latency_seconds").unwrap_or(0.0)
        - mean("vllm:request_inference_time_seconds").unwrap_or(0.0)
        - mean("vllm:request_queue_time_seconds").unwrap_or(0.0);
    let waits = waiting_for_steps(recording, page, (first, last), &all);
    let arrival_seconds = (front - waits).max(0.0005);
    Fit { law, jitter, stalls, pace, arrival_seconds }
}

/// Mean of a histogram's observations between two places.
pub fn mean(page: &Page, family: &str, first: usize, last: usize) -> Option<f64> {
    let sum = growth(&page.total(&format!("{family}_sum")), first, last)?;
    let count = growth(&page.total(&format!("{family}_count")), first, last)?;
    (count > 0.0).then(|| sum / count)
}

/// A step with one sequence and a prompt token, seconds: two equations, two unknowns.
fn solved(all: &Interval, prefill_time: f64, stretch: f64) -> (f64, f64) {
    let seconds = all.seconds / stretch;
    let prefill = prefill_time * all.firsts / stretch;
    let determinant = all.steps * all.prefill - all.waited * all.prefill_steps;
    let token = if determinant > 0.0 {
        (all.steps * prefill - all.prefill_steps * seconds) / determinant
    } else {
        0.0
    };
    let least = LEAST_PREFILL * seconds / all.steps.max(1.0);
    let token = token.max(least);
    (((seconds - token * all.waited) / all.steps.max(1.0)).max(1e-4), token)
}

/// How long an arrival waits on average for the step under way, seconds: half a step if there is
/// one.
fn waiting_for_steps(
    recording: &Recording,
    page: &Page,
    (first, last): (usize, usize),
    all: &Interval,
) -> f64 {
    let iterations = page.total("vllm:iteration_tokens_total_count");
    let steps = growth(&iterations, first, last).unwrap_or(0.0);
    let step = all.seconds / all.tokens.max(1.0);
    let span = recording.times[last] - recording.times[first];
    let busy = (steps * step / span.max(1.0)).min(1.0);
    busy * step / 2.0
}

/// What a replica did before a place of the grid; none across a restart.
fn interval(
    recording: &Recording,
    replica: &Replica<'_>,
    budget: f64,
    place: usize,
) -> Option<Interval> {
    let page = replica.page;
    let grown = |name: &str| {
        let values = page.total(name);
        let (before, after) = (values.get(place - 1)?, values.get(place)?);
        (after >= before).then(|| after - before)
    };
    let seconds = grown("vllm:inter_token_latency_seconds_sum")?;
    let counted = grown("vllm:inter_token_latency_seconds_count")?;
    let hits = grown("vllm:prefix_cache_hits_total").unwrap_or(0.0);
    let queries = grown("vllm:prefix_cache_queries_total").unwrap_or(0.0);
    let missed = if queries > 0.0 { 1.0 - (hits / queries).clamp(0.0, 1.0) } else { 1.0 };
    let from = recording.times[place - 1] - replica.early;
    let to = recording.times[place] - replica.early;
    let mut own = Interval { seconds, ..Interval::default() };
    let tokens = replica.composition.between(from, to);
    for token in tokens {
        own.steps += 1.0 + SEQUENCE * (token.running - 1.0) + CONTEXT * token.context;
    }
    if tokens.is_empty() {
        return None;
    }
    // The clients may have seen some of an interval's tokens in the next one.
    own.steps *= counted / tokens.len() as f64;
    own.tokens = counted;
    for first in replica.composition.firsts_between(from, to) {
        let prompt = (first.prompt * missed).max(1.0);
        let together = (first.together * missed).max(1.0);
        own.firsts += 1.0;
        own.behind_prompts += first.running;
        own.waited += first.running * prompt * (1.0 + SQUARE * prompt);
        let room = (budget - first.running).max(1.0);
        let chunks = (together / room).ceil();
        own.prefill_steps += chunks * (1.0 + SEQUENCE * (first.running - 1.0));
        own.prefill += together * (1.0 + SQUARE * prompt);
    }
    Some(own)
}

use crate::page::Page;
