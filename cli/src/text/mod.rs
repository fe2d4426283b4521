//! The report as text: the incident message, and behind it, where asked for, the tables.
//!
//! One file a section, in reading order. Structure is plain ASCII and colour is never its only
//! carrier.

mod actions;
mod changes;
mod comparison;
mod cost;
mod engine_state;
mod headline;
mod limits;
mod matrix;
mod message;
mod objectives;
mod page;
mod phases;
mod quality;
mod reasons;
mod replicas;
#[cfg(test)]
mod sample;
mod scopes;
mod style;
mod table;

use inference_triage_core::message::Screen;
use inference_triage_core::report::Report;

use crate::link_arguments::Link;
use crate::price_arguments::Price;
pub(crate) use comparison::comparison;
use message::MOST_LINES;
pub(crate) use message::{screen_of_standard_output, text as message};
use page::Page;
pub(crate) use style::Style;

/// What a user added to a report.
#[derive(Debug, Clone, Default)]
pub(crate) struct Added {
    /// What the hardware costs.
    pub(crate) price: Option<Price>,
    /// Where else to look.
    pub(crate) links: Vec<Link>,
}

/// The incident message and everything that it does not say; `q` is the quantile that the tables
/// show.
pub(crate) fn full(report: &Report, q: f64, added: &Added, style: Style, screen: Screen) -> String {
    let message = message::of(report).fit(MOST_LINES, screen);
    let mut page = Page::new(style);
    headline::print(report, &mut page);
    phases::print(report, &mut page);
    matrix::print(report, q, &mut page);
    objectives::print(report, &mut page);
    replicas::print(report, &mut page);
    engine_state::print(report, &mut page);
    reasons::print(report, &message, &mut page);
    changes::print(report, &mut page);
    actions::print(report, &message, &mut page);
    limits::print(report, &mut page);
    if let Some(price) = added.price {
        cost::print(report, price, &mut page);
    }
    links(&added.links, &mut page);
    quality::print(report, &mut page);
    scopes::print(report, &mut page);
    message::lines(&message, style, screen) + "\n" + &page.finish()
}

fn links(links: &[Link], page: &mut Page) {
    if links.is_empty() {
        return;
    }
    page.heading("Links", "to the window");
    for link in links {
        page.verbatim(&format!("  {}  ", link.title), &link.url);
    }
}

/// The incident message for a channel, with the links behind it.
pub(crate) fn markdown(report: &Report, links: &[Link]) -> String {
    let mut text = inference_triage_core::message::markdown(report);
    for link in links {
        text += &format!("- **{}** <{}>\n", link.title, link.url);
    }
    text
}

#[cfg(test)]
mod tests {
    use inference_triage_core::text::plain::plain;
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    const SCREEN: Screen = Screen::UNKNOWN;

    #[test]
    fn no_line_is_wider_than_a_hundred_columns() {
        for report in [sample::slot_cap(), sample::cannot_tell()] {
            let text = full(&report, 0.95, &Added::default(), Style::plain(), SCREEN);
            for line in text.lines() {
                assert!(line.width() <= page::COLUMNS, "{} columns: {line}", line.width());
                assert_eq!(line, line.trim_end(), "a line ends in blanks");
            }
        }
    }

    #[test]
    fn sections_stand_in_reading_order() {
        let text = full(&sample::slot_cap(), 0.95, &Added::default(), Style::plain(), SCREEN);
        let mut rest = text.as_str();
        for heading in [
            "CRITICAL",
            "Sure?",
            "Window",
            "Where 9.3 s goes",
            "Matrix",
            "Engine",
            "Not measured",
            "Do not",
            "Limits",
            "Caveats",
        ] {
            let at =
                rest.find(&format!("{heading}  ")).or_else(|| rest.find(&format!("\n{heading}\n")));
            rest = &rest
                [at.unwrap_or_else(|| panic!("{heading} is missing or out of order in\n{text}"))..];
        }
    }

    #[test]
    fn hostile_labels_reach_neither_terminal_nor_layout() {
        let mut report = sample::slot_cap();
        let hostile = "\u{1b}[2J\u{1b}]0;owned\u{7}gem\nma\u{202e}";
        report.scopes[0].model = hostile.to_owned();
        report.scopes[0].replicas = vec![format!("{hostile}/0")];
        report.diagnosis.findings[0].replicas = vec![hostile.to_owned()];
        report.diagnosis.verdict.sentence = format!("{hostile} is capped");
        let text = full(&report, 0.95, &Added::default(), Style::plain(), SCREEN);
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains("owned"),
            "{text}"
        );
        assert!(text.starts_with("CRITICAL  gem ma (1 replica): gem ma is capped\n"), "{text}");
    }

    #[test]
    fn colour_is_only_added() {
        let report = sample::slot_cap();
        let coloured = full(&report, 0.95, &Added::default(), Style::coloured(), SCREEN);
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(
            plain_lines(&coloured),
            full(&report, 0.95, &Added::default(), Style::plain(), SCREEN)
        );
    }

    fn plain_lines(text: &str) -> String {
        text.lines().map(|line| plain(line) + "\n").collect()
    }
}
