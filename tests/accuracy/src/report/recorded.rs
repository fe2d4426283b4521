//! The part about recordings of real engines, told apart from what is simulated. Its figures are
//! those that `npm run replay` wrote beside its own page; nothing is judged again here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calibration::Reliability;
use crate::report::table::{of, table, with_interval};
use crate::statistics::Share;

/// Where `npm run replay` writes its record, in the folder of the pages.
pub const FILE: &str = "recordings.json";

/// One window of one recording, as `npm run replay` judged it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Stable name of the recording.
    pub recording: String,
    /// Engine and version.
    pub engine: String,
    /// What was done to the engine; `none` where it is healthy.
    pub fault: String,
    /// Which window: `before` the onset, of the `fault`, or the `default` one.
    pub window: String,
    /// The verdict.
    pub verdict: String,
    /// What the verdict counts as.
    pub standing: Standing,
    /// Stated probability of being right; absent where none was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub confidence: Option<f64>,
    /// Quantiles of the clients that were compared with a proven interval, by where they lie.
    pub intervals: Intervals,
}

/// What a verdict on a recording counts as; see `tests/engines/replay.mjs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Standing {
    /// A fault that is called healthy.
    #[serde(rename = "false healthy")]
    FalseHealthy,
    /// Another cause than any that is accepted.
    #[serde(rename = "wrong")]
    Wrong,
    /// “Cannot tell” where the right cause exists, or where the service was healthy.
    #[serde(rename = "not told")]
    NotTold,
    /// “Cannot tell” where the right cause does not exist yet.
    #[serde(rename = "no cause yet")]
    NoCauseYet,
    /// Another cause that is accepted.
    #[serde(rename = "neighbour")]
    Neighbour,
    /// The right cause, or health.
    #[serde(rename = "right")]
    Right,
}

/// How many of the clients' quantiles lie where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Intervals {
    /// In the proven interval.
    pub inside: usize,
    /// Above it: clients also measure their sockets.
    pub above: usize,
    /// Below it, which the engine's own figures rule out.
    pub below: usize,
}

/// The whole part, failures first.
pub fn section(windows: &[Recorded]) -> String {
    let mut text = String::from("\n## Recordings of real engines\n\n");
    if windows.is_empty() {
        text.push_str("None are counted: `npm run replay` writes the record that is read here.\n");
        return text;
    }
    text.push_str(&summary(windows));
    text.push_str("\n#### Where it is wrong on real engines\n\n");
    text.push_str(&wrong(windows));
    text.push_str("\n#### By what was done\n\n");
    text.push_str(&by_fault(windows));
    text
}

/// What the confidence that was stated of recordings is worth; a neighbour that is accepted is not
/// right.
pub fn reliability(windows: &[Recorded]) -> Reliability {
    let pair = |one: &Recorded| Some((one.confidence?, one.standing == Standing::Right));
    let pairs: Vec<(f64, bool)> = windows.iter().filter_map(pair).collect();
    Reliability::of(&pairs)
}

fn share(windows: &[Recorded], standings: &[Standing]) -> Share {
    Share::count(windows, |window| standings.contains(&window.standing))
}

fn summary(windows: &[Recorded]) -> String {
    let mut names: Vec<&str> = windows.iter().map(|window| window.recording.as_str()).collect();
    names.dedup();
    let mut engines: Vec<&str> = windows.iter().map(|window| window.engine.as_str()).collect();
    engines.sort_unstable();
    engines.dedup();
    let sum = |count: fn(&Intervals) -> usize| -> usize {
        windows.iter().map(|window| count(&window.intervals)).sum()
    };
    let (inside, above) = (sum(|one| one.inside), sum(|one| one.above));
    let below = sum(|one| one.below);
    let told = |standings: &[Standing]| with_interval(share(windows, standings));
    format!(
        "Nothing in this part is simulated, and none of it is in any share above or below: {} \
         recordings of {} ({} windows, up to three of one recording, so that the intervals are too \
         narrow), as [recordings.md](recordings.md) tells them one by one.\n\n\
         - **Wrong cause named:** {}. **A fault called healthy:** {}.\n\
         - **Cannot tell:** {} where the right cause has a rule or the service was healthy, {} where \
         it has no rule.\n\
         - **Right:** {}; a neighbour that is accepted in another {}.\n\
         - **Intervals:** of {} quantiles that clients measured, {inside} lie inside the proven interval, {above} above it (clients \
         also measure their sockets), {below} below.\n",
        names.len(),
        engines.join(", "),
        windows.len(),
        told(&[Standing::Wrong]),
        told(&[Standing::FalseHealthy]),
        told(&[Standing::NotTold]),
        told(&[Standing::NoCauseYet]),
        told(&[Standing::Right]),
        told(&[Standing::Neighbour]),
        inside + above + below,
    )
}

