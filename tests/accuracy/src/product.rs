//! The diagnosis under test, asked as a host would ask it.

use inference_triage_core::error::Error;
use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::report::{Evidence, Report};
use inference_triage_core::session::Session;
use inference_triage_core::settings::{Interval, Settings, Slo};
use inference_triage_core::small::sorted::SortedMap;
use inference_triage_core::triage::finding::{Severity, State};

use crate::answer::{Answer, Claim};

/// Id of the diagnosis among the tools.
pub const ID: &str = "inference-triage";

/// Objectives of a case, seconds at p95.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objectives {
    /// Time to first token.
    pub ttft: f64,
    /// Time between two tokens.
    pub itl: f64,
    /// Mean time per output token of a request.
    pub tpot: f64,
    /// End to end.
    pub e2e: f64,
}

/// A session over one case's data.
#[derive(Debug)]
pub struct Product {
    session: Session,
    objectives: Objectives,
}

impl Product {
    /// Loads the data. Data that it refuses are an error.
    pub fn load(batch: &SampleBatch, objectives: Objectives) -> Result<Self, Error> {
        let mut session = Session::new();
        session.load_batch(batch.clone())?;
        Ok(Self { session, objectives })
    }

    /// The report over a window, Unix milliseconds, with the case's objectives and every other
    /// setting at its default.
    pub fn report(&mut self, window: (i64, i64)) -> Result<Report, Error> {
        let Objectives { ttft, itl, tpot, e2e } = self.objectives;
        let named = [("ttft", ttft), ("itl", itl), ("tpot", tpot), ("e2e", e2e)];
        let targets: SortedMap<String, f64> =
            named.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        self.session.configure(Settings {
            window: Some(Interval { start: window.0, end: window.1 }),
            slo: Slo { targets, ..Slo::default() },
            ..Settings::default()
        })?;
        self.session.report()
    }

    /// The answer over a window.
    pub fn judge(&mut self, window: (i64, i64)) -> Answer {
        match self.report(window) {
            Ok(report) => answer(&report),
            Err(error) => refused(&error),
        }
    }
}

/// Refused data are an honest "cannot tell": nothing is said about the engine.
pub fn refused(error: &Error) -> Answer {
    Answer::of(Claim::CannotTell, format!("refused: {error}"))
}

fn claim(id: &str) -> Claim {
    match id {
        "healthy" => Claim::Healthy,
        "cannot-tell" => Claim::CannotTell,
        cause => Claim::cause(&[cause]),
    }
}

/// A report in the terms of the comparison: the verdict first, then every other rule that fires.
pub fn answer(report: &Report) -> Answer {
    let verdict = &report.diagnosis.verdict;
    let primary = report.diagnosis.findings.first();
    let others =
        report.diagnosis.findings.iter().skip(1).filter(|finding| finding.state == State::Firing);
    let evidence = primary.map_or(&[][..], |finding| finding.evidence.as_slice());
    let id = verdict.id.id();
    let first = match verdict.severity {
        Severity::Info => Claim::Note(vec![id.to_owned()]),
        _ => claim(id),
    };
    Answer {
        claims: std::iter::once(first)
            .chain(others.map(|finding| claim(finding.id.id())))
            .collect(),
        action: verdict.action.as_ref().map(|action| action.id.id().to_owned()),
        action_value: advised_value(report),
        said: verdict.sentence.clone(),
        evidence: evidence.iter().map(|evidence| evidence.text.clone()).collect(),
        confidence: verdict.confidence,
        margin: margin(evidence),
        factor: largest_factor(report),
        since: verdict.since,
    }
}

/// The factor of the ledger that owns most of the added time.
fn largest_factor(report: &Report) -> Option<String> {
    let shares =
        report.diagnosis.ledger.iter().filter_map(|entry| Some((entry.factor, entry.share?)));
    let owned = shares.filter(|(_, share)| *share > 0.0);
    owned.max_by(|left, right| left.1.total_cmp(&right.1)).map(|(factor, _)| factor.id().to_owned())
}

/// The least distance of any number of the evidence to its threshold, as a share of the threshold:
/// how much the weakest link may move before the verdict falls. None without a number that has a
/// threshold other than 0.
fn margin(evidence: &[Evidence]) -> Option<f64> {
    let share = |evidence: &Evidence| evidence.margin.abs() / evidence.threshold.abs();
    evidence.iter().filter(|evidence| evidence.threshold.abs() > 0.0).map(share).reduce(f64::min)
}

/// The value that an advice names for its flag, e.g. 16 of `--max-num-seqs=16`.
fn advised_value(report: &Report) -> Option<f64> {
    let step = report.diagnosis.verdict.action.as_ref()?.steps.first()?;
    step.copy.as_ref()?.rsplit_once('=')?.1.parse().ok()
}
