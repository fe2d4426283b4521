//! Scrapes as a Prometheus takes them: each target at its own phase, some late, some not at all.

use inference_triage_simulator::configuration::{Arrivals, Hardware, Noise, Scenario, Scraping};
use inference_triage_simulator::record::Kind;
use inference_triage_simulator::{Run, simulate};

fn scenario(seed: u64) -> Scenario {
    let sound = Scenario::new(Hardware::opt_13b_a100());
    Scenario { seed, replicas: 2, duration_seconds: 3600.0, ..sound }
}

fn run(seed: u64, scraping: Scraping) -> Run {
    let mut scenario = Scenario { scraping, ..scenario(seed) };
    // A page that is written at another time delays other requests.
    scenario.engine.front_end.per_scrape_seconds = 0.0;
    simulate(&scenario, 15.0)
}

/// What a scrape reads happened before the time under which it is found, by an interval at most.
#[test]
fn values_are_up_to_an_interval_old() {
    let (ideal, typical) = (run(1, Scraping::IDEAL), run(1, Scraping::TYPICAL));
    assert_eq!(ideal.requests, typical.requests, "nobody sees that he is watched");
    assert_eq!(ideal.times, typical.times);
    let mut older = 0;
    for (exact, seen) in ideal.engines().zip(typical.engines()) {
        for (exact, seen) in exact.series.iter().zip(&seen.series) {
            assert_eq!((&exact.name, &exact.labels), (&seen.name, &seen.labels));
            assert_eq!(exact.values.len(), seen.values.len());
            if exact.kind != Kind::Counter {
                continue;
            }
            for (index, value) in seen.values.iter().enumerate().skip(1) {
                let span = exact.values[index - 1]..=exact.values[index];
                assert!(value.is_nan() || span.contains(value), "{} {index}", exact.name);
                older += usize::from(*value < exact.values[index]);
            }
        }
    }
    assert!(older > 1000, "{older}");
}

#[test]
fn a_scrape_in_three_hundred_fails_as_a_whole() {
    let (mut failed, mut all) = (0, 0);
    for seed in 0..8 {
        let run = run(seed, Scraping::TYPICAL);
        for target in run.targets.iter().filter(|target| target.job != "kueue") {
            for (index, up) in target.up.iter().enumerate() {
                all += 1;
                failed += usize::from(*up < 0.5);
                let read = target.series.iter().filter(|one| !one.values[index].is_nan()).count();
                assert_eq!(read > 0, *up > 0.5, "{} {index}", target.instance);
            }
        }
    }
    let share = f64::from(failed as u32) / f64::from(all as u32);
    assert!((0.001..0.006).contains(&share), "{failed} of {all}");
}

/// Bursts begin at no particular second of the scrapes: over seeds the running gauge reads on
/// average what runs, as Little's law says it.
#[test]
fn bursts_are_not_in_phase_with_scrapes() {
    let (mut gauge, mut truth) = (0.0, 0.0);
    for seed in 0..60 {
        let mut scenario =
            Scenario { seed, noise: Noise::NONE, duration_seconds: 900.0, ..scenario(seed) };
        scenario.replicas = 1;
        scenario.traffic.arrivals =
            Arrivals::Bursts { rate: 0.3, share: 0.8, period_seconds: 60.0, length_seconds: 6.0 };
        let run = simulate(&scenario, 30.0);
        let series = run.targets[0].series.iter();
        let running = series.filter(|series| series.name == "vllm:num_requests_running");
        let values: Vec<f64> = running
            .flat_map(|series| series.values.iter().copied())
            .filter(|value| !value.is_nan())
            .collect();
        gauge += values.iter().sum::<f64>() / values.len() as f64;
        truth += run.growth("request_inference_time_seconds_sum") / 900.0;
    }
    assert!((gauge / truth - 1.0).abs() < 0.1, "{gauge} read, {truth} true");
}
