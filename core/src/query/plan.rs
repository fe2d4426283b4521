//! Builds the queries of one engine.

use crate::catalogue::families::{Family, Purpose, Shape};
use crate::error::Error;
use crate::role::{ROLE_LABEL, Role, RolePart, SeriesKind};
use crate::small::list::CollectVec;
use crate::small::text::{joined, position};
use crate::source::exporter::{APART_LABELS, Exporter, ExporterKind};
use crate::source::metric::{Form, Lacks, Metric};
use crate::source::registry::{EXPORTERS, engine, engines};
use crate::source::selector::Ask;

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
    /// Namespaces that the answer of the probe names, each with a line end behind it: what is told
    /// of their workloads is asked for too. In a host also the name of a variable that holds them,
    /// e.g. `$namespace`; while it is empty nothing is selected. None: nothing says where the
    /// engines run.
    pub namespaces: Option<String>,
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
    /// An instant query whose answer, a range vector of ten minutes, tells scrape interval, metric
    /// prefix and the namespaces of the engines.
    pub probe: String,
    /// One query for everything, unaggregated.
    pub raw_selector: String,
    /// A range query on the grid of the planned ones. By the label `instance` it names the engines
    /// that came, went or restarted between a time of the grid and the one before it, and those
    /// that are there twice, but for those already [apart](PlanOptions::apart). None where totals
    /// are not to be had.
    pub watch: Option<String>,
    /// The planned queries, for range queries whose step is `step_ms`.
    pub queries: Vec<PlannedQuery>,
}

/// How long an engine that stopped answering is still asked after: while it is down its own series
/// are gone, and that it is down is what its target has to say.
const REMEMBERED: &str = "1h";

/// What the query for the engines [apart](PlanOptions::apart) is called.
const APART: &str = "engines_apart";

