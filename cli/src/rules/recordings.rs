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

/// Least interval of recordings, seconds: growth between two scrapes of 15 s costs four times as
/// much and says nothing more over an hour.
pub(crate) const RECORDED_EVERY: u32 = 60;

/// Interval of the recordings for long ranges, seconds: the least step of a history.
pub(crate) const HISTORY_EVERY: u32 = 300;

/// Families whose growth alerts add up.
const ALERTED: &[Family] = &[Family::Ttft, Family::Itl, Family::Tpot, Family::E2e];

/// The recording rules of a plan by model, whose step is the interval of their group. Without
/// `is_whole_plan` only what alerts need.
pub(crate) fn of_plan(plan: &Plan, seconds: u32, is_whole_plan: bool) -> Vec<Recording> {
    plan.queries
        .iter()
        .filter_map(|query| {
            let role = increment_of(query)?;
            (is_whole_plan || ALERTED.contains(&role.family)).then(|| Recording {
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

/// The role of a query that brings increments; None for states, which are read as they are.
fn increment_of(query: &PlannedQuery) -> Option<Role> {
    let (_, role) = query.promql.split_once(&format!("\"{ROLE_LABEL}\", \""))?;
    let role: Role = role.split('"').next()?.parse().ok()?;
    (role.kind == Some(SeriesKind::Increment)).then_some(role)
}

/// Reads recorded growth in place of what a plan by model would sum over all replicas: the sum over
/// a step is the growth within it. States and what belongs to a target stay as they are. The step
/// has to be whole minutes.
pub(crate) fn read_back(plan: Plan, matchers: &str, step_ms: i64) -> Plan {
    let history = i64::from(HISTORY_EVERY) * 1_000;
    let every = if step_ms % history == 0 { HISTORY_EVERY } else { RECORDED_EVERY };
    // One millisecond less: a server before 3.0 would count a sample at the begin of a step, too.
    let window = step_ms - 1;
    let read = |query: PlannedQuery| {
        let Some(role) = increment_of(&query) else { return query };
        let selector = match matchers {
            "" => name(&query.role, every),
            _ => format!("{}{{{matchers}}}", name(&query.role, every)),
        };
        let promql = format!(
            "label_replace(sum_over_time({selector}[{window}ms]), \"{ROLE_LABEL}\", \"{role}\", \
             \"\", \"\")"
        );
        PlannedQuery { promql, ..query }
    };
    Plan { queries: plan.queries.into_iter().map(read).collect(), watch: None, ..plan }
}
