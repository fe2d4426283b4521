//! Builds the queries of one engine.

use crate::catalogue::families::{Family, Shape};
use crate::error::Error;
use crate::role::{ROLE_LABEL, Role, SeriesKind};
use crate::small::text::{joined, position};
use crate::source::exporter::{Metric, Profile};
use crate::source::registry::{PROFILES, profile};

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
    /// Nothing: every series as it is.
    #[default]
    Replica,
    /// Histograms and counters over all replicas of a model; gauges stay as they are.
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
    /// What [`Plan::watch`] found: instances to be kept out of the totals and asked for one by one,
    /// each with a line end behind it. None: it was not asked, and sums are written so that they
    /// hold whatever happened.
    pub apart: Option<String>,
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
    /// An instant query whose answer, a range vector of ten minutes, tells scrape interval and
    /// metric prefix.
    pub probe: String,
    /// One query for everything, unaggregated.
    pub raw_selector: String,
    /// A range query on the grid of the planned ones. By the label `instance` it names the engines
    /// that came, went or restarted between a time of the grid and the one before it, but for those
    /// already [apart](PlanOptions::apart). None where totals are not to be had.
    pub watch: Option<String>,
    /// The planned queries, for range queries whose step is `step_ms`.
    pub queries: Vec<PlannedQuery>,
}

/// What the query for the engines [apart](PlanOptions::apart) is called.
const APART: &str = "engines_apart";

/// The prefix of an engine's metric name, e.g. `ray_vllm_` of `ray_vllm_num_requests_running`; None
/// for other names.
pub fn prefix_of_name(name: &str) -> Option<&str> {
    PROFILES.iter().find_map(|engine| {
        engine
            .prefix_marks
            .iter()
            .filter_map(|mark| name.get(..position(name, mark)? + mark.len()))
            .min_by_key(|prefix| prefix.len())
    })
}

/// The queries that the core needs of one engine. An unknown engine or a malformed option is an
/// error.
pub fn plan(engine: &str, options: &PlanOptions) -> Result<Plan, Error> {
    let engine = profile(engine).ok_or_else(|| {
        let known: Vec<&str> = PROFILES.iter().map(|profile| profile.id).collect::<Vec<_>>();
        Error::bad_settings(format!(
            "there is no engine \"{engine}\"; engines are {}",
            joined(&known, ", ")
        ))
    })?;
    if options.dialect == Dialect::Promql && options.step_ms <= 0 {
        return Err(Error::bad_settings(format!(
            "the step must be positive, got {} ms",
            options.step_ms
        )));
    }
    let writer = Writer::new(engine, options)?;
    Ok(Plan {
        probe: writer.probe(),
        raw_selector: writer.raw_selector(),
        watch: writer.watch(),
        queries: writer.queries(),
    })
}

struct Writer<'a> {
    engine: &'static Profile,
    prefix: &'a str,
    /// Matchers with the one that leaves out a router's copies.
    matchers: String,
    /// As after `offset`.
    step: String,
    /// Window of an increment, as a role carries it.
    window: String,
    grouping: Grouping,
    /// Series that keep their name are known by it, and need no role.
    is_known_by_name: bool,
    /// Instances that no total holds; None unless totals are asked for.
    apart: Option<&'a str>,
}

