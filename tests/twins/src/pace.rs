//! How fast the machine of a recording was, scrape by scrape: its pace wandered by factors.

use crate::interval::Interval;
use crate::matching::Replica;
use crate::page::Page;
use crate::recording::Recording;
use crate::stalls::{self, Stalls};

/// Tokens of a plain interval with which each interval's pace is drawn towards the law's: below
/// that, one stall would count as a slow machine.
const PRIOR_TOKENS: f64 = 10.0;

/// The share of an interval's expected time from which prompts, not stalls, make its tail.
const PROMPTS: f64 = 0.3;

/// How fast the machine was between two scrapes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Until when, Unix seconds.
    pub until: f64,
    /// Factor on the law.
    pub factor: f64,
    /// Stalls in a second of work.
    pub stalls_per_second: f64,
}

/// What an interval's pace is drawn towards.
struct Prior<'a> {
    /// Share of the lead-in that counts as seen beside it.
    weight: f64,
    all: &'a Interval,
    /// Factor of the interval before.
    factor: f64,
}

/// The law and its stalls, which a pace is measured by.
#[derive(Debug, Clone, Copy)]
pub struct Steps<'a> {
    /// A step with one sequence, seconds.
    pub base: f64,
    /// A prompt token, seconds.
    pub prompt_token: f64,
    /// Stalls of the lead-in.
    pub stalls: &'a Stalls,
}

impl Steps<'_> {
    /// The pace between all scrapes. `at` tells what was done before a place of the grid, `all` what
    /// was in the lead-in, `is_disturbed` intervals in which somebody slowed the machine on purpose.
    pub fn paces(
        &self,
        recording: &Recording,
        replica: &Replica<'_>,
        at: &dyn Fn(usize) -> Option<Interval>,
        all: &Interval,
        is_disturbed: &dyn Fn(f64, f64) -> bool,
    ) -> Vec<Pace> {
        let plain = PRIOR_TOKENS / all.tokens.max(1.0);
        let mut before = 1.0;
        let pace = (1..recording.times.len()).map(|place| {
            let until = recording.times[place] - replica.early;
            let from = recording.times[place - 1] - replica.early;
            let own = at(place).filter(|own| own.tokens > 0.0 && !is_disturbed(from, until));
            if is_disturbed(from, until) {
                before = 1.0;
            }
            let unknown = Pace { until, factor: before, stalls_per_second: self.stalls.per_second };
            let pace = own.map_or(unknown, |own| {
                let prior = Prior { weight: plain, all, factor: before };
                self.pace(replica.page, place, &own, &prior, until)
            });
            before = pace.factor;
            pace
        });
        pace.collect()
    }

    /// How long the tokens of an interval would wait by the law alone, seconds.
    fn expected(&self, own: &Interval) -> f64 {
        self.base * own.steps + self.prompt_token * own.waited
    }

    fn pace(
        &self,
        page: &Page,
        place: usize,
        own: &Interval,
        prior: &Prior<'_>,
        until: f64,
    ) -> Pace {
        let expected = self.expected(own);
        let usual = prior.weight * self.expected(prior.all);
        let prompts = self.prompt_token * own.waited;
        if prompts > PROMPTS * expected {
            let stretch = 1.0 + self.stalls.share;
            let factor = (own.seconds / stretch + prior.factor * usual) / (expected + usual);
            return Pace { until, factor, stalls_per_second: self.stalls.per_second };
        }
        let step = self.base + self.prompt_token * own.prefill / own.chunks.max(1.0);
        let (held_up, lost) =
            stalls::tail(page, &[place], self.stalls.undisturbed, (own.behind_prompts, step));
        let lost = lost.min(own.seconds * 0.9);
        let work = own.seconds - lost + prior.factor * usual;
        let factor = work / (expected + usual);
        // The lengths are those of all stalls: where they were longer there are more.
        let longer = if held_up > 0.0 { lost / held_up / self.stalls.mean() } else { 1.0 };
        let held_up = held_up * longer + usual * self.stalls.per_second;
        Pace { until, factor, stalls_per_second: held_up / work }
    }
}
