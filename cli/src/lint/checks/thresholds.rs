//! Comparisons of quantiles and of counters with numbers.

use promql_parser::parser::Expr;

use super::histograms::selector_in_range;
use super::{Scene, quantile};
use crate::lint::bounds;
use crate::lint::catalogue::Kind;
use crate::lint::names::{Part, Shape};
use crate::lint::syntax::{aggregation, call, number, peel, replace, walk};

pub(super) fn check(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| {
        scene.turned(one, check_comparison);
    });
}

fn check_comparison(one: &mut Expr, scene: &mut Scene) {
    let Expr::Binary(binary) = &*one else { return };
    if !binary.op.is_comparison_operator() {
        return;
    }
    let Some(value) = number(&binary.rhs) else { return };
    if scene.variables.of_number(value).is_some() {
        return;
    }
    check_quantile(one, value, scene);
    check_counter(one, scene);
}

/// `histogram_quantile(0.95, …) > 3`.
fn check_quantile(one: &mut Expr, value: f64, scene: &mut Scene) {
    let Expr::Binary(binary) = &*one else { return };
    let operator = binary.op.to_string();
    let Some(inner) = call(&binary.lhs, &["histogram_quantile"]) else { return };
    let Some(parts) = quantile::read(inner, scene) else { return };
    if check_meaning(&operator, value, scene) {
        return;
    }
    let Some(known) = bounds::of(parts.series.base) else { return };
    let Some(largest) = known.last().copied() else { return };
    let is_above = operator.starts_with('>');
    let is_beyond = value > largest || (value >= largest && operator == ">");
    if is_beyond && !is_above {
        let base = format!("{}{}", parts.series.prefix, parts.series.base);
        let message = format!(
            "the largest finite bound of {base} is {largest} s, so no quantile is above {value} s and \
             this always holds"
        );
        return scene.report_if(false, Kind::ThresholdBeyondBuckets, message);
    }
    if bounds::is_bound(known, value) && !is_beyond {
        return;
    }
    let (kind, bound) = if is_beyond {
        (Kind::ThresholdBeyondBuckets, largest)
    } else {
        (Kind::ThresholdInsideBucket, bounds::nearest(known, value).unwrap_or(largest))
    };
    let base = format!("{}{}", parts.series.prefix, parts.series.base);
    let message = if is_beyond {
        format!("the largest finite bound of {base} is {largest} s, the threshold {value} s")
    } else {
        let above = known.iter().position(|bound| *bound > value).unwrap_or(0);
        let below = above.checked_sub(1).map_or(0.0, |below| known[below]);
        format!(
            "{value} s lies inside the bucket {below} s to {} s of {base}; \
             the nearest bound is {bound} s",
            known[above]
        )
    };
    // The quantile is above a bound if and only if less than that share is at or below it.
    let comparison = if is_above { "<" } else { ">=" };
    let is_plain = parts.q.filter(|q| scene.variables.of_number(*q).is_none());
    let flag = if binary.return_bool() { " bool" } else { "" };
    let text = is_plain.map(|q| format!("{} {comparison}{flag} {q}", parts.share(bound)));
    let is_corrected = text.is_some_and(|text| replace(one, &text));
    scene.report_if(is_corrected, kind, message);
}

/// Comparisons of a quantile that ask for no threshold; whether it was one.
fn check_meaning(operator: &str, value: f64, scene: &mut Scene) -> bool {
    let is_equality = matches!(operator, "==" | "!=");
    match (value <= 0.0, operator) {
        // Keeps what was observed at all: no request is no quantile, which is above nothing.
        (true, ">" | ">=" | "!=") => {}
        (true, _) => {
            let message = format!("no quantile is {operator} {value}, so this never holds");
            scene.report_if(false, Kind::ThresholdInsideBucket, message);
        }
        (false, _) if is_equality => {
            let message = "a quantile is interpolated, so it equals a number by chance alone";
            scene.report_if(false, Kind::ThresholdInsideBucket, message);
        }
        _ => return false,
    }
    true
}

/// `num_preemptions_total > 0`.
fn check_counter(one: &mut Expr, scene: &mut Scene) {
    let range = scene.range();
    let Expr::Binary(binary) = one else { return };
    let place = summand(&mut binary.lhs);
    let Expr::VectorSelector(selector) = peel(place).clone() else { return };
    let Some(series) = scene.series(&selector) else { return };
    let is_counter = series.shape == Shape::Counter
        || (series.shape == Shape::Histogram && matches!(series.part, Part::Sum | Part::Count));
    if is_counter {
        let text = selector_in_range(&selector, &range);
        let is_corrected = replace(place, &format!("increase({text})"));
        let message = format!("{}{} only grows", series.prefix, series.base);
        scene.report_if(is_corrected, Kind::CounterWithoutRate, message);
    }
}

/// What is aggregated, or the expression itself.
fn summand(expression: &mut Expr) -> &mut Expr {
    let is_enclosed = matches!(expression, Expr::Paren(_));
    if !is_enclosed && aggregation(expression, &["sum", "max", "avg"]).is_none() {
        return expression;
    }
    match expression {
        Expr::Paren(paren) => summand(&mut paren.expr),
        Expr::Aggregate(aggregate) => summand(&mut aggregate.expr),
        other => other,
    }
}
