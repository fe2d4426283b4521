//! What the step-time law expects of a scenario: closed formulae for setting loads and objectives,
//! never for results.

use crate::configuration::hardware::StepWork;
use crate::configuration::{Arrivals, Lengths, Objectives, Scenario, Traffic};
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
    /// Time of a step, seconds.
    pub step: f64,
    /// Mean prompt, tokens.
    pub prompt: f64,
    /// Mean prompt tokens that must be computed.
    pub computed: f64,
    /// Mean output, tokens.
    pub output: f64,
    /// Mean tokens in the cache of a running request, weighted by time.
    pub live: f64,
    /// Step time that each running sequence adds, its share of prefill included, seconds.
    pub slope: f64,
    /// Step time of an empty batch, seconds.
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
        let slope = law.sequence
            + law.context * live
            + (law.prefill * computed + law.square * prompt * prompt) / output;
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

/// Bucket bounds half again above the 95th percentiles of the service without faults, so that it
/// meets them and a fault does not. Found by a run of five minutes with another seed.
pub fn fitting_objectives(scenario: &Scenario) -> Objectives {
    const ROOM: f64 = 1.5;
    let mut pilot = scenario.clone();
    pilot.faults.clear();
    pilot.actions.clear();
    pilot.shifts.clear();
    pilot.restarts.clear();
    pilot.seed ^= 0x9110;
    pilot.warm_up_seconds = 120.0;
    pilot.duration_seconds = 300.0;
    let run = crate::simulate(&pilot, 300.0);
    let finished =
        || run.requests.iter().filter(|outcome| outcome.arrival >= 0.0 && outcome.finished());
    let above = |bounds: &[f64], value: Option<f64>, otherwise: f64| {
        let value = value.map(|value| value * ROOM);
        value.map_or(otherwise, |value| {
            bounds.iter().copied().find(|bound| *bound >= value).unwrap_or(otherwise)
        })
    };
    let ttft = quantile(finished().filter_map(Outcome::ttft).collect(), 0.95);
    let tpot = quantile(finished().filter_map(Outcome::tpot).collect(), 0.95);
    let e2e = quantile(finished().filter_map(Outcome::e2e).collect(), 0.95);
    let itl = run.bucket_quantile("inter_token_latency_seconds", 0.95);
    let tpot = above(bounds::INTER_TOKEN_LATENCY, tpot, 0.1);
    Objectives {
        ttft: above(&bounds::TIME_TO_FIRST_TOKEN[7..], ttft, 2.5),
        // The bound of the bucket is already above the percentile.
        itl: above(bounds::INTER_TOKEN_LATENCY, itl.map(|bound| bound / ROOM * 1.01), 0.1)
            .max(tpot),
        tpot,
        e2e: above(bounds::REQUEST_LATENCY, e2e, 60.0),
    }
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
