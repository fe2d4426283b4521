//! Adding rows is merging histograms: for random fleets with gaps, restarts, faults and unequal
//! layouts, to the last bit.

use super::*;
use crate::catalogue::caveats::CaveatId;
use crate::growth::counter::GrowthRepairs;
use crate::growth::histogram::{Component, Part};
use crate::histogram::Basis;

const OPEN: f64 = f64::INFINITY;
const LAYOUTS: [&[f64]; 5] = [
    &[0.1, 0.5, 2.0, OPEN],
    &[0.1, 0.5, OPEN],
    &[0.0, 0.5, 2.0, OPEN],
    &[-1.0, 0.5, OPEN],
    &[0.1, 0.5],
];

/// Random numbers from a fixed seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// What a fleet suffers from: one in so many.
#[derive(Debug, Clone, Copy)]
struct Faults {
    other_layout: u64,
    scrape_lost: u64,
    value_lost: u64,
    restart: u64,
    torn: u64,
}

fn replica(random: &mut Random, faults: &Faults, length: usize) -> HistogramColumns {
    let components = components(random, faults, length);
    let mut repairs = GrowthRepairs::default();
    if random.once_in(faults.torn) {
        let basis = if random.once_in(2) { Basis::Exact } else { Basis::Estimated };
        return HistogramColumns::from_increments(components, 1.0, basis, &mut repairs);
    }
    HistogramColumns::from_counters(components, &vec![false; length], &mut repairs)
}

fn components(random: &mut Random, faults: &Faults, length: usize) -> Vec<Component> {
    let layout = if random.once_in(faults.other_layout) {
        LAYOUTS[random.below(5) as usize]
    } else {
        LAYOUTS[0]
    };
    let (has_sum, has_count) = (!random.once_in(faults.torn), !random.once_in(3));
    let mut columns = vec![Vec::new(); layout.len() + 2];
    let mut totals = vec![0.0; layout.len() + 2];
    for total in &mut totals[..layout.len()] {
        *total = random.below(2) as f64 * 100.0;
    }
    totals[..layout.len()].sort_by(f64::total_cmp);
    totals[layout.len()] = random.below(1_000) as f64 / 7.0;
    totals[layout.len() + 1] = totals[layout.len() - 1];
    for _ in 0..length {
        if random.once_in(faults.restart) {
            totals.fill(0.0);
        }
        for _ in 0..random.below(6) {
            let value = [0.0, 0.03, 0.1, 0.4, 1.1, 7.0 / 3.0][random.below(6) as usize];
            for (total, bound) in totals.iter_mut().zip(layout) {
                *total += f64::from(value <= *bound);
            }
            totals[layout.len()] += value;
            totals[layout.len() + 1] += 1.0;
        }
        match random.below(4 * faults.torn) {
            0 => totals[0] += 1.0,
            1 => totals[layout.len()] += 1e4,
            2 => totals[layout.len()] -= 3.0,
            3 => totals[1] += 0.5,
            _ => {}
        }
        let lost = random.once_in(faults.scrape_lost);
        for (column, total) in columns.iter_mut().zip(&totals) {
            column.push(if lost || random.once_in(faults.value_lost) { f64::NAN } else { *total });
        }
    }
    let mut components = Vec::new();
    let parts = layout.iter().map(|bound| Part::Bucket(*bound)).chain([Part::Sum, Part::Count]);
    for (part, values) in parts.zip(columns) {
        if (part != Part::Sum || has_sum) && (part != Part::Count || has_count) {
            components.push(Component { part, values: values.into() });
        }
    }
    components
}

/// Bits that differ are digits that differ; the sign of zero is told as well.
fn told(histogram: Option<&Histogram>, caveats: &Caveats) -> String {
    format!("{histogram:?} {caveats:?}")
}

#[test]
fn rows_add_up_to_what_histograms_merge_to() {
    let never = u64::MAX;
    let healthy = Faults {
        other_layout: never,
        scrape_lost: never,
        value_lost: never,
        restart: never,
        torn: never / 4,
    };
    let restarting = Faults { scrape_lost: 5, restart: 9, ..healthy };
    let faulty = Faults { other_layout: 12, scrape_lost: 6, value_lost: 60, restart: 20, torn: 40 };
    for (name, faults, least, most) in [
        ("healthy", healthy, 0.95, 1.0),
        ("restarting", restarting, 0.95, 1.0),
        ("faulty", faulty, 0.05, 0.9),
    ] {
        let (mut added, mut windows) = (0, 0);
        for seed in 0..400 {
            let random = &mut Random(seed);
            let length = 2 + random.below(30) as usize;
            let number = random.below(9);
            let fleet: Vec<HistogramColumns> =
                (0..number).map(|_| replica(random, &faults, length)).collect();
            let mut together = ReplicaWindows::of(fleet.iter().collect());
            for _ in 0..20 {
                let first = random.below(length as u64) as usize;
                let last = first + random.below(length as u64) as usize;
                let (mut caveats, mut expected_caveats) = (Caveats::new(), Caveats::new());
                let parts: Vec<Histogram> = fleet
                    .iter()
                    .filter_map(|columns| columns.window(first, last, &mut expected_caveats))
                    .collect();
                let expected =
                    Histogram::merge(&parts.iter().collect::<Vec<_>>(), &mut expected_caveats);
                let found = together.window(first, last, &mut caveats);
                assert_eq!(
                    told(found.as_ref(), &caveats),
                    told(expected.as_ref(), &expected_caveats),
                    "{name}, seed {seed}: {first}..={last}"
                );
                if expected.is_some() {
                    windows += 1;
                    added += u64::from(
                        together
                            .rows
                            .as_mut()
                            .is_some_and(|rows| add_rows(rows, &together.replicas, first, last)),
                    );
                }
            }
        }
        let share = added as f64 / f64::from(windows);
        assert!(
            windows > 2_000 && (least..=most).contains(&share),
            "{name}: {share} of {windows} windows as rows"
        );
    }
}

#[test]
fn counts_beyond_exact_addition_are_left_to_the_merger() {
    let large = 9_007_199_254_740_992.0;
    let columns = |total: f64| {
        let component =
            |bound, end| Component { part: Part::Bucket(bound), values: vec![0.0, end].into() };
        let components = vec![component(1.0, 1.0), component(OPEN, total)];
        HistogramColumns::from_counters(components, &[false; 2], &mut GrowthRepairs::default())
    };
    let fleet = [columns(large), columns(3.0)];
    let mut caveats = Caveats::new();
    let together = ReplicaWindows::of(fleet.iter().collect()).window(0, 1, &mut caveats).unwrap();
    assert_eq!(together.basis(), Basis::Estimated);
    assert!(caveats.has(CaveatId::FractionalCounts));
}
