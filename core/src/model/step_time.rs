//! The time of a decode step against its batch, read from two windows of one engine.
//!
//! A step takes α + β·batch (+ γ·live tokens). The mean batch is exact: all inter-token latencies
//! of a window added up are the sequence-seconds of decoding in it, so their sum over its length is
//! the mean number of decoding sequences (Little's law). The sampled gauge is noisy and would bias
//! β low. Valid for one token an output: refused where an output holds several.

use crate::catalogue::families::Family;
use crate::window::measurements::Measurements;

/// Factor by which the mean batch of two windows must differ for a law to be read from them. Means
/// of a minute wobble by 10 %; a difference below a quarter would put that wobble into β.
const BATCH_VARIED: f64 = 1.25;

/// Share of a step below which a slope is the rounding of sums: counters of 10⁹ seconds keep seven
/// digits behind the point of a step of 10 ms. Larger, a law of a large batch loses its slope.
const ROUNDING: f64 = 1e-7;

/// Step time as a function of the batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepLaw {
    /// Seconds of a step without sequences: reading the weights.
    pub alpha: f64,
    /// Seconds that one more sequence adds to a step.
    pub beta: f64,
}

impl StepLaw {
    /// The law through two windows of `engines` engines together; None where the batch did not
    /// vary, the step does not grow with it, or a number is missing: then something else than the
    /// batch changed.
    pub fn fit(now: &Measurements, baseline: &Measurements, engines: usize) -> Option<Self> {
        if now.tokens_per_output().or(baseline.tokens_per_output()).is_some() {
            return None;
        }
        let engines = engines.max(1) as f64;
        let point = |window: &Measurements| {
            Some((mean_batch(window)? / engines, window.mean(Family::Itl)?))
        };
        let ((batch, step), (batch_before, step_before)) = (point(now)?, point(baseline)?);
        let ratio = batch / batch_before;
        if !(ratio >= BATCH_VARIED || ratio <= 1.0 / BATCH_VARIED) {
            return None;
        }
        let slope = (step - step_before) / (batch - batch_before);
        // Steps that are equal but for the rounding of two sums have no slope.
        let beta = if slope.abs() * batch > ROUNDING * step { slope } else { 0.0 };
        let alpha = step - beta * batch;
        (beta >= 0.0 && alpha >= 0.0).then_some(Self { alpha, beta })
    }

    /// Seconds of a step with that batch.
    pub fn at(self, batch: f64) -> f64 {
        self.alpha + self.beta * batch
    }
}

/// Mean number of decoding sequences; None without inter-token latencies or in a window without
/// length.
pub fn mean_batch(window: &Measurements) -> Option<f64> {
    let sum = window.totals.get(&Family::Itl)?.sum?;
    (window.seconds > 0.0).then(|| sum.value / window.seconds)
}

/// What grew between the baseline and now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// Before.
    pub before: f64,
    /// Now.
    pub now: f64,
}

impl Growth {
    /// Of a gauge's mean; None where it is missing or was 0.
    pub fn of_gauge(now: &Measurements, baseline: &Measurements, family: Family) -> Option<Self> {
        let mean = |window: &Measurements| window.gauge(family).map(|gauge| gauge.mean);
        Some(Self { before: mean(baseline).filter(|before| *before > 0.0)?, now: mean(now)? })
    }

    /// Of an exact mean; None where it is missing or was 0.
    pub fn of_mean(now: &Measurements, baseline: &Measurements, family: Family) -> Option<Self> {
        Some(Self {
            before: baseline.mean(family).filter(|before| *before > 0.0)?,
            now: now.mean(family)?,
        })
    }

    /// now / before.
    pub fn factor(self) -> f64 {
        self.now / self.before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::growth::counter::GrowthRepairs;
    use crate::growth::histogram::{Component, HistogramColumns, Part};
    use crate::histogram::Basis;
    use crate::scope::{Quantity, Replica};
    use crate::small::sorted::SortedMap;
    use crate::store::grid::TimeGrid;
    use crate::window::replica_set::ReplicaSet;

    /// A window of 100 s in which `batch` sequences decode at `step` seconds a token.
    fn window(batch: f64, step: f64) -> Measurements {
        let components = vec![
            Component { part: Part::Sum, values: vec![0.0, batch * 100.0].into() },
            Component { part: Part::Count, values: vec![0.0, batch * 100.0 / step].into() },
        ];
        let mut repairs = GrowthRepairs::default();
        let itl = HistogramColumns::from_increments(components, 1.0, Basis::Exact, &mut repairs);
        let mut quantities = SortedMap::new();
        quantities.insert(Family::Itl, Quantity::Histogram(itl));
        let replica = Replica::new("a/0".to_owned(), false, quantities);
        let times: &[f64] = &[0.0, 100_000.0];
        let grid = TimeGrid::union(std::iter::once(times));
        Measurements::of(&[&replica], &ReplicaSet::of(&[&replica], &grid), &grid, 0, 1)
    }

    #[test]
    fn two_batches_give_the_line_through_them() {
        let law = StepLaw::fit(&window(4.0, 0.018), &window(2.0, 0.014), 1).unwrap();
        assert!((law.alpha - 0.01).abs() < 1e-9, "{law:?}");
        assert!((law.beta - 0.002).abs() < 1e-9, "{law:?}");
        assert!((law.at(8.0) - 0.026).abs() < 1e-9);
    }

    #[test]
    fn no_law_where_the_batch_stood_still_or_the_step_fell() {
        assert_eq!(StepLaw::fit(&window(4.0, 0.018), &window(4.1, 0.014), 1), None);
        assert_eq!(StepLaw::fit(&window(4.0, 0.012), &window(2.0, 0.014), 1), None);
    }
}
