//! One replica has a fault, and up to 39 beside it have none: pooled figures hide it.

use inference_triage_harness::random::Random;
use inference_triage_simulator::configuration::Scenario;

use crate::base::Base;
use crate::bases::simulated::{SCRAPE, again};
use crate::expectation::Figures;
use crate::mutation::{Mutated, Mutation};
use crate::table::Table;

pub(super) const MUTATION: Mutation = Mutation {
    id: "faulty-replica",
    title: "the fault in one replica of 2 … 40, the others healthy",
    quick: 4,
    draw,
};

/// Healthy replicas beside it; large fleets are rarer, because they cost more.
const BESIDE: [usize; 8] = [1, 1, 2, 3, 5, 9, 19, 39];

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    // Of several the fault is in one already.
    let is_one = |scenario: &Scenario| scenario.replicas == 1 && !base.is_healthy();
    let mut scenario = base.scenario.clone().filter(is_one)?;
    let count = *random.pick(&BESIDE);
    scenario.faults.clear();
    scenario.replicas = count;
    scenario.traffic.arrivals = scenario.traffic.arrivals.scaled(count as f64);
    scenario.seed = random.bits() >> 12;
    let healthy = again(&scenario, SCRAPE);
    let all = healthy.finished(base.window)? + base.table.finished(base.window)?;
    let mut table = base.table.clone();
    place(&mut table, count);
    table.series.extend(healthy.series);
    let form = format!("1 of {} replicas", count + 1);
    let expectation =
        base.same().in_one(format!("vllm-{count}")).with_finished(Some(Figures::around(all)));
    Some(Mutated::same(base, form, table).expecting(expectation))
}

/// Puts the only replica of a table, and its device, at another place of the fleet.
fn place(table: &mut Table, replica: usize) {
    table.series.retain(|series| series.label("job") != "kueue");
    for series in &mut table.series {
        for value in series.labels.values_mut() {
            *value = match value.as_str() {
                "vllm-0" => format!("vllm-{replica}"),
                "vllm-0:8000" => format!("vllm-{replica}:8000"),
                "node-0" => format!("node-{replica}"),
                "node-0:9400" => format!("node-{replica}:9400"),
                _ => continue,
            };
        }
    }
}
