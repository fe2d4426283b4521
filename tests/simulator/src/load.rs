//! What the step-time law expects of a scenario: closed formulae for setting loads and objectives,
//! never for results.

use inference_triage_harness::random::Random;

use crate::configuration::hardware::StepWork;
use crate::configuration::{
    Arrivals, EngineConfiguration, Lengths, Noise, Objectives, Scenario, Scraping, Traffic,
};
use crate::record::histogram::bounds;
use crate::record::outcome::Outcome;
use crate::traffic::trace;

/// Expected figures of one replica under the traffic of a scenario, without faults.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Requests a second.
    pub rate: f64,
    /// Requests a second at the largest batch that slots, cache and the token objective allow.
    pub capacity: f64,
    /// That batch.
    pub largest_batch: f64,
    /// Mean sequences that run.
    pub running: f64,
    /// Time between two tokens of an answer, seconds: that of a step, unless drafts give several a
    /// step.
    pub step: f64,
    /// Tokens that a step gives each answer; 1 without drafts.
    pub tokens_a_step: f64,
    /// Mean prompt, tokens.
    pub prompt: f64,
    /// Mean prompt tokens that must be computed.
    pub computed: f64,
    /// Mean output, tokens.
    pub output: f64,
    /// Mean tokens in the cache of a running request, weighted by time.
    pub live: f64,
    /// What each running sequence adds to that time, its share of prefill included, seconds.
    pub slope: f64,
    /// The same of an empty batch, seconds.
    pub base: f64,
}

impl Load {
    /// The load of a scenario.
    pub fn of(scenario: &Scenario) -> Self {
        let lengths = mean_lengths(&scenario.traffic);
        let replicas = scenario.replicas.max(1) as f64;
        let mut load = Self::of_lengths(scenario, lengths);
        load.rate = match scenario.traffic.arrivals {
            Arrivals::Poisson { rate }
            | Arrivals::Bursts { rate, .. }
            | Arrivals::Trace { rate, .. } => rate / replicas,
            Arrivals::ClosedLoop { sessions, think_seconds } => {
                closed_loop_rate(&load, sessions as f64 / replicas, think_seconds)
            }
        };
        load.running = load.batch_at(load.rate).clamp(0.0, load.largest_batch.max(1.0));
        load.step = load.base + load.slope * load.running;
        load
    }

    fn of_lengths(scenario: &Scenario, lengths: MeanLengths) -> Self {
        let MeanLengths { prompt, output, output_square } = lengths;
        let engine = &scenario.engine;
        let shared = if engine.prefix_caching && scenario.traffic.prefixes.groups > 0 {
            scenario.traffic.prefixes.share
        } else {
            0.0
        };
        let remote = engine.remote_kv.as_ref().map_or(0.0, |remote| remote.share);
        let computed = remote + (1.0 - remote) * prompt * (1.0 - shared);
        let live = prompt + output_square / (2.0 * output);
        let law = &engine.hardware.law;
        let (base, _) = law.parts(&StepWork::default());
        let Drafted { tokens_a_step, draft_tokens, seconds } = Drafted::of(engine);
        let base = (base + seconds) / tokens_a_step;
        let slope = (law.sequence * (1.0 + draft_tokens) + law.context * live) / tokens_a_step
            + (law.mixed + law.prefill * computed + law.square * prompt * prompt) / output;
        let objective = ((scenario.objectives.tpot * 0.9 - base) / slope).max(1.0);
        let memory = engine.kv_tokens() as f64 * 0.9 / live;
        let largest_batch = objective.min(memory).min(engine.max_num_seqs as f64).max(1.0);
        let capacity = largest_batch / (output * (base + slope * largest_batch));
        Self {
            rate: 0.0,
            capacity,
            largest_batch,
            running: 0.0,
            step: base,
            tokens_a_step,
            prompt,
            computed,
            output,
            live,
            slope,
            base,
        }
    }

    /// The mean batch at an arrival rate: λ·o·(base + slope·B) = B.
    pub fn batch_at(&self, rate: f64) -> f64 {
        let rest = 1.0 - rate * self.output * self.slope;
        if rest <= 0.0 { f64::INFINITY } else { rate * self.output * self.base / rest }
    }

