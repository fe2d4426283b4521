//! How many requests a window must hold before its share of misses may alert anyone.

use std::sync::OnceLock;

/// Probability that a service which misses exactly its budget is taken for one that burns it, for
/// one window. A year has 8,760 windows of an hour, so 1e-5 is one in ten years by chance; at 1e-3
/// a small service pages monthly for nothing, at 1e-7 it must serve for hours before it can alert.
pub(crate) const CHANCE: f64 = 1e-5;

/// Standard errors by which the share must lie above the budget. The normal tail at 4.3 is
/// [`CHANCE`]; shares of rare misses have a heavier one, for which 5 leaves room. Lower, the count
/// that [`least_requests`] asks for grows beyond all windows; higher, slow burn is seen days late.
pub(crate) const STANDARD_ERRORS: f64 = 5.0;

/// Requests that miss together: those behind one long prompt or one stall are slow at once, so that
/// five of six at night are one event and not five. At 1, such a night pages; at 20, a service of a
/// request a minute can never be paged within the hour.
pub(crate) const TOGETHER: f64 = 5.0;

/// Most groups of requests that are tried: with so many a share is known to a thousandth.
const MOST: usize = 1 << 17;

/// The margin above a budget times the square root of the number of requests: so many standard
/// errors, of requests that miss [`TOGETHER`].
pub(crate) fn margin(budget: f64) -> f64 {
    STANDARD_ERRORS * (TOGETHER * budget * (1.0 - budget)).sqrt()
}

/// The least number of requests from which on a service that misses its `budget` passes `line` or
/// the [`margin`] above its budget with a probability of at most [`CHANCE`], whatever the number is.
/// Source: the binomial distribution of groups that miss [`TOGETHER`], summed exactly.
pub(crate) fn least_requests(budget: f64, line: f64) -> usize {
    TOGETHER as usize * least_groups(budget, line)
}

fn least_groups(budget: f64, line: f64) -> usize {
    static LOGARITHMS: OnceLock<Logarithms> = OnceLock::new();
    let logarithms = LOGARITHMS.get_or_init(|| Logarithms::new(MOST));
    let allowed = |requests: usize| allowed(budget, line, requests);
    let is_safe = |requests: usize| logarithms.tail(requests, allowed(requests), budget) <= CHANCE;
    // Each further request makes the same number of misses likelier, so that the last number before
    // one more miss is allowed is the worst of its kind; where those up to the double of a number
    // are safe, the margin decides for all beyond.
    let mut first = 1;
    let mut tried = 1;
    while tried < MOST && tried < 2 * first + 64 {
        if allowed(tried + 1) > allowed(tried) && !is_safe(tried) {
            first = tried + 1;
        }
        tried += 1;
    }
    first
}

/// Most of so many that may miss without an alert.
fn allowed(budget: f64, line: f64, requests: usize) -> usize {
    let n = requests as f64;
    let margin = STANDARD_ERRORS * (budget * (1.0 - budget) / n).sqrt();
    (line.max(budget + margin) * n).floor() as usize
}

/// Logarithms of factorials.
struct Logarithms(Vec<f64>);

impl Logarithms {
    fn new(most: usize) -> Self {
        let mut sum = 0.0;
        let mut all = vec![0.0];
        for number in 1..=most {
            sum += (number as f64).ln();
            all.push(sum);
        }
        Self(all)
    }

    /// Probability of more than `most` of `n` at a probability of `p` each.
    fn tail(&self, n: usize, most: usize, p: f64) -> f64 {
        let mut sum = 0.0;
        for missed in most + 1..=n {
            let ways = self.0[n] - self.0[missed] - self.0[n - missed];
            let term = ways + missed as f64 * p.ln() + (n - missed) as f64 * (1.0 - p).ln();
            let term = term.exp();
            sum += term;
            // Beyond the mean the terms fall, at last by more than a half each.
            if term < sum * 1e-12 {
                break;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: 3 misses of 3 at 5 % are 0.05³; more than 1 of 4 at one half are 11 of 16.
    #[test]
    fn the_tail_is_that_of_the_binomial_distribution() {
        let logarithms = Logarithms::new(10);
        assert!((logarithms.tail(3, 2, 0.05) - 1.25e-4).abs() < 1e-12);
        assert!((logarithms.tail(4, 1, 0.5) - 11.0 / 16.0).abs() < 1e-12);
        assert!(logarithms.tail(4, 4, 0.5) <= 0.0, "no more than all");
    }

    #[test]
    fn three_slow_requests_at_night_are_not_enough() {
        // 0.05^n falls below 1e-5 at n = 4, but 4 of 5 still is 3e-5.
        let least = least_groups(0.05, 0.72);
        assert!((4..=16).contains(&least), "{least}");
        // One percent: 14.4 % of ten is two, which chance brings in four hours of a thousand.
        let least = least_groups(0.01, 0.144);
        assert!((20..=80).contains(&least), "{least}");
    }

    /// What the least number promises, of every number up to its double.
    #[test]
    fn chance_alerts_no_oftener_than_promised() {
        for (budget, factor) in
            [(0.05, 14.4), (0.05, 6.0), (0.05, 1.0), (0.01, 14.4), (0.01, 6.0), (0.001, 14.4)]
        {
            let line = f64::min(budget * factor, 0.9);
            let least = least_groups(budget, line);
            let logarithms = Logarithms::new(2 * least);
            for requests in least..=2 * least {
                let most = allowed(budget, line, requests);
                let chance = logarithms.tail(requests, most, budget);
                assert!(chance <= CHANCE, "{budget} × {factor}: {chance} at {requests}");
            }
        }
    }

    #[test]
    fn a_finer_budget_needs_more_requests() {
        let counts: Vec<usize> =
            [0.1, 0.05, 0.01, 0.001].map(|budget| least_groups(budget, 6.0 * budget)).into();
        assert!(counts.is_sorted(), "{counts:?}");
        assert!(counts[3] < 5_000, "{counts:?}");
    }
}
