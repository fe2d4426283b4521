//! Stretches in which nothing comes out of a replica, and whether requests are inside meanwhile.

use crate::catalogue::families::Family;
use crate::growth::gauge::Gauge;
use crate::scope::Replica;

/// Shortest silence that is kept, milliseconds. No threshold may ask for less: an engine that
/// computes one long prompt alone is silent for seconds.
const SHORTEST_KEPT: i64 = 10_000;

/// Scrapes that may be missed within a silence: behind more, another process may answer. With fewer
/// a hang that slows its scrapes is none; with more a loop of restarts is one.
const MISSED: i64 = 2;

/// A stretch in which nothing came out, as grid indices of its first
/// and last sample: every counter is the same at both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// First sample.
    pub from: usize,
    /// Last sample.
    pub to: usize,
    /// What was there meanwhile.
    pub inside: Inside,
    /// Last sample before something came out, whatever was there until then.
    pub until: usize,
    /// How often requests were there at one sample and none at the next while nothing came out:
    /// they left without output, or it is not counted.
    pub left: u32,
}

/// Requests at an engine that produces nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    /// Some run or wait.
    Requests,
    /// None does.
    Nothing,
    /// Running or waiting is not measured, and the other one shows nothing.
    Unknown,
}

/// The silences between samples at which every counter of output is there, in time order; `spacing`
/// is the usual distance of samples, milliseconds.
#[expect(clippy::float_cmp, reason = "a sum of counters that stand still repeats to the last bit")]
pub(super) fn silences(
    replica: &Replica,
    output: &[f64],
    seen: &[usize],
    times: &[i64],
    spacing: i64,
) -> Vec<Silence> {
    let mut silences: Vec<Silence> = Vec::new();
    let mut open: Option<Silence> = None;
    // The first silence of the stretch without output, and whether requests left in it.
    let (mut stretch, mut left) = (0, 0);
    let close = |silences: &mut Vec<Silence>, open: &mut Option<Silence>| {
        if let Some(one) = open.take()
            && times[one.to] - times[one.from] >= SHORTEST_KEPT
        {
            silences.push(one);
        }
    };
    let end = |silences: &mut [Silence], until: usize, left: u32| {
        for one in silences {
            (one.until, one.left) = (until, left);
        }
    };
    for pair in seen.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let (before, after) = (in_flight(replica, from), in_flight(replica, to));
        let inside = match (before, after) {
            (Some(before), Some(after)) if before > 0.0 && after > 0.0 => Inside::Requests,
            (Some(_), Some(_)) => Inside::Nothing,
            _ => Inside::Unknown,
        };
        let moved = output[from] != output[to];
        // A process that ends in every gap shows zero each time it is back.
        let is_gap = times[to] - times[from] > (MISSED + 1) * spacing;
        if moved || is_gap {
            close(&mut silences, &mut open);
            if moved {
                end(&mut silences[stretch..], from, left);
                (stretch, left) = (silences.len(), 0);
            }
            continue;
        }
        left += u32::from(before > Some(0.0) && after == Some(0.0));
        match &mut open {
            Some(one) if one.inside == inside => one.to = to,
            _ => {
                close(&mut silences, &mut open);
                open = Some(Silence { from, to, inside, until: to, left: 0 });
            }
        }
    }
    close(&mut silences, &mut open);
    end(&mut silences[stretch..], seen.last().copied().unwrap_or(0), left);
    silences
}

/// Requests that run or wait at a grid time; None where that is not known: that nothing runs says
/// nothing of a queue that is not measured, nor an empty queue of the batch.
pub(crate) fn in_flight(replica: &Replica, index: usize) -> Option<f64> {
    let at = |family| {
        let values = replica.gauge(family).map(Gauge::values);
        values.and_then(|values| values.get(index)).copied().unwrap_or(f64::NAN)
    };
    let (running, waiting) = (at(Family::Running), at(Family::Waiting));
    let both = running.max(0.0) + waiting.max(0.0);
    (both > 0.0 || !(running + waiting).is_nan()).then_some(both)
}
