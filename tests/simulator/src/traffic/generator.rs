//! Draws the requests of a scenario.

use inference_triage_harness::random::Random;

use crate::configuration::{Arrivals, Clients, Lengths, Traffic};
use crate::effective::Demand;
use crate::traffic::trace::{self, Record};

/// A request as its caller sends it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// Prompt tokens.
    pub prompt: u32,
    /// Output tokens at which it ends.
    pub output: u32,
    /// Whether it ends at its length limit rather than by a stop token.
    pub ends_by_length: bool,
    /// Seed of what the prompt shares with others; none: nothing.
    pub shared_seed: Option<u64>,
    /// Tokens that it shares.
    pub shared_tokens: u32,
    /// Seed of the rest.
    pub own_seed: u64,
    /// Adapter, 1 …; 0: none.
    pub adapter: u32,
    /// Seconds after which the caller gives up.
    pub patience: Option<f64>,
    /// How often the caller will ask again where there is no answer; 0 if it leaves for good.
    pub retries: u32,
    /// How often it was asked before.
    pub attempt: u32,
    /// Whether the encoder has work.
    pub encoded: bool,
    /// Whether it will end with an error.
    pub fails: bool,
    /// Session of a closed loop.
    pub session: Option<u32>,
    /// Its number among those that a recording gives; see [`crate::given`].
    pub given: Option<u32>,
    /// A number in [0, 1) for routing by chance.
    pub chance: f64,
    /// The part of it that one engine is asked for.
    pub part: Part,
}

/// The part of a request that one engine is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Its prompt and one token; then another engine is asked for the output.
    Prompt {
        /// Output tokens.
        output: u32,
        /// Whether it ends at its length limit.
        ends_by_length: bool,
        /// Whether it will end with an error.
        fails: bool,
    },
    /// Its output; the cache of its prompt is fetched.
    Output,
}

impl Asked {
    /// The whole request of which an engine was asked for a part.
    pub fn as_sent(&self) -> Self {
        let whole = Self { part: Part::Whole, ..*self };
        match self.part {
            Part::Prompt { output, ends_by_length, fails } => {
                Self { output, ends_by_length, fails, ..whole }
            }
            Part::Whole | Part::Output => whole,
        }
    }
}

/// The source of requests. Times are seconds since the begin of the simulation.
#[derive(Debug)]
pub struct Generator {
    arrivals: Arrivals,
    lengths: Lengths,
    clients: Clients,
    times: Random,
    sizes: Random,
    contents: Random,
    position: usize,
    length_position: usize,
    /// Where in its period a stream of bursts begins, 0–1.
    phase: f64,
}

impl Generator {
    /// A source for that traffic.
    pub fn new(traffic: &Traffic, seed: u64) -> Self {
        let mut times = Random::new(seed ^ 0x7469_6d65);
        let position = match traffic.arrivals {
            Arrivals::Trace { trace, .. } => times.below(trace::records(trace).len()),
            _ => 0,
        };
        let phase = match traffic.arrivals {
            Arrivals::Bursts { .. } => times.unit(),
            _ => 0.0,
        };
        let length_position = match traffic.lengths {
            Lengths::Trace { trace } => times.below(trace::records(trace).len()),
            _ => 0,
        };
        Self {
            arrivals: traffic.arrivals,
            lengths: traffic.lengths,
            clients: traffic.clients,
            times,
            sizes: Random::new(seed ^ 0x7369_7a65),
            contents: Random::new(seed ^ 0x636f_6e74),
            position,
            length_position,
            phase,
        }
    }

    /// The arrival after one at `now`, under the demand that holds then; none for a closed loop or
    /// at rate 0.
    pub fn next_arrival(&mut self, now: f64, demand: &Demand) -> Option<f64> {
        let factor = demand.rate_factor;
        if factor <= 0.0 {
            return None;
        }
        match self.arrivals {
            Arrivals::ClosedLoop { .. } => None,
            Arrivals::Poisson { rate } => {
                (rate > 0.0).then(|| now + self.exponential(1.0 / (rate * factor)))
            }
            Arrivals::Bursts { rate, share, period_seconds, length_seconds } => {
                (rate > 0.0).then(|| {
                    self.burst_arrival(now, rate * factor, share, period_seconds, length_seconds)
                })
            }
            Arrivals::Trace { trace, rate } => {
                let records = trace::records(trace);
                let before = records[self.position % records.len()].offset_ms;
                self.position += 1;
                let after = records[self.position % records.len()].offset_ms;
                let mean = trace::mean_rate(trace);
                // From the end of the record to its begin there is one mean gap.
                let gap =
                    if after >= before { f64::from(after - before) / 1000.0 } else { 1.0 / mean };
                Some(now + gap * mean / (rate * factor))
            }
        }
    }

    /// Sessions of a closed loop under the demand; 0 for open traffic.
    pub fn sessions(&self, demand: &Demand) -> usize {
        match self.arrivals {
            Arrivals::ClosedLoop { sessions, .. } => {
                libm::round(sessions as f64 * demand.rate_factor) as usize
            }
            _ => 0,
        }
    }

    /// How long a session thinks before its next request, seconds.
    pub fn think(&mut self) -> f64 {
        match self.arrivals {
            Arrivals::ClosedLoop { think_seconds, .. } if think_seconds > 0.0 => {
                self.exponential(think_seconds)
            }
            _ => 0.0,
        }
    }

