//! Quantiles: of buckets that were not added up, of what is no bucket, averaged, summed.

use std::collections::BTreeSet;
use std::time::Duration;

use promql_parser::parser::{AggregateExpr, BinaryExpr, Call, Expr};

use super::quantile::{self, RATES};
use super::{Scene, equals};
use crate::lint::catalogue::Kind;
use crate::lint::names::{Part, Shape};
use crate::lint::syntax::{
    adds, call, grouping, is_or, keeps, number, peel, replace, selectors, walk,
};

const QUANTILE: &[&str] = &["histogram_quantile"];

fn quantile_of<'a>(expression: &'a Expr, scene: &Scene) -> Option<&'a Call> {
    call(expression, QUANTILE).filter(|_| scene.reads_engine(expression))
}

/// `avg(histogram_quantile(…))`, `avg_over_time(histogram_quantile(…)[1h:])`.
pub(super) fn check_averages(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| {
        let text = match &*one {
            Expr::Aggregate(aggregate) => pooled(aggregate, scene),
            Expr::Call(outer) => pooled_over_time(outer, scene),
            _ => None,
        };
        if let Some((text, what)) = text {
            let is_corrected = replace(one, &text);
            scene.report_if(is_corrected, Kind::AverageOfQuantiles, what);
        }
    });
}

fn pooled(aggregate: &AggregateExpr, scene: &Scene) -> Option<(String, String)> {
    let operator = aggregate.op.to_string();
    let inner = quantile_of(&aggregate.expr, scene)
        .filter(|_| matches!(operator.as_str(), "avg" | "sum" | "stddev" | "quantile"))?;
    let [q, buckets] = inner.args.args.as_slice() else { return None };
    let buckets = match peel(buckets) {
        Expr::Aggregate(inner) => &*inner.expr,
        other => other,
    };
    let text = format!("histogram_quantile({q}, sum{} ({buckets}))", grouping(aggregate, true));
    Some((text, format!("{operator}() over quantiles of several series")))
}

fn pooled_over_time(outer: &Call, scene: &Scene) -> Option<(String, String)> {
    let function = outer.func.name;
    if !matches!(function, "avg_over_time" | "sum_over_time" | "quantile_over_time") {
        return None;
    }
    let Expr::Subquery(subquery) = peel(outer.args.args.last()?) else { return None };
    let inner = quantile_of(&subquery.expr, scene)?;
    let mut whole = Expr::Call(inner.clone());
    set_range(&mut whole, subquery.range);
    Some((whole.to_string(), format!("{function}() over quantiles of several times")))
}

/// Gives every rate this range.
pub(super) fn set_range(expression: &mut Expr, range: Duration) {
    walk(expression, &mut |one| {
        if let Expr::MatrixSelector(matrix) = one {
            matrix.range = range;
        }
    });
}

/// `histogram_quantile(…) + histogram_quantile(…)`.
pub(super) fn check_sums(root: &mut Expr, scene: &mut Scene) {
    if scene.query.is_stacked && is_quantile(root, scene) {
        let is_corrected = put_means(root, scene);
        scene.report_if(is_corrected, Kind::SumOfQuantiles, "the panel stacks quantiles");
        return;
    }
    match root {
        Expr::Binary(binary) if adds(binary.op) => {
            let is_alike = compares_alike(binary, scene);
            let mut leaves = Vec::new();
            collect_leaves(root, &mut leaves);
            let quantiles = leaves.iter().filter(|leaf| is_quantile(leaf, scene)).count();
            if quantiles >= 2 && !is_alike {
                let is_corrected = put_means(root, scene);
                scene.report_if(is_corrected, Kind::SumOfQuantiles, "quantiles are added up");
                return;
            }
        }
        _ => {}
    }
    match root {
        Expr::Binary(binary) => {
            check_sums(&mut binary.lhs, scene);
            check_sums(&mut binary.rhs, scene);
        }
        Expr::Paren(paren) => check_sums(&mut paren.expr, scene),
        Expr::Aggregate(aggregate) => check_sums(&mut aggregate.expr, scene),
        Expr::Unary(unary) => check_sums(&mut unary.expr, scene),
        Expr::Call(call) => call.args.args.iter_mut().for_each(|one| check_sums(one, scene)),
        _ => {}
    }
}

/// One quantile less another one of the same metric: two pods, two tracks, now and a week ago.
fn compares_alike(binary: &BinaryExpr, scene: &Scene) -> bool {
    let base = |side: &Expr| {
        let found: BTreeSet<_> = selectors(side)
            .iter()
            .filter_map(|selector| scene.series(selector))
            .map(|series| series.base.to_owned())
            .collect();
        found
    };
    binary.op.to_string() == "-" && base(&binary.lhs) == base(&binary.rhs)
}

fn collect_leaves(expression: &Expr, leaves: &mut Vec<Expr>) {
    match peel(expression) {
        Expr::Binary(binary) if adds(binary.op) => {
            collect_leaves(&binary.lhs, leaves);
            collect_leaves(&binary.rhs, leaves);
        }
        leaf => leaves.push(leaf.clone()),
    }
}

fn is_quantile(expression: &Expr, scene: &Scene) -> bool {
    quantile_of(expression, scene).is_some()
}

/// Replaces every quantile by the mean; whether all could be.
fn put_means(root: &mut Expr, scene: &Scene) -> bool {
    let mut are_all = true;
    walk(root, &mut |one| {
        if let Some(inner) = quantile_of(one, scene) {
            let mean = quantile::read(inner, scene).map(|parts| parts.mean());
            are_all &= mean.is_some_and(|mean| replace(one, &mean));
        }
    });
    are_all
}

