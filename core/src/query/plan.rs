//! Builds the queries of one engine.

use crate::error::Error;
use crate::list::Listed;
use crate::profile::family::{Family, Shape};
use crate::profile::registry::{PROFILES, profile};
use crate::profile::{Metric, Profile};
use crate::query::ROLE_LABEL;
use crate::text::{joined, position};

/// Who will send the queries, which decides how the step is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// Plain PromQL with the step as a number.
    #[default]
    Promql,
    /// Grafana: `$__interval` and `$__interval_ms`.
    Grafana,
    /// Perses: `$__interval` and `$__interval_ms`.
    Perses,
}

/// What the server sums away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grouping {
    /// Nothing that tells replicas apart: one series a replica.
    #[default]
    Replica,
    /// Histograms and counters over all replicas of a model; gauges stay apart.
    Model,
}

/// How to write the plan.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Metric name prefix; absent: the engine's own.
    pub prefix: Option<String>,
    /// Label matchers without braces, e.g. `model_name="gemma"`; may be empty.
    pub matchers: String,
    /// Step of the range query in milliseconds; plain PromQL only.
    pub step_ms: i64,
    /// Who sends them.
    pub dialect: Dialect,
    /// What is summed away.
    pub grouping: Grouping,
}

/// One query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedQuery {
    /// What it brings, e.g. `queue_time`.
    pub role: String,
    /// The query.
    pub promql: String,
}

/// All queries of one panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// An instant query whose answer, a range vector of ten minutes, tells scrape interval and metric prefix.
    pub probe: String,
    /// One query for everything, unaggregated.
    pub raw_selector: String,
    /// The planned queries, for range queries whose step is `step_ms`.
    pub queries: Vec<PlannedQuery>,
}

/// Labels that tell replicas apart.
const REPLICA_LABELS: &str = "model_name, engine, pod, instance";

/// The prefix of an engine's metric name, e.g. `ray_vllm_` of `ray_vllm_num_requests_running`; None for other names.
pub fn prefix_of_name(name: &str) -> Option<&str> {
    PROFILES.iter().find_map(|engine| {
        engine
            .prefix_marks
            .iter()
            .filter_map(|mark| name.get(..position(name, mark)? + mark.len()))
            .min_by_key(|prefix| prefix.len())
    })
}

/// The queries that the core needs of one engine. An unknown engine or a malformed option is an error.
pub fn plan(engine: &str, options: &PlanOptions) -> Result<Plan, Error> {
    let engine = profile(engine).ok_or_else(|| {
        let known: Vec<&str> = PROFILES.iter().map(|profile| profile.id).list();
        Error::bad_settings(format!("there is no engine \"{engine}\"; engines are {}", joined(&known, ", ")))
    })?;
    if options.dialect == Dialect::Promql && options.step_ms <= 0 {
        return Err(Error::bad_settings(format!("the step must be positive, got {} ms", options.step_ms)));
    }
    let writer = Writer::new(engine, options)?;
    Ok(Plan { probe: writer.probe(), raw_selector: writer.raw_selector(), queries: writer.queries() })
}

struct Writer<'a> {
    engine: &'static Profile,
    prefix: &'a str,
    /// Matchers with the one that leaves out a router's copies.
    matchers: String,
    /// As after `offset`.
    step: String,
    /// Window of an increment in milliseconds, as text.
    step_ms: String,
    grouping: Grouping,
}

impl<'a> Writer<'a> {
    fn new(engine: &'static Profile, options: &'a PlanOptions) -> Result<Self, Error> {
        let prefix = options.prefix.as_deref().unwrap_or(engine.canonical_prefix);
        let fit_for_name = |character: char| character.is_ascii_alphanumeric() || character == '_' || character == ':';
        if !prefix.chars().all(fit_for_name) {
            return Err(Error::bad_settings(format!(
                "the prefix \"{prefix}\" cannot start a metric name; letters, digits, _ and : can"
            )));
        }
        let given = options.matchers.trim().trim_matches(',').trim();
        if given.contains(['{', '}']) {
            return Err(Error::bad_settings(format!(
                "matchers are written without braces, e.g. model_name=\"gemma\"; got {given}"
            )));
        }
        let no_copies = engine.router_label.map(|label| format!("{label}=\"\""));
        let matchers: Vec<String> =
            [Some(given.to_owned()).filter(|text| !text.is_empty()), no_copies].into_iter().flatten().list();
        let (step, step_ms) = match options.dialect {
            Dialect::Promql => (format!("{}ms", options.step_ms), options.step_ms.to_string()),
            Dialect::Grafana | Dialect::Perses => ("$__interval".to_owned(), "$__interval_ms".to_owned()),
        };
        Ok(Self { engine, prefix, matchers: joined(&matchers, ","), step, step_ms, grouping: options.grouping })
    }

