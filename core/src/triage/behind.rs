//! What came out behind a silence tells whether it had waited for its end.

use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::scope::Replica;
use crate::triage::subject::Subject;
use crate::window::silence::{Silence, in_flight};

/// Grid times behind a silence in which the first tokens are looked at that waited for its end. One
/// may be missed or torn; with more, what queued up behind the silence is among them.
const SCRAPES_AFTER: usize = 2;

/// At least so long a request had waited that got its first token behind a silence, seconds: one
/// that was there at a scrape of the silence which shows none, or, where states are shown or not
/// measured, at its last scrape. None where none had waited so long.
pub(super) fn late_first_token(
    subject: &Subject<'_>,
    replica: &Replica,
    silence: Silence,
) -> Option<f64> {
    if subject.mistaken.contains(&Family::Ttft) {
        return None;
    }
    let times = subject.grid.times();
    let last = behind(subject, silence);
    let is_empty = |at: &usize| in_flight(replica, *at) == Some(0.0);
    let seen = (silence.from..=silence.to).rev().find(is_empty).unwrap_or(silence.to);
    let since_seen = (times[last] - times[seen]) as f64 / 1000.0;
    let after = replica.histogram(Family::Ttft)?.window(silence.to, last, &mut Caveats::new())?;
    let longest = after.counts().iter().rposition(|count| *count > 0.0)?.checked_sub(1)?;
    // A bucket holds what is longer than the bound before it.
    let waited = after.upper_bounds()[longest];
    (waited > since_seen && !waited_before(subject, replica, silence.from, waited))
        .then_some(waited)
}

/// Minutes before a silence in which first tokens that came as late tell of a queue: it is why
/// those behind the silence are late. In more, those of another hang are among them.
const QUEUE_MS: i64 = 300_000;

/// Whether first tokens came as late before a silence as behind it.
fn waited_before(subject: &Subject<'_>, replica: &Replica, from: usize, waited: f64) -> bool {
    let times = subject.grid.times();
    let first = times.partition_point(|time| *time < times[from] - QUEUE_MS);
    let histogram = replica.histogram(Family::Ttft);
    let before = histogram.and_then(|columns| columns.window(first, from, &mut Caveats::new()));
    before.is_some_and(|before| {
        let late = 1 + before.upper_bounds().partition_point(|bound| *bound < waited);
        before.counts().iter().skip(late).any(|count| *count > 0.0)
    })
}

/// Grid index up to which the first tokens behind a silence are looked at.
pub(super) fn behind(subject: &Subject<'_>, silence: Silence) -> usize {
    (silence.to + SCRAPES_AFTER).min(subject.now.last)
}

/// Whether a token came out between two grid times behind a silence that had waited for it: its
/// inter-token latency is of the silence's length, seconds, so the requests inside were no
/// leftovers.
pub(super) fn token_came_late(
    subject: &Subject<'_>,
    replica: &Replica,
    (end, last): (usize, usize),
    silence: f64,
) -> bool {
    let is_seconds = !subject.mistaken.contains(&Family::Itl);
    let histogram = replica.histogram(Family::Itl).filter(|_| is_seconds);
    let after = histogram.and_then(|columns| columns.window(end, last, &mut Caveats::new()));
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
pub(super) fn longest_prefill(subject: &Subject<'_>, replica: &Replica, before: usize) -> f64 {
    let is_seconds = !subject.mistaken.contains(&Family::PrefillTime);
    let histogram = replica.histogram(Family::PrefillTime).filter(|_| is_seconds);
    let window = histogram.and_then(|columns| columns.window(0, before, &mut Caveats::new()));
    window.map_or(0.0, |window| {
        let longest = window.counts().iter().rposition(|count| *count > 0.0).unwrap_or(0);
        longest.checked_sub(1).map_or(0.0, |below| window.upper_bounds()[below])
    })
}
