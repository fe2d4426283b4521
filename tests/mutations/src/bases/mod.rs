//! The inputs that are damaged: of every cause with a rule several, and healthy ones.

pub mod recorded;
pub mod reported;
pub mod simulated;
pub mod written;

use crate::base::Base;

/// All of them, in a fixed order. Costs a few seconds.
pub fn all() -> Result<Vec<Base>, String> {
    let mut bases = simulated::bases();
    bases.extend(written::bases()?);
    bases.extend(recorded::bases()?);
    bases.extend(reported::bases()?);
    Ok(bases)
}

/// The default window of a range of Unix milliseconds: its last tenth, at least five minutes.
fn last_tenth(times: &[f64]) -> (i64, i64) {
    let (first, last) = (times.first().copied(), times.last().copied());
    let (first, last) = (first.unwrap_or(0.0), last.unwrap_or(0.0));
    let length = ((last - first) / 10.0).max(300_000.0);
    ((last - length).max(first) as i64, last as i64)
}
