//! What sibling metrics say about each other: a part cannot take longer than its whole.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::histogram::{Histogram, QuantileEstimate, quantile_rank};
use crate::text::number::{percentile_name, seconds};
use crate::window::measurements::Measurements;

/// Parts of the end-to-end latency of one population: at every rank Q(part) ≤ Q(e2e), because the
/// part of each request is at most its whole and sorting keeps that order.
const PARTS: [Family; 4] =
    [Family::QueueTime, Family::PrefillTime, Family::DecodeTime, Family::InferenceTime];

/// Tightens the quantiles of a part by its siblings.
///
/// Within the population of finished requests the upper end of the end-to-end quantile is a
/// guaranteed upper end. Time to first token belongs to another population; with `b` requests
/// running at the window's end, the queue time at rank r is at most the time to first token at rank
/// r + b, an estimate kept apart as `order_hi`.
///
/// PromQL points that break the order are artefacts; the one at the `objective` quantile becomes a
/// caveat.
#[expect(clippy::float_cmp, reason = "counts are whole numbers")]
pub fn tighten(
    family: Family,
    quantiles: &mut [QuantileEstimate],
    window: &Measurements,
    objective: f64,
    caveats: &mut Caveats,
) {
    if !PARTS.contains(&family) {
        return;
    }
    let Some(part) = window.histograms.get(&family) else {
        return;
    };
    if let Some(whole) =
        window.histograms.get(&Family::E2e).filter(|whole| whole.count() == part.count())
    {
        for quantile in quantiles.iter_mut() {
            if let Some(limit) = whole.quantile_bounds(quantile.q).and_then(|bounds| bounds.hi) {
                quantile.hi = Some(quantile.hi.map_or(limit, |hi| hi.min(limit)));
            }
        }
    }
    if family == Family::QueueTime
        && let Some(first_token) = window.histograms.get(&Family::Ttft)
    {
        let running = window.gauge(Family::Running).map_or(0.0, |gauge| gauge.last.max(0.0));
        for quantile in quantiles.iter_mut() {
            order_with_first_token(quantile, part, first_token, running, objective, caveats);
        }
    }
}

#[expect(clippy::float_cmp, reason = "both quantiles come from the settings")]
fn order_with_first_token(
    quantile: &mut QuantileEstimate,
    queue: &Histogram,
    first_token: &Histogram,
    running: f64,
    objective: f64,
    caveats: &mut Caveats,
) {
    let counted = quantile_rank(quantile.q, queue.count());
    let rank = counted.unwrap_or_else(|| libm::ceil(quantile.q * queue.count()).max(1.0)) + running;
    let limit = first_token.rank_bounds(rank.min(first_token.count())).and_then(|bounds| bounds.hi);
    if let Some(limit) =
        limit.filter(|limit| quantile.hi.is_none_or(|hi| *limit < hi) && *limit >= quantile.lo)
    {
        quantile.order_hi = Some(limit);
    }
    let first_token_point = first_token.point(quantile.q);
    let Some(point) = quantile.point.filter(|point| *point > first_token_point) else {
        return;
    };
    quantile.artefact = Some(format!(
        "impossible: PromQL's queue time ({}) exceeds its time to first token ({})",
        seconds(point),
        seconds(first_token_point)
    ));
    if quantile.q == objective {
        let percentile = percentile_name(quantile.q);
        caveats.add(CaveatId::ImpossibleOrder, || {
            format!(
                "PromQL's {percentile} of queue time ({}) exceeds its {percentile} of time to first token ({}): no request \
                 waits longer for a slot than for its first token; the points are interpolation artefacts",
                seconds(point),
                seconds(first_token_point)
            )
        });
    }
}
