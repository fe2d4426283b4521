//! What changed between the baseline and now, as factors that multiply, and how much of the added
//! time each of them owns.
//!
//! Phases add up exactly, so the added seconds are split phase by phase. Prefill is tokens ×
//! seconds per token and decode is tokens × step time: each factor gets the Shapley value of its
//! change. The queue's added seconds belong to the factors in proportion to the growth of the
//! utilisation that each caused, ln ρ(now) − ln ρ(before) = Σ ln factors, so that a slow device
//! owns the queue that it causes.

use crate::catalogue::factors::FactorId;
use crate::small::list::CollectVec;
use crate::triage::facts::Facts;
use crate::triage::subject::Change;

/// Least added time that is shared out, seconds of the mean request: below it the differences are
/// those of rounding and of chance, and every share of them would be a number without a meaning.
/// Requests last seconds; the page shows no added time below it either.
const LEAST_ADDED_SECONDS: f64 = 1e-3;

/// One factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor {
    /// Which one.
    pub id: FactorId,
    /// In the baseline and now, in the unit of the factor.
    pub change: Change,
    /// Share of the added seconds that it owns, 0–1; None where less than a millisecond was added.
    pub share: Option<f64>,
}

/// The factors that are measured in both windows; none without a baseline.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// In the order of the list.
    pub factors: Vec<Factor>,
}

impl Ledger {
    /// From the facts of a window.
    pub fn of(facts: &Facts) -> Self {
        let changes = FactorId::ALL.iter().filter_map(|&id| Some((id, change(facts, id)?)));
        let changes: Vec<(FactorId, Change)> =
            changes.filter(|(_, change)| change.factor() > 0.0).collect_vec();
        let added: Vec<f64> = changes.iter().map(|(id, _)| own(facts, *id, &changes)).collect_vec();
        let total: f64 = added.iter().sum();
        let factors = changes.into_iter().zip(added).map(|((id, change), seconds)| Factor {
            id,
            change,
            share: (total >= LEAST_ADDED_SECONDS).then(|| seconds / total),
        });
        Self { factors: factors.collect_vec() }
    }

    /// The factor that owns most of the added seconds.
    pub fn largest(&self) -> Option<&Factor> {
        let share = |factor: &&Factor| factor.share.unwrap_or(0.0);
        self.factors
            .iter()
            .filter(|factor| share(factor) > 0.0)
            .max_by(|left, right| share(left).total_cmp(&share(right)))
    }
}

fn change(facts: &Facts, id: FactorId) -> Option<Change> {
    match id {
        FactorId::Arrivals => facts.arrivals.change,
        FactorId::OutputTokens => facts.work.output_change,
        FactorId::PromptTokens => facts.work.computed_change,
        FactorId::PrefillCost => facts.prefill.cost,
        FactorId::StepTime => {
            let change = facts.step_time.change?;
            let residual = facts.step_time.residual()?;
            Some(Change { before: change.before, now: change.before * residual })
        }
    }
}

/// Added seconds of the mean request that belong to a factor, at least 0.
fn own(facts: &Facts, id: FactorId, changes: &[(FactorId, Change)]) -> f64 {
    let of = |id| changes.iter().find(|(known, _)| *known == id).map(|(_, change)| *change);
    let own_phase = match id {
        FactorId::PromptTokens => shapley(of(id), of(FactorId::PrefillCost)),
        FactorId::PrefillCost => shapley(of(id), of(FactorId::PromptTokens)),
        FactorId::OutputTokens => shapley(of(id), facts.step_time.change),
        FactorId::StepTime => shapley(of(id), of(FactorId::OutputTokens)),
        FactorId::Arrivals => 0.0,
    };
    let queue = facts.queue.before.zip(facts.queue.mean).map_or(0.0, |(before, now)| now - before);
    let growth = |change: &Change| libm::log(change.factor()).max(0.0);
    let all: f64 = changes.iter().map(|(_, change)| growth(change)).sum();
    let share = of(id).filter(|_| all > 0.0).map_or(0.0, |change| growth(&change) / all);
    own_phase.max(0.0) + share * queue.max(0.0)
}

/// The part of the change of a product that one of its factors owns: its own change, weighed with
/// the mean of the other.
fn shapley(own: Option<Change>, other: Option<Change>) -> f64 {
    own.zip(other)
        .map_or(0.0, |(own, other)| (own.now - own.before) * (other.now + other.before) / 2.0)
}
