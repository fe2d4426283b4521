//! Whether a window differs from the system's own history by more than its history differs from
//! itself.
//!
//! No report uses it yet; the tests keep the claim of `docs/mathematics.md` about its false alarms
//! true.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::{Basis, Comparison, Histogram};

/// Observations that a window must hold to be compared. Below, only gross changes can be told from
/// chance.
pub const LEAST_OBSERVATIONS: f64 = 100.0;

/// Windows of history that are needed: with fewer, even the most unusual window is no rarer than
/// [`LEVEL`].
pub const LEAST_HISTORY: usize = 99;

/// How rare a window must be among its history, once for each of the two statistics.
pub const LEVEL: f64 = 0.01;

/// The least change worth a word: 8 % of latency for most requests.
pub const LEAST_SHIFT: f64 = 0.08;

/// The least growth of a tail worth a word: 1.25 times as many slow requests.
pub const LEAST_TAIL_RATIO: f64 = 1.25;

/// Whether a window has changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ChangeVerdict {
    /// The window holds fewer than [`LEAST_OBSERVATIONS`].
    TooFewObservations,
    /// Fewer than [`LEAST_HISTORY`] windows of history hold enough observations, or the windows
    /// share fewer than two bounds.
    TooLittleHistory,
    /// As its history is.
    Unchanged(ChangeEvidence),
    /// Rarer than its history explains, by more than the least change worth a word.
    Changed(ChangeEvidence),
}

/// What the verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeEvidence {
    /// The window against its whole history.
    pub difference: Comparison,
    /// Share of windows, this one among them, whose shift is at least as large; at least 1/(K + 1).
    pub shift_rank: f64,
    /// The same for the growth of the tail.
    pub tail_rank: f64,
    /// K, the windows of history that were used.
    pub history: usize,
}

/// Compares a window with windows of the same length from the system's own history, such as the
/// last eight hours or the same hour of the last days, in any order.
///
/// Both statistics of [`Histogram::compare`] are computed for every window against all the others
/// together, the new one included. If the windows are exchangeable, each rank of the new one is
/// equally likely, however much the system wobbles from window to window: a rank of at most
/// [`LEVEL`] has a probability of at most [`LEVEL`] (conformal prediction, Vovk and others 2005).
/// With two statistics the probability of a false alarm is below 2 %. A change is only called one
/// if it also exceeds [`LEAST_SHIFT`] or [`LEAST_TAIL_RATIO`].
///
/// - A drift that lasts longer than the history is no change: it is the history.
/// - A history that grows steadily is not exchangeable: its newest window is the most unusual one.
/// - Windows of history with fewer than [`LEAST_OBSERVATIONS`]: left out.
///
/// ```
/// use inference_triage_core::caveat::Caveats;
/// use inference_triage_core::histogram::{Basis, Histogram};
/// use inference_triage_harness::change::{ChangeVerdict, detect_change};
///
/// let window = |fast: f64| {
///     let buckets = [(1.0, fast), (2.0, 900.0), (4.0, 990.0), (f64::INFINITY, 1000.0)];
///     Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut Caveats::new()).unwrap()
/// };
/// let history: Vec<Histogram> =
///     (0..99).map(|step| window(500.0 + f64::from(step % 20))).collect();
/// let history: Vec<&Histogram> = history.iter().collect();
/// assert!(matches!(detect_change(&window(510.0), &history), ChangeVerdict::Unchanged(_)));
/// assert!(matches!(detect_change(&window(200.0), &history), ChangeVerdict::Changed(_)));
/// ```
pub fn detect_change(now: &Histogram, history: &[&Histogram]) -> ChangeVerdict {
    let enough = |window: &&&Histogram| window.count() >= LEAST_OBSERVATIONS;
    if !enough(&&now) {
        return ChangeVerdict::TooFewObservations;
    }
    let windows: Vec<&Histogram> =
        [now].into_iter().chain(history.iter().filter(enough).copied()).collect();
    if windows.len() <= LEAST_HISTORY {
        return ChangeVerdict::TooLittleHistory;
    }
    let Some(evidence) = evidence(&windows) else { return ChangeVerdict::TooLittleHistory };
    let rare = |rank: f64| rank <= LEVEL;
    let shifted = rare(evidence.shift_rank) && evidence.difference.shift > libm::log1p(LEAST_SHIFT);
    let grown = |ratio: f64| rare(evidence.tail_rank) && ratio > LEAST_TAIL_RATIO;
    if shifted || evidence.difference.tail_ratio().is_some_and(grown) {
        ChangeVerdict::Changed(evidence)
    } else {
        ChangeVerdict::Unchanged(evidence)
    }
}

