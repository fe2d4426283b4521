//! Stretches in which nothing comes out of a replica, and whether requests are inside meanwhile.

use crate::catalogue::families::Family;
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
    /// Neither running nor waiting is measured.
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
        let (before, after) = (demand(replica, from), demand(replica, to));
        let inside = if before > 0.0 && after > 0.0 {
            Inside::Requests
        } else if before.is_nan() || after.is_nan() {
            Inside::Unknown
        } else {
            Inside::Nothing
        };
        let moved = output[from] != output[to];
        // A process that ends in every gap shows zero each time it is back.
        let is_gap = times[to] - times[from] > (MISSED + 1) * spacing;
        if moved || is_gap || (inside == Inside::Unknown && before.is_nan() != after.is_nan()) {
            close(&mut silences, &mut open);
            if moved {
                end(&mut silences[stretch..], from, left);
                (stretch, left) = (silences.len(), 0);
            }
            continue;
        }
        left += u32::from(before > 0.0 && after <= 0.0);
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

/// Requests that run or wait at a grid time; NaN where that is not known. That nothing waits says
/// nothing of a batch that is not measured.
fn demand(replica: &Replica, index: usize) -> f64 {
    let at = |family| replica.gauge(family).map_or(f64::NAN, |gauge| gauge.values()[index]);
    let (running, waiting) = (at(Family::Running), at(Family::Waiting));
    if waiting > 0.0 || !running.is_nan() { running.max(0.0) + waiting.max(0.0) } else { f64::NAN }
}
