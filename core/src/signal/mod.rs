//! Named measurements with a unit, a judgement and their uncertainty.

pub mod build;
pub mod columns;
pub mod heat_map;
pub mod level;
pub mod ordering;
pub mod phases;
pub mod registry;

use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::histogram::{QuantileEstimate, TailEstimate};
use level::Level;

/// One measurement over a window, in the unit of its [`SignalId`].
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Which one.
    pub id: SignalId,
    /// Observations in the window; absent for gauges and rates.
    pub count: Option<f64>,
    /// Mean: exact for histograms, over samples for gauges, over the window for rates.
    pub mean: Option<f64>,
    /// Smallest sample; gauges only.
    pub min: Option<f64>,
    /// Largest sample; gauges only.
    pub max: Option<f64>,
    /// Newest sample; gauges only.
    pub last: Option<f64>,
    /// Mean over the baseline.
    pub baseline_mean: Option<f64>,
    /// Judgement against the objective, the baseline or a limit.
    pub level: Level,
    /// What it was judged against and by how far, one sentence.
    pub level_reason: String,
    /// Quantiles asked for in the settings; empty for anything but histograms.
    pub quantiles: Vec<QuantileEstimate>,
    /// The same quantiles over the baseline.
    pub baseline_quantiles: Vec<QuantileEstimate>,
    /// Share of requests within the target.
    pub attainment: Option<Attainment>,
}

/// Share of requests within a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attainment {
    /// The target in the signal's unit.
    pub target: f64,
    /// Least share of requests at or below the target.
    pub lo: f64,
    /// Greatest share of requests at or below the target.
    pub hi: f64,
    /// The target is a bucket bound, so `lo` equals `hi`.
    pub exact: bool,
    /// The bound nearest to the target and the share of requests at or below it; absent without a
    /// finite bound.
    pub nearest: Option<(f64, f64)>,
    /// An estimate of the share above the target; absent in the first and in the last bucket.
    pub missed: Option<TailEstimate>,
}

/// The measurements of a window, in reading order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signals(pub Vec<Signal>);

impl Signals {
    /// The measurement, if the window has it.
    pub fn get(&self, id: SignalId) -> Option<&Signal> {
        self.0.iter().find(|signal| signal.id == id)
    }

    /// Takes the judgement of these families back: their numbers are not what they are called.
    pub fn leave_unjudged(&mut self, families: &[Family]) {
        let is_among = |id: SignalId| families.iter().any(|family| family.id() == id.id());
        for signal in self.0.iter_mut().filter(|signal| is_among(signal.id)) {
            signal.level = Level::Unknown;
            "other numbers contradict it".clone_into(&mut signal.level_reason);
            signal.attainment = None;
        }
    }

    /// Without what tells how much was counted: contradictions show that it is wrong.
    #[must_use]
    pub fn without_counts(mut self) -> Self {
        self.0.retain(|signal| !signal.id.is_of_counts());
        for signal in &mut self.0 {
            signal.count = None;
        }
        self
    }
}
