//! The part about stated confidence: what it is worth, and what it was counted from.

use inference_triage_core::report::confidence::{Counted, TABLE};

use crate::calibration::{Calibration, Reliability};
use crate::fit::Fit;
use crate::report::table::{of, table, with_interval};
use crate::statistics::{Bin, Share};

/// The whole part, errors first.
pub(super) fn section(simulated: &Calibration, recorded: &Reliability, fit: &Fit) -> String {
    let more = fit.reliability();
    format!(
        "\n## Confidence\n\n{}{}{}\n{}",
        errors(simulated, &more, recorded),
        reliability(&more, recorded),
        counted(fit),
        rows()
    )
}

/// One line for the failures.
pub(super) fn failure(calibration: &Calibration) -> String {
    let Calibration { verdicts, stated } = calibration;
    if stated.right.of == 0 {
        return "- **No confidence is stated.**\n".to_owned();
    }
    format!(
        "- **Stated at 95 % and more, and not right:** {}. Stated probabilities are off by {} on average, {} if all were true \
         ([expected calibration error](#confidence), {} of {verdicts} verdicts of the test set).\n",
        of(stated.certain_not_right),
        number(stated.error),
        number(stated.by_chance),
        stated.right.of
    )
}

fn number(error: Option<f64>) -> String {
    error.map_or("–".to_owned(), |error| format!("{error:.3}"))
}

fn errors(simulated: &Calibration, more: &Reliability, recorded: &Reliability) -> String {
    let row = |name: &str, one: &Reliability| {
        vec![
            name.to_owned(),
            number(one.error),
            number(one.by_chance),
            of(one.certain_not_right),
            with_interval(one.right),
            mean(&one.bins),
            one.right.of.to_string(),
        ]
    };
    let heads = [
        "verdicts",
        "expected calibration error",
        "by chance alone",
        "at 95 % and more, not right",
        "right",
        "stated, mean",
        "with a stated probability",
    ];
    let rows = [
        row("simulated, test set", &simulated.stated),
        row("simulated, more cases of the test set", more),
        row("recordings of real engines", recorded),
    ];
    format!(
        "Right is what names the injected fault, or health; an accepted neighbour is not. *By chance alone* is the error that \
         true probabilities would have over as few verdicts. Windows of one recording are alike, so that their chance is \
         greater than that. {} of {} verdicts of the test set stated a probability.\n\n{}",
        simulated.stated.right.of,
        simulated.verdicts,
        table(&heads, &rows)
    )
}

fn mean(bins: &[Bin]) -> String {
    let cases: usize = bins.iter().map(|bin| bin.right.of).sum();
    let stated: f64 = bins.iter().map(|bin| bin.stated * bin.right.of as f64).sum();
    if cases == 0 { "–".to_owned() } else { format!("{:.0} %", 100.0 * stated / cases as f64) }
}

fn reliability(simulated: &Reliability, recorded: &Reliability) -> String {
    let mut bins: Vec<&Bin> = simulated.bins.iter().chain(&recorded.bins).collect();
    bins.sort_by(|left, right| left.from.total_cmp(&right.from));
    bins.dedup_by(|left, right| left.from.total_cmp(&right.from).is_eq());
    let cell = |reliability: &Reliability, bin: &Bin| {
        let found = reliability.bins.iter().find(|one| one.from.total_cmp(&bin.from).is_eq());
        found.map_or("–".to_owned(), |one| {
            format!("{:.0} %: {}", 100.0 * one.stated, with_count(one.right))
        })
    };
    let rows: Vec<Vec<String>> = bins
        .iter()
        .map(|bin| {
            let range = format!("{:.0}–{:.0} %", 100.0 * bin.from, 100.0 * bin.to);
            vec![range, cell(simulated, bin), cell(recorded, bin)]
        })
        .collect();
    format!(
        "\n![Stated probability against share right](accuracy/reliability.svg)\n\n{}\n",
        table(
            &["stated", "simulated, more cases of the test set: mean, right", "recordings"],
            &rows
        )
    )
}

fn with_count(share: Share) -> String {
    format!("{}, {}", of(share), with_interval(share))
}

fn counted(fit: &Fit) -> String {
    let whole = fit.share(|_| true);
    let by = |support: &str| with_count(fit.share(|case| case.support == support));
    let near = |near: bool| with_count(fit.share(|case| case.near == Some(near)));
    format!(
        "The probabilities were counted with `npm run accuracy -- --fit` on more simulated cases, drawn from the laws, traces, \
         severities and onsets of the tuning set alone; {} count and got a verdict, of which {} were right. Other cases of the same \
         run, from those of the test set, measure them above. Each verdict has its own \
         share, drawn to that of all verdicts by eight cases, and apart by its support: it is *weak* where another cause holds too, \
         where the verdict leaves a part of the excess time unexplained or where fewer than 500 requests finished (all verdicts: \
         {}), else *strong* ({}). A verdict with fewer than three cases of either, or with more right where support is weak, has \
         one count for both. The distance of its numbers to their lines tells little: right are {} with a number within a tenth \
         of its line, and {} without. Every fault is as frequent as any other there, which no service has: read a probability as \
         how well the rules tell such a verdict, not as how often it happens.\n",
        whole.of,
        whole.hits,
        by("weak"),
        by("strong"),
        near(true),
        near(false)
    )
}

fn rows() -> String {
    let cell = |one: Counted| {
        let share = Share { hits: one.right.into(), of: one.of.into() };
        match one.of {
            0 => "none, nothing is stated".to_owned(),
            _ => format!("{} → {:.0} %", of(share), f64::from(one.thousandths) / 10.0),
        }
    };
    let rows: Vec<Vec<String>> = TABLE
        .iter()
        .map(|row| {
            let [weak, strong] = row.by_support.map(cell);
            vec![format!("`{}`", row.id), weak, strong]
        })
        .collect();
    table(&["verdict", "weak support: right → stated", "strong support: right → stated"], &rows)
}
