//! The series come as sums over replicas, and one of these is missing for some scrapes or gone: the
//! sums fall and are back where they were.

use std::collections::BTreeMap;

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::expectation::Figures;
use crate::mutation::{Mutated, Mutation};
use crate::table::{Series, Table};

pub(super) const MUTATION: Mutation = Mutation {
    id: "sums",
    title: "sums over the replicas, of which one is missing for 1 … 20 scrapes or gone",
    quick: 4,
    draw,
};

/// Labels of one replica; a query keeps one of the others or none.
const OF_REPLICA: [&str; 5] = ["pod", "instance", "engine", "node", "exported_pod"];

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let pods = base.table.values_of("pod");
    if pods.len() < 2 {
        return None;
    }
    let count = base.table.times.len();
    let window = base.table.index(base.window.0 as f64);
    let gone = random.pick(&pods).clone();
    let length = random.between(1, 20);
    let is_back = random.chance(0.7);
    let from = random.between(window + 1, count.checked_sub(2)?);
    let until = if is_back { (from + length).min(count) } else { count };
    let kept: &[&str] = if random.chance(0.5) { &["job", "engine"] } else { &[] };
    let table = summed(&base.table, kept, |series, at| {
        series.label("pod") == gone && (from..until).contains(&at)
    });
    let form = format!("{gone} missing in the sums at scrapes {from} … {until} of {count}");
    let finished = base.table.finished(base.window).map(Figures::up_to);
    // Which replica has a fault is not in sums.
    let mut expectation = base.same().with_finished(finished);
    if until >= count {
        expectation = expectation.not_healthy();
    }
    Some(Mutated::same(base, form, table).expecting(expectation))
}

/// Sums of the engine's series over replicas; absent where all are.
fn summed(table: &Table, kept: &[&str], is_absent: impl Fn(&Series, usize) -> bool) -> Table {
    let mut sums: BTreeMap<BTreeMap<String, String>, Vec<f64>> = BTreeMap::new();
    for series in table.series.iter().filter(|series| series.is_of_engine()) {
        if series.name().ends_with("_info") {
            continue;
        }
        let mut labels = series.labels.clone();
        labels.retain(|name, _| !OF_REPLICA.contains(&name.as_str()) || kept.contains(&&**name));
        let absent = vec![f64::NAN; table.times.len()];
        let sum = sums.entry(labels).or_insert(absent);
        for (at, (sum, value)) in sum.iter_mut().zip(&series.values).enumerate() {
            if !value.is_nan() && !is_absent(series, at) {
                *sum = if sum.is_nan() { *value } else { *sum + value };
            }
        }
    }
    let series = sums.into_iter().map(|(labels, values)| Series { labels, values });
    Table { times: table.times.clone(), series: series.collect() }
}
