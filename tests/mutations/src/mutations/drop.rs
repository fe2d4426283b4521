//! A family is missing, or a part of it: an allow-list, a relabelling, a release that lacks it.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};
use crate::table::Series;

pub(super) const MUTATION: Mutation = Mutation {
    id: "drop",
    title: "a family, or its buckets, sums, counts or last bucket, is missing",
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let families = base.table.families();
    let family = random.pick(&families).clone();
    let part = *random.pick(&["", "", "_bucket", "_sum", "_count", "+Inf"]);
    let gone = |series: &Series| {
        series.family() == family
            && match part {
                "" => true,
                "+Inf" => series.label("le") == "+Inf",
                end => series.name().ends_with(end),
            }
    };
    let mut table = base.table.clone();
    table.series.retain(|series| !gone(series));
    (table.series.len() < base.table.series.len())
        .then(|| Mutated::same(base, format!("without {family} {part}").trim().to_owned(), table))
}
