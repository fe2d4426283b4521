//! A target that gets a name in the middle of the range is one replica before and after.

use crate::scope::place::{Members, Place, Places};
use crate::scope::resolve::Resolved;
use crate::small::list::CollectVec;
use crate::source::exporter::Exporter;

/// Samples at which the series with and without the name may both be there: the one at which they
/// hand over. With more they are two targets.
const HAND_OVER: usize = 1;

/// Moves the series of an address to the pod that is at that address before or after them, where
/// both are never there at once: a label was added to the target, or taken from it.
pub(super) fn join_named_later<'a>(exporter: &Exporter, mut places: Places<'a>) -> Places<'a> {
    let mut found: Vec<(Place, Place)> = Vec::new();
    for (name, members) in places.iter() {
        for address in addresses(exporter, name, members) {
            let own = places.get(&address).filter(|_| address != *name);
            if own.is_some_and(|own| follow_one_another(own, members)) {
                found.push((address, name.clone()));
            }
        }
    }
    // Of several names the first has them.
    for (address, name) in found {
        if places.contains_key(&name)
            && let Some(own) = places.remove(&address)
            && let Some(named) = places.get_mut(&name)
        {
            join(named, &own);
        }
    }
    places
}

/// Each series with what the one of the other name holds; then those that have none.
fn join<'a>(named: &mut Members<'a>, own: &Members<'a>) {
    let mut rest: Vec<Option<&Resolved<'a>>> = own.all().map(Some).collect_vec();
    let names = (of_target(named), of_target(own));
    let mut joined: Vec<Resolved<'a>> = Vec::new();
    // Both are in one order, so that the next one is the one, or near.
    let mut next = 0;
    for one in named.all() {
        let mut one = one.clone();
        let is_same = |at: &usize| rest[*at].is_some_and(|other| is_same(&one, other, &names));
        let found = (next..rest.len()).chain(0..next).find(is_same);
        if let Some((at, other)) = found.and_then(|at| Some((at, rest[at].take()?))) {
            next = at + 1;
            for (value, other) in one.values.to_mut().iter_mut().zip(other.values.iter()) {
                if value.is_nan() {
                    *value = *other;
                }
            }
        }
        joined.push(one);
    }
    joined.extend(rest.into_iter().flatten().cloned());
    named.series.clear();
    named.filled = joined;
    named.is_shared |= own.is_shared;
    named.counted_twice = named.counted_twice.take().or_else(|| own.counted_twice.clone());
}

/// Names of the labels that every series carries: those of its target are among them.
fn of_target<'m>(members: &'m Members<'_>) -> Vec<&'m str> {
    let mut all = members.all().map(|one| &one.series.identity.labels);
    let Some(first) = all.next() else { return Vec::new() };
    let mut names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect_vec();
    for labels in all {
        names.retain(|name| labels.get(*name).is_some());
    }
    names
}

/// Whether they agree in every label but those that only one of the targets has.
fn is_same(left: &Resolved<'_>, right: &Resolved<'_>, names: &(Vec<&str>, Vec<&str>)) -> bool {
    let agrees = |own: &Resolved<'_>, other: &Resolved<'_>, of_own: &[&str], of_other: &[&str]| {
        let other = &other.series.identity.labels;
        own.series.identity.labels.iter().all(|(name, value)| {
            let is_targets = of_own.contains(&name.as_str()) && !of_other.contains(&name.as_str());
            other.get(name).map_or(is_targets, |other| other == value)
        })
    };
    agrees(left, right, &names.0, &names.1) && agrees(right, left, &names.1, &names.0)
}

/// The places that the series of one would have without its name.
fn addresses(exporter: &Exporter, name: &Place, members: &Members<'_>) -> Vec<Place> {
    let Some(one) = members.all().next() else { return Vec::new() };
    let labels = &one.series.identity.labels;
    let values = exporter.labels.process.iter().filter_map(|label| labels.get(*label));
    let place = |process: &String| Place { process: process.clone(), ..name.clone() };
    values.skip(1).map(place).collect_vec()
}

fn follow_one_another(left: &Members<'_>, right: &Members<'_>) -> bool {
    let (left, right) = (present(left), present(right));
    let ends = |flags: &[bool]| {
        Some((flags.iter().position(|there| *there)?, flags.iter().rposition(|there| *there)?))
    };
    ends(&left)
        .zip(ends(&right))
        .is_some_and(|(left, right)| left.1 < right.0 + HAND_OVER || right.1 < left.0 + HAND_OVER)
}

/// At which grid times any of the series has a sample.
fn present(members: &Members<'_>) -> Vec<bool> {
    let mut flags = Vec::new();
    for one in members.all() {
        flags.resize(flags.len().max(one.values.len()), false);
        for (flag, value) in flags.iter_mut().zip(one.values.iter()) {
            *flag |= !value.is_nan();
        }
    }
    flags
}
