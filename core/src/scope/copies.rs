//! Whether two sets of series are one process that was scraped twice.
//!
//! Two scrapes of one process fall between each other: whatever one of them shows lies between two
//! scrapes of the other that follow one another, and it does so for every counter, sum and bucket
//! at once, because of two moments one is the later. A second process, even one that started with
//! the first and serves the same load, is ahead in some counters and behind in others. So one
//! snapshot of thirty counters says more than hours of one of them, no tolerance is needed, and a
//! copy that lags by a scrape, misses scrapes or is stored at other times is still found.

use crate::scope::series_set::{Comparable, SeriesSet};
use crate::store::grid::{LOOKBACK_MS, TimeGrid};

/// Share of snapshots, one in so many, that may contradict. A scrape reads its counters one after
/// the other, so of two at the same millisecond neither is the later; jitter moves a scrape past
/// its neighbour. Without any a copy would be counted twice for one such moment; with one in three
/// two engines that are idle most of the time would pass.
const CONTRADICTIONS: usize = 10;

/// What two sets are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// One process, seen twice.
    Copies,
    /// Two processes.
    Different,
    /// Nothing moved that could tell.
    Unknown,
    /// They have no quantity in common: parts of what one process exports, as where a recording
    /// rule drops a label of one metric.
    Unrelated,
}

/// What comparing the snapshots of two sets found.
#[derive(Debug, Default)]
struct Agreement {
    /// Snapshots that are equal to the bit.
    equal: usize,
    /// Sums in one of them that are no integers: no other process has them.
    same_sums: usize,
    /// Snapshots between two of the other set that follow one another.
    between: usize,
    /// Snapshots that may be older than the other set's first or newer than its last.
    at_ends: usize,
    /// Snapshots that are none of these.
    against: usize,
    /// Compared quantities that grew from the first snapshot that agrees to the last.
    grown: usize,
    /// Compared sums that are no integers at the last of them.
    fractional: usize,
    /// Compared sums.
    sums: usize,
}

/// Compares two sets; of sets at one place less is asked, since their labels already say that they
/// might be one.
pub(super) fn relation(left: &SeriesSet<'_>, right: &SeriesSet<'_>, same_place: bool) -> Relation {
    let all = pairs(left, right, Comparable::Bucket);
    if all.is_empty() {
        return Relation::Unrelated;
    }
    // Sums and counters refuse nearly all, at a tenth of the cost of every bucket.
    if agreement(left, right, &pairs(left, right, Comparable::Count)).is_none() {
        return Relation::Different;
    }
    let Some(found) = agreement(left, right, &all) else {
        return Relation::Different;
    };
    let agree = found.equal + found.between;
    let is_equal = found.equal > 0 && found.between + found.at_ends + found.against == 0;
    let tells = found.fractional > 0 || (same_place && (found.sums == 0 || found.grown >= 8));
    // Of few counters many snapshots are needed, and the other way round.
    let moves_alike = if same_place {
        (found.grown >= 4 && agree >= 3) || (found.grown >= 2 && agree >= 20)
    } else {
        found.grown >= 8 && agree >= 5
    };
    let is_same = found.same_sums >= if same_place { 1 } else { 3 }
        || (same_place && is_equal && found.grown > 0)
        || (moves_alike && tells && found.at_ends * 3 <= agree);
    if is_same { Relation::Copies } else { Relation::Unknown }
}

/// One quantity of both.
type Pair<'a> = (Comparable, [&'a [f64]; 2]);

/// The quantities that both have, sums first, up to that kind.
fn pairs<'a>(left: &SeriesSet<'a>, right: &SeriesSet<'a>, up_to: Comparable) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for own in left.quantities.iter().take_while(|own| own.rank <= up_to) {
        if let Some(other) = right.like(own) {
            pairs.push((own.rank, [&own.one.values[..], &other.one.values[..]]));
        }
    }
    pairs
}

