//! Recording rules: the growth of every planned quantity by model, from the query plan itself.
//!
//! The plan's increments hold whatever happens to a replica, and they add up over any interval. So
//! what a rule records every minute answers a page over 30 days of 1,000 replicas with a handful of
//! series, and a sum over time is an exact count. The label that the plan writes says what each
//! series is; the core reads it without being told.

use inference_triage_core::catalogue::families::Family;
use inference_triage_core::query::{Plan, PlannedQuery};
use inference_triage_core::role::{ROLE_LABEL, Role, SeriesKind};

use crate::exit::Failure;
use crate::rules::identity::{MATCH_LABEL, selectors};
use crate::rules::promql::duration;
use crate::rules::series::Series;

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

/// The interval of the recordings that a range is read from, milliseconds, for engines that are
/// scraped so often: each step of a query holds whole recordings. Ranges of days are read from
/// those for histories.
pub(crate) fn recorded_interval(scrape_ms: i64, range_ms: i64) -> i64 {
    let every = (i64::from(RECORDED_EVERY) * 1_000).max(scrape_ms);
    let history = i64::from(HISTORY_EVERY) * 1_000;
    if range_ms > history * STEPS_OF_MINUTES { history.max(every) } else { every }
}

/// Steps of five minutes, about as many as a query has, from which on a range is read from the
/// recordings for histories. Earlier, an incident of minutes is one step; later, a week costs five
/// times the samples.
const STEPS_OF_MINUTES: i64 = 1_000;

/// Which recordings stand for the queries of a plan.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// Of the pack, without braces; the first that is there counts.
    selectors: Vec<String>,
    /// How often the shorter recordings are made, seconds.
    every: u32,
}

impl Recorded {
    /// Those of packs for these matchers; `scrape_ms` is how often the engines are scraped.
    pub(crate) fn new(engine: &str, matchers: &str, scrape_ms: i64) -> Result<Self, Failure> {
        let series = Series::new(engine, None, matchers)?;
        let every = recorded_interval(scrape_ms, 0).div_euclid(1_000);
        Ok(Self {
            selectors: selectors(matchers, series.model_label())?,
            every: u32::try_from(every).unwrap_or(RECORDED_EVERY),
        })
    }

    /// How often the recordings for a step in milliseconds are made, seconds.
    fn every(&self, step_ms: i64) -> u32 {
        let history = i64::from(HISTORY_EVERY) * 1_000;
        if step_ms % history == 0 { HISTORY_EVERY } else { self.every }
    }

    /// The name of one of the series that a step is read from.
    pub(crate) fn example(&self, step_ms: i64) -> String {
        of_family(Family::Ttft, self.every(step_ms))
    }

    /// Reads recorded growth in place of what a plan by model would sum over all replicas: the sum
    /// over a step is the growth within it. States and what belongs to a target stay as they are.
    /// The step has to be whole recordings.
    pub(crate) fn read_back(&self, plan: Plan, step_ms: i64) -> Plan {
        let every = self.every(step_ms);
        // One millisecond less: a server before 3.0 would count a sample at the begin of a step.
        let window = step_ms - 1;
        let read = |query: PlannedQuery| {
            let Some(role) = increment_of(&query) else { return query };
            let name = name(&query.role, every);
            let each: Vec<String> = self
                .selectors
                .iter()
                .map(|selector| {
                    format!(
                        "sum without ({MATCH_LABEL}) (sum_over_time({name}{{{selector}}}[{window}ms]))"
                    )
                })
                .collect();
            let promql = format!(
                "label_replace({}, \"{ROLE_LABEL}\", \"{role}\", \"\", \"\")",
                each.join(" or ")
            );
            PlannedQuery { promql, ..query }
        };
        Plan { queries: plan.queries.into_iter().map(read).collect(), watch: None, ..plan }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 1_440 * MINUTE;

    /// A recording is made once a scrape, at least a minute apart; days are read from five minutes.
    #[test]
    fn every_range_is_whole_recordings() {
        for (scrape, range, interval) in [
            (15_000, 12 * 60 * MINUTE, MINUTE),
            (2 * MINUTE, 60 * MINUTE, 2 * MINUTE),
            (90_000, 60 * MINUTE, 90_000),
            (15_000, 3 * DAY, MINUTE),
            (15_000, 7 * DAY, 5 * MINUTE),
            (2 * MINUTE, 30 * DAY, 5 * MINUTE),
        ] {
            assert_eq!(recorded_interval(scrape, range), interval, "{scrape} {range}");
        }
        let recorded = Recorded::new("vllm", "", 2 * MINUTE).expect("an engine");
        for (step, name) in [(2, "2m"), (4, "2m"), (10, "5m"), (15, "5m")] {
            let example = recorded.example(step * MINUTE);
            assert_eq!(example, format!("inference_triage:ttft:increment{name}"), "{step} minutes");
        }
    }
}