fn wrong(windows: &[Recorded]) -> String {
    let is_wrong = |window: &&Recorded| window.standing <= Standing::Wrong;
    let mut found: Vec<&Recorded> = windows.iter().filter(is_wrong).collect();
    if found.is_empty() {
        return "Nowhere.\n".to_owned();
    }
    found.sort_by_key(|window| window.standing);
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|window| {
            let Recorded { recording, engine, fault, window, verdict, .. } = *window;
            let verdict = format!("`{verdict}`");
            vec![format!("`{recording}`"), engine.clone(), fault.clone(), window.clone(), verdict]
        })
        .collect();
    table(&["recording", "engine", "what was done", "window", "verdict"], &rows)
}

fn by_fault(windows: &[Recorded]) -> String {
    let mut faults: BTreeMap<&str, Vec<Recorded>> = BTreeMap::new();
    for window in windows {
        // Before its onset an incident is a service like others.
        let fault = if window.window == "before" { "none" } else { &window.fault };
        faults.entry(fault).or_default().push(window.clone());
    }
    let mut order: Vec<(&str, Vec<Recorded>)> = faults.into_iter().collect();
    let right = |windows: &[Recorded]| share(windows, &[Standing::Right]).value().unwrap_or(0.0);
    order.sort_by(|left, other| right(&left.1).total_cmp(&right(&other.1)));
    let rows: Vec<Vec<String>> = order
        .iter()
        .map(|(fault, windows)| {
            let told = |standings: &[Standing]| of(share(windows, standings));
            vec![
                (*fault).to_owned(),
                told(&[Standing::Right]),
                told(&[Standing::Neighbour]),
                told(&[Standing::NotTold, Standing::NoCauseYet]),
                told(&[Standing::Wrong]),
                told(&[Standing::FalseHealthy]),
            ]
        })
        .collect();
    let heads =
        ["what was done", "right", "neighbour", "cannot tell", "wrong", "fault called healthy"];
    table(&heads, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(recording: &str, standing: Standing) -> Recorded {
        Recorded {
            recording: recording.to_owned(),
            engine: "vllm 0.20.1".to_owned(),
            fault: "slot-cap".to_owned(),
            window: "fault".to_owned(),
            verdict: "slot-cap".to_owned(),
            standing,
            confidence: Some(0.9),
            intervals: Intervals { inside: 3, above: 1, below: 0 },
        }
    }

    #[test]
    fn failures_come_first_and_counts_are_those_of_the_record() {
        let text = section(&[
            window("good", Standing::Right),
            window("bad", Standing::Wrong),
            window("worse", Standing::FalseHealthy),
        ]);
        let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
        assert!(place("`worse`") < place("`bad`") && !text.contains("`good`"));
        assert!(place("**Wrong cause named:** 33 %") < place("**Right:** 33 %"));
        assert!(text.contains("of 12 quantiles that clients measured, 9 lie inside"), "{text}");
        assert!(text.contains("| slot-cap | 1 of 3 | 0 of 3 | 0 of 3 | 1 of 3 | 1 of 3 |"));
        assert!(section(&[]).contains("npm run replay"));
    }

    /// The words of `tests/engines/replay.mjs`.
    #[test]
    fn standings_are_read_as_they_are_written() {
        let read = |word: &str| serde_json::from_str::<Standing>(&format!("\"{word}\"")).ok();
        let words = ["false healthy", "wrong", "not told", "no cause yet", "neighbour", "right"];
        assert!(words.iter().all(|word| read(word).is_some()) && read("good").is_none());
    }
}
