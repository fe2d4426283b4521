//! The effect of each class on what holds. Sizes follow from the expected load, so that a severity
//! means the same on every device.

use crate::configuration::{Clients, Fault, FaultClass, FrontEnd, Prefixes, Scenario};
use crate::effective::{Conditions, Effective};
use crate::engine::MERGED_SHARE;
use crate::faults::{device, overload_factor, token_budget};
use crate::load::{Load, tokens_of_prefill};

/// Applies one fault that holds at `_time`.
pub(crate) fn apply(scenario: &Scenario, fault: &Fault, _time: f64, effective: &mut Effective) {
    let load = Load::of(scenario);
    let severity = fault.severity;
    match fault.class {
        FaultClass::SlotCap
        | FaultClass::KvBoundAdmission
        | FaultClass::KvThrash
        | FaultClass::TokenBudget
        | FaultClass::FrontEndCpu
        | FaultClass::StreamBackPressure
        | FaultClass::SpeculationNotPaying
        | FaultClass::KvTransferStall
        | FaultClass::MultimodalCost
        | FaultClass::AdmissionRejected
        | FaultClass::GrammarStall
        | FaultClass::ColdStart => {
            for conditions in &mut effective.replicas {
                flags(scenario, fault.class, severity, &load, conditions);
            }
        }
        FaultClass::SlowDecode => {
            for conditions in &mut effective.replicas {
                device::slow(scenario, severity, conditions);
            }
        }
        FaultClass::InterconnectDegraded => {
            for conditions in &mut effective.replicas {
                device::degrade_links(severity, conditions);
            }
        }
        FaultClass::HostBound => {
            for conditions in &mut effective.replicas {
                device::hold_back(severity, &load, conditions);
            }
        }
        FaultClass::EngineAsleep => {
            for conditions in &mut effective.replicas {
                conditions.is_asleep = true;
            }
        }
        FaultClass::ConfigDrift => {
            // A router that knows nothing of loads: others would spare the odd replica.
            effective.routed_by_weight = true;
            if let Some(conditions) = effective.replicas.get_mut(1) {
                flags(scenario, FaultClass::SlotCap, severity, &load, conditions);
            }
        }
        FaultClass::HeadOfLine => giants(scenario, severity, &load, effective),
        FaultClass::BadReplica => {
            if let Some(conditions) = effective.replicas.get_mut(1) {
                device::slow(scenario, severity, conditions);
            }
        }
        FaultClass::RoutingImbalance => imbalance(scenario, severity, &load, effective),
        FaultClass::LoadAboveCapacity => {
            scale_rate(effective, overload_factor(scenario, &load, 1.1 + 0.7 * severity));
        }
        FaultClass::AutoscalerLag => {
            scale_rate(effective, overload_factor(scenario, &load, 1.1 + 0.4 * severity));
        }
        FaultClass::BatchGrowth => {
            scale_rate(effective, batch_growth(scenario, &load, severity));
        }
        FaultClass::Burst => {
            scale_rate(effective, overload_factor(scenario, &load, 2.0 + 2.0 * severity));
        }
        FaultClass::UpstreamStarvation => scale_rate(effective, (0.4 - 0.39 * severity).max(0.01)),
        FaultClass::OverProvisioned => scale_rate(effective, 0.6 - 0.5 * severity),
        FaultClass::LongPrompts => long_prompts(scenario, severity, &load, effective),
        FaultClass::LongContextDecode => long_contexts(scenario, severity, &load, effective),
        FaultClass::PrefixCacheCollapse => {
            effective.demand.prefixes = Prefixes {
                share: scenario.traffic.prefixes.share * 0.4 * (1.0 - severity),
                ..scenario.traffic.prefixes
            };
        }
        FaultClass::PrefillStallsDecode => stalls(scenario, severity, &load, effective),
        FaultClass::LoraChurn => {
            let slots = scenario.engine.lora.as_ref().map_or(1, |lora| lora.max_loras) as f64;
            effective.demand.adapters = libm::round(slots * (3.0 + 7.0 * severity)) as usize;
        }
        FaultClass::ClientAborts => {
            let answer = load.output * load.step;
            effective.demand.clients = Some(Clients {
                leaving_share: 0.25 + 0.65 * severity,
                leave_within_seconds: answer * 0.9,
                ..scenario.traffic.clients
            });
        }
        FaultClass::RunawayOutputs => {
            let tokens = (load.output * 8.0).min(scenario.engine.max_model_len as f64 / 2.0) as u32;
            effective.demand.runaway = Some((0.15 + 0.45 * severity, tokens));
        }
        FaultClass::ErrorBurst => effective.demand.error_share = 0.08 + 0.7 * severity,
        FaultClass::RestartLoop | FaultClass::TelemetryFault | FaultClass::EngineHang => {}
    }
}

