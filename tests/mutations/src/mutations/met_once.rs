//! Another process answers some scrapes and the first one comes back: a balancer that keeps its
//! connections, a name that pointed elsewhere for a while.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::bases::simulated::{SCRAPE, again};
use crate::expectation::{Expectation, Figures};
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "met-once",
    title: "another process answers some scrapes of the window, which has counted less or more",
    quick: 4,
    draw,
};

/// What the other one has counted, as a share of what it would have in the place of the first.
const COUNTED: [f64; 5] = [0.2, 0.5, 0.8, 1.5, 3.0];

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let mut scenario = base.scenario.clone().filter(|scenario| scenario.replicas == 1)?;
    scenario.seed = random.bits() >> 12;
    let other = again(&scenario, SCRAPE);
    let share = *random.pick(&COUNTED);
    let length = *random.pick(&[1, 2, 5, 12]);
    let first = base.table.index(base.window.0 as f64);
    let last = base.table.index(base.window.1 as f64);
    let latest = last.checked_sub(length + 2).filter(|latest| *latest > first + 1)?;
    let from = random.between(first + 1, latest);
    let mut table = base.table.clone();
    for series in table.series.iter_mut().filter(|series| series.name() != "up") {
        let Some(twin) = other.series.iter().find(|twin| twin.labels == series.labels) else {
            continue;
        };
        let share = if series.is_counter() { share } else { 1.0 };
        for place in from..from + length {
            // Counts are whole.
            let is_count = !series.name().ends_with("_sum");
            let value = share * twin.values[place];
            series.values[place] =
                if is_count && series.is_counter() { value.round() } else { value };
        }
    }
    let both = base.table.finished(base.window)? + other.finished(base.window)?;
    let form = format!("{length} scrapes meet another process that counted {share} times as much");
    let expectation =
        Expectation::of(base.truth).not_healthy().with_finished(Some(Figures::up_to(both)));
    Some(Mutated::same(base, form, table).expecting(expectation))
}
