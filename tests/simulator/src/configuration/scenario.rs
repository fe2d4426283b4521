//! One simulation: everything that decides its result.

use serde::{Deserialize, Serialize};

use crate::configuration::action::{Action, Knob};
use crate::configuration::engine::EngineConfiguration;
use crate::configuration::fault::{Fault, FaultClass};
use crate::configuration::hardware::Hardware;
use crate::configuration::healthy::HealthyVariant;
use crate::configuration::noise::{Noise, Scraping};
use crate::configuration::release::{Dialect, Release};
use crate::configuration::traffic::{Arrivals, Clients, Lengths, Prefixes, Routing, Traffic};

/// Unix seconds of the first scrape where a scenario says nothing else; a multiple of every usual
/// scrape interval.
pub const START: i64 = 1_780_000_200;

/// One simulation. Time zero is the first scrape; the warm-up lies before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name for people.
    pub name: String,
    /// Decides every draw.
    pub seed: u64,
    /// Unix seconds of time zero.
    pub start_unix_seconds: i64,
    /// Simulated and not scraped, seconds.
    pub warm_up_seconds: f64,
    /// Simulated and scraped, seconds.
    pub duration_seconds: f64,
    /// Release whose metrics are written.
    pub release: Release,
    /// Prefix under which they are stored.
    #[serde(default)]
    pub dialect: Dialect,
    /// Label `model_name`.
    pub model_name: String,
    /// Replicas at the begin.
    pub replicas: usize,
    /// How many of them, the first ones, compute prompts alone and hand their cache on to the
    /// others; 0: each does whole requests.
    #[serde(default, skip_serializing_if = "is_none")]
    pub prefill_replicas: usize,
    /// Each of them.
    pub engine: EngineConfiguration,
    /// What is asked for.
    pub traffic: Traffic,
    /// How it is spread.
    pub routing: Routing,
    /// Changes of the traffic that are no fault, in the order of time; each replaces the one
    /// before.
    #[serde(default)]
    pub shifts: Vec<Shift>,
    /// Planned restarts.
    #[serde(default)]
    pub restarts: Vec<Restart>,
    /// Replicas asked for in vain.
    #[serde(default)]
    pub pending: Vec<Pending>,
    /// Steps that do not end for a while.
    #[serde(default)]
    pub hangs: Vec<Hang>,
    /// What goes wrong.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// Which knobs are turned.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What the users were promised.
    pub objectives: Objectives,
    /// What is exported beside the engines.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// How unevenly its processes run.
    #[serde(default)]
    pub noise: Noise,
    /// How its targets are scraped.
    #[serde(default)]
    pub scraping: Scraping,
}

/// The traffic from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// When, seconds after the first scrape.
    pub at_seconds: f64,
    /// Factor on the rate of arrivals or the number of sessions.
    pub rate_factor: f64,
    /// Factor on prompt lengths.
    pub prompt_factor: f64,
    /// Factor on output lengths.
    pub output_factor: f64,
}

/// A restart of one replica; requests in it are lost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restart {
    /// Which replica.
    pub replica: usize,
    /// When it stops, seconds after the first scrape.
    pub at_seconds: f64,
    /// Factor on the blocks of its cache from then on: a process measures anew how much memory is
    /// left.
    #[serde(default = "one")]
    pub kv_factor: f64,
    /// How long before it stops the router sends it nothing more, seconds; 0: it is not told.
    #[serde(default)]
    pub drain_seconds: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_none(replicas: &usize) -> bool {
    *replicas == 0
}

fn one() -> f64 {
    1.0
}

/// Replicas that are asked for and do not come while the scenario lasts: a scale-up that waits for
/// quota and that nobody misses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// How many.
    pub replicas: usize,
    /// When they are asked for, seconds after the first scrape.
    pub at_seconds: f64,
}

/// A hang of one replica: the step under way, or the next one that begins, ends so much later. The
/// process answers scrapes and takes requests meanwhile, and goes on afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hang {
    /// Which replica.
    pub replica: usize,
    /// When it begins, seconds after the first scrape.
    pub at_seconds: f64,
    /// How long it lasts, seconds.
    pub for_seconds: f64,
}

/// Targets that a request must meet, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objectives {
    /// Time to first token.
    pub ttft: f64,
    /// Inter-token latency; judged over outputs, no request alone misses it.
    pub itl: f64,
    /// Time per output token of a request.
    pub tpot: f64,
    /// End to end.
    pub e2e: f64,
}

/// What is exported beside the engines.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// DCGM's gauges of every device.
    pub dcgm: bool,
    /// Kueue's series of the queue and the counts of replicas.
    pub kueue: bool,
    /// Replay errors of each device's links a second while the links are well.
    #[serde(default)]
    pub link_errors_per_second: f64,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { dcgm: true, kueue: true, link_errors_per_second: 0.0 }
    }
}

