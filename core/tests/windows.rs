//! What a window reads off prepared columns is what a walk over its samples finds: for columns with
//! absences, restarts and faults, and for any window, empty ones and those of one sample among
//! them.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::growth::counter::{CounterColumn, Growth, GrowthRepairs};
use inference_triage_core::growth::gauge::Gauge;
use inference_triage_core::growth::histogram::{Component, HistogramColumns, Part};
use inference_triage_core::histogram::Basis;

const CASES: u64 = 4_000;
const WINDOWS: usize = 25;
const LONGEST: usize = 400;
/// Finite and open bucket, count and sum.
const PARTS: [Part; 4] = [Part::Bucket(1.0), Part::Bucket(f64::INFINITY), Part::Sum, Part::Count];

/// Random numbers from a fixed seed (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Most columns are short, where ends and windows of one sample are frequent.
    fn length(&mut self) -> usize {
        let longest = [1, 3, 40, LONGEST][self.below(4)];
        self.below(longest + 1)
    }

    fn window(&mut self, length: usize) -> (usize, usize) {
        (self.below(length + 2), self.below(length + 2))
    }
}

fn present(values: &[f64], first: usize, last: usize) -> Vec<usize> {
    if last >= values.len() {
        return Vec::new();
    }
    (first..=last).filter(|&index| !values[index].is_nan()).collect()
}

/// A counter as it is scraped, with absences and restarts.
fn counter(random: &mut Random, length: usize) -> Vec<f64> {
    let (absent, restarts) = (random.unit() * 0.5, random.unit() * 0.2);
    let mut total = random.below(1_000) as f64;
    (0..length)
        .map(|_| {
            if random.chance(restarts) {
                total = 0.0;
            }
            total += random.below(50) as f64 / 2.0;
            if random.chance(absent) { f64::NAN } else { total }
        })
        .collect()
}

/// What was counted between the first and the last present sample of a window.
fn walked_increase(values: &[f64], first: usize, last: usize) -> Option<f64> {
    let inside = present(values, first, last);
    let steps = inside.windows(2).map(|pair| (values[pair[0]], values[pair[1]]));
    (inside.len() > 1)
        .then(|| steps.map(|(before, now)| if now < before { now } else { now - before }).sum())
}

#[test]
fn the_increase_of_a_counter_is_the_sum_of_its_steps() {
    let mut increases = 0;
    for seed in 0..CASES {
        let random = &mut Random(seed);
        let length = random.length();
        let values = counter(random, length);
        let mut repairs = GrowthRepairs::default();
        let growth = Growth::from_counter(
            values.iter().copied().collect(),
            &vec![false; length],
            &mut repairs,
        );
        let column = CounterColumn::of(vec![growth]);
        for _ in 0..WINDOWS {
            let (first, last) = random.window(length);
            let expected = walked_increase(&values, first, last);
            assert_eq!(
                column.increase(first, last),
                expected,
                "seed {seed}: {first}..={last} of {values:?}"
            );
            increases += usize::from(expected.is_some());
        }
        let rise = present(&values, 0, length.wrapping_sub(1)).windows(2).find_map(|pair| {
            let (before, now) = (values[pair[0]], values[pair[1]]);
            (now > before || (now < before && now > 0.0)).then_some(pair[1])
        });
        assert_eq!(column.first_rise(), rise, "seed {seed}: {values:?}");
    }
    assert!(increases > 10_000, "only {increases} windows held an increase");
}

#[test]
fn increments_add_up_over_every_window() {
    for seed in 0..CASES {
        let random = &mut Random(seed);
        let length = random.length();
        let absent = random.unit();
        let values: Vec<f64> = (0..length)
            .map(|_| if random.chance(absent) { f64::NAN } else { random.below(9) as f64 })
            .collect();
        let growth = Growth::from_increments(&values, 1.0, &mut GrowthRepairs::default());
        let column = CounterColumn::of(vec![growth]);
        let known = present(&values, 0, length.wrapping_sub(1));
        // The first increment covers the step before it, whose beginning is the base.
        let base = known.first().map_or(0, |first| first.saturating_sub(1));
        let end = known.last().copied().unwrap_or(0);
        for _ in 0..WINDOWS {
            let (first, last) = random.window(length);
            let (from, to) = (first.max(base), last.min(end));
            let expected = (last < length && !known.is_empty() && from < to).then(|| {
                present(&values, from + 1, to).iter().map(|&index| values[index]).sum::<f64>()
            });
            assert_eq!(
                column.increase(first, last),
                expected,
                "seed {seed}: {first}..={last} of {values:?}"
            );
        }
    }
}

