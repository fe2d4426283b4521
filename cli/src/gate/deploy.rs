//! Two windows: did serving get worse, or did the requests grow?
//!
//! `compare` says whether the later window is worse. What is worse because more or longer requests
//! came is no fault of a deployment, so here every row that fails is asked what it comes from.

use inference_triage_core::catalogue::baseline_modes::BaselineMode;
use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::comparison::{Comparison, Outcome, Subject};
use inference_triage_core::report::{Diagnosis, Verdict};
use inference_triage_core::settings::{BaselineSettings, Interval, Settings};
use inference_triage_core::text::number::{counted, number};
use inference_triage_core::triage::finding::{Severity, State};

use super::arguments::DeployArguments;
use super::judgement::{Check, Judgement};
use super::work::Work;
use super::{batch, lost, side_by_side, times};
use crate::diagnose::session_of;
use crate::exit::Failure;
use crate::source::{self, Keep, Material};

pub(super) fn judge(arguments: &DeployArguments) -> Result<Judgement, Failure> {
    // Two deployments are made one from their texts.
    let keep = if arguments.of_the_other().is_some() { Keep::Texts } else { Keep::Samples };
    let mut material = source::gather(&arguments.both_windows(), keep)?;
    if material.settings.window.is_some()
        || material.settings.baseline != BaselineSettings::default()
    {
        return Err(Failure::usage(
            "gate deploy takes its two windows from --before and --after; leave --window and \
             --baseline out",
        ));
    }
    // One deployment that goes as another comes looks like a fault of both, so the verdict on each
    // is that of its own data.
    let mut alone = None;
    let before = match (arguments.of_the_other(), arguments.before) {
        (None, Some(before)) => before,
        (None, None) => return Err(Failure::usage("give --before, or the deployment that stays")),
        (Some(other), _) => {
            let mut stays = source::gather(&other, keep)?;
            let earlier = verdict_of(&mut stays, arguments.after)?;
            alone = Some((earlier, verdict_of(&mut material, arguments.after)?));
            let (both, before) =
                side_by_side::joined(&stays.detail, &material.detail, arguments.after)?;
            material.detail = both;
            material.history = None;
            before
        }
    };
    let mut session = session_of(&mut material)?;
    let comparison = session.compare(None, before, arguments.after)?;
    let mut diagnosed = |window, mode, baseline: Option<Interval>| {
        session.configure(Settings {
            window: Some(window),
            baseline: BaselineSettings {
                mode,
                start: baseline.map(|one| one.start),
                end: baseline.map(|one| one.end),
                ..BaselineSettings::default()
            },
            ..material.settings.clone()
        })?;
        Ok::<_, Failure>(session.report_of(Some(comparison.scope))?.diagnosis)
    };
    let mut windows = Windows {
        earlier: diagnosed(before, BaselineMode::None, None)?,
        later: diagnosed(arguments.after, BaselineMode::Range, Some(before))?,
        is_beside: alone.is_some(),
    };
    if let Some((earlier, later)) = alone {
        windows.earlier.verdict = earlier;
        windows.later.verdict = later;
    }
    Ok(judged(&comparison, &windows, arguments.min_requests))
}

/// The verdict on a window of one deployment alone.
fn verdict_of(material: &mut Material, window: Interval) -> Result<Verdict, Failure> {
    let mut session = session_of(material)?;
    let baseline = BaselineSettings { mode: BaselineMode::None, ..BaselineSettings::default() };
    let settings = Settings { window: Some(window), baseline, ..material.settings.clone() };
    session.configure(settings)?;
    Ok(session.report()?.diagnosis.verdict)
}

/// The diagnosis of each window, the later one with the earlier as its baseline.
pub(super) struct Windows {
    pub(super) earlier: Diagnosis,
    pub(super) later: Diagnosis,
    /// Whether the windows are two deployments at one time.
    pub(super) is_beside: bool,
}

