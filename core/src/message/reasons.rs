//! Why this verdict and no other, what else there is, and how far to trust it.

use crate::catalogue::signals::SignalId;
use crate::quality::Grade;
use crate::report::{Candidate, ConfidenceSource, Evidence, Finding, Report, Verdict};
use crate::text::number::{compared_seconds, percent, quantity, seconds};
use crate::triage::finding::{Severity, State};

use super::headline::name;
use super::{Part, Piece, Width, Worth, names};
use crate::small::list::CollectVec;

/// Other scopes that are named, the worst first.
const NAMED_SCOPES: usize = 2;

/// A verdict that explains less of the excess time than this leaves enough for a second cause,
/// which must be read beside it; above it the rest is within what an estimate misses.
const MOST: f64 = 0.8;

pub(super) fn pieces(report: &Report, width: Width) -> Vec<Piece> {
    let verdict = &report.diagnosis.verdict;
    let finding = report.primary();
    let mut pieces = candidates(&verdict.candidates);
    pieces.extend(why(verdict, finding));
    pieces.extend(ruled_out(finding));
    pieces.extend(of_collection(report));
    pieces.extend(also(report, width));
    pieces.extend(sure(report, nearest(verdict, finding)));
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
            &format!("{name} ({})", candidate.lacks.trim_end_matches('.')),
        );
        piece.short = Some((if index == 0 { Worth::Guiding } else { Worth::More }, name));
        pieces.push(piece);
        if !checks.contains(&candidate.how.as_str()) {
            let worth = if checks.is_empty() { Worth::Always } else { Worth::Useful };
            checks.push(&candidate.how);
            pieces.push(Piece::inline(Part::Check, worth, &candidate.how));
        }
    }
    pieces
}

fn why(verdict: &Verdict, finding: Option<&Finding>) -> Vec<Piece> {
    let detail = |worth| Piece::inline(Part::Why, worth, &verdict.detail);
    // The sentence of `healthy` holds its evidence; what cannot be told has its detail as advice.
    if verdict.state == State::Clear {
        return vec![detail(Worth::Reason)];
    }
    if verdict.state == State::Unknown {
        return Vec::new();
    }
    let evidence = finding.map_or(&[][..], |finding| &finding.evidence);
    let mut pieces: Vec<Piece> = evidence
        .iter()
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
        .collect_vec();
    if pieces.is_empty() {
        pieces.push(detail(Worth::Reason));
    }
    pieces
}

fn ruled_out(finding: Option<&Finding>) -> impl Iterator<Item = Piece> {
    finding.into_iter().flat_map(|finding| finding.rules_out.iter().enumerate()).map(
        |(index, rival)| {
            let worth = if index == 0 { Worth::Useful } else { Worth::More };
            Piece::inline(
                Part::Not,
                worth,
                &format!("{} ({})", names::cause(rival.id), rival.because),
            )
        },
    )
}

/// What is wrong with the collection: who doubled the series, what the server left out.
fn of_collection(report: &Report) -> impl Iterator<Item = Piece> {
    let caveats = report.diagnosis.quality.caveats.iter();
    caveats.filter(|caveat| caveat.id.is_of_collection()).map(|caveat| {
        let others = match caveat.count {
            0 | 1 => String::new(),
            count => format!(" ({count} times)"),
        };
        Piece::inline(Part::Also, Worth::Reason, &format!("{}{others}", caveat.text))
    })
}

