//! Which objective's budget is spent most, and what spent it.

use serde::Serialize;

use super::{Attained, Kept, Objective};
use crate::catalogue::causes::CauseId;
use crate::catalogue::phases::Phase;
use crate::catalogue::signals::SignalId;
use crate::settings::Slo;
use crate::small::list::CollectVec;
use crate::small::sorted::sort;
use crate::text::number::{counted, interval, percent, percent_interval};
use crate::text::phrase::phrase;
use crate::triage::rank::Claim;

/// The objective whose budget of the window is spent most, and what spent it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Budget {
    /// Which objective.
    pub signal: SignalId,
    /// One sentence with the numbers.
    pub sentence: String,
    /// Parts of the time beyond baseline and budget in the phases of this objective, over the
    /// window, the largest first; empty where there is none.
    pub spenders: Vec<Spender>,
}

/// A part of the time in excess.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Spender {
    /// Where it was spent.
    pub phase: Phase,
    /// The cause that explains it; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub cause: Option<CauseId>,
    /// Share of the time in excess, 0–1.
    pub share: f64,
}

/// Seconds a request from which a phase is in excess. What sums of seconds lose to rounding lies
/// far below, and no objective is missed for less; at a millisecond a budget for tokens would lack
/// what spent it.
const LEAST_SECONDS: f64 = 1e-4;

/// Days that a budget is of where it is told how long it lasts: four weeks and the rest of a month,
/// as service objectives are agreed and as the alerts for budget burn take it. With a week, a bad
/// hour looks as if it left nothing; with a quarter, a fault of days looks affordable.
const PERIOD_DAYS: f64 = 30.0;

/// Hours of a day.
const DAY_HOURS: f64 = 24.0;

/// The phases that an objective is about.
fn is_about(signal: SignalId, phase: Phase) -> bool {
    match signal {
        SignalId::Ttft => matches!(phase, Phase::FrontEnd | Phase::Queue | Phase::Prefill),
        SignalId::Itl | SignalId::Tpot => phase == Phase::Decode,
        SignalId::E2e => true,
        _ => false,
    }
}

/// That of the objective whose budget is spent most.
pub(super) fn budget(rows: &[Objective], claims: &[Claim], slo: &Slo) -> Option<Budget> {
    let spent = |row: &Objective| row.attained.map_or((0.0, 0.0), |attained| attained.spent);
    let measured = rows.iter().filter(|row| row.attained.is_some() && row.counts(slo));
    let most = measured.reduce(|most, row| {
        let ((least, greatest), (own_least, own_greatest)) = (spent(most), spent(row));
        let order = own_least.total_cmp(&least).then(own_greatest.total_cmp(&greatest));
        if order.is_gt() { row } else { most }
    })?;
    let spenders = spenders(most.signal, claims);
    let sentence = sentence(most, most.attained.as_ref()?, &spenders, 1.0 - slo.quantile);
    Some(Budget { signal: most.signal, sentence, spenders })
}

pub(super) fn spenders(signal: SignalId, claims: &[Claim]) -> Vec<Spender> {
    let is_own = |claim: &&Claim| is_about(signal, claim.phase) && claim.seconds >= LEAST_SECONDS;
    let mut own = claims.iter().filter(is_own).collect_vec();
    let total: f64 = own.iter().map(|claim| claim.seconds).sum();
    sort(&mut own, |left, right| right.seconds.total_cmp(&left.seconds));
    let spender = |claim: &Claim| Spender {
        phase: claim.phase,
        cause: claim.cause,
        share: claim.seconds / total,
    };
    own.into_iter().map(spender).collect_vec()
}

/// `TTFT missed by 12–14 % of 3,120 requests: 2.4–2.8 × the error budget (5 %) of this window. Of
/// the time in excess, 92 % is queue (slot cap). If it goes on, the budget of 30 days is spent in
/// 10.7–12.5 days.`
pub(super) fn sentence(
    row: &Objective,
    attained: &Attained,
    spenders: &[Spender],
    may_miss: f64,
) -> String {
    let (least, most) = attained.spent;
    let budget = format!("the error budget ({}) of this window", percent(may_miss));
    if most <= 0.0 {
        return format!("Nothing of {budget} is spent.");
    }
    let (one, several) =
        if row.signal == SignalId::Itl { ("output", "outputs") } else { ("request", "requests") };
    let of = counted(attained.count, one, several);
    let missed = percent_interval(1.0 - attained.hi, 1.0 - attained.lo);
    let verb = if row.kept == Kept::Unknown { "may be missed" } else { "missed" };
    let mut text = match row.signal {
        SignalId::LostRequests => format!("{missed} of {of} failed or were lost"),
        latency => format!("{} {verb} by {missed} of {of}", latency.short()),
    };
    let spent = if most > 1.0 {
        interval(least, Some(most), false, "×")
    } else {
        percent_interval(least, most) + " of"
    };
    text += &format!(": {spent} {budget}.");
    if let Some(first) = spenders.first().filter(|_| row.kept != Kept::Met) {
        let share = percent(first.share);
        let by =
            first.cause.map_or_else(|| "no cause found".to_owned(), |cause| phrase(cause.id()));
        text += &format!(" Of the time in excess, {share} is {} ({by}).", first.phase.title());
    }
    text + &lasts(least, most)
}

/// How long a budget of [`PERIOD_DAYS`] lasts at the rate of the window; empty where it may last.
fn lasts(least: f64, most: f64) -> String {
    if least <= 1.0 {
        return String::new();
    }
    let (soonest, latest) = (PERIOD_DAYS / most, PERIOD_DAYS / least);
    let (scale, unit) = if soonest < 1.0 { (DAY_HOURS, "hours") } else { (1.0, "days") };
    let time = interval(soonest * scale, Some(latest * scale), false, unit);
    format!(" If it goes on, the budget of {PERIOD_DAYS} days is spent in {time}.")
}
