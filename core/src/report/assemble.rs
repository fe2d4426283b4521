//! From what was found out to the report.

use crate::catalogue::columns::ColumnId;
use crate::diagnosis;
use crate::report::{
    Baseline, ColumnDescription, Diagnosis, EngineSummary, Finding, Fleet, History, LedgerEntry,
    Limit, Objectives, SCHEMA, ScopeSummary, Span, Verdict, Window,
};
use crate::scope::Scope;
use crate::small::list::CollectVec;
use crate::store::grid::TimeGrid;

impl Diagnosis {
    /// Of the scope with that id.
    pub fn of(
        scope: usize,
        grid: &TimeGrid,
        history: Option<History>,
        found: diagnosis::Diagnosis,
        fleet: Option<Fleet>,
    ) -> Self {
        let times = grid.times();
        let step = grid.step();
        let at = |index: usize| times.get(index).copied().unwrap_or_default();
        let (first, last) = found.window;
        let objectives = Objectives::of(&found, &found.slo);
        let mut verdict = Verdict::from(found.verdict);
        let mut findings = found.findings.into_iter().map(Finding::from).collect_vec();
        verdict.state_confidence(&mut findings, found.finished, found.quality.grade);
        Self {
            schema: SCHEMA,
            scope,
            range: Span::of(grid),
            window: Window {
                start: at(first),
                end: at(last),
                step,
                finished_requests: found.finished,
            },
            baseline: Baseline {
                start: found.baseline.map(|baseline| baseline.start),
                end: found.baseline.map(|baseline| baseline.end),
                source: found.baseline_source,
                finished_requests: found.baseline_finished,
            },
            verdict,
            findings,
            ledger: found.ledger.factors.iter().map(LedgerEntry::from).collect_vec(),
            objectives,
            fleet,
            phases: found.phases.map(Into::into),
            pattern: found.pattern.into(),
            signals: found.signals.into(),
            limits: found.limits.into_iter().map(Limit::from).collect_vec(),
            quality: found.quality.into(),
            columns: found.columns.into_iter().map(ColumnDescription::from).collect_vec(),
            history,
        }
    }
}

impl Span {
    /// Of all times of a grid.
    pub fn of(grid: &TimeGrid) -> Self {
        let start = grid.times().first().copied().unwrap_or_default();
        let end = grid.times().last().copied().unwrap_or_default();
        Self { start, end, step: grid.step() }
    }
}

impl History {
    /// Of the table with that grid, whose scope can fill these columns.
    pub fn of(grid: &TimeGrid, columns: Vec<ColumnId>) -> Self {
        Self {
            range: Span::of(grid),
            columns: columns.into_iter().map(ColumnDescription::from).collect_vec(),
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