/// None once more snapshots contradict than may.
fn agreement(left: &SeriesSet<'_>, right: &SeriesSet<'_>, pairs: &[Pair<'_>]) -> Option<Agreement> {
    let mut found = Agreement::default();
    let (start, end) = (left.ends.0.max(right.ends.0), left.ends.1.min(right.ends.1));
    let snapshots = right.changes.iter().copied().filter(|at| (start..=end).contains(at));
    let most = snapshots.clone().count() / CONTRADICTIONS;
    let mut ends: Option<(usize, usize)> = None;
    for at in snapshots {
        let Some(now) = left.changes.partition_point(|&change| change <= at).checked_sub(1) else {
            continue;
        };
        let here = left.changes[now];
        let before = now.checked_sub(1).map(|before| left.changes[before]);
        let after = left.changes.get(now + 1).copied();
        let (reaches, stays) = (is_at_least(pairs, here, at), is_at_most(pairs, at, here));
        if reaches && stays {
            found.equal += 1;
            found.same_sums = found.same_sums.max(same_sums(pairs, here, at));
        } else if stays && before.is_some_and(|before| is_at_least(pairs, before, at))
            || reaches && after.is_some_and(|after| is_at_most(pairs, at, after))
        {
            found.between += 1;
        } else if before.is_some_and(|before| fell(pairs, before, here))
            || after.is_some_and(|after| fell(pairs, here, after))
        {
            continue;
        } else if stays && before.is_none() || reaches && after.is_none() {
            found.at_ends += 1;
            continue;
        } else {
            found.against += 1;
            if found.against > most {
                return None;
            }
            continue;
        }
        ends = Some((ends.map_or(at, |(first, _)| first), at));
    }
    if let Some((first, last)) = ends {
        for (rank, [_, other]) in pairs {
            found.grown += usize::from(other[last] > other[first]);
            found.sums += usize::from(*rank == Comparable::Sum);
            found.fractional += usize::from(*rank == Comparable::Sum && other[last].fract() > 0.0);
        }
    }
    Some(found)
}

/// Whether everything that one set shows at `at` is at least what the other shows at `low`. An
/// absent sample is neither below nor above.
fn is_at_least(pairs: &[Pair<'_>], low: usize, at: usize) -> bool {
    !pairs.iter().any(|(_, [own, other])| other[at] < own[low])
}

fn is_at_most(pairs: &[Pair<'_>], at: usize, high: usize) -> bool {
    !pairs.iter().any(|(_, [own, other])| other[at] > own[high])
}

/// Sums that are no integers.
fn same_sums(pairs: &[Pair<'_>], here: usize, at: usize) -> usize {
    let sums = pairs.iter().take_while(|(rank, _)| *rank == Comparable::Sum);
    sums.filter(|(_, [own, other])| other[at].fract() > 0.0 && !own[here].is_nan()).count()
}

/// A restart: what lies before it and what lies behind cannot be bounds.
fn fell(pairs: &[Pair<'_>], low: usize, high: usize) -> bool {
    pairs.iter().any(|(_, [own, _])| own[high] < own[low])
}

/// Whether one begins where the other ends: no counter of it is lower.
pub(super) fn continues(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> bool {
    let (earlier, later) = if left.ends.0 <= right.ends.0 { (left, right) } else { (right, left) };
    match (earlier.changes.last(), later.changes.first()) {
        (Some(&last), Some(&first)) if earlier.ends.1 < later.ends.0 => {
            is_at_least(&pairs(earlier, later, Comparable::Count), last, first)
        }
        _ => false,
    }
}

/// Whether both are there at once and measure the same things, so that they cannot be one process
/// after another or two parts of one. The last minutes of a set that vanished without a change do
/// not count: a server repeats a sample for as long.
pub(super) fn coincide(left: &SeriesSet<'_>, right: &SeriesSet<'_>, grid: &TimeGrid) -> bool {
    let end = seen_until(left, grid).min(seen_until(right, grid));
    let both = left.present.iter().zip(&right.present).take(end + 1);
    // The sample at which one hands over to the other may be stored under both.
    let is_at_once = both.filter(|(left, right)| **left && **right).count() > 1;
    is_at_once && shares_a_quantity(left, right)
}

fn seen_until(set: &SeriesSet<'_>, grid: &TimeGrid) -> usize {
    let (last, times) = (set.ends.1, grid.times());
    match set.changes.last() {
        Some(&change) if last + 1 < times.len() && times[last] - times[change] <= LOOKBACK_MS => {
            change
        }
        _ => last,
    }
}

fn shares_a_quantity(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> bool {
    left.quantities.iter().any(|own| right.like(own).is_some())
}
