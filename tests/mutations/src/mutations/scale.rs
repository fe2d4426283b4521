//! Values in other units: milliseconds for seconds, percent for a ratio, a family counted twice.

use inference_triage_harness::random::Random;

use crate::base::Base;
use crate::mutation::{Mutated, Mutation};
use crate::table::{Series, Table};

pub(super) const MUTATION: Mutation = Mutation {
    id: "scale",
    title: "one family in milliseconds, in percent, or counted twice",
    quick: 2,
    draw,
};

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    let mut table = base.table.clone();
    let form = match random.below(3) {
        0 => milliseconds(&mut table, random)?,
        1 => percent(&mut table)?,
        _ => twice(&mut table, random)?,
    };
    Some(Mutated::same(base, form, table))
}

fn chosen(table: &Table, random: &mut Random, wanted: impl Fn(&str) -> bool) -> Option<String> {
    let families: Vec<String> =
        table.families().into_iter().filter(|family| wanted(family)).collect();
    (!families.is_empty()).then(|| random.pick(&families).clone())
}

fn multiply(series: &mut Series, factor: f64) {
    series.values.iter_mut().for_each(|value| *value *= factor);
}

fn milliseconds(table: &mut Table, random: &mut Random) -> Option<String> {
    let family = chosen(table, random, |family| family.ends_with("_seconds"))?;
    for series in table.of_family(&family) {
        if series.name().ends_with("_sum") {
            multiply(series, 1000.0);
        }
        let bound = series.label("le").parse().ok().filter(|bound: &f64| bound.is_finite());
        if let Some(bound) = bound {
            series.labels.insert("le".to_owned(), format!("{:?}", bound * 1000.0));
        }
    }
    Some(format!("{family} in milliseconds"))
}

fn percent(table: &mut Table) -> Option<String> {
    let mut found = None;
    for series in table.series.iter_mut().filter(|series| series.name().ends_with("usage_perc")) {
        multiply(series, 100.0);
        found = Some(format!("{} in percent", series.name()));
    }
    found
}

fn twice(table: &mut Table, random: &mut Random) -> Option<String> {
    let family = chosen(table, random, |_| true)?;
    let counted = |series: &&mut Series| series.is_counter();
    let mut any = false;
    for series in table.of_family(&family).filter(counted) {
        multiply(series, 2.0);
        any = true;
    }
    any.then(|| format!("{family} counted twice"))
}
