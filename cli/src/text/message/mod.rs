//! The incident message on a terminal; what it says and what it leaves out is the core's.

#[cfg(test)]
mod examples;
#[cfg(test)]
mod written;

use std::io::IsTerminal as _;

use inference_triage_core::message::{Lead, Screen};
pub(super) use inference_triage_core::message::{MOST_LINES, Message, Part};
use inference_triage_core::report::Report;
use unicode_width::UnicodeWidthStr;

use super::Style;

/// The terminal's columns; where output goes elsewhere, those of all other text.
pub(crate) fn screen_of_standard_output() -> Screen {
    if !std::io::stdout().is_terminal() {
        return Screen::UNKNOWN;
    }
    let size = terminal_size::terminal_size_of(std::io::stdout());
    size.map_or(Screen::UNKNOWN, |(width, _)| Screen::of_columns(usize::from(width.0)))
}

/// Everything that the message could say.
pub(super) fn of(report: &Report) -> Message {
    Message::of(report, UnicodeWidthStr::width)
}

/// The lines of a message, with its labels in bold and its state in colour.
pub(super) fn lines(message: &Message, style: Style, screen: Screen) -> String {
    let mut text = String::new();
    for line in message.lines(screen) {
        let (plain, word) = (line.plain(), line.lead.text());
        let lead = match line.lead {
            Lead::State(severity) => style.severity(severity, word),
            Lead::Label(_) => style.bold(word),
            Lead::Blank => String::new(),
        };
        text.push_str(&lead);
        text.push_str(plain.strip_prefix(word).unwrap_or(&plain));
        text.push('\n');
    }
    text
}

/// The message on its own, and how to see the rest.
pub(crate) fn text(report: &Report, style: Style, screen: Screen) -> String {
    let message = of(report).fit(MOST_LINES - 1, screen);
    let more = "--full prints the tables: phases, signals, changes, limits, caveats";
    format!("{}{}    {more}\n", lines(&message, style, screen), style.bold("More"))
}
