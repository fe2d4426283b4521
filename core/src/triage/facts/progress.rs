//! Does anything come out while requests are there?
//!
//! Latency histograms are written when a request ends, so an engine that stands still is silent in
//! all of them, and the window around it looks as well as the time before. What tells is that every
//! counter of output repeats itself while requests run or wait.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::growth::gauge::GaugeSummary;
use crate::scope::Replica;
use crate::triage::behind::{behind, late_first_token, longest_prefill, token_came_late};
use crate::triage::by_chance::{is_unusual, longest_idle, longest_pause};
use crate::triage::facts::FactDefinition;
use crate::triage::stall::{Shown, Stall};
use crate::triage::subject::Subject;
use crate::window::activity::Activity;
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

/// How often the last request must have left without any output to say that requests come and go:
/// with one, a single abort says it; with more, an engine whose output is not counted hangs.
const COME_AND_GO: u32 = 2;

/// Times that rounded counters need to show one step, within which they say nothing: arrivals at
/// half the usual rate, twice as long by chance. Fewer, and a lull behind a coarse counter is a
/// hang.
const ROUNDED_STEPS: f64 = 4.0;

/// Whether work goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Replicas that stood still, the longest first.
    pub stalls: Vec<Stall>,
    /// A silence at the newest samples that is too short to be a stall, and too long for health.
    pub quiet: Option<Stall>,
    /// No output between the two newest samples, where that is unusual: health is of the time
    /// before.
    pub paused: Option<Stall>,
    /// Requests that got a first token; None where that is not measured.
    pub first_tokens: Option<f64>,
    /// Length of the window, seconds.
    pub window_seconds: f64,
}

