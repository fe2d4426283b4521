//! What was repaired or assumed on the way to a value that still stands.

use crate::catalogue::caveats::CaveatId;
use crate::small::sorted::SortedMap;

/// One repair or assumption, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caveat {
    /// Which kind.
    pub id: CaveatId,
    /// One sentence with this case's facts.
    pub text: String,
    /// How often it happened.
    pub count: u64,
}

/// Caveats of one computation: one of each kind, counted, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caveats(SortedMap<CaveatId, Caveat>);

impl Caveats {
    /// No caveats.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records one occurrence. The first text of a kind stays.
    pub fn add(&mut self, id: CaveatId, text: impl Fn() -> String) {
        self.add_count(id, 1, text);
    }

    /// Records `count` occurrences; none when `count` is 0.
    pub fn add_count(&mut self, id: CaveatId, count: u64, text: impl Fn() -> String) {
        self.record(id, count, &text);
    }

    /// One function for the texts of all callers: they are written seldom.
    fn record(&mut self, id: CaveatId, count: u64, text: &dyn Fn() -> String) {
        if count == 0 {
            return;
        }
        let make = || Caveat { id, text: text(), count: 0 };
        self.0.get_or_insert_with(id, make).count += count;
    }

    /// Adds every caveat of another computation.
    pub fn extend(&mut self, other: &Self) {
        for caveat in other.iter() {
            self.add_count(caveat.id, caveat.count, || caveat.text.clone());
        }
    }

    /// Adds every caveat of another computation, each text with what it is about in front.
    pub fn extend_about(&mut self, subject: &str, other: &Self) {
        for caveat in other.iter() {
            self.add_count(caveat.id, caveat.count, || {
                format!("{}: {}", subject.to_ascii_lowercase(), caveat.text)
            });
        }
    }

    /// Whether that kind was recorded.
    pub fn has(&self, id: CaveatId) -> bool {
        self.0.contains_key(&id)
    }

    /// Nothing was repaired or assumed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = &Caveat> {
        self.0.values()
    }
}
