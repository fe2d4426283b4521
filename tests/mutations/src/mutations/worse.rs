//! The same fault, worse: it never turns healthy.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::bases::simulated::{SCRAPE, again};
use crate::expectation::{Expectation, Figures};
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "worse",
    title: "the same fault at a higher severity, other chance",
    quick: 2,
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let mut scenario = base.scenario.clone()?;
    let fault = scenario.faults.first_mut()?;
    let severity = random.uniform(fault.severity, 1.0);
    fault.severity = severity;
    scenario.seed = random.bits() >> 12;
    let table = again(&scenario, SCRAPE);
    let finished = table.finished(base.window).map(Figures::around);
    let expectation = Expectation::of(base.truth).with_finished(finished);
    let form = format!("severity {severity:.2}, seed {}", scenario.seed);
    Some(Mutated::same(base, form, table).expecting(expectation))
}
