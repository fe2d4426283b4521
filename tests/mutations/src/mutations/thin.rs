//! Fewer scrapes: a longer scrape interval, or a coarser step of the query.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};
use crate::table::{Series, Table};

pub(super) const MUTATION: Mutation =
    Mutation { id: "thin", title: "every 2nd … 10th scrape only", quick: 2, draw };

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let step = random.between(2, 10);
    let first = random.below(step);
    let thin = |values: &[f64]| values.iter().copied().skip(first).step_by(step).collect();
    let series = base.table.series.iter();
    let series = series
        .map(|series| Series { labels: series.labels.clone(), values: thin(&series.values) })
        .collect();
    let table = Table { times: thin(&base.table.times), series };
    let form = format!("every scrape number {first} of {step}");
    // The window begins and ends up to one step off.
    let mut expectation = base.same().with_less_seen();
    if seen(&table, base.window) < MOST * (base.window.1 - base.window.0) as f64 {
        expectation = expectation.or_healthy();
    }
    Some(Mutated::same(base, form, table).expecting(expectation))
}

/// Part of a window that must lie between its first and its last scrape so that the fault in it
/// does: of five minutes with a scrape each two, what harms may be in the three that nobody sees.
const MOST: f64 = 0.75;

/// Milliseconds between the first and the last scrape of a window.
fn seen(table: &Table, window: (i64, i64)) -> f64 {
    let (start, end) = (window.0 as f64, window.1 as f64);
    let times = || table.times.iter().copied().filter(|time| (start..=end).contains(time));
    times().next_back().zip(times().next()).map_or(0.0, |(last, first)| last - first)
}