fn scale_rate(effective: &mut Effective, factor: f64) {
    effective.demand.rate_factor *= factor;
}

/// Factor on the traffic that lets the batch grow until a token takes about as long as its
/// objective, within what slots and cache bear.
fn batch_growth(scenario: &Scenario, load: &Load, severity: f64) -> f64 {
    let slots = scenario.engine.max_num_seqs as f64;
    let memory = scenario.engine.kv_tokens() as f64 / load.live;
    let late = scenario.objectives.tpot * (0.9 + 0.2 * severity);
    let wanted = ((late - load.base) / load.slope).max(load.running * 1.2);
    let rate = load.rate_at(wanted.min(slots * 0.9).min(memory * 0.9));
    (rate / load.rate.max(1e-9)).max(1.0)
}

fn flags(
    scenario: &Scenario,
    class: FaultClass,
    severity: f64,
    load: &Load,
    conditions: &mut Conditions,
) {
    let engine = &mut conditions.engine;
    match class {
        FaultClass::SlotCap => {
            engine.max_num_seqs =
                libm::round(load.running * (0.85 - 0.6 * severity)).max(1.0) as usize;
        }
        FaultClass::KvBoundAdmission => {
            engine.kv_blocks = blocks_for(scenario, load, 0.75 - 0.35 * severity);
            // Room for what the running outputs will still need, so that nobody is thrown out.
            engine.admission_watermark = (load.output / load.live * 0.8 + 0.02).min(0.3);
        }
        FaultClass::KvThrash => {
            engine.kv_blocks = blocks_for(scenario, load, 0.75 - 0.35 * severity);
            engine.admission_watermark = 0.0;
        }
        FaultClass::TokenBudget => {
            engine.max_num_batched_tokens = token_budget::smallest(engine.max_num_seqs);
        }
        FaultClass::FrontEndCpu => {
            let front = &mut engine.front_end;
            let work = arrival_seconds(front, load)
                + front.per_output_seconds * load.output * MERGED_SHARE;
            let factor = loop_load(severity) * front.servers as f64 / (load.rate * work).max(1e-9);
            front.per_request_seconds *= factor;
            front.per_prompt_token_seconds *= factor;
            front.per_output_seconds *= factor;
        }
        FaultClass::StreamBackPressure => {
            let front = &mut engine.front_end;
            let left = loop_load(severity) * front.servers as f64
                - load.rate * arrival_seconds(front, load);
            let each = left / (load.rate * load.output * MERGED_SHARE).max(1e-9);
            front.per_output_seconds = each.max(front.per_output_seconds);
        }
        FaultClass::SpeculationNotPaying => {
            if let Some(speculation) = &mut engine.speculation {
                speculation.acceptance = 0.3 * (1.0 - severity);
                speculation.draft_seconds *= 1.5 + 2.0 * severity;
            }
        }
        FaultClass::KvTransferStall => {
            if let Some(remote) = &mut engine.remote_kv {
                let asked = load.rate * load.prompt * remote.share;
                remote.tokens_per_second = asked * (1.2 - 0.5 * severity);
                remote.latency_seconds += 0.3 * severity;
            }
        }
        FaultClass::MultimodalCost => {
            if let Some(encoder) = &mut engine.encoder {
                let affordable = 0.45 / (load.rate * encoder.share).max(1e-9);
                encoder.seconds =
                    (scenario.objectives.ttft * (0.8 + 1.2 * severity)).min(affordable);
            }
        }
        FaultClass::AdmissionRejected => {
            // Those who come during one step wait for its end, however much room there is.
            let during_a_step = load.rate * load.step * load.tokens_a_step;
            let limit = libm::round(during_a_step * (1.5 - severity)).max(1.0);
            engine.max_queued_requests = Some(limit as usize);
        }
        FaultClass::GrammarStall => {
            if let Some(grammar) = &mut engine.grammar {
                grammar.seconds = scenario.objectives.ttft * (0.8 + 2.2 * severity);
            }
        }
        FaultClass::ColdStart => {
            engine.start_up.load_seconds = 20.0;
            engine.start_up.warm_up_seconds = 120.0 + 240.0 * severity;
            engine.start_up.warm_up_factor = 2.5 + 5.0 * severity;
        }
        _ => {}
    }
}

