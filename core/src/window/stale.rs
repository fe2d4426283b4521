//! Stretches in which a page was answered and nothing on it moved, not even the processor time of
//! the process behind it.

use crate::catalogue::families::Family;
use crate::scope::Replica;
use crate::store::grid::LOOKBACK_MS;
use crate::window::silence::Silence;

/// Samples that a page must repeat to be no answer of the process. An answer costs a few hundredths
/// of a second of processor time, which is counted in hundredths: one or two may pass without a
/// step, four do not. More, and a copy is found later.
const STALE_SAMPLES: i64 = 4;

/// Milliseconds beyond which a stretch of samples that lie `spacing` apart is one of old copies: a
/// server repeats the last sample of a target that is gone, and this is longer by several scrapes.
pub(super) fn longest_repeat(spacing: i64) -> i64 {
    LOOKBACK_MS + STALE_SAMPLES * spacing
}

/// Those stretches of the silences of a replica whose samples lie `spacing` milliseconds apart, as
/// grid indices of their first and last sample, in time order: long enough that no process answered
/// meanwhile, whether old copies did or nobody.
pub(super) fn stale(
    replica: &Replica,
    silences: &[Silence],
    spacing: i64,
    times: &[i64],
) -> Vec<(usize, usize)> {
    let Some(used) = replica.counter(Family::ProcessCpu) else { return Vec::new() };
    let shortest = STALE_SAMPLES * spacing;
    let mut stale = Vec::new();
    for silence in silences {
        let (mut from, mut to) = (silence.from, silence.from);
        let mut before = f64::NAN;
        for index in silence.from..=silence.to {
            let now = used.at(index);
            if now.is_nan() {
                continue;
            }
            if now > before || before.is_nan() {
                keep(&mut stale, (from, to), shortest, times);
                from = index;
            }
            (to, before) = (index, now);
        }
        keep(&mut stale, (from, to), shortest, times);
    }
    stale
}

fn keep(stale: &mut Vec<(usize, usize)>, (from, to): (usize, usize), shortest: i64, times: &[i64]) {
    if times[to] - times[from] >= shortest.max(1) {
        stale.push((from, to));
    }
}
