//! The query plan: which PromQL gives the core what it needs, written once for every host.
//!
//! Two ways lead to the same report. The *raw selector* is one query for unaggregated series; the core computes increases
//! itself. The *planned queries* let the server sum over replicas: increments per step that telescope over any interval,
//!
//! ```text
//! sum by (le, …) ((m − m offset step >= 0) or (m and m offset step))        with step = the query's step
//! ```
//!
//! The first arm is the difference, the second takes the new value after a reset; a series without an earlier sample
//! yields nothing, because counting it from zero would turn a new scrape target into a spike. `increase` is empty at a
//! step of one scrape and fractional otherwise. Buckets and sum of a histogram come in one query, so that no scrape can
//! fall between them; the count is the +Inf bucket.

mod plan;

pub use plan::{Dialect, Grouping, Plan, PlanOptions, PlannedQuery, plan, prefix_of_name};

/// The label under which planned queries carry what their sums lost: `<role>/<kind>/<window in ms>/<engine>/<prefix>`. The
/// role alone will do.
pub const ROLE_LABEL: &str = "triage_role";
