//! One rule a file, named after the condition it finds.

pub(crate) mod cannot_tell;
pub(crate) mod healthy;
pub(crate) mod kv_thrash;
pub(crate) mod long_prompts;
pub(crate) mod offered_load;
pub(crate) mod slot_cap;
pub(crate) mod slow_decode;
pub(crate) mod telemetry_fault;
