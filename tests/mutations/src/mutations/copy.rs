//! The same series twice: two scrape jobs, a pair of collectors, a query layer without
//! deduplication.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};

pub(super) const MUTATION: Mutation = Mutation {
    id: "copy",
    title: "every series twice under another label, exactly or some scrapes later",
    quick: 2,
    draw,
};

const LABELS: [&str; 10] = [
    "job",
    "instance",
    "prometheus_replica",
    "prometheus",
    "replica",
    "cluster",
    "receive_replica",
    "tenant_id",
    "collector",
    "engine",
];

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let label = *random.pick(&LABELS);
    let late = if random.chance(0.5) { *random.pick(&[1, 1, 2, 5, 12, 40, 60]) } else { 0 };
    // The process and the device have no rank.
    let everything = random.chance(0.7) && label != "engine";
    let mut table = base.table.clone();
    for series in &mut table.series {
        let is_there = ["job", "instance", "engine"].contains(&label);
        if !is_there || label == "engine" && series.is_of_engine() {
            let own = series.labels.get(label).filter(|_| is_there);
            let own = own.cloned().unwrap_or_else(|| "a".to_owned());
            series.labels.insert(label.to_owned(), own);
        }
    }
    let mut copies = Vec::new();
    for series in table.series.iter().filter(|series| everything || series.is_of_engine()) {
        let mut copy = series.clone();
        let other = match label {
            "instance" => format!("copy-of-{}", series.label("instance")),
            "job" => "another-job".to_owned(),
            "engine" => "7".to_owned(),
            _ => "b".to_owned(),
        };
        copy.labels.insert(label.to_owned(), other);
        let late = late.min(copy.values.len());
        copy.values.rotate_right(late);
        copy.values[..late].fill(f64::NAN);
        copies.push(copy);
    }
    table.series.extend(copies);
    let when = if late > 0 { format!("{late} scrapes later") } else { "exactly".to_owned() };
    Some(Mutated::same(base, format!("twice by {label}, {when}"), table))
}
