//! What was promised of the requests, how much of it was kept, and what spent the rest.

mod budget;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use budget::{Budget, Spender};

use crate::catalogue::list::closed_list;
use crate::catalogue::signals::SignalId;
use crate::diagnosis;
use crate::histogram::{compatible_shares, joint_interval};
use crate::settings::Slo;
use crate::signal;
use crate::signal::level::Level;
use crate::small::list::CollectVec;

/// The latencies that may have a target, in reading order.
const LATENCIES: [SignalId; 4] = [SignalId::Ttft, SignalId::Itl, SignalId::Tpot, SignalId::E2e];

/// Largest share of the requests that may be counted by one objective and not by another: those
/// inside at the beginning of the window have only their end in it, those inside at its end only
/// their first token. Beyond it the bounds of both at once say nothing.
const OTHER_REQUESTS: f64 = 0.2;

closed_list! {
    /// Whether an objective was kept in a window.
    Kept {
        /// At least the promised share of requests was within the target.
        Met = "met",
        /// Fewer were.
        Missed = "missed",
        /// The buckets leave both open, or there are no data.
        Unknown = "unknown",
    }
}

/// What was promised of the requests of the window, and how much of it was kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Objectives {
    /// Share of the requests that must meet each target, in (0, 1).
    pub quantile: f64,
    /// Every objective, those without data too.
    pub rows: Vec<Objective>,
    /// All objectives of one request at once; absent with fewer than two, or where the objectives
    /// count too many different requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub joint: Option<Joint>,
    /// What was spent most; absent where nothing is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub budget: Option<Budget>,
}

/// One objective.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Objective {
    /// What it is about; `lost_requests`: failed and lost requests.
    pub signal: SignalId,
    /// Its target, seconds; absent for failed and lost requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub target: Option<f64>,
    /// The user set the target; else it is the default of the kind of service.
    pub given: bool,
    /// Whether it was kept.
    pub kept: Kept,
    /// What it was judged by, or why it was not, one clause; may be empty.
    pub reason: String,
    /// The share of requests that met it; absent where that is not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub attained: Option<Attained>,
}

/// The share of requests, or of the outputs between which a latency lies, that met an objective.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Attained {
    /// Least share in the window, 0–1; guaranteed.
    pub lo: f64,
    /// Greatest share in the window, 0–1; guaranteed.
    pub hi: f64,
    /// Both ends widened to what is compatible, at 95 %, with the service behind the window; absent
    /// without a number of independent requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub sample: Option<(f64, f64)>,
    /// Observations in the window: requests, or outputs for the time between them.
    pub count: f64,
    /// Requests behind them; absent where not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub requests: Option<f64>,
    /// The bucket bound nearest to the target, seconds, and the exact share within it; only where
    /// the target lies inside a bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub nearest_bound: Option<(f64, f64)>,
    /// Least and greatest share of what may miss the target that did miss it; above 1 it is
    /// overspent.
    pub spent: (f64, f64),
}

/// All objectives of one request at once, by the bounds of Fréchet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Joint {
    /// The objectives, at least two.
    pub signals: Vec<SignalId>,
    /// Least share of requests, 0–1.
    pub lo: f64,
    /// Greatest share of requests, 0–1.
    pub hi: f64,
}

impl Objectives {
    /// Of one scope and one window.
    pub(super) fn of(found: &diagnosis::Diagnosis, slo: &Slo) -> Self {
        let signals = &found.signals;
        let latencies =
            LATENCIES.iter().filter_map(|&id| latency(id, signals.get(id), found.finished, slo));
        let mut rows = latencies.collect_vec();
        rows.push(unfailed(found, slo.quantile));
        let most = |id| signals.get(id).and_then(|signal| signal.max);
        let waiting = most(SignalId::Waiting).unwrap_or(0.0);
        let joint = most(SignalId::Running).and_then(|running| {
            // Outputs of one request are another population.
            let of_requests = |row: &&Objective| row.signal != SignalId::Itl && row.counts(slo);
            joint(rows.iter().take(LATENCIES.len()).filter(of_requests), running + waiting)
        });
        let budget = budget::budget(&rows, &found.claims, slo);
        Self { quantile: slo.quantile, rows, joint, budget }
    }
}

