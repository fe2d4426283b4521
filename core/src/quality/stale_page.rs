//! Scrapes that were answered with an old copy of the engine's page, by a proxy, a cache or a
//! gateway that keeps what was pushed: nothing on it is of now.

use crate::catalogue::caveats::CaveatId;
use crate::caveat::Caveats;
use crate::quality::identities::Broken;
use crate::scope::Replica;
use crate::store::grid::TimeGrid;
use crate::text::foreign::plain;
use crate::text::number::seconds;
use crate::window::activity::Activity;

/// Of each replica the stretch at the end of a window, as grid indices, in which its page stood
/// still with the processor time of the process behind it. One that ended before is a caveat only:
/// what was counted meanwhile is in the samples after it.
pub fn find(
    replicas: &[&Replica],
    activities: &[Activity],
    grid: &TimeGrid,
    (first, last): (usize, usize),
    caveats: &mut Caveats,
) -> Vec<Broken> {
    let mut broken = Vec::new();
    let times = grid.times();
    for (replica, activity) in replicas.iter().zip(activities) {
        let newest = activity.seen(first, last).map(|(_, newest)| newest);
        for (from, to) in activity.stale((first, last), times) {
            let length = seconds((times[to] - times[from]) as f64 / 1000.0);
            let text = format!(
                "the metrics of {} are unchanged for {length}, the CPU time of its process too: the \
                 scrapes got an old copy, or none was made",
                plain(&replica.key, 80)
            );
            caveats.add(CaveatId::StalePage, || text.clone());
            if newest == Some(to) {
                let replica = replica.key.clone();
                broken.push(Broken { id: CaveatId::StalePage, text, replica });
            }
        }
    }
    broken
}