/// The prefix of an engine's metric name, e.g. `ray_vllm_` of `ray_vllm_num_requests_running`; None
/// for other names.
pub fn prefix_of_name(name: &str) -> Option<&str> {
    engines().find_map(|engine| {
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
    let engine = self::engine(engine).ok_or_else(|| {
        let known: Vec<&str> = engines().map(|engine| engine.id).collect_vec();
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
    engine: &'static Exporter,
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
    /// A regular expression of the engines' namespaces.
    namespaces: Option<String>,
    /// A host may put nothing in its place, which would select whatever has no namespace.
    is_namespace_variable: bool,
}

impl<'a> Writer<'a> {
    fn new(engine: &'static Exporter, options: &'a PlanOptions) -> Result<Self, Error> {
        let prefix = options.prefix.as_deref().unwrap_or(engine.canonical_prefix);
        let fit_for_name = |character: char| {
            character.is_ascii_alphanumeric() || matches!(character, '_' | ':' | '.')
        };
        if !prefix.chars().all(fit_for_name) {
            return Err(Error::bad_settings(filled(
                "the prefix \"A\" cannot start a metric name; letters, digits, _, : and . can",
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
                .collect_vec();
        let (step, window) = match options.dialect {
            Dialect::Promql => (format!("{}ms", options.step_ms), options.step_ms.to_string()),
            Dialect::Grafana | Dialect::Perses => {
                ("$__interval".to_owned(), "$__interval_ms".to_owned())
            }
        };
        let is_namespace_variable = options.dialect != Dialect::Promql;
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
            namespaces: options
                .namespaces
                .as_deref()
                .map(str::trim_end)
                .filter(|lines| !lines.is_empty())
                .map(|lines| any_of(lines, is_namespace_variable)),
            is_namespace_variable,
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
        let any = self.engine.selector_under_any_prefix(Family::Running, &self.matchers);
        filled("A[10m]", &[&any])
    }

    /// The selector of a metric that every engine of the kind has.
    fn own(&self, family: Family, ask: Ask, matchers: &str) -> String {
        self.engine.selector(family, ask, self.prefix, matchers)
    }

    fn raw_selector(&self) -> String {
        let measured = self.engine.selector_of_all(
            &asked_for(self.engine).filter(|metric| metric.lacks == Lacks::Nothing).collect_vec(),
            true,
            self.prefix,
            &self.matchers,
        );
        let mut others = vec![self.configuration(None), self.of_processes(None)];
        for exporter in beside() {
            let own = exporter.selector_of_all(&asked_for(exporter).collect_vec(), true, "", "");
            others.push(self.of_the_same_target(&own));
        }
        others.extend(around().map(|exporter| self.of_the_same_namespace(exporter)));
        let mut all = measured;
        for other in others.iter().filter(|other| !other.is_empty()) {
            all += &filled(" or (A)", &[other]);
        }
        all
    }

    /// Every metric that counts, of these engines.
    fn counting(&self, matchers: &str) -> String {
        let counts =
            |metric: &&Metric| matches!(metric.family.shape(), Shape::Histogram | Shape::Counter);
        self.engine.selector_of_all(
            &asked_for(self.engine).filter(counts).collect_vec(),
            false,
            self.prefix,
            matchers,
        )
    }

    /// The configuration carries no model name, so the user's matchers cannot select it; the
    /// engines they select can. Empty where there is none.
    fn configuration(&self, family: Option<Family>) -> String {
        let own = self.lacking(Lacks::Model, family);
        if own.is_empty() {
            return own;
        }
        let running = self.own(Family::Running, Ask::Name, &self.matchers);
        let rank = self.engine.labels.rank.map_or_else(String::new, |rank| filled(", A", &[rank]));
        filled("A and on (instance, podB) C", &[&own, &rank, &running])
    }

    /// What the engine exports once for all models and ranks of a process. Empty where there is
    /// nothing.
    fn of_processes(&self, family: Option<Family>) -> String {
        let own = self.lacking(Lacks::ModelAndRank, family);
        if own.is_empty() { own } else { self.of_the_same_target(&own) }
    }

    /// The engine's metrics that lack these labels, of one family or all. Empty where there are
    /// none.
    fn lacking(&self, lacks: Lacks, family: Option<Family>) -> String {
        let metrics = asked_for(self.engine)
            .filter(|metric| metric.lacks == lacks)
            .filter(|metric| family.is_none_or(|family| family == metric.family))
            .collect_vec();
        if metrics.is_empty() {
            return String::new();
        }
        self.engine.selector_of_all(&metrics, true, self.prefix, "")
    }

    /// Series that carry neither model nor rank, of targets that were these engines' lately.
    fn of_the_same_target(&self, selector: &str) -> String {
        let running = self.own(Family::Running, Ask::Name, &self.matchers);
        let texts = [selector, &running, REMEMBERED];
        filled("A and on (instance, pod) last_over_time(B[C])", &texts)
    }

    /// What an exporter tells of the engines' namespaces, under the label that it has and under the
    /// one that a scrape makes of it. Empty where no namespace is known. What belongs to no
    /// namespace is little and asked for as it is.
    fn of_the_same_namespace(&self, exporter: &'static Exporter) -> String {
        let Some(namespaces) = &self.namespaces else { return String::new() };
        let whole = asked_for(exporter).filter(|metric| metric.selection.is_none()).collect_vec();
        let parts = asked_for(exporter).filter(|metric| metric.selection.is_some()).collect_vec();
        let prefix = exporter.canonical_prefix;
        let mut all: Vec<String> = Vec::new();
        let labels: &[&str] = if exporter.is_of_all_namespaces() {
            &[""]
        } else {
            &["namespace", "exported_namespace"]
        };
        for label in labels {
            let matchers = match *label {
                "" => String::new(),
                label if self.is_namespace_variable => {
                    filled("A=~\"B\",A!=\"\"", &[label, namespaces])
                }
                label => filled("A=~\"B\"", &[label, namespaces]),
            };
            all.push(exporter.selector_of_all(&whole, true, prefix, &matchers));
            for part in parts.iter().filter(|part| !is_brought(exporter, part)) {
                all.extend(exporter.selectors(part.family, Ask::Name, prefix, &matchers));
            }
        }
        joined(&all, " or ")
    }

    /// Matchers of the engines apart (`=~`) or of all others (`!~`).
    fn matchers_of(&self, operator: &str) -> String {
        match self.apart {
            None | Some("") => self.matchers.clone(),
            Some(apart) => {
                filled("A,instanceB\"C\"", &[&self.matchers, operator, &any_of(apart, false)])
            }
        }
    }

    /// Engines are watched by their running gauge. Nothing happened to one that shows it now and
    /// one step before, and whose counters, one of work begun and one of work done, were there and
    /// no higher one step before. An engine that is there twice, at one address, in one pod or with
    /// one start of its process, may be scraped twice; only by itself can it be counted once.
    fn watch(&self) -> Option<String> {
        if !self.has_totals() {
            return None;
        }
        let matchers = self.matchers_of("!~");
        let running = self.own(Family::Running, Ask::Name, &matchers);
        let begun = self.own(Family::GenerationTokens, Ask::Name, &matchers);
        let done = self.own(Family::E2e, Ask::Part(RolePart::Count), &matchers);
        let in_pods =
            self.own(Family::Running, Ask::Name, &joined_matchers(&matchers, "pod!=\"\""));
        let mut identity = joined(self.engine.labels.model, ", ");
        identity += &filled(", A", &[&joined(APART_LABELS, ", ")]);
        if let Some(rank) = self.engine.labels.rank {
            identity += &filled(", A", &[rank]);
        }
        let mut starts = beside().filter_map(|exporter| {
            exporter.selectors(Family::ProcessStart, Ask::Name, "", "").into_iter().next()
        });
        let started = filled(
            "count_values by (instance) (\"started\", A and on (instance, pod) B)",
            &[&starts.next().unwrap_or_default(), &running],
        );
        let texts = [running.as_str(), &begun, &done, &self.step, &identity, &in_pods, &started];
        Some(filled(
            "count by (instance) ((A unless (B >= B offset D and C >= C offset D)) \
             or (A offset D unless A) \
             or (A and on (instance, E) (count by (instance, E) (A) > 1)) \
             or (F and on (pod, E) (count by (pod, E) (F) > 1)) \
             or (G and on (started) (count by (started) (G) > 1)))",
            &texts,
        ))
    }

    fn queries(&self) -> Vec<PlannedQuery> {
        let mut done: Vec<Family> = Vec::new();
        let mut queries = Vec::new();
        for metric in asked_for(self.engine) {
            if done.contains(&metric.family) || self.comes_with_another(metric.family) {
                continue;
            }
            done.push(metric.family);
            for &part in parts_of(metric) {
                let name = metric.family.id();
                let role = match part {
                    Some(RolePart::Sum) => filled("A_sum", &[name]),
                    Some(RolePart::Count) => filled("A_count", &[name]),
                    Some(RolePart::Bucket) | None => name.to_owned(),
                };
                queries.push(PlannedQuery { role, promql: self.query(metric.family, part) });
            }
        }
        for exporter in beside() {
            if self.is_known_by_name {
                // One join for all of them.
                let own =
                    exporter.selector_of_all(&asked_for(exporter).collect_vec(), true, "", "");
                let promql = self.of_the_same_target(&own);
                queries.push(PlannedQuery { role: exporter.id.to_owned(), promql });
                continue;
            }
            for metric in asked_for(exporter) {
                let own = exporter.selector(metric.family, Ask::Name, "", "");
                let kind = match metric.family.shape() {
                    Shape::Counter => SeriesKind::Counter,
                    _ => SeriesKind::Gauge,
                };
                let text = self.of_the_same_target(&own);
                let promql = self.with_role(&text, (metric.family, None), kind, (exporter.id, ""));
                queries.push(PlannedQuery { role: metric.family.id().to_owned(), promql });
            }
        }
        // Their names are their own, whatever the engine's prefix, and every host keeps names.
        for exporter in around() {
            let promql = self.of_the_same_namespace(exporter);
            if !promql.is_empty() {
                queries.push(PlannedQuery { role: exporter.id.to_owned(), promql });
            }
        }
        if self.apart.is_some_and(|apart| !apart.is_empty()) {
            let promql = self.counting(&self.matchers_of("=~"));
            queries.push(PlannedQuery { role: APART.to_owned(), promql });
        }
        queries
    }

    /// Series that keep their names are known by them, so a query without a selection brings what
    /// other families select of the same metric.
    fn comes_with_another(&self, family: Family) -> bool {
        self.is_known_by_name
            && self.grouping == Grouping::Replica
            && self.engine.metrics_of(family).all(|metric| is_brought(self.engine, metric))
    }

    /// A renamed metric is asked for under each name; `or` takes the older name only where the
    /// newer one is missing.
    fn query(&self, family: Family, part: Option<RolePart>) -> String {
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
        let ask = part.map_or(Ask::BucketsAndSum, Ask::Part);
        let mut names = Vec::new();
        for selector in self.engine.selectors(family, ask, self.prefix, matchers) {
            names.push(filled(each, &[&selector, by, &self.step]));
        }
        let text = match family.shape() {
            Shape::Info => {
                let own = self.configuration(Some(family));
                let own = if own.is_empty() { self.of_processes(Some(family)) } else { own };
                filled("(A)", &[&own])
            }
            _ => filled(all, &[&joined(&names, " or "), by]),
        };
        if self.is_known_by_name && !is_summed {
            return text;
        }
        self.with_role(&text, (family, part), kind, (self.engine.id, self.prefix))
    }

    fn with_role(
        &self,
        text: &str,
        (family, part): (Family, Option<RolePart>),
        kind: SeriesKind,
        (exporter, prefix): (&str, &str),
    ) -> String {
        let window =
            if kind == SeriesKind::Increment { self.window.clone() } else { "0".to_owned() };
        let role = Role {
            family,
            part,
            kind: Some(kind),
            window,
            exporter: exporter.to_owned(),
            prefix: Some(prefix.to_owned()),
        };
        let texts = [text, ROLE_LABEL, &role.to_string()];
        filled("label_replace(A, \"B\", \"C\", \"\", \"\")", &texts)
    }
}

/// The metrics of an exporter that a query asks for: what is only read where it comes along is left
/// out.
fn asked_for(exporter: &'static Exporter) -> impl Iterator<Item = &'static Metric> {
    exporter.metrics.iter().filter(|metric| metric.family.purpose() <= Purpose::Evidence)
}

/// Whether a query for the whole of a metric brings what this row selects of it.
fn is_brought(exporter: &'static Exporter, metric: &Metric) -> bool {
    let is_whole = |other: &Metric| other.base == metric.base && other.selection.is_none();
    metric.selection.is_some() && asked_for(exporter).any(is_whole)
}

/// Exporters whose series are those of an engine's own targets.
fn beside() -> impl Iterator<Item = &'static Exporter> {
    EXPORTERS.iter().copied().filter(|exporter| {
        let is_beside = matches!(exporter.kind, ExporterKind::Host | ExporterKind::Gateway);
        is_beside && !exporter.is_around() && asked_for(exporter).next().is_some()
    })
}

/// Exporters that tell of the namespaces of the engines: what decides where they run, what
/// they run on, and what stands in front of them.
fn around() -> impl Iterator<Item = &'static Exporter> {
    EXPORTERS
        .iter()
        .copied()
        .filter(|exporter| exporter.is_around() && asked_for(exporter).next().is_some())
}

/// The queries of one family: a mean without a histogram takes two.
fn parts_of(metric: &Metric) -> &'static [Option<RolePart>] {
    match metric.form {
        Form::MeanSum | Form::MeanCount => &[Some(RolePart::Sum), Some(RolePart::Count)],
        Form::Histogram | Form::Counter | Form::Gauge | Form::Info => &[None],
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

/// Matchers without braces, one more at the end.
fn joined_matchers(matchers: &str, more: &str) -> String {
    if matchers.is_empty() { more.to_owned() } else { filled("A,B", &[matchers, more]) }
}

/// A regular expression of these lines. What might mean something in it stands for any character,
/// and behind the last line end nothing matches: whoever is met by chance is asked for alone too,
/// which changes nothing. A host's variable stays one where there may be such.
fn any_of(lines: &str, has_variables: bool) -> String {
    let mut all = String::new();
    for character in lines.chars() {
        all.push(match character {
            '\n' => '|',
            _ if character.is_ascii_alphanumeric() || matches!(character, '_' | ':' | '-') => {
                character
            }
            '$' if has_variables => character,
            _ => '.',
        });
    }
    all
}

#[cfg(test)]
mod tests;
