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
    Some(
        Mutated::same(base, form, table)
            .expecting(base.same().with_less_seen().or_told_by_health()),
    )
}
