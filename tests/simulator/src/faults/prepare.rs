//! What a class needs around it to exist: a fleet, adapters, speculation, a cache elsewhere; all of
//! it healthy. What the scenario has already stays as it is, so that a class can live in the same
//! environment as any other.

use crate::configuration::{
    Encoder, FaultClass, Grammar, Lengths, Lora, Prefixes, RemoteKv, Scenario, Speculation,
};
use crate::load::{Load, tokens_of_prefill};

/// The scenario with what the class needs.
pub(crate) fn prepared(mut scenario: Scenario, class: FaultClass) -> Scenario {
    match class {
        FaultClass::LoadAboveCapacity
        | FaultClass::Burst
        | FaultClass::AutoscalerLag
        | FaultClass::RunawayOutputs
        | FaultClass::ClientAborts => scenario.engine.max_num_seqs = well_chosen_slots(&scenario),
        FaultClass::RoutingImbalance => {
            if scenario.replicas < 2 {
                scenario.replicas = 4;
            }
            scenario = busier(scenario, 0.4);
            scenario.engine.max_num_seqs = well_chosen_slots(&scenario);
        }
        FaultClass::BadReplica => scenario = fleet_of(scenario, 4),
        FaultClass::OverProvisioned => {
            if scenario.replicas < 2 {
                scenario.replicas = 6;
            }
            scenario = scenario.at_utilisation(0.2);
        }
        FaultClass::KvBoundAdmission => {
            scenario.traffic.prompt_factor *= 0.5;
            scenario.traffic.output_factor *= 0.25;
            // Prompts of like size fill the cache evenly; one giant at the head of the queue would
            // leave it half empty.
            if let Lengths::Lognormal { prompt_variation, .. } = &mut scenario.traffic.lengths {
                *prompt_variation = prompt_variation.min(0.3);
            }
            scenario = with_room_for_few(busier(scenario, 0.8));
        }
        FaultClass::KvThrash => {
            scenario.traffic.output_factor *= 2.0;
            scenario = with_room_for_few(busier(scenario, 0.8));
        }
        FaultClass::TokenBudget => scenario = busier(scenario, 0.6),
        FaultClass::LongPrompts => scenario = with_long_contexts(scenario),
        FaultClass::LongContextDecode => {
            scenario = with_long_contexts(scenario);
            scenario.traffic.prefixes.groups = 2;
            scenario = busier(scenario, 0.3);
        }
        FaultClass::PrefillStallsDecode => {
            scenario.engine.max_num_batched_tokens =
                scenario.engine.max_num_batched_tokens.max(16_384);
        }
        FaultClass::PrefixCacheCollapse => scenario = with_long_shared_prompts(scenario),
        FaultClass::SpeculationNotPaying if scenario.engine.speculation.is_none() => {
            let draft_seconds = scenario.engine.hardware.law.base * 0.5;
            scenario.engine.speculation =
                Some(Speculation { draft_tokens: 4, acceptance: 0.8, draft_seconds });
        }
        FaultClass::KvTransferStall if scenario.engine.remote_kv.is_none() => {
            let link = |tokens_per_second| RemoteKv {
                latency_seconds: 0.02,
                tokens_per_second,
                share: 1.0,
            };
            scenario.engine.remote_kv = Some(link(1e9));
            scenario = scenario.at_utilisation(0.45);
            let load = Load::of(&scenario);
            scenario.engine.remote_kv = Some(link(load.rate * load.prompt * 20.0));
        }
        FaultClass::LoraChurn if scenario.engine.lora.is_none() => {
            let load = Load::of(&scenario);
            let max_loras = libm::round(load.running / 3.0).clamp(1.0, 16.0) as usize;
            scenario.engine.lora =
                Some(Lora { max_loras, max_cpu_loras: max_loras * 2, load_seconds: 0.05 });
            scenario.traffic.adapters = max_loras;
        }
        FaultClass::MultimodalCost if scenario.engine.encoder.is_none() => {
            let seconds = scenario.engine.hardware.law.base * 0.5;
            scenario.engine.encoder = Some(Encoder { share: 0.5, seconds });
        }
        FaultClass::ConfigDrift => scenario = fleet_of(scenario, 3),
        FaultClass::HeadOfLine => {
            scenario = with_long_contexts(scenario);
            let load = Load::of(&scenario);
            let room = [1.15, 1.3, 1.5][(scenario.seed % 3) as usize];
            let longest = scenario.engine.max_model_len as f64 * room;
            let blocks =
                (load.running * load.live * 1.5).max(longest) / scenario.engine.block_size as f64;
            scenario.engine.kv_blocks = scenario.engine.kv_blocks.min(blocks as usize + 2);
        }
        FaultClass::GrammarStall if scenario.engine.grammar.is_none() => {
            scenario.engine.grammar = Some(Grammar { share: 0.3, seconds: 0.02 });
        }
        FaultClass::InterconnectDegraded => {
            scenario.engine.hardware.devices = scenario.engine.hardware.devices.max(2);
        }
        _ => {}
    }
    scenario
}