impl Objective {
    /// A default for whole requests is a guess of how long outputs are: it is shown, and counts
    /// only where the kind of service is about whole requests.
    fn counts(&self, slo: &Slo) -> bool {
        self.signal != SignalId::E2e || self.given || slo.profile.primary() == SignalId::E2e
    }
}

fn latency(
    id: SignalId,
    signal: Option<&signal::Signal>,
    finished: Option<f64>,
    slo: &Slo,
) -> Option<Objective> {
    let (target, given) = slo.target(id)?;
    let attained = signal.and_then(|signal| {
        let met = signal.attainment?;
        let count = signal.count?;
        // Outputs of one request are slow together, so requests are what is independent.
        let requests = if id == SignalId::Itl { finished } else { Some(count) };
        let nearest = met.nearest.filter(|_| !met.exact);
        Some(Attained::of((met.lo, met.hi), count, requests, nearest, slo.quantile))
    });
    Some(Objective {
        signal: id,
        target: Some(target),
        given,
        kept: match signal.map(|signal| signal.level) {
            Some(Level::Normal | Level::Low) => Kept::Met,
            Some(Level::High) => Kept::Missed,
            _ => Kept::Unknown,
        },
        reason: signal
            .map_or_else(|| "not in the data".to_owned(), |signal| signal.level_reason.clone()),
        attained,
    })
}

/// Requests that fail or are lost miss whatever was promised of them.
fn unfailed(found: &diagnosis::Diagnosis, quantile: f64) -> Objective {
    let attained = found
        .unfailed
        .map(|one| Attained::of((one.lo, one.hi), one.ended, Some(one.ended), None, quantile));
    let (kept, reason) = match found.unfailed {
        None => (Kept::Unknown, "no counter of failures in the data, or nothing ended"),
        Some(one) if one.is_missed && one.hi < quantile => (Kept::Missed, ""),
        Some(one) if one.lo >= quantile => (Kept::Met, ""),
        Some(_) => (Kept::Unknown, "too few failures, or several counters that may overlap"),
    };
    Objective {
        signal: SignalId::LostRequests,
        target: None,
        given: false,
        kept,
        reason: reason.to_owned(),
        attained,
    }
}

impl Attained {
    fn of(
        (lo, hi): (f64, f64),
        count: f64,
        requests: Option<f64>,
        nearest_bound: Option<(f64, f64)>,
        quantile: f64,
    ) -> Self {
        let independent = requests.map(|requests| requests.min(count));
        let spent = |met: f64| (1.0 - met) / (1.0 - quantile);
        Self {
            lo,
            hi,
            sample: independent.and_then(|requests| compatible_shares((lo, hi), requests)),
            count,
            requests,
            nearest_bound,
            spent: (spent(hi), spent(lo)),
        }
    }
}

/// All of these at once, of which up to `inside` requests are counted by one of them alone at
/// either end of the window.
fn joint<'a>(rows: impl Iterator<Item = &'a Objective>, inside: f64) -> Option<Joint> {
    let mut signals = Vec::new();
    let (mut all, mut least) = ((1.0, 1.0), f64::INFINITY);
    for row in rows {
        let Some(attained) = row.attained else { continue };
        let own = (attained.lo, attained.hi);
        all = if signals.is_empty() { own } else { joint_interval(all, own) };
        least = least.min(attained.count);
        signals.push(row.signal);
    }
    let others = inside / least;
    if signals.len() < 2 || others.is_nan() || others > OTHER_REQUESTS {
        return None;
    }
    // Each objective may be off by the others; the greatest share is that of one objective.
    let off = others * signals.len() as f64;
    Some(Joint { signals, lo: (all.0 - off).max(0.0), hi: (all.1 + others).min(1.0) })
}
