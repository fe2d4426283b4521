//! The message as lines of a screen.

use super::wrap::{fill, words_outside_strings, wrap};
use super::{Form, Message, Part, state_word};
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::triage::finding::Severity;

/// Columns of the labels; what does not fit a line goes on below its text.
const LABEL: usize = 8;

/// Columns of the number before a step.
const NUMBER: usize = 3;

/// What fits an incident channel, a mail and half a screen.
const COLUMNS: usize = 100;

/// A line of more columns is tiring to read, however wide the screen.
const WIDEST: usize = 120;

/// Below it every second word would have a line of its own.
const NARROWEST: usize = 40;

/// Where the message is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    columns: usize,
}

impl Screen {
    /// A file or a channel.
    pub const UNKNOWN: Self = Self { columns: COLUMNS };

    /// A terminal of so many columns; those that make no readable lines are taken as the nearest
    /// that do.
    pub fn of_columns(columns: usize) -> Self {
        Self { columns: columns.clamp(NARROWEST, WIDEST) }
    }

    /// Columns that are used.
    pub fn columns(self) -> usize {
        self.columns
    }
}

/// Columns that text has beside the labels.
pub(super) fn pieces_to_lines_room(screen: Screen) -> usize {
    screen.columns - LABEL - NUMBER
}

/// What stands before the text of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// How bad it is, two blanks before the text.
    State(Severity),
    /// What the part is about, in eight columns.
    Label(&'static str),
    /// Eight blanks: the line goes on with what the one before it is about.
    Blank,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it begins with.
    pub lead: Lead,
    /// The rest of it.
    pub text: String,
}

impl Line {
    /// The line as plain text.
    pub fn plain(&self) -> String {
        let (lead, text) = (self.lead.text(), &self.text);
        match self.lead {
            Lead::State(_) => format!("{lead}  {text}"),
            _ => format!("{lead:LABEL$}{text}"),
        }
    }
}

impl Lead {
    /// Its letters, without blanks behind.
    pub fn text(self) -> &'static str {
        match self {
            Self::State(severity) => state_word(severity),
            Self::Label(label) => label,
            Self::Blank => "",
        }
    }
}

impl Message {
    /// Lines on the screen: one that is wider takes several.
    pub fn height(&self, screen: Screen) -> usize {
        let lines = self.lines(screen);
        lines.iter().map(|line| (self.width)(&line.plain()).div_ceil(screen.columns).max(1)).sum()
    }

    /// The lines from the first to the last.
    pub fn lines(&self, screen: Screen) -> Vec<Line> {
        let mut lines = self.headline_lines(screen);
        for part in Part::ALL {
            let body = self.part_lines(part, screen);
            for (index, text) in body.into_iter().enumerate() {
                let lead = if index == 0 { Lead::Label(part.label()) } else { Lead::Blank };
                lines.push(Line { lead, text });
            }
        }
        lines
    }

    fn headline_lines(&self, screen: Screen) -> Vec<Line> {
        let headline = &self.headline;
        let lead = Lead::State(headline.severity);
        let text = format!("{}{}{}", headline.name, headline.join, headline.sentence);
        let first = screen.columns.saturating_sub(lead.text().len() + 2);
        let lines = wrap(&text, first, screen.columns - LABEL, self.width);
        let lead = |index: usize| if index == 0 { lead } else { Lead::Blank };
        let lines = lines.into_iter().enumerate();
        lines.map(|(index, text)| Line { lead: lead(index), text }).collect_vec()
    }

    /// Without the label's columns.
    fn part_lines(&self, part: Part, screen: Screen) -> Vec<String> {
        let room = screen.columns - LABEL;
        let inline: Vec<&str> = self
            .of_part(part)
            .filter(|piece| piece.form == Form::Inline)
            .map(|piece| piece.text.as_str())
            .collect_vec();
        let narrow = room - NUMBER;
        let mut lines = wrap(&joined(&inline, " · "), room, room, self.width);
        let mut number = 0;
        for piece in self.of_part(part) {
            let mut mark = String::new();
            let body = match piece.form {
                Form::Inline => continue,
                Form::Copy => fill(words_outside_strings(&piece.text), narrow, narrow, self.width),
                Form::Note => wrap(&piece.text, narrow, narrow, self.width),
                Form::Step => {
                    number += 1;
                    mark = format!("{number}.");
                    wrap(&piece.text, narrow, narrow, self.width)
                }
            };
            for line in body {
                lines.push(format!("{mark:NUMBER$}{line}"));
                mark.clear();
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screens_of_any_width_are_taken() {
        assert_eq!(Screen::of_columns(0).columns, NARROWEST);
        assert_eq!(Screen::of_columns(80).columns, 80);
        assert_eq!(Screen::of_columns(300).columns, WIDEST);
    }
}
