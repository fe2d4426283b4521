//! Counters of several processes behind one address: a scrape through a balancer meets one of them,
//! the next scrape another.

use crate::small::sorted::sort;

/// Part of a fall that one scrape later brings back at least. A process that restarted counts from
/// zero and needs about as long as before to reach its former value, so one scrape brings back most
/// of a fall only where another process answers. Not all of it, because the one that was away may
/// have counted less than the one that answered meanwhile; with half of it, a process that restarts
/// at every third scrape would pass for two.
const BROUGHT_BACK: f64 = 0.75;

/// Falls that were brought back from which on it is no chance: one can be a restart behind a hole.
const LEAST: usize = 2;

/// Times the most that a counter otherwise grows between two scrapes from which on no process can
/// have counted it in one. With less, a process that restarts into a burst passes for another one;
/// with much more, another one met once makes a restart of thousands of requests.
const ONCE: f64 = 10.0;

/// Rises of a counter, beside those that may be jumps to another process, from which on the most of
/// them tells how fast it grows.
const LEAST_RISES: usize = 4;

/// Part of what there was that a small fall leaves at least, times the largest rise of a scrape
/// that this is, and the least such count: no process that starts anew has counted so much until
/// its first scrape. With half of it, one that starts anew a minute after another passes for it;
/// with all but a hundredth, two that a balancer feeds unequally are one that restarts.
const LEFT: f64 = 0.9;
const RISES_LEFT: f64 = 3.0;
const LEAST_LEFT: f64 = 100.0;

/// Whether most falls of a counter were taken back by one later scrape that showed at least what
/// there was before the fall. NaN = absent.
pub fn alternates(values: &[f64]) -> bool {
    let mut brought_back = 0;
    let falls = each_change(values, |change| brought_back += change.brought_back);
    brought_back >= LEAST && 2 * brought_back > falls
}

/// Whether a counter of one process shows what that process cannot have counted: a fall to more
/// than a new one counts until its first scrape, or one that a single scrape took back. NaN =
/// absent. A sum over processes falls so when one of them goes.
pub fn meets_another(values: &[f64]) -> bool {
    let mut largest = 0.0_f64;
    let falls = each_change(values, |change| largest = largest.max(change.rise));
    let mut falls_little = false;
    each_change(values, |change| {
        let least = LEFT * (change.value - change.rise);
        let least = least.max(RISES_LEFT * largest * change.scrapes).max(LEAST_LEFT);
        falls_little |= change.rise < 0.0 && change.value >= least;
    });
    if falls_little && largest > 0.0 {
        return true;
    }
    let Some(most) = most_in_a_scrape(values, falls) else { return false };
    let (mut at_once, mut falls_high) = (0, false);
    each_change(values, |change| {
        let too_much = ONCE * most * change.scrapes;
        falls_high |= change.rise < 0.0 && change.value >= too_much;
        // Behind a hole it may have been a restart.
        let is_next = change.scrapes < 2.0;
        at_once += if is_next && change.rise >= too_much { change.brought_back } else { 0 };
    });
    // The last fall may yet come back.
    falls_high || (at_once > 0 && 2 * at_once >= falls)
}

/// Times the most that a counter otherwise grows in the time of a scrape from which on a rise that
/// takes a fall back is another process, where most counters of a target show one at the same
/// scrape. A burst makes two of it, and no restart comes back with all of its counters at once;
/// with as much as [`ONCE`], one that was met during failed scrapes is none.
const TOGETHER: f64 = 3.0;

/// Grid indices at which a counter is back where it was before a fall or a jump, faster than it
/// ever counts. NaN = absent.
pub fn comes_back_at(values: &[f64]) -> Vec<usize> {
    let mut falls = 0;
    each_change(values, |change| falls += usize::from(change.rise < 0.0));
    if falls == 0 {
        return Vec::new();
    }
    let Some(most) = most_in_a_scrape(values, falls) else { return Vec::new() };
    let mut found = Vec::new();
    // What was counted before each jump, and where that was.
    let mut jumps: Vec<(f64, usize)> = Vec::new();
    each_change(values, |change| {
        let pace = TOGETHER * most;
        let is_jump = change.rise >= pace * change.scrapes;
        // It fell to where the one before the jump may have counted on to.
        let returns = |&(before, from): &(f64, usize)| {
            change.value >= before && change.value - before <= pace * (change.at - from) as f64
        };
        if is_jump && change.brought_back > 0 || change.rise < 0.0 && jumps.iter().any(returns) {
            found.push(change.at);
        } else if is_jump {
            jumps.push((change.value - change.rise, change.at - 1));
        }
    });
    found
}

