//! The usual shape of a quantile: `histogram_quantile(q, sum by (le, …) (rate(x_bucket[5m])))`.

use promql_parser::parser::{Call, Expr};

use super::{Scene, mentions, offset_of, renamed};
use crate::lint::bounds;
use crate::lint::names::{Part, Series};
use crate::lint::syntax::{call, grouping, number, peel};

/// Functions that turn a range of a counter into what it grew by.
pub(super) const RATES: &[&str] = &["rate", "irate", "increase"];

/// The parts of a quantile of an engine's buckets.
pub(super) struct Quantile {
    pub(super) series: Series,
    /// The quantile, where it is a number.
    pub(super) q: Option<f64>,
    /// ` by (pod)`, without `le`.
    grouping: String,
    /// Whether the buckets are added up.
    is_aggregated: bool,
    function: &'static str,
    selector: promql_parser::parser::VectorSelector,
    range: String,
}

/// Reads the call of `histogram_quantile`; None where it has another shape.
pub(super) fn read(one: &Call, scene: &Scene) -> Option<Quantile> {
    let [q, buckets] = one.args.args.as_slice() else { return None };
    let (inner, grouping, is_aggregated) = match peel(buckets) {
        Expr::Aggregate(aggregate) if aggregate.op.to_string() == "sum" => {
            (peel(&aggregate.expr), grouping(aggregate, false), true)
        }
        other => (other, String::new(), false),
    };
    let rate = call(inner, RATES)?;
    let [range] = rate.args.args.as_slice() else { return None };
    let Expr::MatrixSelector(matrix) = peel(range) else { return None };
    let series = scene.series(&matrix.vs).filter(|one| one.part == Part::Bucket)?;
    let duration = promql_parser::util::display_duration(&matrix.range);
    Some(Quantile {
        series,
        q: number(q),
        grouping,
        is_aggregated,
        function: rate.func.name,
        selector: matrix.vs.clone(),
        range: format!("[{duration}]{}", offset_of(&matrix.vs)),
    })
}

impl Quantile {
    /// The mean of the same observations, as text.
    pub(super) fn mean(&self) -> String {
        format!("({} / {})", self.total("_sum", &[]), self.total("_count", &[]))
    }

    /// The share of the same observations at or below a bound, as text.
    pub(super) fn share(&self, bound: f64) -> String {
        let within = self.total("_bucket", &[bounds::matcher(bound)]);
        format!("{within} / {}", self.total("_count", &[]))
    }

    fn total(&self, ending: &str, more: &[String]) -> String {
        let Self { series, function, range, .. } = self;
        let name = format!("{}{}{ending}", series.prefix, series.base);
        // Without an aggregation the bucket's own label would keep the two sides apart.
        let without = if mentions(&self.selector, "le") { &["le"][..] } else { &[] };
        let rate = format!("{function}({}{range})", renamed(&self.selector, &name, without, more));
        let grouping = if self.is_aggregated { &self.grouping } else { " without (le)" };
        format!("sum{grouping} ({rate})")
    }
}
