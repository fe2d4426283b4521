//! The core's query plan, asked for with what the user typed.

use inference_triage_core::error::Error;
use inference_triage_core::query::{self, Dialect, Fetch, FetchRange, Grouping, Plan, PlanOptions};
use inference_triage_core::settings::Settings;

use crate::arguments::{GroupingArgument, HostArgument};

/// What every query of a plan has in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// Profile id of the engine.
    pub(crate) engine: &'a str,
    /// Metric name prefix when the profile does not know it.
    pub(crate) prefix: Option<&'a str>,
    /// Label matchers, without braces.
    pub(crate) matchers: Option<&'a str>,
    pub(crate) grouping: GroupingArgument,
    /// Namespaces of the engines, each with a line end behind it; None where nothing tells them.
    pub(crate) namespaces: Option<&'a str>,
}

impl Subject<'_> {
    /// The raw selector and the planned queries for a step in milliseconds, with what the plan's
    /// watch found to keep apart.
    pub(crate) fn plan(
        &self,
        host: HostArgument,
        step: i64,
        apart: Option<String>,
    ) -> Result<Plan, Error> {
        query::plan(self.engine, &PlanOptions { apart, ..self.options(host, step) })
    }

    /// What a diagnosis of a range needs, for each purpose, with a history of that many
    /// milliseconds where one is wanted.
    pub(crate) fn fetches(
        &self,
        detail: FetchRange,
        settings: &Settings,
        history_ms: Option<i64>,
    ) -> Result<Vec<Fetch>, Error> {
        let options = self.options(HostArgument::Promql, detail.step_ms);
        query::fetches(self.engine, &options, detail, settings, history_ms)
    }

    fn options(&self, host: HostArgument, step_ms: i64) -> PlanOptions {
        PlanOptions {
            prefix: self.prefix.map(str::to_owned),
            matchers: self.matchers.unwrap_or_default().to_owned(),
            step_ms,
            dialect: match host {
                HostArgument::Grafana => Dialect::Grafana,
                HostArgument::Perses => Dialect::Perses,
                HostArgument::Promql => Dialect::Promql,
            },
            grouping: match self.grouping {
                GroupingArgument::Replica => Grouping::Replica,
                GroupingArgument::Model => Grouping::Model,
            },
            apart: None,
            namespaces: self.namespaces.map(str::to_owned),
        }
    }
}
