//! How far the data can be trusted: identities that must hold, and a grade.

pub mod identities;

use crate::caveat::Caveats;
use crate::list::Listed;
use crate::report::{Grade, Quality};
use identities::Broken;

/// Caveats that describe what PromQL or a population does, not a repair of the data; they leave the
/// grade alone.
const INFORMATIVE: [&str; 5] =
    ["outside-bounds", "impossible-order", "population-lag", "router-duplicate", "server-info"];

/// Share of the window's grid times without any sample from which the data count as full of holes.
const GAP_SHARE: f64 = 0.1;

/// Grades the data: A when nothing was repaired, B with caveats, C with a broken identity or a
/// missing family that every diagnosis needs, D with two of those or with gaps over a tenth of the
/// window.
pub fn quality(caveats: &Caveats, broken: &[Broken], missing: usize, gap_share: f64) -> Quality {
    let faults = broken.len() + missing;
    let repaired = caveats.iter().any(|caveat| !INFORMATIVE.contains(&caveat.id.as_str()));
    let grade = if faults >= 2 || gap_share > GAP_SHARE {
        Grade::D
    } else if faults == 1 {
        Grade::C
    } else if repaired {
        Grade::B
    } else {
        Grade::A
    };
    Quality { grade, caveats: caveats.iter().cloned().list() }
}
