//! What every class and every healthy variant does, one line each: for looking at the model while
//! it is changed.
#![allow(clippy::print_stdout, reason = "a program that prints")]

use std::time::Instant;

use inference_triage_simulator::configuration::{FaultClass, Hardware, HealthyVariant, Scenario};
use inference_triage_simulator::load::quantile;
use inference_triage_simulator::record::outcome::Outcome;
use inference_triage_simulator::{Run, simulate};

fn main() {
    let id = std::env::args().nth(1).unwrap_or_else(|| "opt-13b-a100".to_owned());
    let severity: f64 = std::env::args().nth(2).and_then(|text| text.parse().ok()).unwrap_or(0.6);
    let only = std::env::args().nth(3);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let hardware = Hardware::find(&id).unwrap_or_else(Hardware::opt_13b_a100);
    for class in FaultClass::ALL.iter().filter(|class| wanted(class.id())) {
        let base = Scenario { duration_seconds: 1200.0, ..Scenario::new(hardware.clone()) };
        line(class.id(), &base.with_fault(*class, severity, 600.0));
    }
    for variant in HealthyVariant::ALL.iter().filter(|variant| wanted(variant.id())) {
        let base = Scenario { duration_seconds: 1200.0, ..Scenario::new(hardware.clone()) };
        line(variant.id(), &base.with_variant(*variant));
    }
}

fn line(name: &str, scenario: &Scenario) {
    let begin = Instant::now();
    let run = simulate(scenario, 15.0);
    let took = begin.elapsed().as_secs_f64();
    let objectives = scenario.objectives;
    println!(
        "{name}: {:.0} x real time, {} requests; targets ttft {} itl {} tpot {} e2e {}",
        (scenario.duration_seconds + scenario.warm_up_seconds) / took,
        run.requests.len(),
        objectives.ttft,
        objectives.itl,
        objectives.tpot,
        objectives.e2e
    );
    for (label, start, end) in [("before", 0.0, 600.0), ("after", 600.0, 1200.0)] {
        let part = run.between(start, end);
        let mean = |gauge: &str| mean_gauge(&part, gauge);
        let requests: Vec<&Outcome> = run
            .requests
            .iter()
            .filter(|outcome| outcome.arrival >= start && outcome.arrival < end)
            .collect();
        let p95 = |value: fn(&Outcome) -> Option<f64>| {
            quantile(requests.iter().filter_map(|outcome| value(outcome)).collect(), 0.95)
                .unwrap_or(f64::NAN)
        };
        println!(
            "   {label:6} met {:5.3} R {:6.1} W {:7.1} KV {:4.2} P {:5} hit {:4.2} ttft {:7.3} queue {:7.3} prefill {:6.3} tpot {:6.4} itl {:5.3} e2e {:7.2} out/s {:6.0}",
            run.attainment(start, end).share().unwrap_or(f64::NAN),
            mean("num_requests_running"),
            mean("num_requests_waiting"),
            mean("kv_cache_usage_perc"),
            part.growth("num_preemptions_total"),
            part.growth("prefix_cache_hits_total") / part.growth("prefix_cache_queries_total"),
            p95(Outcome::ttft),
            p95(Outcome::queue),
            p95(Outcome::prefill),
            p95(Outcome::tpot),
            part.bucket_quantile("inter_token_latency_seconds", 0.95).unwrap_or(f64::NAN),
            p95(Outcome::e2e),
            part.growth("generation_tokens_total") / (end - start),
        );
    }
}

fn mean_gauge(run: &Run, name: &str) -> f64 {
    let wanted = format!("{}{name}", run.scenario.dialect.prefix());
    let values: Vec<f64> = run
        .engines()
        .flat_map(|target| &target.series)
        .filter(|series| series.name == wanted)
        .flat_map(|series| series.values.iter().copied().filter(|value| !value.is_nan()))
        .collect();
    values.iter().sum::<f64>() / values.len() as f64
}
