//! Counters of several processes behind one address: a scrape through a balancer meets one of them,
//! the next scrape another.

/// Part of a fall that one scrape later brings back at least. A process that restarted counts from
/// zero and needs about as long as before to reach its former value, so one scrape brings back most
/// of a fall only where another process answers. Not all of it, because the one that was away may
/// have counted less than the one that answered meanwhile; with half of it, a process that restarts
/// at every third scrape would pass for two.
const BROUGHT_BACK: f64 = 0.75;

/// Falls that were brought back from which on it is no chance: one can be a restart behind a hole.
const LEAST: usize = 2;

/// Times what a counter grows between two other scrapes at most that a single fall and its return
/// must be. A process that restarts with a burst grows by as much as before within some scrapes; in
/// one, by ten times the most that it ever did, none does. With less, a young process that restarts
/// passes for two; with much more, another one met once makes a restart of thousands of requests.
const ONCE: f64 = 10.0;

/// Whether most falls of a counter were taken back by one later scrape that showed at least what
/// there was before the fall: twice, or once by far more than it grows otherwise. NaN = absent.
pub fn alternates(values: &[f64]) -> bool {
    let mut open: Vec<(f64, f64)> = Vec::new();
    let (mut falls, mut brought_back) = (0, 0);
    let (mut most, mut least_return) = (0.0_f64, f64::INFINITY);
    let (mut before, mut was_hole) = (f64::NAN, false);
    for &value in values {
        if value.is_nan() {
            was_hole = true;
            continue;
        }
        let rise = value - before;
        if rise < 0.0 {
            falls += 1;
            open.push((before, -rise));
        } else if rise > 0.0 {
            let known = open.len();
            open.retain(|&(peak, fall)| value < peak || rise < BROUGHT_BACK * fall);
            brought_back += known - open.len();
            if known == open.len() {
                most = most.max(rise);
            } else {
                least_return = least_return.min(if was_hole { 0.0 } else { rise });
            }
        }
        (before, was_hole) = (value, false);
    }
    let is_once = brought_back > 0 && most > 0.0 && least_return >= ONCE * most;
    // The last fall may yet come back.
    (brought_back >= LEAST && 2 * brought_back > falls) || (is_once && 2 * brought_back >= falls)
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

    #[test]
    fn another_process_met_once_is_one() {
        let own = |step: usize| 1000.0 + 3.0 * step as f64;
        let mut values: Vec<f64> = (0..40).map(own).collect();
        values[20] = 410.0;
        assert!(alternates(&values));
        let turns =
            (0..160).map(|step| if step / 40 % 2 == 0 { own(step) } else { own(step) / 4.0 });
        assert!(alternates(&turns.collect::<Vec<f64>>()));
        values[21] = GAP;
        assert!(!alternates(&values), "a restart may lie in the hole");
    }

    #[test]
    fn a_restart_is_none_however_fast_it_grows() {
        assert!(!alternates(&[100.0, 110.0, 2.0, 300.0, 600.0]));
        assert!(!alternates(&[100.0, 110.0, 2.0, 30.0, 60.0, 90.0, 120.0, 150.0]));
        assert!(!alternates(&[5.0, 5.0, 5.0]));
        assert!(!alternates(&[]));
    }

    #[test]
    fn a_loop_of_restarts_is_none() {
        for life in 3..12 {
            let uneven = |life: usize| (0..life).map(|step| (step * step + 7 * step) as f64);
            let lives: Vec<f64> = (0..20).flat_map(|round| uneven(life + round * 5 % 4)).collect();
            assert!(!alternates(&lives), "lives of {life} scrapes");
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
