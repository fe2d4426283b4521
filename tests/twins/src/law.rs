//! The law of steps, fitted to a recording: how long a step takes by its work, how often and how
//! long the machine holds it up, what the front end takes.
//!
//! The base and the cost of a prompt token are solved from two identities of the engine's own sums
//! over the lead-in: that of the inter-token latencies and that of the prefill times. What they
//! cannot tell apart are ratios of the model and the machine, which all recordings share.

use std::fmt;

use inference_triage_simulator::configuration::StepLaw;

use crate::front_end;
use crate::interval::{CONTEXT, Interval, SEQUENCE, SQUARE};
use crate::matching::Replica;
use crate::pace::{Pace, Steps};
use crate::page::{Page, grown, growth, mean};
use crate::recording::Recording;
use crate::stalls::{self, Stalls};

/// A lead-in of fewer steps says nothing: then the whole recording does.
const LEAST_STEPS: f64 = 300.0;

/// The most: a step with one sequence computes one token and reads all weights, a prompt's token
/// shares them with others.
const MOST_PREFILL: f64 = 0.2;

/// Where more of the prompts are found in the cache, the median time to the first token is that of
/// hits and the mean that of misses.
const CACHED: f64 = 0.2;

/// The least that a prompt token may cost, as a share of a step with one sequence: where prompts
/// are short and the machine busy, the solution may come out negative.
const LEAST_PREFILL: f64 = 0.005;

/// Intervals in which tokens took so many times as long as in the median one are left out of the
/// law: there the machine did something else for most of the time.
const STARVED: f64 = 2.5;

/// What was fitted to one replica.
#[derive(Debug, Clone)]
pub struct Fit {
    /// Time of a step of which the machine does nothing else.
    pub law: StepLaw,
    /// Standard deviation of the logarithm of a step's time around it.
    pub jitter: f64,
    /// How the machine holds steps up.
    pub stalls: Stalls,
    /// How fast the machine was, scrape by scrape.
    pub pace: Vec<Pace>,
    /// What an arrival takes in the front end, seconds.
    pub arrival_seconds: f64,
    /// Places of the grid whose intervals the law was fitted to.
    pub places: Vec<usize>,
}

/// Fits a replica. `budget`: tokens of a step; `lead_in`: first and last place of the grid before
/// the fault; `is_disturbed` tells intervals (Unix seconds) in which somebody slowed the machine on
/// purpose.
pub fn fit(
    recording: &Recording,
    replica: &Replica<'_>,
    budget: f64,
    lead_in: (usize, usize),
    is_disturbed: &dyn Fn(f64, f64) -> bool,
) -> Fit {
    let page = replica.page;
    let at = |place: usize| Interval::of(recording, replica, budget, place);
    let all_places = (0, recording.times.len().saturating_sub(1));
    let iterations = page.total("vllm:iteration_tokens_total_count");
    let steps = growth(&iterations, lead_in.0, lead_in.1).unwrap_or(0.0);
    let fitted = if steps < LEAST_STEPS { all_places } else { lead_in };
    let places = undisturbed(fitted, &at);
    let mut all = Interval::default();
    for own in places.iter().filter_map(|place| at(*place)) {
        all.add(&own);
    }
    let mean = |family: &str| mean(page, family, &places).unwrap_or(0.0);
    let typical = typical_share(page, &places, &mean);
    let prefill_time = mean("vllm:request_prefill_time_seconds");
    let (mut base, mut prompt_token) = (0.0, 0.0);
    let mut stalls = Stalls::default();
    for _ in 0..4 {
        let stretch = 1.0 + stalls.share;
        let prefill_time = prefill_time * typical.min(1.0 / stretch);
        (base, prompt_token) = solved(&all, prefill_time, stretch);
        let prefill_step = base + prompt_token * all.prefill / all.chunks.max(1.0);
        stalls = stalls::of(page, &places, (all.behind_prompts, prefill_step));
    }
    let jitter = stalls::jitter(page, &places, &stalls);
    let steps = Steps { base, prompt_token, stalls: &stalls };
    let pace = steps.paces(recording, replica, &at, &all, is_disturbed);
    let arrival_seconds = front_end::arrival_seconds(recording, page, &places, &all, typical);
    let law = law(base, prompt_token, jitter);
    Fit { law, jitter, stalls, pace, arrival_seconds, places }
}

