//! Inter-token latency and time per output token tell of the same tokens.

use crate::catalogue::families::Family;
use crate::scope::Replica;
use crate::text::number::seconds;

/// Factor between the means of the two from which one of them is not in seconds: a third of the
/// thousand of milliseconds. The one weighs every token alike and the other every request, so that
/// a few short outputs that stood still make factors of tens.
const UNIT_FACTOR: f64 = 300.0;

/// Which of them is in another unit, with both means; None where they agree or one is not there.
pub(super) fn other_unit(
    replica: &Replica,
    (first, last): (usize, usize),
) -> Option<(Family, String)> {
    let mean = |family| {
        let columns = replica.histogram(family)?;
        let count = columns.count(first, last).filter(|count| *count > 0.0)?;
        Some(columns.sum(first, last)?.value / count)
    };
    let (token, of_request) = (mean(Family::Itl)?, mean(Family::Tpot)?);
    let larger = if of_request > UNIT_FACTOR * token {
        Family::Tpot
    } else if token > UNIT_FACTOR * of_request && of_request > 0.0 {
        Family::Itl
    } else {
        return None;
    };
    let text = format!(
        "mean time per output token is {} and mean inter-token latency {}: one of them is not in \
         seconds",
        seconds(of_request),
        seconds(token)
    );
    Some((larger, text))
}
