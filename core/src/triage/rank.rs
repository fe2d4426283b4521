//! From every rule's answer to one verdict.

use crate::catalogue::causes::CauseId;
use crate::catalogue::caveats::CaveatId;
use crate::catalogue::signals::SignalId;
use crate::quality::Quality;
use crate::quality::quality;
use crate::small::text::joined;
use crate::text::number::counted;
use crate::triage::context::Context;
use crate::triage::finding::{Finding, Severity, State, Verdict};
use crate::triage::registry::RULES;
use crate::triage::rule::{Answer, Case, Rule};

/// The verdict and every finding, the primary one first, the rest in order of judgement.
#[derive(Debug)]
pub struct Judged {
    /// The one answer.
    pub verdict: Verdict,
    /// Every rule's answer.
    pub findings: Vec<Finding>,
}

/// Asks every rule and picks the first that fires in order of judgement. `healthy` and
/// `cannot-tell` are asked like the others but speak only when no cause was found.
pub fn judge(context: &Context<'_>) -> Judged {
    let mut answers: Vec<(&'static Rule, Answer)> =
        RULES.iter().map(|rule| (*rule, answer(rule, context))).collect::<Vec<_>>();
    let primary = answers
        .iter()
        .position(|(_, answer)| matches!(answer, Answer::Firing(_)))
        .unwrap_or(answers.len().saturating_sub(1));
    let (rule, mut answer) = answers.remove(primary);
    let verdict = verdict_of(rule, &mut answer);
    let mut findings = vec![finding(rule, answer, context, true)];
    for (rule, answer) in answers {
        findings.push(finding(rule, answer, context, false));
    }
    Judged { verdict, findings }
}

fn answer(rule: &Rule, context: &Context<'_>) -> Answer {
    let missing: Vec<&str> =
        rule.needs.iter().filter(|id| context.signal(**id).is_none()).map(|id| id.id()).collect();
    if missing.is_empty() {
        (rule.check)(context)
    } else {
        Answer::unknown(format!("not measured: {}", joined(&missing, ", ")))
    }
}

/// Takes from the answer what only the verdict tells: detail and action.
fn verdict_of(rule: &Rule, answer: &mut Answer) -> Verdict {
    let (sentence, detail, severity, since, action) = match answer {
        Answer::Firing(case) => {
            let Case { sentence, detail, severity, since, action, .. } = case.as_mut();
            (sentence.clone(), std::mem::take(detail), *severity, *since, action.take())
        }
        Answer::Clear(reason) | Answer::Unknown(reason) => {
            (format!("No diagnosis: {reason}."), String::new(), Severity::Unknown, None, None)
        }
    };
    Verdict {
        id: rule.id,
        state: match severity {
            Severity::Ok => State::Clear,
            Severity::Unknown => State::Unknown,
            _ => State::Firing,
        },
        severity,
        sentence,
        detail,
        since,
        action,
    }
}

/// The report's entry for one rule. Of `healthy` and `cannot-tell` only the primary one speaks:
/// beside a cause they are clear, whatever they saw.
fn finding(rule: &Rule, answer: Answer, context: &Context<'_>, primary: bool) -> Finding {
    let closing = matches!(rule.id, CauseId::Healthy | CauseId::CannotTell);
    let (state, reason, case) = match answer {
        Answer::Clear(reason) => (State::Clear, reason, None),
        Answer::Unknown(reason) => (State::Unknown, reason, None),
        Answer::Firing(_) if closing && !primary => {
            (State::Clear, "another verdict was found".to_owned(), None)
        }
        Answer::Firing(case) => {
            let state = match case.severity {
                Severity::Ok => State::Clear,
                Severity::Unknown => State::Unknown,
                _ => State::Firing,
            };
            (state, case.sentence, Some((case.evidence, case.rules_out, case.replicas)))
        }
    };
    let missing =
        rule.needs.iter().chain(rule.uses).filter(|name| context.signal(**name).is_none());
    let speaks = case.is_some() || state == State::Unknown;
    let (evidence, rules_out, replicas) = case.unwrap_or_default();
    Finding {
        id: rule.id,
        condition: rule.condition,
        state,
        reason,
        evidence,
        rules_out,
        missing: if speaks { missing.map(|name| *name).collect::<Vec<_>>() } else { Vec::new() },
        replicas,
        caveats: if primary {
            context.caveats.iter().map(|caveat| caveat.text.clone()).collect::<Vec<_>>()
        } else {
            Vec::new()
        },
    }
}

/// Families that every diagnosis needs.
const NEEDED: [SignalId; 3] = [SignalId::Ttft, SignalId::QueueTime, SignalId::Itl];

/// Grades the data behind a verdict.
pub fn grade(context: &Context<'_>) -> Quality {
    let missing = NEEDED.iter().filter(|name| context.signal(**name).is_none()).count();
    let points = context.now.last - context.now.first + 1;
    let empty = points - context.together.sampled.count(context.now.first, context.now.last);
    let measured = context.scope.has(crate::catalogue::families::Family::Running);
    let gap_share = if measured && points > 0 { empty as f64 / points as f64 } else { 0.0 };
    let mut caveats = context.caveats.clone();
    if empty > 0 && measured {
        caveats.add_count(CaveatId::Gap, empty as u64, || {
            format!("{} of the window without any sample", counted(empty as f64, "step", "steps"))
        });
    }
    quality(&caveats, context.broken, missing, gap_share)
}
