//! Another process takes the target in the window and stays, and it had counted more: no counter
//! falls.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::bases::simulated::{SCRAPE, again};
use crate::expectation::{Expectation, Figures};
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "replaced",
    title: "another process, which had counted more, takes the target in the window and stays",
    quick: 4,
    draw,
};

/// What the other one has counted, as a share of what it would have in the place of the first.
const COUNTED: [f64; 4] = [1.5, 2.0, 3.0, 10.0];

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let mut scenario = base.scenario.clone().filter(|scenario| scenario.replicas == 1)?;
    scenario.seed = random.bits() >> 12;
    let other = again(&scenario, SCRAPE);
    let share = *random.pick(&COUNTED);
    let first = base.table.index(base.window.0 as f64);
    let last = base.table.index(base.window.1 as f64);
    let from = random.between(first + 2, last.checked_sub(2)?);
    let mut table = base.table.clone();
    for series in table.series.iter_mut().filter(|series| series.name() != "up") {
        let Some(twin) = other.series.iter().find(|twin| twin.labels == series.labels) else {
            continue;
        };
        // It had counted so much when it came, and counts as the first one does.
        let is_counter = series.is_counter();
        let more = if is_counter { (share - 1.0) * twin.values[from] } else { 0.0 };
        // Counts are whole.
        let is_count = series.is_counter() && !series.name().ends_with("_sum");
        let more = if is_count { more.round() } else { more };
        let (mut more, mut before) = (more, f64::NEG_INFINITY);
        for (value, twin) in series.values.iter_mut().zip(&twin.values).skip(from) {
            // Where it starts anew, it counts from zero.
            if is_counter && *twin < before {
                more = 0.0;
            }
            before = before.max(*twin);
            *value = twin + more;
        }
    }
    let both = base.table.finished(base.window)?.max(other.finished(base.window)?);
    let form = format!("from scrape {from} on another process that counted {share} times as much");
    let expectation =
        Expectation::of(base.truth).not_healthy().with_finished(Some(Figures::up_to(both)));
    Some(Mutated::same(base, form, table).expecting(expectation))
}
