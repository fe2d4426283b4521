//! What was repaired or assumed on the way to a value that still stands.

use std::collections::BTreeMap;

use crate::report::CaveatReport;

/// Caveats of one computation: deduplicated by id, counted, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caveats(BTreeMap<&'static str, CaveatReport>);

impl Caveats {
    /// No caveats.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records one occurrence. The first text of an id stays.
    pub fn add(&mut self, id: &'static str, text: impl FnOnce() -> String) {
        self.add_count(id, 1, text);
    }

    /// Records `count` occurrences; none when `count` is 0.
    pub fn add_count(&mut self, id: &'static str, count: u64, text: impl FnOnce() -> String) {
        if count == 0 {
            return;
        }
        self.0.entry(id).or_insert_with(|| CaveatReport { id: id.to_owned(), text: text(), count: 0 }).count += count;
    }

    /// Adds every caveat of another computation.
    pub fn extend(&mut self, other: &Self) {
        for (id, caveat) in &other.0 {
            self.add_count(id, caveat.count, || caveat.text.clone());
        }
    }

    /// Adds every caveat of another computation, each text with what it is about in front.
    pub fn extend_about(&mut self, subject: &str, other: &Self) {
        for (id, caveat) in &other.0 {
            self.add_count(id, caveat.count, || format!("{}: {}", subject.to_lowercase(), caveat.text));
        }
    }

    /// Whether that id was recorded.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// Nothing was repaired or assumed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = &CaveatReport> {
        self.0.values()
    }
}
