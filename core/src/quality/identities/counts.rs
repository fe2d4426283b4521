//! Families that are recorded together count the same requests.

use super::{COUNT_SLACK, FINISH_FAMILIES};
use crate::catalogue::families::Family;
use crate::scope::Replica;
use crate::text::number::number;

/// That two of [`FINISH_FAMILIES`] counted different numbers of requests.
pub(super) fn differ(replica: &Replica, first: usize, last: usize) -> Option<String> {
    let (mut most, mut more) = (f64::NEG_INFINITY, Family::E2e);
    let (mut least, mut less) = (f64::INFINITY, more);
    for family in FINISH_FAMILIES {
        let count = replica.histogram(family).and_then(|columns| columns.count(first, last));
        let Some(count) = count else { continue };
        if count > most {
            (most, more) = (count, family);
        }
        if count < least {
            (least, less) = (count, family);
        }
    }
    let slack = COUNT_SLACK + most * 0.01;
    if let Some(text) = unbegun(replica, (first, last), most, slack) {
        return Some(text);
    }
    if let Some(text) = uncounted(replica, (first, last), (most, more)) {
        return Some(text);
    }
    (most - least > slack).then(|| {
        format!(
            "{} requests recorded {} and only {} {}; both are recorded when a request finishes",
            number(most),
            more.title().to_ascii_lowercase(),
            number(least),
            less.title().to_ascii_lowercase()
        )
    })
}

/// That more requests finished than got a first token or ran when the window began.
fn unbegun(
    replica: &Replica,
    (first, last): (usize, usize),
    finished: f64,
    slack: f64,
) -> Option<String> {
    let begun = replica.histogram(Family::Ttft)?.count(first, last)?;
    let running = replica.gauge(Family::Running)?.window(first, last)?.max;
    (finished > begun + running + slack).then(|| {
        format!(
            "{} requests finished and only {} got a first token",
            number(finished),
            number(begun)
        )
    })
}

/// That more requests finished by their counter than `count` recorded a time of. Where that series
/// is missing at the end of the window, both are compared while it was there, unless it has been
/// for a quarter of the window.
fn uncounted(
    replica: &Replica,
    (first, last): (usize, usize),
    (count, family): (f64, Family),
) -> Option<String> {
    let (start, end) = replica.histogram(family)?.snapshots(first, last)?;
    let ends = if 4 * (last - end) > last - first { (first, last) } else { (start, end) };
    let increase = |family| replica.counter(family)?.increase(ends.0, ends.1);
    let mut finished = increase(Family::RequestsFinished)?;
    // Aborted and failed requests need not have a time.
    for family in [Family::RequestsAborted, Family::RequestsErrored] {
        finished -= increase(family).unwrap_or(0.0);
    }
    (finished > count + COUNT_SLACK + finished * 0.01).then(|| {
        format!(
            "{} requests finished by their counter, but only {} recorded {}",
            number(finished),
            number(count),
            family.title().to_ascii_lowercase()
        )
    })
}
