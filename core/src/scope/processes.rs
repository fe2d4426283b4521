//! Which series sets are one process: copies of one are dropped, those that follow one another make
//! one replica, those that are there at once make several.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::growth::alternation::alternates;
use crate::scope::copies::{Relation, coincide, relation};
use crate::scope::place::{Members, Place, Places};
use crate::scope::series_set::{Comparable, SeriesSet, separating_labels, series_sets};
use crate::small::sorted::sort;
use crate::small::text::joined;
use crate::source::exporter::{COLLECTOR_LABELS, Exporter};
use crate::store::grid::TimeGrid;
use crate::text::foreign::plain;

/// Tells the processes of one model apart.
pub(super) fn tell_apart<'a>(
    exporter: &Exporter,
    places: Places<'a>,
    grid: &TimeGrid,
    caveats: &mut Caveats,
) -> Places<'a> {
    let labels = separating_labels(exporter, &places);
    let (sets, others) = series_sets(exporter, places, &labels, grid);
    let kept_by = copies(&sets, &labels);
    report_copies(&sets, &kept_by, &labels, caveats);
    let mut places = Places::new();
    let mut start = 0;
    for part in sets.chunk_by(|left, right| left.place == right.place) {
        let is_kept = |at: &usize| kept_by[*at] == *at;
        let kept: Vec<&SeriesSet<'a>> =
            (start..start + part.len()).filter(is_kept).map(|at| &sets[at]).collect();
        let chains = chains(&kept, grid);
        let names = names(&chains, &labels);
        for (chain, apart) in chains.iter().zip(names) {
            let place = Place { apart, ..part[0].place.clone() };
            places.insert(place, members(chain, &labels, part.len() > 1));
        }
        start += part.len();
    }
    let is_empty = places.is_empty();
    for (place, one) in others {
        if is_empty {
            places.get_or_insert_with(place, Members::default).series.push(one);
            continue;
        }
        let labels = &one.series.identity.labels;
        for (candidate, members) in places.iter_mut() {
            let is_same = candidate.process == place.process && candidate.rank == place.rank;
            if is_same && members.admit(labels) {
                members.series.push(one);
            }
        }
    }
    places
}

