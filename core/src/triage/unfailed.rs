//! How many requests ended without a failure of the service.

use crate::catalogue::families::Family;
use crate::triage::ending::Ending;
use crate::triage::facts::loss::Loss;
use crate::window::measurements::Measurements;

/// Failures of the service. A client that leaves or asks for what there is not is none.
const OF_THE_SERVICE: [Ending; 3] = [Ending::Errored, Ending::Refused, Ending::ServerError];

/// The share of requests that ended without a failure. One request may be counted by several
/// counters, of the engine and of the server before it: at least the largest count failed, at most
/// all of them together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unfailed {
    /// Least share, 0–1.
    pub lo: f64,
    /// Greatest share, 0–1.
    pub hi: f64,
    /// Requests that ended.
    pub ended: f64,
    /// Failures or losses are more than an objective may miss, and no single ones.
    pub is_missed: bool,
}

impl Unfailed {
    /// In a window. None where no counter of failures is there, or nothing ended.
    pub fn of(now: &Measurements, loss: &Loss) -> Option<Self> {
        let finished = now.finished().unwrap_or(0.0);
        let answered = now.increase(Family::HttpRequests).unwrap_or(0.0);
        let (mut least, mut most, mut requests) = (0.0_f64, 0.0, 0.0_f64);
        for how in OF_THE_SERVICE {
            let Some(failed) = now.increase(how.family()) else { continue };
            let ended = how.among(finished, answered, failed);
            if ended > 0.0 {
                least = least.max(failed / ended);
                most += failed / ended;
                requests = requests.max(ended);
            }
        }
        if let Loss::Lost { lost, begun } = *loss {
            let running = now.gauge(Family::Running).map_or(begun, |running| running.max);
            least = least.max(lost / begun);
            // As many as run at most may have begun before the window, and run on after it.
            most += (lost + 2.0 * running) / begun;
            requests = requests.max(begun);
        }
        let is_missed = match loss {
            Loss::Lost { .. } => true,
            Loss::Failed { how, .. } => OF_THE_SERVICE.contains(how),
            _ => false,
        };
        let (lo, hi) = ((1.0 - most).max(0.0), 1.0 - least);
        (requests > 0.0).then_some(Self { lo, hi, ended: requests, is_missed })
    }
}
