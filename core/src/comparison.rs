//! Two windows side by side: did the fix work, did the deploy harm?

mod markdown;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::catalogue::factors::FactorId;
use crate::catalogue::list::closed_list;
use crate::catalogue::signals::SignalId;
use crate::report::{Diagnosis, LedgerEntry, QuantileReport, Window};
use crate::small::list::CollectVec;
use crate::text::number::{percent, percentile_name};
use crate::triage::finding::{Severity, State};
use crate::window::onset::LEAST_REQUESTS;

closed_list! {
    /// What the second window says against the first.
    Outcome {
        /// No worse than before, as far as it was measured.
        Pass = "pass",
        /// Worse than before, or still wrong.
        Fail = "fail",
        /// The data do not decide it.
        Inconclusive = "inconclusive",
    }
}

closed_list! {
    /// What a row of a comparison is about.
    Subject {
        /// The answer in each window.
        Verdict = "verdict",
        /// Whether both windows served the same work.
        Workload = "workload",
        /// What a request costs the engine at equal work.
        Cost = "cost",
        /// Mean seconds of a request in each phase.
        Phase = "phase",
        /// A quantile of a latency.
        Latency = "latency",
    }
}

/// Factor by which arrivals or lengths of requests may differ between windows that are compared.
/// Less, and the ordinary unrest of traffic makes every comparison inconclusive; more, and an
/// engine that is loaded to 80 % is overloaded in one of the two.
const SAME_WORK: f64 = 1.25;

/// Share of the mean request by which a phase may grow. Less, and the unrest of traffic fails a
/// deploy that changed nothing; more, and a tenth of all latency passes unseen.
const SAME_TIME: f64 = 0.1;

/// Factor by which the cost of a token or a step may differ. Less, and the regression's own unrest
/// shows as a change; more, and a clock that fell by a tenth passes unseen.
const SAME_COST: f64 = 1.1;

/// Share of the added time from which a dearer step or token is blamed. Less, and a cost that
/// hardly counts stands beside the one that does; more, and of six equal ones none is named.
const LEAST_OWNED: f64 = 0.15;

/// Two windows of one scope.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Comparison {
    /// Id of the scope.
    pub scope: usize,
    /// The earlier one.
    pub before: Window,
    /// The one that is judged against it.
    pub after: Window,
    /// All rows in one word.
    pub outcome: Outcome,
    /// In the order of [`Subject`].
    pub rows: Vec<Row>,
}

/// One thing that is compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ComparisonRow"))]
pub struct Row {
    /// What it is about.
    pub subject: Subject,
    /// Id of the phase, factor or signal; `verdict` for the verdict.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub id: &'static str,
    /// Name for people.
    pub title: String,
    /// `s`, `tokens`, `requests/s`; empty for the verdict.
    #[cfg_attr(feature = "typescript", ts(type = "string"))]
    pub unit: &'static str,
    /// In the earlier window: a number, or the upper end of a quantile's interval; absent where
    /// nothing was measured or nothing bounds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub before: Option<f64>,
    /// In the later window.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub after: Option<f64>,
    /// The answer.
    pub outcome: Outcome,
    /// Why, one phrase.
    pub because: String,
}

impl Comparison {
    /// Of the diagnosis of the earlier window, and of that of the later one with the earlier as its
    /// baseline; `quantile` is the one whose latencies are compared, 0–1.
    pub fn of(before: &Diagnosis, after: &Diagnosis, quantile: f64) -> Self {
        let mut rows = vec![verdict(before, after)];
        let work = [FactorId::Arrivals, FactorId::PromptTokens, FactorId::OutputTokens];
        rows.extend(work.into_iter().map(|factor| workload(after, factor)));
        let phases = phases(after);
        let is_slower = phases.iter().any(|row| row.outcome == Outcome::Fail);
        let costs = [FactorId::PrefillCost, FactorId::StepTime];
        rows.extend(costs.into_iter().map(|factor| cost(after, factor, is_slower)));
        rows.extend(phases);
        let latencies = [SignalId::Ttft, SignalId::Itl, SignalId::E2e];
        rows.extend(latencies.into_iter().filter_map(|signal| latency(after, signal, quantile)));
        let outcome = overall(&rows);
        Self { scope: after.scope, before: before.window, after: after.window, outcome, rows }
    }
}

