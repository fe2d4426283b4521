//! A family that says nothing: all zero, minus one, absent from a moment on, or not a number.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "corrupt",
    title: "one family is 0, −1 or not a number, always or in the window",
    quick: 2,
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let families = base.table.families();
    let family = random.pick(&families).clone();
    let value = *random.pick(&[0.0, -1.0, f64::NAN]);
    let from = if random.chance(0.5) { 0 } else { base.table.index(base.window.0 as f64) };
    let mut table = base.table.clone();
    for series in table.of_family(&family) {
        series.values[from..].fill(value);
    }
    let when = if from == 0 { "always" } else { "in the window" };
    Some(Mutated::same(base, format!("{family} {value} {when}"), table))
}
