//! The part about recordings of real engines, told apart from what is simulated.

use crate::report::table::table;

/// One replayed recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Stable name of the recording.
    pub id: String,
    /// Engine and version.
    pub engine: String,
    /// What was done to the engine: a class id, or `healthy`.
    pub truth: String,
    /// The verdict.
    pub verdict: String,
    /// Whether the verdict is right, or another name for the same act.
    pub right: bool,
    /// Whether every interval holds what the client measured.
    pub intervals_hold: bool,
}

/// The whole part, failures first.
pub fn section(recordings: &[Recorded]) -> String {
    let mut text = String::from("\n## Recordings of real engines\n\n");
    if recordings.is_empty() {
        text.push_str("None are counted on this page yet.\n");
        return text;
    }
    let mut order: Vec<&Recorded> = recordings.iter().collect();
    order.sort_by_key(|one| (one.right && one.intervals_hold, one.id.clone()));
    let yes = |holds: bool| if holds { "yes" } else { "**no**" }.to_owned();
    let rows: Vec<Vec<String>> = order
        .iter()
        .map(|one| {
            let Recorded { id, engine, truth, verdict, right, intervals_hold } = *one;
            vec![
                format!("`{id}`"),
                engine.clone(),
                truth.clone(),
                verdict.clone(),
                yes(*right),
                yes(*intervals_hold),
            ]
        })
        .collect();
    let heads = ["recording", "engine", "truth", "verdict", "right", "intervals hold the truth"];
    text.push_str(&table(&heads, &rows));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_come_first() {
        let one = |id: &str, right| Recorded {
            id: id.to_owned(),
            engine: "vllm 0.20.1".to_owned(),
            truth: "slot-cap".to_owned(),
            verdict: "slot-cap".to_owned(),
            right,
            intervals_hold: true,
        };
        let text = section(&[one("good", true), one("bad", false)]);
        assert!(text.find("`bad`") < text.find("`good`") && text.contains("**no**"));
        assert!(section(&[]).contains("None"));
    }
}
