//! How often such a verdict was right in simulated cases with known truth.
//!
//! Cases are such when they have the same verdict, and the same [`Support`] where each was counted
//! often enough to be told apart. The table beside this file holds how many there were and how many
//! were right; `npm run accuracy -- --fit` writes it.
//! It counts simulations alone; what the recordings of real engines say of it is told in
//! `docs/accuracy.md`.

mod table;

use serde::Serialize;

use crate::catalogue::causes::CauseId;
use crate::catalogue::list::closed_list;
use crate::quality::Grade;
use crate::report::{Finding, Verdict};
use crate::triage::finding::{ConfidenceWord, State};
use crate::triage::rules::RULES;

pub use table::TABLE;

closed_list! {
    /// Why the word for a confidence is lower than its number.
    ConfidenceCap {
        /// The grade of the data allows no more.
        Grade = "grade",
        /// A signal is missing that would tell the verdict from a neighbour.
        MissingSignal = "missing-signal",
    }
}

closed_list! {
    /// How much supports a verdict, from the least.
    Support {
        /// Another cause holds too, a part of the excess time is not explained, or few requests
        /// finished.
        Weak = "weak",
        /// No other cause holds, all of the excess time is explained, and many requests finished.
        Strong = "strong",
    }
}

/// Share of the excess time that a verdict must explain.
///
/// 0.95: what is left then is no more than an estimate of a phase misses. At 0.8 a second cause of
/// a fifth of the time is overlooked; at 1 every estimate leaves something over.
const ALL_BUT_NOISE: f64 = 0.95;

/// Finished requests of the window from which on they are not few.
///
/// 500: of the limits that were tried on tuning cases, 100 to 1,000, it foretells best which
/// verdicts are right. At 100 hardly any window has few; at 1,000 a third of all windows has.
const MANY_REQUESTS: f64 = 500.0;

/// Least probability of each word; below the last one it is “uncertain”.
const WORDS: [(f64, ConfidenceWord); 3] = [
    (0.95, ConfidenceWord::Certain),
    (0.8, ConfidenceWord::Likely),
    (0.5, ConfidenceWord::Possible),
];

/// Cases that must have been counted for “certain”.
///
/// 400: a share of 95 % is then known to two per cent. At 60, “certain” is said of what was wrong
/// in 4 of 88, and one more case takes the word away; at 10,000 no machine counts enough.
const CERTAIN_CASES: u16 = 400;

/// What was counted of one verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The verdict.
    pub id: CauseId,
    /// What was counted with each [`Support`], in their order.
    pub by_support: [Counted; Support::ALL.len()],
}

/// What was counted of one verdict with one support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Cases in which it was right.
    pub right: u16,
    /// All cases; 0 where no simulated case had this verdict.
    pub of: u16,
    /// The probability that it is right, thousandths. Where few were counted it lies near that of
    /// all verdicts.
    pub thousandths: u16,
}

/// The simulated cases behind a confidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ConfidenceSource {
    /// Such cases in which the verdict was right.
    pub right: u16,
    /// All such cases, at least 1.
    pub of: u16,
    /// How much supports the verdict.
    pub support: Support,
    /// Why the word is lower than the number; absent when it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub capped_by: Option<ConfidenceCap>,
    /// Word, cap and cases as one phrase.
    pub text: String,
}

impl Support {
    /// Of a verdict over a window in which that many requests finished; the first finding is its
    /// own.
    pub fn of(verdict: &Verdict, findings: &[Finding], finished: Option<f64>) -> Self {
        let explains = verdict.explained.is_none_or(|share| share >= ALL_BUT_NOISE);
        let is_contested = findings.iter().skip(1).any(|other| other.state == State::Firing);
        let are_many = finished.is_some_and(|finished| finished >= MANY_REQUESTS);
        if explains && are_many && !is_contested { Self::Strong } else { Self::Weak }
    }
}

impl Verdict {
    /// States the confidence in the verdict. Its number is what was counted; the grade of the data
    /// and what is missing cap the word alone. Nothing is stated for what no simulated case had.
    pub(super) fn state_confidence(
        &mut self,
        findings: &mut [Finding],
        finished: Option<f64>,
        grade: Grade,
    ) {
        let support = Support::of(self, findings, finished);
        let row = TABLE.iter().find(|row| row.id == self.id);
        let counted = row.map(|row| row.by_support[support as usize]);
        let Some(Counted { right, of, thousandths }) = counted.filter(|counted| counted.of > 0)
        else {
            return;
        };
        let confidence = f64::from(thousandths) / 1000.0;
        let (word, capped_by) =
            capped(word(confidence, of), grade, lacks_decider(self.id, findings));
        self.confidence = Some(confidence);
        self.confidence_word = word;
        let text = phrase(word, capped_by, right, of);
        self.confidence_source = Some(ConfidenceSource { right, of, support, capped_by, text });
        if let Some(own) = findings.first_mut().filter(|own| own.id == self.id) {
            own.confidence = Some(confidence);
        }
    }
}

fn phrase(word: ConfidenceWord, cap: Option<ConfidenceCap>, right: u16, of: u16) -> String {
    let capped = match cap {
        Some(ConfidenceCap::Grade) => ", capped by the data grade",
        Some(ConfidenceCap::MissingSignal) => ", capped by a missing signal",
        None => "",
    };
    let cases = if of == 1 { "case" } else { "cases" };
    format!("{word}{capped}: right in {right} of {of} such simulated {cases}")
}

/// The word for a probability that was counted over so many cases.
fn word(confidence: f64, of: u16) -> ConfidenceWord {
    let found = WORDS.iter().find(|(least, word)| {
        confidence >= *least && (*word != ConfidenceWord::Certain || of >= CERTAIN_CASES)
    });
    found.map_or(ConfidenceWord::Uncertain, |(_, word)| *word)
}

/// The word that the data allow, and what keeps it down. Words are in falling order.
fn capped(
    word: ConfidenceWord,
    grade: Grade,
    lacks_decider: bool,
) -> (ConfidenceWord, Option<ConfidenceCap>) {
    let caps = [
        (ConfidenceWord::Possible, ConfidenceCap::Grade, grade == Grade::D),
        (ConfidenceWord::Likely, ConfidenceCap::Grade, grade == Grade::C),
        (ConfidenceWord::Likely, ConfidenceCap::MissingSignal, lacks_decider),
    ];
    let lowers = |(cap, _, holds): &(ConfidenceWord, ConfidenceCap, bool)| *holds && *cap > word;
    match caps.into_iter().find(lowers) {
        Some((cap, why, _)) => (cap, Some(why)),
        None => (word, None),
    }
}

/// Whether a neighbour could not be judged for want of a signal, and nothing else rules it out.
fn lacks_decider(id: CauseId, findings: &[Finding]) -> bool {
    let neighbours =
        RULES.iter().find(|rule| rule.id == id).map_or(&[][..], |rule| rule.confusable);
    let ruled_out = findings.first().map_or(&[][..], |own| &own.rules_out);
    findings.iter().any(|finding| {
        finding.state == State::Unknown
            && !finding.missing.is_empty()
            && neighbours.contains(&finding.id)
            && !ruled_out.iter().any(|rival| rival.id == finding.id)
    })
}

#[cfg(test)]
mod tests;
