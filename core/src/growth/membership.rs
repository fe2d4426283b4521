//! When a counter shows other processes than before: a sum over processes lost one of them or got
//! it back, another process took a target and had counted more.

use crate::growth::alternation::most_in_a_scrape;
use crate::small::sorted::SortedMap;

/// Times the most that a sum otherwise grows between two scrapes from which on what is left behind
/// a fall was not counted since: others are still there, and one is gone. A process that starts
/// anew counts at most what it does in one scrape; at five times, a fleet that is a minute old
/// loses a replica and all that the others had counted is read as new.
const OTHERS_LEFT: f64 = 2.0;

/// Part of a fall that a rise brings back at least, so that it is the same process: it counted on
/// meanwhile. Lower, a burst behind a loss is taken for the return.
const BROUGHT_BACK: f64 = 0.75;

/// Times the most that a counter otherwise grows between two scrapes from which on no process can
/// have counted it in one, and the least such count: another process, which had counted more,
/// answers. What is left of bursts then takes more requests at a time than were ever seen; at twice
/// of either, a process that is minutes old is none.
const ONCE: f64 = 5.0;
const LEAST_ONCE: f64 = 50.0;

/// The same factor behind so many failed scrapes: bursts even out over them, and what counts four
/// times as fast for all of that time as in any scrape before or behind it is another process. At
/// two, a surge that made the scrapes fail is one; at ten, one that had counted twice as much is
/// none.
const ONCE_BEHIND: f64 = 4.0;
const FAILED: f64 = 5.0;

/// Counters that must show another process at once. One alone may be a burst of what it counts.
const LEAST_JUMPS: usize = 3;

/// Times the part that was lost which a return may show at most: the process counted on. Above it,
/// it is a burst or another process; lower, a busy process that was away for an hour is none.
const AT_MOST: f64 = 2.0;

/// A change of the processes that a counter is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Grid index of the first sample behind it.
    pub at: usize,
    /// What changed.
    pub change: Membership,
}

/// What changed of the processes that a counter is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// One of a sum went.
    Gone,
    /// The one that had gone at that grid index is back.
    Back(usize),
    /// Another one is there, which had counted more.
    Replaced,
}

/// How many counters show what at one grid index.
#[derive(Debug, Clone, Copy, Default)]
struct Votes {
    gone: usize,
    restarted: usize,
    back: usize,
    /// Grid index of the loss that is taken back.
    from: usize,
    jumped: usize,
}

/// The steps that most counters of one target show, in the order of time; of a process by itself
/// only that another one took its place. NaN = absent.
pub fn steps(counters: &[&[f64]], is_sum: bool) -> Vec<Step> {
    let mut votes: SortedMap<usize, Votes> = SortedMap::new();
    let moving = counters.iter().filter(|values| vote(values, is_sum, &mut votes)).count();
    let mut found: Vec<Step> = Vec::new();
    for (&at, shown) in votes.iter() {
        let is_known = || found.iter().any(|one| one.at == shown.from);
        let change = if shown.gone > shown.restarted && shown.gone >= shown.back {
            Membership::Gone
        } else if shown.back > 0 && is_known() {
            Membership::Back(shown.from)
        } else if shown.jumped >= LEAST_JUMPS && 2 * shown.jumped > moving {
            Membership::Replaced
        } else {
            continue;
        };
        found.push(Step { at, change });
    }
    found
}

