//! Whether two sets of series are one process that was scraped twice.
//!
//! Two scrapes of one process fall between each other: whatever one of them shows lies between two
//! scrapes of the other that follow one another, and it does so for every counter, sum and bucket
//! at once, because of two moments one is the later. A second process, even one that started with
//! the first and serves the same load, is ahead in some counters and behind in others. So one
//! snapshot of thirty counters says more than hours of one of them, no tolerance is needed, and a
//! copy that lags by a scrape, misses scrapes or is stored at other times is still found.

use crate::catalogue::families::Family;
use crate::scope::series_set::{Comparable, Measured, SeriesSet};

/// Share of snapshots, one in so many, that may contradict. A scrape reads its counters one after
/// the other, so of two at the same millisecond neither is the later; jitter moves a scrape past
/// its neighbour. Without any a copy would be counted twice for one such moment; with one in three
/// two engines that are idle most of the time would pass.
const CONTRADICTIONS: usize = 10;

/// Snapshots equal to the bit after which two sets without any sum are one process. Two engines
/// that serve the same synthetic load agree in their counts now and then, and in every bucket of
/// every latency at once hardly ever: at twenty never in simulated fleets; at a hundred a window of
/// five minutes would not do.
pub(super) const EQUAL_WITHOUT_SUMS: usize = 20;

/// Counts that must tell before sets at different places are one process by what lies between
/// snapshots. Two processes under equal load differ by the root of what they counted; where one
/// step counts more than that, either lies between the other's snapshots all the time: so it is
/// with counts beyond the square of the number of snapshots. With none of them a balanced fleet
/// that is read every five minutes is one engine; with eight a quiet copy is a second one.
const LEAST_TELLING: usize = 4;

/// Sums, and snapshots, by which most pairs of sets are told apart. At half of them a thousand
/// replicas that started together take seconds longer, at twice each pair costs more than it saves.
const A_FEW: usize = 8;

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
    /// Counts among them in which two processes would differ by more than a step counts.
    telling: usize,
    /// Compared sums that are no integers at the last of them.
    fractional: usize,
    /// Compared sums.
    sums: usize,
}

/// Compares two sets; of sets at one place less is asked, since their labels already say that they
/// might be one.
pub(super) fn relation(
    left: &SeriesSet<'_>,
    right: &SeriesSet<'_>,
    same_place: bool,
    times: &[i64],
) -> Relation {
    // A few sums at a few times refuse nearly all, and all sums and counters nearly all others.
    let few = left.changes.len().div_ceil(A_FEW);
    let mut found = Agreement::default();
    for (up_to, most, stride) in [
        (Comparable::Count, A_FEW, few),
        (Comparable::Count, usize::MAX, 1),
        (Comparable::Bucket, usize::MAX, 1),
    ] {
        let pairs = pairs(left, right, up_to, most);
        if pairs.is_empty() && up_to == Comparable::Bucket {
            return Relation::Unrelated;
        }
        match agreement(left, right, &pairs, times, stride.max(1)) {
            Some(agreement) => found = agreement,
            None => return Relation::Different,
        }
    }
    let agree = found.equal + found.between;
    let is_equal = found.equal > 0 && found.between + found.at_ends + found.against == 0;
    let tells = found.fractional > 0 || (same_place && (found.sums == 0 || found.grown >= 8));
    // Of few counters many snapshots are needed, and the other way round.
    let moves_alike = if same_place {
        (found.grown >= 4 && agree >= 3) || (found.grown >= 2 && agree >= 20)
    } else {
        found.grown >= 8 && found.telling >= LEAST_TELLING && agree >= 5
    };
    let is_same = found.same_sums >= if same_place { 1 } else { 3 }
        || (same_place && is_equal && found.grown > 0)
        || (found.sums == 0 && found.grown >= 8 && found.equal >= EQUAL_WITHOUT_SUMS)
        || (moves_alike && tells && found.at_ends * 3 <= agree);
    if is_same { Relation::Copies } else { Relation::Unknown }
}

/// One quantity of both.
pub(super) type Pair<'a> = (Comparable, [&'a [f64]; 2]);

/// The quantities that both have, sums first, up to that kind and so many.
pub(super) fn pairs<'a>(
    left: &SeriesSet<'a>,
    right: &SeriesSet<'a>,
    up_to: Comparable,
    most: usize,
) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for own in left.quantities.iter().take_while(|own| own.rank <= up_to) {
        if let Some(other) = right.like(own) {
            pairs.push((own.rank, [&own.one.values[..], &other.one.values[..]]));
            if pairs.len() == most {
                break;
            }
        }
    }
    pairs
}

/// What a snapshot of the other set is to one change of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    Equal,
    Between,
    /// Beside a restart, where nothing can be bound.
    Unbound,
    AtEnd,
    Against,
}

