//! The first line: how bad, where, what.

use crate::report::{Report, ScopeSummary};
use crate::small::text::position;
use crate::triage::finding::Severity;

use super::Width;
use super::names::continued;
use super::wrap::shorten;
use crate::text::plain::plain;

/// Longest name of a model worth its space in the first line.
const NAME_COLUMNS: usize = 40;

/// The first line in its pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Headline {
    pub(super) severity: Severity,
    /// Name of the model, else of the engine.
    pub(super) name: String,
    /// How many replicas, and how the sentence goes on: ` (1 replica): `.
    pub(super) join: String,
    pub(super) sentence: String,
}

impl Headline {
    pub(super) fn of(report: &Report, width: Width) -> Self {
        let verdict = &report.diagnosis.verdict;
        let sentence = plain(&verdict.sentence).trim().to_owned();
        let name = report.scope().map(|scope| name(scope, width)).unwrap_or_default();
        if name.is_empty() {
            return Self { severity: verdict.severity, name, join: String::new(), sentence };
        }
        let replicas = match report.scope().map_or(0, |scope| scope.replicas.len()) {
            0 => String::new(),
            1 => " (1 replica)".to_owned(),
            several => format!(" ({several} replicas)"),
        };
        // A sentence with a lead-in of its own ("Overloaded: …") would make two colons in a row.
        let mark = if position(&sentence, ": ").is_some() { ", " } else { ": " };
        Self {
            severity: verdict.severity,
            name,
            join: replicas + mark,
            sentence: continued(&sentence),
        }
    }
}

/// The model as people call it, else the engine.
pub(super) fn name(scope: &ScopeSummary, width: Width) -> String {
    let model = plain(&scope.model);
    shorten(
        if model.trim().is_empty() { &scope.engine.profile } else { model.trim() },
        NAME_COLUMNS,
        width,
    )
}
