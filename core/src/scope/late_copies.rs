//! Copies that lag: a federation, a second store or a rank that repeats another some scrapes or
//! minutes later.
//!
//! A sum of seconds has so many digits that no other process shows the same one. A copy shows one
//! such snapshot of the other set after the other, with every other counter as it was then.

use crate::scope::copies::{EQUAL_WITHOUT_SUMS, Pair, pairs};
use crate::scope::doubled::coincide_at_all;
use crate::scope::series_set::{Comparable, SeriesSet};
use crate::small::list::CollectVec;
use crate::small::sorted::sort;

/// Snapshots, one in so many, that a copy may show otherwise: a scrape that fell into an update.
const OTHERWISE: usize = 8;

/// Eighths of the changes of a set at which copies are looked for: a copy that lags by most of the
/// range shows the first of them alone.
const LOOKED_FOR: [usize; 5] = [0, 1, 2, 4, 6];

/// Sums that are no integers, equal to the bit in every snapshot of a set, after which the set is a
/// copy however few snapshots it shows: one that lags by all of the range but a scrape shows one.
/// With fewer, two young processes that served the same first request are one.
const SAME_SUMS: usize = 3;

/// Of each set the one that it repeats later; None where it repeats none.
pub(super) fn late_copies(sets: &[SeriesSet<'_>]) -> Vec<Option<usize>> {
    let mut found = vec![None; sets.len()];
    if sets.len() < 2 {
        return found;
    }
    let mut marks: Vec<(u64, usize)> = Vec::new();
    for (index, set) in sets.iter().enumerate() {
        let Some(sum) = sum_of(set) else { continue };
        for eighth in LOOKED_FOR {
            let from = set.changes.len() * eighth / 8;
            if let Some(at) = set.changes[from..].iter().find(|at| sum[**at].fract() > 0.0) {
                marks.push((sum[*at].to_bits(), index));
            }
        }
    }
    sort(&mut marks, Ord::cmp);
    for (late, set) in sets.iter().enumerate() {
        let Some(sum) = sum_of(set) else { continue };
        let mut refused: Vec<usize> = vec![late];
        for &at in &set.changes {
            let bits = sum[at].to_bits();
            let from = marks.partition_point(|(mark, _)| *mark < bits);
            let same = marks[from..].iter().take_while(|(mark, _)| *mark == bits);
            for &(_, early) in same {
                if found[late].is_some() || refused.contains(&early) {
                    continue;
                }
                if repeats_later(&sets[early], set) {
                    found[late] = Some(early);
                }
                refused.push(early);
            }
        }
    }
    found
}

/// The first sum of a set that is ever no integer.
fn sum_of<'a>(set: &SeriesSet<'a>) -> Option<&'a [f64]> {
    let is_fractional = |values: &[f64]| set.changes.iter().any(|at| values[*at].fract() > 0.0);
    let mut sums = set.quantities.iter().take_while(|one| one.rank == Comparable::Sum);
    Some(&sums.find(|sum| is_fractional(&sum.one.values))?.one.values)
}

/// Whether one set shows the snapshots of the other, most of them later, while the other goes on:
/// sets that are never there at once double nothing.
fn repeats_later(early: &SeriesSet<'_>, late: &SeriesSet<'_>) -> bool {
    if !coincide_at_all(early, late) {
        return false;
    }
    let pairs = pairs(early, late, Comparable::Bucket, usize::MAX);
    let is_fractional = |(rank, [_, other]): &&Pair<'_>| {
        *rank == Comparable::Sum && late.changes.iter().any(|at| other[*at].fract() > 0.0)
    };
    let Some(&(_, [own, other])) = pairs.iter().find(is_fractional) else { return false };
    let is_same = |left: f64, right: f64| left.total_cmp(&right).is_eq();
    let (mut from, mut equal, mut later, mut otherwise) = (0, 0, 0, 0);
    let mut same_sums = usize::MAX;
    for &at in late.changes.iter().filter(|at| !other[**at].is_nan()) {
        let is_it = |known: &usize| is_same(own[*known], other[at]);
        let Some(found) = early.changes[from..].iter().position(is_it) else {
            // Before the first one it shows what was before the range.
            otherwise += usize::from(equal > 0);
            continue;
        };
        from += found;
        let agrees = |then: usize| {
            pairs.iter().all(|(_, [own, other])| {
                is_same(own[then], other[at]) || own[then].is_nan() || other[at].is_nan()
            })
        };
        // While no request ends, a sum stands still and tokens go on.
        let same = early.changes[from..].iter().take_while(|known| is_it(known));
        if let Some(then) = same.copied().find(|then| *then <= at && agrees(*then)) {
            equal += 1;
            later += usize::from(then < at);
            same_sums = same_sums.min(fractional_sums(&pairs, at));
        } else {
            otherwise += 1;
        }
    }
    let is_enough =
        equal >= EQUAL_WITHOUT_SUMS || equal > 0 && otherwise == 0 && same_sums >= SAME_SUMS;
    is_enough && 2 * later > equal && otherwise * OTHERWISE <= equal
}

/// Compared sums that the later set shows at one of its snapshots and that are no integers.
fn fractional_sums(pairs: &[Pair<'_>], at: usize) -> usize {
    let sums = pairs.iter().filter(|(rank, _)| *rank == Comparable::Sum);
    sums.filter(|(_, [_, other])| other[at].fract() > 0.0).count()
}

/// The set that stands behind a chain of late copies.
pub(super) fn first_of(found: &[Option<usize>], late: usize) -> usize {
    let mut one = late;
    // Each step goes to an earlier one; a chain is no longer than the sets.
    for _ in 0..found.len() {
        match found[one] {
            Some(early) => one = early,
            None => break,
        }
    }
    one
}

/// The late ones with the first of each.
pub(super) fn with_first(found: &[Option<usize>]) -> Vec<(usize, usize)> {
    let late = (0..found.len()).filter(|late| found[*late].is_some());
    late.map(|late| (late, first_of(found, late))).collect_vec()
}