impl<'a> Writer<'a> {
    fn new(engine: &'static Profile, options: &'a PlanOptions) -> Result<Self, Error> {
        let prefix = options.prefix.as_deref().unwrap_or(engine.canonical_prefix);
        let fit_for_name = |character: char| {
            character.is_ascii_alphanumeric() || character == '_' || character == ':'
        };
        if !prefix.chars().all(fit_for_name) {
            return Err(Error::bad_settings(filled(
                "the prefix \"A\" cannot start a metric name; letters, digits, _ and : can",
                &[prefix],
            )));
        }
        let given = options.matchers.trim().trim_matches(',').trim();
        if given.contains(['{', '}']) {
            return Err(Error::bad_settings(filled(
                "matchers are written without braces, e.g. model_name=\"gemma\"; got A",
                &[given],
            )));
        }
        let no_copies = engine.router_label.map(|label| filled("A=\"\"", &[label]));
        let matchers: Vec<String> =
            [Some(given.to_owned()).filter(|text| !text.is_empty()), no_copies]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>();
        let (step, window) = match options.dialect {
            Dialect::Promql => (format!("{}ms", options.step_ms), options.step_ms.to_string()),
            Dialect::Grafana | Dialect::Perses => {
                ("$__interval".to_owned(), "$__interval_ms".to_owned())
            }
        };
        let mut writer = Self {
            engine,
            prefix,
            matchers: joined(&matchers, ","),
            step,
            window,
            grouping: options.grouping,
            is_known_by_name: options.dialect == Dialect::Promql
                && prefix_of_name(prefix) == Some(prefix),
            apart: None,
        };
        writer.apart = options.apart.as_deref().filter(|_| writer.has_totals());
        Ok(writer)
    }

    /// Whoever sends the queries has to be able to ask the watch first, and the engines apart have
    /// to be known by name.
    fn has_totals(&self) -> bool {
        self.grouping == Grouping::Model && self.is_known_by_name
    }

    fn probe(&self) -> String {
        filled("{__name__=~\".*A\",B}[10m]", &[self.base_of(Family::Running), &self.matchers])
    }

