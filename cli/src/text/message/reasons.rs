//! Why this verdict and no other, what else there is, and how far to trust it.

use inference_triage_core::quality::Grade;
use inference_triage_core::report::{Candidate, Evidence, Finding, Report, Verdict};
use inference_triage_core::text::number::{percent, quantity, seconds};
use inference_triage_core::triage::finding::{ConfidenceWord, Severity, State};

use super::headline::name;
use super::{Part, Piece, Worth, names};
use crate::text::headline::state_word;
use crate::text::primary;

/// Other scopes that are named, the worst first.
const NAMED_SCOPES: usize = 2;

pub(super) fn pieces(report: &Report) -> Vec<Piece> {
    let verdict = &report.diagnosis.verdict;
    let finding = primary(report);
    let nearest = finding.and_then(|finding| nearest(verdict, finding));
    let mut pieces = candidates(&verdict.candidates);
    pieces.extend(why(verdict, finding, nearest));
    pieces.extend(ruled_out(finding));
    pieces.extend(also(report));
    pieces.extend(sure(report, nearest));
    pieces
}

/// The causes that could still be, and how to tell: several often need the same.
fn candidates(candidates: &[Candidate]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut checks: Vec<&str> = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let worth = if index == 0 { Worth::Always } else { Worth::Useful };
        let name = names::cause(candidate.id);
        let mut piece = Piece::inline(
            Part::Maybe,
            worth,
            &format!("{name}: {}", candidate.lacks.trim_end_matches('.')),
        );
        piece.short = Some(name);
        pieces.push(piece);
        if !checks.contains(&candidate.how.as_str()) {
            let worth = if checks.is_empty() { Worth::Always } else { Worth::Useful };
            checks.push(&candidate.how);
            pieces.push(Piece::inline(Part::Check, worth, candidate.how.trim_end_matches('.')));
        }
    }
    pieces
}

fn why(verdict: &Verdict, finding: Option<&Finding>, nearest: Option<&Evidence>) -> Vec<Piece> {
    let detail = |worth| Piece::inline(Part::Why, worth, &verdict.detail);
    // The sentence of `healthy` holds its evidence, and what cannot be told has its detail as advice.
    if verdict.state == State::Clear {
        return vec![detail(Worth::Reason)];
    }
    if verdict.state == State::Unknown {
        return Vec::new();
    }
    let evidence = finding.map_or(&[][..], |finding| &finding.evidence);
    let said = evidence.iter().filter(|one| !nearest.is_some_and(|near| std::ptr::eq(*one, near)));
    let mut pieces: Vec<Piece> = said
        .enumerate()
        .map(|(index, one)| {
            let against = if one.supports { "" } else { "against: " };
            let worth = match index {
                0 => Worth::Reason,
                1 => Worth::Guiding,
                _ => Worth::More,
            };
            Piece::inline(Part::Why, worth, &format!("{against}{}", one.text))
        })
        .collect();
    if pieces.is_empty() {
        pieces.push(detail(Worth::Reason));
    }
    pieces
}

fn ruled_out(finding: Option<&Finding>) -> impl Iterator<Item = Piece> {
    finding.into_iter().flat_map(|finding| finding.rules_out.iter().enumerate()).map(
        |(index, rival)| {
            let worth = if index == 0 { Worth::Useful } else { Worth::More };
            Piece::inline(Part::Not, worth, &format!("{}: {}", names::cause(rival.id), rival.because))
        },
    )
}

/// Causes with a share of their own, and the other models and engines in the data.
fn also(report: &Report) -> Vec<Piece> {
    let contributing =
        report.diagnosis.verdict.contributing.iter().map(|id| format!("{} contributes", names::cause(*id)));
    let others: Vec<_> =
        report.scopes.iter().filter(|scope| scope.id != report.diagnosis.scope).collect();
    let named = others.iter().take(NAMED_SCOPES).map(|scope| {
        let cause = match scope.severity {
            Severity::Ok | Severity::Unknown => String::new(),
            _ => format!(" ({})", names::cause(scope.verdict_id)),
        };
        format!("{}: {}{cause}", name(scope), state_word(scope.severity))
    });
    let more = others.len().saturating_sub(NAMED_SCOPES);
    let more = (more > 0).then(|| format!("{more} more in the data"));
    let texts = contributing.chain(named).chain(more);
    texts.map(|text| Piece::inline(Part::Also, Worth::Guiding, &text)).collect()
}

fn sure(report: &Report, nearest: Option<&Evidence>) -> Vec<Piece> {
    let verdict = &report.diagnosis.verdict;
    let mut pieces = Vec::new();
    let mut add = |worth, text: &str| pieces.push(Piece::inline(Part::Sure, worth, text));
    if verdict.state != State::Unknown {
        add(Worth::Always, &confidence(verdict));
    }
    add(Worth::Always, grade(report.diagnosis.quality.grade));
    let explained = verdict.explained.zip(verdict.impact.excess_seconds);
    if let Some((share, excess)) = explained.filter(|(share, _)| *share < 0.995) {
        add(
            Worth::Guiding,
            &format!("explains {} of the {} too many per request", percent(share), seconds(excess)),
        );
    }
    if let Some(evidence) = nearest {
        add(Worth::Useful, &format!("closest to flipping: {}", evidence.text));
    } else if let Some(flip) = verdict.flips.first() {
        let unit = flip.signal.unit();
        let (from, to) = (quantity(flip.from, unit), quantity(flip.to, unit));
        if from != to {
            let name = flip.signal.short();
            add(Worth::Useful, &format!("closest to flipping: {name} from {from} to {to}"));
        }
    }
    pieces
}

/// The evidence that would turn the verdict soonest. A number that equals its threshold, such as
/// running requests at their cap, has no distance to lose, so the next one is taken.
fn nearest<'a>(verdict: &Verdict, finding: &'a Finding) -> Option<&'a Evidence> {
    let flip = verdict.flips.first()?;
    let distance = |one: &Evidence| one.margin.abs() / one.threshold.abs();
    if distance_of(flip.from, flip.to) > 0.0 {
        let is_it = |one: &&Evidence| {
            one.signal == flip.signal
                && one.value.total_cmp(&flip.from).is_eq()
                && one.threshold.total_cmp(&flip.to).is_eq()
        };
        return finding.evidence.iter().find(is_it);
    }
    finding
        .evidence
        .iter()
        .filter(|one| one.supports && one.threshold.abs() > 0.0)
        .filter(|one| distance(one) > 0.0)
        .min_by(|left, right| distance(left).total_cmp(&distance(right)))
}

fn distance_of(from: f64, to: f64) -> f64 {
    (from - to).abs()
}

fn confidence(verdict: &Verdict) -> String {
    let word = match verdict.confidence_word {
        ConfidenceWord::Certain => "certain",
        ConfidenceWord::Likely => "likely",
        ConfidenceWord::Possible => "possible",
        ConfidenceWord::Uncalibrated => "confidence not calibrated",
    };
    match verdict.confidence {
        Some(confidence) => format!("{word} ({})", percent(confidence)),
        None => word.to_owned(),
    }
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "data A",
        Grade::B => "data B (some values repaired or assumed)",
        Grade::C => "data C (a contradiction, or a needed metric is missing)",
        Grade::D => "data D (contradictions, missing metrics or gaps)",
    }
}
