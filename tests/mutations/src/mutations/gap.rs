//! Scrapes that are missing: in all series or in some, in the window or before it.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "gap",
    title: "1 … 20 scrapes are missing, in all series or in some",
    quick: 2,
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let count = base.table.times.len();
    let length = random.between(1, 20.min(count / 3));
    let window = base.table.index(base.window.0 as f64);
    let in_window = random.chance(0.7);
    let first = if in_window {
        random.between(window.min(count - length), count - length)
    } else {
        random.below(window.max(1))
    };
    let share = if random.chance(0.5) { 1.0 } else { random.uniform(0.1, 0.9) };
    let mut table = base.table.clone();
    for series in &mut table.series {
        if random.chance(share) {
            series.values[first..(first + length).min(count)].fill(f64::NAN);
        }
    }
    let form = format!("scrapes {first} … {} missing in {share:.1} of the series", first + length);
    let same = base.same().with_less_seen();
    // A gap that lasts to the end is a target that is gone.
    let gone = share >= 1.0 && length > 2 && first + length >= count;
    let expectation = if gone { same.not_healthy() } else { same };
    Some(Mutated::same(base, form, table).expecting(expectation))
}
