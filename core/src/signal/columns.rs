//! Long columns for time strips: one value a grid time, NaN = absent.

use crate::catalogue::columns::ColumnId;
use crate::catalogue::families::Family;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::store::grid::TimeGrid;
use crate::window::onset::CumulativeMean;
use crate::window::replica_set::combined;

/// The columns these replicas can fill.
pub fn available(replicas: &[&Replica]) -> Vec<ColumnId> {
    let has = |family| replicas.iter().any(|replica| replica.quantities.contains_key(&family));
    ColumnId::ALL.iter().copied().filter(|id| id.family().is_none_or(has)).collect_vec()
}

/// Computes one column; None where no replica has what it is made of.
pub fn column(replicas: &[&Replica], grid: &TimeGrid, id: ColumnId) -> Option<Vec<f64>> {
    match id {
        ColumnId::Times => Some(grid.times().iter().map(|&time| time as f64).collect()),
        ColumnId::FrontEnd => front_end(replicas, grid),
        ColumnId::Queue | ColumnId::Prefill | ColumnId::Decode => {
            mean_per_step(replicas, id.family()?, grid)
        }
        ColumnId::Running | ColumnId::Waiting | ColumnId::KvUsage => {
            Some(combined(replicas, id.family()?, grid.len()))
        }
        ColumnId::GenerationTokens | ColumnId::PromptTokens => {
            Some(rate(replicas, id.family()?, grid))
        }
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
