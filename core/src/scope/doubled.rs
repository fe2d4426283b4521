//! Which sets of series are copies of others, and which of them is kept.

mod report;

use crate::catalogue::families::{Family, Shape};
use crate::role::ROLE_LABEL;
use crate::scope::copies::{LANDMARKS, Relation, landmark, relation, repeats};
use crate::scope::late_copies::{late_copies, with_first};
use crate::scope::overlap::{coincide, continues};
use crate::scope::partial_copies;
use crate::scope::place::Place;
use crate::scope::resolve::Resolved;
use crate::scope::series_set::{Measured, SeriesSet};
use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::source::exporter::COLLECTOR_LABELS;
use crate::store::grid::TimeGrid;
use crate::text::foreign::plain;

pub(super) use report::report;

/// Of each set the one that stands for it: itself, or the copy that is kept. Of the labels that
/// tell sets apart some are known to double.
pub(super) fn kept(
    sets: &[SeriesSet<'_>],
    (labels, known): (&[&str], &[&str]),
    grid: &TimeGrid,
) -> Vec<usize> {
    let mut kept_by: Vec<usize> = (0..sets.len()).collect_vec();
    let doubles = |label: &&str| COLLECTOR_LABELS.contains(label) || known.contains(label);
    let mut doubling: Vec<bool> = labels.iter().map(doubles).collect_vec();
    let mut parting = vec![false; labels.len()];
    let mut unknown = Vec::new();
    let sums = are_summed(sets);
    let late = late_copies(sets);
    for one in 0..sets.len() {
        let same = |other: &usize| sets[*other].place == sets[one].place;
        for other in (one + 1..sets.len()).take_while(same) {
            let differing = differing(&sets[one], &sets[other]);
            let repeats = differing.iter().all(|label| known.contains(&labels[*label]));
            if late[one] == Some(other) || late[other] == Some(one) {
                for label in differing {
                    doubling[label] = true;
                }
                continue;
            }
            match relation(&sets[one], &sets[other], true, grid.times()) {
                Relation::Different if repeats => join(&mut kept_by, one, other, sets),
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
    partial_copies::each_of_states(sets, grid, |one, other| join(&mut kept_by, one, other, sets));
    // What is older stays behind what is newer, however many moments it shows.
    for (late, first) in with_first(&late) {
        let (late, first) = (root(&kept_by, late), root(&kept_by, first));
        if late != first {
            kept_by[late] = first;
        }
    }
    join_elsewhere(sets, &mut kept_by, grid.times());
    (0..sets.len()).map(|one| root(&kept_by, one)).collect_vec()
}

/// Whether what is counted comes as sums over all targets of the model.
fn are_summed(sets: &[SeriesSet<'_>]) -> bool {
    sets.iter().any(|set| set.place.is_aggregate())
}

/// What the sums over all targets count twice, as a sentence: an engine that stands beside them
/// with counters of its own, or of whose states a copy was dropped, so that there was one of what
/// it counts too. Sums of our own plan leave out whom it fetches singly.
pub(super) fn counted_twice(sets: &[SeriesSet<'_>], kept_by: &[usize]) -> Option<String> {
    let is_count = |one: &Measured<'_>| {
        matches!(one.one.reading.metric.family.shape(), Shape::Histogram | Shape::Counter)
    };
    let counts = |set: &SeriesSet<'_>| set.quantities.iter().any(is_count);
    let is_planned = |one: &&Resolved<'_>| one.series.identity.labels.contains_key(ROLE_LABEL);
    let is_of_others = |set: &&SeriesSet<'_>| {
        set.place.is_aggregate() && counts(set) && !set.members.iter().any(is_planned)
    };
    let single = || sets.iter().enumerate().filter(|(_, set)| !set.place.is_aggregate());
    let sums = || sets.iter().filter(is_of_others);
    // A family that lacks the labels of the others counts nothing of them.
    let counted = |set: &SeriesSet<'_>, family: Family| {
        let mut own = set.quantities.iter().filter(|one| is_count(one));
        own.any(|one| one.one.reading.metric.family == family)
    };
    let is_in_sums = |one: &Measured<'_>| {
        is_count(one) && sums().any(|set| counted(set, one.one.reading.metric.family))
    };
    if let Some((_, set)) = single().find(|(_, set)| set.quantities.iter().any(is_in_sums)) {
        return Some(format!(
            "the counters come as sums over all targets and, of {}, once more singly",
            plain(&set.place.key(), 80)
        ));
    }
    let mut dropped = single().filter(|(index, set)| kept_by[*index] != *index && !counts(set));
    dropped.next().filter(|_| are_summed(sets)).map(|(_, set)| {
        format!(
            "{} is scraped twice, and the counters come as sums over all targets, which count it \
             twice",
            plain(&set.place.key(), 80)
        )
    })
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

/// Whether both are there at any one time.
pub(super) fn coincide_at_all(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> bool {
    left.present.iter().zip(&right.present).any(|(left, right)| *left && *right)
}

/// Places of the labels in which two sets differ.
fn differing(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> Vec<usize> {
    (0..left.labels.len()).filter(|label| left.labels[*label] != right.labels[*label]).collect_vec()
}

/// The sets that are no copies so far, by what they had counted of a family up to a grid index.
#[derive(Debug)]
struct Order {
    family: Family,
    at: usize,
    sets: Vec<(f64, usize)>,
}

/// Finds copies at other places. What a copy shows lies between neighbouring scrapes of the other,
/// or of what it was minutes ago, so that of the sets in the order of one count only neighbours
/// need to be compared. The order is made at four times, because at one of them either may be
/// absent.
fn join_elsewhere(sets: &[SeriesSet<'_>], kept_by: &mut [usize], times: &[i64]) {
    let mut orders: Vec<Order> = Vec::new();
    for family in LANDMARKS {
        for quarter in 1..=4 {
            let at = (times.len() * quarter / 4).saturating_sub(1);
            orders.push(Order { family, at, sets: order_at(sets, family, at, kept_by) });
        }
    }
    let mut candidates: Vec<usize> = Vec::new();
    for (one, set) in sets.iter().enumerate() {
        if kept_by[one] != one {
            continue;
        }
        candidates.clear();
        for order in &orders {
            if let Some((low, high, _)) = around(set, order.family, order.at, times) {
                let from = order.sets.partition_point(|(value, _)| *value < low);
                let near = order.sets[from..].iter().take_while(|(value, _)| *value <= high);
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
                && orders.iter().all(|order| may_agree(set, &sets[other], order, times))
                && if are_ranks(&set.place, &sets[other].place) {
                    repeats(set, &sets[other])
                } else {
                    relation(set, &sets[other], false, times) == Relation::Copies
                }
            {
                join(kept_by, own, others, sets);
            }
        }
    }
}

/// At one place, or two ranks of one process, which are copies only where they repeat each other.
fn are_ranks(one: &Place, other: &Place) -> bool {
    let of_process = !one.process.is_empty() && one.process == other.process;
    one == other || of_process && !one.rank.is_empty() && !other.rank.is_empty()
}

/// The sets that are no copies so far, by what they had counted up to a time.
fn order_at(
    sets: &[SeriesSet<'_>],
    family: Family,
    at: usize,
    kept_by: &[usize],
) -> Vec<(f64, usize)> {
    let mut order = Vec::new();
    for (index, set) in sets.iter().enumerate().filter(|(index, _)| kept_by[*index] == *index) {
        if let Some(count) = landmark(set, family)
            && let Some(now) = set.change_at(at)
            && count[set.changes[now]] > 0.0
        {
            order.push((count[set.changes[now]], index));
        }
    }
    sort(&mut order, |left: &(f64, usize), right| left.0.total_cmp(&right.0));
    order
}

/// What a copy may show of a set's count at a time: the least and the most, and whether both are
/// known. At the ends of a set only one side is. None where nothing was counted yet.
fn around(
    set: &SeriesSet<'_>,
    family: Family,
    at: usize,
    times: &[i64],
) -> Option<(f64, f64, bool)> {
    let count = landmark(set, family)?;
    let now = set.change_at(at)?;
    let (from, to) = set.near(times, at);
    let (from, to) = (from.min(now).saturating_sub(1), to.max(now + 1));
    let last = set.changes.len() - 1;
    let (low, high) = (count[set.changes[from]], count[set.changes[to.min(last)]]);
    Some((low, high, from > 0 && to <= last))
}

/// Whether one count alone allows that two sets are copies, which most others fail at little cost.
fn may_agree(one: &SeriesSet<'_>, other: &SeriesSet<'_>, order: &Order, times: &[i64]) -> bool {
    let counted = landmark(other, order.family);
    let (Some(change), Some(count)) = (other.change_at(order.at), counted) else { return true };
    let seen = other.changes[change];
    let Some((low, high, is_inside)) = around(one, order.family, seen, times) else { return true };
    // Behind a restart neither side is known.
    !(is_inside && low <= high && (count[seen] < low || count[seen] > high))
}

fn root(kept_by: &[usize], mut one: usize) -> usize {
    while kept_by[one] != one {
        one = kept_by[one];
    }
    one
}

/// The one that shows more moments stays: an old page that is served on has as many samples. Of
/// equals the one with more samples, then with the smaller labels.
fn join(kept_by: &mut [usize], one: usize, other: usize, sets: &[SeriesSet<'_>]) {
    let (one, other) = (root(kept_by, one), root(kept_by, other));
    if one == other {
        return;
    }
    // Sets stand in the order of their labels.
    let (first, second) = (one.min(other), one.max(other));
    let moments = |set: usize| (sets[set].changes.len(), sets[set].samples);
    if moments(second) > moments(first) {
        kept_by[first] = second;
    } else {
        kept_by[second] = first;
    }
}
