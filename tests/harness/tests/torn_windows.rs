//! Windows over counters with restarts, gaps and torn scrapes: what is guaranteed holds the truth,
//! and what rests on a torn scrape is called an estimate.
//!
//! The truth comes from the observations themselves. One case is replayed with `TRIAGE_SEED=… cargo
//! test --test torn_windows`.

use std::cell::Cell;

use inference_triage_core::caveat::Caveats;
use inference_triage_core::growth::histogram::HistogramColumns;
use inference_triage_core::histogram::{Basis, Histogram};
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::random::Random;
use inference_triage_harness::scrapes::Scrapes;
use inference_triage_harness::truth::{Interval, rank};

/// Ranges with a window each.
const WINDOWS: u64 = 100_000;

const QUANTILES: [f64; 6] = [0.0, 0.1, 0.5, 0.9, 0.95, 1.0];

/// What the sum may differ by, as a share of all that was ever added: the rounding of a few hundred
/// additions.
const ROUNDING: f64 = 1e-12;

#[derive(Default)]
struct Seen {
    exact: Cell<u64>,
    torn: Cell<u64>,
    unknowable: Cell<u64>,
}

fn count(cell: &Cell<u64>) {
    cell.set(cell.get() + 1);
}

/// A window of at least one step.
fn window(random: &mut Random, length: usize) -> (usize, usize) {
    let first = random.below(length - 1);
    (first, random.between(first + 1, length - 1))
}

#[test]
fn bounds_hold_the_truth_over_restarts_gaps_and_tears() {
    let seen = Seen::default();
    for_each_seed(0..WINDOWS, |random| {
        let scrapes = Scrapes::any(random);
        let columns = scrapes.columns();
        let (first, last) = window(random, scrapes.scrapes.len());
        check(&scrapes, &columns, (first, last), &seen)
            .map_err(|text| format!("window {first}..={last}: {text}\n{scrapes:?}"))
    });
    let [exact, torn, unknowable] = [&seen.exact, &seen.torn, &seen.unknowable].map(Cell::get);
    let enough = exact > WINDOWS / 4 && torn > WINDOWS / 50 && unknowable < WINDOWS / 2;
    let replayed = std::env::var_os("TRIAGE_SEED").is_some();
    assert!(enough || replayed, "{exact} exact, {torn} torn, {unknowable} unknowable");
}

fn check(
    scrapes: &Scrapes,
    columns: &HistogramColumns,
    (first, last): (usize, usize),
    seen: &Seen,
) -> Result<(), String> {
    let there: Vec<usize> = (0..scrapes.scrapes.len())
        .filter(|index| scrapes.scrapes[*index].values.is_some())
        .collect();
    let whole = scrapes.whole();
    let histogram = columns.window(first, last, &mut Caveats::new());
    let inside = |all: &[usize]| -> Option<(usize, usize)> {
        let mut inside = all.iter().copied().filter(|index| (first..=last).contains(index));
        let start = inside.next()?;
        Some((start, inside.next_back()?))
    };
    let is_torn = inside(&there) != inside(&whole);
    // Where most scrapes contradict themselves, this is no tear.
    if 2 * (there.len() - whole.len()) > there.len() {
        return match histogram {
            Some(found) if is_torn && found.basis() == Basis::Exact => {
                let ends = inside(&there).is_some_and(|(start, end)| agrees(scrapes, start, end));
                if ends { Ok(()) } else { Err("exact over torn ends".to_owned()) }
            }
            _ => Ok(()),
        };
    }
    let Some((start, end)) = inside(&whole) else {
        return histogram
            .map_or(Ok(()), |found| Err(format!("{found:?} from no two whole scrapes")));
    };
    let histogram = histogram.ok_or("nothing, from two whole scrapes")?;
    if is_torn && histogram.basis() == Basis::Exact {
        return Err("exact, though an end of the window is a torn scrape".to_owned());
    }
    let Some(truth) = scrapes.between(start, end) else {
        count(&seen.unknowable);
        return Ok(());
    };
    count(if is_torn { &seen.torn } else { &seen.exact });
    if !is_torn && histogram.basis() != Basis::Exact {
        return Err("an estimate, though every end is whole".to_owned());
    }
    holds(&histogram, &truth)
}

/// Whether the growth between two scrapes agrees although one of them may be torn: a restart
/// between them counts from zero, or count and open bucket are apart by the same at both.
fn agrees(scrapes: &Scrapes, start: usize, end: usize) -> bool {
    let (first, last) = (&scrapes.scrapes[start], &scrapes.scrapes[end]);
    let open = scrapes.layout.bounds.len();
    let apart = |values: &Vec<f64>| values[open + 2] - values[open];
    let apart = first.values.as_ref().map(apart).zip(last.values.as_ref().map(apart));
    first.process != last.process || apart.is_some_and(|(start, end)| (start - end).abs() < 0.5)
}

fn holds(histogram: &Histogram, truth: &[f64]) -> Result<(), String> {
    let found = histogram.count();
    if (found - truth.len() as f64).abs() > 0.0 {
        return Err(format!("{found} observations, not {}", truth.len()));
    }
    if truth.is_empty() {
        return Ok(());
    }
    let sum: f64 = truth.iter().sum();
    let mean = histogram.mean().ok_or("no mean")?;
    // Counters that were read hold more than the window: at most what all processes observed.
    let magnitude = histogram.sum().unwrap_or(0.0).abs().max(sum) * 1e3;
    if (mean - sum / truth.len() as f64).abs() > ROUNDING * magnitude {
        return Err(format!("mean {mean}, not {}", sum / truth.len() as f64));
    }
    for q in QUANTILES {
        let bounds = histogram.quantile_bounds(q).ok_or("no bounds")?;
        let value = truth[rank(q, truth.len()) - 1];
        if !Interval::from(&bounds).holds(value) {
            return Err(format!("q = {q}: {bounds:?} does not hold {value:?} of {truth:?}"));
        }
    }
    Ok(())
}
