//! Counters of a whole fleet to the quantiles of every family at every step.

use std::sync::Arc;

use inference_triage_core::caveat::Caveats;
use inference_triage_core::growth::histogram::{Component, Part};
use inference_triage_core::store::column::Column;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::quantiles::Windows;
use crate::table::{FleetWindow, FleetWindows, ReplicaCounters};

/// The quantiles of every family at every step.
pub(crate) const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];

/// Running sums of [`Fleet::read`]: as many as hide the latency of an addition.
const LANES: usize = 16;

/// Cumulative bucket counters of equal layout, series after series: by family, replica, bucket.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Fleet {
    values: Arc<Vec<f64>>,
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
    pub fn new(
        values: Vec<f64>,
        bounds: Vec<f64>,
        replicas: usize,
        steps: usize,
        window: usize,
    ) -> Self {
        Self { values: Arc::new(values), bounds, replicas, steps, window }
    }

    /// Reads every counter once and does nothing else: what no way to the quantiles can undercut.
    pub fn read(&self) -> f64 {
        sum_of(&self.values)
    }

    /// The quantiles by the table of a whole fleet.
    pub fn quantiles(&self) -> Vec<f64> {
        let mut quantiles = Vec::with_capacity(self.families() * self.steps * QUANTILES.len());
        self.each_window(|window| {
            for q in QUANTILES {
                quantiles.push(window.map_or(f64::NAN, |window| window.point(q)));
            }
        });
        quantiles
    }

    /// Histograms of the same windows, kept.
    pub fn windows(&self) -> Windows {
        let mut cumulative: Vec<Vec<(f64, f64)>> = Vec::new();
        self.each_window(|window| {
            if let Some(window) = window {
                let counts = window.counts().iter().copied();
                cumulative.push(window.upper_bounds().iter().copied().zip(counts).collect());
            }
        });
        Windows::new(cumulative)
    }
}

impl Fleet {
    fn families(&self) -> usize {
        self.values.len() / (self.replicas * self.bounds.len() * self.steps)
    }

    /// The counters of one replica, which stay where they are.
    fn counters(
        &self,
        family: usize,
        replica: usize,
        target_present: &Arc<[bool]>,
    ) -> ReplicaCounters {
        let first = (family * self.replicas + replica) * self.bounds.len();
        let mut components = Vec::with_capacity(self.bounds.len());
        for (bucket, &bound) in self.bounds.iter().enumerate() {
            let values = Column::part_of(&self.values, (first + bucket) * self.steps, self.steps);
            components.push(Component { part: Part::Bucket(bound), values });
        }
        ReplicaCounters { components, target_present: Arc::clone(target_present) }
    }

    /// Every family at every step after the first, all replicas together.
    fn each_window(&self, mut visit: impl FnMut(Option<FleetWindow>)) {
        let mut caveats = Caveats::new();
        let target_present: Arc<[bool]> = vec![true; self.steps].into();
        for family in 0..self.families() {
            let counters =
                (0..self.replicas).map(|replica| self.counters(family, replica, &target_present));
            let mut windows = FleetWindows::new(counters.collect());
            for step in 1..self.steps {
                visit(windows.window(step.saturating_sub(self.window), step, &mut caveats));
            }
        }
    }
}

#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
fn sum_of(values: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += value;
        }
    }
    rest.iter().chain(&sums).sum()
}
