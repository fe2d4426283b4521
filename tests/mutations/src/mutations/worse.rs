//! The same fault, worse: it never turns healthy.

use inference_triage_harness::random::Random;
use inference_triage_simulator::record::outcome::Outcome;
use inference_triage_simulator::{Run, simulate};

use crate::base::Base;
use crate::bases::simulated::{SCRAPE, table};
use crate::expectation::Expectation;
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "worse",
    title: "the same fault at a higher severity, other chance",
    quick: 2,
    draw,
};

/// Share of the requests that meets an objective from which the fault harmed nobody: what an
/// objective of 95 % asks.
const MET: f64 = 0.95;

/// Whether each objective is met by the requests that ended between two times, seconds after the
/// first scrape, and all of them ended well.
fn meets_each(run: &Run, from: f64, to: f64) -> bool {
    let targets = run.scenario.objectives;
    let ended = |one: &&Outcome| one.ended.is_some_and(|ended| ended >= from && ended < to);
    let ended: Vec<&Outcome> = run.requests.iter().filter(ended).collect();
    let meets = |is_met: &dyn Fn(&Outcome) -> bool| {
        ended.iter().filter(|one| is_met(one)).count() as f64 >= MET * ended.len() as f64
    };
    let within = |value: Option<f64>, target: f64| value.is_none_or(|value| value <= target);
    meets(&|one| one.finished())
        && meets(&|one| within(one.ttft(), targets.ttft))
        && meets(&|one| within(one.tpot(), targets.tpot))
        && meets(&|one| within(one.e2e(), targets.e2e))
}

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let mut scenario = base.scenario.clone()?;
    let fault = scenario.faults.first_mut()?;
    let severity = random.uniform(fault.severity, 1.0);
    fault.severity = severity;
    scenario.seed = random.bits() >> 12;
    let run = simulate(&scenario, SCRAPE);
    let start = scenario.start_unix_seconds as f64;
    let (from, to) = (base.window.0 as f64 / 1000.0 - start, base.window.1 as f64 / 1000.0 - start);
    let table = table(&run);
    let finished = table.figures(base.window);
    let mut expectation = Expectation::of(base.truth).with_finished(finished);
    if meets_each(&run, from, to) {
        expectation = expectation.or_healthy();
    }
    let form = format!("severity {severity:.2}, seed {}", scenario.seed);
    Some(Mutated::same(base, form, table).expecting(expectation))
}
