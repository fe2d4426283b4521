//! Recording rules: the growth of every planned quantity by model, from the query plan itself.
//!
//! The plan's increments hold whatever happens to a replica, and they add up over any interval. So
//! what a rule records every minute answers a page over 30 days of 1,000 replicas with a handful of
//! series, and a sum over time is an exact count. The label that the plan writes says what each
//! series is; the core reads it without being told.

use inference_triage_core::catalogue::families::Family;
use inference_triage_core::query::{Plan, PlannedQuery};
use inference_triage_core::role::{ROLE_LABEL, Role, SeriesKind};

use crate::rules::promql::duration;

/// One recording rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recording {
    /// Name of the recorded series.
    pub(crate) name: String,
    /// What it records.
    pub(crate) expression: String,
    /// Labels that it adds.
    pub(crate) labels: Vec<(&'static str, String)>,
}

/// Families whose growth alerts add up.
const ALERTED: &[Family] = &[Family::Ttft, Family::Itl, Family::Tpot, Family::E2e];

/// The recording rules of a plan by model, whose step is the interval of their group. Without
/// `is_whole_plan` only what alerts need.
pub(crate) fn of_plan(plan: &Plan, seconds: u32, is_whole_plan: bool) -> Vec<Recording> {
    plan.queries
        .iter()
        .filter_map(|query| {
            let family = increment_of(query)?;
            (is_whole_plan || ALERTED.contains(&family)).then(|| Recording {
                name: name(&query.role, seconds),
                expression: query.promql.clone(),
                labels: Vec::new(),
            })
        })
        .collect()
}

/// Name of the recorded growth of a family.
pub(crate) fn of_family(family: Family, seconds: u32) -> String {
    name(family.id(), seconds)
}

fn name(role: &str, seconds: u32) -> String {
    format!("inference_triage:{role}:increment{}", duration(seconds))
}

/// The family of a query whose role says that it is an increment; None for states, which are read
/// as they are.
fn increment_of(query: &PlannedQuery) -> Option<Family> {
    let (_, role) = query.promql.split_once(&format!("\"{ROLE_LABEL}\", \""))?;
    let role: Role = role.split('"').next()?.parse().ok()?;
    (role.kind == Some(SeriesKind::Increment)).then_some(role.family)
}
