//! Other ways to read the same series, each written anew from its public description.
//!
//! Where a description leaves something open, its page says how it was read. A name for the same
//! act counts for a rival as it does for the diagnosis. Thresholds are the rival's own; so are the
//! windows of its queries, over all the history that is there.

mod inferguard;
mod inferpilot;
mod matrix;
mod monitoring_stack;
mod pathologies;
pub mod presence;
mod scale_out;
mod vllm_doctor;

use crate::answer::Answer;
use crate::observed::Observed;
use crate::product::Objectives;

/// What every rival may know of a case beside the series.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Time of the judgement, Unix milliseconds.
    pub at: f64,
    /// Replicas that should run.
    pub replicas: usize,
    /// What the users were promised.
    pub objectives: Objectives,
}

/// One rival.
#[derive(Debug, Clone, Copy)]
pub struct Rival {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What was taken from where, and how open points were read.
    pub description: &'static str,
    /// Judges the series as they stand at a moment.
    pub judge: fn(&Observed<'_>, Moment) -> Answer,
}

/// Every rival, in the order of the tables.
pub static RIVALS: &[Rival] = &[
    matrix::MATRIX,
    pathologies::PATHOLOGIES,
    monitoring_stack::MONITORING_STACK,
    vllm_doctor::VLLM_DOCTOR,
    inferpilot::INFERPILOT,
    inferguard::INFERGUARD,
    scale_out::SCALE_OUT,
];

/// The names that vLLM exports today and that the published queries ask for.
mod name {
    pub(super) const TTFT: &str = "vllm:time_to_first_token_seconds";
    pub(super) const ITL: &str = "vllm:inter_token_latency_seconds";
    pub(super) const TPOT: &str = "vllm:request_time_per_output_token_seconds";
    pub(super) const E2E: &str = "vllm:e2e_request_latency_seconds";
    pub(super) const QUEUE: &str = "vllm:request_queue_time_seconds";
    pub(super) const RUNNING: &str = "vllm:num_requests_running";
    pub(super) const WAITING: &str = "vllm:num_requests_waiting";
    pub(super) const KV_USAGE: &str = "vllm:kv_cache_usage_perc";
    pub(super) const PREEMPTIONS: &str = "vllm:num_preemptions_total";
    pub(super) const PREFIX_QUERIES: &str = "vllm:prefix_cache_queries_total";
    pub(super) const PREFIX_HITS: &str = "vllm:prefix_cache_hits_total";
    pub(super) const FINISHED: &str = "vllm:request_success_total";
    pub(super) const CACHE_CONFIG: &str = "vllm:cache_config_info";
}

/// Whether a measured value lies above a line; what is not measured does not.
fn above(value: Option<f64>, line: f64) -> bool {
    value.is_some_and(|value| value > line)
}

/// Whether a measured value reaches a line.
fn reaches(value: Option<f64>, line: f64) -> bool {
    value.is_some_and(|value| value >= line)
}

/// Whether a measured value lies below a line.
fn below(value: Option<f64>, line: f64) -> bool {
    value.is_some_and(|value| value < line)
}

/// Share of looked-up prompt tokens found in the prefix cache; None where nothing was looked up.
fn prefix_hit_ratio(observed: &Observed<'_>, at: f64, window: f64) -> Option<f64> {
    let queries =
        observed.increase(name::PREFIX_QUERIES, at, window).filter(|queries| *queries > 0.0)?;
    Some(observed.increase(name::PREFIX_HITS, at, window)? / queries)
}
