//! The table answers what the merger of every replica's own window answers: for random fleets with
//! gaps, restarts, late starts and unequal layouts, in any order of the replicas, to the last bit.
//! Torn scrapes are no snapshots to the core, and the table is given snapshots only.

use super::*;

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
    sum_missing: u64,
}

const LAYOUTS: [&[f64]; 5] = [
    &[0.1, 0.5, 2.0, f64::INFINITY],
    &[0.1, 0.5, f64::INFINITY],
    &[0.0, 0.5, 2.0, f64::INFINITY],
    &[-1.0, 0.5, f64::INFINITY],
    &[0.1, 0.5],
];

/// Counters of one replica: buckets, and the sum and the count if it has them.
fn components(random: &mut Random, faults: &Faults, length: usize) -> Vec<Component> {
    let layout = if random.once_in(faults.other_layout) {
        LAYOUTS[random.below(5) as usize]
    } else {
        LAYOUTS[0]
    };
    let (has_sum, has_count) = (!random.once_in(faults.sum_missing), !random.once_in(3));
    let mut columns = vec![Vec::new(); layout.len() + 2];
    let mut totals = vec![0.0; layout.len() + 2];
    for total in &mut totals[..layout.len()] {
        *total = random.below(2) as f64 * 100.0;
    }
    totals[..layout.len()].sort_by(f64::total_cmp);
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

const NEVER: u64 = u64::MAX;
const HEALTHY: Faults = Faults {
    other_layout: NEVER,
    scrape_lost: NEVER,
    value_lost: NEVER,
    restart: NEVER,
    sum_missing: NEVER,
};

fn counters(random: &mut Random, faults: &Faults, length: usize) -> ReplicaCounters {
    let target_present = (0..length).map(|_| random.once_in(2)).collect();
    let mut components = components(random, faults, length);
    if random.once_in(faults.scrape_lost) {
        // A pod that is younger than the range.
        let start = random.below(length as u64) as usize;
        for component in &mut components {
            component.values.to_mut()[..start].fill(f64::NAN);
        }
    }
    ReplicaCounters { components, target_present }
}

/// Bits of bounds, counts and points, and the caveats.
fn shown(buckets: Option<PrometheusBuckets>, caveats: &Caveats) -> String {
    let numbers = buckets.map(|buckets| {
        let points = [0.0, 0.5, 0.95, 1.0].map(|q| buckets.quantile(q).to_bits());
        (buckets.bounds.to_vec(), buckets.counts.to_vec(), points)
    });
    format!("{numbers:?} {caveats:?}")
}

/// The answer without the table.
fn merged(fleet: &[ReplicaCounters], first: usize, last: usize) -> String {
    let without_sums = |replica: &ReplicaCounters| {
        let mut replica = replica.clone();
        replica.components.retain(|component| component.part != Part::Sum);
        columns_of(&replica)
    };
    let columns: Vec<HistogramColumns> = fleet.iter().map(without_sums).collect();
    let mut caveats = Caveats::new();
    let parts: Vec<Histogram> =
        columns.iter().filter_map(|columns| columns.window(first, last, &mut caveats)).collect();
    let merged = Histogram::merge(&parts.iter().collect::<Vec<_>>(), &mut caveats);
    shown(merged.as_ref().map(Histogram::prometheus_buckets), &caveats)
}

fn found(windows: &mut FleetWindows, first: usize, last: usize) -> String {
    let mut caveats = Caveats::new();
    let buckets = windows.window(first, last, &mut caveats).map(|window| window.0);
    shown(buckets, &caveats)
}

#[test]
fn windows_are_what_their_replicas_merge_to() {
    let restarting = Faults { restart: 25, ..HEALTHY };
    let gaps = Faults { scrape_lost: 60, ..restarting };
    let faulty =
        Faults { other_layout: 40, scrape_lost: 6, value_lost: 60, restart: 20, sum_missing: 40 };
    let kinds = [
        ("healthy", HEALTHY, 1.0, 1.0),
        ("restarting", restarting, 0.9, 1.0),
        ("gaps", gaps, 0.2, 0.95),
        ("faulty", faulty, 0.0, 0.6),
    ];
    for (name, faults, least, most) in kinds {
        let (mut from_table, mut answered) = (0, 0);
        for seed in 0..150 {
            let random = &mut Random(seed);
            let length = 2 + random.below(60) as usize;
            let mut fleet: Vec<ReplicaCounters> =
                (0..random.below(8)).map(|_| counters(random, &faults, length)).collect();
            let mut windows = FleetWindows::new(fleet.clone());
            for index in (1..fleet.len()).rev() {
                fleet.swap(index, random.below(index as u64 + 1) as usize);
            }
            let mut shuffled = FleetWindows::new(fleet.clone());
            for _ in 0..20 {
                let first = random.below(length as u64) as usize;
                let last = first + random.below(length as u64) as usize;
                let expected = merged(&fleet, first, last);
                assert_eq!(
                    found(&mut windows, first, last),
                    expected,
                    "{name}, seed {seed}: {first}..={last}"
                );
                assert_eq!(
                    found(&mut shuffled, first, last),
                    expected,
                    "{name}, seed {seed}: {first}..={last}, shuffled"
                );
                if first < last && last < length && !fleet.is_empty() {
                    answered += 1;
                    from_table += u64::from(
                        windows.table.as_mut().is_some_and(|table| table.read(first, last)),
                    );
                }
            }
        }
        let share = from_table as f64 / f64::from(answered);
        assert!(
            answered > 500 && (least..=most).contains(&share),
            "{name}: {share} of {answered} windows from the table"
        );
    }
}

#[test]
fn a_restart_that_the_open_bucket_hides_is_found() {
    let replica = |fast: [f64; 4], all: [f64; 4]| {
        let component = |bound, values: [f64; 4]| Component {
            part: Part::Bucket(bound),
            values: values.to_vec().into(),
        };
        let components = vec![component(f64::INFINITY, all), component(1.0, fast)];
        ReplicaCounters { components, target_present: Arc::new([true; 4]) }
    };
    // All eight of the new process were slow, so that the open bucket seems to grow by one.
    let fleet = vec![
        replica([6.0, 7.0, 0.0, 1.0], [6.0, 7.0, 8.0, 9.0]),
        replica([1.0; 4], [1.0, 1.0, 2.0, 2.0]),
    ];
    let mut windows = FleetWindows::new(fleet.clone());
    assert_eq!(found(&mut windows, 0, 3), merged(&fleet, 0, 3));
    assert_eq!(
        windows.window(0, 3, &mut Caveats::new()).map(|window| window.counts().to_vec()),
        Some(vec![2.0, 11.0])
    );
    assert!(windows.columns.is_empty(), "from the table");
}

#[test]
fn counts_that_promql_may_repair_are_left_to_the_merger() {
    for total in [LARGEST_EXACT_TOTAL - 1.0, LARGEST_EXACT_TOTAL, 6e12, 9_007_199_254_740_992.0] {
        let component =
            |bound, end| Component { part: Part::Bucket(bound), values: vec![0.0, end].into() };
        let components = vec![component(1.0, total - 1.0), component(f64::INFINITY, total)];
        let fleet = [ReplicaCounters { components, target_present: Arc::new([true; 2]) }];
        let mut windows = FleetWindows::new(fleet.to_vec());
        assert_eq!(found(&mut windows, 0, 1), merged(&fleet, 0, 1), "{total}");
        assert_eq!(windows.columns.is_empty(), total < LARGEST_EXACT_TOTAL, "{total}");
    }
}

#[test]
fn no_fleet_has_no_window() {
    let mut caveats = Caveats::new();
    assert!(FleetWindows::new(Vec::new()).window(0, 1, &mut caveats).is_none());
    let empty = ReplicaCounters { components: Vec::new(), target_present: Arc::new([]) };
    assert!(FleetWindows::new(vec![empty.clone(), empty]).window(0, 1, &mut caveats).is_none());
}
