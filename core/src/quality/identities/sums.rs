//! Sums of times that contain, or add up to, each other.
//!
//! Some times are recorded when a request finishes, others as it goes on, so their sums in one
//! window are of other requests: those in flight at its ends. How many these can be is counted and
//! how long each can have taken stands in the buckets, so a sum is contradicted only by more than
//! all of them could explain. What is unknown is NaN, and no comparison with it holds.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::{Family, Population};
use crate::caveat::Caveats;
use crate::growth::gauge::GaugeSummary;
use crate::histogram::Basis;
use crate::scope::Replica;
use crate::text::number::{number, seconds};

use super::COUNT_SLACK;

/// Relative tolerance of identities between sums of the same requests: 0.1 %. They differ only by
/// rounding and by the requests of one scrape edge; swapped or doubled series differ by tens of per
/// cent.
const SUM_TOLERANCE: f64 = 1e-3;

/// Relative tolerance between what two processes measure with two clocks: 2 %. A clock that is
/// being set runs up to 0.05 % fast, and old releases read each time a little later; a doubled
/// series is off by half.
const CLOCK_TOLERANCE: f64 = 0.02;

/// Seconds of a request by which two clocks may differ beside: a millisecond between two processes.
/// A tenth, and two messages on a busy host exceed it; ten times as much hides a prefill.
const CLOCK_SECONDS: f64 = 1e-3;

/// Share of the most requests in flight that may have come or gone between what a gauge and what a
/// histogram of one scrape show. A step admits or ends a few of them; all of them would make the
/// lag of every window as long as its work.
const GAUGE_LAG: f64 = 0.1;

/// Factor between the mean batch and the most requests seen in flight, and so many requests beside,
/// from which the times cannot be those of this engine. Scrapes miss the peaks of a bursting load,
/// whose mean still stays below a few times the largest sample; several processes behind one target
/// or milliseconds exceed it by tens.
const BATCH_FACTOR: f64 = 4.0;

/// Samples of the gauge from which its largest means something.
const BATCH_SAMPLES: usize = 10;

/// Factor from which one time contains another so many times over that its unit is wrong: a third
/// of the thousand between milliseconds and seconds. A front end that is stuck makes factors of
/// tens.
const UNIT_FACTOR: f64 = 300.0;

/// The times that are compared; the constants below are their places.
pub(super) const TIMES: [Family; 7] = [
    Family::Ttft,
    Family::Itl,
    Family::E2e,
    Family::QueueTime,
    Family::PrefillTime,
    Family::DecodeTime,
    Family::InferenceTime,
];
pub(super) const TTFT: usize = 0;
const ITL: usize = 1;
const E2E: usize = 2;
const QUEUE: usize = 3;
pub(super) const PREFILL: usize = 4;
pub(super) const DECODE: usize = 5;
const INFERENCE: usize = 6;

/// The sums of one replica in one window, seconds.
pub(super) struct Sums<'a> {
    replica: &'a Replica,
    window: (usize, usize),
    seconds: f64,
    /// By place in [`TIMES`]; NaN = unknown.
    times: [f64; 7],
    /// What each is divided by.
    units: [f64; 7],
    /// Which of [`TIMES`] each is read from.
    names: [usize; 7],
    /// Observations of each of [`TIMES`].
    counts: [f64; 7],
    /// Requests that finished, and that got their first token.
    finished: f64,
    begun: f64,
    /// Most requests in flight at the window's start.
    before: f64,
    /// What rounding of the samples may add or take, seconds.
    rounding: f64,
    demand: Option<GaugeSummary>,
}

