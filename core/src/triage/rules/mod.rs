//! Causes, one file each; this list is generated from the files by `npm run gen`.

mod admission_rejected;
mod cannot_tell;
mod client_aborts;
mod config_drift;
mod engine_asleep;
mod engine_errors;
mod engine_hang;
mod front_end;
mod grammar_stall;
mod head_of_line;
mod healthy;
mod host_bound;
mod kv_admission;
mod kv_thrash;
mod kv_transfer_stall;
mod load_above_capacity;
mod long_context;
mod long_prompts;
mod lora_churn;
mod low_traffic;
mod multimodal_encoder;
mod over_provisioned;
mod prefill_decode_imbalance;
mod prefill_decode_interference;
mod prefix_cache_collapse;
mod replica_starting;
mod restart_loop;
mod routing_imbalance;
mod runaway_outputs;
mod sick_replica;
mod slot_cap;
mod slow_decode;
mod speculation_not_paying;
mod telemetry_fault;
mod token_budget;

use crate::triage::cause::Rule;

/// Every rule, by id.
pub static RULES: &[&Rule] = &[
    &admission_rejected::RULE,
    &cannot_tell::RULE,
    &client_aborts::RULE,
    &config_drift::RULE,
    &engine_asleep::RULE,
    &engine_errors::RULE,
    &engine_hang::RULE,
    &front_end::RULE,
    &grammar_stall::RULE,
    &head_of_line::RULE,
    &healthy::RULE,
    &host_bound::RULE,
    &kv_admission::RULE,
    &kv_thrash::RULE,
    &kv_transfer_stall::RULE,
    &load_above_capacity::RULE,
    &long_context::RULE,
    &long_prompts::RULE,
    &lora_churn::RULE,
    &low_traffic::RULE,
    &multimodal_encoder::RULE,
    &over_provisioned::RULE,
    &prefill_decode_imbalance::RULE,
    &prefill_decode_interference::RULE,
    &prefix_cache_collapse::RULE,
    &replica_starting::RULE,
    &restart_loop::RULE,
    &routing_imbalance::RULE,
    &runaway_outputs::RULE,
    &sick_replica::RULE,
    &slot_cap::RULE,
    &slow_decode::RULE,
    &speculation_not_paying::RULE,
    &telemetry_fault::RULE,
    &token_budget::RULE,
];
