//! Whether a run is worse than the committed one by more than chance.
//!
//! Each headline share is compared with the 95 % Wilson interval of the committed share: beyond it
//! on the bad side, the gate fails. Both runs see the same cases, so a fall within the interval is
//! real too, but it may be the price of a gain elsewhere; it is told and passes.

use crate::results::Results;
use crate::statistics::Share;
use crate::tally::Tally;

/// One figure of the headline.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it is.
    pub name: &'static str,
    /// The committed share.
    pub committed: Share,
    /// The share of this run.
    pub measured: Share,
    /// Whether more is better.
    pub more_is_better: bool,
}

impl Figure {
    /// The worst value that still passes.
    pub fn limit(&self) -> f64 {
        let (low, high) = self.committed.interval();
        if self.more_is_better { low } else { high }
    }

    /// Whether it fell out of the committed interval on the bad side. A run without such cases
    /// fails where there were some.
    pub fn fails(&self) -> bool {
        match self.measured.value() {
            None => self.committed.of > 0,
            Some(value) if self.more_is_better => value < self.limit(),
            Some(value) => value > self.limit(),
        }
    }

    /// One line for people.
    pub fn line(&self) -> String {
        let share = |share: Share| match share.value() {
            Some(value) => format!("{:.1} % ({} of {})", 100.0 * value, share.hits, share.of),
            None => "no cases".to_owned(),
        };
        let side = if self.more_is_better { "at least" } else { "at most" };
        format!(
            "{} {}: {}, committed {}, allowed {side} {:.1} %",
            if self.fails() { "WORSE" } else { "ok   " },
            self.name,
            share(self.measured),
            share(self.committed),
            100.0 * self.limit()
        )
    }
}

/// Where a figure stands in a tally.
type Reading = fn(&Tally) -> Share;

/// The headline figures of two runs over both sets, paired.
pub fn compare(committed: &Results, measured: &Results) -> Vec<Figure> {
    let figures: [(&'static str, Reading, bool); 5] = [
        ("cause named first, over all classes", |tally| tally.top1, true),
        ("cause named first, over classes with a rule", |tally| tally.top1_with_rule, true),
        ("action that helps", Tally::action_correct, true),
        ("action that harms", |tally| tally.effect(crate::scoring::Effect::Harmed), false),
        ("false alarm on a healthy service", |tally| tally.false_alarms, false),
    ];
    figures
        .into_iter()
        .map(|(name, of, more_is_better)| Figure {
            name,
            committed: of(&committed.both),
            measured: of(&measured.both),
            more_is_better,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(committed: usize, measured: usize, more_is_better: bool) -> Figure {
        let share = |hits| Share { hits, of: 10 };
        Figure { name: "x", committed: share(committed), measured: share(measured), more_is_better }
    }

    /// The interval of 8 of 10 is 49.0 % to 94.3 %; that of 2 of 10 is its mirror image, 5.7 % to
    /// 51.0 %.
    #[test]
    fn a_figure_fails_outside_of_the_committed_interval() {
        assert!(!figure(8, 5, true).fails());
        assert!(figure(8, 4, true).fails());
        assert!(!figure(2, 5, false).fails());
        assert!(figure(2, 6, false).fails());
        assert!(!figure(2, 0, false).fails());
    }

    #[test]
    fn cases_that_vanish_fail() {
        let mut figure = figure(8, 8, true);
        figure.measured = Share::default();
        assert!(figure.fails());
        figure.committed = Share::default();
        assert!(!figure.fails());
    }
}
