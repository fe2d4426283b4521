//! One counter shows zero for a scrape, as a proxy or a broken exporter makes it, while the process
//! goes on.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "spoilt",
    title: "a family, or one part of it, shows zero for 1 … 2 scrapes",
    quick: 3,
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let mut table = base.table.clone();
    let family = random.pick(&table.families()).clone();
    let first = table.index(base.window.0 as f64);
    let last = table.index(base.window.1 as f64).min(table.times.len());
    let length = random.between(1, 2);
    let from = random.between(first + 1, last.checked_sub(length + 1)?);
    let part = *random.pick(&["", "_sum", "_count", "_total"]);
    let is_hit = |name: &str| part.is_empty() || name.ends_with(part);
    let mut hit = 0;
    for series in table.of_family(&family) {
        if series.is_counter() && is_hit(series.name()) {
            hit += 1;
            series.values[from..from + length].fill(0.0);
        }
    }
    let form = format!("{family}{part} is zero at scrapes {from} … {}", from + length - 1);
    (hit > 0).then(|| Mutated::same(base, form, table))
}