    fn probe(&self) -> String {
        format!("{{__name__=~\".*{}\",{}}}[10m]", self.base_of(Family::Running), self.matchers)
    }

    fn base_of(&self, family: Family) -> &'static str {
        self.engine.metrics.iter().find(|metric| metric.family == family).map_or("", |metric| metric.base)
    }

    /// The metrics of a family in order of preference.
    fn metrics_of(&self, family: Family) -> impl Iterator<Item = &'static Metric> {
        self.engine.metrics.iter().filter(move |metric| metric.family == family)
    }

    fn raw_selector(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        for metric in self.engine.metrics.iter().filter(|metric| metric.family.shape() != Shape::Info) {
            let name = match metric.family.shape() {
                Shape::Histogram => format!("{}_(bucket|sum|count)", metric.base),
                Shape::Counter => format!("{}_total", metric.base),
                Shape::Gauge | Shape::Info => metric.base.to_owned(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let measured = format!("{{__name__=~\"{}({})\",{}}}", self.prefix, joined(&names, "|"), self.matchers);
        format!("{measured} or {}", self.configuration())
    }

    /// The cache configuration carries no model name, so the user's matchers cannot select it; the engines they select
    /// can.
    fn configuration(&self) -> String {
        let names: Vec<&str> = self.metrics_of(Family::CacheConfig).map(|metric| metric.base).list();
        format!(
            "({{__name__=~\"{}({})\"}} and on (instance, pod, engine) {}{}{{{}}})",
            self.prefix,
            joined(&names, "|"),
            self.prefix,
            self.base_of(Family::Running),
            self.matchers
        )
    }

    fn queries(&self) -> Vec<PlannedQuery> {
        let mut done: Vec<Family> = Vec::new();
        let mut queries = Vec::new();
        for metric in self.engine.metrics {
            if done.contains(&metric.family) {
                continue;
            }
            done.push(metric.family);
            let (expression, kind) = self.expression(metric.family);
            let role = metric.family.role();
            let window = if kind == "increment" { self.step_ms.as_str() } else { "0" };
            queries.push(PlannedQuery {
                role: role.to_owned(),
                promql: format!(
                    "label_replace({expression}, \"{ROLE_LABEL}\", \"{role}/{kind}/{window}/{}/{}\", \"\", \"\")",
                    self.engine.id, self.prefix
                ),
            });
        }
        queries
    }

    /// The family's query and its kind. A renamed metric is asked for under each name; `or` takes the older name only
    /// where the newer one is missing.
    fn expression(&self, family: Family) -> (String, &'static str) {
        let (write, kind): (fn(&Self, &Metric) -> String, _) = match family.shape() {
            Shape::Histogram => (Self::histogram, "increment"),
            Shape::Counter => (Self::counter, "increment"),
            Shape::Gauge => (Self::gauge, "gauge"),
            Shape::Info => return (self.configuration(), "gauge"),
        };
        let names: Vec<String> = self.metrics_of(family).map(|metric| write(self, metric)).list();
        (joined(&names, " or "), kind)
    }

    fn histogram(&self, metric: &Metric) -> String {
        let selector = format!("{{__name__=~\"{}{}_(bucket|sum)\",{}}}", self.prefix, metric.base, self.matchers);
        let labels = match self.grouping {
            Grouping::Replica => format!("le, {REPLICA_LABELS}"),
            Grouping::Model => "le, model_name".to_owned(),
        };
        format!("sum by ({labels}) ({})", self.telescoped(&selector))
    }

    fn counter(&self, metric: &Metric) -> String {
        let selector = format!("{}{}_total{{{}}}", self.prefix, metric.base, self.matchers);
        let labels = match self.grouping {
            Grouping::Replica => REPLICA_LABELS,
            Grouping::Model => "model_name",
        };
        format!("sum by ({labels}) ({})", self.telescoped(&selector))
    }

    fn telescoped(&self, selector: &str) -> String {
        let step = &self.step;
        format!("({selector} - {selector} offset {step} >= 0) or ({selector} and {selector} offset {step})")
    }

    fn gauge(&self, metric: &Metric) -> String {
        let label = metric.label.map(|(label, value)| format!("{label}=\"{value}\",")).unwrap_or_default();
        let combine = if metric.family == Family::KvUsage { "max" } else { "sum" };
        format!("{combine} by ({REPLICA_LABELS}) ({}{}{{{label}{}}})", self.prefix, metric.base, self.matchers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> PlanOptions {
        PlanOptions { matchers: "model_name=\"gemma\"".to_owned(), step_ms: 15_000, ..PlanOptions::default() }
    }

    #[test]
    fn every_family_of_the_engine_is_asked_for_once() {
        let plan = plan("vllm", &options()).unwrap();
        for &family in Family::ALL {
            let queries = plan.queries.iter().filter(|query| query.role == family.role()).count();
            assert_eq!(queries, 1, "{}", family.role());
        }
    }

    #[test]
    fn a_histogram_query_telescopes_and_carries_its_role() {
        let plan = plan("vllm", &options()).unwrap();
        let query = plan.queries.iter().find(|query| query.role == "queue_time").unwrap();
        let selector = r#"{__name__=~"vllm:request_queue_time_seconds_(bucket|sum)",model_name="gemma",server=""}"#;
        assert_eq!(
            query.promql,
            format!(
                "label_replace(sum by (le, model_name, engine, pod, instance) (({selector} - {selector} offset 15000ms >= 0) \
                 or ({selector} and {selector} offset 15000ms)), \"triage_role\", \"queue_time/increment/15000/vllm/vllm:\", \"\", \"\")"
            )
        );
    }

    #[test]
    fn a_renamed_metric_is_asked_for_under_both_names() {
        let plan = plan("vllm", &options()).unwrap();
        let query = plan.queries.iter().find(|query| query.role == "kv_usage").unwrap();
        assert!(query.promql.contains("vllm:kv_cache_usage_perc"), "{}", query.promql);
        assert!(query.promql.contains(" or max by"), "{}", query.promql);
        assert!(query.promql.contains("vllm:gpu_cache_usage_perc"), "{}", query.promql);
    }

    #[test]
    fn hosts_fill_in_their_own_step() {
        let plan = plan("vllm", &PlanOptions { dialect: Dialect::Grafana, ..PlanOptions::default() }).unwrap();
        let query = &plan.queries[0].promql;
        assert!(query.contains("offset $__interval") && query.contains("/$__interval_ms/"), "{query}");
    }

    #[test]
    fn grouping_by_model_sums_replicas_away() {
        let plan = plan("vllm", &PlanOptions { grouping: Grouping::Model, ..options() }).unwrap();
        let query = plan.queries.iter().find(|query| query.role == "ttft").unwrap();
        assert!(query.promql.contains("sum by (le, model_name) "), "{}", query.promql);
    }

    #[test]
    fn malformed_options_are_refused_by_name() {
        for (bad, expected) in [
            (PlanOptions { step_ms: 0, ..options() }, "step must be positive"),
            (PlanOptions { prefix: Some("a b".to_owned()), ..options() }, "cannot start a metric name"),
            (PlanOptions { matchers: "{a=\"b\"}".to_owned(), ..options() }, "without braces"),
        ] {
            let message = plan("vllm", &bad).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
        assert!(plan("unheard-of", &options()).unwrap_err().to_string().contains("engines are vllm"));
    }

    #[test]
    fn prefixes_are_read_off_names() {
        for (name, prefix) in [
            ("vllm:num_requests_running", Some("vllm:")),
            ("ray_vllm_num_requests_running", Some("ray_vllm_")),
            ("kserve_vllm:num_requests_running", Some("kserve_vllm:")),
            ("sglang:num_running_reqs", None),
        ] {
            assert_eq!(prefix_of_name(name), prefix);
        }
    }
}
