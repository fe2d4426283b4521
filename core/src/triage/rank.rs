//! From every cause's answer to one verdict: the cause that explains most of the excess time.

use crate::catalogue::actions::{ActionCost, ActionId};
use crate::catalogue::causes::CauseId;
use crate::catalogue::phases::Phase;
use crate::catalogue::signals::SignalId;
use crate::caveat::Caveats;
use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::small::text::joined;
use crate::triage::cause::{Answer, Class, Explanation, Rule, Words};
use crate::triage::cures::cure;
use crate::triage::facts::Facts;
use crate::triage::facts::data::Data;
use crate::triage::facts::impact::Excess;
use crate::triage::finding::{Candidate, Evidence, Finding, Flip, Severity, State, Verdict};
use crate::triage::ledger::Ledger;
use crate::triage::rules::RULES;

/// The phases in which time is claimed.
const PHASES: [Phase; 4] = [Phase::FrontEnd, Phase::Queue, Phase::Prefill, Phase::Decode];

/// The verdict and every finding: the primary one first, then those that hold, then the rest.
#[derive(Debug)]
pub struct Judged {
    /// The one answer.
    pub verdict: Verdict,
    /// Every cause's answer.
    pub findings: Vec<Finding>,
    /// The excess time of the mean request, shared out.
    pub claims: Vec<Claim>,
}

/// A part of the excess time of the mean request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// Where it is spent.
    pub phase: Phase,
    /// The cause that explains it; None for what no cause explains.
    pub cause: Option<CauseId>,
    /// Seconds of the mean request, above 0.
    pub seconds: f64,
}

/// One cause's answer on its way to a finding.
#[derive(Debug)]
struct Asked {
    rule: &'static Rule,
    answer: Answer<Explanation>,
    /// Seconds that it explains and that no cause before it does.
    explained: f64,
}

impl Asked {
    fn explanation(&self) -> Option<&Explanation> {
        match &self.answer {
            Answer::Firing(explanation) => Some(explanation),
            _ => None,
        }
    }

    fn claimed(&self) -> f64 {
        self.explanation().map_or(0.0, |explanation| explanation.claims.total())
    }

    fn cost(&self) -> ActionCost {
        self.rule.action.map_or(ActionCost::Nothing, ActionId::cost)
    }
}

/// Asks every cause and ranks those that hold. `healthy` and `cannot-tell` are asked like the others
/// but speak only when no cause was found.
pub fn judge(facts: &Facts, ledger: &Ledger, words: &Words<'_>, caveats: &Caveats) -> Judged {
    let mut asked: Vec<Asked> = RULES
        .iter()
        .map(|rule| Asked { rule, answer: answer(rule, facts, ledger, words), explained: 0.0 })
        .collect_vec();
    let is_blind = facts.is_blind();
    sort(&mut asked, |left, right| {
        let holds = |one: &Asked| one.explanation().is_none();
        // What was before nobody could see any more is no answer to what happens now. A replica
        // that restarts again and again is out of sight in between.
        let is_past = |one: &Asked| {
            let is_of_then = matches!(one.rule.class, Class::Data | Class::Cause);
            is_blind && is_of_then && one.rule.id != CauseId::RestartLoop
        };
        holds(left)
            .cmp(&holds(right))
            .then(is_past(left).cmp(&is_past(right)))
            .then(class(left, facts).cmp(&class(right, facts)))
            .then(right.claimed().total_cmp(&left.claimed()))
            .then(left.cost().cmp(&right.cost()))
            .then(left.rule.id.cmp(&right.rule.id))
    });
    let claims = share_out(&mut asked, facts.impact.excess);
    let verdict = verdict(&asked, facts, words);
    let mut findings: Vec<Finding> = Vec::with_capacity(asked.len());
    for one in asked {
        findings.push(finding(one, facts, findings.is_empty(), caveats));
    }
    Judged { verdict, findings, claims }
}

/// A known defect leaves the rest to be judged, so its telling waits for every cause.
fn class(one: &Asked, facts: &Facts) -> Class {
    match one.rule.class {
        Class::Data if matches!(facts.data, Data::Defective(_)) => Class::Healthy,
        class => class,
    }
}

fn answer(rule: &Rule, facts: &Facts, ledger: &Ledger, words: &Words<'_>) -> Answer<Explanation> {
    let missing: Vec<String> = rule
        .needs
        .iter()
        .filter(|id| !facts.has_or_needs_none(**id))
        .map(|id| id.name())
        .collect_vec();
    if missing.is_empty() {
        (rule.ask)(facts, ledger, words)
    } else {
        Answer::unknown(format!("not measured: {}", joined(&missing, ", ")))
    }
}

