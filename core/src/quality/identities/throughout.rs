//! Whether a contradiction stands before and after any repair, so that no repair is its reason.

use super::check;
use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::store::grid::TimeGrid;

/// Grid times of a half in which identities can be read: with fewer, requests in flight at its ends
/// explain any contradiction.
const LEAST_TIMES: usize = 3;

/// Whether numbers of the same replica contradict each other in both halves of a window. A repair
/// lies at one place; the halves share none, so it explains the contradiction of one of them at
/// most. False for a window that cannot be cut.
pub fn stands_throughout(
    replicas: &[&Replica],
    grid: &TimeGrid,
    (first, last): (usize, usize),
    left_out: &[Family],
) -> bool {
    let middle = first + (last - first) / 2;
    let halves = [(first, middle.saturating_sub(1)), (middle + 1, last)];
    if halves.iter().any(|(first, last)| last + 1 < first + LEAST_TIMES) {
        return false;
    }
    let times = grid.times();
    let [before, after] = halves.map(|(first, last)| {
        let seconds = (times[last] - times[first]) as f64 / 1000.0;
        check(replicas, (first, last), seconds, left_out, &[], &mut Caveats::new()).broken
    });
    let names = after.iter().map(|one| one.replica.as_str()).collect_vec();
    before.iter().any(|one| names.contains(&one.replica.as_str()))
}
