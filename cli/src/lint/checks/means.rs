//! Means, ratios and shares.

use promql_parser::parser::{AggregateExpr, BinaryExpr, Expr};

use super::histograms::{selector_in_range, set_range};
use super::quantile::RATES;
use super::{Scene, mentions, renamed};
use crate::lint::catalogue::Kind;
use crate::lint::names::{Part, Series, Shape};
use crate::lint::syntax::{call, divides, grouping, keeps, peel, replace, walk};

pub(super) fn check(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| {
        check_ratio(one, scene);
        check_lifetime(one, scene);
        check_share(one, scene);
        check_codes(one, scene);
    });
    let place = match root {
        Expr::Binary(binary) if binary.op.is_comparison_operator() => &mut *binary.lhs,
        whole => whole,
    };
    check_time(place, scene);
}

/// `avg(rate(a[5m]) / rate(b[5m]))`, `avg_over_time((a / b)[1h:])`.
fn check_ratio(one: &mut Expr, scene: &mut Scene) {
    let (ratio, text) = match &*one {
        Expr::Aggregate(aggregate) if aggregate.op.to_string() == "avg" => {
            let Some(ratio) = ratio_of(&aggregate.expr, scene) else { return };
            let side = |side: &Expr| {
                let inner = match peel(side) {
                    Expr::Aggregate(inner) => &*inner.expr,
                    other => other,
                };
                format!("sum{} ({inner})", plain_grouping(aggregate))
            };
            (ratio.clone(), format!("{} / {}", side(&ratio.lhs), side(&ratio.rhs)))
        }
        Expr::Call(outer) if outer.func.name == "avg_over_time" => {
            let Some(Expr::Subquery(subquery)) = outer.args.args.last().map(|one| peel(one)) else {
                return;
            };
            let Some(ratio) = ratio_of(&subquery.expr, scene) else { return };
            let mut whole = Expr::Binary(ratio.clone());
            set_range(&mut whole, subquery.range);
            (ratio.clone(), whole.to_string())
        }
        _ => return,
    };
    let sides = (scene.only_series(&ratio.lhs), scene.only_series(&ratio.rhs));
    let is_mean = matches!(&sides, (Some((a, _)), Some((b, _)))
        if a.base == b.base && a.part == Part::Sum && b.part == Part::Count);
    let (kind, message) = if is_mean {
        (Kind::MeanOfMeans, "the means of single series are averaged")
    } else {
        (Kind::AverageOfRatios, "the ratios of single series are averaged")
    };
    let is_corrected = replace(one, &text);
    scene.report_if(is_corrected, kind, message);
}

fn plain_grouping(aggregate: &AggregateExpr) -> String {
    grouping(aggregate, keeps(aggregate, "le") && aggregate.modifier.is_some())
}

/// A division of two rates of an engine's counters.
fn ratio_of<'a>(expression: &'a Expr, scene: &Scene) -> Option<&'a BinaryExpr> {
    let Expr::Binary(binary) = peel(expression) else { return None };
    let is_rate = |side: &Expr| {
        let inner = match peel(side) {
            Expr::Aggregate(inner) => peel(&inner.expr),
            other => other,
        };
        call(inner, RATES).is_some() && scene.only_series(inner).is_some()
    };
    (divides(binary.op) && is_rate(&binary.lhs) && is_rate(&binary.rhs)).then_some(binary)
}

/// `x_sum / x_count`, `avg(x_sum) / avg(x_count)`.
fn check_lifetime(one: &mut Expr, scene: &mut Scene) {
    let Expr::Binary(binary) = &*one else { return };
    let (Some(above), Some(below)) = (bare(&binary.lhs, scene), bare(&binary.rhs, scene)) else {
        return;
    };
    if !divides(binary.op) {
        return;
    }
    let range = scene.range();
    let side = |(_, selector, grouping): &(Series, _, Option<String>)| {
        let rate = format!("rate({})", selector_in_range(selector, &range));
        match grouping {
            Some(grouping) => format!("sum{grouping} ({rate})"),
            None => rate,
        }
    };
    let (above_text, below_text) = (side(&above), side(&below));
    let Expr::Binary(binary) = one else { return };
    let is_corrected =
        replace(&mut binary.lhs, &above_text) && replace(&mut binary.rhs, &below_text);
    let message = format!("{}{} counts since the start", above.0.prefix, above.0.base);
    scene.report_if(is_corrected, Kind::LifetimeMean, message);
}

