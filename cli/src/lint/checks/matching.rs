//! Operations between vectors whose labels can never be equal.

use std::collections::BTreeSet;

use promql_parser::parser::{BinaryExpr, Expr, LabelModifier};

use super::Scene;
use crate::lint::catalogue::Kind;
use crate::lint::names::Part;
use crate::lint::syntax::{number, peel, replace, walk};

/// The labels of a vector, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Labels {
    /// Exactly these.
    Exactly(BTreeSet<String>),
    /// Those of the engine's series, with `le` or without.
    Whole { has_le: bool },
    /// Nothing is known.
    Unknown,
}

pub(super) fn check(root: &mut Expr, scene: &mut Scene) {
    walk(root, &mut |one| {
        let Expr::Binary(operation) = &*one else { return };
        let is_matched = operation.modifier.as_ref().is_some_and(|one| one.matching.is_some());
        let is_scalar = number(&operation.lhs).or_else(|| number(&operation.rhs)).is_some();
        if operation.op.is_set_operator() || is_matched || is_scalar {
            return;
        }
        let sides = (labels(&operation.lhs, scene), labels(&operation.rhs, scene));
        let Some((text, message)) = mend(operation, &sides) else { return };
        let is_corrected = text.is_some_and(|text| replace(one, &text));
        scene.report_if(is_corrected, Kind::LabelsNeverMatch, message);
    });
}

/// What to write instead, if it can be; None where the sides may match.
fn mend(operation: &BinaryExpr, sides: &(Labels, Labels)) -> Option<(Option<String>, String)> {
    let BinaryExpr { op, lhs, rhs, .. } = operation;
    let op = if operation.return_bool() { format!("{op} bool") } else { op.to_string() };
    let listed = |labels: &BTreeSet<String>| {
        let all: Vec<_> = labels.iter().cloned().collect();
        all.join(", ")
    };
    match sides {
        (Labels::Whole { has_le: a }, Labels::Whole { has_le: b }) if a != b => {
            let text = format!("{lhs} {op} ignoring (le) {rhs}");
            Some((Some(text), "only one side has the label le".to_owned()))
        }
        (Labels::Exactly(a), Labels::Exactly(b)) if a != b => {
            let common: BTreeSet<_> = a.intersection(b).cloned().collect();
            let many = if common == *b {
                Some("group_left")
            } else if common == *a {
                Some("group_right")
            } else {
                None
            };
            let text =
                many.map(|many| format!("{lhs} {op} on ({}) {many} () {rhs}", listed(&common)));
            let message = format!("one side has ({}), the other ({})", listed(a), listed(b));
            Some((text, message))
        }
        (Labels::Exactly(a), Labels::Whole { .. }) | (Labels::Whole { .. }, Labels::Exactly(a)) => {
            let by = if a.is_empty() { String::new() } else { format!(" by ({})", listed(a)) };
            let sum = |side: &Expr, labels: &Labels| match labels {
                Labels::Whole { .. } => format!("sum{by} ({})", peel(side)),
                _ => side.to_string(),
            };
            let text = format!("{} {op} {}", sum(lhs, &sides.0), sum(rhs, &sides.1));
            Some((Some(text), format!("one side has ({}), the other all labels", listed(a))))
        }
        _ => None,
    }
}

fn labels(expression: &Expr, scene: &Scene) -> Labels {
    match peel(expression) {
        Expr::Aggregate(aggregate) => match (&aggregate.modifier, aggregate.op.to_string()) {
            (_, op) if matches!(op.as_str(), "topk" | "bottomk" | "count_values" | "limitk") => {
                Labels::Unknown
            }
            (None, _) => Labels::Exactly(BTreeSet::new()),
            (Some(LabelModifier::Include(names)), _)
                if names.labels.iter().all(|name| scene.variables.stand_in(name).is_none()) =>
            {
                Labels::Exactly(names.labels.iter().cloned().collect())
            }
            _ => Labels::Unknown,
        },
        Expr::VectorSelector(selector) => of_selector(selector, scene),
        Expr::MatrixSelector(matrix) => of_selector(&matrix.vs, scene),
        Expr::Unary(unary) => labels(&unary.expr, scene),
        Expr::Binary(operation) if number(&operation.rhs).is_some() => {
            labels(&operation.lhs, scene)
        }
        Expr::Binary(operation) if number(&operation.lhs).is_some() => {
            labels(&operation.rhs, scene)
        }
        Expr::Binary(operation) => {
            let (left, right) = (labels(&operation.lhs, scene), labels(&operation.rhs, scene));
            let is_matched = operation.modifier.is_some();
            if left == right && !is_matched { left } else { Labels::Unknown }
        }
        Expr::Call(call) => of_call(call, scene),
        _ => Labels::Unknown,
    }
}

fn of_call(call: &promql_parser::parser::Call, scene: &Scene) -> Labels {
    let name = call.func.name;
    let Some(last) = call.args.args.last() else { return Labels::Unknown };
    if name == "histogram_quantile" {
        return match labels(last, scene) {
            Labels::Exactly(names) => {
                Labels::Exactly(names.into_iter().filter(|name| name != "le").collect())
            }
            Labels::Whole { .. } => Labels::Whole { has_le: false },
            Labels::Unknown => Labels::Unknown,
        };
    }
    let keeps = name.ends_with("_over_time")
        || matches!(name, "rate" | "irate" | "increase" | "delta" | "idelta" | "deriv" | "abs");
    if keeps { labels(last, scene) } else { Labels::Unknown }
}

fn of_selector(selector: &promql_parser::parser::VectorSelector, scene: &Scene) -> Labels {
    match scene.series(selector) {
        // A metric without a second label than the placement: two of them may differ.
        Some(series) if crate::lint::names::lacks_model(series.base) => Labels::Unknown,
        Some(series) => Labels::Whole { has_le: series.part == Part::Bucket },
        None => Labels::Unknown,
    }
}
