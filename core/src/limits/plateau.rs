//! The concurrency cap, inferred: while requests wait, the running batch stands at one number.
//!
//! An engine admits a waiting request as soon as a slot, memory and token budget allow it. If
//! memory is free and prefill is small, a batch that never grows although requests wait is held by
//! the number of slots.

use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::growth::counter::CounterColumn;
use crate::growth::gauge::Gauge;
use crate::limits::MEMORY_FULL;
use crate::scope::Replica;
use crate::settings::Settings;
use crate::small::list::CollectVec;
use crate::source::exporter::{AdapterSlots, Exporter};
use crate::store::grid::TimeGrid;
use crate::text::number::number;

/// Distinct scrapes with waiting requests that a plateau needs.
///
/// Two: the least at which "stood" means anything; the finding says how many there were. One would
/// call every instant a plateau; ten would keep silent about an incident for minutes at the usual
/// scrape intervals.
const LEAST_SCRAPES: usize = 2;

/// Scrapes exactly at the cap that are asked for where less than the whole share of them is: two of
/// four are the highest of a batch that wanders by chance.
const LEAST_OF_FEW: usize = 4;

/// Share of those scrapes at which the batch must stand exactly at the cap.
static LEAST_SHARE_AT_CAP: Threshold = Threshold {
    id: "admission.share-at-cap",
    value: 0.6,
    range: (0.05, 1.0),
    reason: Reason::of(
        "Share of the scrapes with waiting requests at which the batch must stand exactly at \
             the cap. Between a finish and the next step's admission a scrape can see one less, which \
             at short outputs happens in up to a third of scrapes; lower, a wandering batch looks \
             like a cap.",
    ),
};

/// Steps for which a slot stays free: an engine that schedules one step ahead gives it away one
/// step later than it could. At 1, caps with short outputs are missed; at 3, two scrapes at one
/// number are a cap.
const STEPS_FREE: f64 = 2.0;

/// Share of those scrapes at which the batch must stand within a dip of the cap.
static LEAST_SHARE_NEAR_CAP: Threshold = Threshold {
    id: "admission.share-near-cap",
    value: 0.95,
    range: (0.5, 1.0),
    reason: Reason::of(
        "Share of the scrapes with waiting requests at which the batch must stand within a dip \
             of the cap. A long window sees two or three requests end in one step now and then. At \
             0.8 a batch that memory or the token budget holds, which wanders, would look like a cap; \
             at 1 an hour of scrapes never does.",
    ),
};

/// The lines of the plateau test that may be set by hand.
pub static THRESHOLDS: &[&Threshold] = &[&LEAST_SHARE_AT_CAP, &LEAST_SHARE_NEAR_CAP];

/// Part of the root of a batch within which it stands in every scrape where a number of slots
/// holds it: what comes and goes makes a batch that nothing holds wander by its root. Higher, a
/// batch that the memory or the token budget holds looks like a cap; lower, two finishes in one
/// step hide one.
const NARROW: f64 = 0.25;

/// Batches of other requests that must lie so close together: two of one that wanders do by
/// chance, once in seven, three once in forty.
const LEAST_NARROW: f64 = 3.0;

/// A replica whose running batch stands at a cap.
#[derive(Debug, Clone, PartialEq)]
pub struct Plateau {
    /// Replica key.
    pub replica: String,
    /// The cap, sequences.
    pub cap: f64,
    /// Distinct scrapes in the window with waiting requests.
    pub waiting_scrapes: usize,
    /// Those at which the batch stood exactly at the cap, or below it by at most the dip.
    pub at_cap: usize,
    /// Sequences below the cap at which those may stand; 0 for exactly at it.
    pub dip: f64,
    /// All distinct scrapes in the window.
    pub scrapes: usize,
    /// When it began, Unix milliseconds; None when it holds since the start of the data.
    pub since: Option<i64>,
}