/// The verdict decides where it fails. What else is worse counts only where the work was the same;
/// and where that is not known, nothing passes.
fn overall(rows: &[Row]) -> Outcome {
    let of = |subject: Subject| rows.iter().filter(move |row| row.subject == subject);
    let is_all = |subject: Subject, outcome: Outcome| of(subject).all(|row| row.outcome == outcome);
    let verdict = of(Subject::Verdict).next().map_or(Outcome::Inconclusive, |row| row.outcome);
    let is_same_work = is_all(Subject::Workload, Outcome::Pass);
    let is_measured = !is_all(Subject::Phase, Outcome::Inconclusive)
        || !is_all(Subject::Latency, Outcome::Inconclusive);
    let is_worse = rows.iter().any(|row| {
        matches!(row.subject, Subject::Phase | Subject::Latency) && row.outcome == Outcome::Fail
    });
    match verdict {
        Outcome::Fail => Outcome::Fail,
        Outcome::Pass if is_same_work && is_worse => Outcome::Fail,
        Outcome::Pass if is_same_work && is_measured => Outcome::Pass,
        _ => Outcome::Inconclusive,
    }
}

fn verdict(before: &Diagnosis, after: &Diagnosis) -> Row {
    let (was, is) = (&before.verdict, &after.verdict);
    let name = is.id.id();
    let is_harmless = matches!(is.severity, Severity::Ok | Severity::Info);
    let (outcome, because) = match is.state {
        State::Unknown => (Outcome::Inconclusive, "the later window is inconclusive".to_owned()),
        _ if is.state == State::Clear || is_harmless => (Outcome::Pass, format!("now {name}")),
        _ if is.id == was.id => (Outcome::Fail, format!("still {name}")),
        _ => (Outcome::Fail, format!("now {name}, was {}", was.id.id())),
    };
    let (title, before, after) = ("verdict".to_owned(), None, None);
    let subject = Subject::Verdict;
    Row { subject, id: subject.id(), title, unit: "", before, after, outcome, because }
}

fn workload(after: &Diagnosis, factor: FactorId) -> Row {
    let entry = after.ledger.iter().find(|entry| entry.factor == factor);
    let ratio = entry.map(|entry| entry.ratio);
    let (outcome, because) = match ratio {
        None => (Outcome::Inconclusive, "not measured in both windows".to_owned()),
        Some(ratio) if (1.0 / SAME_WORK..=SAME_WORK).contains(&ratio) => {
            (Outcome::Pass, "about the same".to_owned())
        }
        Some(_) => (Outcome::Fail, "other work: times do not compare".to_owned()),
    };
    of_factor(Subject::Workload, factor, entry, (outcome, because))
}

fn cost(after: &Diagnosis, factor: FactorId, is_slower: bool) -> Row {
    let entry = after.ledger.iter().find(|entry| entry.factor == factor);
    of_factor(Subject::Cost, factor, entry, told_of(entry, is_slower))
}

/// A dearer token or step fails where it owns some of what the phases grew by.
fn told_of(entry: Option<&LedgerEntry>, is_slower: bool) -> (Outcome, String) {
    let Some(LedgerEntry { ratio, share, .. }) = entry else {
        return (Outcome::Inconclusive, "not measured in both windows".to_owned());
    };
    let owned = share.filter(|share| is_slower && *share >= LEAST_OWNED);
    match owned {
        Some(share) if *ratio > SAME_COST => {
            (Outcome::Fail, format!("owns {} of the added time", percent(share)))
        }
        _ if *ratio > SAME_COST => {
            (Outcome::Pass, "higher, but not what made requests longer".to_owned())
        }
        _ if *ratio < 1.0 / SAME_COST => (Outcome::Pass, "lower".to_owned()),
        _ => (Outcome::Pass, "about the same".to_owned()),
    }
}

