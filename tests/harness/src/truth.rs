//! What only someone who saw every observation can say, in exact arithmetic; and whether an answer
//! is compatible with it.

use inference_triage_core::histogram::{FractionBounds, QuantileBounds};

use crate::window::Window;

/// ⌈q·N⌉ without rounding, at least 1. `q` is read as it is written: as the shortest decimal that
/// is this float.
///
/// Multiplied and divided on paper, digit by digit.
///
/// # Panics
/// When `q` is outside [0, 1] or there are no observations.
pub fn rank(q: f64, count: usize) -> usize {
    assert!((0.0..=1.0).contains(&q) && count > 0, "no rank of {q} among {count}");
    let written = q.abs().to_string();
    let (whole, decimals) = written.split_once('.').unwrap_or((&written, ""));
    let mut digits: Vec<usize> =
        whole.bytes().chain(decimals.bytes()).map(|byte| usize::from(byte - b'0')).collect();
    let mut carry = 0;
    for digit in digits.iter_mut().rev() {
        carry += *digit * count;
        *digit = carry % 10;
        carry /= 10;
    }
    let (head, tail) = digits.split_at(whole.len());
    let floor = head.iter().fold(carry, |value, digit| value * 10 + digit);
    (floor + usize::from(tail.iter().any(|&digit| digit > 0))).max(1)
}

/// The ⌈qN⌉-th smallest observation.
pub fn quantile(window: &Window, q: f64) -> f64 {
    window.sorted[rank(q, window.count()) - 1]
}

/// The share of observations ≤ `threshold`, as the float nearest to the exact ratio.
pub fn fraction(window: &Window, threshold: f64) -> f64 {
    window.sorted.partition_point(|&value| value <= threshold) as f64 / window.count() as f64
}

/// An interval for one observation.
#[derive(Debug, Clone, Copy)]
pub struct Interval {
    /// Lower end.
    pub lo: f64,
    /// Upper end; absent when unbounded.
    pub hi: Option<f64>,
    /// The observation is strictly greater than `lo`.
    pub lo_excluded: bool,
}

impl Interval {
    /// Whether a value lies in it. NaN ends hold nothing.
    pub fn holds(&self, value: f64) -> bool {
        let above = if self.lo_excluded { self.lo < value } else { self.lo <= value };
        above && self.hi.is_none_or(|hi| value <= hi)
    }
}

impl From<&QuantileBounds> for Interval {
    fn from(bounds: &QuantileBounds) -> Self {
        Self { lo: bounds.lo, hi: bounds.hi, lo_excluded: bounds.lo_excluded }
    }
}

/// Fails with the case when the interval misses the true quantile.
pub fn check_quantile(window: &Window, q: f64, interval: Option<Interval>) -> Result<(), String> {
    let truth = quantile(window, q);
    match interval {
        Some(interval) if interval.holds(truth) => Ok(()),
        _ => Err(format!(
            "q = {q:?}, rank {} of {}: {interval:?} does not hold {truth:?}\n{}",
            rank(q, window.count()),
            window.count(),
            describe(window)
        )),
    }
}

/// Fails with the case when the bounds miss the true fraction.
pub fn check_fraction(
    window: &Window,
    threshold: f64,
    bounds: Option<&FractionBounds>,
) -> Result<(), String> {
    let truth = fraction(window, threshold);
    match bounds {
        Some(bounds) if bounds.lo <= truth && truth <= bounds.hi => Ok(()),
        _ => Err(format!(
            "≤ {threshold:?}: {bounds:?} does not hold {truth:?}\n{}",
            describe(window)
        )),
    }
}

/// The whole case, cut where it is long.
pub fn describe(window: &Window) -> String {
    let counts: Vec<_> =
        window.cumulative.iter().filter(|(_, count)| *count > 0.0).take(30).collect();
    let values: Vec<_> = window.sorted.iter().take(30).collect();
    format!(
        "{}\n{:?}\nnon-empty cumulative buckets {counts:?}\nsorted {values:?}",
        window.story, window.sum
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_is_the_exact_ceiling() {
        // The floats nearest to 0.1 and 0.9 are a little more than these, those nearest to 0.95 and
        // 0.3 a little less.
        let cases = [
            (0.0, 5, 1),
            (1.0, 5, 5),
            (0.5, 4, 2),
            (0.5, 5, 3),
            (0.1, 10, 1),
            (0.9, 10, 9),
            (0.9_f64.next_up(), 10, 10),
            (0.07, 100, 7),
            (0.95, 20, 19),
            (0.3, 10, 3),
            (0.95_f64.next_up(), 20, 20),
            (1.0 / 3.0, 3, 1),
            (2.0 / 3.0, 3, 2),
            (1.0_f64.next_down(), 1_000, 1_000),
            (f64::MIN_POSITIVE, 1_000, 1),
            (5e-324, 1_000_000, 1),
            (-0.0, 3, 1),
        ];
        for (q, count, expected) in cases {
            assert_eq!(rank(q, count), expected, "{q:?} of {count}");
        }
    }

    #[test]
    fn an_interval_is_closed_above_and_closed_or_open_below() {
        let closed = Interval { lo: 1.0, hi: Some(2.0), lo_excluded: false };
        let open = Interval { lo_excluded: true, ..closed };
        let unbounded = Interval { hi: None, ..closed };
        let undefined = Interval { lo: f64::NAN, ..closed };
        for (value, expected) in [
            (1.0_f64.next_down(), [false, false, false, false]),
            (1.0, [true, false, true, false]),
            (1.0_f64.next_up(), [true, true, true, false]),
            (2.0, [true, true, true, false]),
            (2.0_f64.next_up(), [false, false, true, false]),
        ] {
            let held = [closed, open, unbounded, undefined].map(|interval| interval.holds(value));
            assert_eq!(held, expected, "{value:?}");
        }
    }
}
