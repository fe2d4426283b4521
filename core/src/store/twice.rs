//! What is said of one series several times, and whether one process can have said it.
//!
//! Two scrapes of one process fall between each other: a value that is behind another is at least
//! what that one was a change ago, or at most a change of its own behind it. What is further apart,
//! time after time, is of two processes that stand under one set of labels, as pods of two clusters
//! do once the label of the cluster is lost.

use std::cmp::Ordering;

use crate::small::list::CollectVec;
use crate::store::column::Column;

/// Part of its changes that are falls from which on a series is a state: a counter falls when its
/// process starts anew. Lower, a loop of restarts is one; higher, a queue that grows is none.
const FALLS_OF_A_STATE: usize = 8;

/// Share of the times with two values, one in so many, at which they may be too far apart: a copy
/// that missed a scrape, or repeats its last one before a newer one arrives. Without any, one late
/// scrape makes two processes of one; with one in three, two that are mostly idle are one.
const CONTRADICTIONS: usize = 10;

/// Times at which values must be too far apart. With fewer, the end of a response that came before
/// the newest scrapes did is enough.
const LEAST_AGAINST: usize = 3;

/// Changes that one of two may make while the other stands still: a server that scrapes every
/// minute beside one that does every 15 s. With fewer, such a pair is two processes; with more, a
/// process that hangs is found later.
const STANDS: usize = 5;

/// Part of a value by which it may differ because somebody added or printed it in another way.
const ROUNDING: f64 = 1e-9;

/// Several values of every time, joined.
#[derive(Debug)]
pub(super) struct Joined {
    /// One of them at every time.
    pub(super) values: Column,
    /// Times at which they differ.
    pub(super) conflicts: u64,
    /// No one process counted them.
    pub(super) is_contested: bool,
}

/// Joins what is said of one series, in any order. Of a counter the largest value of each time
/// stays, because one that is read late is the newest; of a state one of them stays whole: the most
/// that runs at any time of two looks like a cap that nobody set.
pub(super) fn join(columns: Vec<Column>) -> Joined {
    let all_states = columns.iter().all(|column| is_state(column));
    let mut values: Column = Column::default();
    let mut least: Vec<f64> = Vec::new();
    let sum = |values: &[f64]| values.iter().filter(|value| !value.is_nan()).sum::<f64>();
    for mut column in columns {
        if least.is_empty() {
            least = vec![f64::NAN; column.len()];
            values = column;
            continue;
        }
        if all_states && sum(&column) > sum(&values) {
            std::mem::swap(&mut values, &mut column);
        }
        let places = values.to_mut().iter_mut().zip(&mut least);
        for ((value, least), &other) in places.zip(column.iter()) {
            if value.is_nan() {
                *value = other;
            } else if !other.is_nan() {
                *least = least.min(other).min(*value);
                *value = if all_states { *value } else { value.max(other) };
            }
        }
    }
    let differs = |(value, least): &(&f64, &f64)| least.partial_cmp(value).is_some_and(is_ne);
    let conflicts = values.iter().zip(&least).filter(differs).count() as u64;
    let is_contested = conflicts > 0 && !all_states && are_contested(&values, &least);
    Joined { values, conflicts, is_contested }
}

/// Whether the largest and the least of several values of each time are of two processes; NaN where
/// there is one only. States are not asked.
fn are_contested(largest: &[f64], least: &[f64]) -> bool {
    let before = changed_before(largest, false, 1);
    let behind = changed_before(least, true, 1);
    let (long_before, far_behind) =
        (changed_before(largest, false, STANDS), changed_before(least, true, STANDS));
    let next = changed_before(largest, true, 1);
    let (mut common, mut against) = (0, 0);
    for (index, (&large, &small)) in largest.iter().zip(least).enumerate() {
        // A process that starts anew is behind itself for a scrape.
        let fell = before[index] > large || next[index] < large;
        if small.is_nan() || fell {
            continue;
        }
        common += 1;
        if large - small <= ROUNDING * large.abs() {
            continue;
        }
        against += usize::from(match (before[index].is_nan(), behind[index].is_nan()) {
            (false, false) => small < before[index] && large > behind[index],
            (false, true) => small < long_before[index],
            (true, false) => large > far_behind[index],
            // Both stand still at different values.
            (true, true) => true,
        });
    }
    against >= LEAST_AGAINST && against * CONTRADICTIONS > common
}

