//! Bucket bounds of the engine's histograms, by release.

use crate::scenario::release::Release;

/// The release that widened the latency buckets.
const WIDER: Release = Release::patch(8, 4);

/// A set of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buckets {
    /// End-to-end latency and its phases.
    Request,
    /// Time to first token.
    FirstToken,
    /// Inter-token latency and time per output token.
    Token,
    /// Lengths in tokens, up to the longest context.
    Length,
    /// Tokens of one scheduler step.
    Iteration,
}

const REQUEST: [f64; 21] = [
    0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0,
    480.0, 960.0, 1920.0, 7680.0,
];
const FIRST_TOKEN: [f64; 22] = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    20.0, 40.0, 80.0, 160.0, 640.0, 2560.0,
];
const TOKEN: [f64; 19] = [
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0,
    40.0, 80.0,
];
const ITERATION: [f64; 13] =
    [1.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0];

impl Buckets {
    /// The finite upper bounds, ascending. Before 0.8.4 the latency buckets end at 60, 10 and 2.5
    /// s.
    pub fn bounds(self, release: Release, max_model_len: f64) -> Vec<f64> {
        let up_to = |bounds: &[f64], last: f64| {
            let last = if release < WIDER { last } else { f64::INFINITY };
            bounds.iter().copied().filter(|bound| *bound <= last).collect()
        };
        match self {
            Self::Request => up_to(&REQUEST, 60.0),
            Self::FirstToken => up_to(&FIRST_TOKEN, 10.0),
            Self::Token => up_to(&TOKEN, 2.5),
            Self::Length => lengths(max_model_len),
            Self::Iteration => ITERATION.to_vec(),
        }
    }
}

/// 1, 2, 5, 10, 20, 50 … as far as the longest context.
fn lengths(max_model_len: f64) -> Vec<f64> {
    let mut bounds = Vec::new();
    let mut decade = 1.0;
    while decade <= max_model_len {
        bounds.extend(
            [1.0, 2.0, 5.0]
                .map(|digit| digit * decade)
                .into_iter()
                .filter(|bound| *bound <= max_model_len),
        );
        decade *= 10.0;
    }
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_end_below_the_longest_context() {
        let bounds = Buckets::Length.bounds(Release::minor(24), 8192.0);
        assert_eq!(
            bounds,
            [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0]
        );
    }

    #[test]
    fn old_releases_stop_early() {
        let last =
            |buckets: Buckets, release| buckets.bounds(release, 8192.0).last().unwrap().to_string();
        assert_eq!(last(Buckets::FirstToken, Release::patch(8, 3)), "10");
        assert_eq!(last(Buckets::FirstToken, Release::patch(8, 4)), "2560");
        assert_eq!(last(Buckets::Request, Release::patch(8, 3)), "60");
        assert_eq!(last(Buckets::Token, Release::patch(8, 3)), "2.5");
    }
}
