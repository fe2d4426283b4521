//! What facts are read from: one scope, one window, its baseline, and what was made of them.

use crate::catalogue::families::Family;
use crate::catalogue::limits::LimitId;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::Threshold;
use crate::caveat::Caveats;
use crate::histogram::QuantileEstimate;
use crate::limits::{Limit, Limits};
use crate::quality::identities::Broken;
use crate::scope::{Replica, Scope, engines};
use crate::settings::Settings;
use crate::signal::level::{Level, ThresholdSource, target};
use crate::signal::{Signal, Signals};
use crate::store::grid::TimeGrid;
use crate::window::activity::Activity;
use crate::window::measurements::Measurements;

/// Everything a fact may look at. Causes never see it: they read facts.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The scope.
    pub scope: &'a Scope,
    /// The replicas looked at.
    pub replicas: &'a [&'a Replica],
    /// The life of each of them, in their order.
    pub activities: &'a [Activity],
    /// The time grid.
    pub grid: &'a TimeGrid,
    /// The user's choices.
    pub settings: &'a Settings,
    /// The window.
    pub now: &'a Measurements,
    /// The baseline.
    pub baseline: Option<&'a Measurements>,
    /// When the automatic baseline found a change, Unix milliseconds.
    pub changed_at: Option<i64>,
    /// Signals of the window.
    pub signals: &'a Signals,
    /// Limits of the engine.
    pub limits: &'a Limits,
    /// Identities that do not hold.
    pub broken: &'a [Broken],
    /// Times that are not what they are called: in another unit, or under each other's name.
    pub mistaken: &'a [Family],
    /// Numbers contradict each other before and after any repair.
    pub is_broken_throughout: bool,
    /// Repairs so far.
    pub caveats: &'a Caveats,
}

/// A value in the baseline and now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Before.
    pub before: f64,
    /// Now.
    pub now: f64,
}

impl Change {
    /// now / before.
    pub fn factor(self) -> f64 {
        self.now / self.before
    }
}

impl Subject<'_> {
    /// A signal of the window.
    pub fn signal(&self, id: SignalId) -> Option<&Signal> {
        self.signals.get(id)
    }

    /// The level of a signal; Unknown when it is not measured.
    pub fn level(&self, id: SignalId) -> Level {
        self.signal(id).map_or(Level::Unknown, |signal| signal.level)
    }

    /// The quantile of a signal that the objective is about.
    pub fn objective_quantile(&self, id: SignalId) -> Option<&QuantileEstimate> {
        let q = self.settings.slo.quantile;
        let distance = |quantile: &QuantileEstimate| (quantile.q - q).abs();
        let quantiles = &self.signal(id)?.quantiles;
        quantiles.iter().min_by(|left, right| distance(left).total_cmp(&distance(right)))
    }

    /// The objective of a signal and where it comes from.
    pub fn target(&self, id: SignalId) -> Option<(f64, ThresholdSource)> {
        target(&self.settings.slo, id)
    }

    /// The line in force.
    pub fn line(&self, threshold: &Threshold) -> f64 {
        self.settings.threshold(threshold)
    }

    /// A limit of the engine.
    pub fn limit(&self, id: LimitId) -> Option<&Limit> {
        self.limits.get(id)
    }

    /// Number of engines.
    pub fn engines(&self) -> usize {
        engines(self.replicas)
    }

    /// How a value of windows changed against the baseline; None where it is missing in one of them
    /// or was not above 0.
    pub fn change(&self, value: impl Fn(&Measurements) -> Option<f64>) -> Option<Change> {
        let before = value(self.baseline?).filter(|before| *before > 0.0)?;
        Some(Change { before, now: value(self.now)? })
    }

    /// Computed prompt tokens per request; where they are not measured, those that the prefix cache
    /// did not hold, and all of them where that is not measured either.
    pub fn computed_tokens(window: &Measurements) -> Option<f64> {
        window.mean(Family::ComputedPromptTokensPerRequest).or_else(|| {
            let all = window.mean(Family::PromptTokensPerRequest)?;
            let queries = window.increase(Family::PrefixCacheQueries).filter(|all| *all > 0.0);
            let hits = queries.zip(window.increase(Family::PrefixCacheHits));
            Some(all * hits.map_or(1.0, |(queries, hits)| (1.0 - hits / queries).clamp(0.0, 1.0)))
        })
    }
}
