//! Two processes in the place of one: behind a balancer each scrape meets one of them; on one node
//! they differ by a label that no profile knows.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::bases::simulated::{SCRAPE, again};
use crate::expectation::{Expectation, Figures};
use crate::mutation::{Mutated, Mutation};
use crate::table::Table;

pub(super) const MUTATION: Mutation = Mutation {
    id: "merge",
    title: "two processes behind one target (balancer), or told apart by one label (Ray)",
    quick: 4,
    draw,
};

const LABELS: [&str; 4] = ["WorkerId", "exported_pod", "port", "dp_rank"];

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let mut scenario = base.scenario.clone().filter(|scenario| scenario.replicas == 1)?;
    scenario.seed = random.bits() >> 12;
    let other = again(&scenario, SCRAPE);
    if random.chance(0.5) { balancer(base, &other, random) } else { beside(base, other, random) }
}

fn balancer(base: &Base, other: &Table, random: &mut Random) -> Option<Mutated> {
    let alternating = random.chance(0.5);
    let turns: Vec<bool> = (0..base.table.times.len())
        .map(|place| if alternating { place % 2 == 1 } else { random.chance(0.5) })
        .collect();
    let mut table = base.table.clone();
    for series in table.series.iter_mut().filter(|series| series.name() != "up") {
        let Some(twin) = other.series.iter().find(|twin| twin.labels == series.labels) else {
            continue;
        };
        for (place, turn) in turns.iter().enumerate() {
            if *turn {
                series.values[place] = twin.values[place];
            }
        }
    }
    let both = base.table.finished(base.window)? + other.finished(base.window)?;
    let how = if alternating { "in turn" } else { "by chance" };
    let form = format!("scrapes meet one of two processes {how}");
    // Nothing that is read there is of one process, so that nothing can be proven.
    let expectation =
        Expectation::of(base.truth).not_healthy().with_finished(Some(Figures::up_to(both)));
    Some(Mutated::same(base, form, table).expecting(expectation))
}

fn beside(base: &Base, other: Table, random: &mut Random) -> Option<Mutated> {
    let label = *random.pick(&LABELS);
    let both = base.table.finished(base.window)? + other.finished(base.window)?;
    let mut table = base.table.clone();
    let named = |table: &mut Table, name: &str| {
        for series in &mut table.series {
            series.labels.insert(label.to_owned(), name.to_owned());
            series.labels.remove("pod");
        }
    };
    let mut other = other;
    named(&mut table, "a1");
    named(&mut other, "b2");
    table.series.extend(other.series);
    let form = format!("two processes at one address, told apart by {label}");
    let expectation = base.same().with_finished(Some(Figures::around(both)));
    Some(Mutated::same(base, form, table).expecting(expectation))
}
