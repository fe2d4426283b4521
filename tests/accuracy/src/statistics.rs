//! Shares with their uncertainty, and what a stated probability is worth.

use serde::{Deserialize, Serialize};

/// Quantile of the standard normal distribution that leaves 2.5 % on either side.
const Z95: f64 = 1.959_963_984_540_054;

/// A share of cases.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Share {
    /// Cases that count.
    pub hits: usize,
    /// All cases.
    pub of: usize,
}

impl Share {
    /// Counts the items for which `hit` holds.
    pub fn count<T>(items: impl IntoIterator<Item = T>, hit: impl Fn(&T) -> bool) -> Self {
        let mut share = Self::default();
        for item in items {
            share.of += 1;
            share.hits += usize::from(hit(&item));
        }
        share
    }

    /// Hits in [0, 1]; None without cases.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// Wilson's 95 % interval for the probability behind the share; [0, 1] without cases.
    ///
    /// Source: E. B. Wilson 1927. It keeps its coverage at 0 and 1, where the normal interval has
    /// no width.
    pub fn interval(self) -> (f64, f64) {
        if self.of == 0 {
            return (0.0, 1.0);
        }
        let n = self.of as f64;
        let p = self.hits as f64 / n;
        let z2 = Z95 * Z95;
        let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z95 / (1.0 + z2 / n) * libm::sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n));
        ((middle - half).max(0.0), (middle + half).min(1.0))
    }

    /// Whether two independent shares differ by more than chance: the 95 % interval of their
    /// difference does not hold 0. Never without cases.
    ///
    /// Source: R. G. Newcombe 1998, method 10, from Wilson's intervals of both.
    pub fn differs_from(self, other: Self) -> bool {
        let (Some(one), Some(two)) = (self.value(), other.value()) else { return false };
        let (greater, less) = if one >= two { (self, other) } else { (other, self) };
        let down = greater.value().unwrap_or(0.0) - greater.interval().0;
        let up = less.interval().1 - less.value().unwrap_or(0.0);
        (one - two).abs() > libm::sqrt(down * down + up * up)
    }
}

/// One bin of a reliability plot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Least stated probability of the bin, included.
    pub from: f64,
    /// Greatest stated probability of the bin, excluded but for the last bin.
    pub to: f64,
    /// Mean stated probability.
    pub stated: f64,
    /// Share that was right.
    pub right: Share,
}

/// Sorts (stated probability, was right) into `count` bins of equal width; empty bins are left out.
pub fn bins(pairs: &[(f64, bool)], count: usize) -> Vec<Bin> {
    let index = |stated: f64| ((stated * count as f64) as usize).min(count - 1);
    (0..count)
        .filter_map(|bin| {
            let inside: Vec<(f64, bool)> =
                pairs.iter().copied().filter(|(stated, _)| index(*stated) == bin).collect();
            (!inside.is_empty()).then(|| Bin {
                from: bin as f64 / count as f64,
                to: (bin + 1) as f64 / count as f64,
                stated: inside.iter().map(|(stated, _)| stated).sum::<f64>() / inside.len() as f64,
                right: Share::count(&inside, |(_, right)| *right),
            })
        })
        .collect()
}

/// Expected calibration error: the mean distance between stated probability and share right, each
/// bin weighted by its cases. None without cases.
pub fn expected_calibration_error(bins: &[Bin]) -> Option<f64> {
    let cases: usize = bins.iter().map(|bin| bin.right.of).sum();
    let distance = |bin: &Bin| (bin.right.hits as f64 - bin.stated * bin.right.of as f64).abs();
    (cases > 0).then(|| bins.iter().map(distance).sum::<f64>() / cases as f64)
}

/// The q-quantile of the values, the least one with at least q·n values at or below it. None
/// without values.
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = libm::ceil(q * sorted.len() as f64).max(1.0) as usize;
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 5e-5, "{value} is not {expected}");
    }

    /// Expected values: the formula by hand for 8 of 10, 0 of 10 and 10 of 10 (z = 1.96).
    #[test]
    fn wilson_interval_by_hand() {
        let (low, high) = Share { hits: 8, of: 10 }.interval();
        near(low, 0.49016);
        near(high, 0.94332);
        let (low, high) = Share { hits: 0, of: 10 }.interval();
        near(low, 0.0);
        near(high, 0.27753);
        near(Share { hits: 10, of: 10 }.interval().0, 0.72247);
        assert_eq!(Share::default().interval(), (0.0, 1.0));
        assert_eq!(Share::default().value(), None);
    }

    /// Newcombe's own examples (Statistics in Medicine 17, table II, method 10): 56/70 − 48/80 from
    /// 0.0524 to 0.3339, 6/7 − 2/7 from 0.0582 to 0.8062, 5/56 − 0/29 from −0.0381 to 0.1926.
    #[test]
    fn shares_differ_as_in_the_published_examples() {
        let share = |hits, of| Share { hits, of };
        assert!(share(56, 70).differs_from(share(48, 80)));
        assert!(share(2, 7).differs_from(share(6, 7)));
        assert!(!share(5, 56).differs_from(share(0, 29)));
        assert!(!share(5, 5).differs_from(Share::default()));
    }

    /// Two bins by hand: 0.6, 0.7 → one of two right, |1 − 1.3| = 0.3; 0.9, 0.9, 0.9 → three of
    /// three, |3 − 2.7| = 0.3; together 0.6 over five cases.
    #[test]
    fn calibration_error_by_hand() {
        let pairs = [(0.6, true), (0.7, false), (0.9, true), (0.9, true), (0.9, true)];
        let bins = bins(&pairs, 4);
        assert_eq!(bins.len(), 2);
        assert_eq!(bins[0].right, Share { hits: 1, of: 2 });
        assert_eq!(bins[1].right, Share { hits: 3, of: 3 });
        near(bins[0].stated, 0.65);
        near(expected_calibration_error(&bins).unwrap(), 0.12);
        assert_eq!(expected_calibration_error(&[]), None);
    }

    #[test]
    fn certainty_falls_into_the_last_bin() {
        let bins = bins(&[(1.0, true), (0.0, false)], 10);
        near(bins[1].from, 0.9);
        near(expected_calibration_error(&bins).unwrap(), 0.0);
    }

    #[test]
    fn quantiles_are_observations() {
        assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[3.0, 1.0, 2.0, 4.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