/// A histogram as it is scraped: restarts that all components share, sums that fall alone, and
/// absences of single components and of whole scrapes.
fn histogram(random: &mut Random, length: usize) -> [Vec<f64>; 4] {
    let (absent, missing, restarts, faults) =
        (random.unit() * 0.4, random.unit() * 0.1, random.unit() * 0.1, random.unit() * 0.05);
    let (mut below, mut all, mut sum) = (5.0, 9.0, 40.0);
    let mut columns = [const { Vec::new() }; 4];
    for _ in 0..length {
        if random.chance(restarts) {
            (below, all, sum) = (0.0, 0.0, 0.0);
        }
        let (fast, slow) = (random.below(4) as f64, random.below(3) as f64);
        (below, all, sum) = (below + fast, all + fast + slow, sum + fast * 0.5 + slow * 2.5);
        if random.chance(faults) {
            sum -= 20.0;
        }
        let scraped = !random.chance(absent);
        for (column, value) in columns.iter_mut().zip([below, all, sum, all]) {
            column.push(if scraped && value >= 0.0 && !random.chance(missing) {
                value
            } else {
                f64::NAN
            });
        }
    }
    columns
}

/// Falls of the counts, which are restarts, and of the sum alone, which are faults.
fn falls(columns: &[Vec<f64>; 4]) -> (Vec<usize>, Vec<usize>) {
    let fell = |part: usize, index: usize| {
        let before = columns[part][..index].iter().rfind(|value| !value.is_nan());
        before.is_some_and(|before| columns[part][index] < *before)
    };
    let places = 0..columns[0].len();
    let restarts: Vec<usize> =
        places.clone().filter(|&index| [0, 1, 3].iter().any(|&part| fell(part, index))).collect();
    let faults = places.filter(|&index| fell(2, index) && !restarts.contains(&index)).collect();
    (restarts, faults)
}

/// The increase of one component between two scrapes: what it reached before each restart, and what
/// it reached since.
fn walked_growth(values: &[f64], restarts: &[usize], start: usize, end: usize) -> f64 {
    let reached =
        |from: usize, to: usize| values[from..to].iter().rfind(|value| !value.is_nan()).copied();
    let (mut total, mut from) =
        (0.0, restarts.iter().rfind(|&&restart| restart <= start).copied().unwrap_or(0));
    for &restart in restarts.iter().filter(|&&restart| restart > start && restart <= end) {
        total += reached(from, restart).unwrap_or(0.0);
        from = restart;
    }
    total + values[end] - values[start]
}

