//! Healthy situations that look alarming.

use crate::configuration::{
    Arrivals, Clients, Hang, HealthyVariant, Prefixes, Restart, Routing, Scenario, Shift,
};
use crate::load::Load;

/// How long a replica finishes what it has before it is stopped, seconds: Kubernetes' default.
const DRAIN_SECONDS: f64 = 30.0;

/// Distance of the restarts of a rolling deploy, seconds: a replica drains, and loads for 25 s.
const ROLLING_SECONDS: f64 = 75.0;

/// Standard deviation of the pace of unlike devices, as of two generations in one fleet; three such
/// replicas differ by a third or so.
const UNLIKE: f64 = 0.15;

/// The scenario in such a situation; objectives are fitted to it.
pub(crate) fn varied(mut scenario: Scenario, variant: HealthyVariant) -> Scenario {
    scenario.name = format!("healthy {} {}", variant.id(), scenario.engine.hardware.id);
    let shift = |at_seconds, rate_factor, prompt_factor, output_factor| Shift {
        at_seconds,
        rate_factor,
        prompt_factor,
        output_factor,
    };
    let duration = scenario.duration_seconds;
    match variant {
        HealthyVariant::Plain => {}
        // Too few requests to fit objectives to: those of the plain service hold.
        HealthyVariant::Idle | HealthyVariant::Sparse => {
            let mut scenario = scenario.with_fitting_objectives();
            let rate = if variant == HealthyVariant::Idle { 0.0 } else { 1.0 / 60.0 };
            scenario.traffic.arrivals = Arrivals::Poisson { rate };
            return scenario;
        }
        HealthyVariant::KvFull => return full_cache(scenario),
        HealthyVariant::Bursts => return short_bursts(scenario),
        HealthyVariant::Restarted => {
            scenario.engine.start_up.load_seconds = 30.0;
            scenario.engine.start_up.warm_up_seconds = 10.0;
            scenario.warm_up_seconds = 300.0;
            let restart =
                Restart { replica: 0, at_seconds: -200.0, kv_factor: 1.0, drain_seconds: 0.0 };
            scenario.restarts.push(restart);
        }
        HealthyVariant::WorkloadShift => scenario.shifts.push(shift(duration * 0.5, 1.0, 1.3, 0.6)),
        HealthyVariant::NoSharedPrefixes => {
            scenario.traffic.prefixes = Prefixes { groups: 0, share: 0.0 };
            scenario = scenario.at_utilisation(0.4);
        }
        HealthyVariant::AllLengthFinishes => {
            let load = Load::of(&scenario);
            let (prompt, output) = (load.prompt as usize, load.output as usize);
            scenario.traffic.lengths = crate::configuration::Lengths::Fixed { prompt, output };
            scenario.traffic.prompt_factor = 1.0;
            scenario.traffic.output_factor = 1.0;
        }
        HealthyVariant::Ramp => {
            let steps = (0..20).map(|step| {
                let part = f64::from(step) / 20.0;
                shift(duration * part, 0.4 + 0.8 * part, 1.0, 1.0)
            });
            scenario.shifts.extend(steps);
        }
        HealthyVariant::UnevenReplicas => {
            scenario.replicas = if scenario.replicas < 2 { 3 } else { scenario.replicas };
            scenario.routing = Routing::PrefixAffinity;
            scenario.traffic.prefixes.groups = 7;
            scenario = scenario.at_utilisation(0.25);
        }
        HealthyVariant::FewPreemptions => return preempting(scenario, 2.6),
        HealthyVariant::FrequentPreemptions => return preempting(scenario, 1.8),
        HealthyVariant::AtCap => {
            let running = Load::of(&scenario).running;
            scenario.engine.max_num_seqs = libm::round(running * 1.3).max(2.0) as usize;
        }
        HealthyVariant::SteadyQueue => return steady_queue(scenario),
        HealthyVariant::Disconnects => {
            let load = Load::of(&scenario);
            let clients = scenario.traffic.clients;
            let leave_within_seconds = load.output * load.step * 0.9;
            scenario.traffic.clients =
                Clients { leaving_share: 0.08, leave_within_seconds, ..clients };
        }
        HealthyVariant::RollingDeploy => {
            scenario = fleet(scenario).at_utilisation(0.3);
            scenario.engine.start_up.load_seconds = 25.0;
            scenario.engine.start_up.warm_up_seconds = 10.0;
            let restarts = (0..scenario.replicas).map(|replica| {
                let at_seconds = duration - 40.0 - ROLLING_SECONDS * replica as f64;
                Restart { replica, at_seconds, kv_factor: 1.0, drain_seconds: DRAIN_SECONDS }
            });
            scenario.restarts.extend(restarts);
        }
        HealthyVariant::UnlikeDevices => {
            scenario = fleet(scenario);
            scenario.noise.start_spread = UNLIKE;
        }
        HealthyVariant::Stall => {
            let at_seconds = duration - 60.0;
            scenario.hangs.push(Hang { replica: 0, at_seconds, for_seconds: 1.2 });
        }
        HealthyVariant::ScrapeGaps => scenario.scraping.missed_share = 1.0 / 7.0,
        HealthyVariant::TrafficStops => scenario.shifts.push(shift(duration * 0.6, 0.0, 1.0, 1.0)),
    }
    scenario.with_fitting_objectives()
}