/// At that share of the capacity, yet with no more sequences and requests than a service of common
/// size has: the capacity of the largest devices for the shortest outputs is thousands of requests
/// a second.
fn busier(scenario: Scenario, utilisation: f64) -> Scenario {
    const RUNNING: f64 = 64.0;
    const REQUESTS: f64 = 60.0;
    let load = Load::of(&scenario);
    let rate = (load.capacity * utilisation).min(load.rate_at(RUNNING.max(load.running)));
    let most = (REQUESTS / scenario.replicas as f64).max(load.rate);
    scenario.at_utilisation(rate.min(most) / load.capacity.max(1e-9))
}

/// A fleet of that size where there is only one replica.
fn fleet_of(mut scenario: Scenario, replicas: usize) -> Scenario {
    if scenario.replicas < 2 {
        scenario.traffic.arrivals =
            scenario.traffic.arrivals.scaled(replicas as f64 / scenario.replicas as f64);
        scenario.replicas = replicas;
    }
    scenario
}

/// As many slots as the token objective and the cache allow: more of them would not help.
fn well_chosen_slots(scenario: &Scenario) -> usize {
    libm::round(Load::of(scenario).largest_batch).max(2.0) as usize
}

/// Contexts of which a third of what runs holds one, or the second, fourth or eighth part of one as
/// the seed says: vLLM refuses a cache that does not hold one request of the longest kind, and how
/// many of them it holds is nothing that a cache under pressure must have in common with others.
fn with_room_for_few(mut scenario: Scenario) -> Scenario {
    let load = Load::of(&scenario);
    let held = load.running * load.live * 0.35 / f64::from(1_u32 << (scenario.seed % 4));
    let mut longest = scenario.engine.max_model_len;
    while longest > 1024 && longest as f64 * 1.1 > held {
        longest /= 2;
    }
    scenario.engine.max_model_len = longest;
    scenario
}

/// Contexts of at least sixteen thousand tokens; longer ones where the cache holds three of them.
fn with_long_contexts(mut scenario: Scenario) -> Scenario {
    /// Where prompts become long, the flag is as generous as vLLM's default for today's models.
    const LONG: usize = 16_384;
    if scenario.engine.max_model_len < LONG {
        let fitting = (scenario.engine.kv_tokens() / 3).clamp(LONG, 131_072);
        scenario.engine.max_model_len = fitting;
    }
    scenario
}

/// Long prompts of which nine tenths are shared, at a rate that the engine would bear without the
/// cache too.
fn with_long_shared_prompts(scenario: Scenario) -> Scenario {
    let mut scenario = with_long_contexts(scenario);
    let load = Load::of(&scenario);
    let longest = scenario.engine.max_model_len as f64 * 0.5;
    let wanted = tokens_of_prefill(&scenario, scenario.objectives.ttft * 1.5).min(longest);
    scenario.traffic.prompt_factor *= (wanted / load.prompt).max(1.0);
    scenario.traffic.prefixes = Prefixes { groups: 4, share: 0.9 };
    let load = Load::of(&scenario);
    let rate = load.rate_for_prefill(&scenario, 0.25, load.prompt, 0.0);
    scenario.traffic.arrivals =
        scenario.traffic.arrivals.scaled((rate / load.rate.max(1e-9)).min(1.0));
    scenario
}
