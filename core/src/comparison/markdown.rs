//! A comparison as a table of Markdown, for an incident channel or a change request.

use super::{Comparison, Outcome, Row, Subject};
use crate::text::foreign::plain;
use crate::text::markdown::code;
use crate::text::number::quantity;
use crate::time::utc_minute;

/// Characters of a model's name: the longest that hubs allow; more is an attack.
const NAME_CHARACTERS: usize = 96;

impl Comparison {
    /// The answer, the two windows and a row each thing that was compared; `model` is the name of
    /// the scope, empty where it has none.
    pub fn markdown(&self, model: &str) -> String {
        let model = plain(model, NAME_CHARACTERS);
        let name = if model.is_empty() { String::new() } else { format!(" {}", code(&model)) };
        let mut text = format!("**{}**{name}\n\n", self.outcome.word());
        for (name, window) in [("before", &self.before), ("after", &self.after)] {
            let (start, end) = (utc_minute(window.start), utc_minute(window.end));
            text += &format!("- {name}: {start} to {end} UTC\n");
        }
        text += "\n| | before | after | | |\n| --- | ---: | ---: | --- | --- |\n";
        for row in &self.rows {
            let [before, after] = row.written();
            let (title, word, because) = (&row.title, row.outcome.word(), &row.because);
            text += &format!("| {title} | {before} | {after} | {word} | {because} |\n");
        }
        text
    }
}

impl Outcome {
    /// In capitals, as gates print it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Inconclusive => "INCONCLUSIVE",
        }
    }
}

impl Row {
    /// Both values with their units, a quantile as what it is at most; empty where there is none.
    pub fn written(&self) -> [String; 2] {
        let most = if self.subject == Subject::Latency { "≤ " } else { "" };
        [self.before, self.after].map(|value| {
            value.map_or_else(String::new, |value| format!("{most}{}", quantity(value, self.unit)))
        })
    }
}