/// Ranks of the first window among all of them; `None` where they share fewer than two bounds.
fn evidence(windows: &[&Histogram]) -> Option<ChangeEvidence> {
    let bounds = shared_bounds(windows);
    let counts: Vec<Vec<f64>> = windows.iter().map(|window| counts_at(window, &bounds)).collect();
    let mut all = vec![0.0; bounds.len() + 1];
    for window in &counts {
        all.iter_mut().zip(window).for_each(|(total, count)| *total += count);
    }
    let against_others = |window: &Vec<f64>| {
        let others: Vec<f64> = all.iter().zip(window).map(|(total, count)| total - count).collect();
        histogram_of(&bounds, window)?.compare(&histogram_of(&bounds, &others)?)
    };
    let differences = counts.iter().map(against_others).collect::<Option<Vec<Comparison>>>()?;
    let difference = differences[0];
    let tail =
        |difference: &Comparison| difference.tail.map_or(f64::NEG_INFINITY, |tail| tail.log_ratio);
    let rank = |as_large: &dyn Fn(&Comparison) -> bool| {
        differences.iter().filter(|other| as_large(other)).count() as f64 / differences.len() as f64
    };
    Some(ChangeEvidence {
        difference,
        shift_rank: rank(&|other| other.shift >= difference.shift),
        tail_rank: rank(&|other| tail(other) >= tail(&difference)),
        history: windows.len() - 1,
    })
}

/// The finite positive bounds that all of them have, ascending.
fn shared_bounds(windows: &[&Histogram]) -> Vec<f64> {
    let Some((first, others)) = windows.split_first() else { return Vec::new() };
    let usable = |bound: &f64| *bound > 0.0 && bound.is_finite();
    let shared = |bound: &f64| others.iter().all(|other| other.upper_bounds().contains(bound));
    first.upper_bounds().iter().copied().filter(usable).filter(shared).collect()
}

/// Observations at or below each bound, then all of them.
fn counts_at(window: &Histogram, bounds: &[f64]) -> Vec<f64> {
    let mut counts: Vec<f64> = bounds
        .iter()
        .map(|bound| {
            let buckets = window.upper_bounds().iter().zip(window.counts());
            buckets.filter(|(upper, _)| *upper <= bound).map(|(_, count)| count).sum()
        })
        .collect();
    counts.push(window.count());
    counts
}

fn histogram_of(bounds: &[f64], counts: &[f64]) -> Option<Histogram> {
    let bounds = bounds.iter().copied().chain([f64::INFINITY]);
    let buckets: Vec<(f64, f64)> = bounds.zip(counts.iter().copied()).collect();
    Histogram::from_cumulative(&buckets, None, Basis::Estimated, &mut Caveats::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(fast: f64, total: f64) -> Histogram {
        let buckets =
            [(1.0, fast * total), (2.0, 0.9 * total), (4.0, 0.98 * total), (f64::INFINITY, total)];
        Histogram::from_cumulative(&buckets, None, Basis::Estimated, &mut Caveats::new())
            .expect("valid")
    }

    #[test]
    fn verdicts_in_their_order() {
        let history: Vec<Histogram> =
            (0..99).map(|step| window(0.5 + 0.001 * f64::from(step % 10), 1000.0)).collect();
        let history: Vec<&Histogram> = history.iter().collect();
        let few = window(0.5, 99.0);
        assert_eq!(detect_change(&few, &history), ChangeVerdict::TooFewObservations);
        let now = window(0.3, 1000.0);
        assert_eq!(detect_change(&now, &history[1..]), ChangeVerdict::TooLittleHistory);
        let mut with_few = history.clone();
        with_few[5] = &few;
        assert_eq!(
            detect_change(&now, &with_few),
            ChangeVerdict::TooLittleHistory,
            "a window of 99 does not count"
        );
        assert!(matches!(
            detect_change(&window(0.505, 1000.0), &history),
            ChangeVerdict::Unchanged(_)
        ));
        let ChangeVerdict::Changed(evidence) = detect_change(&now, &history) else {
            panic!("0.2 more at 1 s")
        };
        assert_eq!((evidence.history, evidence.shift_rank), (99, 0.01));
        assert!(evidence.difference.signed_shift > 0.13);
    }

    #[test]
    fn a_rare_but_small_difference_is_no_change() {
        let history: Vec<Histogram> = (0..120).map(|_| window(0.5, 1000.0)).collect();
        let history: Vec<&Histogram> = history.iter().collect();
        let ChangeVerdict::Unchanged(evidence) = detect_change(&window(0.45, 1000.0), &history)
        else {
            panic!("0.05 · ln 2 is less than 8 %")
        };
        assert!(evidence.shift_rank < LEVEL);
    }
}
