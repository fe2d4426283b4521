//! The report as text: what an engineer pastes into an incident channel.
//!
//! One file a section, in reading order. Structure is plain ASCII and colour is never its only
//! carrier.

mod actions;
mod changes;
mod engine_state;
mod headline;
mod limits;
mod matrix;
mod page;
mod phases;
pub(crate) mod plain;
mod quality;
mod reasons;
#[cfg(test)]
mod sample;
mod scopes;
mod style;
mod table;

use inference_triage_core::report::{Finding, Report};

use page::Page;
pub(crate) use style::Style;

/// The whole report; `q` is the quantile that the tables show.
pub(crate) fn render(report: &Report, q: f64, style: Style) -> String {
    let mut page = Page::new(style);
    headline::print(report, style, &mut page);
    phases::print(report, &mut page);
    matrix::print(report, q, &mut page);
    engine_state::print(report, &mut page);
    reasons::print(report, &mut page);
    changes::print(report, &mut page);
    actions::print(report, &mut page);
    limits::print(report, &mut page);
    quality::print(report, &mut page);
    scopes::print(report, &mut page);
    page.finish()
}

/// The answer of the rule that gave the verdict.
fn primary(report: &Report) -> Option<&Finding> {
    report.diagnosis.findings.iter().find(|finding| finding.id == report.diagnosis.verdict.id)
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    #[test]
    fn no_line_is_wider_than_a_hundred_columns() {
        for report in [sample::slot_cap(), sample::cannot_tell()] {
            let text = render(&report, 0.95, Style::plain());
            for line in text.lines() {
                assert!(line.width() <= page::COLUMNS, "{} columns: {line}", line.width());
                assert_eq!(line, line.trim_end(), "a line ends in blanks");
            }
        }
    }

    #[test]
    fn sections_stand_in_reading_order() {
        let text = render(&sample::slot_cap(), 0.95, Style::plain());
        let mut rest = text.as_str();
        for heading in [
            "CRITICAL",
            "Where 9.3 s goes",
            "Matrix",
            "Engine",
            "Why",
            "What it is not",
            "Not measured",
            "Do",
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
        let text = render(&report, 0.95, Style::plain());
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains("owned"),
            "{text}"
        );
        assert!(text.starts_with("CRITICAL  gem ma is capped\n"), "{text}");
    }

    #[test]
    fn colour_is_only_added() {
        let report = sample::slot_cap();
        let coloured = render(&report, 0.95, Style::coloured());
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(plain_lines(&coloured), render(&report, 0.95, Style::plain()));
    }

    fn plain_lines(text: &str) -> String {
        text.lines().map(|line| plain::plain(line) + "\n").collect()
    }
}
