//! One scope and one window to one diagnosis.

mod apart;
mod whole;

pub use apart::{diagnose, diagnose_replica};

use crate::catalogue::causes::CauseId;
use crate::catalogue::caveats::CaveatId;
use crate::catalogue::columns::ColumnId;
use crate::catalogue::families::Family;
use crate::catalogue::purposes::Purpose;
use crate::catalogue::signals::SignalId;
use crate::caveat::Caveats;
use crate::ingest::batch::{Notice, NoticeLevel};
use crate::limits::{Limit, Limits};
use crate::quality::identities::Checked;
use crate::quality::{Gaps, Missing, Quality, defects, identities, quality, stale_page};
use crate::scope::{Replica, Scope};
use crate::settings::{Interval, Settings, Slo};
use crate::signal::level::Level;
use crate::signal::phases::Phases;
use crate::signal::{Signals, build, columns, phases};
use crate::small::list::CollectVec;
use crate::store::grid::TimeGrid;
use crate::text::foreign::plain;
use crate::text::number::{number, seconds};
use crate::triage::cause::Words;
use crate::triage::coverage::Coverage;
use crate::triage::facts::Facts;
use crate::triage::facts::availability::unseen_after;
use crate::triage::facts::worker::Worker;
use crate::triage::finding::{Finding, Pattern, Verdict};
use crate::triage::ledger::Ledger;
use crate::triage::matrix::pattern;
use crate::triage::outside::Outside;
use crate::triage::rank::{self, Claim};
use crate::triage::subject::Subject;
use crate::triage::unfailed::Unfailed;
use crate::window::activity::Activity;
use crate::window::baseline::{self, BaselineSource};
use crate::window::measurements::Measurements;
use crate::window::replica_set::ReplicaSet;
use whole::judging;

/// Signals that every diagnosis needs; the quality grade falls where one is missing.
const NEEDED: [SignalId; 3] = [SignalId::Ttft, SignalId::QueueTime, SignalId::Itl];

/// A set of replicas with what is computed once for it and serves every window.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// The scope.
    pub scope: &'a Scope,
    /// The replicas looked at.
    pub replicas: Vec<&'a Replica>,
    /// Their columns that no window changes.
    pub replica_set: &'a ReplicaSet,
    /// The time grid of the table that they come from.
    pub grid: &'a TimeGrid,
}

impl Prepared<'_> {
    fn measure(&self, (first, last): (usize, usize)) -> Measurements {
        Measurements::of(&self.replicas, self.replica_set, self.grid, first, last)
    }

    fn interval(&self, (first, last): (usize, usize)) -> Interval {
        let times = self.grid.times();
        Interval { start: times[first], end: times[last] }
    }
}

/// Everything that is found out of one scope in one window; indices are those of the time grid of
/// the detail.
#[derive(Debug)]
pub struct Diagnosis {
    /// First and last index of the window.
    pub window: (usize, usize),
    /// Requests that finished in the window.
    pub finished: Option<f64>,
    /// First and last grid time of the baseline, Unix milliseconds; None without one.
    pub baseline: Option<Interval>,
    /// How the baseline was chosen.
    pub baseline_source: BaselineSource,
    /// Requests that finished in the baseline.
    pub baseline_finished: Option<f64>,
    /// The one answer.
    pub verdict: Verdict,
    /// Every cause's answer.
    pub findings: Vec<Finding>,
    /// What changed against the baseline.
    pub ledger: Ledger,
    /// The excess time of the mean request by phase and cause.
    pub claims: Vec<Claim>,
    /// How many requests ended without a failure; None where none ended or no failure is counted.
    pub unfailed: Option<Unfailed>,
    /// Where the mean request spent its time.
    pub phases: Option<Phases>,
    /// The matched row of the matrix.
    pub pattern: Pattern,
    /// Measurements.
    pub signals: Signals,
    /// Limits of the live engine.
    pub limits: Vec<Limit>,
    /// How far the data can be trusted.
    pub quality: Quality,
    /// Columns that these replicas can fill.
    pub columns: Vec<ColumnId>,
    /// The objectives that were judged.
    pub slo: Slo,
}

/// Grid indices of the window: the one in the settings, else the last tenth of the range, at least
/// five minutes. A window without samples shrinks to the grid time nearest to its start.
pub fn window_indices(grid: &TimeGrid, settings: &Settings) -> Option<(usize, usize)> {
    let (&start, &end) = (grid.times().first()?, grid.times().last()?);
    let Interval { start: from, end: to } = settings.window_within(Interval { start, end });
    Some(grid.indices(from, to).unwrap_or_else(|| {
        let nearest = grid.index_of(from, 0);
        (nearest, nearest)
    }))
}

