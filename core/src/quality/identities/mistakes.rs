//! One mistake that explains every broken sum: a time in milliseconds, or two times under each
//! other's name.

use super::sums::{Contradiction, DECODE, PREFILL, Sums, TIMES, TTFT};
use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::small::list::CollectVec;
use crate::text::number::seconds;

/// Milliseconds of a second.
const MILLI: f64 = 1000.0;

/// Every time in seconds.
const SECONDS: [f64; 7] = [1.0; 7];

/// What was mistaken.
pub(super) struct Mistake {
    pub(super) id: CaveatId,
    /// The times that are not what they are called.
    pub(super) families: Vec<Family>,
    pub(super) text: String,
}

/// A factor that is no unit. What it mends as well is no matter of a thousand: two series in one
/// are twice as much. Larger, requests in flight explain what is left of a thousand too.
const NO_UNIT: f64 = 3.0;

/// A factor that is far below a thousand. Where it mends all times, work that was scraped faster
/// than it was done explains them as well; at 3 that is named milliseconds, nearer to a thousand an
/// engine that is hardly used is not recognised.
const MUCH_LESS: f64 = 100.0;

/// The mistake without which no sum contradicts another; None where none or several would do.
pub(super) fn explain(sums: &Sums<'_>, first: &Contradiction) -> Option<Mistake> {
    swapped(sums).or_else(|| in_milliseconds(sums, first))
}

fn swapped(sums: &Sums<'_>) -> Option<Mistake> {
    let are_known = [TTFT, PREFILL, DECODE].into_iter().all(|place| sums.is_known(place));
    let holds = || sums.under(SECONDS, Some((PREFILL, DECODE))).contradictions().is_empty();
    (are_known && holds()).then(|| Mistake {
        id: CaveatId::SwappedTimes,
        families: vec![TIMES[PREFILL], TIMES[DECODE]],
        text: format!(
            "prefill and decode time bear each other's name: mean prefill is {}, mean TTFT, which \
             contains it, {}",
            seconds(sums.mean(PREFILL)),
            seconds(sums.mean(TTFT))
        ),
    })
}

fn in_milliseconds(sums: &Sums<'_>, first: &Contradiction) -> Option<Mistake> {
    let holds = |places: &[usize], unit: f64| {
        let mut units = SECONDS;
        for &place in places {
            units[place] = unit;
        }
        sums.under(units, None).contradictions().is_empty()
    };
    // That contradiction alone asks for a factor of hundreds.
    let is_proven = first.id == CaveatId::WrongUnit;
    let is_unit = |places: &[usize]| holds(places, MILLI) && (is_proven || !holds(places, NO_UNIT));
    let known = || (0..TIMES.len()).filter(|place| sums.is_known(*place));
    let mut single = known().filter(|place| is_unit(&[*place]));
    let (places, text) = match (single.next(), single.next()) {
        (Some(place), None) => (
            vec![place],
            format!(
                "{} is in milliseconds, not seconds: its mean is {}, 1,000 × what the other times \
                 leave for it",
                TIMES[place].title().to_ascii_lowercase(),
                seconds(sums.mean(place))
            ),
        ),
        // Together they agree with each other, and only the gauge tells.
        (None, _) if first.id == CaveatId::BatchTooLarge => {
            let all: Vec<usize> = known().collect_vec();
            if !is_unit(&all) || holds(&all, MUCH_LESS) {
                return None;
            }
            let text = format!("the times are in milliseconds, not seconds: {}", first.text(sums));
            (all, text)
        }
        _ => return None,
    };
    let families = places.into_iter().map(|place| TIMES[place]).collect_vec();
    Some(Mistake { id: CaveatId::WrongUnit, families, text })
}
