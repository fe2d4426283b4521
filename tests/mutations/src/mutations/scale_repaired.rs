//! A family in another unit or counted twice, and a repair beside it that explains nothing of it.

use inference_triage_harness::random::Random;

use super::scale;
use crate::base::Base;
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "scale-repaired",
    title: "as scale, and one sample of the window is not a number, negative, zero or missing",
    quick: 2,
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let mut mutated = (scale::MUTATION.draw)(base, random)?;
    let first = mutated.table.index(mutated.window.0 as f64);
    let last = mutated.table.index(mutated.window.1 as f64);
    let at = random.between(first, last);
    let (name, value) = *random.pick(&[
        ("not a number", f64::NAN),
        ("negative", -1.0),
        ("zero", 0.0),
        ("infinite", f64::INFINITY),
    ]);
    let is_counter: Vec<usize> = (0..mutated.table.series.len())
        .filter(|place| mutated.table.series[*place].is_counter())
        .collect();
    let place = *random.pick(&is_counter);
    let series = &mut mutated.table.series[place];
    series.values[at] = value;
    mutated.form = format!("{}, and one sample of {} is {name}", mutated.form, series.name());
    Some(mutated)
}
