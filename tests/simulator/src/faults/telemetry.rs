//! Faults of the metrics themselves: they spoil a finished run; what happened stays as it was.

use crate::configuration::FaultClass;
use crate::faults::repaired;
use crate::record::columns::Kind;
use crate::record::{Series, Target};
use crate::run::Run;

/// The ways in which metrics are spoilt; the seed of the scenario chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoiling {
    /// Broken time stamps: prefill as long as the host's uptime, negative queue times.
    BrokenTimestamps,
    /// Two targets are stored under the labels of one: phases of one, lengths of another.
    MixedTargets,
    /// The scraper is shown an old page again and again.
    StaleTarget,
}

impl Spoiling {
    /// The way that a seed chooses.
    pub fn of_seed(seed: u64) -> Self {
        match seed % 3 {
            0 => Self::MixedTargets,
            1 => Self::BrokenTimestamps,
            _ => Self::StaleTarget,
        }
    }
}

pub(crate) fn spoil(run: &mut Run) {
    let fault = run.scenario.faults.iter().find(|fault| fault.class == FaultClass::TelemetryFault);
    let Some(fault) = fault.copied().filter(|fault| !repaired(&run.scenario, fault.class)) else {
        return;
    };
    let start = run.scenario.start_unix_seconds as f64;
    let onset = (start + fault.onset_seconds) * 1000.0;
    let first = run.times.iter().position(|time| *time as f64 >= onset).unwrap_or(run.times.len());
    let way = Spoiling::of_seed(run.scenario.seed);
    for target in run.targets.iter_mut().filter(|target| target.job == "vllm") {
        match way {
            Spoiling::BrokenTimestamps => break_timestamps(target, first, fault.severity),
            Spoiling::MixedTargets => mix_targets(target, first, fault.severity),
            Spoiling::StaleTarget => make_stale(target, first),
        }
    }
}

/// From the onset on a share of the finished requests is booked with an uptime as prefill and less
/// than nothing as queue.
fn break_timestamps(target: &mut Target, first: usize, severity: f64) {
    const UPTIME: f64 = 86_400.0 * 11.0;
    let counts: Vec<f64> = values(target, "request_prefill_time_seconds_count");
    for (name, seconds) in
        [("request_prefill_time_seconds_sum", UPTIME), ("request_queue_time_seconds_sum", -UPTIME)]
    {
        change(target, name, first, |index, value| {
            let grown = counts.get(index).copied().unwrap_or(0.0)
                - counts.get(first).copied().unwrap_or(0.0);
            value + libm::floor(grown * (0.02 + 0.2 * severity)) * seconds
        });
    }
}

/// From the onset on the phases grow as if another target's were added, the lengths do not.
fn mix_targets(target: &mut Target, first: usize, severity: f64) {
    for name in ["request_decode_time_seconds", "request_inference_time_seconds"] {
        let places: Vec<usize> = places(target, name);
        for place in places {
            let series = &mut target.series[place];
            let before = first
                .checked_sub(1)
                .and_then(|index| series.values.get(index).copied())
                .unwrap_or(0.0);
            for value in series.values.iter_mut().skip(first) {
                *value += libm::floor((*value - before) * (0.3 + severity));
            }
        }
    }
}

/// From the onset on every value stays as it was.
fn make_stale(target: &mut Target, first: usize) {
    for series in &mut target.series {
        let Some(last) = first.checked_sub(1).and_then(|index| series.values.get(index).copied())
        else {
            continue;
        };
        series.values.iter_mut().skip(first).for_each(|value| *value = last);
    }
}

fn places(target: &Target, name: &str) -> Vec<usize> {
    let named = |series: &Series| series.kind == Kind::Counter && series.name.contains(name);
    target
        .series
        .iter()
        .enumerate()
        .filter(|(_, series)| named(series))
        .map(|(index, _)| index)
        .collect()
}

fn values(target: &Target, name: &str) -> Vec<f64> {
    places(target, name)
        .first()
        .map(|place| target.series[*place].values.clone())
        .unwrap_or_default()
}

fn change(target: &mut Target, name: &str, first: usize, changed: impl Fn(usize, f64) -> f64) {
    for place in places(target, name) {
        for (index, value) in target.series[place].values.iter_mut().enumerate().skip(first) {
            *value = changed(index, *value);
        }
    }
}
