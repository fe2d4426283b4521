//! How the machine holds steps up, from the tail of the inter-token latencies: its other work takes
//! turns of tens of milliseconds.

use crate::page::{Page, grown};

/// Stalls of a machine.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stalls {
    /// Stalls in a second of work.
    pub per_second: f64,
    /// Lengths, each as likely as the others, seconds.
    pub seconds: Vec<f64>,
    /// Time that they take as a share of that of work.
    pub share: f64,
    /// Mean time of a step that is not held up, seconds.
    pub undisturbed: f64,
}

impl Stalls {
    /// Their mean length, seconds.
    pub fn mean(&self) -> f64 {
        let sum: f64 = self.seconds.iter().sum();
        if sum > 0.0 { sum / self.seconds.len() as f64 } else { 0.05 }
    }
}

/// A bucket whose lower bound is so many times the undisturbed step holds steps that were held up.
const HELD_UP: f64 = 1.6;

/// How many lengths are kept.
const LENGTHS: f64 = 200.0;

const FAMILY: &str = "vllm:inter_token_latency_seconds";

/// Not cumulative: lower bound, upper bound, observations in the intervals before those places,
/// without the tokens that waited for a prompt (how many, and how long such a step takes).
fn observed(page: &Page, places: &[usize], beside: (f64, f64)) -> Vec<(f64, f64, f64)> {
    let (mut below, mut lower) = (0.0, 0.0);
    let mut buckets = Vec::new();
    for (bound, counts) in page.buckets(FAMILY) {
        let cumulative = grown(counts, places).unwrap_or(0.0);
        buckets.push((lower, bound, (cumulative - below).max(0.0)));
        (below, lower) = (cumulative, bound);
    }
    let explained = buckets.iter_mut().find(|(_, upper, _)| beside.1 <= *upper);
    if let Some(bucket) = explained.filter(|bucket| bucket.0 > 0.0) {
        bucket.2 = (bucket.2 - beside.0).max(0.0);
    }
    buckets
}

/// The typical value of a bucket.
fn middle(lower: f64, upper: f64) -> f64 {
    if upper.is_finite() { (lower * upper).sqrt() } else { lower * 1.5 }
}

/// How often steps of that undisturbed length were held up, and for how long altogether, seconds.
/// Both are counted once for each sequence in the step.
pub fn tail(page: &Page, places: &[usize], undisturbed: f64, beside: (f64, f64)) -> (f64, f64) {
    let buckets = observed(page, places, beside);
    let held_up = buckets.iter().filter(|bucket| bucket.0 >= HELD_UP * undisturbed);
    held_up.fold((0.0, 0.0), |(count, lost), (lower, upper, observations)| {
        let length = middle(*lower, *upper) - undisturbed;
        (count + observations, lost + length * observations)
    })
}

/// The stalls in the intervals before those places. `beside`: tokens that waited for a prompt, and
/// how long such a step takes: those are no stalls.
pub fn of(page: &Page, places: &[usize], beside: (f64, f64)) -> Stalls {
    let sum = grown(&page.total(&format!("{FAMILY}_sum")), places).unwrap_or(0.0);
    let count = grown(&page.total(&format!("{FAMILY}_count")), places).unwrap_or(0.0);
    if count <= 0.0 {
        return Stalls::default();
    }
    let mut undisturbed = sum / count;
    let (mut held_up, mut lost) = (0.0, 0.0);
    for _ in 0..6 {
        (held_up, lost) = tail(page, places, undisturbed, beside);
        undisturbed = ((sum - lost) / count).max(sum / count / 4.0);
    }
    let mut seconds = Vec::new();
    for (lower, upper, observations) in observed(page, places, beside) {
        if lower >= HELD_UP * undisturbed {
            let times = libm::round(observations / held_up.max(1.0) * LENGTHS) as usize;
            seconds.extend(std::iter::repeat_n(middle(lower, upper) - undisturbed, times));
        }
    }
    let work = undisturbed * count;
    Stalls { per_second: held_up / work, seconds, share: lost / work, undisturbed }
}

/// The jitter of steps that are not held up: the lognormal one around their mean that puts as many
/// below the lowest bounds as were observed.
pub fn jitter(page: &Page, places: &[usize], stalls: &Stalls) -> f64 {
    let buckets = observed(page, places, (0.0, 0.0));
    let count: f64 = buckets.iter().map(|bucket| bucket.2).sum();
    let mean = stalls.undisturbed;
    if count <= 0.0 || mean <= 0.0 {
        return 0.0;
    }
    let misses = |sigma: f64| -> f64 {
        let mut below = 0.0;
        let lowest = buckets.iter().filter(|bucket| bucket.1 < HELD_UP * mean);
        let misses = lowest.map(|(_, upper, observations)| {
            below += observations;
            let z = (libm::log(upper / mean) + sigma * sigma / 2.0) / sigma;
            let expected = 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
            (expected * (1.0 - stalls.per_second * mean) - below / count).abs()
        });
        misses.sum()
    };
    let sigmas = (2..60).map(|step| f64::from(step) * 0.01);
    let best = sigmas.map(|sigma| (sigma, misses(sigma)));
    best.min_by(|one, other| one.1.total_cmp(&other.1)).map_or(0.0, |(sigma, _)| sigma)
}
