//! What is recorded of an objective, and the shares that its alerts form of it.

use inference_triage_core::catalogue::families::Family;

use super::Objective;
use crate::rules::promql::{duration, number};
use crate::rules::recordings::{self, Recording};

/// What is recorded of an objective.
const MET: &str = "met";
pub(super) const JUDGED: &str = "judged";

impl Objective<'_> {
    /// What the alerts add up: the growth of what met the target, and of all that could be judged.
    /// A minute without the bound, as before a change of the buckets, counts in neither; else all
    /// of it would be misses.
    pub(crate) fn recordings(&self) -> Vec<Recording> {
        let growth = recordings::of_family(self.family, self.interval);
        let of = |le: &str| {
            let matchers: Vec<&str> =
                [le, self.models].into_iter().filter(|one| !one.is_empty()).collect();
            format!("sum by ({}) ({growth}{{{}}})", self.by, matchers.join(","))
        };
        let met = of(&self.bound.matcher());
        let judged = format!("{} and on ({}) {met}", of("le=\"+Inf\""), self.by);
        let labels =
            vec![("objective", self.signal.id().to_owned()), ("bound", number(self.bound.seconds))];
        [(MET, met), (JUDGED, judged)]
            .map(|(what, expression)| Recording {
                name: self.recorded(what),
                expression,
                labels: labels.clone(),
            })
            .into()
    }

    fn recorded(&self, what: &str) -> String {
        format!("inference_triage:objective_{what}:increment{}", duration(self.interval))
    }

    /// Half of a window is recorded: the first minutes of a service say nothing of six hours.
    pub(super) fn covered(&self, seconds: u32) -> String {
        let matchers = self.matchers_of_recorded();
        let (name, window) = (self.recorded(JUDGED), duration(seconds));
        let half = seconds / self.interval / 2;
        format!("max by ({}) (count_over_time({name}{{{matchers}}}[{window}])) >= {half}", self.by)
    }

    /// Share of what missed its target; nothing where nothing was counted.
    pub(super) fn missed(&self, seconds: u32) -> String {
        let (met, judged) = (self.sum(MET, seconds), self.sum(JUDGED, seconds));
        format!("(1 - {met} / ({judged} > 0))")
    }

    /// The independent requests behind the share: outputs of one request are slow together.
    pub(super) fn requests(&self, seconds: u32) -> String {
        if self.family == Family::Ttft {
            return self.sum(JUDGED, seconds);
        }
        let growth = recordings::of_family(Family::E2e, self.interval);
        let matchers: Vec<&str> =
            ["le=\"+Inf\"", self.models].into_iter().filter(|one| !one.is_empty()).collect();
        self.sum_of(&growth, &matchers.join(","), seconds)
    }

    pub(super) fn sum(&self, what: &str, seconds: u32) -> String {
        self.sum_of(&self.recorded(what), &self.matchers_of_recorded(), seconds)
    }

    fn matchers_of_recorded(&self) -> String {
        let (objective, bound) = (self.signal.id(), number(self.bound.seconds));
        let own = format!("objective=\"{objective}\",bound=\"{bound}\"");
        if self.models.is_empty() { own } else { format!("{own},{}", self.models) }
    }

    fn sum_of(&self, name: &str, matchers: &str, seconds: u32) -> String {
        let window = duration(seconds);
        format!("sum by ({}) (sum_over_time({name}{{{matchers}}}[{window}]))", self.by)
    }
}