/// The law whose steps take that long on average.
fn law(base: f64, prompt_token: f64, jitter: f64) -> StepLaw {
    // The simulator's jitter keeps the median.
    let scale = libm::exp(-jitter * jitter / 2.0);
    StepLaw {
        base: base * (1.0 - SEQUENCE) * scale,
        prefill: prompt_token * scale,
        square: prompt_token * SQUARE * scale,
        sequence: base * SEQUENCE * scale,
        context: base * CONTEXT * scale,
        mixed: 0.0,
        large_batch: None,
    }
}

/// Places of the lead-in, without those in which the machine was starved.
fn undisturbed(
    (first, last): (usize, usize),
    at: &dyn Fn(usize) -> Option<Interval>,
) -> Vec<usize> {
    let own = |place: usize| {
        let own = at(place)?;
        (own.tokens > 0.0 && own.steps > 0.0).then(|| (place, own.seconds / own.steps))
    };
    let known: Vec<(usize, f64)> = (first + 1..=last).filter_map(own).collect();
    let mut speeds: Vec<f64> = known.iter().map(|(_, speed)| *speed).collect();
    speeds.sort_by(f64::total_cmp);
    let median = speeds.get(speeds.len() / 2).copied().unwrap_or(0.0);
    let kept = known.iter().filter(|(_, speed)| *speed <= STARVED * median);
    kept.map(|(place, _)| *place).collect()
}

/// The median time to the first token as a share of its mean where nothing waits for a slot: means
/// of few prefills are made by stalls, and the law is that of the others.
fn typical_share(page: &Page, places: &[usize], mean: &dyn Fn(&str) -> f64) -> f64 {
    const FAMILY: &str = "vllm:time_to_first_token_seconds";
    let total = |name: &str| grown(&page.total(name), places).unwrap_or(0.0);
    let cached = total("vllm:prefix_cache_hits_total");
    if cached > CACHED * total("vllm:prefix_cache_queries_total") {
        return 1.0;
    }
    let count = total(&format!("{FAMILY}_count"));
    let (mut lower, mut below) = (0.0, 0.0);
    for (upper, counts) in page.buckets(FAMILY) {
        let up_to = grown(counts, places).unwrap_or(0.0);
        if up_to >= count / 2.0 && up_to > below {
            let share = (count / 2.0 - below) / (up_to - below);
            let median = lower + (upper.min(2.0 * lower + 1e-3) - lower) * share;
            let queued = mean("vllm:request_queue_time_seconds");
            let unqueued = mean(FAMILY) - queued;
            return if queued < unqueued { (median / unqueued).clamp(0.05, 1.0) } else { 1.0 };
        }
        (lower, below) = (upper, up_to);
    }
    1.0
}

/// A step with one sequence and a prompt token, seconds: two equations, two unknowns.
fn solved(all: &Interval, prefill_time: f64, stretch: f64) -> (f64, f64) {
    let seconds = all.seconds / stretch;
    let prefill = prefill_time * all.firsts;
    let determinant = all.steps * all.prefill - all.waited * all.prefill_steps;
    let token = if determinant > 0.0 {
        (all.steps * prefill - all.prefill_steps * seconds) / determinant
    } else {
        0.0
    };
    let least = LEAST_PREFILL * seconds / all.steps.max(1.0);
    let most = MOST_PREFILL / LEAST_PREFILL * least;
    let token = token.clamp(least, most);
    (((seconds - token * all.waited) / all.steps.max(1.0)).max(1e-4), token)
}

impl fmt::Display for Fit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut factors: Vec<f64> = self.pace.iter().map(|pace| pace.factor).collect();
        factors.sort_by(f64::total_cmp);
        let factor = |share: f64| {
            let place = (share * factors.len() as f64) as usize;
            factors.get(place).copied().unwrap_or(1.0)
        };
        write!(
            formatter,
            "a step {:.2} ms, a sequence {:.3} ms, a prompt token {:.3} ms, jitter {:.2}, {:.2} \
             stalls a second of work of {:.0} ms, an arrival {:.1} ms, pace {:.2} … {:.2} … {:.2}",
            self.law.base * 1e3,
            self.law.sequence * 1e3,
            self.law.prefill * 1e3,
            self.jitter,
            self.stalls.per_second,
            self.stalls.mean() * 1e3,
            self.arrival_seconds * 1e3,
            factor(0.05),
            factor(0.5),
            factor(0.95),
        )
    }
}
