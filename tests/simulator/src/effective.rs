//! What holds at a moment: the scenario after its faults, after its actions.

use crate::configuration::{Clients, EngineConfiguration, Prefixes, Scenario};

/// State of one replica's device and settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions {
    /// Flags.
    pub engine: EngineConfiguration,
    /// Factor on the decode part of a step.
    pub decode_factor: f64,
    /// Factor on the prefill part of a step.
    pub prefill_factor: f64,
    /// Share of its usual clock at which the device runs; above 1 where power is left.
    pub clock_share: f64,
    /// Time that the host adds to every step while the device stands still, seconds.
    pub host_seconds: f64,
    /// Share of the memory's bandwidth that another tenant reads, 0–1.
    pub neighbour_memory: f64,
    /// Share of a step in which the device only waits for others, 0–1.
    pub waiting_share: f64,
    /// Replay errors of the links, a second.
    pub link_errors_per_second: f64,
    /// Factor on the weight with which routing sends it requests; 1 is its fair share.
    pub routing_weight: f64,
    /// Whether it was put to sleep: no step begins.
    pub is_asleep: bool,
}

impl Conditions {
    /// A sound replica.
    pub fn sound(engine: &EngineConfiguration) -> Self {
        Self {
            engine: engine.clone(),
            decode_factor: 1.0,
            prefill_factor: 1.0,
            clock_share: 1.0,
            host_seconds: 0.0,
            neighbour_memory: 0.0,
            waiting_share: 0.0,
            link_errors_per_second: 0.0,
            routing_weight: 1.0,
            is_asleep: false,
        }
    }
}

/// What is asked of the fleet.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Factor on the rate of arrivals or the number of sessions.
    pub rate_factor: f64,
    /// Factor on prompt lengths.
    pub prompt_factor: f64,
    /// Factor on output lengths.
    pub output_factor: f64,
    /// Outputs are cut here, tokens.
    pub output_limit: Option<u32>,
    /// Share of requests whose output runs to so many tokens.
    pub runaway: Option<(f64, u32)>,
    /// Share of requests with prompts of so many tokens.
    pub long_prompts: Option<(f64, u32)>,
    /// Share of requests that end at their caller's limit.
    pub length_share: f64,
    /// What prompts share.
    pub prefixes: Prefixes,
    /// Adapters in use.
    pub adapters: usize,
    /// Callers, where they differ from the scenario's.
    pub clients: Option<Clients>,
    /// Factor on the time-out of callers.
    pub patience_factor: f64,
    /// Share of requests with encoder work.
    pub encoded_share: f64,
    /// Share of requests that end with an error.
    pub error_share: f64,
}

impl Demand {
    /// The scenario's own traffic.
    pub fn plain(scenario: &Scenario) -> Self {
        Self {
            rate_factor: 1.0,
            prompt_factor: scenario.traffic.prompt_factor,
            output_factor: scenario.traffic.output_factor,
            output_limit: None,
            runaway: None,
            long_prompts: None,
            length_share: scenario.traffic.length_share,
            prefixes: scenario.traffic.prefixes,
            adapters: scenario.traffic.adapters,
            clients: None,
            patience_factor: 1.0,
            encoded_share: scenario.engine.encoder.as_ref().map_or(0.0, |encoder| encoder.share),
            error_share: scenario.traffic.error_share,
        }
    }
}

/// Everything that holds at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// One entry a replica, those included that are not there yet.
    pub replicas: Vec<Conditions>,
    /// What is asked.
    pub demand: Demand,
    /// Whether routing looks at load (the scenario's policy); false: weights by chance.
    pub routed_by_weight: bool,
}

/// Blocks of a replica's cache after its latest planned restart.
fn redeployed_blocks(scenario: &Scenario, replica: usize, time: f64) -> usize {
    let latest = scenario
        .restarts
        .iter()
        .filter(|restart| restart.replica == replica && restart.at_seconds <= time)
        .max_by(|one, other| one.at_seconds.total_cmp(&other.at_seconds));
    let factor = latest.map_or(1.0, |restart| restart.kv_factor);
    libm::round(scenario.engine.kv_blocks as f64 * factor) as usize
}

/// The state `time` seconds after the first scrape.
pub fn at(scenario: &Scenario, time: f64) -> Effective {
    let fleet = crate::faults::fleet_size(scenario);
    let mut effective = Effective {
        replicas: vec![Conditions::sound(&scenario.engine); fleet],
        demand: Demand::plain(scenario),
        routed_by_weight: false,
    };
    for (replica, conditions) in effective.replicas.iter_mut().enumerate() {
        conditions.link_errors_per_second = scenario.telemetry.link_errors_per_second;
        if replica < scenario.prefill_replicas {
            // What it computes is fetched from it.
            conditions.engine.remote_kv = None;
        }
        conditions.engine.kv_blocks = redeployed_blocks(scenario, replica, time);
    }
    if let Some(shift) = scenario.shifts.iter().rev().find(|shift| shift.at_seconds <= time) {
        effective.demand.rate_factor *= shift.rate_factor;
        effective.demand.prompt_factor *= shift.prompt_factor;
        effective.demand.output_factor *= shift.output_factor;
    }
    for fault in crate::faults::active(scenario, time) {
        crate::faults::apply(scenario, fault, time, &mut effective);
    }
    for action in &scenario.actions {
        crate::actions::apply(scenario, *action, &mut effective);
    }
    effective
}
