//! Selectors of an engine's series as alert expressions need them.

use inference_triage_core::catalogue::families::Family;
use inference_triage_core::error::Error;
use inference_triage_core::query::{self, Plan, PlanOptions};
use inference_triage_core::role::RolePart;
use inference_triage_core::source::exporter::{Exporter, ExporterKind};
use inference_triage_core::source::registry::{EXPORTERS, engine};
use inference_triage_core::source::selector::Ask;

use crate::exit::Failure;
use crate::rules::growth::since_appearance;
use crate::rules::promql::{any_of, duration};

/// The series of one engine, or of some of its models.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    /// Whose.
    pub(crate) engine: &'static Exporter,
    prefix: String,
    matchers: String,
}

/// How long a replica that stopped answering is still asked after. An hour, and an outage over
/// lunch ends by itself; a week, and a model that was taken away keeps its alert for as long.
pub(crate) const REMEMBERED: &str = "1d";

impl Series {
    /// The core refuses what does not exist, in its own words.
    pub(crate) fn new(id: &str, prefix: Option<&str>, matchers: &str) -> Result<Self, Failure> {
        let usage = |error: Error| Failure::usage(error.to_string());
        Self::plan_of(id, prefix, matchers, 60_000).map_err(usage)?;
        let Some(engine) = engine(id) else {
            return Err(Failure::usage(format!("there is no engine \"{id}\"")));
        };
        let given = matchers.trim().trim_matches(',').trim();
        let no_copies = engine.router_label.map(|label| format!("{label}=\"\""));
        let matchers: Vec<String> =
            [given.to_owned()].into_iter().chain(no_copies).filter(|one| !one.is_empty()).collect();
        let prefix = prefix.unwrap_or(engine.canonical_prefix).to_owned();
        Ok(Self { engine, prefix, matchers: matchers.join(",") })
    }

    /// The queries by model that hold whatever happens, for a step in milliseconds.
    pub(crate) fn plan_of(
        id: &str,
        prefix: Option<&str>,
        matchers: &str,
        step_ms: i64,
    ) -> Result<Plan, Error> {
        let options = PlanOptions {
            prefix: prefix.map(str::to_owned),
            matchers: matchers.to_owned(),
            step_ms,
            grouping: query::Grouping::Model,
            ..PlanOptions::default()
        };
        query::plan(id, &options)
    }

    /// Those with one matcher more.
    pub(crate) fn only(&self, matcher: &str) -> Self {
        let all: Vec<&str> =
            [matcher, &self.matchers].into_iter().filter(|one| !one.is_empty()).collect();
        Self { matchers: all.join(","), ..self.clone() }
    }

    /// The label of the model.
    pub(crate) fn model_label(&self) -> &'static str {
        self.engine.labels.model.first().copied().unwrap_or("model_name")
    }

    /// The labels that make a replica, beside those of the target.
    pub(crate) fn replica_labels(&self) -> String {
        let rank = self.engine.labels.rank.map_or_else(String::new, |rank| format!(", {rank}"));
        format!("{TARGET}{rank}, {}", self.model_label())
    }

    /// The samples of a state or of a counter now, under whichever of its names they come.
    pub(crate) fn now(&self, family: Family) -> String {
        any_of(&self.engine.selectors(family, Ask::Name, &self.prefix, &self.matchers))
    }

    /// A function over the samples of a window.
    pub(crate) fn over(&self, function: &str, family: Family, seconds: u32) -> String {
        self.part_over(function, family, None, seconds)
    }

    /// The same for one component of a histogram.
    pub(crate) fn part_over(
        &self,
        function: &str,
        family: Family,
        part: Option<RolePart>,
        seconds: u32,
    ) -> String {
        let ask = part.map_or(Ask::Name, Ask::Part);
        let names = self.engine.selectors(family, ask, &self.prefix, &self.matchers);
        let window = duration(seconds);
        let each: Vec<String> = names
            .iter()
            .map(|name| match function.split_once('|') {
                // A quantile stands before the range.
                Some((function, first)) => format!("{function}({first}, {name}[{window}])"),
                None => format!("{function}({name}[{window}])"),
            })
            .collect();
        any_of(&each)
    }

    /// Growth of a counter whose series may appear within the window.
    pub(crate) fn events(&self, family: Family, seconds: u32) -> String {
        let names = self.engine.selectors(family, Ask::Name, &self.prefix, &self.matchers);
        let each: Vec<String> = names.iter().map(|name| since_appearance(name, seconds)).collect();
        any_of(&each)
    }

    /// The targets that were these engines' within the time that is [`REMEMBERED`].
    pub(crate) fn remembered(&self) -> String {
        let names = self.engine.selectors(Family::Running, Ask::Name, &self.prefix, &self.matchers);
        let each: Vec<String> =
            names.iter().map(|name| format!("last_over_time({name}[{REMEMBERED}])")).collect();
        any_of(&each)
    }

    /// What the exporters beside an engine say of its targets; None where none has such a metric.
    pub(crate) fn beside(family: Family) -> Vec<String> {
        let beside = |exporter: &&&'static Exporter| {
            matches!(exporter.kind, ExporterKind::Host | ExporterKind::Gateway)
        };
        EXPORTERS
            .iter()
            .filter(beside)
            .flat_map(|exporter| exporter.selectors(family, Ask::Name, "", ""))
            .collect()
    }
}

/// The labels that a target's series have in common.
pub(crate) const TARGET: &str = "instance, pod";
