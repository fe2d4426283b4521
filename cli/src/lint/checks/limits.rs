//! Limits that are typed in, and sums that count a request twice.

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{Expr, VectorSelector};

use super::{Scene, mentions};
use crate::lint::catalogue::Kind;
use crate::lint::syntax::{divides, keeps, number, parse, peel, replace, selectors, walk};

const RUNNING: &str = "num_requests_running";

pub(super) fn check(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| {
        check_division(one, scene);
        scene.turned(one, check_comparison);
        check_router(one, scene);
    });
}

/// `sum(num_requests_running) / 16`, `sum(num_requests_running) / $max_seqs`.
fn check_division(one: &mut Expr, scene: &mut Scene) {
    let Expr::Binary(binary) = &*one else { return };
    if !divides(binary.op) || !is_running(&binary.lhs, scene) {
        return;
    }
    let Some(limit) = typed_limit(&binary.rhs, 2.0, scene) else { return };
    let text = largest(&binary.lhs);
    let Expr::Binary(binary) = one else { return };
    let is_corrected = replace(&mut binary.rhs, &text);
    scene.report_if(is_corrected, Kind::TypedLimit, format!("the limit is {limit}"));
}

/// `num_requests_running >= 256`.
fn check_comparison(one: &mut Expr, scene: &mut Scene) {
    let Expr::Binary(binary) = &*one else { return };
    let reaches = matches!(binary.op.to_string().as_str(), ">" | ">=" | "==");
    if !reaches || !is_running(&binary.lhs, scene) {
        return;
    }
    let Some(limit) = typed_limit(&binary.rhs, LEAST_LIMIT, scene) else { return };
    // An idle engine reaches its largest batch of none.
    let text = format!("{} > 0", largest(&binary.lhs));
    let Expr::Binary(binary) = one else { return };
    let at_least = parse("a >= b");
    if let Ok(Expr::Binary(at_least)) = at_least {
        binary.op = at_least.op;
    }
    let is_corrected = replace(&mut binary.rhs, &text);
    scene.report_if(is_corrected, Kind::TypedLimit, format!("the limit is {limit}"));
}

/// The running requests, plain or aggregated.
fn is_running(side: &Expr, scene: &Scene) -> bool {
    let inner = match peel(side) {
        // How many engines there are is no number of requests.
        Expr::Aggregate(aggregate) if aggregate.op.to_string() != "count" => peel(&aggregate.expr),
        other => other,
    };
    let Expr::VectorSelector(selector) = inner else { return false };
    scene.series(selector).is_some_and(|series| series.base == RUNNING)
}

/// Numbers below it that running requests are compared with are levels of load that somebody
/// watches, not limits: lower, "busier than five" is a finding; higher, the cap of a small engine
/// is none.
const LEAST_LIMIT: f64 = 8.0;

/// A number from `least` on, or a variable whose value is typed in; alone or times
/// something. 100 makes a percentage.
fn typed_limit(side: &Expr, least: f64, scene: &Scene) -> Option<String> {
    let mut found = None;
    if !selectors(side).iter().all(|one| scene.series(one).is_none()) {
        return None;
    }
    walk(&mut side.clone(), &mut |one| {
        let Some(value) = number(one) else { return };
        match scene.variables.of_number(value) {
            Some(name) if scene.surroundings.typed.contains(name) => {
                found = Some(format!("the typed variable ${name}"));
            }
            None if value >= least && (value - 100.0).abs() > 0.5 => {
                found = found.take().or_else(|| Some(format!("the number {value}")));
            }
            _ => {}
        }
    });
    found
}

/// The same of the largest batches of the last day.
fn largest(side: &Expr) -> String {
    let mut side = side.clone();
    walk(&mut side, &mut |one| {
        if let Expr::VectorSelector(selector) = &*one {
            let text = format!("max_over_time({selector}[1d])");
            replace(one, &text);
        }
    });
    side.to_string()
}

/// `sum(num_requests_running)` where a router is scraped too.
fn check_router(one: &mut Expr, scene: &mut Scene) {
    if !scene.surroundings.has_router {
        return;
    }
    let Expr::Aggregate(aggregate) = one else { return };
    let operator = aggregate.op.to_string();
    if !matches!(operator.as_str(), "sum" | "avg" | "count") || keeps(aggregate, "server") {
        return;
    }
    let Some((series, selector)) = scene.only_series(&aggregate.expr) else { return };
    let is_copied = matches!(series.base, RUNNING | "num_requests_waiting" | "kv_cache_usage_perc");
    if !is_copied || ["server", "engine", "job"].iter().any(|label| mentions(&selector, label)) {
        return;
    }
    walk(&mut aggregate.expr, &mut |inner| match inner {
        Expr::VectorSelector(selector) => exclude_router(selector),
        Expr::MatrixSelector(matrix) => exclude_router(&mut matrix.vs),
        _ => {}
    });
    let message =
        format!("{}{} is scraped from engines and from a router", series.prefix, series.base);
    scene.report(Kind::RouterReExport, message);
}

fn exclude_router(selector: &mut VectorSelector) {
    selector.matchers.matchers.push(Matcher::new(MatchOp::Equal, "server", ""));
}
