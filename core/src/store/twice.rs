//! What is said of one series twice, and whether one process can have said it.
//!
//! Two scrapes of one process fall between each other: the later of two values is at most what the
//! other shows at its next change. What is further apart is of two processes that stand under one
//! set of labels, as pods of two clusters do once the label of the cluster is lost.

use std::cmp::Ordering;

use crate::store::column::Column;

/// Part of its changes that are falls from which on a series is a state: a counter falls when its
/// process starts anew. Lower, a loop of restarts is one; higher, a queue that grows is none.
const FALLS_OF_A_STATE: usize = 8;

/// Share of the times that differ, one in so many, at which two scrapes of one process may be
/// further apart than a change: a copy that missed a scrape. Without any, one late scrape makes two
/// processes of one; with one in three, two that are mostly idle are one.
const CONTRADICTIONS: usize = 10;

/// What joining found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Twice {
    /// Times at which the two differ.
    pub(super) conflicts: u64,
    /// No one process counted both.
    pub(super) is_contested: bool,
}

/// Joins what is said of one series twice. Of a counter the larger value of each time stays,
/// because one that is read late is the newer one; of a state one of the two stays whole: the most
/// that runs at any time of two looks like a cap that nobody set.
pub(super) fn join(kept: &mut Column, mut other: Column) -> Twice {
    let differ = |(one, two): &(&f64, &f64)| one.partial_cmp(two).is_some_and(Ordering::is_ne);
    let conflicts = kept.iter().zip(other.iter()).filter(differ).count() as u64;
    let is_one_of_states = is_state(kept) && is_state(&other);
    let sum = |values: &[f64]| values.iter().filter(|value| !value.is_nan()).sum::<f64>();
    if is_one_of_states && sum(&other) > sum(kept) {
        std::mem::swap(kept, &mut other);
    }
    if is_one_of_states {
        for (kept, &other) in kept.to_mut().iter_mut().zip(other.iter()) {
            if kept.is_nan() {
                *kept = other;
            }
        }
        return Twice { conflicts, is_contested: false };
    }
    let mut less = vec![f64::NAN; kept.len()];
    for ((kept, less), &other) in kept.to_mut().iter_mut().zip(&mut less).zip(other.iter()) {
        if kept.is_nan() {
            *kept = other;
        } else if !other.is_nan() {
            (*kept, *less) = (kept.max(other), kept.min(other));
        }
    }
    Twice { conflicts, is_contested: conflicts > 0 && is_contested(kept, &less) }
}

/// Whether the larger and the smaller of two values at each time are of two processes; NaN where
/// there is one only. States are not asked.
pub(super) fn is_contested(larger: &[f64], smaller: &[f64]) -> bool {
    if is_state(larger) || larger.len() < 2 {
        return false;
    }
    let before = changed_before(larger, false);
    let behind = changed_before(smaller, true);
    let next = changed_before(larger, true);
    let (mut conflicts, mut against) = (0, 0);
    for (index, (&large, &small)) in larger.iter().zip(smaller).enumerate() {
        let fell = before[index] > large || next[index] < large;
        // A process that starts anew is behind itself for a scrape.
        if fell || large.partial_cmp(&small).is_none_or(Ordering::is_eq) {
            continue;
        }
        conflicts += 1;
        let stands = before[index].is_nan() && behind[index].is_nan();
        against += usize::from(stands || small < before[index] || large > behind[index]);
    }
    against * CONTRADICTIONS > conflicts
}

/// For each value the last one before it that is another, or the first one behind it if read
/// `backwards`; NaN where it is none, or there is none.
fn changed_before(values: &[f64], backwards: bool) -> Vec<f64> {
    let (mut current, mut before) = (f64::NAN, f64::NAN);
    let mut changed = vec![f64::NAN; values.len()];
    for place in 0..values.len() {
        let index = if backwards { values.len() - 1 - place } else { place };
        let value = values[index];
        if value.is_nan() {
            continue;
        }
        if current.total_cmp(&value).is_ne() {
            before = current;
            current = value;
        }
        changed[index] = before;
    }
    changed
}

fn is_state(values: &[f64]) -> bool {
    let (mut falls, mut changes, mut before) = (0, 0, f64::NAN);
    for &value in values.iter().filter(|value| !value.is_nan()) {
        falls += usize::from(value < before);
        changes += usize::from(value.partial_cmp(&before).is_some_and(Ordering::is_ne));
        before = value;
    }
    falls * FALLS_OF_A_STATE > changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(one: &[f64], two: &[f64]) -> (Vec<f64>, Twice) {
        let mut kept: Column = one.to_vec().into();
        let twice = join(&mut kept, two.to_vec().into());
        (kept.to_vec(), twice)
    }

    /// Values that one process counts, and another that began later or hangs.
    #[test]
    fn two_scrapes_of_one_process_lie_between_each_other_and_two_processes_do_not() {
        let one = [100.0, 110.0, 120.0, 130.0, 140.0];
        for (other, is_contested) in [
            ([100.0, 100.0, 110.0, 120.0, 130.0], false), // a scrape late
            ([105.0, 115.0, 125.0, 135.0, 145.0], false), // half a scrape later
            ([100.0, 110.0, 120.0, 130.0, 140.0], false), // the same
            ([50.0, 60.0, 70.0, 80.0, 90.0], true),       // began later
            ([90.0, 90.0, 90.0, 90.0, 90.0], true),       // hangs
            ([f64::NAN, f64::NAN, 100.0, 110.0, 120.0], true), // two scrapes late
        ] {
            for (left, right) in [(&one, &other), (&other, &one)] {
                let (kept, twice) = joined(left, right);
                assert_eq!(twice.is_contested, is_contested, "{other:?}");
                assert!(kept.iter().zip(&one).all(|(kept, one)| kept >= one), "{kept:?}");
            }
        }
        assert!(!joined(&[500.0], &[400.0]).1.is_contested, "one sample tells nothing");
        assert!(joined(&[500.0, 600.0], &[400.0, 450.0]).1.is_contested, "two do");
    }

    #[test]
    fn a_restart_and_a_state_are_no_two_processes() {
        let one = [500.0, 510.0, 520.0, 4.0, 14.0, 24.0];
        let late = [490.0, 500.0, 510.0, 520.0, 4.0, 14.0];
        assert!(!joined(&one, &late).1.is_contested);
        let (kept, twice) = joined(&[3.0, 1.0, 4.0, 1.0], &[9.0, 2.0, 6.0, 5.0]);
        assert_eq!((kept, twice.is_contested), (vec![9.0, 2.0, 6.0, 5.0], false));
    }
}