impl Scenario {
    /// A healthy engine on that hardware: Poisson arrivals at 45 % of its capacity, lengths like
    /// the conversation trace's (1155 and 211 tokens on average), 40 % of each prompt shared,
    /// objectives that such a service would be given.
    pub fn new(hardware: Hardware) -> Self {
        let model_name = hardware.model.to_lowercase();
        let engine = EngineConfiguration::new(hardware);
        let traffic = Traffic {
            arrivals: Arrivals::Poisson { rate: 1.0 },
            lengths: Lengths::Lognormal {
                prompt_mean: 1155.0,
                prompt_variation: 0.96,
                output_mean: 211.0,
                output_variation: 0.75,
            },
            prompt_factor: 1.0,
            output_factor: 1.0,
            length_share: 0.0,
            error_share: 0.0,
            refused_share: 0.0,
            prefixes: Prefixes { groups: 8, share: 0.4 },
            adapters: 0,
            clients: Clients::PATIENT,
        };
        let scenario = Self {
            name: format!("healthy {}", engine.hardware.id),
            seed: 1,
            start_unix_seconds: START,
            warm_up_seconds: 120.0,
            duration_seconds: 1800.0,
            release: Release::NEWEST,
            dialect: Dialect::default(),
            model_name,
            replicas: 1,
            prefill_replicas: 0,
            engine,
            traffic,
            routing: Routing::LeastLoaded,
            shifts: Vec::new(),
            restarts: Vec::new(),
            pending: Vec::new(),
            hangs: Vec::new(),
            faults: Vec::new(),
            actions: Vec::new(),
            objectives: Objectives { ttft: 2.5, itl: 0.05, tpot: 0.05, e2e: 30.0 },
            telemetry: Telemetry::default(),
            noise: Noise::TYPICAL,
            scraping: Scraping::TYPICAL,
        };
        scenario.at_utilisation(0.45).with_fitting_objectives()
    }

    /// The same with processes that run evenly and scrapes that are all taken, each at its moment:
    /// for what must not depend on chance.
    pub fn undisturbed(mut self) -> Self {
        self.noise = Noise::NONE;
        self.scraping = Scraping::IDEAL;
        self
    }

    /// Whether its engines schedule a step while the one before it runs: by default from 0.14 on.
    pub fn schedules_ahead(&self) -> bool {
        const BY_DEFAULT: Release = Release::new(14, 0);
        self.engine.async_scheduling && self.release >= BY_DEFAULT
    }

    /// The same with its arrivals scaled to that share of the capacity of all replicas; see
    /// [`crate::load::Load`].
    pub fn at_utilisation(mut self, utilisation: f64) -> Self {
        self.traffic.arrivals = crate::load::scaled_to(&self, utilisation);
        self
    }

    /// The same with objectives that the service without faults meets, if not by much; see
    /// [`crate::load::fitting_objectives`].
    pub fn with_fitting_objectives(mut self) -> Self {
        self.objectives = crate::load::fitting_objectives(&self);
        self
    }

    /// The same with a fault. What a class needs around it (adapters, speculation, a fleet) is
    /// added, healthy, too.
    pub fn with_fault(self, class: FaultClass, severity: f64, onset_seconds: f64) -> Self {
        let mut scenario = self.with_injected(class, severity, onset_seconds);
        let mut promised = scenario.clone();
        if class == FaultClass::SpeculationNotPaying {
            // Users were promised what the engine does without drafts; otherwise turning them off
            // would not help either.
            promised.engine.speculation = None;
        }
        scenario.objectives = crate::load::fitting_objectives(&promised);
        scenario
    }

    /// As [`Self::with_fault`], with the objectives that it has: without the simulation that finds
    /// others.
    pub fn with_injected(self, class: FaultClass, severity: f64, onset_seconds: f64) -> Self {
        let mut scenario = crate::faults::prepare::prepared(self, class);
        if class == FaultClass::TokenBudget {
            scenario = crate::faults::token_budget::with_long_prompts(scenario, severity);
        }
        scenario.name = format!("{} {}", class.id(), scenario.engine.hardware.id);
        scenario.faults.push(Fault { class, severity: severity.clamp(0.001, 1.0), onset_seconds });
        scenario
    }

    /// The same in a healthy situation that looks alarming.
    pub fn with_variant(self, variant: HealthyVariant) -> Self {
        crate::faults::healthy::varied(self, variant)
    }

    /// The same with the knob of an action turned; none if the id is unknown.
    pub fn with_action(&self, action_id: &str) -> Option<Self> {
        self.with_action_value(action_id, None)
    }

    /// As [`Self::with_action`], with the value that the advice names, e.g. 16 of
    /// `--max-num-seqs=16`.
    pub fn with_action_value(&self, action_id: &str, value: Option<f64>) -> Option<Self> {
        let knob = Knob::from_id(action_id)?;
        let mut scenario = self.clone();
        scenario.actions.push(Action { knob, value });
        Some(scenario)
    }

    /// When the first fault begins, Unix milliseconds; none when it was there from the start or
    /// there is none.
    pub fn onset_unix_ms(&self) -> Option<i64> {
        let first = self.faults.iter().map(|fault| fault.onset_seconds).min_by(f64::total_cmp)?;
        (first > 0.0).then(|| self.start_unix_seconds * 1000 + libm::round(first * 1000.0) as i64)
    }
}
