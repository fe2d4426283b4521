//! Does anything come out while requests are there?
//!
//! Latency histograms are written when a request ends, so an engine that stands still is silent in
//! all of them, and the window around it looks as well as the time before. What tells is that every
//! counter of output repeats itself while requests run or wait.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::caveat::Caveats;
use crate::growth::gauge::{Gauge, GaugeSummary};
use crate::scope::Replica;
use crate::text::number::{counted, seconds};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;
use crate::window::silence::{Inside, Silence};

pub(super) static FACT: FactDefinition = FactDefinition {
    id: FactId::Progress,
    thresholds: &[&SILENCE, &QUIET, &UNMOVED, &UNMOVED_SAMPLES],
};

/// Seconds without any output from which requests that are there count as stuck.
static SILENCE: Threshold = Threshold {
    id: "progress.silence",
    value: 45.0,
    range: (10.0, 3600.0),
    reason: Reason::of(
        "Seconds without a single token, first token or finish while requests run or wait, from \
             which the engine counts as standing still. A step takes well under a second, and the \
             longest prompts that occur compute for tens of seconds; twice the longest prefill seen \
             before counts instead where that is more. Lower, one long prompt alone in the engine \
             is a hang; higher, a hang of a minute passes between two scrapes of 15 s.",
    ),
};

/// Seconds without any output at the newest samples that take health away.
static QUIET: Threshold = Threshold {
    id: "progress.quiet",
    value: 10.0,
    range: (10.0, 3600.0),
    reason: Reason::of(
        "Seconds without a single token at the newest samples, three at least, from which an engine \
             with requests inside is not called healthy; twice the longest prefill seen before counts \
             instead where that is more. Steps take well under a second, and a prompt that computes \
             for longer than ten is rare. Lower, such prompts take health away; higher, a hang that \
             has just begun is called healthy.",
    ),
};

/// Seconds for which states must stand still where output is not counted.
static UNMOVED: Threshold = Threshold {
    id: "progress.unmoved",
    value: 300.0,
    range: (30.0, 86_400.0),
    reason: Reason::of(
        "Seconds for which running, waiting and KV usage must stand still to the last bit, with \
             requests inside, at a replica whose output only sums over engines tell. At two minutes \
             a usage that a recording rule rounds repeats under one long output; at fifteen a hang \
             that sums over engines hide is found a quarter of an hour late.",
    ),
};

/// Samples that must show so.
static UNMOVED_SAMPLES: Threshold = Threshold {
    id: "progress.unmoved-samples",
    value: 16.0,
    range: (3.0, 1000.0),
    reason: Reason::of(
        "Samples in a row that must show running, waiting and KV usage unmoved, however far apart \
             they are. Fewer, and three equal samples of a minute are a hang; more, and a replica \
             that is scraped every minute hangs for half an hour unseen.",
    ),
};

/// Of the longest prefill seen before a silence, the factor that a silence must exceed. A prompt
/// half as long again than any before is ordinary; twice as long and alone in the engine is rare.
const LONGEST_PREFILL: f64 = 2.0;

/// Gaps between finishes that an engine without measured states may be silent for: with random
/// arrivals one in three thousand is longer than eight mean gaps.
const IDLE_GAPS: f64 = 8.0;

/// Mean gaps between finishes that an engine that says it is empty may be silent for, at the end of
/// a window: traffic does not end by chance after thirty, it was cut off, or the page stands still.
/// Less, and a pause of bursty clients takes health away; more, and an engine that nothing reaches
/// is called healthy for longer.
const CUT_OFF_GAPS: f64 = 30.0;

/// Grid times behind a silence in which the first tokens are looked at that waited for its end. One
/// may be missed or torn; with more, what queued up behind the silence is among them.
const SCRAPES_AFTER: usize = 2;

/// How often the last request must have left without any output to say that requests come and go:
/// with one, a single abort says it; with more, an engine whose output is not counted hangs.
const COME_AND_GO: u32 = 2;

/// Whether work goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Replicas that stood still, the longest first.
    pub stalls: Vec<Stall>,
    /// A silence at the newest samples that is too short to be a stall, and too long for health.
    pub quiet: Option<Stall>,
    /// Requests that got a first token; None where that is not measured.
    pub first_tokens: Option<f64>,
    /// Length of the window, seconds.
    window_seconds: f64,
}

