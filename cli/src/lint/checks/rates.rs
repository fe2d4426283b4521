//! Rates of what is no counter, and what is no rate of a counter.

use std::time::Duration;

use promql_parser::parser::{Expr, SubqueryExpr};
use promql_parser::util::display_duration;

use super::Scene;
use super::quantile::RATES;
use crate::lint::catalogue::Kind;
use crate::lint::names::{Part, Series, Shape};
use crate::lint::syntax::{aggregation, grouping, peel, replace, walk};

/// Functions that need two samples and divide or subtract them.
const DIFFERENCES: &[&str] = &["rate", "irate", "increase", "delta", "idelta", "deriv"];

pub(super) fn check(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| {
        let Expr::Call(call) = one else { return };
        let function = call.func.name;
        let [argument] = call.args.args.as_slice() else { return };
        match peel(argument).clone() {
            Expr::MatrixSelector(_) => {
                check_function(one, function, scene);
                check_range(one, scene);
            }
            Expr::Subquery(subquery) if RATES.contains(&function) => {
                check_subquery(one, &subquery, function, scene);
            }
            _ => {}
        }
    });
}

fn is_counter(series: &Series) -> bool {
    series.shape == Shape::Counter
        || (series.shape == Shape::Histogram && series.part != Part::Native)
}

fn is_state(series: &Series) -> bool {
    matches!(series.shape, Shape::Gauge | Shape::Info)
}

/// `rate(num_requests_running[5m])`, `delta(num_preemptions_total[5m])`.
fn check_function(one: &mut Expr, function: &'static str, scene: &mut Scene) {
    let Some((series, _)) = scene.only_series(one) else { return };
    let Expr::Call(call) = &*one else { return };
    let argument = call.args.to_string();
    let name = format!("{}{}", series.prefix, series.base);
    if RATES.contains(&function) && is_state(&series) {
        let is_corrected = replace(one, &format!("avg_over_time({argument})"));
        let message = format!("{name} is a gauge; {function}() is for counters");
        scene.report_if(is_corrected, Kind::RateOfGauge, message);
        return;
    }
    let right = match function {
        "delta" | "idelta" => "increase",
        "deriv" | "avg_over_time" => "rate",
        _ => return,
    };
    if is_counter(&series) {
        let is_corrected = replace(one, &format!("{right}({argument})"));
        let message = format!("{name} is a counter; {function}() ignores its resets");
        scene.report_if(is_corrected, Kind::DeltaOfCounter, message);
    }
}

/// `rate(x[15s])` at a scrape every 15 s; `rate(x[$__interval])`.
fn check_range(one: &mut Expr, scene: &mut Scene) {
    let Some((series, _)) = scene.only_series(one) else { return };
    let shortest = 2 * scene.surroundings.scrape_interval;
    let range = scene.range();
    let Expr::Call(call) = one else { return };
    if !DIFFERENCES.contains(&call.func.name) {
        return;
    }
    let Some(Expr::MatrixSelector(matrix)) = call.args.args.first_mut().map(|one| &mut **one)
    else {
        return;
    };
    let variable = scene.variables.of_duration(matrix.range).map(str::to_owned);
    let message = match variable.as_deref() {
        Some("__interval") => {
            "$__interval is as short as one point of the graph, which can be below two scrapes"
                .to_owned()
        }
        None if milliseconds(matrix.range) < shortest => format!(
            "{} is shorter than two scrapes ({} apart)",
            display_duration(&matrix.range),
            display_duration(&duration(shortest / 2))
        ),
        _ => return,
    };
    let wanted =
        if scene.query.is_grafana { range } else { display_duration(&duration(2 * shortest)) };
    let Ok(parsed) = promql_parser::util::parse_duration(&wanted) else { return };
    matrix.range = parsed;
    let message = format!("{}{}: {message}", series.prefix, series.base);
    scene.report(Kind::RangeTooShort, message);
}

fn milliseconds(range: Duration) -> i64 {
    i64::try_from(range.as_millis()).unwrap_or(i64::MAX)
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}

/// `rate(sum(x_total)[5m:])`, `rate(num_requests_running[5m:])`.
fn check_subquery(
    one: &mut Expr,
    subquery: &SubqueryExpr,
    function: &'static str,
    scene: &mut Scene,
) {
    let Some((series, selector)) = scene.only_series(&subquery.expr) else { return };
    let name = format!("{}{}", series.prefix, series.base);
    if is_state(&series) {
        let text = subquery.to_string();
        let is_corrected = replace(one, &format!("avg_over_time({text})"));
        let message = format!("{name} is a gauge; {function}() is for counters");
        scene.report_if(is_corrected, Kind::RateOfGauge, message);
        return;
    }
    let Some(aggregate) = aggregation(&subquery.expr, &["sum"]) else { return };
    if !is_counter(&series) || !matches!(peel(&aggregate.expr), Expr::VectorSelector(_)) {
        return;
    }
    let has_le = crate::lint::syntax::keeps(aggregate, "le");
    let range = display_duration(&subquery.range);
    let text = format!("sum{} ({function}({selector}[{range}]))", grouping(aggregate, has_le));
    let is_corrected = replace(one, &text);
    let message = format!("{name} is summed over replicas before its {function}");
    scene.report_if(is_corrected, Kind::SumBeforeRate, message);
}