    fn base_of(&self, family: Family) -> &'static str {
        self.engine
            .metrics
            .iter()
            .find(|metric| metric.family == family)
            .map_or("", |metric| metric.base)
    }

    /// The metrics of a family in order of preference.
    fn metrics_of(&self, family: Family) -> impl Iterator<Item = &'static Metric> {
        self.engine.metrics.iter().filter(move |metric| metric.family == family)
    }

    fn raw_selector(&self) -> String {
        let measured = self.by_name(true, &self.matchers);
        filled("A or B", &[&measured, &self.configuration()])
    }

    /// All metrics in one selector, or those that count only, as far as the planned queries need
    /// them.
    fn by_name(&self, all: bool, matchers: &str) -> String {
        let mut names: Vec<String> = Vec::new();
        for metric in self.engine.metrics {
            let template = match metric.family.shape() {
                Shape::Histogram if all => "A_(bucket|sum|count)",
                Shape::Histogram => "A_(bucket|sum)",
                Shape::Counter => "A_total",
                Shape::Gauge if all => "A",
                Shape::Gauge | Shape::Info => continue,
            };
            let name = filled(template, &[metric.base]);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        filled("{__name__=~\"A(B)\",C}", &[self.prefix, &joined(&names, "|"), matchers])
    }

    /// The cache configuration carries no model name, so the user's matchers cannot select it; the
    /// engines they select can.
    fn configuration(&self) -> String {
        let names: Vec<&str> =
            self.metrics_of(Family::CacheConfig).map(|metric| metric.base).collect::<Vec<_>>();
        let texts =
            [self.prefix, &joined(&names, "|"), self.base_of(Family::Running), &self.matchers];
        filled("({__name__=~\"A(B)\"} and on (instance, pod, engine) AC{D})", &texts)
    }

    /// Matchers of the engines apart (`=~`) or of all others (`!~`).
    fn matchers_of(&self, operator: &str) -> String {
        match self.apart {
            None | Some("") => self.matchers.clone(),
            Some(apart) => filled("A,instanceB\"C\"", &[&self.matchers, operator, &any_of(apart)]),
        }
    }

    /// Engines are watched by their running gauge. Nothing happened to one that shows it now and
    /// one step before, and whose counters, one of work begun and one of work done, were there and
    /// no higher one step before.
    fn watch(&self) -> Option<String> {
        if !self.has_totals() {
            return None;
        }
        let texts = [
            self.prefix,
            self.base_of(Family::Running),
            self.base_of(Family::GenerationTokens),
            self.base_of(Family::E2e),
            &self.matchers_of("!~"),
            &self.step,
        ];
        Some(filled(
            "count by (instance) ((AB{E} unless (AC_total{E} >= AC_total{E} offset F and AD_count{E} >= AD_count{E} offset F)) \
             or (AB{E} offset F unless AB{E}))",
            &texts,
        ))
    }

    fn queries(&self) -> Vec<PlannedQuery> {
        let mut done: Vec<Family> = Vec::new();
        let mut queries = Vec::new();
        for metric in self.engine.metrics {
            if done.contains(&metric.family) {
                continue;
            }
            done.push(metric.family);
            let role = metric.family.id();
            queries.push(PlannedQuery { role: role.to_owned(), promql: self.query(metric.family) });
        }
        if self.apart.is_some_and(|apart| !apart.is_empty()) {
            let promql = self.by_name(false, &self.matchers_of("=~"));
            queries.push(PlannedQuery { role: APART.to_owned(), promql });
        }
        queries
    }

    /// A renamed metric is asked for under each name; `or` takes the older name only where the
    /// newer one is missing.
    fn query(&self, family: Family) -> String {
        let (by, kind) = match family.shape() {
            Shape::Info | Shape::Gauge => ("", SeriesKind::Gauge),
            Shape::Counter => ("model_name", SeriesKind::Counter),
            Shape::Histogram => ("le, model_name", SeriesKind::Counter),
        };
        let is_summed = self.grouping == Grouping::Model && !by.is_empty();
        // Inside a sum the choice between names is each replica's own.
        let (each, all, kind) = match self.apart {
            _ if !is_summed => ("A", "A", kind),
            Some(_) => ("A", "sum by (B) (A)", SeriesKind::Total),
            None => (
                "sum by (B) ((A - A offset C >= 0) or (A and A offset C))",
                "A",
                SeriesKind::Increment,
            ),
        };
        let matchers = if is_summed { &self.matchers_of("!~") } else { &self.matchers };
        let mut names = Vec::new();
        for metric in self.metrics_of(family) {
            names.push(filled(each, &[&self.selector(metric, matchers), by, &self.step]));
        }
        let text = match family.shape() {
            Shape::Info => self.configuration(),
            _ => filled(all, &[&joined(&names, " or "), by]),
        };
        if self.is_known_by_name && !is_summed {
            return text;
        }
        let window =
            if kind == SeriesKind::Increment { self.window.clone() } else { "0".to_owned() };
        let role = Role {
            family,
            part: None,
            kind: Some(kind),
            window,
            exporter: self.engine.id.to_owned(),
            prefix: Some(self.prefix.to_owned()),
        };
        let texts = [&text, ROLE_LABEL, &role.to_string()];
        filled("label_replace(A, \"B\", \"C\", \"\", \"\")", &texts)
    }

    fn selector(&self, metric: &Metric, matchers: &str) -> String {
        let template = match (metric.family.shape(), metric.label) {
            (Shape::Histogram, _) => "{__name__=~\"AB_(bucket|sum)\",C}",
            (Shape::Counter, _) => "AB_total{C}",
            (_, Some(_)) => "AB{D=\"E\",C}",
            (_, None) => "AB{C}",
        };
        let (label, value) = metric.label.unwrap_or_default();
        filled(template, &[self.prefix, metric.base, matchers, label, value])
    }
}

/// The template with the first text in place of each `A`, the second in place of each `B` and so
/// on.
fn filled(template: &str, texts: &[&str]) -> String {
    let mut all = String::new();
    for character in template.chars() {
        match texts.get((character as usize).wrapping_sub('A' as usize)) {
            Some(text) => all.push_str(text),
            None => all.push(character),
        }
    }
    all
}

/// A regular expression of these lines. What might mean something in it stands for any character,
/// and behind the last line end nothing matches: whoever is met by chance is asked for alone too,
/// which changes nothing.
fn any_of(lines: &str) -> String {
    let mut all = String::new();
    for character in lines.chars() {
        all.push(match character {
            '\n' => '|',
            _ if character.is_ascii_alphanumeric() || matches!(character, '_' | ':' | '-') => {
                character
            }
            _ => '.',
        });
    }
    all
}

#[cfg(test)]
mod tests;