/// A stretch without output at one replica.
#[derive(Debug, Clone, PartialEq)]
pub struct Stall {
    /// Replica.
    pub replica: String,
    /// Last sample before which something came out, Unix milliseconds.
    pub since: i64,
    /// Last sample of the stretch, Unix milliseconds.
    pub until: i64,
    /// It lasts to the newest sample of the window.
    pub lasts: bool,
    /// Most requests that ran.
    pub running: Option<f64>,
    /// Most requests that waited.
    pub waiting: Option<f64>,
    /// What shows that the requests are there.
    pub shown: Shown,
}

/// What shows that requests at an engine without output are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Running or waiting changed while nothing came out, or what came then had waited for it.
    Alive,
    /// All were deferred: they waited for something other than capacity.
    Deferred,
    /// They came and went while nothing came out, which lasts: they left without output, or it is
    /// not counted.
    Uncounted,
    /// Nothing but states that stand still: they may be left over from requests that were aborted.
    Still,
}

impl Stall {
    /// Its length, seconds: at least that long nothing came out.
    pub fn seconds(&self) -> f64 {
        (self.until - self.since) as f64 / 1000.0
    }

    /// What the newest samples show, one sentence without its period.
    pub fn lately(&self) -> String {
        format!(
            "no sign of output from {} for the last {} with {} in flight",
            self.replica,
            seconds(self.seconds()),
            counted(self.requests(), "request", "requests")
        )
    }

    /// Most requests that ran and most that waited, together; 0 where neither is measured.
    pub fn requests(&self) -> f64 {
        self.running.unwrap_or(0.0) + self.waiting.unwrap_or(0.0)
    }
}

impl Progress {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mut stalls: Vec<Stall> = Vec::new();
        let mut quiet = None;
        for (replica, activity) in subject.replicas.iter().zip(subject.activities) {
            let newest = activity.seen(subject.now.first, subject.now.last).map(|(_, last)| last);
            let window = (subject.now.first, subject.now.last);
            let copies = |one: &Silence| {
                activity
                    .stale(window.0, window.1)
                    .any(|(from, to)| from <= one.from && one.to <= to)
            };
            // Where the page is an old copy, nothing is known of the engine.
            for one in activity.silences(window.0, window.1).filter(|one| !copies(one)) {
                let second = activity.seen(one.from + 1, one.to).map_or(one.to, |(next, _)| next);
                match stall(subject, replica, (one, second), newest) {
                    Some((stall, true)) => {
                        let rank = |one: &Stall| (one.lasts, one.until - one.since);
                        let behind = stalls.iter().position(|one| rank(one) < rank(&stall));
                        stalls.insert(behind.unwrap_or(stalls.len()), stall);
                    }
                    Some((stall, false)) if stall.shown != Shown::Deferred => {
                        keep_longest(&mut quiet, stall);
                    }
                    Some(_) | None => {}
                }
            }
            if let Some(newest) = newest.filter(|_| !activity.tells_output)
                && let Some(stall) = unmoved(subject, replica, activity.spacing, newest)
            {
                keep_longest(&mut quiet, stall);
            }
        }
        Self {
            stalls,
            quiet,
            first_tokens: subject.now.count(Family::Ttft),
            window_seconds: subject.now.seconds,
        }
    }

    /// A stall that requests are known to have been in.
    pub fn stuck(&self) -> Option<&Stall> {
        self.stalls.iter().find(|stall| stall.requests() > 0.0)
    }

    /// Replicas that stood still for most of the window and to its end.
    pub fn still(&self) -> impl Iterator<Item = &str> {
        let is_most = |stall: &&Stall| stall.lasts && stall.seconds() >= 0.5 * self.window_seconds;
        let still = self.stalls.iter().filter(|stall| stall.requests() > 0.0).filter(is_most);
        still.map(|stall| stall.replica.as_str())
    }

    /// Replicas that stand still, each once.
    pub fn stuck_replicas(&self) -> Vec<String> {
        let mut replicas: Vec<String> = Vec::new();
        for stall in self.stalls.iter().filter(|stall| stall.shown == Shown::Alive) {
            if !replicas.contains(&stall.replica) {
                replicas.push(stall.replica.clone());
            }
        }
        replicas
    }
}