/// A counter without a range, plain or aggregated; and its grouping.
fn bare(
    side: &Expr,
    scene: &Scene,
) -> Option<(Series, promql_parser::parser::VectorSelector, Option<String>)> {
    let (inner, grouping) = match peel(side) {
        Expr::Aggregate(aggregate)
            if matches!(aggregate.op.to_string().as_str(), "sum" | "avg") =>
        {
            (peel(&aggregate.expr), Some(plain_grouping(aggregate)))
        }
        other => (other, None),
    };
    let Expr::VectorSelector(selector) = inner else { return None };
    let series = scene.series(selector)?;
    let counts = match series.shape {
        Shape::Counter => true,
        Shape::Histogram => matches!(series.part, Part::Sum | Part::Count),
        Shape::Gauge | Shape::Info => false,
    };
    counts.then(|| (series, selector.clone(), grouping))
}

/// `avg(kv_cache_usage_perc)` over replicas.
fn check_share(one: &mut Expr, scene: &mut Scene) {
    let Expr::Aggregate(aggregate) = &*one else { return };
    let is_split =
        ["pod", "instance", "engine", "WorkerId"].iter().any(|label| keeps(aggregate, label));
    if aggregate.op.to_string() != "avg" || is_split {
        return;
    }
    let inner = peel(&aggregate.expr);
    let is_plain = matches!(inner, Expr::VectorSelector(_))
        || call(inner, &["avg_over_time", "max_over_time"]).is_some();
    let Some((series, selector)) = scene.only_series(inner) else { return };
    let is_one = ["pod", "instance"].iter().any(|label| super::equals(&selector, label).is_some());
    if !is_plain || is_one || series.base != "kv_cache_usage_perc" || scene.has_extremes {
        return;
    }
    let text = format!("max{} ({inner})", grouping(aggregate, false));
    let is_corrected = replace(one, &text);
    let message = format!("{}{} is averaged over replicas", series.prefix, series.base);
    scene.report_if(is_corrected, Kind::AverageOfShares, message);
}

/// `sum(DCGM_FI_DEV_XID_ERRORS)`.
fn check_codes(one: &mut Expr, scene: &mut Scene) {
    let Expr::Aggregate(aggregate) = &*one else { return };
    let Expr::VectorSelector(selector) = peel(&aggregate.expr) else { return };
    let is_code = selector.name.as_deref() == Some("DCGM_FI_DEV_XID_ERRORS");
    if is_code && matches!(aggregate.op.to_string().as_str(), "sum" | "avg") {
        let text = format!("count{} ({selector} > 0)", grouping(aggregate, false));
        let is_corrected = replace(one, &text);
        let message = "DCGM_FI_DEV_XID_ERRORS holds the code of the last error";
        scene.report_if(is_corrected, Kind::SumOfCodes, message);
    }
}

/// `rate(request_queue_time_seconds_sum[5m])` under a title that promises a time.
fn check_time(place: &mut Expr, scene: &mut Scene) {
    const TIMES: &[&str] = &["time", "latency", "duration", "ttft", "tpot", "seconds", "max"];
    let title = scene.query.place.to_lowercase();
    if !TIMES.iter().any(|word| title.contains(word)) {
        return;
    }
    let inner = match peel(place) {
        Expr::Aggregate(aggregate) if aggregate.op.to_string() == "sum" => peel(&aggregate.expr),
        other => other,
    };
    let is_rate = call(inner, &["rate", "irate"]).is_some();
    let Some((series, selector)) = scene.only_series(inner) else { return };
    if !is_rate || series.part != Part::Sum || mentions(&selector, "le") {
        return;
    }
    let name = format!("{}{}", series.prefix, series.base);
    let sum = peel(place).to_string();
    let count = sum.replace(
        &renamed(&selector, &format!("{name}_sum"), &[], &[]),
        &renamed(&selector, &format!("{name}_count"), &[], &[]),
    );
    let is_corrected = count != sum && replace(place, &format!("{sum} / {count}"));
    let message = format!("the rate of {name}_sum is not a time");
    scene.report_if(is_corrected, Kind::TimePerSecond, message);
}
