//! Names of metrics and labels.

use promql_parser::label::MatchOp;
use promql_parser::parser::{Expr, VectorSelector};

use super::{Scene, equals, mentions, offset_of, renamed};
use crate::lint::bounds;
use crate::lint::catalogue::Kind;
use crate::lint::history::Replacement;
use crate::lint::names::{Part, Reading, Shape, lacks_model};
use crate::lint::syntax::{aggregation, divides, is_or, number, peel, replace, selectors, walk};

/// Names that are gone, renamed, unknown or have a wrong ending.
pub(super) fn check_names(root: &mut Expr, scene: &mut Scene) {
    let fallbacks = fallbacks(root, scene);
    let native = native_arguments(root);
    walk(root, &mut |one| {
        let (selector, is_range) = match one {
            Expr::VectorSelector(selector) => (selector.clone(), false),
            Expr::MatrixSelector(matrix) => (matrix.vs.clone(), true),
            _ => return,
        };
        let Some(name) = selector.name.clone() else { return };
        if fallbacks.contains(&name) {
            return;
        }
        match scene.read(&selector) {
            Reading::Retired { prefix, retired, ending } => {
                let now = apply(one, &selector, &prefix, &ending, retired.replacement, scene);
                let gone = format!("{name} is gone since vLLM {}", retired.gone);
                match (&now, retired.replacement) {
                    (Some(now), Replacement::Name(_)) => {
                        scene.report(Kind::MetricRenamed, format!("{gone}; it is {now} now"));
                    }
                    (now, _) => scene.report_if(now.is_some(), Kind::MetricGone, gone),
                }
            }
            Reading::Misnamed { prefix, shape, replacement } => {
                let ending = ending(&name, shape);
                let now = apply(one, &selector, &prefix, ending, replacement, scene);
                let message = format!("vLLM exports no {name}");
                scene.report_if(now.is_some(), Kind::MetricUnknown, message);
            }
            Reading::WrongEnding { right } => {
                rename(one, &right);
                scene.report(Kind::MetricSuffix, format!("{name} is exposed as {right}"));
            }
            Reading::Phantom(right) => {
                rename(one, right);
                let message = format!("nothing exports {name}; {right} is meant");
                scene.report(Kind::MetricUnknown, message);
            }
            Reading::Unknown => {
                let message = format!("vLLM exports no {name}");
                scene.report_if(false, Kind::MetricUnknown, message);
            }
            Reading::Series(series)
                if series.part == Part::Native
                    && series.base.ends_with("_total")
                    && is_range
                    && !native.contains(&name) =>
            {
                rename(one, &format!("{name}_sum"));
                let message = format!("{name} is a histogram: its counter is {name}_sum");
                scene.report(Kind::MetricSuffix, message);
            }
            Reading::Series(_) | Reading::Other => {}
        }
    });
}

/// Labels that a metric lacks, bounds that no bucket has, values that say nothing.
pub(super) fn check_labels(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| match one {
        Expr::VectorSelector(selector) => check_selector(selector, scene),
        Expr::MatrixSelector(matrix) => check_selector(&mut matrix.vs, scene),
        _ => {}
    });
    check_info(root, scene);
    check_aborts(root, scene);
}

fn check_selector(selector: &mut VectorSelector, scene: &mut Scene) {
    let Some(series) = scene.series(selector) else { return };
    if lacks_model(series.base) && mentions(selector, "model_name") {
        selector.matchers.matchers.retain(|one| one.name != "model_name");
        let message = format!("{}{} has no label model_name", series.prefix, series.base);
        scene.report(Kind::LabelNotExported, message);
    }
    if series.part != Part::Bucket {
        return;
    }
    let Some(text) = equals(selector, "le").map(str::to_owned) else { return };
    let Ok(value) = text.parse::<f64>() else { return };
    let known = bounds::of(series.base).unwrap_or_default();
    let (kind, bound, message) = match bounds::nearest(known, value) {
        Some(nearest) if value.is_finite() && !bounds::is_bound(known, value) => (
            Kind::LeNotABound,
            nearest,
            format!("no bucket of {} ends at {text}; the nearest ends at {nearest}", series.base),
        ),
        _ if value.is_finite() && value.fract() == 0.0 && !text.contains('.') => {
            (Kind::LeAsText, value, format!("the label is le=\"{text}.0\", not le=\"{text}\""))
        }
        _ => return,
    };
    let wanted = format!("x{{{}}}", bounds::matcher(bound));
    if let Ok(Expr::VectorSelector(other)) = crate::lint::syntax::parse(&wanted) {
        for matcher in selector.matchers.matchers.iter_mut().filter(|one| one.name == "le") {
            if let Some(replacement) = other.matchers.matchers.first() {
                *matcher = replacement.clone();
            }
        }
    }
    scene.report(kind, message);
}

/// Old and unfinished names beside the current one in an `or`: a fallback for old releases and for
/// pipelines that keep OpenMetrics' family names, which is right.
fn fallbacks(root: &Expr, scene: &Scene) -> Vec<String> {
    let mut found = Vec::new();
    walk(&mut root.clone(), &mut |one| {
        let Expr::Binary(binary) = one else { return };
        if !is_or(binary.op) {
            return;
        }
        for (arm, other) in [(&binary.lhs, &binary.rhs), (&binary.rhs, &binary.lhs)] {
            if scene.reads_engine(other) {
                let names = selectors(arm).into_iter();
                let old = names.filter(|one| {
                    matches!(scene.read(one), Reading::Retired { .. } | Reading::WrongEnding { .. })
                });
                found.extend(old.filter_map(|one| one.name));
            }
        }
    });
    found
}

