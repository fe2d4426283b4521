//! Was a process empty when it ended?

use crate::scope::Replica;
use crate::window::activity::Activity;
use crate::window::silence::in_flight;

/// A process that was drained, and whose successor was there at once, lost nothing. Empty at one
/// scrape is chance at low traffic, and so are two with output in between. `born` is its first
/// sample, `from` its last one.
pub(crate) fn was_drained(
    replica: &Replica,
    activity: &Activity,
    born: usize,
    from: usize,
) -> bool {
    let is_empty = |at: usize| in_flight(replica, at) == Some(0.0);
    let before = from.checked_sub(1).and_then(|before| activity.seen(born, before));
    let mut silences = activity.silences(born, from);
    is_empty(from)
        && before.is_some_and(|(_, before)| is_empty(before))
        && (!activity.tells_output || silences.any(|one| one.to >= from))
}
