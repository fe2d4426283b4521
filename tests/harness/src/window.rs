//! A window of observations, and what the counters of a Prometheus client would show of it.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, Sum};

use crate::layouts::Layout;
use crate::observations::Observations;
use crate::random::Random;

/// Observations with the increase of the counters that recorded them.
#[derive(Debug, Clone)]
pub struct Window {
    /// The finite bounds, ascending.
    pub layout: Layout,
    /// Every observation, ascending.
    pub sorted: Vec<f64>,
    /// (upper bound, observations ≤ bound), ascending, the last bound +Inf.
    pub cumulative: Vec<(f64, f64)>,
    /// Increase of the sum counter, as the difference of the floats that a scrape would have shown.
    pub sum: Sum,
    /// How it was made.
    pub story: String,
}

impl Window {
    /// A window of any kind: mostly few observations, sometimes thousands, at least one.
    pub fn any(random: &mut Random) -> Self {
        let layout = Layout::any(random);
        let count = any_count(random);
        Self::with_layout(random, layout, count)
    }

    /// A window of that many observations in that layout.
    pub fn with_layout(random: &mut Random, layout: Layout, count: usize) -> Self {
        let observations = Observations::any(random, &layout, count);
        Self::of(random, layout, &observations)
    }

    /// The window of these observations: counters of one or several replicas, scraped once or
    /// often, fresh or old.
    pub fn of(random: &mut Random, layout: Layout, observations: &Observations) -> Self {
        let replicas = if random.chance(0.2) { random.between(2, 4) } else { 1 };
        let share = observations.values.len().div_ceil(replicas).max(1);
        let mut sum = Sum { value: 0.0, magnitude: 0.0 };
        let mut cumulative = vec![0.0; layout.bounds.len() + 1];
        let mut story = vec![layout.name.to_owned(), observations.name.to_owned()];
        for values in observations.values.chunks(share) {
            let counters = Counters::any(random, layout.bounds.len() + 1);
            story.push(counters.to_string());
            let increase = counters.record(random, &layout, values);
            sum.value += increase.sum;
            sum.magnitude = sum.magnitude.max(increase.magnitude);
            cumulative.iter_mut().zip(&increase.counts).for_each(|(total, count)| *total += count);
        }
        sum.magnitude = sum.magnitude.max(sum.value);
        let mut sorted = observations.values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let bounds = layout.bounds.iter().copied().chain([f64::INFINITY]);
        let cumulative = bounds.zip(cumulative).collect();
        Self { layout, sorted, cumulative, sum, story: story.join(", ") }
    }

    /// Number of observations.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The histogram under test, with the sum.
    ///
    /// # Panics
    /// When the input is refused or repaired; it is well formed by construction.
    pub fn histogram(&self) -> Histogram {
        self.without_caveats(Some(self.sum))
    }

    /// The histogram under test, without a sum.
    ///
    /// # Panics
    /// When the input is refused or repaired; it is well formed by construction.
    pub fn histogram_without_sum(&self) -> Histogram {
        self.without_caveats(None)
    }

    /// The histogram under test, with any sum at all.
    ///
    /// # Panics
    /// When the input is refused.
    pub fn build(&self, sum: Option<Sum>, caveats: &mut Caveats) -> Histogram {
        Histogram::from_cumulative(&self.cumulative, sum, Basis::Exact, caveats)
            .unwrap_or_else(|| panic!("a well formed window was refused\n{self:?}"))
    }

    fn without_caveats(&self, sum: Option<Sum>) -> Histogram {
        let mut caveats = Caveats::new();
        let histogram = self.build(sum, &mut caveats);
        assert!(caveats.is_empty(), "a well formed window needs no repair: {caveats:?}\n{self:?}");
        histogram
    }
}

