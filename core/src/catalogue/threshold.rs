//! Lines that decide, each with its reason.

/// A line between two answers, named, so that it can be listed and set by hand.
#[derive(Debug, PartialEq)]
pub struct Threshold {
    /// Id: the fact that uses it and what it limits, e.g. `memory.full`.
    pub id: &'static str,
    /// The line, in the unit that the reason states.
    pub value: f64,
    /// Least and greatest value that makes sense.
    pub range: (f64, f64),
    /// What it limits, why this value, and what breaks on either side.
    pub reason: &'static str,
}