/// Looks for a plateau of one replica in grid indices [first, last].
///
/// Whether samples repeat and where they stand takes a walk over the window's samples of a few
/// series. Only a replica at which requests waited, with memory to spare and a batch that was whole
/// at its largest, is walked over: of a healthy fleet none.
#[expect(clippy::float_cmp, reason = "a batch size is a whole number")]
pub fn find(
    replica: &Replica,
    exporter: &Exporter,
    grid: &TimeGrid,
    (first, last): (usize, usize),
    settings: &Settings,
) -> Option<Plateau> {
    if replica.stale_for_ms(Family::Running) > 0 {
        // A state that stands still between two refreshes proves no cap.
        return None;
    }
    let running = replica.gauge(Family::Running)?;
    // Where the engine tells who waits for capacity, those for an adapter are not among them.
    let for_capacity = replica.gauge(Family::WaitingCapacity);
    let waiting = for_capacity.or_else(|| replica.gauge(Family::Waiting))?;
    let highest = running.window(first, last)?.max;
    let waited = waiting.window(first, last)?.max > 0.0;
    if !waited
        || highest < 1.0
        || highest.fract() != 0.0
        || deferred(replica, first, last) > 0.0
        || (for_capacity.is_none()
            && adapter_slots(replica, exporter).is_some_and(AdapterSlots::hold_admission))
        || memory_may_hold(replica, first, last, settings.threshold(&MEMORY_FULL))
    {
        return None;
    }
    let (running, waiting) = (running.values(), waiting.values());
    let scrapes = distinct_scrapes(replica, first, last);
    let held: Vec<usize> =
        scrapes.iter().copied().filter(|&index| waiting[index] > 0.0).collect_vec();
    if held.len() < LEAST_SCRAPES {
        return None;
    }
    let cap = held.iter().map(|&index| running[index]).fold(f64::NAN, f64::max);
    let at_cap = held.iter().filter(|&&index| running[index] == cap).count();
    let near_cap = held.iter().filter(|&&index| stands(running[index], cap)).count();
    let steady = near_cap as f64 >= settings.threshold(&LEAST_SHARE_NEAR_CAP) * held.len() as f64;
    // The gauge is sampled after finishes and before admission: the share exactly at the cap falls
    // off with the finishes during the steps for which a slot is free.
    let seen = libm::exp(-STEPS_FREE * finishes_a_step(replica, grid, first, last));
    let share = settings.threshold(&LEAST_SHARE_AT_CAP) * held.len() as f64;
    let least = if at_cap as f64 >= share { LEAST_SCRAPES } else { LEAST_OF_FEW };
    let enough = at_cap >= least && at_cap as f64 >= seen * share;
    let least = held.iter().map(|&index| running[index]).fold(f64::NAN, f64::min);
    let is_narrow =
        looks(replica, &held, cap) >= LEAST_NARROW && cap - least <= NARROW * libm::sqrt(cap);
    if cap < highest || !steady || !(enough || is_narrow) {
        return None;
    }
    let (at_cap, dip) = if enough { (at_cap, 0.0) } else { (held.len(), cap - least) };
    Some(Plateau {
        replica: replica.key.clone(),
        cap,
        waiting_scrapes: held.len(),
        at_cap,
        dip,
        scrapes: scrapes.len(),
        since: beginning(running, waiting, cap, last).map(|index| grid.times()[index]),
    })
}

/// ` (or up to 5 less)`, where the batch stands within a dip of the cap.
pub fn dip_text(dip: f64) -> String {
    if dip > 0.0 { format!(" (or up to {} less)", number(dip)) } else { String::new() }
}

/// Batches of other requests that some scrapes saw: one, and one more each time that as many
/// finished as fill the cap, which is how long a batch remembers what it was. 1 where finishes are
/// not measured.
fn looks(replica: &Replica, held: &[usize], cap: f64) -> f64 {
    let ends = held.first().zip(held.last());
    let finished = ends.and_then(|(first, last)| {
        let counted = replica.counter(Family::RequestsFinished);
        let counted = counted.and_then(|counter| counter.increase(*first, *last));
        counted.or_else(|| replica.histogram(Family::E2e)?.count(*first, *last))
    });
    (1.0 + finished.unwrap_or(0.0) / cap).min(held.len() as f64)
}

/// Requests that finish in a step, on average; 0 where finishes or steps are not measured.
fn finishes_a_step(replica: &Replica, grid: &TimeGrid, first: usize, last: usize) -> f64 {
    let seconds = (grid.times()[last] - grid.times()[first]) as f64 / 1000.0;
    let finished = replica.histogram(Family::E2e).and_then(|e2e| e2e.count(first, last));
    let step = replica.histogram(Family::Itl).and_then(|itl| {
        Some(itl.sum(first, last)?.value / itl.count(first, last).filter(|count| *count > 0.0)?)
    });
    finished.zip(step).map_or(0.0, |(finished, step)| finished / seconds.max(1.0) * step)
}

/// Share of a cap by which the batch may stand below it after requests that just finished, one at
/// least. Lower, large caps are missed whenever two end in one step; higher, a batch that wanders
/// is a cap.
pub const DIP: f64 = 0.1;

/// At the cap, or below it by what a request that just finished explains.
fn stands(running: f64, cap: f64) -> bool {
    let dip = libm::ceil(cap * DIP).max(1.0);
    running <= cap && running >= cap - dip
}

/// Requests that were deferred in every scrape of the window. They may hold slots, so that the
/// batch beside them stands below the cap.
pub fn deferred(replica: &Replica, first: usize, last: usize) -> f64 {
    let deferred = replica.gauge(Family::WaitingDeferred).and_then(|one| one.window(first, last));
    deferred.map_or(0.0, |deferred| deferred.min)
}

/// Slots for adapters, where the engine tells of them.
pub fn adapter_slots(replica: &Replica, exporter: &Exporter) -> Option<AdapterSlots> {
    (exporter.adapter_slots)(replica.info(Family::Adapters)?)
}

