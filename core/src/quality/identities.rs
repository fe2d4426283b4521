//! What must be true of one engine's numbers, whatever it serves. A broken identity means the
//! telemetry is wrong.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::scope::Replica;
use crate::small::sorted::{SortedMap, sort_few};
use crate::text::foreign::plain;
use crate::text::number::{number, seconds};
use crate::window::measurements::Total;

/// Relative tolerance of identities between sums: 0.1 %. Sums of the same requests differ only by
/// rounding and by the requests of one scrape edge; swapped or doubled series differ by tens of per
/// cent.
const SUM_TOLERANCE: f64 = 1e-3;

/// Requests by which counts recorded at the same instant may differ, plus one per cent: a scrape
/// can fall between two of them.
const COUNT_SLACK: f64 = 2.0;

/// Families recorded together when a request finishes.
const FINISH_FAMILIES: [Family; 7] = [
    Family::E2e,
    Family::QueueTime,
    Family::PrefillTime,
    Family::DecodeTime,
    Family::InferenceTime,
    Family::PromptTokensPerRequest,
    Family::GenerationTokensPerRequest,
];

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

/// Checks every identity for every replica and records each broken one as a caveat.
pub fn check(
    replicas: &[&Replica],
    first: usize,
    last: usize,
    caveats: &mut Caveats,
) -> Vec<Broken> {
    let mut broken = Vec::new();
    for replica in replicas {
        let measured = totals(replica, first, last);
        let mut fail =
            |id, text: String| broken.push(Broken { id, text, replica: replica.key.clone() });
        if replica.is_shared {
            fail(CaveatId::SharedTarget, shared_target(replica));
        }
        if let Some(text) = counts_differ(&measured) {
            fail(CaveatId::CountsDiffer, text);
        }
        if let Some(text) = sums_differ(&measured) {
            fail(CaveatId::SumsDiffer, text);
        }
        if let Some(text) = parts_exceed_whole(&measured) {
            fail(CaveatId::PartsExceedWhole, text);
        }
        for family in FINISH_FAMILIES.into_iter().chain([Family::Ttft, Family::Itl]) {
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
    for one in &broken {
        caveats.add(one.id, || one.text.clone());
    }
    broken
}

fn shared_target(replica: &Replica) -> String {
    let target = replica.targets.first();
    let address = target.and_then(|target| target.instance.clone().or_else(|| target.pod.clone()));
    format!(
        "the counters of {} fall and come back, so several processes answer its scrapes in turn",
        plain(&address.unwrap_or_else(|| replica.key.clone()), 80)
    )
}

/// Sum and count of each of [`FINISH_FAMILIES`].
type Totals = SortedMap<Family, Total>;

fn totals(replica: &Replica, first: usize, last: usize) -> Totals {
    let mut totals = Totals::new();
    for family in FINISH_FAMILIES {
        if let Some(total) = Total::of(family, &[replica], first, last) {
            totals.insert(family, total);
        }
    }
    totals
}

fn counts_differ(measured: &Totals) -> Option<String> {
    let mut counts: Vec<(f64, Family)> =
        measured.iter().map(|(&family, total)| (total.count, family)).collect();
    sort_few(&mut counts, |left, right| left.0.total_cmp(&right.0));
    let ((least, less), (most, more)) = (*counts.first()?, *counts.last()?);
    let slack = COUNT_SLACK + most * 0.01;
    (most - least > slack).then(|| {
        format!(
            "{} requests recorded {} and only {} {}; both are recorded when a request finishes",
            number(most),
            more.title().to_ascii_lowercase(),
            number(least),
            less.title().to_ascii_lowercase()
        )
    })
}

fn sum_of(measured: &Totals, family: Family) -> Option<f64> {
    measured.get(&family)?.sum.map(|sum| sum.value)
}

fn sums_differ(measured: &Totals) -> Option<String> {
    let inference = sum_of(measured, Family::InferenceTime)?;
    let parts = sum_of(measured, Family::PrefillTime)? + sum_of(measured, Family::DecodeTime)?;
    ((inference - parts).abs() > SUM_TOLERANCE * inference.max(parts) + 1e-6).then(|| {
        format!(
            "inference adds up to {}, prefill and decode together to {}; they must be equal",
            seconds(inference),
            seconds(parts)
        )
    })
}

fn parts_exceed_whole(measured: &Totals) -> Option<String> {
    let whole = sum_of(measured, Family::E2e)?;
    let queue = sum_of(measured, Family::QueueTime)?;
    let inference = sum_of(measured, Family::InferenceTime)?;
    // Counts may differ by a scrape edge, and one request more in the parts weighs a whole mean.
    let count = measured.get(&Family::E2e)?.count.max(1.0);
    let slack = SUM_TOLERANCE * whole + COUNT_SLACK * whole / count;
    (queue + inference > whole + slack).then(|| {
        format!(
            "queue and inference add up to {}, more than the {} of end to end, which contains them",
            seconds(queue + inference),
            seconds(whole)
        )
    })
}
