//! Labels are missing: a relabelling took too much.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "strip",
    title: "labels that place a series are missing: pod, instance, engine, model, job",
    quick: 2,
    draw,
};

const LABELS: [&[&str]; 7] = [
    &["pod"],
    &["instance"],
    &["engine"],
    &["model_name"],
    &["job"],
    &["pod", "instance"],
    &["pod", "instance", "engine", "model_name", "job"],
];

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let labels = *random.pick(&LABELS);
    let mut table = base.table.clone();
    for series in &mut table.series {
        for label in labels {
            series.labels.remove(*label);
        }
    }
    // Where two series would become one, a server would refuse one of them.
    let mut sets: Vec<_> = table.series.iter().map(|series| &series.labels).collect();
    sets.sort();
    let clash = sets.windows(2).any(|pair| pair[0] == pair[1]);
    (!clash && table != base.table)
        .then(|| Mutated::same(base, format!("without {}", labels.join(", ")), table))
}