fn judged(comparison: &Comparison, windows: &Windows, least: f64) -> Judgement {
    let work = Work::of(windows);
    let mut checks = vec![
        data("requests before", comparison.before.finished_requests, least),
        data("requests after", comparison.after.finished_requests, least),
    ];
    let is_enough = checks.iter().all(|check| check.outcome == Outcome::Pass);
    let verdict = verdict(comparison, windows, &work);
    let times = times::checks(comparison, &windows.later, &work);
    checks.push(Check::new("work", work.outcome(), work.text()));
    checks.push(verdict.clone());
    checks.extend(batch::check(windows, &work));
    checks.extend(lost::check(windows, &work));
    checks.extend(times);
    let failed = checks.iter().find(|check| check.outcome == Outcome::Fail);
    let said = |check: &Check| format!("{}: {}", check.name, check.message);
    // A row that the buckets leave open is usual; one of a factor or of a proof is not.
    let open = checks.iter().find(|check| check.is_open());
    let (outcome, summary) = match (failed, open) {
        _ if !is_enough => (
            Outcome::Inconclusive,
            format!("too few requests: each window needs {}", number(least)),
        ),
        (Some(failed), _) => (Outcome::Fail, said(failed)),
        (None, _) if verdict.outcome != Outcome::Pass => {
            (Outcome::Inconclusive, verdict.message.clone())
        }
        (None, Some(open)) => (Outcome::Inconclusive, said(open)),
        (None, None) if !work.is_measured => (Outcome::Inconclusive, work.text()),
        (None, None) => (Outcome::Pass, format!("serving is no worse; {}", work.text())),
    };
    let later = &windows.later.verdict;
    let is_ill = !matches!(later.severity, Severity::Ok | Severity::Info);
    let action = (outcome == Outcome::Fail && is_ill).then(|| later.sentence.clone());
    Judgement { gate: "deploy", outcome, summary, action, checks }
}

fn data(name: &str, finished: Option<f64>, least: f64) -> Check {
    let (outcome, message) = match finished {
        None => (Outcome::Inconclusive, "not measured".to_owned()),
        Some(finished) if finished < least => (
            Outcome::Inconclusive,
            format!("{} of {} needed", number(finished.round()), number(least)),
        ),
        Some(finished) => (Outcome::Pass, counted(finished.round(), "request", "requests")),
    };
    Check::new(name, outcome, message)
}

/// Where a cause can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// From the deployment, its machine or its network; never from larger requests alone.
    Service,
    /// From what is asked for as well, given that it grew.
    Either,
}

fn origin(cause: CauseId) -> Origin {
    match cause {
        CauseId::ConfigDrift
        | CauseId::EngineAsleep
        | CauseId::EngineErrors
        | CauseId::RestartLoop
        | CauseId::SickReplica
        | CauseId::SpeculationNotPaying => Origin::Service,
        _ => Origin::Either,
    }
}

fn verdict(comparison: &Comparison, windows: &Windows, work: &Work) -> Check {
    let row = comparison.rows.iter().find(|row| row.subject == Subject::Verdict);
    let told = row.map(|row| (row.outcome, row.because.clone()));
    let told = told.filter(|_| !windows.is_beside);
    let (outcome, because) = told.unwrap_or_else(|| beside(windows));
    let cause = windows.later.verdict.id;
    let is_open = |diagnosis: &Diagnosis| diagnosis.verdict.state == State::Unknown;
    let check = |outcome, message| Check::new("verdict", outcome, message);
    match outcome {
        // What could not be told before cannot have become worse by it: the times decide.
        Outcome::Inconclusive
            if is_open(&windows.earlier) && is_open(&windows.later) && !work.has_grown() =>
        {
            check(Outcome::Pass, "cannot be told in either window".to_owned())
        }
        Outcome::Fail if origin(cause) == Origin::Either => {
            let is_same = work.is_measured && !work.has_grown();
            if is_same {
                check(Outcome::Fail, because)
            } else {
                check(Outcome::Inconclusive, format!("{because}, and {}", work.text()))
            }
        }
        _ => check(outcome, because),
    }
}

/// The verdict on one deployment beside that on the other.
fn beside(windows: &Windows) -> (Outcome, String) {
    let (stays, comes) = (&windows.earlier.verdict, &windows.later.verdict);
    let is_as_ill = stays.id == comes.id && comes.severity <= stays.severity;
    let outcome = match (comes.state, comes.severity) {
        _ if is_as_ill && comes.state != State::Unknown => Outcome::Pass,
        (State::Unknown, _) => Outcome::Inconclusive,
        (State::Clear, _) | (_, Severity::Ok | Severity::Info) => Outcome::Pass,
        _ => Outcome::Fail,
    };
    (outcome, format!("{}, the other is {}", comes.id.id(), stays.id.id()))
}
