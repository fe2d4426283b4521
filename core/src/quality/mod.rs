//! How far the data can be trusted: identities that must hold, and a grade.

pub mod defects;
pub mod identities;
pub mod stale_page;

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::catalogue::list::closed_list;
use crate::caveat::Caveats;
use crate::scope::Scope;
use crate::store::grid::TimeGrid;
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
        /// An identity between metrics is broken, a needed metric or several scrapes in a row are
        /// missing; confidence is at most “likely”.
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

/// Scrapes of a window without any sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gaps {
    /// How many there are; 0 where no state that every scrape shows is measured.
    pub empty: usize,
    /// Scrapes that the window holds.
    pub steps: usize,
    /// Replicas that miss more scrapes in a row than may be missed, and all of them.
    pub long: (usize, usize),
}

impl Gaps {
    /// Of a window, by the running batch, which every scrape of an engine shows. `long` counts the
    /// replicas with a longer gap than may be.
    pub fn of(
        scope: &Scope,
        (replica_set, grid): (&ReplicaSet, &TimeGrid),
        (first, last): (usize, usize),
        long: usize,
    ) -> Self {
        let times = grid.times();
        // What no series has a sample of is not in the grid either.
        let missed = (times[last] - times[first]) / grid.step().max(1);
        let steps = usize::try_from(missed).unwrap_or(0).max(last - first) + 1;
        let measured = scope.has(Family::Running);
        let empty = steps - replica_set.sampled.count(first, last).min(steps);
        let long = (long, replica_set.activities.len());
        Self { empty: if measured { empty } else { 0 }, steps, long }
    }

    /// Most replicas miss so much that what happened meanwhile is not known.
    fn is_needed(self) -> bool {
        self.long.0 > 0 && 2 * self.long.0 >= self.long.1
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
/// that the verdict uses, C with a broken identity, without a signal that every diagnosis needs or
/// with a gap of several scrapes at most replicas, D with two of those or with gaps over a tenth of
/// the window.
pub fn quality(mut caveats: Caveats, broken: &[Broken], missing: Missing, gaps: Gaps) -> Quality {
    caveats.add_count(CaveatId::Gap, gaps.empty as u64, || {
        format!("{} of the window without any sample", counted(gaps.empty as f64, "step", "steps"))
    });
    caveats.add_count(CaveatId::Gap, if gaps.empty == 0 { gaps.long.0 as u64 } else { 0 }, || {
        format!(
            "{} of {} without a sample for several scrapes in a row",
            gaps.long.0,
            counted(gaps.long.1 as f64, "replica", "replicas")
        )
    });
    let faults = broken.len() + missing.needed + usize::from(gaps.is_needed());
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
