//! What must be true of one engine's numbers, whatever it serves. A broken identity means the
//! telemetry is wrong.
//!
//! - [`counts`]: families recorded together count the same requests.
//! - [`sums`]: sums over the same requests, and over requests of two populations within their lag.
//! - [`tokens`]: the two times of a token, of which one may be in another unit.
//! - [`mistakes`]: one mistake in the names or the units that explains all broken sums.

mod counts;
mod mistakes;
mod sums;
#[cfg(test)]
mod tests;
mod throughout;
mod tokens;

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::growth::membership::{Membership, Step};
use crate::scope::{NoCounts, Replica};
use crate::small::list::CollectVec;
use crate::text::foreign::plain;
use crate::text::number::number;
use sums::Sums;

pub use throughout::stands_throughout;

/// Families recorded together when a request finishes.
pub(crate) const FINISH_FAMILIES: [Family; 7] = [
    Family::E2e,
    Family::QueueTime,
    Family::PrefillTime,
    Family::DecodeTime,
    Family::InferenceTime,
    Family::PromptTokensPerRequest,
    Family::GenerationTokensPerRequest,
];

/// Requests by which counts recorded at the same instant may differ, plus one per cent: a scrape
/// can fall between two of them.
const COUNT_SLACK: f64 = 2.0;

/// One identity that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Caveat id.
    pub id: CaveatId,
    /// What does not hold, with its numbers.
    pub text: String,
    /// The replica.
    pub replica: String,
}

/// What the identities of a window say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Those that do not hold.
    pub broken: Vec<Broken>,
    /// Times that are not what they are called, so that no level of theirs means anything.
    pub mistaken: Vec<Family>,
}

/// Checks every identity for every replica in a window of so many seconds and records each broken
/// one as a caveat. Times that a known defect of the engine spoilt are `left_out`; the buckets of
/// those that are known to be `cumulative` are not looked at again.
pub fn check(
    replicas: &[&Replica],
    (first, last): (usize, usize),
    seconds: f64,
    left_out: &[Family],
    cumulative: &[Family],
    caveats: &mut Caveats,
) -> Checked {
    let (mut broken, mut mistaken) = (Vec::new(), Vec::new());
    for replica in replicas {
        let mut fail =
            |id, text: String| broken.push(Broken { id, text, replica: replica.key.clone() });
        match replica.no_counts {
            None => {}
            Some(NoCounts::Shared) => fail(CaveatId::SharedTarget, shared_target(replica)),
            Some(NoCounts::Contested) => fail(CaveatId::ContestedSeries, contested(replica)),
            Some(NoCounts::Rates) => fail(CaveatId::RatesAsCounters, rates(replica)),
        }
        if let Some(text) = &replica.counted_twice {
            fail(CaveatId::CountedTwice, text.clone());
        }
        if let Some(text) = counts::differ(replica, (first, last), left_out) {
            fail(CaveatId::CountsDiffer, text);
        }
        let sums = Sums::of(replica, (first, last), seconds, left_out);
        let contradictions = sums.contradictions();
        if let Some(first) = contradictions.first() {
            match mistakes::explain(&sums, first) {
                Some(mistake) => {
                    fail(mistake.id, mistake.text);
                    mistaken.extend(mistake.families);
                }
                None => contradictions.into_iter().for_each(|one| fail(one.id, one.text(&sums))),
            }
        }
        for family in JUDGED.into_iter().filter(|family| !left_out.contains(family)) {
            let columns = replica.histogram(family).filter(|_| !cumulative.contains(&family));
            if let Some((most, least)) = columns.and_then(|one| one.contradiction(first, last)) {
                fail(CaveatId::NonMonotone, not_cumulative(family, most, least));
                mistaken.push(family);
            }
        }
        if let Some((family, text)) = tokens::other_unit(replica, (first, last)) {
            // Nothing else is made of it.
            caveats.add(CaveatId::WrongUnit, || text.clone());
            mistaken.push(family);
        }
        let fell = FINISH_FAMILIES.into_iter().chain([Family::Ttft, Family::Itl]);
        for family in fell.filter(|family| !left_out.contains(family)) {
            if replica.histogram(family).is_some_and(|columns| columns.sum_fell(first, last)) {
                fail(
                    CaveatId::SumFell,
                    format!(
                        "the sum of {} fell while its count did not: negative observations",
                        family.title().to_ascii_lowercase()
                    ),
                );
            }
        }
    }
    for replica in replicas {
        let is_of_window = |step: &&Step| (first + 1..=last).contains(&step.at);
        let changed = replica.membership.iter().filter(is_of_window).map(|step| step.change);
        let changed: Vec<Membership> = changed.collect_vec();
        caveats.add_count(CaveatId::MembersChanged, changed.len() as u64, || {
            members_changed(replica, &changed)
        });
    }
    for one in &broken {
        caveats.add(one.id, || one.text.clone());
    }
    Checked { broken, mistaken }
}

/// Times whose quantiles are judged: what their buckets say must be true.
const JUDGED: [Family; 4] = [Family::Ttft, Family::Itl, Family::Tpot, Family::E2e];

fn not_cumulative(family: Family, most: f64, least: f64) -> String {
    format!(
        "the buckets of {} are not cumulative: {} observations are counted, and what must hold all \
         of them has {}",
        family.title().to_ascii_lowercase(),
        number(libm::round(most)),
        number(libm::round(least))
    )
}

fn shared_target(replica: &Replica) -> String {
    format!(
        "the counters of {} fall and come back, so several processes answer its scrapes in turn",
        address(replica)
    )
}

fn contested(replica: &Replica) -> String {
    format!(
        "the series of {} come twice, with values that no one process counted: two engines stand \
         under the same labels",
        address(replica)
    )
}

fn members_changed(replica: &Replica, changed: &[Membership]) -> String {
    let address = address(replica);
    if changed.contains(&Membership::Replaced) {
        return format!(
            "the counters of {address} rose at once by far more than they count in a scrape: \
             another process answers there since, and what it had counted before is left out"
        );
    }
    let gone = changed.iter().filter(|change| **change == Membership::Gone).count();
    let end = if 2 * gone > changed.len() { "go on without it" } else { "got it back" };
    format!(
        "the sums over processes ({address}) lost one of them and {end}: what it had counted is \
         neither work nor a restart, and is left out"
    )
}

fn rates(replica: &Replica) -> String {
    format!(
        "the counters of {} go up and down, so they are results of rate() or increase() under the \
         counters' names",
        address(replica)
    )
}

fn address(replica: &Replica) -> String {
    let target = replica.targets.first();
    let address = target.and_then(|target| target.instance.clone().or_else(|| target.pod.clone()));
    plain(&address.unwrap_or_else(|| replica.key.clone()), 80)
}
