//! Tables of text.

use unicode_width::UnicodeWidthStr as _;

use super::page::{COLUMNS, Page, shorten};
use inference_triage_core::text::plain::plain;

/// Columns before the first cell.
const INDENT: usize = 2;

/// What is left of the first column at least.
const LEAST_COLUMNS: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Columns with a heading each; a column that is empty in every row is left out.
pub(super) struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(columns: &[(&'static str, Align)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row with one cell a column.
    pub(super) fn row(&mut self, cells: &[String]) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells.iter().map(|cell| plain(cell)).collect());
    }

    /// Prints heading and rows; nothing without rows. Where the page is too narrow, first the gaps
    /// give way and then the first column.
    pub(super) fn print(&self, page: &mut Page) {
        if self.is_empty() {
            return;
        }
        let used: Vec<usize> = (0..self.columns.len())
            .filter(|&column| self.rows.iter().any(|row| !row[column].is_empty()))
            .collect();
        let mut widths: Vec<usize> = used.iter().map(|&column| self.width(column)).collect();
        let total: usize = widths.iter().sum();
        let gap = if total + 2 * widths.len() <= COLUMNS { 2 } else { 1 };
        let excess =
            (INDENT + total + gap * widths.len().saturating_sub(1)).saturating_sub(COLUMNS);
        if let Some(first) = widths.first_mut() {
            let least = LEAST_COLUMNS.min(*first);
            *first = first.saturating_sub(excess).max(least);
        }
        let heading: Vec<String> =
            self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        for row in std::iter::once(&heading).chain(&self.rows) {
            let mut line = " ".repeat(INDENT - gap);
            for (&column, &width) in used.iter().zip(&widths) {
                let cell = shorten(&row[column], width);
                let space = " ".repeat(width - cell.width().min(width));
                line.push_str(&" ".repeat(gap));
                match self.columns[column].1 {
                    Align::Left => line.push_str(&(cell + &space)),
                    Align::Right => line.push_str(&(space + &cell)),
                }
            }
            page.verbatim("", line.trim_end());
        }
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| row[column].width());
        cells.chain([self.columns[column].0.width()]).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Style;

    fn printed(table: &Table) -> String {
        let mut page = Page::new(Style::plain());
        table.print(&mut page);
        page.finish()
    }

    #[test]
    fn columns_line_up_and_empty_ones_vanish() {
        let mut table =
            Table::new(&[("name", Align::Left), ("none", Align::Right), ("value", Align::Right)]);
        table.row(&["queue".into(), String::new(), "3.07 s".into()]);
        table.row(&["模型".into(), String::new(), "9 s".into()]);
        assert_eq!(printed(&table), "  name    value\n  queue  3.07 s\n  模型      9 s\n");
    }

    #[test]
    fn the_first_column_gives_way() {
        let mut table = Table::new(&[("name", Align::Left), ("value", Align::Right)]);
        table.row(&["x".repeat(200), "1".repeat(20)]);
        let text = printed(&table);
        assert!(text.lines().all(|line| line.width() <= COLUMNS), "{text}");
        assert!(text.contains('…'));
    }
}
