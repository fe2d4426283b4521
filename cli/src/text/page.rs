//! Lines of at most a hundred columns.

use inference_triage_core::message::{self, words_outside_strings};
use unicode_width::UnicodeWidthStr;

use super::Style;
use inference_triage_core::text::plain::plain;

/// What fits an incident channel, a mail and half a screen.
pub(super) const COLUMNS: usize = 100;

/// Text under construction. Everything written to it is made harmless first.
pub(super) struct Page {
    lines: Vec<String>,
    style: Style,
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self { lines: Vec::new(), style }
    }

    pub(super) fn finish(self) -> String {
        self.lines.join("\n") + "\n"
    }

    /// An empty line, unless the page is empty.
    pub(super) fn gap(&mut self) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
    }

    /// A section's title in bold, and a remark behind it.
    pub(super) fn heading(&mut self, title: &str, remark: &str) {
        self.gap();
        self.lead(&self.style.bold(title), title.width(), remark);
    }

    /// A paragraph behind a lead-in that is printed as it is (it may carry colour) and is `width`
    /// columns wide.
    pub(super) fn lead(&mut self, lead_in: &str, width: usize, text: &str) {
        let indent = width + 2;
        let lines = wrap(&plain(text), COLUMNS.saturating_sub(indent));
        match lines.split_first() {
            None => self.lines.push(lead_in.to_owned()),
            Some((first, rest)) => {
                self.lines.push(format!("{lead_in}  {first}"));
                self.lines.extend(rest.iter().map(|line| format!("{:indent$}{line}", "")));
            }
        }
    }

    /// A paragraph whose first line begins with `mark` and whose other lines are indented by its
    /// width.
    pub(super) fn paragraph(&mut self, mark: &str, text: &str) {
        let lines = wrap(&plain(text), COLUMNS.saturating_sub(mark.width()));
        self.hang(mark, &lines);
    }

    /// A query, broken only at blanks outside its strings, so that the lines together can still be
    /// pasted.
    pub(super) fn promql(&mut self, mark: &str, query: &str) {
        let words = words_outside_strings(query);
        let lines = fill(words, COLUMNS.saturating_sub(mark.width()));
        self.hang(mark, &lines);
    }

    /// Text that must stay on one line to be copied, however long it is.
    pub(super) fn verbatim(&mut self, mark: &str, text: &str) {
        self.lines.push(format!("{mark}{}", plain(text)));
    }

    fn hang(&mut self, mark: &str, lines: &[String]) {
        let indent = mark.width();
        for (index, line) in lines.iter().enumerate() {
            self.lines.push(if index == 0 {
                format!("{mark}{line}")
            } else {
                format!("{:indent$}{line}", "")
            });
        }
    }
}

/// Lines of at most `columns` columns, broken at blanks; a word that is longer than a line is cut.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let pieces = |word| message::pieces(word, columns, UnicodeWidthStr::width);
    fill(text.split_whitespace().flat_map(pieces).collect(), columns)
}

/// At most `columns` columns of the text, with an ellipsis where some is cut off.
pub(super) fn shorten(text: &str, columns: usize) -> String {
    message::shorten(text, columns, UnicodeWidthStr::width)
}

fn fill(words: Vec<String>, columns: usize) -> Vec<String> {
    message::fill(words, columns, columns, UnicodeWidthStr::width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_count_columns_not_bytes() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("–––– ––––", 9), ["–––– ––––"]);
        assert_eq!(wrap("模型 模型", 8), ["模型", "模型"]);
        assert_eq!(wrap("", 10), [""; 0]);
    }

    #[test]
    fn a_word_longer_than_a_line_is_cut() {
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(shorten("abcdefgh", 4), "abc…");
        assert_eq!(shorten("abcd", 4), "abcd");
    }

    #[test]
    fn continuation_lines_hang_under_the_first() {
        let mut page = Page::new(Style::plain());
        page.paragraph("  - ", &"word ".repeat(30));
        let text = page.finish();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("  - word") && lines[1].starts_with("    word"), "{text}");
        assert!(lines.iter().all(|line| line.width() <= COLUMNS), "{text}");
    }
}
