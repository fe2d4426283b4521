//! A token budget that is too small: what it must be measured against, and the traffic for which it
//! matters.

use crate::configuration::Scenario;
use crate::load::Load;

/// Budgets that people set, tokens; vLLM refuses less than its slots.
pub(crate) const BUDGETS: [usize; 6] = [512, 1024, 2048, 4096, 8192, 16_384];

/// Slots beside a small budget: at most as many as the smallest budget has tokens.
const SLOTS: usize = 256;

/// A budget that is large enough, tokens. Twice as much would let steps of a second stall those who
/// decode.
const AMPLE: usize = 8192;

/// Share of the device that the service may use while its budget is large: beyond it, it would not
/// be well either.
const WELL_BELOW: f64 = 0.75;

/// Part of the cache that running requests may hold, so that not the cache holds them back.
const CACHE_SHARE: f64 = 0.35;

/// The smallest budget of those that start beside the slots.
pub(crate) fn smallest(slots: usize) -> usize {
    BUDGETS.into_iter().find(|budget| *budget >= slots).unwrap_or(slots)
}

/// Share of the time in which a replica would compute if each step took `budget` tokens: prompts
/// beside their decoding neighbours. Above 1 the budget is too small.
pub(crate) fn utilisation(scenario: &Scenario, load: &Load, rate: f64, budget: f64) -> f64 {
    let law = &scenario.engine.hardware.law;
    let need = rate * load.computed;
    let running = (rate * load.output * load.step * 2.0).min(budget * 0.5);
    let decode = law.base + law.mixed + (law.sequence + law.context * load.live) * running;
    let prefill = law.prefill + 2.0 * law.square * load.computed;
    need * (prefill + decode / (budget - running).max(1.0))
}

/// Long prompts with short outputs (extraction, ranking) at a rate for which the smallest budget is
/// too small and the largest is ample.
pub(crate) fn with_long_prompts(mut scenario: Scenario, severity: f64) -> Scenario {
    scenario.engine.max_num_seqs = scenario.engine.max_num_seqs.min(SLOTS);
    scenario.engine.max_num_batched_tokens = AMPLE;
    let small = smallest(scenario.engine.max_num_seqs) as f64;
    let load = Load::of(&scenario);
    // Several budgets long, and never so long that few fit into the cache.
    let longest = scenario.engine.kv_tokens() as f64 / 16.0;
    let wanted = (small * 3.0 * load.prompt / load.computed.max(1.0))
        .min(longest)
        .min(scenario.engine.max_model_len as f64 / 4.0);
    scenario.traffic.prompt_factor *= (wanted / load.prompt).max(1.0);
    scenario.traffic.output_factor *= (40.0 / load.output).min(1.0);
    let load = Load::of(&scenario);
    let large = scenario.engine.max_num_batched_tokens as f64;
    let reached = |budget: f64| utilisation(&scenario, &load, 1.0, budget);
    // In these units utilisation is nearly proportional to the rate.
    let well = WELL_BELOW / reached(large).max(1e-12);
    let too_much = (1.0 + 0.3 * severity) / reached(small).max(1e-12);
    let held = load.rate_at(CACHE_SHARE * scenario.engine.kv_tokens() as f64 / load.live);
    let rate = too_much.min(well).min(held) * scenario.replicas as f64;
    scenario.traffic.arrivals =
        scenario.traffic.arrivals.scaled(rate / (load.rate * scenario.replicas as f64).max(1e-9));
    scenario
}