/// Adds what one counter shows; false where it moves too little to show anything.
fn vote(values: &[f64], is_sum: bool, votes: &mut SortedMap<usize, Votes>) -> bool {
    let (mut falls, mut rises, mut sum, mut largest) = (0, 0.0, 0.0, 0.0_f64);
    let mut most_at_once = 0.0_f64;
    for Change { rise, scrapes, .. } in changes(values) {
        falls += usize::from(rise < 0.0);
        if rise > 0.0 {
            let pace = rise / scrapes;
            (rises, sum, largest) = (rises + 1.0, sum + pace, largest.max(pace));
            most_at_once = most_at_once.max(rise);
        }
    }
    // The most is no less than the mean, which costs no order.
    let usual = (sum - largest) / f64::max(rises - 1.0, 1.0);
    if (falls == 0 || !is_sum) && (most_at_once < LEAST_ONCE || largest < ONCE_BEHIND * usual) {
        return largest > 0.0;
    }
    // As many rises may be returns.
    let Some(most) = most_in_a_scrape(values, falls) else { return false };
    let mut open: Vec<(usize, f64)> = Vec::new();
    for Change { at, value, rise, scrapes } in changes(values) {
        let usual = OTHERS_LEFT * most * scrapes;
        if rise < 0.0 && is_sum {
            let is_gone = value > usual;
            let votes = votes.get_or_insert_with(at, Votes::default);
            votes.gone += usize::from(is_gone);
            votes.restarted += usize::from(!is_gone);
            if is_gone {
                open.push((at, -rise));
            }
        } else if rise > usual {
            let is_it = |(_, fall): &(usize, f64)| {
                rise >= BROUGHT_BACK * fall && rise <= AT_MOST * fall + usual
            };
            if let Some(place) = open.iter().rposition(is_it) {
                let (from, _) = open.remove(place);
                let votes = votes.get_or_insert_with(at, Votes::default);
                votes.back += 1;
                votes.from = from;
            } else if rise >= once(scrapes) * most * scrapes && rise >= LEAST_ONCE {
                votes.get_or_insert_with(at, Votes::default).jumped += 1;
            }
        }
    }
    true
}

/// [`ONCE`], or [`ONCE_BEHIND`] failed scrapes.
fn once(scrapes: f64) -> f64 {
    if scrapes >= FAILED { ONCE_BEHIND } else { ONCE }
}

/// A step from one sample of a counter to the next.
struct Change {
    at: usize,
    value: f64,
    rise: f64,
    /// Scrapes since it last changed: a page that a proxy kept shows at once what was counted
    /// meanwhile.
    scrapes: f64,
}

fn changes(values: &[f64]) -> impl Iterator<Item = Change> {
    let mut before: Option<(usize, f64)> = None;
    let known = values.iter().enumerate().filter(|(_, value)| **value >= 0.0);
    known.filter_map(move |(at, &value)| {
        let change = before.map(|(from, known)| Change {
            at,
            value,
            rise: value - known,
            scrapes: (at - from) as f64,
        });
        if change.as_ref().is_none_or(|change| change.rise.abs() > 0.0) {
            before = Some((at, value));
        }
        change
    })
}