    /// The request that comes now. `longest` bounds prompt and output together.
    pub fn ask(&mut self, demand: &Demand, longest: u32, session: Option<u32>) -> Asked {
        let Record { prompt, output, .. } = self.draw_lengths();
        let mut prompt = scaled(prompt, demand.prompt_factor);
        let mut runs_away = false;
        let mut output = scaled(output, demand.output_factor);
        if let Some((share, tokens)) = demand.long_prompts
            && self.sizes.chance(share)
        {
            prompt = tokens;
        }
        if let Some((share, tokens)) = demand.runaway
            && self.sizes.chance(share)
        {
            output = tokens;
            runs_away = true;
        }
        if let Some(limit) = demand.output_limit {
            runs_away |= output >= limit;
            output = output.min(limit);
        }
        prompt = prompt.clamp(1, longest.saturating_sub(2).max(1));
        output = output.clamp(1, longest.saturating_sub(prompt).max(1));
        let groups = demand.prefixes.groups;
        let group = self.contents.below(groups.max(1)) as u64;
        let own_seed = self.contents.bits();
        let adapters = demand.adapters;
        let adapter = if adapters > 0 { 1 + self.contents.below(adapters) as u32 } else { 0 };
        let (patience, retries) = self.patience(demand);
        Asked {
            prompt,
            output,
            ends_by_length: runs_away
                || matches!(self.lengths, Lengths::Fixed { .. })
                || by_chance(own_seed, demand.length_share),
            shared_seed: (groups > 0).then_some(0x5eed_0000 ^ group),
            shared_tokens: (f64::from(prompt) * demand.prefixes.share) as u32,
            own_seed,
            adapter,
            patience,
            retries,
            attempt: 0,
            encoded: self.contents.chance(demand.encoded_share),
            fails: self.contents.chance(demand.error_share),
            session,
            given: None,
            chance: self.contents.unit(),
            part: Part::Whole,
        }
    }

    /// The same request once more, if its caller asks again, and after how many seconds.
    pub fn again(&mut self, asked: &Asked, demand: &Demand) -> Option<(Asked, f64)> {
        let clients = demand.clients.unwrap_or(self.clients);
        let retries = asked.retries.checked_sub(1)?;
        let doubled = f64::from(1_u32 << asked.attempt.min(16));
        let pause = clients.back_off_seconds * doubled * self.contents.uniform(0.5, 1.5);
        let timeout = clients.timeout_seconds.map(|seconds| seconds * demand.patience_factor);
        let attempt = asked.attempt + 1;
        let again = Asked { attempt, retries, patience: timeout, ..asked.as_sent() };
        Some((Asked { chance: self.contents.unit(), ..again }, pause))
    }

    /// When the caller gives up, and how often it asks again then.
    fn patience(&mut self, demand: &Demand) -> (Option<f64>, u32) {
        let clients = demand.clients.unwrap_or(self.clients);
        let leaves = clients.leaving_share > 0.0 && self.contents.chance(clients.leaving_share);
        let leaving = leaves.then(|| self.contents.unit() * clients.leave_within_seconds);
        let timeout = clients.timeout_seconds.map(|seconds| seconds * demand.patience_factor);
        match (leaving, timeout) {
            (Some(leaving), Some(timeout)) if timeout < leaving => (Some(timeout), clients.retries),
            (Some(leaving), _) => (Some(leaving), 0),
            (None, timeout) => (timeout, clients.retries),
        }
    }

    fn draw_lengths(&mut self) -> Record {
        match self.lengths {
            Lengths::Fixed { prompt, output } => {
                Record { offset_ms: 0, prompt: prompt as u32, output: output as u32 }
            }
            Lengths::Lognormal { prompt_mean, prompt_variation, output_mean, output_variation } => {
                let prompt = self.lognormal(prompt_mean, prompt_variation);
                let output = self.lognormal(output_mean, output_variation);
                Record { offset_ms: 0, prompt, output }
            }
            Lengths::Trace { trace } => {
                let records = trace::records(trace);
                self.length_position += 1;
                let index = match self.arrivals {
                    Arrivals::Trace { trace: same, .. } if same == trace => self.position,
                    _ => self.length_position,
                };
                records[index % records.len()]
            }
        }
    }

    fn lognormal(&mut self, mean: f64, variation: f64) -> u32 {
        let variance = libm::log(1.0 + variation * variation);
        let median = mean * libm::exp(-variance / 2.0);
        libm::round(self.sizes.lognormal(median, libm::sqrt(variance))).clamp(1.0, 1e6) as u32
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.times.unit())
    }

    /// Thinning of a Poisson stream whose rate is piecewise constant.
    fn burst_arrival(&mut self, now: f64, rate: f64, share: f64, period: f64, length: f64) -> f64 {
        let inside = rate * share * period / length;
        let outside = rate * (1.0 - share) * period / (period - length);
        let highest = inside.max(outside);
        let mut time = now;
        loop {
            time += self.exponential(1.0 / highest);
            let periods = time / period + self.phase;
            let phase = (periods - libm::floor(periods)) * period;
            let here = if phase < length { inside } else { outside };
            if self.times.chance(here / highest) {
                return time;
            }
        }
    }
}

/// Whether a request is among that share, decided by its content: a share of 0 draws nothing, so
/// that scenarios without one stay as they were.
pub(crate) fn by_chance(own_seed: u64, share: f64) -> bool {
    const PARTS: u64 = 1 << 20;
    ((own_seed % PARTS) as f64) < share * PARTS as f64
}

fn scaled(tokens: u32, factor: f64) -> u32 {
    libm::round(f64::from(tokens) * factor).clamp(1.0, 1e7) as u32
}
