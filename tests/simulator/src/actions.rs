//! What turning a knob changes.

use crate::configuration::{Action, EngineConfiguration, Knob, Scenario};
use crate::effective::{Conditions, Effective};
use crate::load::Load;

/// Applies an action to what the faults left. Actions that add, remove or repair something act
/// elsewhere too, where that thing is made.
pub(crate) fn apply(scenario: &Scenario, action: Action, effective: &mut Effective) {
    for conditions in &mut effective.replicas {
        turn_flag(scenario, action, conditions);
    }
    let demand = &mut effective.demand;
    match action.knob {
        Knob::ShortenPrompts => demand.prompt_factor *= 0.5,
        Knob::LimitOutputs => {
            let limit = action.value.unwrap_or_else(|| Load::of(scenario).output * 2.0);
            demand.output_limit = Some(limit.clamp(1.0, 1e9) as u32);
        }
        Knob::ShedLoad => demand.rate_factor *= 0.8,
        Knob::RaiseClientTimeout => {
            demand.patience_factor *= 3.0;
            if let Some(clients) = &mut demand.clients {
                clients.leaving_share = 0.0;
            }
        }
        _ => {}
    }
}

fn turn_flag(scenario: &Scenario, action: Action, conditions: &mut Conditions) {
    let engine = &mut conditions.engine;
    let set = |otherwise: f64| action.value.unwrap_or(otherwise).clamp(1.0, 1e9) as usize;
    match action.knob {
        Knob::RaiseMaxNumSeqs => {
            engine.max_num_seqs = set(engine.max_num_seqs as f64 * 4.0).max(engine.max_num_seqs);
        }
        Knob::LowerMaxNumSeqs => {
            let fitting = engine.kv_tokens() as f64 / Load::of(scenario).live * 0.5;
            engine.max_num_seqs = set(fitting).min(engine.max_num_seqs);
        }
        Knob::RaiseTokenBudget => {
            engine.max_num_batched_tokens = set(engine.max_num_batched_tokens as f64 * 4.0);
        }
        Knob::LowerTokenBudget => {
            let least = (Load::of(scenario).running * 2.0).max(256.0);
            let lowered = (engine.max_num_batched_tokens as f64 / 4.0).max(least);
            engine.max_num_batched_tokens = set(lowered).min(engine.max_num_batched_tokens);
        }
        Knob::RaiseKvMemory => engine.kv_blocks *= 2,
        Knob::LowerKvMemory => {
            let least = engine.max_model_len / engine.block_size + 2;
            engine.kv_blocks = (engine.kv_blocks * 2 / 3).max(least);
        }
        Knob::RestorePrefixes => engine.prefix_caching = true,
        Knob::AddApiServers => {
            engine.front_end.servers = set(engine.front_end.servers as f64 * 4.0);
        }
        Knob::DisableSpeculation => engine.speculation = None,
        Knob::RaiseMaxLoras => {
            if let Some(lora) = &mut engine.lora {
                lora.max_loras = set(lora.max_loras as f64 * 4.0);
                lora.max_cpu_loras = lora.max_cpu_loras.max(lora.max_loras * 2);
            }
        }
        _ => {}
    }
    keep_startable(action.knob, engine);
}

/// Nobody can turn a flag to what vLLM refuses: slots stop at the token budget, a budget at the
/// slots.
fn keep_startable(knob: Knob, engine: &mut EngineConfiguration) {
    let (budget, slots) = (engine.max_num_batched_tokens, engine.max_num_seqs);
    match knob {
        Knob::RaiseMaxNumSeqs => engine.max_num_seqs = slots.min(budget),
        Knob::LowerTokenBudget | Knob::RaiseTokenBudget => {
            engine.max_num_batched_tokens = budget.max(slots);
        }
        _ => {}
    }
}
