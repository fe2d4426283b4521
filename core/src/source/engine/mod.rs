//! Serving engines, one file each.

pub(crate) mod vllm;
