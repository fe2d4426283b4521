//! What is looked for in one query, and the corrected query.
//!
//! Each check changes the parsed expression into the corrected one and says what it changed; they
//! run one after another, so that what is printed at the end holds all corrections.

mod absence;
#[cfg(test)]
mod examples;
mod histograms;
mod limits;
mod matching;
mod means;
mod names;
mod quantile;
mod rates;
mod thresholds;

use std::collections::BTreeSet;

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{Expr, VectorSelector};

use super::catalogue::Kind;
use super::documents::Query;
use super::names::{Reading, Series};
use super::syntax::{self, mirrored};
use super::variables::Substituted;

/// What is known besides the query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// How often targets are scraped, in milliseconds.
    pub(crate) scrape_interval: i64,
    /// Series that recording rules of the same files make.
    pub(crate) records: BTreeSet<String>,
    /// Variables whose values are typed into the dashboard.
    pub(crate) typed: BTreeSet<String>,
    /// Whether some query reads what only the production-stack router exports.
    pub(crate) has_router: bool,
}

/// One thing that is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// What exactly, one sentence without the general reason.
    pub(crate) message: String,
}

/// The answer for one query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answer {
    pub(crate) found: Vec<Found>,
    /// The query with every finding corrected; None where one has no correction.
    pub(crate) corrected: Option<String>,
}

/// A query under examination.
struct Scene<'a> {
    query: &'a Query,
    surroundings: &'a Surroundings,
    variables: Substituted,
    found: Vec<Found>,
    is_corrected: bool,
    /// An average stands beside the largest or smallest of the same query: it measures how uneven a
    /// fleet is, and is meant.
    has_extremes: bool,
}

impl Scene<'_> {
    /// Checks a comparison with its number last; the query is turned only where something is found.
    fn turned(&mut self, one: &mut Expr, check: fn(&mut Expr, &mut Self)) {
        let Some(mut turned) = mirrored(one) else { return check(one, self) };
        let known = self.found.len();
        check(&mut turned, self);
        if self.found.len() > known {
            *one = turned;
        }
    }
}

/// The checks in their order: names first, because the others judge metrics by name.
const CHECKS: &[fn(&mut Expr, &mut Scene)] = &[
    names::check_names,
    names::check_labels,
    rates::check,
    histograms::check_averages,
    histograms::check_sums,
    histograms::check_quantiles,
    histograms::check_buckets,
    thresholds::check,
    means::check,
    limits::check,
    absence::check,
    matching::check,
];

/// Judges one query.
pub(crate) fn judge(query: &Query, surroundings: &Surroundings) -> Answer {
    let Some(variables) = Substituted::of(&query.expression) else {
        return Answer::default();
    };
    if query.expression.contains("migration_from_grafana_not_supported") {
        let message = "the query was never translated".to_owned();
        let found = vec![Found { kind: Kind::MigrationLeftOver, message }];
        return Answer { found, corrected: None };
    }
    let mut expression = match syntax::parse(&variables.expression) {
        Ok(expression) => expression,
        Err(reason) => {
            let message = format!("it does not parse: {}", variables.restore(&reason));
            return Answer {
                found: vec![Found { kind: Kind::NotParsed, message }],
                corrected: None,
            };
        }
    };
    let mut has_extremes = false;
    syntax::walk(&mut expression.clone(), &mut |one| {
        has_extremes |= matches!(one, Expr::Binary(binary) if has_extreme(&binary.lhs)
            || has_extreme(&binary.rhs));
    });
    let (found, is_corrected) = (Vec::new(), true);
    let mut scene = Scene { query, surroundings, variables, found, is_corrected, has_extremes };
    for check in CHECKS {
        check(&mut expression, &mut scene);
    }
    let is_corrected = scene.is_corrected && !scene.found.is_empty();
    let corrected = is_corrected.then(|| scene.variables.restore(&syntax::print(&expression)));
    Answer { found: scene.found, corrected }
}

impl Scene<'_> {
    /// Notes what is wrong and has been corrected.
    fn report(&mut self, kind: Kind, message: impl Into<String>) {
        let found = Found { kind, message: self.variables.restore(&message.into()) };
        if !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    /// Notes what is wrong; `is_corrected` says whether the expression now holds the correction.
    fn report_if(&mut self, is_corrected: bool, kind: Kind, message: impl Into<String>) {
        self.is_corrected &= is_corrected;
        self.report(kind, message);
    }

    /// What the name of a selector stands for.
    fn read(&self, selector: &VectorSelector) -> Reading {
        let Some(name) = selector.name.as_deref() else { return Reading::Other };
        if self.surroundings.records.contains(name) {
            return Reading::Other;
        }
        names_read(name, &self.variables)
    }

    /// The engine's series that a selector reads.
    fn series(&self, selector: &VectorSelector) -> Option<Series> {
        match self.read(selector) {
            Reading::Series(series) => Some(series),
            _ => None,
        }
    }

    /// The one selector of an expression, where it is an engine's.
    fn only_series(&self, expression: &Expr) -> Option<(Series, VectorSelector)> {
        let selectors = syntax::selectors(expression);
        let [selector] = selectors.as_slice() else { return None };
        Some((self.series(selector)?, selector.clone()))
    }

    /// Whether an expression reads any series of an engine.
    fn reads_engine(&self, expression: &Expr) -> bool {
        syntax::selectors(expression).iter().any(|selector| self.series(selector).is_some())
    }

    /// A range for a rate that is put in, as it is written in an expression.
    fn range(&mut self) -> String {
        if self.query.is_grafana {
            self.variables.duration("$__rate_interval")
        } else {
            "5m".to_owned()
        }
    }
}

/// The largest or smallest over replicas, or each replica by itself.
fn has_extreme(side: &Expr) -> bool {
    syntax::aggregation(side, &["max", "min", "stddev"]).is_some()
        || matches!(syntax::peel(side), Expr::VectorSelector(_))
}

fn names_read(name: &str, variables: &Substituted) -> Reading {
    super::names::read(name, variables.stand_in(name))
}

/// The value of an equality matcher.
fn equals<'a>(selector: &'a VectorSelector, label: &str) -> Option<&'a str> {
    let is_meant = |one: &&Matcher| one.name == label && one.op == MatchOp::Equal;
    selector.matchers.matchers.iter().find(is_meant).map(|one| one.value.as_str())
}

/// Whether a selector asks for this label in any way.
fn mentions(selector: &VectorSelector, label: &str) -> bool {
    selector.matchers.matchers.iter().any(|one| one.name == label)
}

/// The same selector of another name, in text, with more matchers.
fn renamed(selector: &VectorSelector, name: &str, without: &[&str], more: &[String]) -> String {
    let mut other = selector.clone();
    other.name = None;
    other.offset = None;
    other.at = None;
    other.matchers.matchers.retain(|one| !without.contains(&one.name.as_str()));
    let inner = other.to_string();
    let inner = inner.trim_start_matches('{').trim_end_matches('}');
    let mut parts: Vec<&str> = more.iter().map(String::as_str).collect();
    if !inner.is_empty() {
        parts.push(inner);
    }
    if parts.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", parts.join(",")) }
}

/// What follows a selector: ` offset 1h`.
fn offset_of(selector: &VectorSelector) -> String {
    selector.offset.as_ref().map_or_else(String::new, |offset| format!(" offset {offset}"))
}
