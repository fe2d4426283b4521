//! Results of `rate` or `increase` under the names of counters, as a recording rule or a renamed
//! column brings them.
//!
//! A counter of a process only grows, by whole numbers, and falls to near zero when the process
//! restarts. A rate goes up and down, in fractions; an increase over several scrapes goes up for a
//! while and down for a while.

use crate::catalogue::families::{Purpose, Shape};
use crate::growth::histogram::Part;
use crate::ingest::batch::SeriesKind;
use crate::scope::resolve::Resolved;

/// Falls of one series from which it is no counter. Two restarts in one range happen.
const LEAST_FALLS: usize = 3;

/// Part of the value before that a restart leaves at most: near zero. A scrape some minutes behind
/// it shows what was counted in them.
const NEAR_ZERO: f64 = 0.1;

/// An increase over several scrapes wanders: it falls often, half of the falls follow another, no
/// step is half as large as the whole way between its least and its most, and a long way down can
/// be chosen from its samples. Behind a balancer the way down is no longer than there are replicas.
/// Of fewer falls, or with shorter ways, some restarts or a dozen replicas would do.
const WANDERING_FALLS: usize = 10;
const FOLLOWED: f64 = 0.45;
const LARGEST_STEP: f64 = 0.5;
const WAY_DOWN: usize = 13;

/// How one series of counts moves.
#[derive(Debug)]
struct Moves {
    /// Steps down.
    falls: usize,
    /// Of them those to near zero.
    to_zero: usize,
    /// Of them those that follow another at once.
    followed: usize,
    /// Any value is no whole number.
    is_fractional: bool,
    largest_step: f64,
    least: f64,
    most: f64,
    /// The ends of the longest ways down so far, one for each length.
    ways_down: Vec<f64>,
}

impl Moves {
    fn of(values: &[f64]) -> Self {
        let mut moves = Self {
            falls: 0,
            to_zero: 0,
            followed: 0,
            is_fractional: false,
            largest_step: 0.0,
            least: f64::INFINITY,
            most: 0.0,
            ways_down: Vec::new(),
        };
        let (mut before, mut has_fallen) = (f64::NAN, false);
        for &value in values.iter().filter(|value| !value.is_nan()) {
            let falls = value < before;
            moves.falls += usize::from(falls);
            moves.to_zero += usize::from(falls && value <= NEAR_ZERO * before);
            moves.followed += usize::from(falls && has_fallen);
            moves.is_fractional |= value.fract() != 0.0;
            moves.largest_step = moves.largest_step.max((value - before).abs());
            (moves.least, moves.most) = (moves.least.min(value), moves.most.max(value));
            let length = moves.ways_down.partition_point(|end| *end > value);
            match moves.ways_down.get_mut(length) {
                Some(end) => *end = value,
                None if length < WAY_DOWN => moves.ways_down.push(value),
                None => {}
            }
            (before, has_fallen) = (value, falls);
        }
        moves
    }

    fn is_of_rate(&self) -> bool {
        (self.is_fractional || self.wanders()) && 2 * self.to_zero < self.falls
    }

    fn wanders(&self) -> bool {
        self.falls >= WANDERING_FALLS
            && self.followed as f64 >= FOLLOWED * self.falls as f64
            && self.largest_step <= LARGEST_STEP * (self.most - self.least)
            && self.ways_down.len() >= WAY_DOWN
    }
}

/// Whether most of the counts that fall do so as rates and increases do.
pub(super) fn are_rates(series: &[&Resolved<'_>]) -> bool {
    let (mut fell, mut of_rate) = (0, 0);
    for one in series.iter().filter(|one| is_count(one)) {
        let moves = Moves::of(&one.values);
        if moves.falls >= LEAST_FALLS {
            fell += 1;
            of_rate += usize::from(moves.is_of_rate());
        }
    }
    of_rate > 0 && 2 * of_rate >= fell
}

/// Counts that a diagnosis reads, as the process wrote them: sums of seconds are fractions too.
fn is_count(one: &Resolved<'_>) -> bool {
    let family = one.reading.metric.family;
    one.reading.kind == SeriesKind::Counter
        && family.purpose() == Purpose::Diagnosis
        && matches!(family.shape(), Shape::Histogram | Shape::Counter)
        && one.reading.part != Some(Part::Sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_of_rate(values: &[f64]) -> bool {
        let moves = Moves::of(values);
        moves.falls >= LEAST_FALLS && moves.is_of_rate()
    }

    #[test]
    fn fractions_that_go_up_and_down_are_rates() {
        assert!(is_of_rate(&[4.2, 4.1, 4.3, 4.0, 3.9, 4.4, f64::NAN, 4.2]));
        assert!(!is_of_rate(&[4.2, 4.3, 4.3, 4.5, 0.1, 0.4]), "one restart of an average");
        assert!(!is_of_rate(&[4.5, 0.0, 8.5, 0.5, 9.5, 0.0, 7.0]), "a loop of restarts");
    }

    #[test]
    fn whole_numbers_that_wander_are_increases() {
        // A triangle: twenty down, twenty up, three times.
        let triangle = (0..120).map(|step| f64::from(100 + (step % 40 - 20_i32).abs()));
        assert!(is_of_rate(&triangle.collect::<Vec<f64>>()));
    }

    #[test]
    fn replicas_behind_a_balancer_are_none() {
        for replicas in 2..=12 {
            for growth in [1, 7, 300] {
                for stride in [1, 5, replicas - 1] {
                    let turn = |step: i32| step * growth + (step * stride % replicas) * 1000;
                    let values: Vec<f64> = (0..120).map(|step| f64::from(turn(step))).collect();
                    assert!(!is_of_rate(&values), "{replicas} {growth} {stride}");
                }
            }
        }
    }
}
