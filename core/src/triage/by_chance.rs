//! For how long an engine may be silent by chance.

use crate::catalogue::families::Family;
use crate::scope::Replica;
use crate::triage::subject::Subject;
use crate::window::activity::Activity;
use crate::window::silence::{Inside, Silence};

/// Gaps between its finishes that an engine may be silent for of which it is not known whether
/// requests are inside: with random arrivals one in three thousand is longer than eight mean gaps.
const IDLE_GAPS: f64 = 8.0;

/// Mean gaps between finishes that an engine that says it is empty may be silent for, at the end of
/// a window: traffic does not end by chance after thirty, it was cut off, or the page stands still.
/// Less, and a pause of bursty clients takes health away; more, and an engine that nothing reaches
/// is called healthy for longer.
const CUT_OFF_GAPS: f64 = 30.0;

/// Samples before two equal ones among which no others were, so that those two say something: a
/// page that is read more often than it is made repeats itself all the time. With fewer the longest
/// silence before says nothing either.
const SAMPLES_BEFORE: usize = 20;

/// Times the longest silence that was before which a replica may be silent whose requests are not
/// known. With one, every new longest silence takes health away; with four, an engine whose output
/// never stopped for two scrapes is healthy a minute behind its last.
const LONGEST_BEFORE: f64 = 2.0;

/// Seconds for which a replica may be silent whose requests are not known, by its pace before a
/// grid time and by what it was silent for there; None where nothing ever finished.
pub(super) fn longest_idle(
    subject: &Subject<'_>,
    (replica, activity): (&Replica, &Activity),
    before: usize,
) -> Option<f64> {
    let gap = own_gap(subject, replica, before).or_else(|| mean_gap(subject))?;
    if activity.samples(0, before) < SAMPLES_BEFORE {
        return Some(IDLE_GAPS * gap);
    }
    let times = subject.grid.times();
    let lengths = activity.silences(0, before).map(|one| times[one.to] - times[one.from]);
    let longest = lengths.max().unwrap_or(0).max(activity.spacing);
    Some((IDLE_GAPS * gap).min(LONGEST_BEFORE * longest as f64 / 1000.0))
}

/// Seconds for which the only engine may be empty and silent at the end of a window.
pub(super) fn longest_pause(subject: &Subject<'_>) -> Option<f64> {
    Some(CUT_OFF_GAPS * mean_gap(subject)?)
}

/// Mean time between two finishes of all replicas in the window, seconds; None without any.
fn mean_gap(subject: &Subject<'_>) -> Option<f64> {
    let finished = subject.now.finished().filter(|finished| *finished > 0.0)?;
    Some(subject.now.seconds / finished)
}

/// The same of one replica before a grid time, in the window where any finished there, else in all
/// data.
fn own_gap(subject: &Subject<'_>, replica: &Replica, before: usize) -> Option<f64> {
    let times = subject.grid.times();
    let since = |first: usize| {
        let counter = replica.counter(Family::RequestsFinished);
        let finished = replica
            .histogram(Family::E2e)
            .and_then(|columns| columns.count(first, before))
            .or_else(|| counter?.increase(first, before))
            .filter(|finished| *finished > 0.0)?;
        Some((times[before] - times[first]) as f64 / 1000.0 / finished)
    };
    (subject.now.first < before).then(|| since(subject.now.first)).flatten().or_else(|| since(0))
}

/// Whether no other silence with requests inside was as long before, in enough samples to say so.
pub(super) fn is_unusual(activity: &Activity, silence: Silence, times: &[i64]) -> bool {
    let length = |one: &Silence| times[one.to] - times[one.from];
    let is_like = |one: &Silence| one.inside == Inside::Requests && length(one) >= length(&silence);
    activity.samples(0, silence.from) >= SAMPLES_BEFORE
        && !activity.silences(0, silence.from).any(|one| is_like(&one))
}