fn of_factor(
    subject: Subject,
    factor: FactorId,
    entry: Option<&LedgerEntry>,
    (outcome, because): (Outcome, String),
) -> Row {
    Row {
        subject,
        id: factor.id(),
        title: factor.title().to_owned(),
        unit: factor.unit(),
        before: entry.map(|entry| entry.before),
        after: entry.map(|entry| entry.now),
        outcome,
        because,
    }
}

/// One row each phase that is no part of another, and one for the whole request.
fn phases(after: &Diagnosis) -> Vec<Row> {
    let Some(phases) = &after.phases else { return Vec::new() };
    let finished = [after.window.finished_requests, after.baseline.finished_requests];
    let is_enough = finished.iter().all(|count| count.is_some_and(|count| count >= LEAST_REQUESTS));
    let whole = phases.baseline_mean_e2e;
    let row = |id, title: &str, before: Option<f64>, now: f64| {
        let grown = before.zip(whole).map(|(before, whole)| (now - before) / whole);
        let (outcome, because) = match grown {
            _ if !is_enough => {
                (Outcome::Inconclusive, format!("fewer than {LEAST_REQUESTS} requests in a window"))
            }
            Some(grown) if grown > SAME_TIME => {
                (Outcome::Fail, "added over 10 % of the request".to_owned())
            }
            Some(grown) if grown < -SAME_TIME => (Outcome::Pass, "shorter".to_owned()),
            Some(_) => (Outcome::Pass, "about the same".to_owned()),
            None => (Outcome::Inconclusive, "not measured in both windows".to_owned()),
        };
        let (title, after) = (title.to_owned(), Some(now));
        Row { subject: Subject::Phase, id, title, unit: "s", before, after, outcome, because }
    };
    let parts = phases.parts.iter().filter(|part| part.part_of.is_none());
    let parts = parts.map(|part| (part.phase, part.baseline_seconds, part.seconds));
    let mut rows =
        parts.map(|(phase, before, now)| row(phase.id(), phase.title(), before, now)).collect_vec();
    rows.push(row(SignalId::E2e.id(), "whole request", whole, phases.mean_e2e));
    rows
}

/// None for a latency without that quantile.
fn latency(after: &Diagnosis, signal: SignalId, quantile: f64) -> Option<Row> {
    let report = after.signals.get(signal)?;
    let at = |list: &[QuantileReport]| {
        let is_wanted = |one: &&QuantileReport| (one.q - quantile).abs() < 1e-9;
        list.iter().find(is_wanted).map(|one| (one.lo, one.hi.or(one.order_hi)))
    };
    let now = at(&report.quantiles)?;
    let before = at(&report.baseline_quantiles);
    let (outcome, because) = match (before, now) {
        (None, _) => (Outcome::Inconclusive, "not measured before"),
        (Some((_, Some(was))), (lo, _)) if lo > was => (Outcome::Fail, "proved higher"),
        (Some((_, was)), (_, is))
            if is.unwrap_or(f64::INFINITY) <= was.unwrap_or(f64::INFINITY) =>
        {
            (Outcome::Pass, "no higher, by its buckets")
        }
        _ => (Outcome::Inconclusive, "perhaps higher: too wide buckets"),
    };
    Some(Row {
        subject: Subject::Latency,
        id: signal.id(),
        title: format!("{} {}", signal.short(), percentile_name(quantile)),
        unit: "s",
        before: before.and_then(|(_, hi)| hi),
        after: now.1,
        outcome,
        because: because.to_owned(),
    })
}
