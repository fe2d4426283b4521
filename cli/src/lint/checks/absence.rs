//! What turns "no data" into a number, or an outage into silence.

use promql_parser::label::MatchOp;
use promql_parser::parser::Expr;

use super::Scene;
use crate::lint::catalogue::Kind;
use crate::lint::names::Shape;
use crate::lint::syntax::{
    aggregation, binary, call, divides, is_or, number, peel, replace, selectors, walk,
};

pub(super) fn check(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| {
        check_zero(one, scene);
        check_floor(one, scene);
        check_outage(one, scene);
        check_bool(one, scene);
    });
}

/// `… or vector(0)`.
fn check_zero(one: &mut Expr, scene: &mut Scene) {
    let Expr::Binary(operation) = &*one else { return };
    let is_zero = call(&operation.rhs, &["vector"])
        .and_then(|vector| vector.args.args.first())
        .and_then(|value| number(value))
        .is_some_and(|value| value.abs() < f64::EPSILON);
    if !is_or(operation.op)
        || !is_zero
        || !scene.reads_engine(&operation.lhs)
        || means_zero(&operation.lhs, scene)
    {
        return;
    }
    let text = operation.lhs.to_string();
    let is_corrected = replace(one, &text);
    scene.report_if(is_corrected, Kind::AbsenceAsZero, "no series is shown as 0");
}

/// Whether nothing found means none: a count, a comparison that keeps none, a label value that a
/// counter gets with its first event.
fn means_zero(expression: &Expr, scene: &Scene) -> bool {
    let mut filters = false;
    walk(&mut expression.clone(), &mut |one| match one {
        Expr::Binary(operation) if operation.op.is_comparison_operator() => filters = true,
        Expr::Aggregate(aggregate) if aggregate.op.to_string() == "count" => filters = true,
        _ => {}
    });
    let all = selectors(expression);
    let is_event = |selector: &promql_parser::parser::VectorSelector| {
        scene.series(selector).is_some_and(|series| series.shape == Shape::Counter)
            && selector.matchers.matchers.iter().any(|one| {
                matches!(one.name.as_str(), "finished_reason" | "reason" | "status" | "source")
                    && matches!(one.op, MatchOp::Equal | MatchOp::Re(_))
            })
    };
    filters || all.iter().all(is_event)
}

/// `a / clamp_min(b, 1)`.
fn check_floor(one: &mut Expr, scene: &mut Scene) {
    let Expr::Binary(operation) = &*one else { return };
    if !divides(operation.op) || !scene.reads_engine(&operation.rhs) {
        return;
    }
    let Some(clamp) = call(&operation.rhs, &["clamp_min"]) else { return };
    // What waits over what runs is largest where nothing runs.
    let counts = |shape: Shape| matches!(shape, Shape::Counter | Shape::Histogram);
    if !selectors(&operation.rhs)
        .iter()
        .filter_map(|one| scene.series(one))
        .all(|one| counts(one.shape))
    {
        return;
    }
    let [inner, floor] = clamp.args.args.as_slice() else { return };
    let text = format!("{} > 0", peel(inner));
    let message = format!("the denominator is never below {floor}");
    let Expr::Binary(operation) = one else { return };
    let is_corrected = replace(&mut operation.rhs, &text);
    scene.report_if(is_corrected, Kind::ClampedDenominator, message);
}

/// `count(up == 1) < 40`.
fn check_outage(one: &mut Expr, scene: &mut Scene) {
    let Expr::Binary(operation) = &*one else { return };
    let asks_for_few = matches!(operation.op.to_string().as_str(), "<" | "<=" | "==");
    let Some(count) = aggregation(&operation.lhs, &["count"]) else { return };
    let Some(alive) = binary(&count.expr, &["==", ">"]) else { return };
    let is_up = |one: &Expr| match peel(one) {
        Expr::VectorSelector(selector) => selector.name.as_deref() == Some("up"),
        _ => false,
    };
    if !asks_for_few || !is_up(&alive.lhs) || count.modifier.is_some() {
        return;
    }
    let text = format!("{count} or vector(0)");
    let Expr::Binary(operation) = one else { return };
    let is_corrected = replace(&mut operation.lhs, &text);
    let message = "with every target down there is nothing to count";
    scene.report_if(is_corrected, Kind::SilentOutage, message);
}

/// `avg(rate(x[5m]) > 0)`.
fn check_bool(one: &mut Expr, scene: &mut Scene) {
    let Expr::Aggregate(aggregate) = &*one else { return };
    let Some(comparison) = binary(&aggregate.expr, &[">", ">=", "<", "<=", "==", "!="]) else {
        return;
    };
    let is_number = number(&comparison.rhs).is_some();
    if aggregate.op.to_string() != "avg"
        || comparison.return_bool()
        || !is_number
        || !scene.reads_engine(&comparison.lhs)
    {
        return;
    }
    let grouping = crate::lint::syntax::grouping(aggregate, false);
    let text =
        format!("avg{grouping} ({} {} bool {})", comparison.lhs, comparison.op, comparison.rhs);
    let is_corrected = replace(one, &text);
    let message = "the comparison keeps the series for which it holds, with their values";
    scene.report_if(is_corrected, Kind::ComparisonWithoutBool, message);
}
