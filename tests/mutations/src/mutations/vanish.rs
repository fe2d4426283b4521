//! A target is gone before the window ends: an eviction, a crash without a restart.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "vanish",
    title: "a target, or all, is gone for the last 60 … 240 s of the window",
    quick: 2,
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let seconds = random.uniform(60.0, 240.0);
    let from = base.table.index(base.window.1 as f64 - seconds * 1000.0);
    let instances = base.table.values_of("instance");
    let one = (instances.len() > 1 && random.chance(0.5)).then(|| random.pick(&instances).clone());
    let mut table = base.table.clone();
    let down = random.chance(0.5);
    for series in &mut table.series {
        if one.as_deref().is_none_or(|one| series.label("instance") == one) {
            let value = if series.name() == "up" && down { 0.0 } else { f64::NAN };
            series.values[from..].fill(value);
        }
    }
    let engine_is_there = |series: &&crate::table::Series| series.is_of_engine();
    let lost = |series: &crate::table::Series| series.values[from..].iter().all(|v| v.is_nan());
    // A device's exporter that is gone says nothing of the engine.
    let hurts = table.series.iter().filter(engine_is_there).any(lost);
    let who = one.unwrap_or_else(|| "every target".to_owned());
    let same = base.same().with_less_seen();
    let expectation = if hurts { same.not_healthy() } else { same };
    let form = format!("{who} gone for the last {seconds:.0} s");
    Some(Mutated::same(base, form, table).expecting(expectation))
}
