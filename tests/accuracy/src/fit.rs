//! How often verdicts are right, counted on tuning cases of their own: the table of the core.

use std::fmt::Write;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::confidence::{Counted, Row, Support};
use serde::{Deserialize, Serialize};

use crate::answer::Claim;
use crate::calibration::Reliability;
use crate::experiment;
use crate::grid::Point;
use crate::product;
use crate::record::{Split, Standing};
use crate::scoring::Outcome;
use crate::statistics::Share;

/// What was counted, in the folder of the pages.
pub const FILE: &str = "accuracy/confidence.json";

/// The table of the core, from the folder of the pages.
pub const TABLE: &str = "../core/src/report/confidence/table.rs";

/// Cases of all verdicts that stand beside those of one verdict: what is known of a verdict nobody
/// has counted yet.
///
/// 8: of 4 to 16, any foretells left-out tuning cases as well. At 1, three right cases of three
/// read as likely as thirty of thirty; at 50, a rule that is wrong every other time reads as good
/// as all others.
const PRIOR_CASES: f64 = 8.0;

/// Cases that a verdict must have with each support to be counted apart. With one or two, the
/// number would rest on all verdicts alone, and “1 of 1” tells a reader nothing.
const LEAST_CASES: usize = 3;

/// Of how many cases one is run again to see whether they are still answered so.
const CHECKED_OF: usize = 12;

/// Share of the cases that are run again which may be answered otherwise: rules change in small
/// steps, and a table of hundreds of cases outlives a few of them.
const MOST_CHANGED: f64 = 0.1;

/// One simulated case and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Stable name within the sample.
    pub id: String,
    /// Tuning cases are counted; cases of the test set measure what was counted.
    pub split: Split,
    /// How the case counts.
    pub standing: Standing,
    /// The verdict, `cannot-tell` where the data were refused.
    pub verdict: String,
    /// Id of its support.
    pub support: String,
    /// Whether it names what was injected, or health.
    pub right: bool,
    /// Whether the nearest of its numbers lies within a tenth of its line; absent without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub near: Option<bool>,
}

/// All cases of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fit {
    /// Of the points of the sample; another one was drawn from another grid.
    pub fingerprint: String,
    /// The cases, in the order of the points.
    pub cases: Vec<Seen>,
}

/// Distance of a number from its line, as a share of the line, within which it is near.
const NEAR: f64 = 0.1;

/// Runs a case and asks the diagnosis.
pub fn see(point: &Point) -> Result<Seen, String> {
    let (standing, truth, report) = experiment::diagnosed(point)?;
    let answer = report.as_ref().map(product::answer);
    let outcome = answer.as_ref().map(|answer| Outcome::of(answer, truth));
    let diagnosis = report.as_ref().map(|report| &report.diagnosis);
    let support = diagnosis.map_or(Support::Weak, |found| {
        Support::of(&found.verdict, &found.findings, found.window.finished_requests)
    });
    Ok(Seen {
        id: point.id.clone(),
        split: point.split,
        standing,
        verdict: diagnosis.map_or(CauseId::CannotTell, |found| found.verdict.id).id().to_owned(),
        support: support.id().to_owned(),
        right: outcome == Some(Outcome::Right),
        near: answer
            .filter(|answer| *answer.first() != Claim::CannotTell)
            .and_then(|answer| Some(answer.margin? < NEAR)),
    })
}

impl Seen {
    /// The answer in a few words.
    pub fn said(&self) -> String {
        let Self { verdict, support, right, .. } = self;
        format!("{verdict} ({support} support, {})", if *right { "right" } else { "not right" })
    }
}

impl Fit {
    /// The file: one line a case.
    pub fn lines(&self) -> Result<String, String> {
        let lines: Result<Vec<String>, _> = self.cases.iter().map(serde_json::to_string).collect();
        let lines = lines.map_err(|error| error.to_string())?.join(",\n");
        let Self { fingerprint, .. } = self;
        Ok(format!("{{\"fingerprint\":\"{fingerprint}\",\"cases\":[\n{lines}\n]}}\n"))
    }

    /// Cases of one set that count and whose verdict says anything.
    fn of(&self, split: Split) -> impl Iterator<Item = &Seen> {
        self.cases.iter().filter(move |case| {
            case.split == split
                && matches!(case.standing, Standing::Fault | Standing::Healthy)
                && case.verdict != CauseId::CannotTell.id()
        })
    }

    /// What the table states of cases of the test set, beside what was right.
    pub fn reliability(&self) -> Reliability {
        let rows = self.rows();
        let pair = |case: &Seen| {
            let row = rows.iter().find(|row| row.id.id() == case.verdict)?;
            let support = Support::from_id(&case.support)?;
            let counted = row.by_support[support as usize];
            (counted.of > 0).then(|| (f64::from(counted.thousandths) / 1000.0, case.right))
        };
        let pairs: Vec<(f64, bool)> = self.of(Split::Test).filter_map(pair).collect();
        Reliability::of(&pairs)
    }

