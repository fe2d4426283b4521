//! A family is missing, or a part of it: an allow-list, a relabelling, a release that lacks it.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};
use crate::table::Series;

pub(super) const MUTATION: Mutation = Mutation {
    id: "drop",
    title: "a family, or its buckets, sums, counts or last bucket, is missing",
    quick: 4,
    draw,
};

/// What goes.
#[derive(Clone, Copy)]
enum Part {
    Family,
    /// All series of one name: its buckets, its sums or its counts.
    Name,
    LastBucket,
}

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let of_engine: Vec<&Series> =
        base.table.series.iter().filter(|series| series.is_of_engine()).collect();
    let times = if random.chance(0.3) { random.between(2, 4) } else { 1 };
    let mut table = base.table.clone();
    let mut forms = Vec::new();
    for _ in 0..times {
        let chosen = *random.pick(&of_engine);
        let part = *random.pick(&[Part::Family, Part::Name, Part::LastBucket]);
        let gone = |series: &Series| match part {
            Part::Family => series.family() == chosen.family(),
            Part::Name => series.name() == chosen.name(),
            Part::LastBucket => series.family() == chosen.family() && series.label("le") == "+Inf",
        };
        table.series.retain(|series| !gone(series));
        forms.push(match part {
            Part::Family => chosen.family().to_owned(),
            Part::Name => chosen.name().to_owned(),
            Part::LastBucket => format!("the last bucket of {}", chosen.family()),
        });
    }
    (table.series.len() < base.table.series.len())
        .then(|| Mutated::same(base, format!("without {}", forms.join(", ")), table))
}
