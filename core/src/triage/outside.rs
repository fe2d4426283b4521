//! Replicas that miss an objective by themselves, which the figures of all of them together hide.

use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::caveat::Caveats;
use crate::histogram::estimate_quantile;
use crate::scope::Replica;
use crate::signal::level::{Level, judge_quantile};
use crate::small::sorted::sort;
use crate::triage::facts::spread::{SLOW, mean_of};
use crate::triage::subject::Subject;

/// A replica whose own requests miss an objective, whatever those of all together do.
#[derive(Debug, Clone, PartialEq)]
pub struct Outside {
    /// Its place among the replicas looked at.
    pub index: usize,
    /// Replica.
    pub replica: String,
    /// What it misses.
    pub signal: SignalId,
    /// By how much, one phrase.
    pub reason: String,
    /// Its mean by that of all replicas.
    factor: f64,
}

/// Pooled quantiles hide one replica among many: a fortieth of all requests never moves a p95.
pub(super) fn outside(subject: &Subject<'_>) -> Vec<Outside> {
    let mut outside: Vec<Outside> = Vec::new();
    if subject.replicas.len() < 2 {
        return outside;
    }
    for (signal, family) in [(SignalId::Ttft, Family::Ttft), (SignalId::Itl, Family::Itl)] {
        let Some(pooled) = subject.now.mean(family).filter(|mean| *mean > 0.0) else { continue };
        for (index, replica) in subject.replicas.iter().enumerate() {
            let mean = mean_of(replica, family, (subject.now.first, subject.now.last));
            let factor = mean.unwrap_or(0.0) / pooled;
            if factor < subject.line(&SLOW) || outside.iter().any(|one| one.index == index) {
                continue;
            }
            if let Some(reason) = misses(subject, replica, signal, family) {
                let replica = replica.key.clone();
                outside.push(Outside { index, replica, signal, reason, factor });
            }
        }
    }
    sort(&mut outside, |left, right| right.factor.total_cmp(&left.factor));
    outside
}

/// Why a replica misses an objective by itself; None where it does not, or where chance could be
/// why: of forty replicas with thirty requests each, one has a p95 beyond any target now and then.
fn misses(
    subject: &Subject<'_>,
    replica: &Replica,
    signal: SignalId,
    family: Family,
) -> Option<String> {
    let (target, source) = subject.target(signal)?;
    let columns = replica.histogram(family)?;
    let (first, last) = (subject.now.first, subject.now.last);
    let histogram = columns.window(first, last, &mut Caveats::new())?;
    let requests = replica.histogram(Family::Ttft).and_then(|ttft| ttft.count(first, last));
    let quantile = estimate_quantile(&histogram, subject.settings.slo.quantile, requests)?;
    let judged = judge_quantile(&quantile, (target, source));
    let certain = quantile.sample_lo.is_some_and(|lo| lo >= target);
    (judged.level == Level::High && certain).then_some(judged.reason)
}
