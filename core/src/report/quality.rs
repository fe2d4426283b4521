//! How far the data can be trusted.

use crate::small::list::CollectVec;
use serde::Serialize;

use crate::catalogue::caveats::CaveatId;
use crate::caveat::Caveat;
use crate::quality::Grade;

/// How far the data can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Quality {
    /// A (nothing repaired) to D.
    pub grade: Grade,
    /// What was repaired or assumed.
    pub caveats: Vec<CaveatReport>,
}

/// One caveat, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CaveatReport {
    /// Stable id, e.g. `population-lag`.
    pub id: CaveatId,
    /// One sentence.
    pub text: String,
    /// How often it happened.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub count: u64,
}

impl From<crate::quality::Quality> for Quality {
    fn from(quality: crate::quality::Quality) -> Self {
        let caveats = quality.caveats.iter().map(CaveatReport::from).collect_vec();
        Self { grade: quality.grade, caveats }
    }
}

impl From<&Caveat> for CaveatReport {
    fn from(caveat: &Caveat) -> Self {
        Self { id: caveat.id, text: caveat.text.clone(), count: caveat.count }
    }
}