/// Names inside functions that read native histograms.
fn native_arguments(root: &Expr) -> Vec<String> {
    let mut found = Vec::new();
    walk(&mut root.clone(), &mut |one| {
        if let Expr::Call(call) = one
            && call.func.name.starts_with("histogram_")
        {
            let arguments = call.args.args.iter();
            found.extend(arguments.flat_map(|one| selectors(one)).filter_map(|one| one.name));
        }
    });
    found
}

fn ending(name: &str, shape: Shape) -> &'static str {
    let endings: &[&'static str] = match shape {
        Shape::Counter => &["_total"],
        Shape::Histogram => &["_bucket", "_sum", "_count"],
        Shape::Gauge | Shape::Info => &[],
    };
    endings.iter().copied().find(|ending| name.ends_with(ending)).unwrap_or_default()
}

/// Puts a replacement in; its name, or None where there is none for this place.
fn apply(
    one: &mut Expr,
    selector: &VectorSelector,
    prefix: &str,
    ending: &str,
    replacement: Replacement,
    scene: &mut Scene,
) -> Option<String> {
    match replacement {
        Replacement::None => None,
        Replacement::Name(base) => {
            let name = format!("{prefix}{base}{ending}");
            rename(one, &name);
            Some(name)
        }
        Replacement::Query(template) => {
            if !matches!(one, Expr::VectorSelector(_)) {
                return None;
            }
            let range = format!("[{}]{}", scene.range(), offset_of(selector));
            let text = template
                .replace("PREFIX", prefix)
                .replace("MATCHERS", &renamed(selector, "", &[], &[]))
                .replace("[RANGE]", &range);
            replace(one, &text).then_some(text)
        }
    }
}

fn rename(one: &mut Expr, name: &str) {
    match one {
        Expr::VectorSelector(selector) => selector.name = Some(name.to_owned()),
        Expr::MatrixSelector(matrix) => matrix.vs.name = Some(name.to_owned()),
        _ => {}
    }
}

/// `max(vllm:cache_config_info)`: 1.
fn check_info(root: &mut Expr, scene: &mut Scene) {
    let Some(aggregate) = aggregation(root, &["sum", "avg", "max", "min"]) else { return };
    if aggregate.modifier.is_some() {
        return;
    }
    let Expr::VectorSelector(selector) = peel(&aggregate.expr) else { return };
    let Some(series) = scene.series(selector).filter(|one| one.shape == Shape::Info) else {
        return;
    };
    let labels = match series.base {
        "cache_config_info" => "block_size, num_gpu_blocks",
        _ => "max_lora, running_lora_adapters, waiting_lora_adapters",
    };
    let text = format!("count by ({labels}) ({selector})");
    let is_corrected = replace(root, &text);
    let message = format!("{}{} has its values in labels", series.prefix, series.base);
    scene.report_if(is_corrected, Kind::InfoValue, message);
}

/// `rate(request_success_total{finished_reason="abort"}[5m])` as the share of aborted requests.
fn check_aborts(root: &mut Expr, scene: &mut Scene) {
    let is_abort = |selector: &VectorSelector| {
        selector.matchers.matchers.iter().any(|one| {
            one.name == "finished_reason" && one.op == MatchOp::Equal && one.value == "abort"
        })
    };
    let mut counted = None;
    walk(root, &mut |one| {
        if let Expr::MatrixSelector(matrix) = one
            && is_abort(&matrix.vs)
        {
            counted = Some(matrix.vs.clone());
        }
    });
    let Some(selector) = counted else { return };
    let Some(series) = scene.series(&selector) else { return };
    let message = "the Python front end never writes finished_reason=\"abort\"";
    // A rate against a number and a rate by pod ask for something that a share of all is not.
    let is_grouped = |one: &mut Expr| matches!(one, Expr::Aggregate(sum) if sum.modifier.is_some());
    let mut is_share = false;
    let mut has_groups = false;
    walk(&mut root.clone(), &mut |one| {
        is_share |= matches!(one, Expr::Binary(binary) if divides(binary.op));
        has_groups |= is_grouped(one);
    });
    let is_compared = matches!(&*root, Expr::Binary(binary) if binary.op.is_comparison_operator());
    if has_groups || (is_compared && !is_share) {
        return scene.report_if(false, Kind::AbortsNotRecorded, message);
    }
    let name = |base: &str| format!("{}{base}_count", series.prefix);
    let total = |base: &str| renamed(&selector, &name(base), &["finished_reason"], &[]);
    let share = format!(
        "1 - sum(increase({}[1h])) / sum(increase({}[1h]))",
        total("e2e_request_latency_seconds"),
        total("time_to_first_token_seconds")
    );
    let place = match root {
        Expr::Binary(binary) if binary.op.is_comparison_operator() => &mut *binary.lhs,
        whole => whole,
    };
    let mut is_percentage = false;
    walk(&mut place.clone(), &mut |one| {
        is_percentage |= number(one).is_some_and(|value| (value - 100.0).abs() < f64::EPSILON);
    });
    let text = if is_percentage { format!("100 * ({share})") } else { share };
    let is_corrected = replace(place, &text);
    scene.report_if(is_corrected, Kind::AbortsNotRecorded, message);
}
