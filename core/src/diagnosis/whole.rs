//! How long a whole request may take where nobody said so.

use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::settings::{Settings, Slo};
use crate::window::measurements::Measurements;

/// The settings with a target for whole requests of the lengths in the data.
pub(super) fn judging(
    settings: &Settings,
    now: &Measurements,
    baseline: Option<&Measurements>,
) -> Settings {
    let slo = Slo { whole: whole(&settings.slo, now, baseline), ..settings.slo.clone() };
    Settings { slo, ..settings.clone() }
}

/// Seconds within which the judged quantile of whole requests lies if each meets its targets for
/// the first token and for every further one: a request of `n` output tokens takes at most the
/// one and `n` times the other, and the quantile of that is at most the one of the longest outputs
/// of the quantile. The lengths are those of the baseline: outputs that became long are no reason
/// to allow more. Without a baseline they are the present ones, whatever these are.
///
/// None where a target was chosen, where the kind of service is about whole requests, and where the
/// lengths are not known: then the target is that of the kind of service.
fn whole(slo: &Slo, now: &Measurements, baseline: Option<&Measurements>) -> Option<f64> {
    let is_chosen = slo.targets.get(SignalId::E2e.id()).is_some();
    if is_chosen || slo.profile.primary() == SignalId::E2e {
        return None;
    }
    let tokens = baseline
        .and_then(|baseline| longest(baseline, slo.quantile))
        .or_else(|| longest(now, slo.quantile))?;
    let (first, _) = slo.target(SignalId::Ttft)?;
    let is_itl_chosen = slo.targets.get(SignalId::Itl.id()).is_some()
        && slo.targets.get(SignalId::Tpot.id()).is_none();
    let next = if is_itl_chosen { SignalId::Itl } else { SignalId::Tpot };
    let (next, _) = slo.target(next)?;
    Some(first + tokens * next)
}

/// Output tokens that a quantile of the requests has at most; None where nothing bounds it.
fn longest(window: &Measurements, quantile: f64) -> Option<f64> {
    let lengths = window.histograms.get(&Family::GenerationTokensPerRequest)?;
    lengths.quantile_bounds(quantile)?.hi
}
