//! What will happen, in the order of time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::engine::Outputs;
use crate::engine::request::Key;
use crate::traffic::Asked;

/// Something that will happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// The next request of open traffic.
    Arrival { epoch: u32 },
    /// A session asks again.
    Ask { session: u32 },
    /// A request that a recording gives.
    Given { request: usize },
    /// The scheduler sees a request.
    Enqueue { replica: usize, process: u32, key: Key },
    /// A step ends.
    StepEnd { replica: usize, process: u32 },
    /// The cache of a prompt has arrived.
    Fetched { replica: usize, process: u32, key: Key },
    /// A caller leaves.
    Leave { replica: usize, process: u32, key: Key },
    /// The API server has handled the outputs of a step.
    Handled { replica: usize, process: u32, outputs: Box<Outputs> },
    /// Faults begin or end.
    Change,
    /// A process stops and starts again.
    Down { replica: usize },
    /// It answers.
    Ready { replica: usize, process: u32 },
    /// A request is asked again.
    Again { asked: Box<Asked> },
    /// The counts of the fleet are read, at a time of the grid.
    Scrape,
    /// An engine is read; failing scrapes get no answer.
    ScrapeEngine { replica: usize, fails: bool },
    /// A replica's devices are read.
    ScrapeDevice { replica: usize, fails: bool },
}

#[derive(Debug)]
struct Entry {
    time: f64,
    number: u64,
    event: Event,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    /// The heap gives the greatest first: the earliest time, and of equal times the one that was
    /// planned first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.time.total_cmp(&self.time).then(other.number.cmp(&self.number))
    }
}

/// The agenda.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    heap: BinaryHeap<Entry>,
    planned: u64,
}

impl Agenda {
    pub(crate) fn plan(&mut self, time: f64, event: Event) {
        self.planned += 1;
        self.heap.push(Entry { time, number: self.planned, event });
    }

    pub(crate) fn next(&mut self) -> Option<(f64, Event)> {
        self.heap.pop().map(|entry| (entry.time, entry.event))
    }
}
