//! Families that are recorded together count the same requests.

use super::{COUNT_SLACK, FINISH_FAMILIES};
use crate::catalogue::families::Family;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::text::number::number;

/// That two of [`FINISH_FAMILIES`] counted different numbers of requests.
pub(super) fn differ(replica: &Replica, first: usize, last: usize) -> Option<String> {
    let count = |family| Some((replica.histogram(family)?.count(first, last)?, family));
    let mut counts: Vec<(f64, Family)> =
        FINISH_FAMILIES.into_iter().filter_map(count).collect_vec();
    sort(&mut counts, |left, right| left.0.total_cmp(&right.0));
    let ((least, less), (most, more)) = (*counts.first()?, *counts.last()?);
    let slack = COUNT_SLACK + most * 0.01;
    if let Some(text) = unbegun(replica, (first, last), most, slack) {
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
