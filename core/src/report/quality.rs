//! How far the data can be trusted.

use serde::Serialize;

/// How far the data can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Quality {
    /// A (nothing repaired) to D.
    pub grade: Grade,
    /// What was repaired or assumed.
    pub caveats: Vec<CaveatReport>,
}

/// Data-quality grade. It caps the confidence word: C at likely, D at possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Grade {
    /// No caveat touches a used signal.
    A,
    /// Some caveat does.
    B,
    /// An identity is broken or a needed family is missing.
    C,
    /// Two or more of those, or gaps over a tenth of the window.
    D,
}

/// One caveat, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CaveatReport {
    /// Stable id, e.g. `population-lag`.
    pub id: String,
    /// One sentence.
    pub text: String,
    /// How often it happened.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub count: u64,
}
