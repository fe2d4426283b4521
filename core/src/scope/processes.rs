//! Which series sets are one process: copies of one are dropped, those that follow one another make
//! one replica, those that are there at once make several.

use crate::caveat::Caveats;
use crate::growth::alternation::{alternates, comes_back_at, meets_another};
use crate::scope::doubled;
use crate::scope::filled::filled;
use crate::scope::overlap::coincide;
use crate::scope::place::{Members, Place, Places};
use crate::scope::series_set::{Comparable, SeriesSet, separating_labels, series_sets};
use crate::small::list::CollectVec;
use crate::small::sorted::{SortedMap, sort};
use crate::small::text::joined;
use crate::source::exporter::Exporter;
use crate::store::grid::TimeGrid;

/// Tells the processes of one model apart.
pub(super) fn tell_apart<'a>(
    exporter: &Exporter,
    places: Places<'a>,
    grid: &TimeGrid,
    caveats: &mut Caveats,
) -> Places<'a> {
    let (labels, doubling) = separating_labels(exporter, &places);
    let (sets, others) = series_sets(exporter, places, &labels, grid);
    let kept_by = doubled::kept(&sets, (&labels, &doubling), grid);
    doubled::report(&sets, &kept_by, &labels, caveats);
    let counted_twice = doubled::counted_twice(&sets, &kept_by);
    let mut copies: Vec<Vec<&SeriesSet<'a>>> = sets.iter().map(|_| Vec::new()).collect_vec();
    for (set, kept) in sets.iter().zip(&kept_by) {
        copies[*kept].push(set);
    }
    let mut places = Places::new();
    let mut start = 0;
    for part in sets.chunk_by(|left, right| left.place == right.place) {
        let kept: Vec<Kept<'_, 'a>> = (start..start + part.len())
            .filter(|at| kept_by[*at] == *at)
            .map(|at| Kept { set: &sets[at], copies: &copies[at] })
            .collect_vec();
        start += part.len();
        let chains = chains(&kept, grid);
        let names = names(&chains, &labels);
        for (chain, apart) in chains.iter().zip(names) {
            let place = Place { apart, ..part[0].place.clone() };
            let mut members = members(chain, &labels, part.len() > 1);
            members.counted_twice = counted_twice.clone().filter(|_| place.is_aggregate());
            places.insert(place, members);
        }
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

/// A set with all that are copies of it, itself among them.
#[derive(Clone, Copy)]
struct Kept<'s, 'a> {
    set: &'s SeriesSet<'a>,
    copies: &'s [&'s SeriesSet<'a>],
}

fn members<'a>(chain: &[Kept<'_, 'a>], labels: &[&'a str], was_told: bool) -> Members<'a> {
    let mut members = Members::default();
    for Kept { set, copies } in chain {
        let filled = filled(set, copies);
        let told = if filled.is_empty() { &[*set][..] } else { copies };
        if was_told {
            for set in told {
                let values = set.labels.iter().copied();
                members.told_by.push(labels.iter().copied().zip(values).collect_vec());
            }
        }
        if filled.is_empty() {
            members.series.extend(&set.members);
        }
        members.filled.extend(filled);
        members.is_shared |= is_shared(set);
    }
    // Sums must not depend on which set came first.
    if chain.len() > 1 {
        sort(&mut members.series, |left, right| left.series.identity.cmp(&right.series.identity));
    }
    sort(&mut members.filled, |left, right| left.series.identity.cmp(&right.series.identity));
    members
}

/// Counters that must be back at one scrape. Fewer are the burst of one request.
const LEAST_TOGETHER: usize = 4;

/// Most counts that fell at all came back, or most that move show what one process cannot count. A
/// sum of seconds that falls alone tells of negative observations.
fn is_shared(set: &SeriesSet<'_>) -> bool {
    let (mut moved, mut fell, mut came_back, mut met) = (0, 0, 0, 0);
    let mut back_at: SortedMap<usize, usize> = SortedMap::new();
    for one in set.quantities.iter().filter(|one| one.rank == Comparable::Count) {
        let (mut falls, mut moves, mut before) = (false, false, f64::NAN);
        for &value in one.one.values.iter().filter(|value| **value >= 0.0) {
            falls |= value < before;
            moves |= value > before;
            before = value;
        }
        moved += usize::from(moves);
        fell += usize::from(falls);
        came_back += usize::from(falls && alternates(&one.one.values));
        met += usize::from(falls && meets_another(&one.one.values));
        for at in comes_back_at(&one.one.values) {
            *back_at.get_or_insert_with(at, || 0) += 1;
        }
    }
    for (_, together) in back_at.iter().filter(|(_, together)| **together >= LEAST_TOGETHER) {
        met = met.max(*together);
    }
    let is_one_of_several = met > 0 && 2 * met >= moved && !set.place.is_aggregate();
    came_back > 0 && 2 * came_back >= fell || is_one_of_several
}

/// Sets of one place that follow one another, or that measure different things, together.
fn chains<'s, 'a>(kept: &[Kept<'s, 'a>], grid: &TimeGrid) -> Vec<Vec<Kept<'s, 'a>>> {
    let mut order = kept.to_vec();
    sort(&mut order, |left, right| left.set.ends.0.cmp(&right.set.ends.0));
    let mut chains: Vec<Vec<Kept<'_, '_>>> = Vec::new();
    for one in order {
        let is_free = |chain: &&mut Vec<Kept<'_, '_>>| {
            one.set.place.is_aggregate()
                || !chain.iter().any(|known| coincide(known.set, one.set, grid))
        };
        match chains.iter_mut().find(is_free) {
            Some(chain) => chain.push(one),
            None => chains.push(vec![one]),
        }
    }
    chains
}

/// What tells each of several processes at one place apart: the value of the first label that
/// differs between all of them, else all values that differ.
fn names(chains: &[Vec<Kept<'_, '_>>], labels: &[&str]) -> Vec<String> {
    if chains.len() < 2 {
        return vec![String::new(); chains.len()];
    }
    let of = |label: usize| chains.iter().map(move |chain| chain[0].set.labels[label]);
    let differs = |label: &usize| of(*label).any(|value| value != chains[0][0].set.labels[*label]);
    let tells_all = |label: &usize| {
        let mut values: Vec<&str> = of(*label).filter(|value| !value.is_empty()).collect_vec();
        sort(&mut values, Ord::cmp);
        values.dedup();
        values.len() == chains.len()
    };
    let chosen = match (0..labels.len()).find(tells_all) {
        Some(label) => vec![label],
        None => (0..labels.len()).filter(differs).collect_vec(),
    };
    let name = |chain: &Vec<Kept<'_, '_>>| {
        let values: Vec<&str> =
            chosen.iter().map(|label| chain[0].set.labels[*label]).collect_vec();
        joined(&values, ",")
    };
    chains.iter().map(name).collect_vec()
}
