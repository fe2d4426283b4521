//! Another model in the same answer: it changes nothing about the first.

use inference_triage_harness::random::Random;
use inference_triage_simulator::configuration::{FaultClass, Hardware, Scenario};

use crate::base::Base;
use crate::bases::simulated::{SCRAPE, again};
use crate::diagnosis::report;
use crate::expectation::Expectation;
use crate::mutation::{Mutated, Mutation};
use crate::table::{Series, Table};

pub(super) const MUTATION: Mutation = Mutation {
    id: "beside",
    title: "an unrelated model beside: the verdict and its sentence stay",
    quick: 1,
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let model = base.table.values_of("model_name").first()?.clone();
    let scenario = Scenario {
        duration_seconds: 3600.0,
        seed: random.bits() >> 12,
        ..Scenario::new(Hardware::opt_13b_a100())
    };
    let classes = [FaultClass::KvThrash, FaultClass::SlowDecode, FaultClass::SlotCap];
    let (what, scenario) = match random.below(classes.len() + 1) {
        0 => ("healthy", scenario),
        place => {
            let class = classes[place - 1];
            (class.id(), scenario.with_fault(class, 0.6, random.uniform(0.0, 1800.0)))
        }
    };
    let mut table = base.table.clone();
    add(&mut table, again(&scenario, SCRAPE));
    let alone = report(base, &base.table, base.window, Some(&model)).ok()?;
    let sentence = alone["verdict"]["sentence"].as_str().map(str::to_owned);
    let expectation = Expectation { sentence, ..base.same() };
    let form = format!("an unrelated model, {what}");
    let same = Mutated::same(base, form, table);
    Some(Mutated { model: Some(model), ..same.expecting(expectation) })
}

/// The engine's series of another table under names of their own, sample by sample on the grid of
/// the first.
fn add(table: &mut Table, other: Table) {
    let count = table.times.len();
    for mut series in other.series.into_iter().filter(Series::is_of_engine) {
        for (label, value) in
            [("model_name", "unrelated"), ("pod", "unrelated-0"), ("instance", "unrelated-0:1")]
        {
            series.labels.insert(label.to_owned(), value.to_owned());
        }
        series.values.resize(count, f64::NAN);
        table.series.push(series);
    }
}