/// One set of replicas as it is, and which of them miss an objective by themselves.
fn look(
    prepared: &Prepared<'_>,
    history: Option<&Prepared<'_>>,
    notices: &[Notice],
    settings: &Settings,
    window: (usize, usize),
) -> (Diagnosis, Vec<Outside>) {
    let (found, outside) = look_before(prepared, history, notices, settings, window, None);
    let Some(since) = found.begins_in_its_baseline() else {
        return (found, outside);
    };
    look_before(prepared, history, notices, settings, window, Some(since))
}

impl Diagnosis {
    /// When the verdict began, where that is before the end of a baseline that was chosen for a
    /// change: a baseline that holds the beginning of what was found is no baseline of it.
    fn begins_in_its_baseline(&self) -> Option<i64> {
        let by_change =
            matches!(self.baseline_source, BaselineSource::Auto | BaselineSource::Drift);
        let (since, baseline) = (self.verdict.since?, self.baseline?);
        (by_change && since <= baseline.end).then_some(since)
    }
}

/// As [`look`], with an automatic baseline that ends before a time, Unix milliseconds.
fn look_before(
    prepared: &Prepared<'_>,
    history: Option<&Prepared<'_>>,
    notices: &[Notice],
    settings: &Settings,
    window: (usize, usize),
    before: Option<i64>,
) -> (Diagnosis, Vec<Outside>) {
    let Prepared { scope, replicas, replica_set, grid } = prepared;
    let mut caveats = scope.caveats.clone();
    add_notices(notices, &mut caveats);
    let mut now = prepared.measure(window);
    caveats.extend(&now.caveats);
    let defects = defects::leave_out(scope.profile, replicas, &mut now, &mut caveats);
    let left_out: Vec<Family> = defects.iter().map(|(family, _)| *family).collect_vec();
    let earlier = history.map(|table| table.grid);
    let chosen = baseline::choose(replica_set, grid, earlier, settings, window, before);
    let table = match chosen.table {
        Purpose::Detail => prepared,
        Purpose::History => history.unwrap_or(prepared),
    };
    let baseline = chosen.indices.map(|indices| {
        let mut before = table.measure(indices);
        let Prepared { scope, replicas, .. } = table;
        // The baseline's repairs do not touch the diagnosis of the window.
        defects::leave_out(scope.profile, replicas, &mut before, &mut Caveats::new());
        before
    });
    // What missed its objectives then too is no measure of what is wrong now.
    let is_measure = |before: &Measurements| {
        chosen.source != BaselineSource::Earlier || !misses_objectives(before, settings)
    };
    let baseline = baseline.filter(is_measure);
    let chosen = if baseline.is_some() { chosen } else { baseline::NO_BASELINE };
    let settings = &judging(settings, &now, baseline.as_ref());
    let mut signals = build::signals(&now, baseline.as_ref(), settings, &mut caveats);
    let Checked { mut broken, mistaken } =
        identities::check(replicas, window, now.seconds, &left_out, &now.cumulative, &mut caveats);
    signals.leave_unjudged(&mistaken);
    let activities = &replica_set.activities;
    broken.extend(stale_page::find(replicas, activities, grid, window, &mut caveats));
    let is_needed = |family: Family| NEEDED.iter().any(|id| id.id() == family.id());
    for (_, one) in defects.into_iter().filter(|(family, _)| is_needed(*family)) {
        broken.push(one);
    }
    let is_repaired = caveats.iter().any(|caveat| caveat.id.can_break_identities());
    let is_broken_throughout = is_repaired
        && !broken.is_empty()
        && identities::stands_throughout(replicas, grid, window, &left_out);
    add_population_lag(&now, &mut caveats);
    add_several_tokens(&now, &mut caveats);
    let limits = Limits::find(scope, replicas, grid, &now, settings);
    let subject = Subject {
        scope,
        replicas,
        activities,
        grid,
        settings,
        now: &now,
        baseline: baseline.as_ref(),
        changed_at: chosen.changed_at,
        signals: &signals,
        limits: &limits,
        broken: &broken,
        mistaken: &mistaken,
        is_broken_throughout,
        caveats: &caveats,
    };
    let pattern = pattern_of(&subject);
    let facts = Facts::of(&subject, pattern.direction.clone());
    let caveats = with_pools(&facts, caveats.clone());
    let ledger = Ledger::of(&facts);
    let judged = rank::judge(&facts, &ledger, &Words { scope }, &caveats);
    let missing = Missing {
        needed: NEEDED.iter().filter(|id| !facts.has_or_needs_none(**id)).count()
            + usize::from(facts.coverage.mostly_without_load() > 1),
        used: judged.findings.first().map_or(0, leans_on_missing)
            + unmeasured(&judged.verdict, &facts.coverage),
    };
    let gaps = Gaps::of(scope, (replica_set, grid), window, long_gaps(&subject));
    // A count that contradictions show to be wrong is no figure.
    let is_counted = !broken.iter().any(|one| one.id.is_of_counts());
    let unfailed = Unfailed::of(&now, &facts.loss).filter(|_| is_counted);
    let outside = facts.spread.outside;
    let found = Diagnosis {
        window,
        finished: now.finished().filter(|_| is_counted),
        baseline: chosen.indices.map(|indices| table.interval(indices)),
        baseline_source: chosen.source,
        baseline_finished: baseline.as_ref().and_then(Measurements::finished),
        verdict: judged.verdict,
        findings: judged.findings,
        ledger,
        claims: judged.claims,
        unfailed,
        phases: phases::phases(&now, baseline.as_ref()),
        pattern,
        quality: quality(caveats, &broken, missing, gaps),
        limits: limits.list,
        columns: columns::available(replicas),
        slo: settings.slo.clone(),
        signals: if is_counted { signals } else { signals.without_counts() },
    };
    (found, outside)
}