/// Two sums that cannot both be right.
pub(super) struct Contradiction {
    pub(super) id: CaveatId,
    text: fn(&Sums<'_>) -> String,
}

impl Contradiction {
    pub(super) fn text(&self, sums: &Sums<'_>) -> String {
        (self.text)(sums)
    }
}

impl<'a> Sums<'a> {
    pub(super) fn of(
        replica: &'a Replica,
        window: (usize, usize),
        seconds: f64,
        left_out: &[Family],
    ) -> Self {
        let (first, last) = window;
        let ends = [Family::E2e, Family::InferenceTime, Family::QueueTime, Family::Itl];
        let ends = ends.iter().find_map(|one| replica.histogram(*one)?.snapshots(first, last));
        // A family that came or went inside the window covers another one.
        let columns = |family: Family| {
            let columns = replica.histogram(family).filter(|_| !left_out.contains(&family))?;
            let is_whole = columns.snapshots(first, last) == ends;
            // Where rounding swallows the observations, their sum is of none.
            let shows = |count: f64| count > replica.rounding.step_of(columns.count_magnitude());
            let is_rounded = replica.rounding.digits > 0;
            let is_counted = !is_rounded || columns.count(first, last).is_none_or(shows);
            let is_exact = columns.basis == Basis::Exact;
            (is_whole && is_exact && is_counted).then_some(columns)
        };
        let (mut times, mut counts) = ([f64::NAN; 7], [f64::NAN; 7]);
        for (place, &family) in TIMES.iter().enumerate() {
            let Some(columns) = columns(family) else { continue };
            times[place] = columns.sum(first, last).map_or(f64::NAN, |sum| sum.value);
            counts[place] = columns.count(first, last).unwrap_or(f64::NAN);
        }
        let finished = if counts[E2E].is_nan() { counts[QUEUE] } else { counts[E2E] };
        let demand = replica.demand().and_then(|demand| demand.window(first, last));
        let start = replica.demand().zip(ends).map(|(gauge, (start, _))| gauge.values()[start]);
        let most = demand.map_or(f64::NAN, |demand| demand.max);
        Self {
            replica,
            window,
            seconds,
            times,
            units: [1.0; 7],
            names: [0, 1, 2, 3, 4, 5, 6],
            counts,
            finished,
            begun: counts[TTFT],
            before: start.unwrap_or(f64::NAN)
                + COUNT_SLACK
                + replica.rounding.counts
                + GAUGE_LAG * most,
            rounding: replica.rounding.seconds,
            demand,
        }
    }

    /// The same, each time divided by its unit, and two of them read for each other.
    pub(super) fn under(&self, units: [f64; 7], swapped: Option<(usize, usize)>) -> Self {
        let mut names = self.names;
        if let Some((one, other)) = swapped {
            names.swap(one, other);
        }
        Self { units, names, ..*self }
    }

    /// The sum of one of [`TIMES`].
    fn time(&self, place: usize) -> f64 {
        self.times[self.names[place]] / self.units[place]
    }

    /// The mean of its observations.
    pub(super) fn mean(&self, place: usize) -> f64 {
        self.time(place) / self.counts[self.names[place]]
    }

    pub(super) fn is_known(&self, place: usize) -> bool {
        !self.time(place).is_nan()
    }

    fn inference(&self) -> f64 {
        let parts = self.time(PREFILL) + self.time(DECODE);
        if self.is_known(INFERENCE) { self.time(INFERENCE) } else { parts }
    }

    /// What its longest observation was at most.
    fn longest(&self, place: usize) -> f64 {
        let name = self.names[place];
        let (first, last) = self.window;
        let window = self.replica.histogram(TIMES[name]);
        let window = window.and_then(|one| one.window(first, last, &mut Caveats::new()));
        let Some(window) = window else { return f64::INFINITY };
        let filled = window.counts().iter().rposition(|count| *count > 0.0);
        filled.map_or(0.0, |place| window.upper_bounds()[place]) / self.units[place]
    }

    /// Each identity that does not hold.
    pub(super) fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        let mut add = |holds_not: bool, id, text| {
            if holds_not {
                found.push(Contradiction { id, text });
            }
        };
        add(self.inference_differs(), CaveatId::SumsDiffer, inference_text);
        add(self.parts_exceed_whole(), CaveatId::PartsExceedWhole, whole_text);
        add(self.parts_exceed_ttft(), CaveatId::PartsExceedWhole, ttft_text);
        add(self.ttft_exceeds_whole(), CaveatId::PartsExceedWhole, first_token_text);
        add(self.decode_differs(), CaveatId::DecodeDiffers, decode_text);
        add(self.batch_exceeds_running(), CaveatId::BatchTooLarge, batch_text);
        add(self.unit_is_wrong(), CaveatId::WrongUnit, unit_text);
        found
    }

    fn inference_differs(&self) -> bool {
        let inference = self.time(INFERENCE);
        let parts = self.time(PREFILL) + self.time(DECODE);
        (inference - parts).abs() > SUM_TOLERANCE * inference.max(parts) + 1e-6 + self.rounding
    }

    fn parts_exceed_whole(&self) -> bool {
        let whole = self.time(E2E);
        // Counts may differ by a scrape edge, and one request more in the parts weighs a whole
        // mean.
        let slack = SUM_TOLERANCE * whole + COUNT_SLACK * whole / self.finished.max(1.0);
        let slack = slack + self.rounding;
        self.time(QUEUE) + self.inference() > whole + slack
    }

    /// Requests that began before the window's end and did not finish in it, at most.
    fn unfinished(&self) -> f64 {
        self.begun + self.before - self.finished
    }

    fn is_recorded(&self, place: usize, population: Population) -> bool {
        self.replica.population(TIMES[place]) == Some(population)
    }