/// Gives each cause in turn what it claims of what is left, so that the causes of one phase never
/// explain more than there is. What is left in the end has no cause.
fn share_out(asked: &mut [Asked], mut left: Excess) -> Vec<Claim> {
    let mut shared = Vec::new();
    let mut share = |phase, cause, seconds: f64| {
        if seconds > 0.0 {
            shared.push(Claim { phase, cause, seconds });
        }
    };
    for one in asked {
        let Some(claims) = one.explanation().map(|explanation| explanation.claims) else {
            continue;
        };
        for phase in PHASES {
            let taken = claims.of_phase(phase).min(left.of_phase(phase)).max(0.0);
            one.explained += taken;
            left.take(phase, taken);
            share(phase, Some(one.rule.id), taken);
        }
    }
    for phase in PHASES {
        share(phase, None, left.of_phase(phase));
    }
    shared
}

/// Health stays clear, whatever moved within the objectives.
fn state_of(rule: &Rule, severity: Severity) -> State {
    match severity {
        _ if rule.class == Class::Healthy => State::Clear,
        Severity::Ok => State::Clear,
        Severity::Unknown => State::Unknown,
        _ => State::Firing,
    }
}

fn verdict(asked: &[Asked], facts: &Facts, words: &Words<'_>) -> Verdict {
    let impact = facts.impact.of_verdict();
    let Some((primary, explanation)) =
        asked.first().and_then(|primary| Some((primary, primary.explanation()?)))
    else {
        return nothing_holds(impact);
    };
    let total = facts.impact.excess.total();
    let share = |one: &Asked| (total > 0.0).then(|| one.explained / total);
    let is_cause = primary.rule.class == Class::Cause;
    let others = asked
        .iter()
        .skip(1)
        .filter(|one| is_cause && one.rule.class == Class::Cause && one.explanation().is_some());
    let (contributing, consequences): (Vec<&Asked>, Vec<&Asked>) = others
        .partition(|one| share(one).is_some_and(|share| share >= facts.impact.contributes_line));
    let ids = |list: Vec<&Asked>| list.into_iter().map(|one| one.rule.id).collect_vec();
    Verdict {
        id: primary.rule.id,
        state: state_of(primary.rule, explanation.severity),
        severity: explanation.severity,
        sentence: explanation.sentence.clone(),
        detail: explanation.detail.clone(),
        beside: beside(primary.rule.id, facts),
        since: explanation.since,
        action: explanation.action.clone(),
        impact,
        explained: share(primary).filter(|_| is_cause),
        contributing: ids(contributing),
        consequences: ids(consequences),
        candidates: if primary.rule.class == Class::CannotTell {
            candidates(asked, facts, words)
        } else {
            Vec::new()
        },
        flips: flip(&explanation.evidence).into_iter().collect_vec(),
    }
}

/// What other layers say and no cause claims.
fn beside(id: CauseId, facts: &Facts) -> Vec<String> {
    let shortage = facts.scheduler.shortage().filter(|_| id != CauseId::LoadAboveCapacity);
    let has_quota = matches!(id, CauseId::HostBound | CauseId::FrontEnd);
    shortage
        .map(|shortage| format!("{shortage}."))
        .into_iter()
        .chain(has_quota.then(|| facts.host.quota_sentence()))
        .chain(facts.gateways.sentences())
        .collect_vec()
}

/// Only if no cause at all held, not even that nothing can be told.
fn nothing_holds(impact: crate::triage::finding::VerdictImpact) -> Verdict {
    Verdict {
        id: CauseId::CannotTell,
        state: State::Unknown,
        severity: Severity::Unknown,
        sentence: "No diagnosis.".to_owned(),
        detail: String::new(),
        beside: Vec::new(),
        since: None,
        action: None,
        impact,
        explained: None,
        contributing: Vec::new(),
        consequences: Vec::new(),
        candidates: Vec::new(),
        flips: Vec::new(),
    }
}

/// The causes that could not be told, each with what it lacks.
fn candidates(asked: &[Asked], facts: &Facts, words: &Words<'_>) -> Vec<Candidate> {
    let unknown = asked.iter().filter(|one| one.rule.class == Class::Cause);
    let candidate = |one: &Asked| {
        let Answer::Unknown(lacks) = &one.answer else { return None };
        Some(Candidate {
            id: one.rule.id,
            lacks: lacks.clone(),
            how: cure(one.rule, lacks, facts, words),
            decides: one.rule.confusable.to_vec(),
        })
    };
    unknown.filter_map(candidate).collect_vec()
}