fn memory_may_hold(replica: &Replica, first: usize, last: usize, line: f64) -> bool {
    let full = replica
        .gauge(Family::KvUsage)
        .and_then(|usage| usage.window(first, last))
        .is_some_and(|usage| usage.max >= line);
    let preempted = replica
        .counter(Family::Preemptions)
        .and_then(|preemptions| preemptions.increase(first, last))
        .is_some_and(|preemptions| preemptions > 0.0);
    full || preempted
}

/// Grid indices at which the replica was scraped anew: a sample whose counters all repeat the one
/// before is the same scrape seen twice, or an idle engine; neither says more about the batch.
#[expect(clippy::float_cmp, reason = "a counter that repeats repeats to the last bit")]
fn distinct_scrapes(replica: &Replica, first: usize, last: usize) -> Vec<usize> {
    let witnesses: Vec<&CounterColumn> =
        [Family::GenerationTokens, Family::PromptTokens, Family::RequestsFinished]
            .into_iter()
            .filter_map(|family| replica.counter(family))
            .collect_vec();
    let Some(running) = replica.gauge(Family::Running).map(Gauge::values) else {
        return Vec::new();
    };
    let mut previous: Vec<f64> = vec![f64::NAN; witnesses.len()];
    let mut distinct = Vec::new();
    for index in (first..=last).filter(|&index| !running[index].is_nan()) {
        let changed = witnesses.is_empty()
            || witnesses.iter().zip(&previous).any(|(counter, before)| {
                let value = counter.at(index);
                !value.is_nan() && (before.is_nan() || value != *before)
            });
        if changed {
            distinct.push(index);
        }
        for (counter, before) in witnesses.iter().zip(&mut previous) {
            let value = counter.at(index);
            if !value.is_nan() {
                *before = value;
            }
        }
    }
    distinct
}

/// What a scrape says for or against a plateau when its beginning is searched: requests waited at
/// the cap, the engine was empty, or it had room. A closed loop of few clients empties its engine
/// again and again and waits in a third of the scrapes; were emptiness as good as room, each pause
/// of it would begin the plateau anew. Were it worth nothing, the plateau of yesterday would be
/// today's.
const HELD: i32 = 4;
const EMPTY: i32 = -1;
const ROOM: i32 = -2;

/// Scrapes in a row off the plateau that end it, whatever is on their other side: three minutes at
/// 15 s. The longest that a closed loop of three clients left a recorded engine empty for was nine;
/// with many more, two incidents of one morning are one.
const LONGEST_PAUSE: usize = 12;

/// First grid index of the plateau that lasts to `last`: of all beginnings the one from which the
/// scrapes at the plateau outweigh the others most. None when that is the start of the data.
fn beginning(running: &[f64], waiting: &[f64], cap: f64, last: usize) -> Option<usize> {
    let (mut start, mut first) = (last, last);
    let (mut score, mut best, mut pause) = (0, 0, 0);
    for index in (0..=last).rev().filter(|&index| !running[index].is_nan()) {
        if running[index] > cap {
            return Some(start);
        }
        let is_held = waiting[index] > 0.0 && stands(running[index], cap);
        pause = if is_held { 0 } else { pause + 1 };
        if pause > LONGEST_PAUSE {
            return Some(start);
        }
        first = index;
        score += match waiting[index] > 0.0 {
            true if is_held => HELD,
            false if running[index] <= 0.0 => EMPTY,
            // At the cap, and nobody waits at that moment.
            false if running[index] >= cap => 0,
            _ => ROOM,
        };
        if score > best {
            (start, best) = (index, score);
        }
    }
    (start > first).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples of running and waiting as a drawing: `2` held at the cap of 2 with a queue, `=` at
    /// the cap without one, `1` with room, `.` empty, `>` above the cap, blank absent.
    fn begins(drawing: &str) -> Option<usize> {
        let state = |sample| match sample {
            '2' => (2.0, 1.0),
            '=' => (2.0, 0.0),
            '1' => (1.0, 0.0),
            '.' => (0.0, 0.0),
            '>' => (3.0, 0.0),
            _ => (f64::NAN, f64::NAN),
        };
        let (running, waiting): (Vec<f64>, Vec<f64>) = drawing.chars().map(state).unzip();
        beginning(&running, &waiting, 2.0, running.len() - 1)
    }

    #[test]
    fn a_plateau_begins_where_it_outweighs_what_lies_between() {
        for (drawing, expected) in [
            ("2222222", None),
            ("....1.11..2222", Some(10)),
            // A closed loop of few clients, of which the recording s0b-cap2 is one.
            ("11..11.1222222.....22==...12.........2.1=22==..221.2..22.11.22", Some(8)),
            ("1111  22  22", Some(6)),
            ("222>11122", Some(7)),
            // Yesterday's plateau, a quiet night, today's.
            ("2222..................................2222", Some(38)),
            ("2222222222222222222222222222........................2222", Some(52)),
            ("222222222222222222222222111111111111112222", Some(38)),
            ("2222111111111111222", Some(16)),
        ] {
            assert_eq!(begins(drawing), expected, "{drawing}");
        }
    }
}