/// Share of its time for which a starved event loop has work: a little below 1 it only lags, above
/// 1 it falls behind without end.
fn loop_load(severity: f64) -> f64 {
    0.9 + 0.25 * severity
}

/// What the event loop spends on an arrival, seconds.
fn arrival_seconds(front: &FrontEnd, load: &Load) -> f64 {
    front.per_request_seconds + front.per_prompt_token_seconds * load.prompt
}

/// Blocks for that share of what would run, at least for one request of the longest kind.
fn blocks_for(scenario: &Scenario, load: &Load, share: f64) -> usize {
    let engine = &scenario.engine;
    let tokens = (load.running * load.live * share).max(engine.max_model_len as f64 * 1.1);
    (tokens / engine.block_size as f64) as usize + 1
}

fn imbalance(scenario: &Scenario, severity: f64, load: &Load, effective: &mut Effective) {
    let replicas = effective.replicas.len() as f64;
    let wanted = overload_factor(scenario, load, 1.05 + 0.5 * severity).min(replicas * 0.95);
    for (index, conditions) in effective.replicas.iter_mut().enumerate() {
        conditions.routing_weight =
            if index == 0 { wanted } else { (replicas - wanted) / (replicas - 1.0).max(1.0) };
    }
    effective.routed_by_weight = true;
}

/// Prompts so long that their prefill alone reaches the target, at a rate that leaves the queue
/// short.
fn long_prompts(scenario: &Scenario, severity: f64, load: &Load, effective: &mut Effective) {
    let share = (load.computed / load.prompt).max(0.05);
    let wanted = tokens_of_prefill(scenario, scenario.objectives.ttft * (0.8 + severity)) / share;
    let longest = scenario.engine.max_model_len as f64 * 0.5;
    let factor = (wanted / load.prompt).clamp(2.0, (longest / load.prompt).max(2.0));
    effective.demand.prompt_factor *= factor;
    let (computed, cached) = (load.computed * factor, (load.prompt - load.computed) * factor);
    let rate = load.rate_for_prefill(scenario, 0.15, computed, cached);
    effective.demand.rate_factor *= (rate / load.rate.max(1e-9)).min(1.0);
}

/// Longer prompts of which as much is computed as before: the rest is found in the cache.
fn long_contexts(scenario: &Scenario, severity: f64, load: &Load, effective: &mut Effective) {
    let prefixes = scenario.traffic.prefixes;
    // All shared beginnings stay in the cache beside what runs.
    let room =
        scenario.engine.kv_tokens() as f64 * 0.25 / (prefixes.groups.max(1) as f64 * load.prompt);
    let factor = (4.0 + 8.0 * severity).min(room).max(1.5);
    effective.demand.prompt_factor *= factor;
    effective.demand.prefixes =
        Prefixes { share: 1.0 - (1.0 - prefixes.share) / factor, ..prefixes };
}

/// Some prompts so long that their chunk stands in the way of the decoding requests.
fn stalls(scenario: &Scenario, severity: f64, load: &Load, effective: &mut Effective) {
    let share = 0.15 + 0.2 * severity;
    let busy = 0.2 + 0.2 * severity;
    let longest = (scenario.engine.max_model_len as f64 * 0.9)
        .min(scenario.engine.max_num_batched_tokens as f64 * 0.9);
    let tokens = tokens_of_prefill(scenario, busy / (share * load.rate).max(1e-9));
    effective.demand.long_prompts =
        Some((share, tokens.clamp((load.computed * 3.0).min(longest), longest) as u32));
}

/// Now and then a prompt that needs most of the cache: it waits at the head of the queue until so
/// much is free, and all others behind it.
fn giants(scenario: &Scenario, severity: f64, load: &Load, effective: &mut Effective) {
    let engine = &scenario.engine;
    let held = engine.kv_tokens() as f64 * (0.6 + 0.35 * severity);
    let tokens = held.min(engine.max_model_len as f64 * 0.95);
    let apart = 60.0 - 40.0 * severity;
    let share = (1.0 / (load.rate * apart).max(1e-9)).min(0.2);
    effective.demand.long_prompts = Some((share, tokens as u32));
}
