//! A classic histogram as a Prometheus client keeps it.

use std::borrow::Cow;

/// Counts by bucket, and the sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    bounds: Cow<'static, [f64]>,
    /// One more than bounds; not cumulative.
    counts: Vec<f64>,
    sum: f64,
}

impl Histogram {
    /// Empty, with those finite upper bounds in ascending order.
    pub fn new(bounds: &'static [f64]) -> Self {
        Self { bounds: Cow::Borrowed(bounds), counts: vec![0.0; bounds.len() + 1], sum: 0.0 }
    }

    /// The same with bounds of its own.
    pub fn owned(bounds: Vec<f64>) -> Self {
        Self { counts: vec![0.0; bounds.len() + 1], bounds: Cow::Owned(bounds), sum: 0.0 }
    }

    /// Books a value so many times.
    pub fn observe(&mut self, value: f64, times: f64) {
        let bucket =
            self.bounds.iter().position(|bound| value <= *bound).unwrap_or(self.bounds.len());
        self.counts[bucket] += times;
        self.sum += value * times;
    }

    /// Finite upper bounds.
    pub fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// Cumulative counts, that of +Inf last.
    pub fn cumulative(&self) -> impl Iterator<Item = f64> {
        self.counts.iter().scan(0.0, |total, count| {
            *total += count;
            Some(*total)
        })
    }

    /// Sum of the values.
    pub fn sum(&self) -> f64 {
        self.sum
    }
}

/// Bucket bounds of vLLM 0.8.4 to 0.33, `vllm/v1/metrics/buckets.py`.
pub mod bounds {
    /// Latency of requests and their phases, seconds.
    pub static REQUEST_LATENCY: &[f64] = &[
        0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0,
        240.0, 480.0, 960.0, 1920.0, 7680.0,
    ];
    /// Time to first token, seconds.
    pub static TIME_TO_FIRST_TOKEN: &[f64] = &[
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        20.0, 40.0, 80.0, 160.0, 640.0, 2560.0,
    ];
    /// Inter-token latency, seconds.
    pub static INTER_TOKEN_LATENCY: &[f64] = &[
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        20.0, 40.0, 80.0,
    ];
    /// Preemptions of a request.
    pub static PREEMPTIONS: &[f64] = &[1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 20.0];
    /// Tokens of an iteration.
    pub static ITERATION_TOKENS: &[f64] =
        &[1.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0];
    /// Transfers of cache, seconds.
    pub static TRANSFER: &[f64] =
        &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 5.0];

    /// 1, 2, 5, 10, … up to the longest context.
    pub fn request_tokens(max_model_len: usize) -> Vec<f64> {
        let mut bounds = Vec::new();
        let mut decade = 1.0;
        loop {
            for step in [1.0, 2.0, 5.0] {
                if step * decade > max_model_len as f64 {
                    return bounds;
                }
                bounds.push(step * decade);
            }
            decade *= 10.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: the bounds that vLLM derives for 8192 and 131072 tokens.
    #[test]
    fn length_bounds_follow_the_context() {
        assert_eq!(bounds::request_tokens(8192).len(), 12);
        assert_eq!(
            bounds::request_tokens(131_072).last().copied().map(f64::to_bits),
            Some(100_000.0_f64.to_bits())
        );
    }

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let mut histogram = Histogram::new(&[1.0, 2.0]);
        histogram.observe(1.0, 2.0);
        histogram.observe(3.0, 1.0);
        assert_eq!(histogram.cumulative().collect::<Vec<_>>(), [2.0, 2.0, 3.0]);
        assert_eq!(histogram.sum().to_bits(), 5.0_f64.to_bits());
    }
}
