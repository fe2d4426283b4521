//! How far the data can be trusted: identities that must hold, and a grade.

pub mod identities;

use crate::catalogue::list::closed_list;
use crate::caveat::Caveats;
use identities::Broken;

closed_list! {
    /// Data-quality grade. It caps the confidence word: C at likely, D at possible.
    Grade {
        /// No caveat touches a used signal.
        A = "A",
        /// Some caveat does.
        B = "B",
        /// An identity is broken or a needed family is missing.
        C = "C",
        /// Two or more of those, or gaps over a tenth of the window.
        D = "D",
    }
}

/// How far the data can be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quality {
    /// The grade.
    pub grade: Grade,
    /// What was repaired or assumed.
    pub caveats: Caveats,
}

/// Share of the window's grid times without any sample from which the data count as full of holes.
const GAP_SHARE: f64 = 0.1;

/// Grades the data: A when nothing was repaired, B with caveats, C with a broken identity or a
/// missing family that every diagnosis needs, D with two of those or with gaps over a tenth of the
/// window.
pub fn quality(caveats: &Caveats, broken: &[Broken], missing: usize, gap_share: f64) -> Quality {
    let faults = broken.len() + missing;
    let repaired = caveats.iter().any(|caveat| !caveat.id.is_informative());
    let grade = if faults >= 2 || gap_share > GAP_SHARE {
        Grade::D
    } else if faults == 1 {
        Grade::C
    } else if repaired {
        Grade::B
    } else {
        Grade::A
    };
    Quality { grade, caveats: caveats.clone() }
}