/// Requests without output, and whether that is a stall; None where nothing is known to be stuck.
fn stall(
    subject: &Subject<'_>,
    replica: &Replica,
    (silence, second): (Silence, usize),
    newest: Option<usize>,
) -> Option<(Stall, bool)> {
    let times = subject.grid.times();
    let newest = newest.filter(|newest| *newest <= silence.until);
    let is_seen = silence.inside == Inside::Requests;
    // Without output behind it, it has not ended.
    let to = newest.filter(|_| is_seen).unwrap_or(silence.to);
    let lasts = newest == Some(to);
    let (mut since, until) = (*times.get(silence.from)?, *times.get(to)?);
    // An idle engine is silent too, so only a silence that is longer than chance counts.
    let beyond_chance = |gaps: f64| {
        let finished = subject.now.finished().filter(|finished| *finished > 0.0)?;
        Some(subject.line(&SILENCE).max(gaps * subject.now.seconds / finished))
    };
    let beyond_a_prompt = |line: &Threshold| {
        subject.line(line).max(LONGEST_PREFILL * longest_prefill(replica, silence.from))
    };
    let late = late_first_token(subject, replica, silence)
        .filter(|late| *late >= beyond_a_prompt(&SILENCE));
    let line = match (silence.inside, late) {
        (Inside::Requests, _) => beyond_a_prompt(&SILENCE),
        // An engine that stands still does not refresh what runs and waits either. How long it was
        // idle before that request came is not known.
        (Inside::Nothing, Some(late)) => {
            let last = times[behind(subject, silence)];
            since = since.max(last - libm::round(1000.0 * late) as i64);
            beyond_a_prompt(&SILENCE).min((until - since) as f64 / 1000.0)
        }
        (Inside::Unknown, _) if lasts => beyond_chance(IDLE_GAPS)?,
        (Inside::Nothing, _) if lasts && subject.replicas.len() == 1 => {
            beyond_chance(CUT_OFF_GAPS)?
        }
        (Inside::Unknown | Inside::Nothing, _) => return None,
    };
    // What the first sample shows may have changed with the last output.
    let state = |family| replica.gauge(family)?.window(second, silence.to);
    let length = (times[silence.to] - since) as f64 / 1000.0;
    let is_stall = length >= line;
    let is_newest = is_seen && second < silence.to && newest == Some(silence.to);
    let is_quiet = !is_stall && is_newest && length >= beyond_a_prompt(&QUIET);
    if !(is_stall || is_quiet) || state(Family::Asleep).is_some_and(is_on) {
        return None;
    }
    let (running, waiting) = (state(Family::Running), state(Family::Waiting));
    let deferred = state(Family::WaitingDeferred).map_or(0.0, |deferred| deferred.max);
    let waits = waiting.map_or(0.0, |waiting| waiting.max);
    let is_moved = |state: GaugeSummary| state.max > state.min;
    let shown =
        if deferred > 0.0 && deferred >= waits && running.is_some_and(|running| running.max <= 0.0)
        {
            Shown::Deferred
        } else if lasts && silence.left >= COME_AND_GO {
            Shown::Uncounted
        } else if late.is_some()
            || running.is_some_and(is_moved)
            || waiting.is_some_and(is_moved)
            || token_came_late(subject, replica, silence.to, length)
        {
            Shown::Alive
        } else {
            Shown::Still
        };
    let stall = Stall {
        replica: replica.key.clone(),
        since,
        until,
        lasts,
        running: running.map(|running| running.max),
        waiting: waiting.map(|waiting| waiting.max),
        shown,
    };
    Some((stall, is_stall))
}

