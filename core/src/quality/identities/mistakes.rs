//! One mistake that explains every broken sum: a time in milliseconds, or two times under each
//! other's name.

use super::sums::{Contradiction, DECODE, PREFILL, Sums, TIMES, TTFT};
use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
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

/// The mistake without which no sum contradicts another; None where none or several would do.
pub(super) fn explain(sums: &Sums<'_>, first: &Contradiction) -> Option<Mistake> {
    let holds = |units: [f64; 7], swapped: Option<(usize, usize)>| {
        sums.under(units, swapped).contradictions().is_empty()
    };
    let are_known = sums.is_known(PREFILL) && sums.is_known(DECODE);
    if are_known && holds(SECONDS, Some((PREFILL, DECODE))) {
        return Some(Mistake {
            id: first.id,
            families: vec![TIMES[PREFILL], TIMES[DECODE]],
            text: format!(
                "prefill and decode time bear each other's name: mean prefill is {}, mean TTFT, \
                 which contains it, {}",
                seconds(sums.mean(PREFILL)),
                seconds(sums.mean(TTFT))
            ),
        });
    }
    let mut found: Option<usize> = None;
    for place in (0..TIMES.len()).filter(|place| sums.is_known(*place)) {
        let mut units = SECONDS;
        units[place] = MILLI;
        if holds(units, None) {
            if found.is_some() {
                return None;
            }
            found = Some(place);
        }
    }
    let text = match found {
        Some(place) => format!(
            "{} is in milliseconds, not seconds: its mean is {}, 1,000 × what the other times leave \
             for it",
            TIMES[place].title().to_ascii_lowercase(),
            seconds(sums.mean(place))
        ),
        None if holds([MILLI; 7], None) => {
            format!("the times are in milliseconds, not seconds: {}", first.text(sums))
        }
        None => return None,
    };
    let families = found.map_or_else(|| TIMES.to_vec(), |place| vec![TIMES[place]]);
    Some(Mistake { id: CaveatId::WrongUnit, families, text })
}
