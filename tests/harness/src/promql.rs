//! PromQL's `rate` and `increase` of a counter, for comparing with what a server prints.
//!
//! Nothing of a diagnosis uses them: between two samples the increase of a counter is exact, and
//! extrapolating it to the ends of a window makes counts fractional.

/// Which version's rules are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rules {
    /// 3.0 and later, as read at 3.14: the range excludes its start, and the zero point limits the
    /// extrapolation after the threshold has.
    #[default]
    Version3,
    /// 2.x, as run at 2.42: the range includes its start, and the zero point limits the
    /// extrapolation before the threshold does, so that a counter that started near 0 shortly
    /// before the range is extrapolated further.
    Version2,
}

/// What `increase(counter[range])` prints at a time. Samples are (Unix milliseconds, value) in
/// ascending order of time, as the server stores them, without stale markers; `at` and `range` are
/// in milliseconds.
///
/// It assumes that the counter grew evenly between its samples and beyond them, at most half an
/// average gap further than the samples reach if they stop short of an end of the range.
///
/// - Fewer than two samples in the range: `None`.
/// - A value below the one before it: a reset; growth continues from 0.
/// - The counter would have been negative at the start of the range: extrapolated to its zero point
///   only.
/// - All samples at one time: nothing is extrapolated.
///
/// ```
/// use inference_triage_harness::promql::{Rules, prometheus_increase};
///
/// let samples = [(0, 10.0), (15_000, 16.0), (30_000, 22.0), (45_000, 28.0)];
/// // From 15 s (excluded at the start) to 60 s: 6 in 15 s, extrapolated to 45 s.
/// assert_eq!(prometheus_increase(&samples, 60_000, 45_000, Rules::Version3), Some(18.0));
/// ```
pub fn prometheus_increase(
    samples: &[(i64, f64)],
    at: i64,
    range: i64,
    rules: Rules,
) -> Option<f64> {
    let (growth, factor) = extrapolated(samples, at, range, rules)?;
    Some(growth * factor)
}

/// What `rate(counter[range])` prints at a time: [`prometheus_increase`] per second of the range.
///
/// - A range without length: infinite or NaN; no server accepts it.
pub fn prometheus_rate(samples: &[(i64, f64)], at: i64, range: i64, rules: Rules) -> Option<f64> {
    let (growth, factor) = extrapolated(samples, at, range, rules)?;
    // This order of operations decides the last bit.
    Some(growth * (factor / (range as f64 / 1000.0)))
}

