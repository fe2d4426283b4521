//! The message as lines of a screen.

use std::io::IsTerminal as _;

use unicode_width::UnicodeWidthStr as _;

use super::{Form, Message, Part};
use crate::text::Style;
use crate::text::headline::state_word;
use crate::text::page::{COLUMNS, pieces, words_outside_strings};

/// Columns of the labels; what does not fit a line goes on below its text.
const LABEL: usize = 8;

/// Columns of the number before a step.
const NUMBER: usize = 3;

/// A line of more columns is tiring to read, however wide the screen.
const WIDEST: usize = 120;

/// Below it every second word would have a line of its own.
const NARROWEST: usize = 40;

/// Units that stay on the line of their number.
const UNITS: [&str; 14] = [
    "UTC",
    "%",
    "s",
    "ms",
    "µs",
    "min",
    "h",
    "d",
    "/s",
    "×",
    "requests/s",
    "tokens",
    "request",
    "requests",
];

/// Where the message is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    columns: usize,
}

impl Screen {
    /// A file or a channel.
    pub(crate) const UNKNOWN: Self = Self { columns: COLUMNS };

    /// The terminal's columns; where output goes elsewhere, those of all other text.
    pub(crate) fn of_standard_output() -> Self {
        if !std::io::stdout().is_terminal() {
            return Self::UNKNOWN;
        }
        let size = terminal_size::terminal_size_of(std::io::stdout());
        size.map_or(Self::UNKNOWN, |(width, _)| Self::of_columns(usize::from(width.0)))
    }

    pub(super) fn of_columns(columns: usize) -> Self {
        Self { columns: columns.clamp(NARROWEST, WIDEST) }
    }
}

/// Columns that text has beside the labels.
pub(super) fn pieces_to_lines_room(screen: Screen) -> usize {
    screen.columns - LABEL - NUMBER
}

impl Message {
    pub(in crate::text) fn text(&self, style: Style, screen: Screen) -> String {
        self.lines(style, screen).into_iter().map(|line| line + "\n").collect()
    }

    /// Lines on the screen: one that is wider takes several.
    pub(super) fn height(&self, screen: Screen) -> usize {
        let lines = self.lines(Style::plain(), screen);
        lines.iter().map(|line| line.width().div_ceil(screen.columns).max(1)).sum()
    }

    fn lines(&self, style: Style, screen: Screen) -> Vec<String> {
        let mut lines = self.headline_lines(style, screen);
        for part in Part::ALL {
            let body = self.part_lines(part, screen);
            for (index, line) in body.iter().enumerate() {
                let label = part.label();
                lines.push(if index == 0 {
                    format!("{}{:2$}{line}", style.bold(label), "", LABEL - label.width())
                } else {
                    format!("{:LABEL$}{line}", "")
                });
            }
        }
        lines
    }

    fn headline_lines(&self, style: Style, screen: Screen) -> Vec<String> {
        let headline = &self.headline;
        let word = state_word(headline.severity);
        let text = format!("{}{}{}", headline.name, headline.join, headline.sentence);
        let first = screen.columns.saturating_sub(word.width() + 2);
        let mut lines = wrap(&text, first, screen.columns - LABEL);
        for (index, line) in lines.iter_mut().enumerate() {
            *line = if index == 0 {
                format!("{}  {line}", style.severity(headline.severity, word))
            } else {
                format!("{:LABEL$}{line}", "")
            };
        }
        lines
    }

    /// Without the label's columns.
    fn part_lines(&self, part: Part, screen: Screen) -> Vec<String> {
        let room = screen.columns - LABEL;
        let inline: Vec<&str> = self
            .of_part(part)
            .filter(|piece| piece.form == Form::Inline)
            .map(|piece| piece.text.as_str())
            .collect();
        let mut lines = wrap(&inline.join(" · "), room, room);
        let mut number = 0;
        for piece in self.of_part(part) {
            let mut mark = " ".repeat(NUMBER);
            let body = match piece.form {
                Form::Inline => continue,
                Form::Copy => fill(
                    words_outside_strings(&piece.text).into_iter(),
                    room - NUMBER,
                    room - NUMBER,
                ),
                Form::Note => wrap(&piece.text, room - NUMBER, room - NUMBER),
                Form::Step => {
                    number += 1;
                    mark = format!("{:NUMBER$}", format!("{number}."));
                    wrap(&piece.text, room - NUMBER, room - NUMBER)
                }
            };
            for (index, line) in body.iter().enumerate() {
                let mark = if index == 0 { mark.as_str() } else { "   " };
                lines.push(format!("{mark}{line}"));
            }
        }
        lines
    }
}

fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let narrow = first.min(rest);
    let words = glued(text).into_iter().flat_map(|word| pieces(&word, narrow).collect::<Vec<_>>());
    fill(words, first, rest)
}

/// Words, with a number and its unit as one, and a dot between pieces behind the word before it.
fn glued(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let bare = word.trim_end_matches([',', '.', ';', ':', ')']);
        match words.last_mut() {
            Some(last)
                if word == "·"
                    || (UNITS.contains(&bare) && last.ends_with(|end: char| end.is_numeric())) =>
            {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

fn fill(words: impl Iterator<Item = String>, first: usize, rest: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        let room = if lines.len() <= 1 { first } else { rest };
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_unit_and_a_dot_its_word() {
        assert_eq!(wrap("queue 3.1 s long", 8, 12), ["queue", "3.1 s long"]);
        assert_eq!(wrap("one · two", 5, 5), ["one ·", "two"]);
        assert_eq!(wrap("wait (33 %), then", 8, 8), ["wait", "(33 %),", "then"]);
    }

    #[test]
    fn screens_of_any_width_are_taken() {
        assert_eq!(Screen::of_columns(0).columns, NARROWEST);
        assert_eq!(Screen::of_columns(80).columns, 80);
        assert_eq!(Screen::of_columns(300).columns, WIDEST);
    }
}
