//! An input whose truth is known, before anything is done to it.

use inference_triage_simulator::configuration::Scenario;
use serde_json::{Value, json};

use crate::expectation::Expectation;
use crate::table::Table;

/// Id of the verdict over an engine that is well.
pub const HEALTHY: &str = "healthy";

/// An input with its truth.
#[derive(Debug, Clone)]
pub struct Base {
    /// Stable name, unique.
    pub name: String,
    /// What is true of it: `healthy`, or the id of its cause.
    pub truth: &'static str,
    /// The series.
    pub table: Table,
    /// The diagnosed window, Unix milliseconds.
    pub window: (i64, i64),
    /// Settings of the diagnosis as JSON, without the window.
    pub settings: Value,
    /// The quick sample draws one form of each mutation of it, because it costs more or lies
    /// further from what a panel mostly sees; the long sample draws as many as of any other.
    pub is_drawn_once: bool,
    /// What it was simulated from; none for what was recorded or written by hand.
    pub scenario: Option<Scenario>,
}

impl Base {
    /// Whether nothing is wrong.
    pub fn is_healthy(&self) -> bool {
        self.truth == HEALTHY
    }

    /// What holds as long as the engine and what it serves are the same, however they are seen.
    pub fn same(&self) -> Expectation {
        let finished = self.table.figures(self.window);
        Expectation { finished, ..Expectation::of(self.truth) }
    }

    /// The settings with a window.
    pub fn settings_with(&self, window: (i64, i64)) -> Value {
        let mut settings = self.settings.clone();
        settings["window"] = json!({"start": window.0, "end": window.1});
        settings
    }
}
