//! The page that a target shows at a moment.

use std::fmt::Write as _;

use crate::run::Run;
use crate::run::open_metrics::{head, number};

impl Run {
    /// The text of `/metrics` of target `target` as it stands `seconds` after the first scrape:
    /// what the last scrape of the run before that moment read, never a value in between. None
    /// where the target does not answer or is unknown. With `stamped`, samples carry the time of
    /// that scrape, for playing a run faster than time.
    pub fn exposition(&self, target: usize, seconds: f64, stamped: bool) -> Option<String> {
        let target = self.targets.get(target)?;
        let now =
            self.scenario.start_unix_seconds * 1000 + libm::floor(seconds * 1000.0 + 1e-6) as i64;
        let index = self.times.iter().rposition(|time| *time <= now)?;
        if !target.up.get(index).is_some_and(|up| *up > 0.0) {
            return None;
        }
        let mut text = String::new();
        for series in target.series.iter().filter(|series| !series.values[index].is_nan()) {
            let head = head(&series.name, series.labels.iter().map(|(name, value)| (name, value)));
            let stamp = if stamped { format!(" {}", self.times[index]) } else { String::new() };
            writeln!(text, "{head} {}{stamp}", number(series.values[index])).ok()?;
        }
        Some(text)
    }
}