impl Progress {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mut stalls: Vec<Stall> = Vec::new();
        let (mut quiet, mut paused) = (None, None);
        for (replica, activity) in subject.replicas.iter().zip(subject.activities) {
            let newest = activity.seen(subject.now.first, subject.now.last).map(|(_, last)| last);
            let window = (subject.now.first, subject.now.last);
            let times = subject.grid.times();
            let copies = |one: &Silence| {
                activity.stale(window, times).any(|(from, to)| from <= one.from && one.to <= to)
            };
            // Where the page is an old copy, nothing is known of the engine.
            for one in activity.silences(window.0, window.1).filter(|one| !copies(one)) {
                let second = activity.seen(one.from + 1, one.to).map_or(one.to, |(next, _)| next);
                match stall(subject, (replica, activity), (one, second), newest) {
                    Some((stall, Length::Stall)) => {
                        let rank = |one: &Stall| (one.lasts, one.until - one.since);
                        let behind = stalls.iter().position(|one| rank(one) < rank(&stall));
                        stalls.insert(behind.unwrap_or(stalls.len()), stall);
                    }
                    Some((stall, Length::Quiet)) if stall.shown != Shown::Deferred => {
                        keep_longest(&mut quiet, stall);
                    }
                    Some((stall, Length::Pause)) if stall.shown != Shown::Deferred => {
                        keep_longest(&mut paused, stall);
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
            paused,
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

/// Whether the counters of a replica are rounded so much that they stand still for longer than an
/// engine that hangs is waited for.
pub(crate) fn is_coarse(subject: &Subject<'_>, activity: &Activity) -> bool {
    ROUNDED_STEPS * activity.shows_after > subject.line(&SILENCE)
}

/// How long nothing came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    /// Longer than any step.
    Stall,
    /// Too long for health, at the newest samples.
    Quiet,
    /// Between the two newest samples.
    Pause,
}

/// Requests without output, and how long that is; None where nothing is known to be stuck.
fn stall(
    subject: &Subject<'_>,
    (replica, activity): (&Replica, &Activity),
    (silence, second): (Silence, usize),
    newest: Option<usize>,
) -> Option<(Stall, Length)> {
    let times = subject.grid.times();
    let newest = newest.filter(|newest| *newest <= silence.until);
    let is_seen = silence.inside == Inside::Requests;
    // Without output behind it, it has not ended.
    let to = newest.filter(|_| is_seen).unwrap_or(silence.to);
    let lasts = newest == Some(to);
    let (mut since, until) = (*times.get(silence.from)?, *times.get(to)?);
    let beyond_a_prompt = |line: &Threshold| {
        let longest = LONGEST_PREFILL * longest_prefill(subject, replica, silence.from);
        subject.line(line).max(longest).max(ROUNDED_STEPS * activity.shows_after)
    };
    let late = late_first_token(subject, replica, silence)
        .filter(|late| *late >= beyond_a_prompt(&SILENCE));
    // An idle engine is silent too, so only a silence that is longer than chance counts.
    let chance = match (silence.inside, late) {
        (Inside::Requests, _) => 0.0,
        // An engine that stands still does not refresh what runs and waits either. How long it was
        // idle before that request came is not known.
        (_, Some(late)) => {
            let last = times[behind(subject, silence)];
            since = since.max(last - libm::round(1000.0 * late) as i64);
            0.0
        }
        _ if !lasts => return None,
        (Inside::Unknown, _) => longest_idle(subject, (replica, activity), silence.from)?,
        (Inside::Nothing, _) if subject.replicas.len() == 1 => longest_pause(subject)?,
        (Inside::Nothing, _) => return None,
    };
    let is_late = !is_seen && late.is_some();
    let beyond = |line: &Threshold| {
        // No prompt is computed where nothing is known to be inside.
        let own = subject.line(line).max(ROUNDED_STEPS * activity.shows_after);
        let line = if is_seen { beyond_a_prompt(line) } else { own }.max(chance);
        if is_late { line.min((until - since) as f64 / 1000.0) } else { line }
    };
    // What the first sample shows may have changed with the last output.
    let state = |family| replica.gauge(family)?.window(second, silence.to);
    let length = (times[silence.to] - since) as f64 / 1000.0;
    let is_newest = silence.inside != Inside::Nothing && newest == Some(silence.to);
    let may_be_longer = || {
        let longest = times.get(silence.to + 1)? - times.get(silence.from.checked_sub(1)?)?;
        let (line, behind) = (beyond(&SILENCE), (silence.to, behind(subject, silence)));
        let is_so = longest as f64 / 1000.0 >= line && length >= beyond(&QUIET);
        (is_so && token_came_late(subject, replica, behind, line)).then_some(())
    };
    let found = if length >= beyond(&SILENCE) || is_seen && may_be_longer().is_some() {
        Length::Stall
    } else if !is_newest || length < beyond(&QUIET) {
        return None;
    } else if second < silence.to {
        Length::Quiet
    } else if is_seen && is_unusual(activity, silence, times) {
        Length::Pause
    } else {
        return None;
    };
    if state(Family::Asleep).is_some_and(|state| state.max > 0.0) {
        return None;
    }
    let (running, waiting) = (state(Family::Running), state(Family::Waiting));
    let shown = Shown::of(
        (running, waiting, state(Family::WaitingDeferred)),
        (lasts && silence.left >= COME_AND_GO) || running.is_some_and(is_scheduled),
        || {
            let behind = (silence.to, subject.now.last);
            late.is_some() || token_came_late(subject, replica, behind, length)
        },
    );
    let stall = Stall {
        replica: replica.key.clone(),
        since,
        until,
        lasts,
        running: running.map(|running| running.max),
        waiting: waiting.map(|waiting| waiting.max),
        shown,
    };
    Some((stall, found))
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

/// Whether requests were taken in and left while nothing came out: those that are given up
/// before their first token come and go. What an engine takes in until it is full, and nothing
/// leaves, hangs.
fn is_scheduled(running: GaugeSummary) -> bool {
    running.max > running.first && running.last < running.max
}

fn keep_longest(longest: &mut Option<Stall>, stall: Stall) {
    let length = |one: &Stall| one.until - one.since;
    if longest.as_ref().is_none_or(|known| length(known) < length(&stall)) {
        *longest = Some(stall);
    }
}