/// One call of `histogram_quantile`: its quantile, its series, its `le`.
pub(super) fn check_quantiles(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| {
        if quantile_of(one, scene).is_none() {
            return;
        }
        let Expr::Call(call) = one else { return };
        let [q, buckets] = call.args.args.as_mut_slice() else { return };
        check_range_of_q(q, scene);
        if check_endings(buckets, scene) {
            check_le(buckets, scene);
        }
    });
}

fn check_range_of_q(q: &mut Expr, scene: &mut Scene) {
    let is_variable = |value: f64| scene.variables.of_number(value).is_some();
    let Some(value) = number(q).filter(|value| !is_variable(*value)) else { return };
    if value > 1.0 {
        let is_corrected = value <= 100.0 && replace(q, &(value / 100.0).to_string());
        let message = format!("the quantile is {value}");
        scene.report_if(is_corrected, Kind::QuantileOutOfRange, message);
    }
}

/// Whether the buckets are buckets, corrected or not.
fn check_endings(buckets: &mut Expr, scene: &mut Scene) -> bool {
    match buckets {
        Expr::Paren(paren) => return check_endings(&mut paren.expr, scene),
        Expr::Aggregate(aggregate) => return check_endings(&mut aggregate.expr, scene),
        Expr::Binary(binary) if binary.op.is_set_operator() => {
            // A condition only says when; what is observed stands before it.
            let is_first = check_endings(&mut binary.lhs, scene);
            let is_second = !is_or(binary.op) || check_endings(&mut binary.rhs, scene);
            return is_first && is_second;
        }
        _ => {}
    }
    let mut are_buckets = true;
    walk(buckets, &mut |one| {
        let selector = match one {
            Expr::VectorSelector(selector) => selector,
            Expr::MatrixSelector(matrix) => &mut matrix.vs,
            _ => return,
        };
        let Some(series) = scene.series(selector) else { return };
        let name = format!("{}{}", series.prefix, series.base);
        match series.part {
            Part::Bucket => {}
            Part::Native => are_buckets = false,
            Part::Sum | Part::Count => {
                let message = format!("the buckets are {name}_bucket");
                selector.name = Some(format!("{name}_bucket"));
                scene.report(Kind::QuantileOfNonBucket, message);
            }
            Part::Value => {
                are_buckets = false;
                let message = format!("{name} is no histogram");
                scene.report_if(false, Kind::QuantileOfNonBucket, message);
            }
        }
    });
    are_buckets
}

fn check_le(buckets: &mut Expr, scene: &mut Scene) {
    if let Expr::Paren(paren) = buckets {
        return check_le(&mut paren.expr, scene);
    }
    // Alternatives and conditions pass on the labels of their first side, `or` of both.
    if let Expr::Binary(binary) = buckets {
        check_le(&mut binary.lhs, scene);
        if is_or(binary.op) {
            check_le(&mut binary.rhs, scene);
        }
        return;
    }
    match buckets.clone() {
        Expr::Aggregate(aggregate) if !keeps(&aggregate, "le") => {
            let operator = aggregate.op.to_string();
            let text = format!("{operator}{} ({})", grouping(&aggregate, true), aggregate.expr);
            let is_corrected = replace(buckets, &text);
            let message = format!("{operator}() drops le, so there is no quantile at all");
            scene.report_if(is_corrected, Kind::QuantileWithoutLe, message);
        }
        rate if call(&rate, RATES).is_some() => {
            let Some((_, selector)) = scene.only_series(&rate) else { return };
            let is_one = ["instance", "pod"].iter().any(|label| equals(&selector, label).is_some());
            if is_one {
                return;
            }
            let is_corrected = replace(buckets, &format!("sum by (le, model_name) ({rate})"));
            let message = "this is one quantile for every pod and rank";
            scene.report_if(is_corrected, Kind::QuantileWithoutLe, message);
        }
        _ => {}
    }
}

/// `sum by (le) (x_bucket)`, also inside a quantile: since the engine started.
pub(super) fn check_buckets(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| {
        if quantile_of(one, scene).is_some()
            && let Expr::Call(call) = one
            && let Some(buckets) = call.args.args.last_mut()
        {
            let known = scene.found.len();
            put_increase(buckets, scene);
            if scene.found.len() > known {
                // What was no rate before could not be asked for its labels.
                check_le(buckets, scene);
            }
        }
    });
    put_increase(root, scene);
}

fn put_increase(expression: &mut Expr, scene: &mut Scene) {
    let selector = match expression {
        Expr::Paren(paren) => return put_increase(&mut paren.expr, scene),
        Expr::Aggregate(aggregate) if aggregate.op.to_string() == "sum" => {
            return put_increase(&mut aggregate.expr, scene);
        }
        Expr::VectorSelector(selector) => selector.clone(),
        _ => return,
    };
    let Some(series) = scene.series(&selector) else { return };
    if series.shape != Shape::Histogram || series.part != Part::Bucket {
        return;
    }
    let range = scene.range();
    let text = selector_in_range(&selector, &range);
    let is_corrected = replace(expression, &format!("increase({text})"));
    let message = format!("{}{}_bucket is read without a range", series.prefix, series.base);
    scene.report_if(is_corrected, Kind::CumulativeBuckets, message);
}

/// A selector with a range: `x{a="b"}[5m] offset 1h`.
pub(super) fn selector_in_range(
    selector: &promql_parser::parser::VectorSelector,
    range: &str,
) -> String {
    let mut plain = selector.clone();
    plain.offset = None;
    format!("{plain}[{range}]{}", super::offset_of(selector))
}
