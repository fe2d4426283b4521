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

/// Falls from which their runs mean something, and the share of them that another follows. Behind a
/// balancer of two replicas none does, of many a third; of an increase over a few scrapes more than
/// half do.
const RUN_OF_FALLS: usize = 10;
const FOLLOWED: f64 = 0.45;

/// How one series of counts moves.
#[derive(Debug, Default)]
struct Moves {
    /// Steps down.
    falls: usize,
    /// Of them those to near zero.
    to_zero: usize,
    /// Of them those that another follows at once.
    followed: usize,
    /// Any value is no whole number.
    is_fractional: bool,
}

impl Moves {
    fn of(values: &[f64]) -> Self {
        let mut moves = Self::default();
        let (mut before, mut has_fallen) = (f64::NAN, false);
        for &value in values.iter().filter(|value| !value.is_nan()) {
            let falls = value < before;
            moves.falls += usize::from(falls);
            moves.to_zero += usize::from(falls && value <= NEAR_ZERO * before);
            moves.followed += usize::from(falls && has_fallen);
            moves.is_fractional |= value.fract() != 0.0;
            (before, has_fallen) = (value, falls);
        }
        moves
    }

    fn is_of_rate(&self) -> bool {
        let wanders =
            self.falls >= RUN_OF_FALLS && self.followed as f64 >= FOLLOWED * self.falls as f64;
        (self.is_fractional || wanders) && 2 * self.to_zero < self.falls
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
        // A triangle: ten up, ten down, three times.
        let triangle = (0..60).map(|step| f64::from(100 + (step % 20 - 10_i32).abs()));
        assert!(is_of_rate(&triangle.collect::<Vec<f64>>()));
    }

    #[test]
    fn replicas_behind_a_balancer_are_none() {
        for replicas in 2..=6 {
            let values = (0..80).map(|step| f64::from(step * 7 + (step * 5 % replicas) * 1000));
            assert!(!is_of_rate(&values.collect::<Vec<f64>>()), "{replicas}");
        }
    }
}