/// A replica whose output is not known by itself, with requests in flight and states that stood
/// still to the last bit up to its newest sample: the memory of requests that are served moves.
fn unmoved(subject: &Subject<'_>, replica: &Replica, spacing: i64, newest: usize) -> Option<Stall> {
    let times = subject.grid.times();
    let until = times[newest];
    let samples = subject.line(&UNMOVED_SAMPLES);
    let length = (1000.0 * subject.line(&UNMOVED)).max(samples * spacing as f64);
    let (from, _) = subject.grid.indices(until - length as i64, until)?;
    let still = |family| {
        let state = replica.gauge(family)?.window(from, newest)?;
        (state.samples as f64 >= samples && state.max <= state.min).then_some(state.max)
    };
    let running = still(Family::Running).filter(|running| *running > 0.0)?;
    let waiting = still(Family::Waiting)?;
    still(Family::KvUsage).map(|_| Stall {
        replica: replica.key.clone(),
        since: times[from],
        until,
        lasts: true,
        running: Some(running),
        waiting: Some(waiting),
        shown: Shown::Still,
    })
}

fn keep_longest(longest: &mut Option<Stall>, stall: Stall) {
    let length = |one: &Stall| one.until - one.since;
    if longest.as_ref().is_none_or(|known| length(known) < length(&stall)) {
        *longest = Some(stall);
    }
}

fn is_on(state: GaugeSummary) -> bool {
    state.max > 0.0
}

/// At least so long a request had waited that got its first token behind a silence, seconds: one
/// that was there at a scrape of the silence which shows none, or, where states are shown or not
/// measured, at its last scrape. None where none had waited so long.
fn late_first_token(subject: &Subject<'_>, replica: &Replica, silence: Silence) -> Option<f64> {
    let times = subject.grid.times();
    let last = behind(subject, silence);
    let is_empty = |at: &usize| in_flight(replica, *at) == Some(0.0);
    let seen = (silence.from..=silence.to).rev().find(is_empty).unwrap_or(silence.to);
    let since_seen = (times[last] - times[seen]) as f64 / 1000.0;
    let after = replica.histogram(Family::Ttft)?.window(silence.to, last, &mut Caveats::new())?;
    let longest = after.counts().iter().rposition(|count| *count > 0.0)?.checked_sub(1)?;
    // A bucket holds what is longer than the bound before it.
    Some(after.upper_bounds()[longest]).filter(|waited| *waited > since_seen)
}

/// Grid index up to which the first tokens behind a silence are looked at.
fn behind(subject: &Subject<'_>, silence: Silence) -> usize {
    (silence.to + SCRAPES_AFTER).min(subject.now.last)
}

/// Whether a token came out behind a silence that had waited for it: its inter-token latency is of
/// the silence's length, so the requests inside were no leftovers.
fn token_came_late(subject: &Subject<'_>, replica: &Replica, end: usize, silence: f64) -> bool {
    let histogram = replica.histogram(Family::Itl);
    let after =
        histogram.and_then(|columns| columns.window(end, subject.now.last, &mut Caveats::new()));
    after.is_some_and(|after| {
        let bounds = after.upper_bounds();
        let largest = bounds.len().checked_sub(2).map_or(0.0, |last| bounds[last]);
        let line = (0.5 * silence).min(largest);
        let late = 1 + bounds.partition_point(|bound| *bound < line);
        line > 0.0 && after.counts().iter().skip(late).any(|count| *count > 0.0)
    })
}

/// At least so long the longest prefill took that ended before a grid time, seconds; 0 where none
/// is known.
fn longest_prefill(replica: &Replica, before: usize) -> f64 {
    let histogram = replica.histogram(Family::PrefillTime);
    let window = histogram.and_then(|columns| columns.window(0, before, &mut Caveats::new()));
    window.map_or(0.0, |window| {
        let longest = window.counts().iter().rposition(|count| *count > 0.0).unwrap_or(0);
        longest.checked_sub(1).map_or(0.0, |below| window.upper_bounds()[below])
    })
}

/// Requests that run and wait at the newest sample of a stretch, where that is measured.
pub(super) fn in_flight(replica: &Replica, index: usize) -> Option<f64> {
    let at = |family| {
        let value = *replica.gauge(family).map(Gauge::values)?.get(index)?;
        (!value.is_nan()).then_some(value)
    };
    match (at(Family::Running), at(Family::Waiting)) {
        // Nothing that waits says nothing of the batch.
        (None, waiting) => waiting.filter(|waiting| *waiting > 0.0),
        (Some(running), waiting) => Some(running + waiting.unwrap_or(0.0)),
    }
}