    /// Share right of the counted cases that `holds` picks.
    pub fn share(&self, holds: impl Fn(&Seen) -> bool) -> Share {
        Share::count(self.of(Split::Tuning).filter(|case| holds(case)), |case| case.right)
    }

    /// The table: a row for every verdict but `cannot-tell`.
    pub fn rows(&self) -> Vec<Row> {
        let priors = self.priors();
        let verdicts = CauseId::ALL.iter().filter(|id| **id != CauseId::CannotTell);
        verdicts.map(|id| self.row(*id, &priors)).collect()
    }

    /// Share right of all verdicts by support. Where more support makes none more often right,
    /// there is one share.
    fn priors(&self) -> Vec<f64> {
        let by_support =
            |support: &Support| self.share(|case| case.support == support.id()).value();
        let overall = self.share(|_| true).value().unwrap_or_default();
        let shares: Vec<f64> = Support::ALL.iter().filter_map(by_support).collect();
        if shares.len() == Support::ALL.len() && shares.is_sorted() {
            shares
        } else {
            vec![overall; Support::ALL.len()]
        }
    }

    fn row(&self, id: CauseId, priors: &[f64]) -> Row {
        let of = |support: Support| {
            self.share(|case| case.verdict == id.id() && case.support == support.id())
        };
        let whole = self.share(|case| case.verdict == id.id());
        let apart: Vec<Share> = Support::ALL.iter().map(|support| of(*support)).collect();
        let told: Vec<Counted> = counted(&apart, priors);
        let is_enough = apart.iter().all(|share| share.of >= LEAST_CASES);
        let is_ordered = told.is_sorted_by_key(|counted| counted.thousandths);
        let told = if is_enough && is_ordered {
            told
        } else {
            counted(&vec![whole; Support::ALL.len()], priors)
        };
        Row { id, by_support: std::array::from_fn(|support| told[support]) }
    }
}

fn counted(shares: &[Share], priors: &[f64]) -> Vec<Counted> {
    let one = |(share, prior): (&Share, &f64)| Counted {
        right: u16::try_from(share.hits).unwrap_or(u16::MAX),
        of: u16::try_from(share.of).unwrap_or(u16::MAX),
        thousandths: (1000.0 * shrunk(*share, *prior)).round() as u16,
    };
    shares.iter().zip(priors).map(one).collect()
}

/// The mean of a beta-binomial model: the share, drawn to `prior` by [`PRIOR_CASES`] cases.
fn shrunk(share: Share, prior: f64) -> f64 {
    (share.hits as f64 + PRIOR_CASES * prior) / (share.of as f64 + PRIOR_CASES)
}

/// The table as the core holds it.
pub fn source(rows: &[Row]) -> String {
    let mut text = String::from(
        "//! What was counted of each verdict in simulated cases; written by `npm run accuracy -- --fit`.\n\n\
         use super::{Counted, Row};\n\
         use crate::catalogue::causes::CauseId;\n\n\
         /// A row for every verdict but `cannot-tell`, in their order: cases that were right, all cases\n\
         /// and thousandths, with weak and with strong support.\n\
         pub static TABLE: &[Row] = &[\n",
    );
    for row in rows {
        let counts =
            row.by_support.map(|one| format!("({}, {}, {})", one.right, one.of, one.thousandths));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    row(CauseId::{:?}, [{}]),", row.id, counts.join(", "));
    }
    text.push_str(
        "];\n\n\
         const fn row(id: CauseId, [weak, strong]: [(u16, u16, u16); 2]) -> Row {\n    \
         Row { id, by_support: [counted(weak), counted(strong)] }\n\
         }\n\n\
         const fn counted((right, of, thousandths): (u16, u16, u16)) -> Counted {\n    \
         Counted { right, of, thousandths }\n\
         }\n",
    );
    text
}

/// The part that is run again: of every subject a case or none.
pub fn part<T>(all: &[T]) -> impl Iterator<Item = &T> {
    all.iter().step_by(CHECKED_OF)
}

/// Those of the cases run again that are answered otherwise than when they were counted.
pub fn changed<'a>(fit: &'a Fit, now: &'a [Seen]) -> Vec<(&'a Seen, &'a Seen)> {
    part(&fit.cases).zip(now).filter(|(before, now)| before != now).collect()
}

/// Whether so many are that the table is one of other rules.
pub fn is_outdated(changed: usize, of: usize) -> bool {
    changed as f64 > MOST_CHANGED * of as f64
}