/// A closed loop whose sessions hold nearly the whole cache: full, and nobody waits.
fn full_cache(mut scenario: Scenario) -> Scenario {
    let load = Load::of(&scenario);
    let sessions = libm::round(load.running).clamp(6.0, 64.0) as usize;
    let (prompt, output) = (load.prompt as usize, (load.output / 2.0) as usize);
    scenario.traffic.lengths = crate::configuration::Lengths::Fixed { prompt, output };
    scenario.traffic.prompt_factor = 1.0;
    scenario.traffic.output_factor = 1.0;
    scenario.traffic.prefixes = Prefixes { groups: 0, share: 0.0 };
    scenario.traffic.arrivals = Arrivals::ClosedLoop { sessions, think_seconds: 0.0 };
    let blocks = (prompt + output).div_ceil(scenario.engine.block_size) + 1;
    scenario.engine.kv_blocks = sessions * blocks + 2;
    scenario.engine.max_model_len = (prompt + output + 64).max(512);
    scenario.engine.max_num_seqs = sessions.max(scenario.engine.max_num_seqs);
    scenario.with_fitting_objectives()
}

/// Bursts that a small queue takes up: the mean load is low.
fn short_bursts(scenario: Scenario) -> Scenario {
    let mut scenario = scenario.at_utilisation(0.25);
    let load = Load::of(&scenario);
    let rate = load.rate * scenario.replicas as f64;
    scenario.traffic.arrivals =
        Arrivals::Bursts { rate, share: 0.4, period_seconds: 60.0, length_seconds: 8.0 };
    scenario.engine.max_num_seqs = libm::round(load.running * 5.0).max(6.0) as usize;
    scenario.with_fitting_objectives()
}

/// Several replicas where there is only one.
fn fleet(mut scenario: Scenario) -> Scenario {
    if scenario.replicas < 2 {
        scenario.traffic.arrivals = scenario.traffic.arrivals.scaled(3.0);
        scenario.replicas = 3;
    }
    scenario
}

/// A closed loop of a quarter more sessions than slots: who waits, waits for a part of an answer.
fn steady_queue(mut scenario: Scenario) -> Scenario {
    let slots = libm::round(Load::of(&scenario).running).max(4.0) as usize;
    let sessions = (slots + slots.div_ceil(4)) * scenario.replicas;
    scenario.engine.max_num_seqs = slots;
    scenario.traffic.arrivals = Arrivals::ClosedLoop { sessions, think_seconds: 0.0 };
    scenario.with_fitting_objectives()
}

/// A cache of so many times what runs on average, exhausted now and then.
fn preempting(mut scenario: Scenario, times: f64) -> Scenario {
    let load = Load::of(&scenario);
    let tokens = (load.running * load.live * times).max(scenario.engine.max_model_len as f64 * 1.1);
    scenario.engine.kv_blocks = (tokens / scenario.engine.block_size as f64) as usize;
    scenario.with_fitting_objectives()
}
