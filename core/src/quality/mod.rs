//! How far the data can be trusted: identities that must hold, and a grade.

pub mod defects;
pub mod identities;
pub mod stale_page;

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::catalogue::list::closed_list;
use crate::caveat::Caveats;
use crate::scope::Scope;
use crate::text::number::counted;
use crate::window::replica_set::ReplicaSet;
use identities::Broken;

closed_list! {
    /// Data-quality grade. It caps the confidence word: C at likely, D at possible.
    Grade {
        /// Nothing that touches a used signal was repaired or assumed.
        A = "A",
        /// Something that touches a used signal was repaired or assumed, or a signal that the
        /// verdict uses is missing.
        B = "B",
        /// An identity between metrics is broken or a needed metric is missing; confidence is at
        /// most “likely”.
        C = "C",
        /// Several identities are broken, metrics are missing, or over a tenth of the window is
        /// gaps; confidence is at most “possible”.
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
///
/// A tenth: a scrape or two missed in an hour says nothing, one in ten says that the target is
/// often not there. At half of that a restart alone makes the lowest grade; at twice, a target that
/// misses every sixth scrape passes.
const GAP_SHARE: f64 = 0.1;

/// Grid times of a window without any sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gaps {
    /// How many there are; 0 where no state that every scrape shows is measured.
    pub empty: usize,
    /// Grid times in the window.
    pub steps: usize,
}

impl Gaps {
    /// Of a window, by the running batch, which every scrape of an engine shows.
    pub fn of(scope: &Scope, replica_set: &ReplicaSet, (first, last): (usize, usize)) -> Self {
        let steps = last - first + 1;
        let measured = scope.has(Family::Running);
        let empty = steps - replica_set.sampled.count(first, last);
        Self { empty: if measured { empty } else { 0 }, steps }
    }
}

/// Signals that are not measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// Of those that every diagnosis needs.
    pub needed: usize,
    /// Of those that the verdict uses.
    pub used: usize,
}

/// Grades the data: A when nothing was repaired or is missing, B with caveats or without a signal
/// that the verdict uses, C with a broken identity or without a signal that every diagnosis needs,
/// D with two of those or with gaps over a tenth of the window.
pub fn quality(mut caveats: Caveats, broken: &[Broken], missing: Missing, gaps: Gaps) -> Quality {
    caveats.add_count(CaveatId::Gap, gaps.empty as u64, || {
        format!("{} of the window without any sample", counted(gaps.empty as f64, "step", "steps"))
    });
    let faults = broken.len() + missing.needed;
    let repaired = caveats.iter().any(|caveat| !caveat.id.is_informative());
    let grade = if faults >= 2 || gaps.empty as f64 > GAP_SHARE * gaps.steps as f64 {
        Grade::D
    } else if faults == 1 {
        Grade::C
    } else if repaired || missing.used > 0 {
        Grade::B
    } else {
        Grade::A
    };
    Quality { grade, caveats }
}