#[test]
fn the_window_of_a_histogram_is_what_was_counted_in_it() {
    let (mut windows, mut faulty) = (0, 0);
    for seed in 0..CASES {
        let random = &mut Random(seed);
        let length = random.length();
        let columns = histogram(random, length);
        let components = PARTS.iter().zip(&columns);
        let components = components
            .map(|(part, values)| Component {
                part: *part,
                values: values.iter().copied().collect(),
            })
            .collect();
        let mut repairs = GrowthRepairs::default();
        let prepared =
            HistogramColumns::from_counters(components, &vec![false; length], &mut repairs);
        let (restarts, faults) = falls(&columns);
        assert_eq!(repairs.resets, restarts.len() as u64, "seed {seed}");
        let any: Vec<f64> = (0..length)
            .map(|index| {
                columns
                    .iter()
                    .map(|column| column[index])
                    .find(|value| !value.is_nan())
                    .unwrap_or(f64::NAN)
            })
            .collect();
        for _ in 0..WINDOWS {
            let (first, last) = random.window(length);
            let inside = present(&any, first, last);
            let ends = inside
                .first()
                .copied()
                .zip(inside.last().copied())
                .filter(|(start, end)| start < end);
            let what = format!("seed {seed}: {first}..={last} of {columns:?}");
            assert_eq!(prepared.snapshots(first, last), ends, "{what}");
            let Some((start, end)) = ends else {
                assert_eq!(prepared.count(first, last), None, "{what}");
                assert!(prepared.window(first, last, &mut Caveats::new()).is_none(), "{what}");
                continue;
            };
            let grown = |part: usize| {
                Some(walked_growth(&columns[part], &restarts, start, end))
                    .filter(|growth| !growth.is_nan())
            };
            assert_eq!(prepared.count(first, last), grown(3).or_else(|| grown(1)), "{what}");
            let fell = faults.iter().any(|&fault| fault > start && fault <= end);
            assert_eq!(prepared.sum_fell(start, end), fell, "{what}");
            let sum = if fell { None } else { grown(2) };
            assert_eq!(prepared.sum(first, last).map(|sum| sum.value), sum, "{what}");
            if let Some(window) = prepared.window(first, last, &mut Caveats::new())
                && window.basis() == Basis::Exact
            {
                assert_eq!(Some(window.count()), grown(1).or_else(|| grown(3)), "{what}");
            }
            windows += 1;
            faulty += usize::from(fell);
        }
    }
    assert!(windows > 10_000 && faulty > 500, "{windows} windows, {faulty} of them with a fault");
}

#[test]
fn a_gauge_is_summed_up_as_by_a_walk() {
    let mut samples = 0;
    for seed in 0..CASES {
        let random = &mut Random(seed);
        let length = random.length();
        let (absent, size) =
            (random.unit(), [1.0, 1.0 / 1024.0, (1_u64 << 50) as f64][random.below(3)]);
        let values: Vec<f64> = (0..length)
            .map(|_| if random.chance(absent) { f64::NAN } else { (random.unit() - 0.3) * size })
            .collect();
        let gauge = Gauge::new(values.clone().into());
        for _ in 0..WINDOWS {
            let (first, last) = random.window(length);
            let inside: Vec<f64> =
                present(&values, first, last).into_iter().map(|index| values[index]).collect();
            let what = format!("seed {seed}: {first}..={last} of {values:?}");
            let Some(found) = gauge.window(first, last) else {
                assert!(inside.is_empty(), "{what}");
                continue;
            };
            assert_eq!(found.samples, inside.len(), "{what}");
            assert_eq!(Some(found.last), inside.last().copied(), "{what}");
            assert_eq!(Some(found.min), inside.iter().copied().reduce(f64::min), "{what}");
            assert_eq!(Some(found.max), inside.iter().copied().reduce(f64::max), "{what}");
            // By the scale every sample becomes a whole number, and whole numbers of 128 bits add
            // up exactly.
            let scale = (1_u128 << 64) as f64 / size;
            let whole: i128 = inside.iter().map(|value| (value * scale) as i128).sum();
            let mean = whole as f64 / scale / inside.len() as f64;
            let allowance =
                2.0 * f64::EPSILON * mean.abs() + 1e5 * f64::EPSILON * f64::EPSILON * size;
            assert!((found.mean - mean).abs() <= allowance, "{} for {mean}, {what}", found.mean);
            samples += inside.len();
        }
    }
    assert!(samples > 100_000, "only {samples} samples were summed up");
}

#[test]
fn whole_numbers_have_an_exact_mean() {
    let values: Vec<f64> = (0..5_760).map(|index| f64::from(index % 97)).collect();
    let gauge = Gauge::new(values.clone().into());
    for (first, last) in
        [(0, 5_759), (1, 5_758), (31, 32), (31, 64), (32, 63), (100, 100), (4_000, 4_100)]
    {
        let window = &values[first..=last];
        let mean = window.iter().sum::<f64>() / window.len() as f64;
        assert_eq!(
            gauge.window(first, last).map(|summary| summary.mean),
            Some(mean),
            "{first}..={last}"
        );
    }
}
