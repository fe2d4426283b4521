//! Counters of a whole fleet to the quantiles of every family at every step.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::growth::counter::GrowthRepairs;
use inference_triage_core::growth::histogram::{Component, HistogramColumns, Part};
use inference_triage_core::growth::replicas::ReplicaWindows;
use inference_triage_core::histogram::Histogram;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::quantiles::Windows;

/// The quantiles of every family at every step.
pub(crate) const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];

/// Running sums of [`Fleet::read`]: as many as hide the latency of an addition.
const LANES: usize = 8;

/// Cumulative bucket counters of equal layout, series after series: by family, replica, bucket.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Fleet {
    values: Vec<f64>,
    bounds: Vec<f64>,
    replicas: usize,
    steps: usize,
    /// Steps of one window.
    window: usize,
}

#[wasm_bindgen]
impl Fleet {
    /// Takes the counters over. `bounds` end with +Inf.
    #[wasm_bindgen(constructor)]
    pub fn new(values: Vec<f64>, bounds: Vec<f64>, replicas: usize, steps: usize, window: usize) -> Self {
        Self { values, bounds, replicas, steps, window }
    }

    /// Reads every counter once and does nothing else: what no way to the quantiles can undercut.
    pub fn read(&self) -> f64 {
        let mut sums = [0.0; LANES];
        let chunks = self.values.chunks_exact(LANES);
        let rest: f64 = chunks.remainder().iter().sum();
        for chunk in chunks {
            for (sum, value) in sums.iter_mut().zip(chunk) {
                *sum += value;
            }
        }
        rest + sums.iter().sum::<f64>()
    }

    /// The quantiles as the heat map computes them: columns of each replica, their window at each step, added up.
    pub fn quantiles(&self) -> Vec<f64> {
        let mut quantiles = Vec::new();
        self.each_window(|histogram| {
            quantiles.extend(QUANTILES.map(|q| histogram.map_or(f64::NAN, |histogram| histogram.point(q))));
        });
        quantiles
    }

    /// The histograms behind them, kept.
    pub fn windows(&self) -> Windows {
        let mut histograms = Vec::new();
        self.each_window(|histogram| histograms.extend(histogram.cloned()));
        Windows::new(&histograms)
    }
}

impl Fleet {
    fn families(&self) -> usize {
        self.values.len() / (self.replicas * self.bounds.len() * self.steps)
    }

    fn series(&self, family: usize, replica: usize, bucket: usize) -> impl Iterator<Item = f64> {
        let series = (family * self.replicas + replica) * self.bounds.len() + bucket;
        self.values[series * self.steps..(series + 1) * self.steps].iter().copied()
    }

    fn columns(&self, family: usize, replica: usize) -> HistogramColumns {
        let component = |(bucket, bound): (usize, &f64)| Component {
            part: Part::Bucket(*bound),
            values: self.series(family, replica, bucket).collect(),
        };
        let components = self.bounds.iter().enumerate().map(component).collect();
        HistogramColumns::from_counters(components, &vec![true; self.steps], &mut GrowthRepairs::default())
    }

    /// Every family at every step after the first, all replicas together.
    fn each_window(&self, mut visit: impl FnMut(Option<&Histogram>)) {
        let mut caveats = Caveats::new();
        for family in 0..self.families() {
            let replicas: Vec<HistogramColumns> = (0..self.replicas).map(|one| self.columns(family, one)).collect();
            let mut windows = ReplicaWindows::of(replicas.iter().collect());
            for step in 1..self.steps {
                let first = step.saturating_sub(self.window);
                visit(windows.window(first, step, &mut caveats).as_ref());
            }
        }
    }
}
