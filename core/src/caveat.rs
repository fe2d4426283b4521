//! What was repaired or assumed on the way to a value that still stands.

use crate::report::CaveatReport;
use crate::sorted::SortedMap;

/// Caveats of one computation: deduplicated by id, counted, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caveats(SortedMap<&'static str, CaveatReport>);

impl Caveats {
    /// No caveats.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records one occurrence. The first text of an id stays.
    pub fn add(&mut self, id: &'static str, text: impl Fn() -> String) {
        self.add_count(id, 1, text);
    }

    /// Records `count` occurrences; none when `count` is 0.
    pub fn add_count(&mut self, id: &'static str, count: u64, text: impl Fn() -> String) {
        self.record(id, count, &text);
    }

    /// One function for the texts of all callers: they are written seldom.
    fn record(&mut self, id: &'static str, count: u64, text: &dyn Fn() -> String) {
        if count == 0 {
            return;
        }
        let make = || CaveatReport { id: id.to_owned(), text: text(), count: 0 };
        self.0.get_or_insert_with(id, make).count += count;
    }

    /// Adds every caveat of another computation.
    pub fn extend(&mut self, other: &Self) {
        for (id, caveat) in other.0.iter() {
            self.add_count(id, caveat.count, || caveat.text.clone());
        }
    }

    /// Adds every caveat of another computation, each text with what it is about in front.
    pub fn extend_about(&mut self, subject: &str, other: &Self) {
        for (id, caveat) in other.0.iter() {
            self.add_count(id, caveat.count, || {
                format!("{}: {}", subject.to_ascii_lowercase(), caveat.text)
            });
        }
    }

    /// Whether that id was recorded.
    pub fn has(&self, id: &str) -> bool {
        self.0.values().any(|caveat| caveat.id == id)
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