/// Makes a counter that of the work alone: what a process took along, brought back or had counted
/// elsewhere is none. Where one goes or another one comes, what was counted in that step is lost.
pub fn mend(values: &mut [f64], steps: &[Step]) {
    let mut before: Option<(usize, f64)> = None;
    let mut gone: Vec<(usize, f64)> = Vec::new();
    let mut total = 0.0;
    for (index, slot) in values.iter_mut().enumerate().filter(|(_, value)| **value >= 0.0) {
        let value = *slot;
        let Some((from, known)) = before.replace((index, value)) else {
            total = value;
            continue;
        };
        let mut rise = value - known;
        let mut is_changed = false;
        let within = || steps.iter().filter(|step| from < step.at && step.at <= index);
        for step in within() {
            let is_back = || within().any(|other| other.change == Membership::Back(step.at));
            match step.change {
                Membership::Gone if is_back() => continue,
                Membership::Gone => {
                    // Of all families alike, or their sums contradict each other.
                    gone.push((step.at, (-rise).max(0.0)));
                    rise = 0.0;
                }
                Membership::Back(at) => {
                    let Some(place) = gone.iter().position(|(known, _)| *known == at) else {
                        continue;
                    };
                    rise = (rise - gone.remove(place).1).max(0.0);
                }
                Membership::Replaced => rise = 0.0,
            }
            is_changed = true;
        }
        // A process that starts anew counts from zero.
        total += if rise < 0.0 && !is_changed { value } else { rise };
        *slot = total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: f64 = f64::NAN;

    /// Two processes, each with its own count and pace; when the second is missing.
    fn sum(is_missing: impl Fn(usize) -> bool) -> Vec<f64> {
        let other = |step: usize| if is_missing(step) { 0.0 } else { (900 + 4 * step) as f64 };
        (0..40).map(|step| (2000 + 7 * step + step % 3) as f64 + other(step)).collect()
    }

    fn grown(values: &[f64]) -> f64 {
        let mut mended = values.to_vec();
        mend(&mut mended, &steps(&[values], true));
        assert!(mended.windows(2).all(|pair| pair[0] <= pair[1]), "{mended:?}");
        mended[mended.len() - 1] - mended[0]
    }

    #[test]
    fn a_process_that_is_missing_for_a_while_is_no_work() {
        let all = grown(&sum(|_| false));
        assert!((all - 39.0 * 11.0).abs() < 3.0, "{all}");
        for missing in [20..21, 20..25, 3..37] {
            let found = grown(&sum(|step| missing.contains(&step)));
            assert!(found <= all && found >= all - 15.0, "{missing:?}: {found} of {all}");
        }
        // It never comes back: what is known of it ends.
        for from in [5, 20, 38] {
            let found = grown(&sum(|step| step >= from));
            assert!(found <= all && found >= 39.0 * 7.0 - 15.0, "{from}: {found} of {all}");
        }
    }

    #[test]
    fn several_that_go_and_come_back_are_told_apart() {
        let (first, second) = (|step| (8..20).contains(&step), |step| (14..30).contains(&step));
        let count = |step: usize| {
            let mut sum = (5000 + 9 * step) as f64;
            sum += if first(step) { 0.0 } else { (700 + 3 * step) as f64 };
            sum + if second(step) { 0.0 } else { (1600 + 5 * step) as f64 }
        };
        let values: Vec<f64> = (0..40).map(count).collect();
        let found = grown(&values);
        assert!((39.0 * 17.0 - 40.0..=39.0 * 17.0).contains(&found), "{found}");
    }

    #[test]
    fn one_process_that_starts_anew_is_no_loss() {
        let restart = |step: usize| if step < 20 { 900 + 7 * step } else { 7 * (step - 20) + 3 };
        let values: Vec<f64> = (0..40).map(|step| restart(step) as f64).collect();
        assert_eq!(steps(&[&values], true), []);
        let mut behind_a_hole = values.clone();
        behind_a_hole[19..23].fill(GAP);
        assert_eq!(steps(&[&behind_a_hole], true), []);
        assert_eq!(steps(&[&[], &[GAP, GAP], &[4.0]], true), []);
    }

    /// What one counter shows by chance, as a burst of errors, decides nothing.
    #[test]
    fn most_counters_decide() {
        let quiet: Vec<f64> = (0..40).map(f64::from).collect();
        let lost = sum(|step| step >= 30);
        let step = Step { at: 30, change: Membership::Gone };
        assert_eq!(steps(&[&lost, &lost, &quiet], true), [step]);
        // A single process cannot lose another; its falls are judged elsewhere.
        assert_eq!(steps(&[&lost, &lost, &lost], false), []);
    }

    /// Another process takes the target, which has counted more, and stays.
    #[test]
    fn another_process_that_stays_is_no_work() {
        for (share, at) in [(0.3, 20), (1.0, 20), (4.0, 37), (1.0, 3)] {
            let own = |step: usize, rate: usize| (4000 + rate * step) as f64;
            let jump = |step, rate| own(step, rate) * if step < at { 1.0 } else { 1.0 + share };
            let series: Vec<Vec<f64>> =
                [3, 7, 11].map(|rate| (0..40).map(|step| jump(step, rate)).collect()).to_vec();
            let all: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
            let found = steps(&all, false);
            assert_eq!(found, [Step { at, change: Membership::Replaced }], "{share} {at}");
            let mut mended = series[0].clone();
            mend(&mut mended, &found);
            let grown = mended[39] - mended[0];
            assert!(grown <= 39.0 * 3.0 * (1.0 + share), "{share} {at}: {grown}");
            // A burst of what one of them counts is work.
            assert_eq!(steps(&[all[0], &own_only(), &own_only()], false), []);
        }
    }

    fn own_only() -> Vec<f64> {
        (0..40).map(|step| f64::from(4000 + 5 * step)).collect()
    }
}
