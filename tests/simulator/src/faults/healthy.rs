//! Healthy situations that look alarming.

use crate::configuration::{Arrivals, HealthyVariant, Prefixes, Restart, Routing, Scenario, Shift};
use crate::load::Load;

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
            let restart = Restart { replica: 0, at_seconds: -200.0, kv_factor: 1.0 };
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
        HealthyVariant::FewPreemptions => return few_preemptions(scenario),
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

/// A cache that is exhausted a few times an hour.
fn few_preemptions(mut scenario: Scenario) -> Scenario {
    let load = Load::of(&scenario);
    let tokens = (load.running * load.live * 2.6).max(scenario.engine.max_model_len as f64 * 1.1);
    scenario.engine.kv_blocks = (tokens / scenario.engine.block_size as f64) as usize;
    scenario.with_fitting_objectives()
}
