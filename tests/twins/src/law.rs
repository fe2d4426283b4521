//! The law of steps, fitted to a recording: how long a step takes by its work, how often and how
//! long the machine holds it up, what the front end takes.
//!
//! The base and the cost of a prompt token are solved from two identities of the engine's own sums
//! over the lead-in: that of the inter-token latencies and that of the prefill times. What they
//! cannot tell apart are ratios of the model and the machine, which all recordings share.

use std::fmt;

use inference_triage_simulator::configuration::StepLaw;

use crate::interval::{CONTEXT, Interval, SEQUENCE, SQUARE};
use crate::matching::Replica;
use crate::page::{Page, grown, growth};
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

/// The least that a prompt token may cost, as a share of a step with one sequence: where prompts are
/// short and the machine busy, the solution may come out negative.
const LEAST_PREFILL: f64 = 0.005;

/// Tokens of a plain interval with which each interval's pace is drawn towards the law's: below
/// that, one stall would count as a slow machine.
const PRIOR_TOKENS: f64 = 10.0;

/// Intervals in which tokens took so many times as long as in the median one are left out of the
/// law: there the machine did something else for most of the time.
const STARVED: f64 = 2.5;

/// The share of an interval's expected time from which prompts, not stalls, make its tail.
const PROMPTS: f64 = 0.3;

/// The mean of an arrival's work beside its median, for the variation that twins have.
const ARRIVAL_MEAN: f64 = std::f64::consts::SQRT_2;

/// The least CPU time of an arrival, seconds: a request is parsed and tokenised.
const LEAST_ARRIVAL: f64 = 0.0005;

/// CPU time of the API server's process for the outputs of a step, seconds. Least squares over all
/// recordings: `process_cpu_seconds_total` grows by 0.25 ms a step, 0.041 ms an output, 5.9 ms a
/// request and 1.1 % of the time.
pub const STEP_SECONDS: f64 = 2.5e-4;

/// The same for a page of metrics, seconds: 1.1 % of the time with a scrape each five seconds.
pub const SCRAPE_SECONDS: f64 = 0.055;

/// The same for a request, seconds; what its arrival takes longer is waiting.
pub const REQUEST_SECONDS: f64 = 0.0059;

/// The same for an output, seconds.
pub const OUTPUT_SECONDS: f64 = 4.1e-5;

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

/// How fast the machine was between two scrapes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Until when, Unix seconds.
    pub until: f64,
    /// Factor on the law.
    pub factor: f64,
    /// Stalls in a second of work.
    pub stalls_per_second: f64,
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
    let plain = PRIOR_TOKENS / all.tokens.max(1.0);
    let mut before = 1.0;
    let pace = (1..recording.times.len()).map(|place| {
        let until = recording.times[place] - replica.early;
        let from = recording.times[place - 1] - replica.early;
        let own = at(place).filter(|own| own.tokens > 0.0 && !is_disturbed(from, until));
        if is_disturbed(from, until) {
            before = 1.0;
        }
        let unknown = Pace { until, factor: before, stalls_per_second: stalls.per_second };
        let pace = own.map_or(unknown, |own| {
            let prior = Prior { weight: plain, all: &all, factor: before };
            steps.pace(page, place, &own, &prior, until)
        });
        before = pace.factor;
        pace
    });
    let pace = pace.collect();
    let busy = Busy::of(recording, page, &places, &all);
    let front = mean("vllm:e2e_request_latency_seconds")
        - mean("vllm:request_inference_time_seconds")
        - mean("vllm:request_queue_time_seconds");
    let handling = STEP_SECONDS + OUTPUT_SECONDS * busy.running;
    let arrival = front * typical - busy.wait - handling;
    let arrival_seconds = arrival.max(LEAST_ARRIVAL) * ARRIVAL_MEAN;
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

/// Mean of a histogram's observations in the intervals before those places.
pub fn mean(page: &Page, family: &str, places: &[usize]) -> Option<f64> {
    let sum = grown(&page.total(&format!("{family}_sum")), places)?;
    let count = grown(&page.total(&format!("{family}_count")), places)?;
    (count > 0.0).then(|| sum / count)
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

/// What an interval's pace is drawn towards.
struct Prior<'a> {
    /// Share of the lead-in that counts as seen beside it.
    weight: f64,
    all: &'a Interval,
    /// Factor of the interval before.
    factor: f64,
}

struct Steps<'a> {
    base: f64,
    prompt_token: f64,
    stalls: &'a Stalls,
}

impl Steps<'_> {
    /// How long the tokens of an interval would wait by the law alone, seconds.
    fn expected(&self, own: &Interval) -> f64 {
        self.base * own.steps + self.prompt_token * own.waited
    }

    fn pace(
        &self,
        page: &Page,
        place: usize,
        own: &Interval,
        prior: &Prior<'_>,
        until: f64,
    ) -> Pace {
        let expected = self.expected(own);
        let usual = prior.weight * self.expected(prior.all);
        let prompts = self.prompt_token * own.waited;
        if prompts > PROMPTS * expected {
            let stretch = 1.0 + self.stalls.share;
            let factor = (own.seconds / stretch + prior.factor * usual) / (expected + usual);
            return Pace { until, factor, stalls_per_second: self.stalls.per_second };
        }
        let step = self.base + self.prompt_token * own.prefill / own.chunks.max(1.0);
        let (held_up, lost) =
            stalls::tail(page, &[place], self.stalls.undisturbed, (own.behind_prompts, step));
        let lost = lost.min(own.seconds * 0.9);
        let work = own.seconds - lost + prior.factor * usual;
        let factor = work / (expected + usual);
        // The lengths are those of all stalls: where they were longer there are more.
        let longer = if held_up > 0.0 { lost / held_up / self.stalls.mean() } else { 1.0 };
        let held_up = held_up * longer + usual * self.stalls.per_second;
        Pace { until, factor, stalls_per_second: held_up / work }
    }
}

struct Busy {
    /// Mean time that an arrival waits for the step under way, seconds: half of it if there is one.
    wait: f64,
    /// Sequences with a token in a step.
    running: f64,
}

impl Busy {
    fn of(recording: &Recording, page: &Page, places: &[usize], all: &Interval) -> Self {
        let steps = grown(&page.total("vllm:iteration_tokens_total_count"), places).unwrap_or(0.0);
        let step = all.seconds / all.tokens.max(1.0);
        let span = places.len() as f64 * recording.truth.scrape_s;
        let busy = (steps * step / span.max(1.0)).min(1.0);
        Self { wait: busy * step / 2.0, running: all.tokens / steps.max(1.0) }
    }
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