/// Compares one snapshot in `stride`; None once more of them contradict than may.
fn agreement(
    left: &SeriesSet<'_>,
    right: &SeriesSet<'_>,
    pairs: &[Pair<'_>],
    times: &[i64],
    stride: usize,
) -> Option<Agreement> {
    let mut found = Agreement::default();
    let (start, end) = (left.ends.0.max(right.ends.0), left.ends.1.min(right.ends.1));
    let snapshots = right.changes.iter().copied().filter(|at| (start..=end).contains(at));
    // Of a few that are looked at more may, because they are no fair sample of all.
    let looked_at = snapshots.clone().count() / stride;
    let most = if stride > 1 { looked_at / 3 } else { looked_at / CONTRADICTIONS };
    let both = |family: &Family| landmark(left, *family).zip(landmark(right, *family));
    let counted = LANDMARKS.iter().find_map(both);
    let mut ends: Option<(usize, usize)> = None;
    for at in snapshots.step_by(stride) {
        let Some(mut now) = left.change_at(at) else {
            continue;
        };
        let mut position = position(left, pairs, now, at);
        if position == Position::Against
            && let Some((own, other)) = counted
        {
            // A copy that passed through another server lags by more than a scrape: what it shows
            // tells which moment it is of.
            let (from, to) = left.near(times, at);
            let is_reached = |change: &usize| own[*change] <= other[at];
            let reached = left.changes[from..to].partition_point(is_reached);
            // Nothing of it changed for minutes: what it shows now is all there is.
            if from < to {
                now = from + reached.saturating_sub(1);
            }
            position = self::position(left, pairs, now, at);
        }
        match position {
            Position::Equal => {
                found.equal += 1;
                found.same_sums = found.same_sums.max(same_sums(pairs, left.changes[now], at));
            }
            Position::Between => found.between += 1,
            Position::Unbound => continue,
            Position::AtEnd => {
                found.at_ends += 1;
                continue;
            }
            Position::Against => {
                found.against += 1;
                if found.against > most {
                    return None;
                }
                continue;
            }
        }
        ends = Some((ends.map_or(at, |(first, _)| first), at));
    }
    let agreed = (found.equal + found.between) as f64;
    if let Some((first, last)) = ends {
        for (rank, [_, other]) in pairs {
            let growth = other[last] - other[first];
            found.grown += usize::from(growth > 0.0);
            let is_telling = *rank != Comparable::Sum && growth > 0.0 && growth <= agreed * agreed;
            found.telling += usize::from(is_telling);
            found.sums += usize::from(*rank == Comparable::Sum);
            found.fractional += usize::from(*rank == Comparable::Sum && other[last].fract() > 0.0);
        }
    }
    Some(found)
}

fn position(left: &SeriesSet<'_>, pairs: &[Pair<'_>], now: usize, at: usize) -> Position {
    let here = left.changes[now];
    let before = now.checked_sub(1).map(|before| left.changes[before]);
    let after = left.changes.get(now + 1).copied();
    let (reaches, stays) = (is_at_least(pairs, here, at), is_at_most(pairs, at, here));
    if reaches && stays {
        Position::Equal
    } else if stays && before.is_some_and(|before| is_at_least(pairs, before, at))
        || reaches && after.is_some_and(|after| is_at_most(pairs, at, after))
    {
        Position::Between
    } else if before.is_some_and(|before| fell(pairs, before, here))
        || after.is_some_and(|after| fell(pairs, here, after))
    {
        Position::Unbound
    } else if stays && before.is_none() || reaches && after.is_none() {
        Position::AtEnd
    } else {
        Position::Against
    }
}

/// What sets are ordered and laid beside each other by: tokens, which move with nearly every
/// scrape, and requests, which histograms alone show too.
pub(super) const LANDMARKS: [Family; 2] = [Family::GenerationTokens, Family::E2e];

/// How many there were of that family, at every grid time.
pub(super) fn landmark<'a>(set: &'a SeriesSet<'_>, family: Family) -> Option<&'a [f64]> {
    let is_it = |one: &&Measured<'_>| {
        one.rank == Comparable::Count && one.one.reading.metric.family == family
    };
    Some(&set.quantities.iter().find(is_it)?.one.values)
}

/// Whether everything that one set shows at `at` is at least what the other shows at `low`. An
/// absent sample is neither below nor above.
pub(super) fn is_at_least(pairs: &[Pair<'_>], low: usize, at: usize) -> bool {
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

/// Whether one repeats the other to the last bit, sums of seconds among it: no two processes, and
/// no two ranks of one, do.
#[expect(clippy::float_cmp, reason = "a copy is equal to the last bit")]
pub(super) fn repeats(left: &SeriesSet<'_>, right: &SeriesSet<'_>) -> bool {
    let all = pairs(left, right, Comparable::Bucket, usize::MAX);
    let is_equal = |(_, [own, other]): &Pair<'_>| {
        own.iter().zip(*other).all(|(own, other)| own == other || own.is_nan() && other.is_nan())
    };
    let is_measured = |(rank, [own, _]): &Pair<'_>| {
        *rank == Comparable::Sum && left.changes.iter().any(|at| own[*at].fract() > 0.0)
    };
    left.changes.len() >= EQUAL_WITHOUT_SUMS
        && left.changes == right.changes
        && all.iter().any(is_measured)
        && all.iter().all(is_equal)
}

/// A restart: what lies before it and what lies behind cannot be bounds.
fn fell(pairs: &[Pair<'_>], low: usize, high: usize) -> bool {
    pairs.iter().any(|(_, [own, _])| own[high] < own[low])
}
