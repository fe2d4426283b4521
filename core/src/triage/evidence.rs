//! One number against one threshold.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::ThresholdSource;
use crate::triage::finding::{Action, ActionStep, Compare, Evidence, RuledOut};

/// A line that a value is compared with, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The line, in the unit of the value.
    pub value: f64,
    /// Where it comes from.
    pub source: ThresholdSource,
}

impl Line {
    /// A documented constant.
    pub fn constant(value: f64) -> Self {
        Self { value, source: ThresholdSource::Constant }
    }

    /// A limit of the live engine.
    pub fn limit(value: f64) -> Self {
        Self { value, source: ThresholdSource::Limit }
    }

    /// From the baseline window.
    pub fn baseline(value: f64) -> Self {
        Self { value, source: ThresholdSource::Baseline }
    }
}

/// Evidence from a number known exactly.
pub fn exact(
    signal: SignalId,
    unit: &'static str,
    value: f64,
    compare: Compare,
    line: Line,
    text: impl Into<String>,
) -> Evidence {
    between(signal, unit, (value, value, Some(value)), compare, line, text)
}

/// Evidence from a number known as (value, least, greatest). It supports the finding when the
/// comparison holds for the whole interval.
pub fn between(
    signal: SignalId,
    unit: &'static str,
    (value, lo, hi): (f64, f64, Option<f64>),
    compare: Compare,
    line: Line,
    text: impl Into<String>,
) -> Evidence {
    let (source, line) = (line.source, line.value);
    let (margin, supports) = match compare {
        Compare::Above => (value - line, lo > line || (lo >= line && value > line)),
        Compare::AtLeast => (value - line, lo >= line),
        Compare::AtMost => (line - value, hi.is_some_and(|hi| hi <= line)),
    };
    Evidence {
        signal,
        text: text.into(),
        value,
        lo,
        hi,
        unit,
        compare,
        threshold: line,
        threshold_source: source,
        margin,
        supports,
    }
}

/// A rival and the numbers that exclude it.
pub fn ruled_out(id: CauseId, because: impl Into<String>) -> RuledOut {
    RuledOut { id, because: because.into() }
}

/// An action under construction: first step, effect, further steps, what to avoid.
#[derive(Debug)]
pub struct ActionBuilder(Action);

impl ActionBuilder {
    /// The first step and its expected effect.
    pub fn new(id: ActionId, sentence: impl Into<String>, effect: impl Into<String>) -> Self {
        let first = ActionStep { sentence: sentence.into(), copy: None };
        Self(Action { id, effect: effect.into(), avoid: Vec::new(), steps: vec![first] })
    }

    /// Text to copy with the newest step.
    pub fn copy(mut self, kind: &'static str, text: impl Into<String>) -> Self {
        if let Some(step) = self.0.steps.last_mut() {
            step.copy = Some((kind, text.into()));
        }
        self
    }

    /// A further step.
    pub fn then(mut self, sentence: impl Into<String>) -> Self {
        self.0.steps.push(ActionStep { sentence: sentence.into(), copy: None });
        self
    }

    /// An action that looks right and is not.
    pub fn avoid(mut self, id: ActionId, because: impl Into<String>) -> Self {
        self.0.avoid.push((id, because.into()));
        self
    }

    /// The finished action.
    pub fn build(self) -> Action {
        self.0
    }
}
