//! Histograms of many windows, ready to be asked.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, Sum};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fleet::QUANTILES;

/// One histogram a window.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Windows {
    histograms: Vec<Histogram>,
    cumulative: Vec<Vec<(f64, f64)>>,
    sums: Vec<Sum>,
}

impl Windows {
    /// A histogram of each list of cumulative buckets, with a sum, so that its bounds use it.
    pub(crate) fn new(cumulative: Vec<Vec<(f64, f64)>>) -> Self {
        let sums: Vec<Sum> = cumulative.iter().map(|buckets| possible_sum(buckets)).collect();
        let mut windows = Self { histograms: Vec::new(), cumulative, sums };
        windows.histograms = windows.made().flatten().collect();
        windows
    }

    fn made(&self) -> impl Iterator<Item = Option<Histogram>> {
        let mut caveats = Caveats::new();
        self.cumulative.iter().zip(&self.sums).map(move |(cumulative, sum)| {
            Histogram::from_cumulative(cumulative, Some(*sum), Basis::Exact, &mut caveats)
        })
    }
}

#[wasm_bindgen]
impl Windows {
    /// Number of histograms.
    pub fn count(&self) -> usize {
        self.histograms.len()
    }

    /// Upper bounds of one, then its cumulative counts.
    pub fn buckets(&self, window: usize) -> Vec<f64> {
        let buckets = &self.cumulative[window];
        buckets.iter().map(|bucket| bucket.0).chain(buckets.iter().map(|bucket| bucket.1)).collect()
    }

    /// Makes every histogram anew; the sum of their counts.
    pub fn make(&self) -> f64 {
        self.made().flatten().map(|histogram| histogram.count()).sum()
    }

    /// The sum of all points, so that none may be left out.
    pub fn points(&self) -> f64 {
        let mut sum = 0.0;
        for histogram in &self.histograms {
            for q in QUANTILES {
                sum += histogram.point(q);
            }
        }
        sum
    }

    /// The sum of all points and of the finite ends of their bounds.
    pub fn points_and_bounds(&self) -> f64 {
        let mut sum = 0.0;
        for histogram in &self.histograms {
            for q in QUANTILES {
                let bounds = histogram.quantile_bounds(q);
                sum += histogram.point(q)
                    + bounds.map_or(0.0, |bounds| bounds.lo + bounds.hi.unwrap_or(0.0));
            }
        }
        sum
    }
}

/// Every observation in the middle of its bucket, those of the last one at its lower end.
fn possible_sum(cumulative: &[(f64, f64)]) -> Sum {
    let (mut lower, mut below) = (0.0, 0.0);
    let mut value = 0.0;
    for &(upper, count) in cumulative {
        value +=
            (count - below) * if upper.is_finite() { f64::midpoint(lower, upper) } else { lower };
        lower = upper;
        below = count;
    }
    Sum { value, magnitude: value }
}
