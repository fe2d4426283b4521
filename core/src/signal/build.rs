//! The report's signals from the measurements of a window and of its baseline.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::{Family, Population};
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::Threshold;
use crate::caveat::Caveats;
use crate::histogram::{QuantileEstimate, estimate_quantile};
use crate::settings::Settings;
use crate::signal::level::{
    Judgement, Level, PREFILL_SHARE_OF_TARGET, WAIT_SHARE_OF_TARGET, judge_against_baseline,
    judge_mean, judge_quantile, judge_token_time, target,
};
use crate::signal::ordering::tighten;
use crate::signal::registry::{Judged, SIGNALS, SignalDefinition, Source};
use crate::signal::{Attainment, Signal, Signals};
use crate::small::list::CollectVec;
use crate::window::measurements::Measurements;

/// Builds every signal the window has a number for.
pub fn signals(
    now: &Measurements,
    baseline: Option<&Measurements>,
    settings: &Settings,
    caveats: &mut Caveats,
) -> Signals {
    let rows = SIGNALS.iter().filter_map(|definition| {
        let report = match definition.source {
            Source::Histogram(family) => {
                histogram_signal(definition, family, now, baseline, settings, caveats)
            }
            Source::Gauge(family) => gauge_signal(definition, family, now, baseline),
            Source::Value(compute) => value_signal(definition, compute, now, baseline, settings),
        }?;
        Some(report)
    });
    Signals(rows.collect_vec())
}

fn empty(definition: &SignalDefinition) -> Signal {
    Signal {
        id: definition.id,
        count: None,
        mean: None,
        min: None,
        max: None,
        last: None,
        baseline_mean: None,
        level: Level::Unknown,
        level_reason: String::new(),
        quantiles: Vec::new(),
        baseline_quantiles: Vec::new(),
        attainment: None,
    }
}

fn histogram_signal(
    definition: &SignalDefinition,
    family: Family,
    now: &Measurements,
    baseline: Option<&Measurements>,
    settings: &Settings,
    caveats: &mut Caveats,
) -> Option<Signal> {
    let count = now.count(family)?;
    let quantiles = quantiles(family, now, settings, caveats);
    // The baseline's repairs do not touch the diagnosis of the window.
    let baseline_quantiles = baseline
        .map(|baseline| self::quantiles(family, baseline, settings, &mut Caveats::new()))
        .unwrap_or_default();
    let judgement = judge(definition, family, now, baseline, settings);
    Some(Signal {
        count: Some(count),
        mean: now.mean(family),
        baseline_mean: baseline.and_then(|baseline| baseline.mean(family)),
        level: judgement.level,
        level_reason: judgement.reason,
        quantiles,
        baseline_quantiles,
        attainment: attainment(definition, family, now, settings),
        ..empty(definition)
    })
}

/// The quantiles of a family: point, interval, sampling interval, tightened by its siblings.
fn quantiles(
    family: Family,
    window: &Measurements,
    settings: &Settings,
    caveats: &mut Caveats,
) -> Vec<QuantileEstimate> {
    let Some(histogram) = window.histograms.get(&family) else {
        return Vec::new();
    };
    // The outputs of one request are not independent: requests, not tokens, carry the information.
    let by_output = window.populations.get(&family) == Some(&Population::Output);
    let effective = by_output.then(|| window.finished()).flatten();
    let mut reports: Vec<QuantileEstimate> = settings
        .reported_quantiles()
        .iter()
        .filter_map(|&q| estimate_quantile(histogram, q, effective))
        .collect_vec();
    tighten(family, &mut reports, window, settings.slo.quantile, caveats);
    let outside = reports.iter().filter(|report| report.is_outside_bounds()).count();
    caveats.add_count(CaveatId::OutsideBounds, outside as u64, || {
        "some of PromQL's quantiles are impossible: the buckets and sums exclude them".to_owned()
    });
    reports
}

