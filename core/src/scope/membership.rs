//! Counters of a target that show more than the work of its processes: a sum over processes that
//! loses one of them or gets it back, another process in the place of the first, a sample that
//! a scrape spoilt.
//!
//! Read as they are, such counters count the requests of hours within one scrape: all that a
//! process had counted before, or all that is left behind a fall.

use crate::catalogue::families::Family;
use crate::growth::histogram::Part;
use crate::growth::membership::{Membership, Step, mend, steps};
use crate::ingest::batch::SeriesKind;
use crate::scope::resolve::Resolved;
use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::store::grid::TimeGrid;

/// Scrapes behind which a counter must be where it was for its fall to be a spoilt sample. Behind
/// more of them a young process may have counted as much again.
const SPOILT: usize = 2;

/// Requests at a time, beside four times the most ever seen, that another process must have served
/// to be one: scrapes miss the peaks of a burst, whose requests are real.
const BATCH_FACTOR: f64 = 4.0;
const LEAST_BATCH: f64 = 8.0;

/// Times the steps that an engine can have computed, one behind the other at its own least step
/// time, from which on they are not its own. Micro-batches of a pipeline overlap, four at most as a
/// rule; at one, a scrape that came late is another process.
const PACE_FACTOR: f64 = 4.0;

/// Times of whole requests, the first that is there tells how many were served at a time.
const TIMES: [Family; 4] = [Family::E2e, Family::InferenceTime, Family::DecodeTime, Family::Itl];

/// The series of one target, mended.
#[derive(Debug, Default)]
pub(super) struct Mended<'a> {
    /// The series with the work alone.
    pub(super) series: Vec<Resolved<'a>>,
    /// When processes went, came back or took the place of others.
    pub(super) steps: Vec<Step>,
    /// Samples that a scrape spoilt; they are absent now.
    pub(super) spoilt: u64,
}

/// What the processes of a target counted while they were seen; None where there is nothing to
/// mend.
pub(super) fn mended<'a>(
    members: &[&Resolved<'a>],
    is_sum: bool,
    grid: &TimeGrid,
) -> Option<Mended<'a>> {
    let counters = members.iter().copied().filter(|one| is_counter(one)).collect_vec();
    let counts = counters.iter().filter(|one| is_count(one));
    let mut steps = steps(&counts.map(|one| &one.values[..]).collect_vec(), is_sum);
    steps.retain(|step| {
        step.change != Membership::Replaced
            || is_beyond_the_batch(members, step.at, grid)
            || !is_sum && is_beyond_the_pace(members, step.at, grid)
    });
    // Where a process of a sum goes, what it had counted little of may be where it was at once.
    let spoilt = if steps.is_empty() { spoilt(&counters) } else { Vec::new() };
    if steps.is_empty() && spoilt.is_empty() {
        return None;
    }
    let mut series = members.iter().map(|one| (*one).clone()).collect_vec();
    for (place, one) in series.iter_mut().filter(|one| is_counter(one)).enumerate() {
        for (_, at) in spoilt.iter().filter(|(spoilt, _)| *spoilt == place) {
            one.values.to_mut()[*at] = f64::NAN;
        }
        if !steps.is_empty() {
            mend(one.values.to_mut(), &steps);
        }
    }
    Some(Mended { series, steps, spoilt: spoilt.len() as u64 })
}

fn is_counter(one: &Resolved<'_>) -> bool {
    matches!(one.reading.kind, SeriesKind::Counter | SeriesKind::Total)
}

/// Buckets and sums move with the count of their histogram.
fn is_count(one: &Resolved<'_>) -> bool {
    match one.reading.part {
        Some(Part::Bucket(bound)) => bound == f64::INFINITY,
        Some(Part::Sum) => false,
        Some(Part::Count) | None => true,
    }
}

