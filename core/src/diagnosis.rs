//! One scope and one window to one report.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::caveat::Caveats;
use crate::ingest::batch::{Notice, NoticeLevel};
use crate::limits::Limits;
use crate::quality::identities;
use crate::report::{Baseline, EngineSummary, Report, SCHEMA, ScopeSummary, Span, Window};
use crate::scope::{Replica, Scope};
use crate::settings::Settings;
use crate::signal::{build, columns, phases};
use crate::store::grid::TimeGrid;
use crate::text::foreign::plain;
use crate::triage::context::Context;
use crate::triage::finding::Verdict;
use crate::triage::matrix::pattern;
use crate::triage::rank;
use crate::window::baseline;
use crate::window::measurements::Measurements;
use crate::window::replica_set::ReplicaSet;

/// Least length of the window that is chosen when none is given: shorter ones hold too few requests
/// to judge.
const LEAST_WINDOW_MS: i64 = 5 * 60 * 1000;

/// What is computed once for a set of replicas and serves every window.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// The scope.
    pub scope: &'a Scope,
    /// The replicas looked at.
    pub replicas: Vec<&'a Replica>,
    /// What they make together.
    pub together: &'a ReplicaSet,
}

/// Grid indices of the window: the one in the settings, else the last tenth of the range, at least
/// five minutes. A window without samples shrinks to the grid time nearest to its start.
pub fn window_indices(grid: &TimeGrid, settings: &Settings) -> Option<(usize, usize)> {
    let (&start, &end) = (grid.times().first()?, grid.times().last()?);
    let (from, to) = match settings.window {
        Some(window) => (window.start, window.end),
        None => (end - LEAST_WINDOW_MS.max((end - start) / 10), end),
    };
    Some(grid.indices(from, to).unwrap_or_else(|| {
        let nearest = grid.index_of(from, 0);
        (nearest, nearest)
    }))
}

/// Diagnoses one scope. `scopes` and `scope` of the report are filled with this scope alone; the
/// session replaces them.
pub fn diagnose(
    prepared: &Prepared<'_>,
    grid: &TimeGrid,
    notices: &[Notice],
    settings: &Settings,
    (first, last): (usize, usize),
) -> Report {
    let replicas = &prepared.replicas;
    let mut caveats = prepared.scope.caveats.clone();
    add_notices(notices, &mut caveats);
    let now = Measurements::of(replicas, prepared.together, grid, first, last);
    caveats.extend(&now.caveats);
    let chosen = baseline::choose(prepared.together, grid, settings, (first, last));
    let baseline = chosen
        .indices
        .map(|(start, end)| Measurements::of(replicas, prepared.together, grid, start, end));
    let signals = build::signals(&now, baseline.as_ref(), settings, &mut caveats);
    let broken = identities::check(replicas, first, last, &mut caveats);
    add_population_lag(&now, &mut caveats);
    let limits = Limits::find(prepared.scope, replicas, grid, &now, settings);
    let phases = phases::phases(&now, baseline.as_ref());
    let level = |name| {
        signals.get(name).map_or(crate::signal::level::Level::Unknown, |signal| signal.level)
    };
    let pattern = pattern(level(SignalId::Ttft), level(SignalId::QueueTime), level(SignalId::Itl));
    let context = Context {
        scope: prepared.scope,
        replicas,
        together: prepared.together,
        grid,
        settings,
        now: &now,
        baseline: baseline.as_ref(),
        changed_at: chosen.changed_at,
        signals: &signals,
        pattern: &pattern,
        phases: phases.as_ref(),
        limits: &limits,
        broken: &broken,
        caveats: &caveats,
    };
    let judged = rank::judge(&context);
    let quality = rank::grade(&context);
    let times = grid.times();
    let step = grid.step();
    Report {
        schema: SCHEMA,
        scopes: vec![summary(prepared, &judged.verdict)],
        scope: 0,
        range: Span { start: times[0], end: times[times.len() - 1], step },
        window: Window {
            start: times[first],
            end: times[last],
            step,
            finished_requests: now.finished(),
        },
        baseline: Baseline {
            start: chosen.indices.map(|(start, _)| times[start]),
            end: chosen.indices.map(|(_, end)| times[end]),
            source: chosen.source,
            finished_requests: baseline.as_ref().and_then(Measurements::finished),
        },
        verdict: judged.verdict.into(),
        findings: judged.findings.into_iter().map(Into::into).collect(),
        phases: phases.map(Into::into),
        pattern: pattern.into(),
        limits: limits.list.into_iter().map(Into::into).collect(),
        quality: quality.into(),
        columns: columns::available(replicas).into_iter().map(Into::into).collect(),
        signals: signals.into(),
    }
}

fn summary(prepared: &Prepared<'_>, verdict: &Verdict) -> ScopeSummary {
    let scope = prepared.scope;
    ScopeSummary {
        engine: EngineSummary {
            profile: scope.profile.id.to_owned(),
            version_hint: scope.version_hint.map(str::to_owned),
            prefix: scope.prefix.clone(),
        },
        model: scope.model.clone(),
        replicas: scope.keys(),
        verdict_id: verdict.id,
        severity: verdict.severity,
    }
}

fn add_notices(notices: &[Notice], caveats: &mut Caveats) {
    for notice in notices {
        let (id, prefix) = match notice.level {
            NoticeLevel::Error => (CaveatId::QueryFailed, "a query failed"),
            NoticeLevel::Warning => (CaveatId::ServerWarning, "the server warned"),
            NoticeLevel::Info => (CaveatId::ServerInfo, "the server noted"),
        };
        let text = plain(&notice.text, 300);
        caveats.add(id, || format!("{prefix}: {text}"));
    }
}

/// Requests recorded at their first token and requests recorded at their end are not the same ones;
/// in a window shorter than twice a request that matters.
fn add_population_lag(now: &Measurements, caveats: &mut Caveats) {
    if let Some(e2e) =
        now.mean(Family::E2e).filter(|e2e| now.seconds > 0.0 && now.seconds < 2.0 * e2e)
    {
        caveats.add(CaveatId::PopulationLag, || {
            format!(
                "the window is shorter than two requests ({} each): phases speak of requests that began before it",
                crate::text::number::seconds(e2e)
            )
        });
    }
}