    /// Requests a second at which prefill takes that share of the time, for prompts of so many
    /// computed and cached tokens.
    pub fn rate_for_prefill(
        &self,
        scenario: &Scenario,
        share: f64,
        computed: f64,
        cached: f64,
    ) -> f64 {
        // Lengths vary: a long prompt costs more than in proportion.
        let variation = match scenario.traffic.lengths {
            Lengths::Fixed { .. } => 1.0,
            Lengths::Lognormal { prompt_variation, .. } => {
                1.0 + prompt_variation * prompt_variation
            }
            Lengths::Trace { .. } => 2.0,
        };
        let law = &scenario.engine.hardware.law;
        let seconds =
            law.prefill * computed + law.square * variation * computed * (computed + 2.0 * cached);
        share / seconds.max(1e-9)
    }

    /// Requests a second at a batch.
    pub fn rate_at(&self, batch: f64) -> f64 {
        batch / (self.output * (self.base + self.slope * batch))
    }
}

/// What drafts change of a step.
struct Drafted {
    tokens_a_step: f64,
    draft_tokens: f64,
    seconds: f64,
}

impl Drafted {
    fn of(engine: &EngineConfiguration) -> Self {
        let Some(speculation) = &engine.speculation else {
            return Self { tokens_a_step: 1.0, draft_tokens: 0.0, seconds: 0.0 };
        };
        // A token is accepted if those before it were: 1 + a + a² + … a step.
        let accepted = (1..=speculation.draft_tokens)
            .map(|position| libm::pow(speculation.acceptance, position as f64));
        Self {
            tokens_a_step: 1.0 + accepted.sum::<f64>(),
            draft_tokens: speculation.draft_tokens as f64,
            seconds: speculation.draft_seconds,
        }
    }
}

/// Tokens of a prompt whose prefill takes so many seconds by the law.
pub fn tokens_of_prefill(scenario: &Scenario, seconds: f64) -> f64 {
    let law = &scenario.engine.hardware.law;
    if law.square > 0.0 {
        (libm::sqrt(law.prefill * law.prefill + 4.0 * law.square * seconds) - law.prefill)
            / (2.0 * law.square)
    } else {
        seconds / law.prefill.max(1e-12)
    }
}

/// The arrivals of a scenario, scaled to that share of the capacity of its replicas.
pub fn scaled_to(scenario: &Scenario, utilisation: f64) -> Arrivals {
    let load = Load::of(scenario);
    let rate = load.capacity * utilisation * scenario.replicas as f64;
    match scenario.traffic.arrivals {
        Arrivals::Poisson { .. } => Arrivals::Poisson { rate },
        Arrivals::Bursts { share, period_seconds, length_seconds, .. } => {
            Arrivals::Bursts { rate, share, period_seconds, length_seconds }
        }
        Arrivals::Trace { trace, .. } => Arrivals::Trace { trace, rate },
        Arrivals::ClosedLoop { think_seconds, .. } => {
            let batch = load.batch_at(load.capacity * utilisation);
            let response = load.output * (load.base + load.slope * batch);
            let sessions = libm::round(rate * (response + think_seconds)).max(1.0) as usize;
            Arrivals::ClosedLoop { sessions, think_seconds }
        }
    }
}

/// Requests that the tail of a service is known from.
const PILOT_REQUESTS: f64 = 600.0;

/// Share of the requests that meet each objective at an even pace: three objectives missed by
/// different requests, and a process that drifts, still leave 95 %.
const TAIL_SHARE: f64 = 0.985;

/// A process that runs slower than the even pace by its drift keeps its objectives all the same.
const DRIFT: f64 = 1.1;

