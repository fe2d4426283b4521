//! Values that stand still: gauges, one family, or the whole page.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};
use crate::table::Series;

pub(super) const MUTATION: Mutation = Mutation {
    id: "freeze",
    title: "the gauges, one family or the whole page stand still to the end",
    quick: 3,
    draw,
};

/// Least time for which a page stands still, milliseconds: below a minute even a healthy engine may
/// finish nothing.
const LEAST_MS: f64 = 60_000.0;

/// Which series stand still.
type Stands = Box<dyn Fn(&Series) -> bool>;

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let count = base.table.times.len();
    let earliest = base.table.index(base.window.0 as f64);
    let latest = base.table.index(base.window.1 as f64 - LEAST_MS);
    let from = random.between(earliest.min(latest), latest).min(count - 1);
    let families = base.table.families();
    let family = random.pick(&families).clone();
    let (what, stands): (String, Stands) = match random.below(3) {
        0 => ("gauges".to_owned(), Box::new(|series| !series.is_counter())),
        1 => (family.clone(), Box::new(move |series| series.family() == family)),
        _ => ("everything".to_owned(), Box::new(|series| series.name() != "up")),
    };
    let mut table = base.table.clone();
    for series in table.series.iter_mut().filter(|series| stands(series)) {
        let last = series.values[from];
        series.values[from..].fill(last);
    }
    let seconds = (base.window.1 as f64 - base.table.times[from]) / 1000.0;
    let expectation = if what == "everything" {
        base.same().or_stale().with_less_seen()
    } else {
        base.same().with_less_seen()
    };
    let form = format!("{what} stuck for the last {seconds:.0} s");
    Some(Mutated::same(base, form, table).expecting(expectation))
}
