//! How many requests ended without a failure of the service.

use crate::catalogue::families::Family;
use crate::triage::ending::Ending;
use crate::triage::facts::loss::Loss;
use crate::window::measurements::Measurements;

/// Failures of the service. A client that leaves or asks for what there is not is none.
pub(super) const OF_THE_SERVICE: [Ending; 4] =
    [Ending::Errored, Ending::Refused, Ending::TooMany, Ending::ServerError];

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
        let answered = now.increase(Family::HttpRequests).unwrap_or(0.0);
        let (mut failures, mut most, mut requests) = (0.0_f64, 0.0, 0.0_f64);
        for how in OF_THE_SERVICE {
            let Some(failed) = now.increase(how.family()) else { continue };
            let ended = how.among(now.ended(), answered, failed);
            if ended > 0.0 {
                failures = failures.max(failed);
                most += failed / ended;
                requests = requests.max(ended);
            }
        }
        if requests > 0.0 {
            most += now.ended_otherwise().unwrap_or(0.0) / now.ended().max(requests);
        }
        if let Loss::Lost { lost, begun, .. } = *loss {
            let begun = now.count(Family::Ttft).unwrap_or(begun);
            let running = now.gauge(Family::Running).map_or(begun, |running| running.max);
            failures = failures.max(lost);
            // As many as run at most may have begun before the window, and run on after it.
            most += (lost + 2.0 * running) / begun;
            requests = requests.max(begun);
        }
        let is_missed = match loss {
            Loss::Lost { replica, .. } => replica.is_none(),
            Loss::Failed { how, .. } => OF_THE_SERVICE.contains(how),
            _ => false,
        };
        (requests > 0.0).then(|| Self {
            lo: (1.0 - most).max(0.0),
            hi: 1.0 - failures / requests,
            ended: requests,
            is_missed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;
    use crate::growth::gauge::GaugeSummary;
    use crate::small::sorted::SortedMap;

    fn window(increases: &[(Family, f64)]) -> Measurements {
        Measurements {
            first: 0,
            last: 1,
            seconds: 60.0,
            histograms: SortedMap::new(),
            totals: SortedMap::new(),
            cumulative: Vec::new(),
            populations: SortedMap::new(),
            increases: SortedMap::from_entries(increases.to_vec()),
            gauges: SortedMap::new(),
            tokens_and_outputs: None,
            without_reason: 0.0,
            caveats: Caveats::new(),
        }
    }

    /// Source: by hand. 8 errors of 100 and 5 answers of 200 with 5xx are 8 to 13 failures, of 200
    /// requests at most: at least 4 %, at most 8 + 2.5 %.
    #[test]
    fn counters_that_may_overlap_leave_an_interval() {
        let none = Unfailed::of(&window(&[(Family::RequestsFinished, 100.0)]), &Loss::Unknown);
        assert_eq!(none, None, "no counter of failures");
        let quiet = window(&[(Family::RequestsErrored, 0.0)]);
        assert_eq!(Unfailed::of(&quiet, &Loss::Tolerable), None, "nothing ended");
        let one = [(Family::RequestsFinished, 100.0), (Family::RequestsErrored, 8.0)];
        let found = Unfailed::of(&window(&one), &Loss::Tolerable).expect("one counter");
        assert!((found.lo - 0.92).abs() < 1e-12 && (found.hi - 0.92).abs() < 1e-12, "{found:?}");
        let both = [(Family::HttpRequests, 200.0), (Family::HttpServerErrors, 5.0)];
        let found = Unfailed::of(&window(&[one, both].concat()), &Loss::Tolerable);
        let found = found.expect("two counters");
        assert!((found.lo - 0.895).abs() < 1e-12 && (found.hi - 0.96).abs() < 1e-12, "{found:?}");
        assert_eq!((found.ended, found.is_missed), (200.0, false));
    }

    /// Source: by hand. 20 of 100 that began are lost, and up to 5 ran at either end.
    #[test]
    fn lost_requests_count_as_failed() {
        let mut now = window(&[]);
        let running =
            GaugeSummary { mean: 5.0, min: 5.0, max: 5.0, first: 5.0, last: 5.0, samples: 2 };
        now.gauges.insert(Family::Running, running);
        let lost = Loss::Lost { lost: 20.0, begun: 100.0, replica: None };
        let found = Unfailed::of(&now, &lost).expect("a count");
        assert!((found.lo - 0.7).abs() < 1e-12 && (found.hi - 0.8).abs() < 1e-12, "{found:?}");
        assert!(found.is_missed);
    }
}
