//! Causes, one file each; this list is generated from the files by `npm run gen`.

mod cannot_tell;
mod engine_asleep;
mod engine_hang;
mod healthy;
mod kv_thrash;
mod load_above_capacity;
mod long_prompts;
mod slot_cap;
mod slow_decode;
mod telemetry_fault;

use crate::triage::cause::Rule;

/// Every rule, by id.
pub static RULES: &[&Rule] = &[
    &cannot_tell::RULE,
    &engine_asleep::RULE,
    &engine_hang::RULE,
    &healthy::RULE,
    &kv_thrash::RULE,
    &load_above_capacity::RULE,
    &long_prompts::RULE,
    &slot_cap::RULE,
    &slow_decode::RULE,
    &telemetry_fault::RULE,
];
