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
    pub reason: Reason,
}

/// Text that only the catalogue prints: the module that browsers load does not carry it.
#[derive(Debug, PartialEq)]
pub struct Reason(#[cfg(not(target_family = "wasm"))] &'static str);

impl Reason {
    /// From its text.
    #[cfg_attr(target_family = "wasm", expect(unused_variables, reason = "left out on purpose"))]
    pub const fn of(text: &'static str) -> Self {
        Self(
            #[cfg(not(target_family = "wasm"))]
            text,
        )
    }

    /// The text; empty in the module that browsers load.
    pub fn text(&self) -> &'static str {
        #[cfg(not(target_family = "wasm"))]
        return self.0;
        #[cfg(target_family = "wasm")]
        return "";
    }
}
