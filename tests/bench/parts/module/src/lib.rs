//! The scanner and the histogram mathematics, without engines, signals, rules and the report: what
//! a page would load that wants nothing else.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, Sum};
use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::ingest::prometheus::parse_responses;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// What was read from one response.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Columns(SampleBatch);

#[wasm_bindgen]
impl Columns {
    /// Reads a response, which the glue copies into the module's memory.
    pub fn scan(response: &[u8]) -> Result<Self, JsError> {
        parse_responses(&[response]).map(Self).map_err(|error| JsError::new(&error.to_string()))
    }

    /// Number of series.
    pub fn series(&self) -> usize {
        self.0.series.len()
    }

    /// A label of a series.
    pub fn label(&self, series: usize, name: &str) -> Option<String> {
        self.0.series[series].labels.get(name).cloned()
    }

    /// Milliseconds of one series.
    pub fn times(&self, series: usize) -> Vec<f64> {
        let series = &self.0.series[series];
        self.0.times[series.grid..series.grid + series.length].to_vec()
    }

    /// Values of one series.
    pub fn values(&self, series: usize) -> Vec<f64> {
        let series = &self.0.series[series];
        self.0.values[series.offset..series.offset + series.length].to_vec()
    }
}

/// A histogram over one window.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Buckets(Histogram);

#[wasm_bindgen]
impl Buckets {
    /// From upper bounds and cumulative counts of one window; `sum` of its observations, NaN where
    /// there is none. Nothing where they are no histogram.
    pub fn from_cumulative(bounds: &[f64], counts: &[f64], sum: f64) -> Option<Self> {
        let cumulative: Vec<(f64, f64)> =
            bounds.iter().copied().zip(counts.iter().copied()).collect();
        let sum = (!sum.is_nan()).then_some(Sum { value: sum, magnitude: sum });
        Histogram::from_cumulative(&cumulative, sum, Basis::Exact, &mut Caveats::new()).map(Self)
    }

    /// Both together, whatever their bounds.
    pub fn merge(&self, other: &Self) -> Option<Self> {
        Histogram::merge(&[&self.0, &other.0], &mut Caveats::new()).map(Self)
    }

    /// What PromQL prints for a quantile.
    pub fn point(&self, q: f64) -> f64 {
        self.0.point(q)
    }

    /// Lower and upper end of the interval that holds the quantile; nothing where there is none.
    pub fn bounds(&self, q: f64) -> Option<Vec<f64>> {
        self.0.quantile_bounds(q).map(|bounds| vec![bounds.lo, bounds.hi.unwrap_or(f64::INFINITY)])
    }

    /// Least and greatest share of the observations at or below a threshold.
    pub fn fraction(&self, threshold: f64) -> Option<Vec<f64>> {
        self.0.fraction(threshold).map(|share| vec![share.lo, share.hi])
    }
}
