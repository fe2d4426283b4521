//! The lines of a file on which its queries begin.

use std::collections::BTreeMap;

/// The text of a file, searched query by query in its order.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    lines: Vec<&'a str>,
    /// The line from which to search for the next query with the same first line.
    cursors: BTreeMap<String, usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { lines: text.lines().collect(), cursors: BTreeMap::new() }
    }

    /// The line on which the query begins, from 1: JSON has it whole on one line; of YAML it is the
    /// line that holds the first line of the query and nothing else but its key. None where the
    /// file writes it in another way.
    pub(super) fn line_of(&mut self, query: &str) -> Option<usize> {
        let encoded = serde_json::to_string(query).ok()?;
        let inner = &encoded[1..encoded.len() - 1];
        let first = query.lines().map(str::trim).find(|line| !line.is_empty())?;
        let quoted = first.replace('\'', "''");
        let holds = |line: &str| {
            let value = line.trim_start_matches([' ', '-']);
            let value = ["expr:", "query:"].iter().find_map(|key| value.strip_prefix(key));
            let value = value.unwrap_or(line).trim();
            let bare = value.trim_matches(['"', '\'']);
            line.contains(&encoded)
                || (line.contains("label_values(") && line.contains(inner))
                || (line.contains(".json:") && line.contains(inner))
                || value == first
                || bare == quoted
                || bare == inner
        };
        let from = self.cursors.get(first).copied().unwrap_or(0);
        let found = self.lines.get(from..)?.iter().copied().position(holds)?;
        self.cursors.insert(first.to_owned(), from + found + 1);
        Some(from + found + 1)
    }
}