/// A step from one sample of a counter to the next.
struct Change {
    /// Grid index of the later sample.
    at: usize,
    value: f64,
    rise: f64,
    /// Scrapes since the sample before, those without one included.
    scrapes: f64,
    /// Falls that it takes back.
    brought_back: usize,
}

/// Calls `look` with each change; returns how many are falls.
fn each_change(values: &[f64], mut look: impl FnMut(Change)) -> usize {
    let mut open: Vec<(f64, f64)> = Vec::new();
    let mut falls = 0;
    let (mut before, mut scrapes) = (f64::NAN, 1.0);
    for (at, &value) in values.iter().enumerate() {
        // What is below zero is no count.
        if value.is_nan() || value < 0.0 {
            scrapes += 1.0;
            continue;
        }
        let rise = value - before;
        let known = open.len();
        if rise < 0.0 {
            falls += 1;
            open.push((before, -rise));
        } else if rise > 0.0 {
            open.retain(|&(peak, fall)| value < peak || rise < BROUGHT_BACK * fall);
        }
        let brought_back = known.saturating_sub(open.len());
        look(Change { at, value, rise, scrapes, brought_back });
        (before, scrapes) = (value, 1.0);
    }
    falls
}

/// The most that a counter grows in the time of a scrape, without as many of the greatest rises as
/// may be jumps to another process; None where too few are left. Failed scrapes share what the next
/// one shows.
pub(super) fn most_in_a_scrape(values: &[f64], falls: usize) -> Option<f64> {
    let (mut before, mut scrapes) = (f64::NAN, 1.0);
    let mut rises: Vec<f64> = Vec::new();
    for &value in values {
        if value.is_nan() || value < 0.0 {
            scrapes += 1.0;
            continue;
        }
        if value > before {
            rises.push((value - before) / scrapes);
        }
        (before, scrapes) = (value, 1.0);
    }
    sort(&mut rises, f64::total_cmp);
    let kept = rises.len().checked_sub(falls + 1).filter(|kept| *kept >= LEAST_RISES)?;
    Some(rises[kept - 1])
}

/// Whether a state that every process keeps for life, as the time of its start, was left and came
/// back.
pub fn returns(values: &[f64]) -> bool {
    let mut left: Vec<f64> = Vec::new();
    let mut now = f64::NAN;
    for &value in values.iter().filter(|value| !value.is_nan()) {
        if value.total_cmp(&now).is_eq() {
            continue;
        }
        if left.contains(&value) {
            return true;
        }
        left.push(now);
        now = value;
    }
    false
}

