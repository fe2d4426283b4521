//! Long columns for time strips: one value a grid time, NaN = absent.

use crate::list::Listed;
use crate::profile::family::Family;
use crate::report::ColumnDescription;
use crate::scope::Replica;
use crate::signal::change::CumulativeMean;
use crate::signal::together::combined;
use crate::store::grid::TimeGrid;

/// Id, title, unit and strip of every column.
const COLUMNS: [(&str, &str, &str, &str); 10] = [
    ("times", "Time", "ms", ""),
    ("phase.front_end", "front end", "s", "phases"),
    ("phase.queue", "queue", "s", "phases"),
    ("phase.prefill", "prefill", "s", "phases"),
    ("phase.decode", "decode", "s", "phases"),
    ("running", "running", "requests", "scheduler"),
    ("waiting", "waiting", "requests", "scheduler"),
    ("kv_usage", "KV cache", "ratio", "kv"),
    ("generation_tokens_per_s", "output tokens", "tokens/s", "throughput"),
    ("prompt_tokens_per_s", "prompt tokens", "tokens/s", "throughput"),
];

/// The columns these replicas can fill.
pub fn descriptions(replicas: &[&Replica]) -> Vec<ColumnDescription> {
    let has = |family| replicas.iter().any(|replica| replica.quantities.contains_key(&family));
    COLUMNS
        .iter()
        .filter(|(id, ..)| family_of(id).is_none_or(has))
        .map(|&(id, title, unit, strip)| ColumnDescription {
            id: id.to_owned(),
            title: title.to_owned(),
            unit: unit.to_owned(),
            strip: strip.to_owned(),
        })
        .list()
}

fn family_of(id: &str) -> Option<Family> {
    Some(match id {
        "phase.front_end" => Family::E2e,
        "phase.queue" => Family::QueueTime,
        "phase.prefill" => Family::PrefillTime,
        "phase.decode" => Family::DecodeTime,
        "running" => Family::Running,
        "waiting" => Family::Waiting,
        "kv_usage" => Family::KvUsage,
        "generation_tokens_per_s" => Family::GenerationTokens,
        "prompt_tokens_per_s" => Family::PromptTokens,
        _ => return None,
    })
}

/// Computes one column; None for an unknown id.
pub fn column(replicas: &[&Replica], grid: &TimeGrid, id: &str) -> Option<Vec<f64>> {
    if id == "times" {
        return Some(grid.times().iter().map(|&time| time as f64).collect());
    }
    let family = family_of(id)?;
    match id {
        "phase.front_end" => front_end(replicas, grid),
        _ if id.starts_with("phase.") => mean_per_step(replicas, family, grid),
        "running" | "waiting" | "kv_usage" => Some(combined(replicas, family, grid.len())),
        _ => Some(rate(replicas, family, grid)),
    }
}

/// Mean of the requests that finished in each step; absent in steps without one.
fn mean_per_step(replicas: &[&Replica], family: Family, grid: &TimeGrid) -> Option<Vec<f64>> {
    let running = CumulativeMean::of(replicas, family, grid.len())?;
    let mut column = vec![f64::NAN; grid.len()];
    let steps = running.sums.windows(2).zip(running.counts.windows(2));
    for (value, (sums, counts)) in column.iter_mut().skip(1).zip(steps) {
        let count = counts[1] - counts[0];
        if count > 0.0 {
            *value = (sums[1] - sums[0]) / count;
        }
    }
    Some(column)
}

fn front_end(replicas: &[&Replica], grid: &TimeGrid) -> Option<Vec<f64>> {
    let mut rest = mean_per_step(replicas, Family::E2e, grid)?;
    let queue = mean_per_step(replicas, Family::QueueTime, grid)?;
    let prefill = mean_per_step(replicas, Family::PrefillTime, grid)?;
    let decode = mean_per_step(replicas, Family::DecodeTime, grid)?;
    for (index, value) in rest.iter_mut().enumerate() {
        let parts = queue[index] + prefill[index] + decode[index];
        *value = if parts.is_nan() { f64::NAN } else { (*value - parts).max(0.0) };
    }
    Some(rest)
}

/// Growth per second between neighbouring samples, all replicas together.
fn rate(replicas: &[&Replica], family: Family, grid: &TimeGrid) -> Vec<f64> {
    let times = grid.times();
    let mut column = vec![f64::NAN; grid.len()];
    for growth in replicas.iter().filter_map(|replica| replica.counter(family)) {
        let mut previous: Option<usize> = None;
        for (index, column) in column.iter_mut().enumerate().take(growth.len()) {
            let value = growth.at(index);
            if value.is_nan() {
                continue;
            }
            if let Some(before) = previous {
                let seconds = (times[index] - times[before]) as f64 / 1000.0;
                let rate = (value - growth.at(before)) / seconds;
                *column = if column.is_nan() { rate } else { *column + rate };
            }
            previous = Some(index);
        }
    }
    column
}
