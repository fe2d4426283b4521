//! Families that are recorded together count the same requests.

use super::{COUNT_SLACK, FINISH_FAMILIES};
use crate::catalogue::families::Family;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::text::number::number;

/// Grid times before a window from which they tell what was usual.
const LEAST_BEFORE: usize = 4;

/// Part of the share by which a counter is ahead that it must have been ahead by before. Of two
/// populations the share is the same within some tenths; of a histogram that stopped it was 0.
const AS_MUCH: f64 = 0.5;

/// That two of [`FINISH_FAMILIES`] counted different numbers of requests, that more finished than
/// began, or than any of them recorded. What a defect of the engine spoilt counts for nothing.
pub(super) fn differ(
    replica: &Replica,
    (first, last): (usize, usize),
    left_out: &[Family],
) -> Option<String> {
    let families =
        FINISH_FAMILIES.into_iter().filter(|family| !left_out.contains(family)).collect_vec();
    let ((most, more), _) = extremes(replica, &families, (first, last))?;
    let slack = |most: f64| COUNT_SLACK + replica.rounding.counts + most * 0.01;
    if let Some(text) = unbegun(replica, (first, last), more, slack(most)) {
        return Some(text);
    }
    if let Some(text) = uncounted(replica, (first, last), (most, more)) {
        return Some(text);
    }
    // A family that came or went inside the window recorded what was while it was there.
    let histograms = families.iter().filter_map(|family| replica.histogram(*family));
    let ends = histograms.filter_map(|columns| columns.snapshots(first, last));
    let (first, last) =
        ends.fold((first, last), |(start, end), (from, to)| (start.max(from), end.min(to)));
    let ((most, more), (least, less)) = extremes(replica, &families, (first, last))?;
    (most - least > slack(most)).then(|| {
        format!(
            "{} requests recorded {} and only {} {}; both are recorded when a request finishes",
            number(most),
            more.title().to_ascii_lowercase(),
            number(least),
            less.title().to_ascii_lowercase()
        )
    })
}

/// A number of requests, and the family that recorded so many.
type Counted = (f64, Family);

/// The families that recorded most and least; None where none is there.
fn extremes(
    replica: &Replica,
    families: &[Family],
    (first, last): (usize, usize),
) -> Option<(Counted, Counted)> {
    let mut extremes: Option<(Counted, Counted)> = None;
    for &family in families {
        let count = replica.histogram(family).and_then(|columns| columns.count(first, last));
        let Some(count) = count else { continue };
        let own = (count, family);
        let (most, least) = extremes.unwrap_or((own, own));
        extremes = Some((
            if count > most.0 { own } else { most },
            if count < least.0 { own } else { least },
        ));
    }
    extremes
}

/// That more requests finished than got a first token or ran at once, while first tokens were
/// recorded.
fn unbegun(
    replica: &Replica,
    (first, last): (usize, usize),
    finished: Family,
    slack: f64,
) -> Option<String> {
    let columns = replica.histogram(Family::Ttft)?;
    let (start, end) = columns.snapshots(first, last)?;
    let begun = columns.count(start, end)?;
    let finished = replica.histogram(finished)?.count(start, end)?;
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
///
/// Where the counter was ahead by as much before the window too, they count different things, as
/// the outputs of one request and the request.
fn uncounted(
    replica: &Replica,
    (first, last): (usize, usize),
    (count, family): (f64, Family),
) -> Option<String> {
    let columns = replica.histogram(family)?;
    let (start, end) = columns.snapshots(first, last)?;
    let ends = if 4 * (last - end) > last - first { (first, last) } else { (start, end) };
    let finished = well_finished(replica, ends)?;
    let slack = COUNT_SLACK + replica.rounding.counts + finished * 0.01;
    // Without a time before, the first third of the window tells.
    let before =
        if first >= LEAST_BEFORE { (0, first) } else { (first, first + (last - first) / 3) };
    let ahead = well_finished(replica, before).zip(columns.count(before.0, before.1));
    let was_ahead = ahead.is_some_and(|(before, recorded)| {
        recorded > slack && before / recorded - 1.0 >= AS_MUCH * (finished / count - 1.0)
    });
    (finished > count + slack && !was_ahead).then(|| {
        format!(
            "{} requests finished by their counter, but only {} recorded {}",
            number(finished),
            number(count),
            family.title().to_ascii_lowercase()
        )
    })
}

/// Requests that finished by their counter. Aborted and failed ones need not have a time.
fn well_finished(replica: &Replica, (first, last): (usize, usize)) -> Option<f64> {
    let increase = |family| replica.counter(family)?.increase(first, last);
    let mut finished = increase(Family::RequestsFinished)?;
    for family in [Family::RequestsAborted, Family::RequestsErrored] {
        finished -= increase(family).unwrap_or(0.0);
    }
    Some(finished)
}
