//! Which sets of series are copies of others, and which of them is kept.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::scope::copies::{Relation, continues, relation};
use crate::scope::series_set::{Comparable, SeriesSet};
use crate::small::sorted::sort;
use crate::small::text::joined;
use crate::source::exporter::COLLECTOR_LABELS;
use crate::text::foreign::plain;

/// Of each set the one that stands for it: itself, or the copy that is kept.
pub(super) fn kept(sets: &[SeriesSet<'_>], labels: &[&str]) -> Vec<usize> {
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
                    for label in differing {
                        doubling[label] = true;
                    }
                    join(&mut kept_by, one, other, sets);
                }
                Relation::Unknown => unknown.push((one, other, differing)),
                Relation::Different if differing.len() == 1 => parting[differing[0]] = true,
                Relation::Different | Relation::Unrelated => (),
            }
        }
    }
    // What doubles busy engines doubles the idle ones beside them.
    for (one, other, differing) in unknown {
        let doubles = |label: &usize| doubling[*label] && !parting[*label];
        let (one_set, other_set) = (&sets[one], &sets[other]);
        let is_near = coincide_at_all(one_set, other_set) || continues(one_set, other_set);
        if differing.iter().all(doubles) && is_near {
            join(&mut kept_by, one, other, sets);
        }
    }
    for quarter in 1..=4 {
        join_elsewhere(sets, quarter, &mut kept_by);
    }
    (0..sets.len()).map(|one| root(&kept_by, one)).collect()
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
    let sum = sums()
        .find(|one| one.one.reading.metric.family == Family::E2e)
        .or_else(|| sums().next())?;
    let now = set.changes.partition_point(|change| *change <= at).checked_sub(1)?;
    let value = |place: Option<usize>| {
        let index = place.and_then(|place| set.changes.get(place)).unwrap_or(&set.changes[now]);
        sum.one.values[*index]
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

/// Says of every set that was dropped under which labels it was there once more.
pub(super) fn report(
    sets: &[SeriesSet<'_>],
    kept_by: &[usize],
    labels: &[&str],
    caveats: &mut Caveats,
) {
    for (index, set) in sets.iter().enumerate() {
        let kept = &sets[kept_by[index]];
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