fn judge(
    definition: &SignalDefinition,
    family: Family,
    now: &Measurements,
    baseline: Option<&Measurements>,
    settings: &Settings,
) -> Judgement {
    if now.count(family).is_none_or(|count| count <= 0.0) {
        return Judgement::unknown("nothing was observed in this window");
    }
    match definition.judged {
        Judged::No => Judgement::not_judged(),
        Judged::Baseline => match now.mean(family) {
            Some(mean) => {
                judge_against_baseline(mean, baseline.and_then(|baseline| baseline.mean(family)))
            }
            None => Judgement::unknown("its sum is missing, so there is no mean to judge"),
        },
        Judged::Objective => {
            let Some(target) = target(&settings.slo, definition.id) else {
                return Judgement::not_judged();
            };
            if family == Family::Itl
                && let (Some(tokens), Some(time)) = (now.tokens_per_output(), now.token_time())
            {
                return judge_token_time(time, tokens, target);
            }
            let bounds = now
                .histograms
                .get(&family)
                .and_then(|histogram| estimate_quantile(histogram, settings.slo.quantile, None));
            match bounds {
                Some(quantile) => judge_quantile(&quantile, target),
                None => Judgement::unknown("its buckets are missing, so no quantile can be judged"),
            }
        }
        Judged::WaitShare => judge_share(now.mean(family), &WAIT_SHARE_OF_TARGET, settings),
        Judged::PrefillShare => judge_share(now.mean(family), &PREFILL_SHARE_OF_TARGET, settings),
    }
}

fn judge_share(mean: Option<f64>, share: &Threshold, settings: &Settings) -> Judgement {
    match (mean, target(&settings.slo, SignalId::Ttft)) {
        (Some(mean), Some(target)) => judge_mean(mean, settings.threshold(share), target),
        (None, _) => Judgement::unknown("its sum is missing, so there is no mean to judge"),
        (_, None) => Judgement::not_judged(),
    }
}

fn attainment(
    definition: &SignalDefinition,
    family: Family,
    now: &Measurements,
    settings: &Settings,
) -> Option<Attainment> {
    let is_per_output = family == Family::Itl && now.tokens_per_output().is_some();
    if definition.judged != Judged::Objective || is_per_output {
        return None;
    }
    let (target, _) = settings.slo.target(definition.id)?;
    let histogram = now.histograms.get(&family)?;
    let fraction = histogram.fraction(target)?;
    Some(Attainment {
        target,
        lo: fraction.lo,
        hi: fraction.hi,
        exact: fraction.exact,
        nearest: fraction.nearest_bound,
        missed: histogram.tail_estimate(target),
    })
}

fn gauge_signal(
    definition: &SignalDefinition,
    family: Family,
    now: &Measurements,
    baseline: Option<&Measurements>,
) -> Option<Signal> {
    let gauge = now.gauge(family)?;
    let judgement = Judgement::not_judged();
    Some(Signal {
        mean: Some(gauge.mean),
        min: Some(gauge.min),
        max: Some(gauge.max),
        last: Some(gauge.last),
        baseline_mean: baseline.and_then(|baseline| baseline.gauge(family)).map(|gauge| gauge.mean),
        level: judgement.level,
        level_reason: judgement.reason,
        ..empty(definition)
    })
}

fn value_signal(
    definition: &SignalDefinition,
    compute: fn(&Measurements) -> Option<f64>,
    now: &Measurements,
    baseline: Option<&Measurements>,
    settings: &Settings,
) -> Option<Signal> {
    let value = compute(now)?;
    let judgement = match definition.judged {
        Judged::WaitShare => judge_share(Some(value), &WAIT_SHARE_OF_TARGET, settings),
        _ => Judgement::not_judged(),
    };
    Some(Signal {
        mean: Some(value),
        baseline_mean: baseline.and_then(compute),
        level: judgement.level,
        level_reason: judgement.reason,
        ..empty(definition)
    })
}
