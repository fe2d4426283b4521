//! What a copy knows of the times at which the kept one has no sample: a collector that restarted,
//! a scrape job that took another's place.

use crate::scope::resolve::Resolved;
use crate::scope::series_set::{Comparable, SeriesSet};
use crate::small::list::CollectVec;

/// The series of a set with samples of its copies where the set itself has none; empty where there
/// is nothing to fill.
///
/// It is one process that counted all the while, so its counters go on across the seam. A sample
/// that would make one of them fall is older than its neighbour and left out: it would look like a
/// restart.
pub(super) fn filled<'a>(set: &SeriesSet<'a>, copies: &[&SeriesSet<'a>]) -> Vec<Resolved<'a>> {
    let mut present = set.present.clone();
    let mut filled: Vec<Resolved<'a>> = Vec::new();
    for copy in copies {
        let knows = |at: &usize| copy.present[*at] && !present[*at];
        let missing: Vec<usize> = (0..present.len()).filter(knows).collect_vec();
        if missing.is_empty() {
            continue;
        }
        if filled.is_empty() {
            filled = set.quantities.iter().map(|own| own.one.clone()).collect_vec();
        }
        for (own, one) in set.quantities.iter().zip(&mut filled) {
            if let Some(other) = copy.like(own) {
                let counts = own.rank != Comparable::No;
                fill(one.values.to_mut(), &other.one.values, &missing, counts);
            }
        }
        for at in missing {
            present[at] = true;
        }
    }
    filled
}

fn fill(values: &mut [f64], other: &[f64], missing: &[usize], counts: bool) {
    for &at in missing {
        let before = values[..at].iter().rfind(|value| !value.is_nan());
        let after = values[at..].iter().find(|value| !value.is_nan());
        let falls = before.is_some_and(|before| other[at] < *before)
            || after.is_some_and(|after| other[at] > *after);
        if !(counts && falls) {
            values[at] = other[at];
        }
    }
}