/// What surrounds the engine, causes with a share of their own, and the other models and engines in
/// the data.
fn also(report: &Report, width: Width) -> Vec<Piece> {
    let contributing = report
        .diagnosis
        .verdict
        .contributing
        .iter()
        .map(|id| format!("contributing: {}", names::cause(*id)));
    let others: Vec<_> =
        report.scopes.iter().filter(|scope| scope.id != report.diagnosis.scope).collect_vec();
    let named = others.iter().take(NAMED_SCOPES).map(|scope| {
        let cause = match scope.severity {
            Severity::Ok | Severity::Unknown => String::new(),
            _ => format!(" ({})", names::cause(scope.verdict_id)),
        };
        format!("{}: {}{cause}", name(scope, width), names::state_word(scope.severity))
    });
    let more = others.len().saturating_sub(NAMED_SCOPES);
    let more = (more > 0).then(|| format!("{more} more in the data"));
    let beside = report.diagnosis.verdict.beside.iter();
    let beside = beside.map(|sentence| sentence.trim_end_matches('.').to_owned());
    let texts = beside.chain(contributing).chain(named).chain(more);
    texts.map(|text| Piece::inline(Part::Also, Worth::Guiding, &text)).collect_vec()
}

fn sure(report: &Report, nearest: Option<(SignalId, f64, f64)>) -> Vec<Piece> {
    let verdict = &report.diagnosis.verdict;
    let mut pieces = Vec::new();
    if verdict.state != State::Unknown {
        pieces.push(confidence(verdict));
    }
    let mut add = |worth, text: &str| pieces.push(Piece::inline(Part::Sure, worth, text));
    add(Worth::Always, grade(report.diagnosis.quality.grade));
    let explained = verdict.explained.zip(verdict.impact.excess_seconds);
    if let Some((share, excess)) = explained.filter(|(share, _)| *share < 0.995) {
        let worth = if share < MOST { Worth::Reason } else { Worth::Guiding };
        let part = if share < 0.005 { "none".to_owned() } else { percent(share) };
        add(worth, &format!("explains {part} of the {} lost per request", seconds(excess)));
    }
    if let Some((signal, value, line)) = nearest {
        let (value, line) = compared(value, line, signal.unit());
        if value != line {
            let short = signal.short();
            let kv_cache = short.strip_prefix("kv cache").map(|rest| format!("KV cache{rest}"));
            let name = kv_cache.unwrap_or_else(|| short.clone());
            add(Worth::Guiding, &format!("closest to flipping: {name}, {value} against {line}"));
        }
    }
    pieces
}

/// The number that would turn the verdict soonest, and its line. One that stands on its line, such
/// as running requests at their cap, has no way to go, so the next of the evidence is taken.
fn nearest(verdict: &Verdict, finding: Option<&Finding>) -> Option<(SignalId, f64, f64)> {
    let flip = verdict.flips.first()?;
    if (flip.from - flip.to).abs() > 0.0 {
        return Some((flip.signal, flip.from, flip.to));
    }
    let distance = |one: &&Evidence| one.margin.abs() / one.threshold.abs();
    finding?
        .evidence
        .iter()
        .filter(|one| one.supports && one.threshold.abs() > 0.0 && distance(one) > 0.0)
        .min_by(|left, right| distance(left).total_cmp(&distance(right)))
        .map(|one| (one.signal, one.value, one.threshold))
}

fn compared(one: f64, other: f64, unit: &str) -> (String, String) {
    match unit {
        "s" => compared_seconds(one, other),
        // Lengths are means of whole tokens; a fraction of one says nothing.
        "tokens" => (quantity(one.round(), unit), quantity(other.round(), unit)),
        _ => (quantity(one, unit), quantity(other, unit)),
    }
}

/// The word for the confidence, and the simulated cases that it comes from; in few words where
/// lines are short of.
fn confidence(verdict: &Verdict) -> Piece {
    let Some(ConfidenceSource { right, of, text, .. }) = &verdict.confidence_source else {
        let text = "not calibrated: no such case was simulated";
        return Piece::inline(Part::Sure, Worth::Always, text);
    };
    let short = format!("{}: {right} of {of} simulated cases", verdict.confidence_word);
    let piece = Piece::inline(Part::Sure, Worth::Always, text);
    Piece { short: Some((Worth::More, short)), ..piece }
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "data A",
        Grade::B => "data B (some values repaired or assumed)",
        Grade::C => "data C (a contradiction, or a needed metric is missing)",
        Grade::D => "data D (contradictions, missing metrics or gaps)",
    }
}