/// The growth between the samples of the range, and the factor that extrapolates it to the whole of
/// it.
fn extrapolated(samples: &[(i64, f64)], at: i64, range: i64, rules: Rules) -> Option<(f64, f64)> {
    let start = at.saturating_sub(range);
    let from = samples.partition_point(|(time, _)| match rules {
        Rules::Version3 => *time <= start,
        Rules::Version2 => *time < start,
    });
    let to = samples.partition_point(|(time, _)| *time <= at);
    let inside = samples.get(from..to)?;
    let [(first_time, first), .., (last_time, last)] = *inside else { return None };
    let mut growth = last - first;
    for pair in inside.windows(2) {
        if pair[1].1 < pair[0].1 {
            growth += pair[0].1;
        }
    }
    let seconds = |from: i64, to: i64| to.saturating_sub(from) as f64 / 1000.0;
    let sampled = seconds(first_time, last_time);
    let gap = sampled / (inside.len() - 1) as f64;
    let threshold = gap * 1.1;
    let zero_point =
        if growth > 0.0 && first >= 0.0 { sampled * (first / growth) } else { f64::INFINITY };
    let limited = |distance: f64| if distance >= threshold { gap / 2.0 } else { distance };
    let nearer = |distance: f64| if zero_point < distance { zero_point } else { distance };
    let before = match rules {
        Rules::Version3 => nearer(limited(seconds(start, first_time))),
        Rules::Version2 => limited(nearer(seconds(start, first_time))),
    };
    let after = limited(seconds(last_time, at));
    let factor = if sampled == 0.0 { 1.0 } else { (sampled + before + after) / sampled };
    Some((growth, factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample every 10 s from 0.
    fn every_ten_seconds(values: &[f64]) -> Vec<(i64, f64)> {
        (0..).step_by(10_000).zip(values.iter().copied()).collect()
    }

    fn increase(values: &[f64], at: i64, range: i64, rules: Rules) -> Option<f64> {
        prometheus_increase(&every_ten_seconds(values), at * 1000, range * 1000, rules)
    }

    #[test]
    fn special_cases_in_the_order_of_the_documentation() {
        use Rules::{Version2, Version3};
        let steady = [100.0, 110.0, 120.0, 130.0, 140.0];
        let cases = [
            ("one sample", &[5.0][..], 5, 10, Version3, None),
            ("nothing in the range", &steady, 200, 60, Version3, None),
            // (0, 40] holds 110 … 140: 30 in 30 s, extrapolated by the 10 s to the start.
            ("open start", &steady, 40, 40, Version3, Some(40.0)),
            ("closed start", &steady, 40, 40, Version2, Some(40.0)),
            // 30 s to 40 s with (20, 45]: 10 in 10 s, 10 s before and 5 s after.
            ("both ends near", &steady, 45, 25, Version3, Some(25.0)),
            // 60 s at the end: only half a gap is taken.
            ("stops short", &steady, 100, 90, Version3, Some(20.0 * (20.0 + 10.0 + 5.0) / 20.0)),
            (
                "a reset",
                &[100.0, 110.0, 4.0, 14.0],
                30,
                30,
                Version3,
                Some(14.0 * (20.0 + 10.0) / 20.0),
            ),
            // Growth of 20 in 20 s from 5: the zero point lies 5 s before the first sample.
            ("zero point", &[5.0, 15.0, 25.0], 20, 30, Version3, Some(25.0)),
            // The zero point lies 10 s before, the start 20 s: half a gap in one version, 10 s in
            // the other.
            ("zero point beyond half a gap", &[10.0, 20.0, 30.0], 20, 40, Version3, Some(25.0)),
            ("zero point first", &[10.0, 20.0, 30.0], 20, 40, Version2, Some(30.0)),
            ("no growth", &[5.0, 5.0, 5.0], 20, 30, Version3, Some(0.0)),
            ("negative", &[-5.0, 5.0], 15, 15, Version2, Some(10.0 * (10.0 + 0.0 + 5.0) / 10.0)),
        ];
        for (name, values, at, range, rules, expected) in cases {
            let got = increase(values, at, range, rules);
            let close = match (got, expected) {
                (Some(got), Some(expected)) => (got - expected).abs() < 1e-12,
                (got, expected) => got == expected,
            };
            assert!(close, "{name}: {got:?}, not {expected:?}");
        }
        let rate = prometheus_rate(&every_ten_seconds(&steady), 40_000, 40_000, Rules::Version3);
        assert_eq!(rate, Some(1.0));
        let at_once = [(5_000, 1.0), (5_000, 4.0)];
        assert_eq!(prometheus_increase(&at_once, 10_000, 10_000, Rules::Version3), Some(3.0));
    }

    #[test]
    fn any_samples_end_without_a_panic() {
        let numbers = [0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, f64::MAX];
        for a in numbers {
            for b in numbers {
                for range in [i64::MIN, -1, 0, 1, i64::MAX] {
                    for at in [i64::MIN, 0, 1, i64::MAX] {
                        let _ = prometheus_rate(&[(0, a), (1, b)], at, range, Rules::Version3);
                        let _ = prometheus_increase(
                            &[(i64::MIN, a), (i64::MAX, b)],
                            at,
                            range,
                            Rules::Version2,
                        );
                    }
                }
            }
        }
    }
}
