//! Our `increase` and `rate` are those of a real Prometheus 2.42, bit for bit, over irregular
//! samples with gaps and resets.
//!
//! The rules of 3.x differ in two points, which `promql_cases.rs` derives by hand: the open start
//! of the range, and the order of threshold and zero point.

use std::collections::BTreeMap;

use inference_triage_harness::live_prometheus::LivePrometheus;
use inference_triage_harness::openmetrics::Exposition;
use inference_triage_harness::promql::{Rules, prometheus_increase, prometheus_rate};
use inference_triage_harness::random::Random;

/// First possible sample, in seconds.
const START: i64 = 1_700_000_100;
const SERIES: usize = 300;

fn seconds(random: &mut Random, limit: usize) -> i64 {
    i64::try_from(random.below(limit)).expect("few")
}

/// Samples of one counter: seconds and value.
fn counter(random: &mut Random) -> Vec<(i64, f64)> {
    let step = *random.pick(&[5, 15, 15, 30, 60]);
    let jitter = random.chance(0.3);
    let whole = random.chance(0.6);
    let mut value = if random.chance(0.5) { 0.0 } else { random.log_uniform(1.0, 1e9).round() };
    let mut time = START + seconds(random, 200);
    let mut samples = Vec::new();
    for _ in 0..random.between(1, 60) {
        if random.chance(0.9) {
            samples.push((time, value));
        }
        time += step + if jitter { seconds(random, 4) } else { 0 };
        value = match random.below(20) {
            0 => random.below(5) as f64,
            1 => 0.0,
            2..6 => value,
            _ if whole => value + random.below(50) as f64,
            _ => value + random.log_uniform(1e-6, 1e3),
        };
    }
    samples
}

#[test]
fn increase_and_rate_are_those_of_prometheus() {
    let mut random = Random::new(8);
    let series: Vec<Vec<(i64, f64)>> = (0..SERIES).map(|_| counter(&mut random)).collect();
    let mut exposition = Exposition::new();
    for (number, samples) in series.iter().enumerate() {
        for &(seconds, value) in samples {
            exposition.add("c_total", &[("series", &number.to_string())], value, seconds);
        }
    }
    let live =
        LivePrometheus::start(&exposition.finish()).unwrap_or_else(|error| panic!("{error}"));
    let milliseconds = |samples: &[(i64, f64)]| -> Vec<(i64, f64)> {
        samples.iter().map(|(seconds, value)| (seconds * 1000, *value)).collect()
    };
    let stored: Vec<Vec<(i64, f64)>> = series.iter().map(|samples| milliseconds(samples)).collect();
    let (mut compared, mut answered) = (0, 0);
    for _ in 0..60 {
        let at = START + seconds(&mut random, 1_500);
        let range = *random.pick(&[20, 60, 75, 120, 300, 600, 1_800]);
        for (function, ours) in
            [("increase", prometheus_increase as fn(_, _, _, _) -> _), ("rate", prometheus_rate)]
        {
            let query = format!("{function}(c_total[{range}s])");
            let theirs: BTreeMap<usize, f64> = live
                .instant(&query, at)
                .unwrap_or_else(|error| panic!("{error}"))
                .iter()
                .map(|sample| (sample.labels["series"].parse().expect("a number"), sample.value))
                .collect();
            for (number, samples) in stored.iter().enumerate() {
                let got: Option<f64> = ours(samples, at * 1000, range * 1000, Rules::Version2);
                let due = theirs.get(&number).copied();
                assert_eq!(
                    got.map(f64::to_bits),
                    due.map(f64::to_bits),
                    "{query} at {at}: {got:?}, Prometheus {due:?}: {samples:?}"
                );
                compared += 1;
                answered += usize::from(due.is_some());
            }
        }
    }
    println!("{compared} answers equal to the last bit, {answered} of them numbers");
    assert!(answered > 5_000);
}