/// How many observations a window holds: half of the windows at most ten, one in thirty up to
/// 3,000.
pub fn any_count(random: &mut Random) -> usize {
    match random.below(60) {
        0..30 => random.between(1, 10),
        30..50 => random.between(11, 60),
        50..58 => random.between(61, 400),
        _ => random.between(401, 3_000),
    }
}

/// The state of one replica's counters before the window, and how the window is cut by scrapes.
#[derive(Debug)]
struct Counters {
    sum: f64,
    counts: Vec<f64>,
    scrapes: usize,
    restart: Option<usize>,
}

/// What scraping one replica shows of a window.
#[derive(Debug)]
struct Increase {
    sum: f64,
    /// The largest value the sum counter showed.
    magnitude: f64,
    counts: Vec<f64>,
}

impl Counters {
    fn any(random: &mut Random, buckets: usize) -> Self {
        let sum = match random.below(6) {
            0 => 0.0,
            1 => 1e9,
            2 => 1e15,
            _ => random.log_uniform(1e-3, 1e10),
        };
        let mut total = if random.chance(0.3) { 0 } else { random.between(0, 2_000_000) };
        let mut counts: Vec<f64> = Vec::with_capacity(buckets);
        for _ in 0..buckets {
            counts.push(total as f64);
            total += random.below(1_000);
        }
        let scrapes = if random.chance(0.3) { random.between(2, 20) } else { 1 };
        let restart = (scrapes > 1 && random.chance(0.5)).then(|| random.between(1, scrapes - 1));
        Self { sum, counts, scrapes, restart }
    }

    /// Adds the observations one after the other, as a client does, and takes the increase from
    /// scrape to scrape.
    fn record(mut self, random: &mut Random, layout: &Layout, values: &[f64]) -> Increase {
        let mut increase =
            Increase { sum: 0.0, magnitude: self.sum, counts: vec![0.0; self.counts.len()] };
        let mut rest = values;
        for scrape in 0..self.scrapes {
            let last = scrape + 1 == self.scrapes;
            let (now, later) =
                rest.split_at(if last { rest.len() } else { random.below(rest.len() + 1) });
            rest = later;
            if self.restart == Some(scrape) {
                self.sum = 0.0;
                self.counts.fill(0.0);
            }
            let (sum_before, counts_before) = (self.sum, self.counts.clone());
            self.observe(layout, now);
            increase.sum += self.sum - sum_before;
            increase.magnitude = increase.magnitude.max(self.sum);
            for (k, before) in counts_before.iter().enumerate() {
                increase.counts[k] += self.counts[k] - before;
            }
        }
        increase
    }

    fn observe(&mut self, layout: &Layout, values: &[f64]) {
        let mut in_bucket = vec![0.0; self.counts.len()];
        for &value in values {
            self.sum += value;
            in_bucket[layout.bounds.partition_point(|&bound| bound < value)] += 1.0;
        }
        let mut below = 0.0;
        for (count, more) in self.counts.iter_mut().zip(in_bucket) {
            below += more;
            *count += below;
        }
    }
}

impl std::fmt::Display for Counters {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "sum from {:e} over {} scrapes", self.sum, self.scrapes)?;
        self.restart.map_or(Ok(()), |scrape| {
            write!(formatter, " with a restart before number {}", scrape + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_lose_no_observation() {
        let mut random = Random::new(0);
        for _ in 0..3_000 {
            let window = Window::any(&mut random);
            for &(bound, count) in &window.cumulative {
                let counted = window.sorted.iter().filter(|&&value| value <= bound).count();
                assert_eq!(count.to_bits(), (counted as f64).to_bits(), "at {bound}: {window:?}");
            }
        }
    }

    #[test]
    fn old_counters_round_the_sum() {
        let mut random = Random::new(0);
        let rounded = (0..3_000).filter(|_| {
            let window = Window::any(&mut random);
            window.sum.value.to_bits() != window.sorted.iter().sum::<f64>().to_bits()
        });
        assert!(rounded.count() > 1_000);
    }
}
