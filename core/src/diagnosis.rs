//! One scope and one window to one report.

use crate::caveat::Caveats;
use crate::ingest::batch::{Notice, NoticeLevel};
use crate::limits::Limits;
use crate::profile::family::Family;
use crate::quality::identities;
use crate::report::{
    Baseline, BaselineSource, EngineSummary, Report, SCHEMA, ScopeSummary, Span, Window,
};
use crate::scope::{Replica, Scope};
use crate::settings::{BaselineMode, Settings};
use crate::signal::change::change_point;
use crate::signal::measurements::Measurements;
use crate::signal::together::Together;
use crate::signal::{build, columns, phases};
use crate::store::grid::TimeGrid;
use crate::triage::context::Context;
use crate::triage::matrix::pattern;
use crate::triage::rank;
use crate::wording::plain;

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
    pub together: &'a Together,
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

/// A baseline as grid indices, with how it was chosen and when a change was found.
#[derive(Debug, Clone, Copy)]
struct ChosenBaseline {
    indices: Option<(usize, usize)>,
    source: BaselineSource,
    changed_at: Option<i64>,
}

const NO_BASELINE: ChosenBaseline =
    ChosenBaseline { indices: None, source: BaselineSource::None, changed_at: None };

fn choose_baseline(
    prepared: &Prepared<'_>,
    grid: &TimeGrid,
    settings: &Settings,
    (first, last): (usize, usize),
) -> ChosenBaseline {
    let chosen = |indices: Option<(usize, usize)>, source| match indices
        .filter(|(start, end)| start < end)
    {
        Some(indices) => ChosenBaseline { indices: Some(indices), source, changed_at: None },
        None => NO_BASELINE,
    };
    let times = grid.times();
    match settings.baseline.mode {
        BaselineMode::None => NO_BASELINE,
        BaselineMode::Auto => automatic(prepared, grid, first, last),
        BaselineMode::Offset => {
            let offset = settings.baseline.offset;
            chosen(
                grid.indices(times[first] - offset, times[last] - offset),
                BaselineSource::Offset,
            )
        }
        BaselineMode::Range => match (settings.baseline.start, settings.baseline.end) {
            (None, None) if first >= times.len() - 1 - last => {
                chosen(Some((0, first)), BaselineSource::Range)
            }
            (None, None) => chosen(Some((last, times.len() - 1)), BaselineSource::Range),
            (start, end) => {
                let (start, end) = (start.unwrap_or(times[0]), end.unwrap_or(times[first]));
                chosen(grid.indices(start, end), BaselineSource::Given)
            }
        },
    }
}

fn automatic(
    prepared: &Prepared<'_>,
    grid: &TimeGrid,
    first: usize,
    last: usize,
) -> ChosenBaseline {
    prepared
        .together
        .changes
        .iter()
        .flatten()
        .find_map(|mean| change_point(mean, first, last))
        .map_or(NO_BASELINE, |split| ChosenBaseline {
            indices: Some((0, split)),
            source: BaselineSource::Auto,
            changed_at: Some(grid.times()[split]),
        })
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
    let chosen = choose_baseline(prepared, grid, settings, (first, last));
    let baseline = chosen
        .indices
        .map(|(start, end)| Measurements::of(replicas, prepared.together, grid, start, end));
    let signals = build::signals(&now, baseline.as_ref(), settings, &mut caveats);
    let broken = identities::check(replicas, first, last, &mut caveats);
    add_population_lag(&now, &mut caveats);
    let limits = Limits::find(prepared.scope, replicas, grid, &now, settings);
    let phases = phases::phases(&now, baseline.as_ref());
    let level =
        |name| signals.get(name).map_or(crate::report::Level::Unknown, |signal| signal.level);
    let pattern = pattern(level("ttft"), level("queue_time"), level("itl"));
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
        verdict: judged.verdict,
        findings: judged.findings,
        phases,
        pattern,
        limits: limits.list,
        quality,
        columns: columns::descriptions(replicas),
        signals,
    }
}

fn summary(prepared: &Prepared<'_>, verdict: &crate::report::Verdict) -> ScopeSummary {
    let scope = prepared.scope;
    ScopeSummary {
        engine: EngineSummary {
            profile: scope.profile.id.to_owned(),
            version_hint: scope.version_hint.map(str::to_owned),
            prefix: scope.prefix.clone(),
        },
        model: scope.model.clone(),
        replicas: scope.keys(),
        verdict_id: verdict.id.clone(),
        severity: verdict.severity,
    }
}

fn add_notices(notices: &[Notice], caveats: &mut Caveats) {
    for notice in notices {
        let (id, prefix) = match notice.level {
            NoticeLevel::Error => ("query-failed", "a query failed"),
            NoticeLevel::Warning => ("server-warning", "the server warned"),
            NoticeLevel::Info => ("server-info", "the server noted"),
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
        caveats.add("population-lag", || {
            format!(
                "the window is shorter than two requests ({} each): phases speak of requests that began before it",
                crate::wording::seconds(e2e)
            )
        });
    }
}
