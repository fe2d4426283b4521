//! Bucket layouts: vLLM's own and random ones, each with a weakness that some answer has to
//! survive.

use crate::random::Random;

/// vLLM's bounds of `time_to_first_token_seconds`, release 0.8.4 and later.
pub const TIME_TO_FIRST_TOKEN: [f64; 22] = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    20.0, 40.0, 80.0, 160.0, 640.0, 2560.0,
];

/// vLLM's bounds of `inter_token_latency_seconds`.
pub const INTER_TOKEN_LATENCY: [f64; 19] = [
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0,
    40.0, 80.0,
];

/// vLLM's bounds of `e2e_request_latency_seconds` and of the phase histograms.
pub const REQUEST_LATENCY: [f64; 21] = [
    0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0,
    480.0, 960.0, 1920.0, 7680.0,
];

/// Finite upper bounds, ascending, with a name for messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// What kind of layout it is.
    pub name: &'static str,
    /// Finite upper bounds, strictly ascending, at least one.
    pub bounds: Vec<f64>,
}

impl Layout {
    /// A layout of any kind.
    pub fn any(random: &mut Random) -> Self {
        let (name, bounds) = match random.below(14) {
            0 | 1 => ("time to first token", TIME_TO_FIRST_TOKEN.to_vec()),
            2 | 3 => ("inter-token latency", INTER_TOKEN_LATENCY.to_vec()),
            4 | 5 => ("request latency", REQUEST_LATENCY.to_vec()),
            6 => ("one finite bound", vec![random.log_uniform(1e-6, 1e6)]),
            7 => ("very fine", fine(random)),
            8 => {
                ("very coarse", vec![random.log_uniform(1e-6, 1e-2), random.log_uniform(1e3, 1e9)])
            }
            9 => ("neighbouring floats", neighbours(random)),
            10 => {
                ("multiples of 0.1", (1..=random.between(2, 40)).map(|k| k as f64 * 0.1).collect())
            }
            11 => ("from zero", [vec![0.0], scattered(random)].concat()),
            12 => ("below zero", [vec![-2.0, -0.5], scattered(random)].concat()),
            _ => ("scattered", scattered(random)),
        };
        Self { name, bounds }
    }

    /// A layout whose first bound is positive, as all engines export.
    pub fn positive(random: &mut Random) -> Self {
        loop {
            let layout = Self::any(random);
            if layout.bounds[0] > 0.0 {
                return layout;
            }
        }
    }

    /// The smallest number ≥ 0 that bucket `k` can hold.
    pub fn least(&self, k: usize) -> f64 {
        match k.checked_sub(1).map(|below| self.bounds[below]) {
            Some(bound) if bound >= 0.0 => bound.next_up(),
            _ => 0.0,
        }
    }

    /// Buckets that can hold numbers ≥ 0; the last one is the open bucket above all bounds.
    pub fn buckets(&self) -> std::ops::RangeInclusive<usize> {
        self.bounds.partition_point(|&bound| bound < 0.0)..=self.bounds.len()
    }
}

fn scattered(random: &mut Random) -> Vec<f64> {
    let scale = random.log_uniform(1e-6, 1e6);
    let mut bounds: Vec<f64> =
        (0..random.between(1, 30)).map(|_| scale * random.log_uniform(1e-3, 1e3)).collect();
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    bounds
}

fn fine(random: &mut Random) -> Vec<f64> {
    let start = random.log_uniform(1e-3, 10.0);
    let growth = 1.0 + random.log_uniform(1e-4, 3e-2);
    let bounds = std::iter::successors(Some(start), |bound| Some(bound * growth));
    bounds.take(random.between(50, 200)).collect()
}

fn neighbours(random: &mut Random) -> Vec<f64> {
    let start = random.log_uniform(1e-6, 1e6);
    std::iter::successors(Some(start), |bound| Some(bound.next_up()))
        .take(random.between(2, 6))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_ascends_strictly_and_is_finite() {
        let mut random = Random::new(0);
        for _ in 0..10_000 {
            let layout = Layout::any(&mut random);
            assert!(!layout.bounds.is_empty(), "{layout:?}");
            assert!(layout.bounds.windows(2).all(|pair| pair[0] < pair[1]), "{layout:?}");
            assert!(layout.bounds.iter().all(|bound| bound.is_finite()), "{layout:?}");
        }
    }
}
