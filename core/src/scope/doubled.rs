//! Which sets of series are copies of others, and which of them is kept.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::scope::copies::{Relation, coincide, continues, relation};
use crate::scope::series_set::{Comparable, Measured, SeriesSet};
use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::small::text::joined;
use crate::source::exporter::COLLECTOR_LABELS;
use crate::store::grid::TimeGrid;
use crate::text::foreign::plain;

/// Of each set the one that stands for it: itself, or the copy that is kept.
pub(super) fn kept(sets: &[SeriesSet<'_>], labels: &[&str], grid: &TimeGrid) -> Vec<usize> {
    let mut kept_by: Vec<usize> = (0..sets.len()).collect_vec();
    let mut doubling: Vec<bool> =
        labels.iter().map(|label| COLLECTOR_LABELS.contains(label)).collect_vec();
    let mut parting = vec![false; labels.len()];
    let mut unknown = Vec::new();
    let sums = are_summed(sets);
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
                // Beside sums there are states alone, in which nothing can be compared.
                Relation::Unrelated if sums && states_agree(&sets[one], &sets[other], grid) => {
                    unknown.push((one, other, differing));
                }
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
    join_elsewhere(sets, &mut kept_by);
    (0..sets.len()).map(|one| root(&kept_by, one)).collect_vec()
}

/// Whether what is counted comes as sums over all targets of the model.
fn are_summed(sets: &[SeriesSet<'_>]) -> bool {
    sets.iter().any(|set| set.place.is_aggregate())
}

/// The place of an engine that the sums beside its states count twice: of its states a copy was
/// dropped, of what it counts none could be.
pub(super) fn counted_twice(sets: &[SeriesSet<'_>], kept_by: &[usize]) -> Option<String> {
    let is_state =
        |set: &SeriesSet<'_>| set.quantities.iter().all(|one| one.rank == Comparable::No);
    let dropped = sets.iter().enumerate().filter(|(index, _)| kept_by[*index] != *index);
    let mut engines = dropped.filter(|(_, set)| !set.place.is_aggregate() && is_state(set));
    engines.next().filter(|_| are_summed(sets)).map(|(_, set)| set.place.key())
}

/// Share by which the mean running batches of two scrapes of one engine may differ: they are
/// scraped seconds apart. At a tenth, two scrapes of a bursty engine would be two engines; at a
/// half, two engines under one address that share their load would be one.
const STATES_DIFFER: f64 = 0.2;

/// Whether two sets without anything that is counted may be one engine: they are there at once, and
/// ran as many requests.
fn states_agree(left: &SeriesSet<'_>, right: &SeriesSet<'_>, grid: &TimeGrid) -> bool {
    let running = |set: &SeriesSet<'_>| {
        let is_running = |one: &&Measured<'_>| one.one.reading.metric.family == Family::Running;
        let values = set.quantities.iter().find(is_running)?.one.values.iter();
        let (sum, count) = values
            .filter(|value| !value.is_nan())
            .fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
        (count > 0.0).then(|| sum / count)
    };
    let agree = running(left)
        .zip(running(right))
        .is_some_and(|(left, right)| (left - right).abs() <= STATES_DIFFER * left.max(right));
    agree && coincide(left, right, grid)
}

fn coincide_at_all(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> bool {
    left.present.iter().zip(&right.present).any(|(left, right)| *left && *right)
}

/// Places of the labels in which two sets differ.
fn differing(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> Vec<usize> {
    (0..left.labels.len()).filter(|label| left.labels[*label] != right.labels[*label]).collect_vec()
}

/// Finds copies at other places. What a copy shows lies between neighbouring scrapes of the other,
/// so that of the sets in the order of one sum only neighbours need to be compared. The order is
/// made at four times, because at one of them either may be absent.
fn join_elsewhere(sets: &[SeriesSet<'_>], kept_by: &mut [usize]) {
    let times = (1..=4).map(|quarter| end_of(quarter, sets)).collect_vec();
    let orders = times.iter().map(|&at| order_at(sets, at, kept_by)).collect_vec();
    let mut candidates: Vec<usize> = Vec::new();
    for (one, set) in sets.iter().enumerate() {
        if kept_by[one] != one {
            continue;
        }
        candidates.clear();
        for (order, &at) in orders.iter().zip(&times) {
            if let Some((low, high)) = landmark(set, at).map(|found| around(set, found)) {
                let from = order.partition_point(|(value, _)| *value < low);
                let near = order[from..].iter().take_while(|(value, _)| *value <= high);
                for &(_, other) in near.filter(|(_, other)| *other > one) {
                    candidates.push(other);
                }
            }
        }
        sort(&mut candidates, Ord::cmp);
        candidates.dedup();
        for &other in &candidates {
            let (own, others) = (root(kept_by, one), root(kept_by, other));
            if own != others
                && set.place != sets[other].place
                && times.iter().all(|at| may_agree(set, &sets[other], *at))
                && relation(set, &sets[other], false) == Relation::Copies
            {
                join(kept_by, own, others, sets);
            }
        }
    }
}

/// The sets that are no copies so far, by what they had counted up to a time.
fn order_at(sets: &[SeriesSet<'_>], at: usize, kept_by: &[usize]) -> Vec<(f64, usize)> {
    let mut order = Vec::new();
    for (index, set) in sets.iter().enumerate().filter(|(index, _)| kept_by[*index] == *index) {
        if let Some((now, sum)) = landmark(set, at)
            && sum[set.changes[now]] > 0.0
        {
            order.push((sum[set.changes[now]], index));
        }
    }
    sort(&mut order, |left: &(f64, usize), right| left.0.total_cmp(&right.0));
    order
}

/// Grid index at which a quarter of the range ends.
fn end_of(quarter: usize, sets: &[SeriesSet<'_>]) -> usize {
    let length = sets.first().map_or(0, |set| set.present.len());
    (length * quarter / 4).saturating_sub(1)
}

/// The sum that sets are ordered by, with the place of the last change up to a time; None where
/// nothing was counted yet.
fn landmark<'a>(set: &'a SeriesSet<'_>, at: usize) -> Option<(usize, &'a [f64])> {
    let now = set.changes.partition_point(|change| *change <= at).checked_sub(1)?;
    let sums = || set.quantities.iter().filter(|one| one.rank <= Comparable::Count);
    let is_whole = |one: &&Measured<'_>| one.one.reading.metric.family == Family::E2e;
    let sum = sums().find(is_whole).or_else(|| sums().next())?;
    Some((now, &sum.one.values))
}

/// The sum one change before and one change after; itself where there is none.
fn around(set: &SeriesSet<'_>, (now, sum): (usize, &[f64])) -> (f64, f64) {
    let value = |place: usize| sum[*set.changes.get(place).unwrap_or(&set.changes[now])];
    (value(now.saturating_sub(1)), value(now + 1))
}

/// Whether one sum alone allows that two sets are copies, which most others fail at little cost.
fn may_agree(one: &SeriesSet<'_>, other: &SeriesSet<'_>, at: usize) -> bool {
    let Some((change, others)) = landmark(other, at) else { return true };
    let seen = other.changes[change];
    let Some((now, sum)) = landmark(one, seen) else { return true };
    // At the ends only one side is known, and behind a restart none.
    let (low, high) = around(one, (now, sum));
    let is_inside = now > 0 && now + 1 < one.changes.len() && low <= high;
    !(is_inside && (others[seen] < low || others[seen] > high))
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

/// The value of a label, fit for a sentence.
fn shown(value: &str) -> String {
    match plain(value, 60) {
        empty if empty.is_empty() => "none".to_owned(),
        value => value,
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
                    under.push(format!("{label} {} and {}", shown(kept), shown(own)));
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