/// Whether what was counted at one step took more requests at a time than were ever seen.
fn is_beyond_the_batch(members: &[&Resolved<'_>], at: usize, grid: &TimeGrid) -> bool {
    let taken_a_second = |family| {
        let sums = of(members, family, Some(Part::Sum));
        sums.filter_map(|one| rate(one, at, grid)).fold(0.0, f64::max)
    };
    let taken = TIMES.into_iter().map(taken_a_second).find(|taken| *taken > 0.0).unwrap_or(0.0);
    let most = |family| {
        let values = of(members, family, None).flat_map(|one| one.values.iter().copied());
        values.filter(|value| !value.is_nan()).fold(0.0, f64::max)
    };
    let seen = most(Family::Running) + most(Family::Waiting);
    taken > BATCH_FACTOR * seen + LEAST_BATCH
}

/// Whether one engine, which computes one step behind the other, had the time for the steps that
/// were counted at once, at the least time from token to token that any other scrape shows. What
/// was ever seen at a time tells nothing where a hang has made a thousand requests wait.
fn is_beyond_the_pace(members: &[&Resolved<'_>], at: usize, grid: &TimeGrid) -> bool {
    let part = |family, part| of(members, family, Some(part)).next();
    let count =
        |family| part(family, Part::Count).or_else(|| part(family, Part::Bucket(f64::INFINITY)));
    let (Some(steps), Some(times), Some(tokens)) =
        (count(Family::TokensPerStep), part(Family::Itl, Part::Sum), count(Family::Itl))
    else {
        return false;
    };
    let others = (1..tokens.values.len()).filter(|other| *other != at);
    let step_time = others.filter_map(|other| {
        let rise = |one: &Resolved<'_>| one.values[other] - one.values[other - 1];
        let (seconds, count) = (rise(times), rise(tokens));
        (seconds > 0.0 && count > 0.0).then_some(seconds / count)
    });
    let least = step_time.fold(f64::INFINITY, f64::min);
    least.is_finite() && rate(steps, at, grid).is_some_and(|steps| steps * least > PACE_FACTOR)
}

fn of<'a, 'b>(
    members: &'b [&'b Resolved<'a>],
    family: Family,
    part: Option<Part>,
) -> impl Iterator<Item = &'b Resolved<'a>> {
    let is_it =
        move |one: &&Resolved<'a>| one.reading.metric.family == family && one.reading.part == part;
    members.iter().copied().filter(is_it)
}

/// What a counter grew by a second up to one grid index; scrapes before it may have failed.
fn rate(one: &Resolved<'_>, at: usize, grid: &TimeGrid) -> Option<f64> {
    let before = one.values[..at].iter().rposition(|value| !value.is_nan())?;
    let seconds = (grid.times()[at] - grid.times()[before]) as f64 / 1000.0;
    Some((one.values[at] - one.values[before]) / seconds)
}

/// Samples of a counter, as its place and grid index, that fall and are where they were at one of
/// the next scrapes, while most other counters of the target went on: no process started anew. Of a
/// histogram all parts must have fallen, or its sum alone.
fn spoilt(counters: &[&Resolved<'_>]) -> Vec<(usize, usize)> {
    let mut dips: Vec<(usize, usize)> = Vec::new();
    for (place, one) in counters.iter().enumerate() {
        dips.extend(dips_of(&one.values).map(|at| (place, at)));
    }
    sort(&mut dips, |left, right| (left.1, left.0).cmp(&(right.1, right.0)));
    let mut found = Vec::new();
    for dips in dips.chunk_by(|left, right| left.1 == right.1) {
        let at = dips[0].1;
        let counted = |is_meant: &dyn Fn(usize) -> bool| {
            let had = |one: &Resolved<'_>| one.values[..at].iter().any(|value| *value > 0.0);
            let all = counters.iter().enumerate().filter(|(place, _)| is_meant(*place));
            all.filter(|(_, one)| had(one)).count()
        };
        if 2 * dips.len() >= counted(&|_| true) {
            continue;
        }
        for &(place, _) in dips {
            let of = |place: usize| &counters[place].reading;
            let is_like = |other: usize| std::ptr::eq(of(other).metric, of(place).metric);
            let fell = dips.iter().filter(|(other, _)| is_like(*other)).count();
            // A negative observation makes a sum fall, and the next ones may bring it back.
            let is_zero = counters[place].values[at] <= 0.0;
            let is_alone = of(place).part == Some(Part::Sum) && fell == 1 && is_zero;
            if is_alone || of(place).part.is_none() || fell == counted(&is_like) {
                found.push((place, at));
            }
        }
    }
    found
}

/// Grid indices at which a counter lies below what it was before and is again soon.
fn dips_of(values: &[f64]) -> impl Iterator<Item = usize> {
    let mut before = f64::NAN;
    values.iter().enumerate().filter_map(move |(at, &value)| {
        if value.is_nan() || value < 0.0 {
            return None;
        }
        let is_back = || {
            let later = values[at + 1..].iter().filter(|value| **value >= 0.0);
            later.take(SPOILT).any(|later| *later >= before)
        };
        if value < before && is_back() {
            return Some(at);
        }
        before = value;
        None
    })
}
