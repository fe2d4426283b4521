//! From what was found out to the report.

use crate::diagnosis;
use crate::report::{
    Baseline, ColumnDescription, Diagnosis, EngineSummary, Finding, LedgerEntry, Limit, SCHEMA,
    ScopeSummary, Span, Window,
};
use crate::scope::Scope;
use crate::store::grid::TimeGrid;

impl Diagnosis {
    /// Of the scope with that id.
    pub fn of(scope: usize, grid: &TimeGrid, found: diagnosis::Diagnosis) -> Self {
        let times = grid.times();
        let step = grid.step();
        let at = |index: usize| times.get(index).copied().unwrap_or_default();
        let (first, last) = found.window;
        Self {
            schema: SCHEMA,
            scope,
            range: Span { start: at(0), end: at(times.len().saturating_sub(1)), step },
            window: Window {
                start: at(first),
                end: at(last),
                step,
                finished_requests: found.finished,
            },
            baseline: Baseline {
                start: found.baseline.map(|(start, _)| at(start)),
                end: found.baseline.map(|(_, end)| at(end)),
                source: found.baseline_source,
                finished_requests: found.baseline_finished,
            },
            verdict: found.verdict.into(),
            findings: found.findings.into_iter().map(Finding::from).collect(),
            ledger: found.ledger.factors.iter().map(LedgerEntry::from).collect(),
            phases: found.phases.map(Into::into),
            pattern: found.pattern.into(),
            signals: found.signals.into(),
            limits: found.limits.into_iter().map(Limit::from).collect(),
            quality: found.quality.into(),
            columns: found.columns.into_iter().map(ColumnDescription::from).collect(),
        }
    }
}

impl ScopeSummary {
    /// Of the scope with that id and its diagnosis.
    pub fn of(id: usize, scope: &Scope, found: &diagnosis::Diagnosis) -> Self {
        Self {
            id,
            engine: EngineSummary {
                profile: scope.profile.id.to_owned(),
                version_hint: scope.version_hint.map(str::to_owned),
                prefix: scope.prefix.clone(),
            },
            model: scope.model.clone(),
            replicas: scope.keys(),
            verdict_id: found.verdict.id,
            severity: found.verdict.severity,
            impact: found.verdict.impact.clone().into(),
        }
    }
}