/// What a service would be promised that runs as this one does without faults: round figures of
/// which its 95th percentiles are 70 to 90 %, before drift and rounding; the seed draws how much.
/// Less where the tail is long, so that the service meets them. Found by a run of five to fifteen
/// minutes with another seed and an even pace. None lies on a bucket bound
/// but that of the inter-token latency, whose observations only the histogram knows.
pub fn fitting_objectives(scenario: &Scenario) -> Objectives {
    let mut pilot = scenario.clone();
    pilot.faults.clear();
    pilot.actions.clear();
    pilot.shifts.clear();
    pilot.restarts.clear();
    pilot.seed ^= 0x9110;
    pilot.warm_up_seconds = 120.0;
    let rate = Load::of(&pilot).rate * pilot.replicas as f64;
    pilot.duration_seconds = (PILOT_REQUESTS / rate.max(1e-9)).clamp(300.0, 900.0);
    pilot.noise = Noise { drift: 0.0, start_spread: 0.0, ..pilot.noise };
    pilot.scraping = Scraping::IDEAL;
    let run = crate::simulate(&pilot, pilot.duration_seconds);
    let finished =
        || run.requests.iter().filter(|outcome| outcome.arrival >= 0.0 && outcome.finished());
    let mut chance = Random::new(scenario.seed ^ 0x6f62_6a65);
    let mut promised = |values: Vec<f64>, bounds: &[f64], otherwise: f64| {
        let used = chance.uniform(0.7, 0.9);
        let typical = quantile(values.clone(), 0.95).map(|value| value / used);
        let tail = quantile(values, TAIL_SHARE).map(|value| value * DRIFT);
        let least = typical.zip(tail).map(|(typical, tail)| typical.max(tail));
        least.map_or(otherwise, |least| round_above(least, bounds))
    };
    let ttft =
        promised(finished().filter_map(Outcome::ttft).collect(), bounds::TIME_TO_FIRST_TOKEN, 2.5);
    let tpot =
        promised(finished().filter_map(Outcome::tpot).collect(), bounds::INTER_TOKEN_LATENCY, 0.1);
    let e2e =
        promised(finished().filter_map(Outcome::e2e).collect(), bounds::REQUEST_LATENCY, 60.0);
    let itl = run.bucket_quantile("inter_token_latency_seconds", 0.95).unwrap_or(0.1).max(tpot);
    let itl = bounds::INTER_TOKEN_LATENCY.iter().copied().find(|bound| *bound >= itl);
    // Nobody promises a first token within less than a tenth of a second.
    Objectives { ttft: ttft.max(0.12), itl: itl.unwrap_or(80.0), tpot, e2e }
}

/// The next figure that a person would write down, not on one of the bounds.
pub fn round_above(value: f64, bounds: &[f64]) -> f64 {
    const LEADING: [f64; 18] =
        [1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 12.0];
    let decade = libm::pow(10.0, libm::floor(libm::log10(value.max(1e-6))));
    let is_bound = |found: f64| bounds.iter().any(|bound| (bound / found - 1.0).abs() < 1e-9);
    let found = LEADING
        .into_iter()
        .map(|leading| leading * decade)
        .find(|found| *found >= value && !is_bound(*found))
        .unwrap_or(value);
    // To three digits, so that the figure reads as it was meant.
    libm::round(found / decade * 100.0) / 100.0 * decade
}

/// The smallest value with at least that share of the values at or below it.
pub fn quantile(mut values: Vec<f64>, share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let rank = libm::ceil(share * values.len() as f64) as usize;
    values.get(rank.max(1) - 1).copied()
}

#[derive(Debug, Clone, Copy)]
struct MeanLengths {
    prompt: f64,
    output: f64,
    output_square: f64,
}

fn mean_lengths(traffic: &Traffic) -> MeanLengths {
    let lengths = drawn_lengths(&traffic.lengths);
    MeanLengths {
        prompt: lengths.prompt * traffic.prompt_factor,
        output: lengths.output * traffic.output_factor,
        output_square: lengths.output_square * traffic.output_factor * traffic.output_factor,
    }
}

fn drawn_lengths(lengths: &Lengths) -> MeanLengths {
    match *lengths {
        Lengths::Fixed { prompt, output } => {
            let output = output as f64;
            MeanLengths { prompt: prompt as f64, output, output_square: output * output }
        }
        Lengths::Lognormal { prompt_mean, output_mean, output_variation, .. } => MeanLengths {
            prompt: prompt_mean,
            output: output_mean,
            output_square: output_mean * output_mean * (1.0 + output_variation * output_variation),
        },
        Lengths::Trace { trace } => {
            let records = trace::records(trace);
            let mean = |value: fn(&trace::Record) -> f64| {
                records.iter().map(value).sum::<f64>() / records.len().max(1) as f64
            };
            MeanLengths {
                prompt: mean(|record| f64::from(record.prompt)),
                output: mean(|record| f64::from(record.output)),
                output_square: mean(|record| f64::from(record.output) * f64::from(record.output)),
            }
        }
    }
}

/// X = min(N/(S + Z), c/S), by iteration because S depends on the batch.
fn closed_loop_rate(load: &Load, sessions: f64, think: f64) -> f64 {
    let mut batch = sessions.min(load.largest_batch);
    for _ in 0..50 {
        let service = load.output * (load.base + load.slope * batch);
        batch = (sessions * service / (service + think)).min(load.largest_batch);
    }
    load.rate_at(batch)
}