    /// A request that finished in the window either got its first token in it, or was in flight at
    /// its start.
    fn parts_exceed_ttft(&self) -> bool {
        let parts = self.time(QUEUE) + self.time(PREFILL);
        let excess =
            parts - self.time(TTFT) * (1.0 + CLOCK_TOLERANCE) - CLOCK_SECONDS * self.finished;
        let excess = excess - self.rounding;
        self.is_recorded(TTFT, Population::FirstToken)
            && excess > 0.0
            && self.finished <= self.begun + self.before
            && excess > self.before * (self.longest(QUEUE) + self.longest(PREFILL))
    }

    fn ttft_exceeds_whole(&self) -> bool {
        let excess =
            self.time(TTFT) - self.time(E2E) * (1.0 + CLOCK_TOLERANCE) - CLOCK_SECONDS * self.begun;
        let excess = excess - self.rounding;
        self.is_recorded(TTFT, Population::FirstToken)
            && excess > 0.0
            && excess > self.unfinished() * self.longest(TTFT)
    }

    /// The times between the outputs of a request are its decode time, with speculation too.
    fn decode_differs(&self) -> bool {
        if !self.is_recorded(ITL, Population::Output) {
            return false;
        }
        let (itl, decode) = (self.time(ITL), self.time(DECODE));
        let slack = CLOCK_TOLERANCE * itl.min(decode) + CLOCK_SECONDS * self.finished;
        let slack = slack + self.rounding;
        if decode > itl + slack {
            return self.finished <= self.begun + self.before
                && decode - itl - slack > self.before * self.longest(DECODE);
        }
        itl > decode + slack
            && itl - decode - slack > self.unfinished() * (self.seconds + self.longest(ITL))
    }

    fn batch(&self) -> f64 {
        self.time(ITL) / self.seconds
    }

    fn batch_exceeds_running(&self) -> bool {
        let demand = self.demand.filter(|demand| demand.samples >= BATCH_SAMPLES);
        demand.is_some_and(|demand| self.batch() > BATCH_FACTOR * (demand.max + 1.0))
    }

    fn unit_is_wrong(&self) -> bool {
        let least = CLOCK_SECONDS * self.finished;
        let inside = (self.time(QUEUE) + self.inference()).max(self.time(TTFT));
        let before = at_least(self.time(E2E) - self.time(DECODE), least);
        self.time(E2E) > UNIT_FACTOR * at_least(inside, least)
            || (self.time(TTFT) > UNIT_FACTOR * before
                && self.time(TTFT) - self.unfinished() * self.longest(TTFT) > UNIT_FACTOR * before)
    }
}

/// The larger of the two; NaN stays unknown.
fn at_least(value: f64, least: f64) -> f64 {
    if value < least { least } else { value }
}

fn inference_text(sums: &Sums<'_>) -> String {
    format!(
        "inference adds up to {}, prefill and decode together to {}; they must be equal",
        seconds(sums.time(INFERENCE)),
        seconds(sums.time(PREFILL) + sums.time(DECODE))
    )
}

fn whole_text(sums: &Sums<'_>) -> String {
    format!(
        "queue and inference add up to {}, more than the {} of end to end, which contains them",
        seconds(sums.time(QUEUE) + sums.inference()),
        seconds(sums.time(E2E))
    )
}

fn ttft_text(sums: &Sums<'_>) -> String {
    format!(
        "mean queue and prefill time are {} together, more than the mean TTFT of {}, which contains \
         them",
        seconds(sums.mean(QUEUE) + sums.mean(PREFILL)),
        seconds(sums.mean(TTFT))
    )
}

fn first_token_text(sums: &Sums<'_>) -> String {
    format!(
        "mean TTFT is {}, more than the {} of end to end, which contains it",
        seconds(sums.mean(TTFT)),
        seconds(sums.mean(E2E))
    )
}

fn decode_text(sums: &Sums<'_>) -> String {
    format!(
        "the times between outputs add up to {}, decode time to {}; they must be equal",
        seconds(sums.time(ITL)),
        seconds(sums.time(DECODE))
    )
}

fn batch_text(sums: &Sums<'_>) -> String {
    format!(
        "by their latencies {} sequences decode at a time, but at most {} requests run or wait",
        number(sums.batch()),
        number(sums.demand.map_or(0.0, |demand| demand.max))
    )
}

fn unit_text(sums: &Sums<'_>) -> String {
    format!(
        "mean end to end is {} and mean TTFT {}: one of them is not in seconds",
        seconds(sums.mean(E2E)),
        seconds(sums.mean(TTFT))
    )
}
