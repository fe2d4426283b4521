//! The triage matrix: the levels of time to first token, queue time and inter-token latency, and
//! where they point.

use crate::signal::level::Level;
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::triage::finding::Pattern;

/// What a cell of the matrix asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    High,
    Normal,
    Any,
}

use Cell::{Any, High, Normal};

/// One row: levels, and the direction they point in.
struct Row {
    ttft: Cell,
    queue: Cell,
    itl: Cell,
    direction: &'static str,
}

const fn row(ttft: Cell, queue: Cell, itl: Cell, direction: &'static str) -> Row {
    Row { ttft, queue, itl, direction }
}

/// Read from top to bottom; the first row that fits counts.
const MATRIX: [Row; 9] = [
    row(High, High, Normal, "admission: slots, offered load, memory or imbalance"),
    row(
        High,
        Normal,
        Normal,
        "before the first token: long prompts, cache misses, front end or cold start",
    ),
    row(Normal, Normal, High, "decode: grown batch, slow hardware, long context or interference"),
    row(High, High, High, "saturation or thrash"),
    row(High, Normal, High, "prefill and decode compete, or the device slowed down"),
    row(Normal, High, Any, "telemetry fault or a population artefact: check the data first"),
    row(Normal, Normal, Normal, "what finished was in time: healthy, or look elsewhere"),
    row(High, High, Any, "admission; whether decode suffers too cannot be told"),
    row(High, Normal, Any, "before the first token; whether decode suffers too cannot be told"),
];

/// Matches the levels of a window.
pub fn pattern(ttft: Level, queue: Level, itl: Level) -> Pattern {
    let direction = MATRIX
        .iter()
        .find(|row| fits(row.ttft, ttft) && fits(row.queue, queue) && fits(row.itl, itl))
        .map_or_else(|| missing(ttft, queue, itl), |row| row.direction.to_owned());
    Pattern { ttft, queue, itl, direction }
}

fn fits(cell: Cell, level: Level) -> bool {
    match cell {
        Any => true,
        High => level == Level::High,
        Normal => matches!(level, Level::Normal | Level::Low),
    }
}

fn missing(ttft: Level, queue: Level, itl: Level) -> String {
    let unknown: Vec<&str> =
        [("time to first token", ttft), ("queue time", queue), ("inter-token latency", itl)]
            .into_iter()
            .filter(|(_, level)| *level == Level::Unknown)
            .map(|(name, _)| name)
            .collect_vec();
    format!("no direction: {} cannot be judged", joined(&unknown, ", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_of_known_levels_has_a_direction() {
        for ttft in [Level::High, Level::Normal] {
            for queue in [Level::High, Level::Normal] {
                for itl in [Level::High, Level::Normal] {
                    let direction = pattern(ttft, queue, itl).direction;
                    assert!(!direction.starts_with("no direction"), "{ttft:?} {queue:?} {itl:?}");
                }
            }
        }
    }

    #[test]
    fn an_unknown_level_is_named() {
        let found = pattern(Level::Unknown, Level::Normal, Level::Normal);
        assert_eq!(found.direction, "no direction: time to first token cannot be judged");
    }
}