/// Whether the values that one page shows at one time are of two processes: a page is one scrape,
/// in which nothing is late.
pub(super) fn differ_on_a_page(largest: &[f64], least: &[f64]) -> bool {
    let both = largest.iter().zip(least).filter(|(_, least)| !least.is_nan());
    let both: Vec<(&f64, &f64)> = both.collect_vec();
    let apart = both.iter().filter(|(large, least)| *large - *least > ROUNDING * large.abs());
    2 * apart.count() > both.len()
}

/// For each value what it was so many changes before it, or will be behind it if read `backwards`;
/// NaN where there were fewer.
fn changed_before(values: &[f64], backwards: bool, changes: usize) -> Vec<f64> {
    let mut seen: Vec<f64> = Vec::new();
    let mut changed = vec![f64::NAN; values.len()];
    for place in 0..values.len() {
        let index = if backwards { values.len() - 1 - place } else { place };
        let value = values[index];
        if value.is_nan() {
            continue;
        }
        if seen.last().is_none_or(|last| last.total_cmp(&value).is_ne()) {
            seen.push(value);
        }
        if seen.len() > changes {
            changed[index] = seen[seen.len() - 1 - changes];
        }
    }
    changed
}

fn is_ne(order: Ordering) -> bool {
    order.is_ne()
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

    const TIMES: usize = 24;

    fn joined(columns: &[&[f64]]) -> Joined {
        join(columns.iter().map(|values| values.to_vec().into()).collect())
    }

    /// Ten a step from a value on, as of some steps ago.
    fn counted(from: f64, late: usize) -> Vec<f64> {
        (0..TIMES).map(|index| from + 10.0 * index.saturating_sub(late) as f64).collect()
    }

    fn every(steps: usize, values: &[f64]) -> Vec<f64> {
        (0..TIMES).map(|index| values[index / steps * steps]).collect()
    }

    #[test]
    fn two_scrapes_of_one_process_lie_between_each_other_and_two_processes_do_not() {
        let one = counted(100.0, 0);
        let mut behind_at_the_end = one.clone();
        behind_at_the_end[TIMES - 4..].fill(one[TIMES - 4]);
        let rounded: Vec<f64> = one.iter().map(|value| value * (1.0 + 1e-12)).collect();
        for (name, other, is_contested) in [
            ("a scrape late", counted(100.0, 1), false),
            ("half a scrape later", counted(105.0, 0), false),
            ("the same", one.clone(), false),
            ("added in another order", rounded, false),
            ("every fourth scrape", every(4, &one), false),
            ("an end before the newest scrapes", behind_at_the_end, false),
            ("began later", counted(40.0, 0), true),
            ("hangs", vec![90.0; TIMES], true),
            ("counts half", one.iter().map(|value| value / 2.0).collect(), true),
        ] {
            for columns in [[&one[..], &other], [&other, &one]] {
                let found = joined(&columns);
                assert_eq!(found.is_contested, is_contested, "{name}");
                assert!(found.values.iter().zip(&one).all(|(kept, one)| kept >= one), "{name}");
            }
        }
        assert!(!joined(&[&[500.0], &[400.0]]).is_contested, "one sample tells nothing");
        assert!(!joined(&[&[], &[]]).is_contested);
    }

    #[test]
    fn three_copies_are_judged_in_any_order() {
        let (one, two, three) = (counted(100.0, 0), counted(100.0, 1), counted(40.0, 0));
        for columns in [[&one, &two, &three], [&three, &one, &two], [&two, &three, &one]] {
            let found = joined(&columns.map(Vec::as_slice));
            assert!(found.is_contested);
            assert_eq!(*found.values, one[..]);
        }
    }

    #[test]
    fn a_restart_and_a_state_are_no_two_processes() {
        let restarted = |late: usize| -> Vec<f64> {
            let own = |index: usize| if index < 12 { 500.0 } else { -100.0 } + 10.0 * index as f64;
            (0..TIMES).map(|index| own(index.saturating_sub(late))).collect()
        };
        assert!(!joined(&[&restarted(0), &restarted(1)]).is_contested);
        let found = joined(&[&[3.0, 1.0, 4.0, 1.0], &[9.0, 2.0, 6.0, 5.0]]);
        assert_eq!((found.conflicts, found.is_contested), (4, false));
        assert_eq!(*found.values, [9.0, 2.0, 6.0, 5.0]);
    }

    #[test]
    fn a_page_that_shows_two_values_is_of_two() {
        assert!(differ_on_a_page(&[100.0, 110.0], &[90.0, 90.0]));
        assert!(!differ_on_a_page(&[100.0, 110.0, 120.0], &[100.0, 109.0, 120.0]));
        assert!(!differ_on_a_page(&[100.0], &[f64::NAN]));
    }
}
