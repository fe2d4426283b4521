//! A part of the page twice: a federation, an allow-list or a second collector stores some of the
//! series once more, under a label that the rest lacks.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};
use crate::table::Series;

pub(super) const MUTATION: Mutation = Mutation {
    id: "part-copy",
    title: "a part of the series once more under a label that the rest lacks, exactly or later",
    quick: 2,
    draw,
};

const LABELS: [&str; 5] =
    ["prometheus_replica", "cluster", "collector", "federated_by", "receive_replica"];

/// Which series are there once more.
type IsCopied = Box<dyn Fn(&Series) -> bool>;

/// A federation asks once a minute for what is scraped every 15 seconds.
const LATEST: usize = 4;

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let label = *random.pick(&LABELS);
    let families = base.table.families();
    let family = random.pick(&families).clone();
    let (what, is_copied): (String, IsCopied) = match random.below(4) {
        0 => ("states".to_owned(), Box::new(|series| !series.is_counter())),
        1 => ("histograms".to_owned(), Box::new(|series| !series.label("le").is_empty())),
        2 => ("counters".to_owned(), Box::new(|series| series.name().ends_with("_total"))),
        _ => (family.clone(), Box::new(move |series| series.family() == family)),
    };
    let late = if random.chance(0.5) { 1 + random.below(LATEST) } else { 0 };
    let mut table = base.table.clone();
    let copies: Vec<Series> = base
        .table
        .series
        .iter()
        .filter(|series| series.is_of_engine() && is_copied(series))
        .map(|series| {
            let mut copy = series.clone();
            copy.labels.insert(label.to_owned(), "b".to_owned());
            let late = late.min(copy.values.len());
            copy.values.rotate_right(late);
            copy.values[..late].fill(f64::NAN);
            copy
        })
        .collect();
    if copies.is_empty() {
        return None;
    }
    table.series.extend(copies);
    Some(Mutated::same(base, format!("{what} once more by {label}, {late} scrapes later"), table))
}