/// Whether a state that every process keeps for life, as the time of its start, was left for later
/// ones only: processes that follow one another, each with counters of its own.
pub fn follow_one_another(starts: &[f64]) -> bool {
    let mut known = f64::NAN;
    let mut rises = 0;
    for &start in starts.iter().filter(|start| !start.is_nan()) {
        if start < known {
            return false;
        }
        rises += usize::from(start > known);
        known = start;
    }
    rises >= LEAST
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: f64 = f64::NAN;

    #[test]
    fn two_processes_in_turn_fall_and_come_back() {
        assert!(alternates(&[1000.0, 400.0, 1010.0, 405.0, 1020.0, 410.0]));
        assert!(alternates(&[1000.0, GAP, 400.0, 1010.0, 1015.0, 405.0, 409.0, 1020.0, 1030.0]));
        assert!(alternates(&[900.0, 0.0, 910.0, 3.0, 920.0, 6.0]), "one of them is young");
    }

    /// Three scrapes tell no pace, and need none: what restarts has not counted thousands.
    #[test]
    fn a_small_fall_of_a_large_count_is_no_restart() {
        assert!(meets_another(&[2549.0, 2769.0, 2760.0]));
        assert!(meets_another(&[2549.0, GAP, 2769.0, 2650.0, 2700.0]));
        assert!(!meets_another(&[2549.0, 2769.0, 210.0]), "a restart");
        assert!(!meets_another(&[0.0, 200.0, 190.0]), "a young process that restarts at once");
        assert!(!meets_another(&[12.0, 14.0, 13.0]), "too few to tell");
    }

    /// A connection that is kept meets the same process for long.
    #[test]
    fn one_that_answers_for_long_makes_no_difference() {
        let mut values = Vec::new();
        for turn in 0..6 {
            let (base, rate) = if turn % 2 == 0 { (5000.0, 9.0) } else { (700.0, 10.0) };
            values.extend((0..15).map(|step| base + rate * f64::from(turn * 15 + step)));
        }
        assert!(alternates(&values));
    }

    /// By how much the other one counted more or less, when it was met, and for how long.
    #[test]
    fn another_process_met_once_is_one() {
        let own = |step: usize| 1000.0 + 3.0 * (step as f64) + (step % 3) as f64;
        for share in [0.0, 0.05, 0.4, 0.8, 1.3, 5.0] {
            for met in [19..20, 19..25, 19..60, 40..80] {
                let other = |step: usize| share * own(step) + (3 * (step - met.start)) as f64;
                let is_met = |step: &usize| met.contains(step);
                let one = |step| if is_met(&step) { other(step) } else { own(step) };
                let values: Vec<f64> = (0..80).map(one).collect();
                // One that starts and stays is a restart; one that counted more did not fall.
                let is_unseen = met.end == 80 && !(0.04..=1.0).contains(&share);
                assert_eq!(meets_another(&values), !is_unseen, "{share} {met:?}");
            }
        }
    }

    /// Failed scrapes before and behind it hide how fast each of them counts.
    #[test]
    fn another_process_that_is_met_between_failed_scrapes_comes_back() {
        let own = |step: usize| 1000.0 + 3.0 * (step as f64) + (step % 3) as f64;
        let mut values: Vec<f64> = (0..60).map(own).collect();
        for (step, value) in values.iter_mut().enumerate().take(42).skip(37) {
            *value = 0.2 * own(step);
        }
        values[30..37].fill(GAP);
        values[42..55].fill(GAP);
        assert_eq!(comes_back_at(&values), [55]);
        // The other one counted more.
        let mut more: Vec<f64> = (0..60).map(own).collect();
        for value in &mut more[30..45] {
            *value *= 3.0;
        }
        more[45..55].fill(GAP);
        assert_eq!(comes_back_at(&more), [55]);
        // One that starts anew behind the first hole counts on behind the second.
        let anew = |step: usize| if step < 30 { own(step) } else { 3.0 * (step - 29) as f64 };
        let mut restarted: Vec<f64> = (0..60).map(anew).collect();
        restarted[30..37].fill(GAP);
        restarted[42..55].fill(GAP);
        assert_eq!(comes_back_at(&restarted), [0; 0]);
    }

    #[test]
    fn a_process_that_restarts_into_a_burst_is_none() {
        for burst in [1.0, 5.0, 30.0] {
            for hole in [0, 1, 4] {
                let mut values: Vec<f64> = (0..40).map(|step| 900.0 + f64::from(step)).collect();
                values.extend(vec![GAP; hole]);
                let first = hole as f64 + 1.0;
                values.extend((0..30).map(|step| burst * (f64::from(step) + first)));
                assert!(!meets_another(&values), "{burst} behind {hole}");
            }
        }
    }

    #[test]
    fn a_restart_is_none_however_fast_it_grows() {
        assert!(!alternates(&[100.0, 110.0, 2.0, 300.0, 600.0]));
        assert!(!meets_another(&[100.0, 110.0, 2.0, 300.0, 600.0]));
        assert!(!alternates(&[100.0, 110.0, 2.0, 30.0, 60.0, 90.0, 120.0, 150.0]));
        assert!(!meets_another(&[100.0, 110.0, 2.0, 30.0, 60.0, 90.0, 120.0, 150.0]));
        assert!(!alternates(&[5.0, 5.0, 5.0]));
        assert!(!meets_another(&[5.0, 5.0, 5.0]));
        assert!(!alternates(&[]));
        assert!(!meets_another(&[]));
    }

    #[test]
    fn a_loop_of_restarts_is_none() {
        for life in 3..12 {
            let uneven = |life: usize| (0..life).map(|step| (step * step + 7 * step) as f64);
            let lives: Vec<f64> = (0..20).flat_map(|round| uneven(life + round * 5 % 4)).collect();
            assert!(!alternates(&lives), "lives of {life} scrapes");
            assert!(!meets_another(&lives), "lives of {life} scrapes");
        }
    }

    #[test]
    fn a_start_that_comes_back_is_another_process() {
        assert!(returns(&[100.0, 700.0, GAP, 100.0]));
        assert!(!returns(&[100.0, 100.0, GAP, 700.0, 700.0]), "a restart");
        assert!(!returns(&[GAP, 100.0]));
    }

    #[test]
    fn starts_that_only_rise_follow_one_another() {
        assert!(follow_one_another(&[100.0, GAP, 160.0, 220.0, 220.0]));
        assert!(!follow_one_another(&[100.0, 160.0, 100.0, 220.0]), "one of them came back");
        assert!(!follow_one_another(&[100.0, 160.0, 160.0]), "counters cannot come back twice");
        assert!(!follow_one_another(&[GAP; 3]));
    }
}
