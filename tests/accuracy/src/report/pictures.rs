//! Pictures of the tables: answers by tool, and what was answered to what.

use crate::report::drawing::{Anchor, Drawing, INK, PALE};
use crate::results::{Results, ToolResult};
use crate::statistics::Share;
use crate::tally::Confusion;

/// Outcomes of a fault with their colours, best first.
const OUTCOMES: [(&str, &str); 6] = [
    ("cause named first", "#15803d"),
    ("cause named second", "#86c99b"),
    ("says it cannot tell", "#cbd5e1"),
    ("alarm without a cause", "#fcd34d"),
    ("calls it healthy", "#fb923c"),
    ("names another cause", "#b91c1c"),
];

/// Length of a whole bar, pixels.
const BAR: f64 = 420.0;

fn parts(tool: &ToolResult) -> [Share; 6] {
    let tally = &tool.tally;
    let second = Share { hits: tally.top2.hits - tally.top1.hits, of: tally.top2.of };
    [tally.top1, second, tally.abstained, tally.alarms, tally.missed, tally.wrong]
}

/// Stacked bars: what each tool makes of the faults of the test set.
pub fn tools(results: &Results) -> String {
    let row = 30.0;
    let left = 300.0;
    let height = 96.0 + row * results.tools.len() as f64;
    let mut drawing =
        Drawing::new(left + BAR + 170.0, height, "Answers to the faults of the test set, by tool");
    for (index, (name, fill)) in OUTCOMES.iter().enumerate() {
        let at = (16.0 + 230.0 * (index % 3) as f64, 12.0 + 20.0 * (index / 3) as f64);
        drawing.rectangle(at, (12.0, 12.0), fill, name);
        drawing.text((at.0 + 18.0, at.1 + 10.0), Anchor::Start, INK, name);
    }
    drawing.text((left + BAR + 12.0, 74.0), Anchor::Start, PALE, "false alarms on health");
    for (index, tool) in results.tools.iter().enumerate() {
        let top = 82.0 + row * index as f64;
        drawing.text((left - 10.0, top + 14.0), Anchor::End, INK, &tool.title);
        let mut from = left;
        for (share, (name, fill)) in parts(tool).iter().zip(OUTCOMES) {
            let length = BAR * share.value().unwrap_or(0.0);
            let title = format!("{}: {name}, {} of {}", tool.title, share.hits, share.of);
            drawing.rectangle((from, top), (length, 20.0), fill, &title);
            from += length;
        }
        let alarms = tool.tally.false_alarms;
        let text =
            alarms.value().map_or("–".to_owned(), |value| format!("{:.0} %", 100.0 * value));
        drawing.text((left + BAR + 12.0, top + 14.0), Anchor::Start, INK, &text);
    }
    drawing.finish()
}

/// The confusion matrix as cells; the darker, the larger the share of the row. Right answers are
/// green.
pub fn confusion(matrix: &Confusion) -> String {
    let (cell, left, top) = (22.0, 210.0, 170.0);
    let width = left + cell * matrix.answers.len() as f64 + 120.0;
    let height = top + cell * matrix.truths.len() as f64 + 16.0;
    let mut drawing = Drawing::new(width, height, "What was answered to what");
    drawing.text((left - 10.0, top - 12.0), Anchor::End, PALE, "injected ↓   answered →");
    for (column, answer) in matrix.answers.iter().enumerate() {
        drawing.slanted((left + cell * (column as f64 + 0.6), top - 8.0), INK, answer);
    }
    for (row, (truth, counts)) in matrix.truths.iter().zip(&matrix.counts).enumerate() {
        let y = top + cell * row as f64;
        let all: usize = counts.iter().sum();
        drawing.text((left - 10.0, y + 15.0), Anchor::End, INK, &format!("{truth} ({all})"));
        for (column, (answer, &count)) in matrix.answers.iter().zip(counts).enumerate() {
            let share = count as f64 / all.max(1) as f64;
            let at = (left + cell * column as f64, y);
            let title = format!("{truth} answered {answer}: {count} of {all}");
            drawing.rectangle(at, (cell - 1.0, cell - 1.0), &shade(share, answer, truth), &title);
            if count > 0 {
                let ink = if share > 0.55 { "#ffffff" } else { INK };
                drawing.text(
                    (at.0 + cell / 2.0 - 0.5, y + 15.0),
                    Anchor::Middle,
                    ink,
                    &count.to_string(),
                );
            }
        }
    }
    drawing.finish()
}

/// White to green where the answer is right, to grey where it is an honest gap, to red elsewhere.
fn shade(share: f64, answer: &str, truth: &str) -> String {
    let full = match answer {
        _ if answer == truth => (21.0, 128.0, 61.0),
        "cannot-tell" => (100.0, 116.0, 139.0),
        _ => (185.0, 28.0, 28.0),
    };
    let empty = 246.0;
    let mix = |channel: f64| libm::round(empty + (channel - empty) * libm::sqrt(share)) as u8;
    format!("#{:02x}{:02x}{:02x}", mix(full.0), mix(full.1), mix(full.2))
}
