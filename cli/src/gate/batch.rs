//! Whether the engine still runs as many requests at once as before.
//!
//! Callers that time out ask again, so that behind a cap arrivals grow too and look like more work.
//! More work fills a batch; only a cap, or a smaller cache, empties it while requests wait.

use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::comparison::Outcome;
use inference_triage_core::text::number::number;

use super::deploy::Windows;
use super::judgement::Check;
use super::work::Work;

/// Requests that wait on average where a batch is called too small. Fewer wait for a step, not for
/// a slot.
const QUEUE: f64 = 1.0;

/// None where the gauges were not measured.
pub(super) fn check(windows: &Windows, work: &Work) -> Option<Check> {
    let before = windows.earlier.signals.get(SignalId::Running)?.mean?;
    let most = windows.later.signals.get(SignalId::Running)?.max?;
    let waiting = windows.later.signals.get(SignalId::Waiting)?.mean?;
    let is_smaller = waiting >= QUEUE && most < before;
    let outcome = match (is_smaller, work.are_longer) {
        (false, _) => Outcome::Pass,
        // Longer requests need more of the cache each.
        (true, true) => Outcome::Inconclusive,
        (true, false) => Outcome::Fail,
    };
    let message = format!(
        "{} on average before, at most {} after, while {} wait",
        number(before),
        number(most),
        number(waiting)
    );
    Some(Check::new("running requests", outcome, message))
}