fn members<'a>(chain: &[&SeriesSet<'a>], labels: &[&'a str], was_told: bool) -> Members<'a> {
    let mut members = Members::default();
    for set in chain {
        members.series.extend(&set.members);
        if was_told {
            members.told_by.push(labels.iter().copied().zip(set.labels.iter().copied()).collect());
        }
        members.is_shared |= is_shared(set);
    }
    if chain.len() > 1 {
        // Sums must not depend on which set came first.
        sort(&mut members.series, |left, right| left.series.identity.cmp(&right.series.identity));
    }
    members
}

/// Most counters that fell at all came back.
fn is_shared(set: &SeriesSet<'_>) -> bool {
    let (mut fell, mut came_back) = (0, 0);
    for one in set.quantities.iter().filter(|one| one.rank <= Comparable::Count) {
        let mut before = f64::NAN;
        let falls = one.values.iter().filter(|value| !value.is_nan()).any(|&value| {
            let falls = value < before;
            before = value;
            falls
        });
        fell += usize::from(falls);
        came_back += usize::from(falls && alternates(one.values));
    }
    came_back > 0 && 2 * came_back >= fell
}

/// Of each set the one that stands for it: itself, or the copy that is kept.
fn copies(sets: &[SeriesSet<'_>], labels: &[&str]) -> Vec<usize> {
    let mut kept_by: Vec<usize> = (0..sets.len()).collect();
    let mut doubling: Vec<bool> =
        labels.iter().map(|label| COLLECTOR_LABELS.contains(label)).collect();
    let mut parting = vec![false; labels.len()];
    let mut unknown = Vec::new();
    for one in 0..sets.len() {
        let same = |other: &usize| sets[*other].place == sets[one].place;
        for other in (one + 1..sets.len()).take_while(same) {
            let differing = differing(&sets[one], &sets[other]);
            match relation(&sets[one], &sets[other], true) {
                Relation::Copies => {
                    differing.iter().for_each(|label| doubling[*label] = true);
                    join(&mut kept_by, one, other, sets);
                }
                Relation::Unknown => unknown.push((one, other, differing)),
                Relation::Different if differing.len() == 1 => parting[differing[0]] = true,
                Relation::Different => (),
            }
        }
    }
    // What doubles busy engines doubles the idle ones beside them.
    for (one, other, differing) in unknown {
        let doubles = |label: &usize| doubling[*label] && !parting[*label];
        if differing.iter().all(doubles) && coincide_at_all(&sets[one], &sets[other]) {
            join(&mut kept_by, one, other, sets);
        }
    }
    for quarter in 1..=4 {
        join_elsewhere(sets, quarter, &mut kept_by);
    }
    kept_by
}

fn coincide_at_all(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> bool {
    left.present.iter().zip(&right.present).any(|(left, right)| *left && *right)
}

/// Places of the labels in which two sets differ.
fn differing(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> Vec<usize> {
    (0..left.labels.len()).filter(|label| left.labels[*label] != right.labels[*label]).collect()
}

/// Finds copies at other places. What a copy shows lies between neighbouring scrapes of the other,
/// so that of the sets in the order of one sum only neighbours need to be compared.
fn join_elsewhere(sets: &[SeriesSet<'_>], quarter: usize, kept_by: &mut [usize]) {
    let length = sets.first().map_or(0, |set| set.present.len());
    let at = (length * quarter / 4).saturating_sub(1);
    let mut order: Vec<(f64, usize)> = Vec::new();
    for (index, set) in sets.iter().enumerate() {
        if kept_by[index] == index
            && let Some([_, value, _]) = landmark(set, at)
        {
            order.push((value, index));
        }
    }
    sort(&mut order, |left, right| left.0.total_cmp(&right.0));
    for &(_, one) in &order {
        let Some([low, _, high]) = landmark(&sets[one], at) else { continue };
        let from = order.partition_point(|(value, _)| *value < low);
        let candidates = order[from..].iter().take_while(|(value, _)| *value <= high);
        for &(_, other) in candidates {
            let (own, others) = (root(kept_by, one), root(kept_by, other));
            if own != others
                && sets[one].place != sets[other].place
                && relation(&sets[one], &sets[other], false) == Relation::Copies
            {
                join(kept_by, own, others, sets);
            }
        }
    }
}

/// A sum of a set at one time with what it was at the scrape before and is at the one after; None
/// where nothing was counted yet.
fn landmark(set: &SeriesSet<'_>, at: usize) -> Option<[f64; 3]> {
    let sums = || set.quantities.iter().filter(|one| one.rank <= Comparable::Count);
    let sum = sums().find(|one| one.family == Family::E2e).or_else(|| sums().next())?;
    let now = set.changes.partition_point(|change| *change <= at).checked_sub(1)?;
    let value = |place: Option<usize>| {
        let index = place.and_then(|place| set.changes.get(place)).unwrap_or(&set.changes[now]);
        sum.values[*index]
    };
    let values = [now.checked_sub(1), Some(now), Some(now + 1)].map(value);
    (values[1] > 0.0).then_some(values)
}

fn root(kept_by: &[usize], mut one: usize) -> usize {
    while kept_by[one] != one {
        one = kept_by[one];
    }
    one
}

/// The one with more samples stays, of equals the one with the smaller labels.
fn join(kept_by: &mut [usize], one: usize, other: usize, sets: &[SeriesSet<'_>]) {
    let (one, other) = (root(kept_by, one), root(kept_by, other));
    if one == other {
        return;
    }
    // Sets stand in the order of their labels.
    let (first, second) = (one.min(other), one.max(other));
    if sets[second].samples > sets[first].samples {
        kept_by[first] = second;
    } else {
        kept_by[second] = first;
    }
}

fn report_copies(
    sets: &[SeriesSet<'_>],
    kept_by: &[usize],
    labels: &[&str],
    caveats: &mut Caveats,
) {
    for (index, set) in sets.iter().enumerate() {
        let kept = &sets[root(kept_by, index)];
        caveats.add_count(CaveatId::ScrapedTwice, u64::from(kept_by[index] != index), || {
            let mut under = Vec::new();
            for (label, (kept, own)) in labels.iter().zip(kept.labels.iter().zip(&set.labels)) {
                if kept != own {
                    let [kept, own] = [kept, own].map(|value| match plain(value, 60) {
                        empty if empty.is_empty() => "none".to_owned(),
                        value => value,
                    });
                    under.push(format!("{label} {kept} and {own}"));
                }
            }
            format!(
                "one engine is scraped under two sets of labels ({}); one was kept, so that nothing \
                 counts twice",
                joined(&under, ", ")
            )
        });
    }
}

/// Sets of one place that follow one another, or that measure different things, together.
fn chains<'s, 'a>(kept: &[&'s SeriesSet<'a>], grid: &TimeGrid) -> Vec<Vec<&'s SeriesSet<'a>>> {
    let mut order = kept.to_vec();
    sort(&mut order, |left, right| left.ends.0.cmp(&right.ends.0));
    let mut chains: Vec<Vec<&SeriesSet<'_>>> = Vec::new();
    for set in order {
        let is_free = |chain: &&mut Vec<&SeriesSet<'_>>| {
            set.place.is_aggregate() || !chain.iter().any(|known| coincide(known, set, grid))
        };
        match chains.iter_mut().find(is_free) {
            Some(chain) => chain.push(set),
            None => chains.push(vec![set]),
        }
    }
    chains
}

/// What tells each of several processes at one place apart: the value of the first label that
/// differs between all of them, else all values that differ.
fn names(chains: &[Vec<&SeriesSet<'_>>], labels: &[&str]) -> Vec<String> {
    if chains.len() < 2 {
        return vec![String::new(); chains.len()];
    }
    let of = |label: usize| chains.iter().map(move |chain| chain[0].labels[label]);
    let differs = |label: &usize| of(*label).any(|value| value != chains[0][0].labels[*label]);
    let tells_all = |label: &usize| {
        let mut values: Vec<&str> = of(*label).filter(|value| !value.is_empty()).collect();
        sort(&mut values, Ord::cmp);
        values.dedup();
        values.len() == chains.len()
    };
    let chosen = match (0..labels.len()).find(tells_all) {
        Some(label) => vec![label],
        None => (0..labels.len()).filter(differs).collect(),
    };
    chains
        .iter()
        .map(|chain| {
            let values: Vec<&str> = chosen.iter().map(|label| chain[0].labels[*label]).collect();
            joined(&values, ",")
        })
        .collect()
}
