//! The process is restarted in the window: once, or again and again. What it served is lost.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::expectation::Figures;
use crate::mutation::{Mutated, Mutation};
use crate::table::Series;

pub(super) const MUTATION: Mutation = Mutation {
    id: "restart",
    title: "the process restarts in the window, once or in a loop: requests in it are lost",
    quick: 2,
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let count = base.table.times.len();
    let window = base.table.index(base.window.0 as f64);
    let step = base.table.step();
    if count < window + 8 {
        return None;
    }
    let first = random.between(window + 2, count - 4);
    let looping = random.chance(0.4);
    let every = random.between(4, 8);
    let down = random.between(0, 3);
    let starts: Vec<usize> =
        (first..count - 2).step_by(every).take(if looping { usize::MAX } else { 1 }).collect();
    let mut table = base.table.clone();
    let times = table.times.clone();
    for series in table.series.iter_mut().filter(|series| is_of_process(series)) {
        for &start in &starts {
            restart(series, start, down, times[start] / 1000.0);
        }
    }
    let times_said = if looping { format!("every {every} scrapes") } else { "once".to_owned() };
    let form = format!(
        "restart {times_said} at {} s before the end, down for {down} scrapes of {:.0} s",
        (times[count - 1] - times[first]) / 1000.0,
        step / 1000.0
    );
    let finished = base.table.finished(base.window).map(Figures::up_to);
    // Requests that ran are lost, which no latency of a finished request shows.
    let expectation = base.same().not_healthy().with_finished(finished);
    let expectation = expectation.or_loop(starts.len(), every as f64 * step / 1000.0);
    Some(Mutated::same(base, form, table).expecting(expectation))
}

fn is_of_process(series: &Series) -> bool {
    series.is_of_engine() || series.name().starts_with("process_") || series.name().contains("http")
}

/// Counters begin at zero at `start` and the scrapes of the start fail.
fn restart(series: &mut Series, start: usize, down: usize, unix_seconds: f64) {
    let counted = series.is_counter();
    let origin = if counted { series.values[start] } else { 0.0 };
    for value in &mut series.values[start..] {
        *value -= origin;
    }
    if series.name() == "process_start_time_seconds" {
        series.values[start..].fill(unix_seconds);
    }
    let end = (start + down).min(series.values.len());
    series.values[start..end].fill(f64::NAN);
}
