//! A restart of the process is a restart of its whole histogram: the window holds what was
//! observed, even where single buckets have already outgrown their old values.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::growth::counter::GrowthRepairs;
use inference_triage_core::growth::histogram::{Component, HistogramColumns, Part};
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::random::Random;

/// Counters of buckets, count and sum at every scrape, and what was observed between two of them.
struct Counters {
    bounds: Vec<f64>,
    scrapes: Vec<Vec<f64>>,
    observed: Vec<Vec<f64>>,
    restarts: u64,
    /// A bucket grew over a restart while another fell.
    hidden: bool,
}

fn counters(random: &mut Random) -> Counters {
    let finite = random.between(1, 5);
    let bounds: Vec<f64> = (1..=finite).map(|bound| bound as f64).chain([f64::INFINITY]).collect();
    let mut now = vec![0.0; bounds.len() + 1];
    let mut made =
        Counters { bounds, scrapes: Vec::new(), observed: Vec::new(), restarts: 0, hidden: false };
    for scrape in 0..random.between(2, 8) {
        let before = now.clone();
        let new = observations(random, finite);
        let restart = scrape > 0 && random.chance(0.3);
        // A restart that no count shows cannot be told from growth.
        let shows = (0..=finite).any(|bucket| new[bucket] < before[bucket]);
        if restart && shows {
            now.fill(0.0);
            made.restarts += 1;
            made.hidden |= (0..=finite).any(|bucket| new[bucket] > before[bucket]);
        }
        now.iter_mut().zip(&new).for_each(|(total, more)| *total += more);
        made.scrapes.push(now.clone());
        made.observed.push(new);
    }
    made
}

/// Cumulative buckets and the sum; all values are halves, so that sums are exact.
fn observations(random: &mut Random, finite: usize) -> Vec<f64> {
    let mut cells = vec![0.0; finite + 2];
    let (mut below, mut sum) = (0.0, 0.0);
    for (bucket, cell) in cells.iter_mut().take(finite + 1).enumerate() {
        let count = if random.chance(0.4) { 0.0 } else { random.below(20) as f64 };
        below += count;
        sum += count * (bucket as f64 + 0.5);
        *cell = below;
    }
    cells[finite + 1] = sum;
    cells
}

#[test]
fn the_window_holds_what_was_observed() {
    let (mut restarts, mut hidden) = (0, 0);
    for_each_seed(0..100_000, |random| {
        let counters = counters(random);
        let parts = counters.bounds.iter().map(|bound| Part::Bucket(*bound)).chain([Part::Sum]);
        let components: Vec<Component> = parts
            .enumerate()
            .map(|(cell, part)| Component {
                part,
                values: counters.scrapes.iter().map(|scrape| scrape[cell]).collect(),
            })
            .collect();
        let present = vec![true; counters.scrapes.len()];
        let mut repairs = GrowthRepairs::default();
        let columns = HistogramColumns::from_counters(components, &present, &mut repairs);
        let last = counters.scrapes.len() - 1;
        let first = random.below(last);
        let window = columns.window(first, last, &mut Caveats::new()).ok_or("no window")?;
        let due = |cell: usize| {
            counters.observed[first + 1..=last].iter().map(|step| step[cell]).sum::<f64>()
        };
        let mut below = 0.0;
        for (cell, count) in window.counts().iter().enumerate() {
            below += count;
            if below.to_bits() != due(cell).to_bits() || *count < 0.0 {
                return Err(format!(
                    "bucket {cell}: {below}, not {}: {:?}",
                    due(cell),
                    counters.scrapes
                ));
            }
        }
        let sum = due(counters.bounds.len());
        if window.sum().map(f64::to_bits) != Some(sum.to_bits())
            || repairs.resets != counters.restarts
        {
            return Err(format!(
                "{:?}, not {sum}; {repairs:?}: {:?}",
                window.sum(),
                counters.scrapes
            ));
        }
        restarts += counters.restarts;
        hidden += u64::from(counters.hidden);
        Ok(())
    });
    let replay = std::env::var_os("TRIAGE_SEED").is_some();
    assert!(
        replay || (restarts > 50_000 && hidden > 5_000),
        "{restarts} restarts, {hidden} of them hidden in a bucket"
    );
}