/// The evidence that would turn soonest, by its distance to the line as a share of the line.
fn flip(evidence: &[Evidence]) -> Option<Flip> {
    let distance = |one: &Evidence| one.margin.abs() / one.threshold.abs();
    evidence
        .iter()
        // A share or a count that stands for a signal is no value of it.
        .filter(|one| one.supports && one.threshold.abs() > 0.0 && one.unit == one.signal.unit())
        .min_by(|left, right| distance(left).total_cmp(&distance(right)))
        .map(|one| Flip { signal: one.signal, from: one.value, to: one.threshold })
}

/// The report's entry for one cause. Beside another verdict notices, `healthy` and `cannot-tell`
/// are clear, whatever they saw.
fn finding(asked: Asked, facts: &Facts, is_primary: bool, caveats: &Caveats) -> Finding {
    let rule = asked.rule;
    let closes = matches!(rule.class, Class::Notice | Class::Healthy | Class::CannotTell);
    let (state, reason, explanation) = match asked.answer {
        Answer::Clear(reason) => (State::Clear, reason, None),
        Answer::Unknown(reason) => (State::Unknown, reason, None),
        Answer::Firing(_) if closes && !is_primary => {
            (State::Clear, "another verdict was found".to_owned(), None)
        }
        Answer::Firing(explanation) => {
            (state_of(rule, explanation.severity), explanation.sentence.clone(), Some(explanation))
        }
    };
    let speaks = explanation.is_some() || state == State::Unknown;
    let missing = |id: &&SignalId| speaks && !facts.has_or_needs_none(**id);
    let texts = caveats.iter().filter(|_| is_primary).map(|caveat| caveat.text.clone());
    let missing = rule.needs.iter().chain(rule.uses).filter(missing).copied().collect_vec();
    let (evidence, rules_out, replicas) =
        explanation.map(|one| (one.evidence, one.rules_out, one.replicas)).unwrap_or_default();
    Finding {
        id: rule.id,
        condition: rule.id.meaning(),
        state,
        reason,
        evidence,
        rules_out,
        missing,
        replicas,
        caveats: texts.collect_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_file_has_one_row_and_every_row_a_file() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/triage/rules");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "mod.rs")
            .map(|name| name.trim_end_matches(".rs").replace('_', "-"))
            .collect();
        files.sort();
        let rows: Vec<&str> = RULES.iter().map(|rule| rule.id.id()).collect();
        assert_eq!(rows, files);
        assert_eq!(rows, CauseId::IDS);
    }

    #[test]
    fn every_rule_has_a_scenario() {
        for rule in RULES {
            let root = env!("CARGO_MANIFEST_DIR");
            let path = format!("{root}/../tests/scenarios/{}.md", rule.id);
            assert!(std::path::Path::new(&path).is_file(), "{} has no scenario", rule.id);
        }
    }

    fn claiming(rule: &'static Rule, claims: Excess) -> Asked {
        let explanation = Explanation {
            severity: Severity::Warning,
            sentence: String::new(),
            detail: String::new(),
            evidence: Vec::new(),
            rules_out: Vec::new(),
            replicas: Vec::new(),
            since: None,
            action: None,
            claims,
        };
        Asked { rule, answer: Answer::Firing(explanation), explained: 0.0 }
    }

    #[test]
    fn the_claims_of_a_phase_never_exceed_what_there_is() {
        let excess = Excess { queue: 3.0, decode: 1.0, ..Excess::default() };
        let all = Excess { front_end: 9.0, queue: 9.0, prefill: 9.0, decode: 9.0 };
        let mut asked: Vec<Asked> = RULES.iter().map(|rule| claiming(rule, all)).collect();
        let claims = share_out(&mut asked, excess);
        let explained: f64 = asked.iter().map(|one| one.explained).sum();
        assert!((explained - excess.total()).abs() < 1e-12);
        assert!((asked[0].explained - 4.0).abs() < 1e-12, "the first takes what it claims");
        let first = Some(asked[0].rule.id);
        let of = |phase, seconds| Claim { phase, cause: first, seconds };
        assert_eq!(claims, [of(Phase::Queue, 3.0), of(Phase::Decode, 1.0)]);
    }

    #[test]
    fn what_no_cause_claims_is_told_without_one() {
        let excess = Excess { queue: 3.0, prefill: 0.5, ..Excess::default() };
        let mut asked = vec![claiming(RULES[0], Excess { queue: 1.0, ..Excess::default() })];
        let of = |phase, cause, seconds| Claim { phase, cause, seconds };
        assert_eq!(
            share_out(&mut asked, excess),
            [
                of(Phase::Queue, Some(RULES[0].id), 1.0),
                of(Phase::Queue, None, 2.0),
                of(Phase::Prefill, None, 0.5),
            ]
        );
    }
}