/// Replicas that miss more scrapes of the window in a row than may be missed.
fn long_gaps(subject: &Subject<'_>) -> usize {
    let (times, now) = (subject.grid.times(), subject.now);
    let is_long = |activity: &&Activity| {
        let gap = activity.longest_gap(now.first, now.last, times);
        let length = gap.map_or(0, |(from, to)| times[to] - times[from]);
        length as f64 > unseen_after(subject, activity)
    };
    subject.activities.iter().filter(is_long).count()
}

/// Whether the mean of a latency lies above its objective.
fn misses_objectives(window: &Measurements, settings: &Settings) -> bool {
    let judged = [
        (Family::Ttft, SignalId::Ttft),
        (Family::Itl, SignalId::Itl),
        (Family::E2e, SignalId::E2e),
    ];
    // By the kind of service alone: lengths of a time that is not known to be well allow anything.
    judged.into_iter().any(|(family, signal)| {
        let target = settings.slo.target(signal).map(|(target, _)| target);
        window.mean(family).zip(target).is_some_and(|(mean, target)| mean > target)
    })
}

/// Signals that a finding rests on and that are not measured. Time per output token only sharpens
/// what inter-token latency says, and older releases have none.
fn leans_on_missing(finding: &Finding) -> usize {
    finding.missing.iter().filter(|id| **id != SignalId::Tpot).count()
}

/// Gaps that a verdict rests on: health on all of them, a finding on those of most replicas.
fn unmeasured(verdict: &Verdict, coverage: &Coverage) -> usize {
    match verdict.id {
        CauseId::Healthy => coverage.never.len() + coverage.ended.len(),
        _ => coverage.mostly_ended() + coverage.mostly_without_load(),
    }
}

/// The row of the matrix that the levels of a window match.
fn pattern_of(subject: &Subject<'_>) -> Pattern {
    let level = |id| subject.signals.get(id).map_or(Level::Unknown, |signal| signal.level);
    let level_or_none_needed = |id| match level(id) {
        // What another engine does does not hold up here.
        Level::Unknown if Worker::of(subject).is_without(id) => Level::Normal,
        level => level,
    };
    let row = pattern(
        level_or_none_needed(SignalId::Ttft),
        level(SignalId::QueueTime),
        level_or_none_needed(SignalId::Itl),
    );
    Pattern { itl: level(SignalId::Itl), ttft: level(SignalId::Ttft), ..row }
}

fn add_notices(notices: &[Notice], caveats: &mut Caveats) {
    for notice in notices {
        let (id, prefix) = match notice.level {
            NoticeLevel::Error => (CaveatId::QueryFailed, "a query failed"),
            // The word of every server that asks others and did not reach all of them.
            NoticeLevel::Warning if notice.text.to_ascii_lowercase().contains("partial") => {
                (CaveatId::PartialAnswer, "the server warned")
            }
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
    let e2e = now.mean(Family::E2e);
    if let Some(e2e) = e2e.filter(|e2e| now.seconds > 0.0 && now.seconds < 2.0 * e2e) {
        caveats.add(CaveatId::PopulationLag, || {
            format!(
                "the window is shorter than two requests ({} each): some phases belong to requests \
                 that began before it",
                seconds(e2e)
            )
        });
    }
}

/// Where prefill and decode run apart, each pool is asked once for every request.
fn with_pools(facts: &Facts, mut caveats: Caveats) -> Caveats {
    if facts.pools.is_some() {
        caveats.add(CaveatId::CountedInBothPools, || {
            "prefill and decode run apart: each request counts in both pools, once with a single \
             output token, so that counts, rates and mean lengths are those of both together; \
             choose one replica to see its own"
                .to_owned()
        });
    }
    caveats
}

/// Inter-token latency is one observation an output, which speculation fills with several tokens.
fn add_several_tokens(now: &Measurements, caveats: &mut Caveats) {
    if let Some(tokens) = now.tokens_per_output() {
        caveats.add(CaveatId::SeveralTokensAnOutput, || {
            format!(
                "each output holds {} tokens on average (speculation?): inter-token latency is that \
                 of outputs, and is judged by the time of a token",
                number(tokens)
            )
        });
    }
}
