//! The identities of vLLM's metrics hold in every run, and every histogram is the one that the
//! truth gives.

use std::collections::BTreeMap;

use inference_triage_simulator::configuration::{
    FaultClass, Hardware, HealthyVariant, Release, Scenario,
};
use inference_triage_simulator::record::Target;
use inference_triage_simulator::record::histogram::bounds;
use inference_triage_simulator::record::outcome::{Ending, Outcome};
use inference_triage_simulator::run::increase;
use inference_triage_simulator::{Run, simulate};

const FINISH_TIME: [&str; 8] = [
    "e2e_request_latency_seconds",
    "request_queue_time_seconds",
    "request_prefill_time_seconds",
    "request_decode_time_seconds",
    "request_inference_time_seconds",
    "request_prompt_tokens",
    "request_generation_tokens",
    "request_time_per_output_token_seconds",
];

fn column<'a>(target: &'a Target, name: &str) -> &'a [f64] {
    let wanted = format!("vllm:{name}");
    let series = target.series.iter().find(|series| series.name == wanted);
    &series.unwrap_or_else(|| panic!("no series {wanted}")).values
}

/// Sum over the series of a name, by scrape.
fn total(target: &Target, name: &str) -> Vec<f64> {
    let wanted = format!("vllm:{name}");
    let mut total: Vec<f64> = Vec::new();
    for series in target.series.iter().filter(|series| series.name == wanted) {
        total.resize(series.values.len(), 0.0);
        total.iter_mut().zip(&series.values).for_each(|(sum, value)| *sum += value);
    }
    total
}

fn buckets(target: &Target, name: &str) -> BTreeMap<String, Vec<f64>> {
    let wanted = format!("vllm:{name}_bucket");
    let series = target.series.iter().filter(|series| series.name == wanted);
    series
        .map(|series| {
            let le = series
                .labels
                .iter()
                .find(|(label, _)| label == "le")
                .expect("every bucket has its bound");
            (le.1.clone(), series.values.clone())
        })
        .collect()
}

/// Two columns are equal wherever both are there.
fn assert_equal(what: &str, left: &[f64], right: &[f64], relative: f64) {
    for (index, (left, right)) in
        left.iter().zip(right).enumerate().filter(|(_, (left, _))| !left.is_nan())
    {
        let close = (left - right).abs() <= relative * left.abs().max(right.abs());
        assert!(close, "{what}, scrape {index}: {left} and {right}");
    }
}

fn check_identities(run: &Run) {
    let name = &run.scenario.name;
    for target in run.engines().filter(|target| !target.series.is_empty()) {
        let finished = total(target, "request_success_total");
        for family in FINISH_TIME {
            let count = column(target, &format!("{family}_count"));
            assert_equal(&format!("{name}: {family} against finished"), count, &finished, 0.0);
            assert_equal(
                &format!("{name}: {family} +Inf"),
                &buckets(target, family)["+Inf"],
                count,
                0.0,
            );
        }
        let sum = |family: &str| column(target, &format!("{family}_sum"));
        let parts: Vec<f64> = sum("request_prefill_time_seconds")
            .iter()
            .zip(sum("request_decode_time_seconds"))
            .map(|(prefill, decode)| prefill + decode)
            .collect();
        assert_equal(
            &format!("{name}: inference"),
            sum("request_inference_time_seconds"),
            &parts,
            1e-9,
        );
        let whole =
            sum("e2e_request_latency_seconds").iter().zip(sum("request_queue_time_seconds"));
        for ((e2e, queue), inference) in whole.zip(sum("request_inference_time_seconds")) {
            assert!(
                e2e.is_nan() || e2e + 1e-6 >= queue + inference,
                "{name}: {e2e} < {queue} + {inference}"
            );
        }
        let by_reason = total(target, "num_requests_waiting_by_reason");
        assert_equal(
            &format!("{name}: waiting"),
            column(target, "num_requests_waiting"),
            &by_reason,
            0.0,
        );
        let by_source = total(target, "prompt_tokens_by_source_total");
        assert_equal(
            &format!("{name}: prompt tokens"),
            column(target, "prompt_tokens_total"),
            &by_source,
            1e-12,
        );
        check_outputs(run, target);
        check_monotone(name, target);
    }
}

/// One gap an output after the first; one iteration at most an output.
fn check_outputs(run: &Run, target: &Target) {
    let first = column(target, "time_to_first_token_seconds_count");
    let gaps = column(target, "inter_token_latency_seconds_count");
    let tokens = column(target, "generation_tokens_total");
    for ((first, gaps), tokens) in
        first.iter().zip(gaps).zip(tokens).filter(|((first, _), _)| !first.is_nan())
    {
        if run.scenario.engine.speculation.is_some() {
            assert!(first + gaps <= *tokens, "{}: more outputs than tokens", run.scenario.name);
        } else {
            assert!(
                (first + gaps - tokens).abs() < 0.5,
                "{}: {first} + {gaps} against {tokens}",
                run.scenario.name
            );
        }
    }
    for usage in column(target, "kv_cache_usage_perc").iter().filter(|usage| !usage.is_nan()) {
        assert!((0.0..=1.0).contains(usage), "{}: cache usage {usage}", run.scenario.name);
    }
}

/// Counters fall only where the process was restarted.
fn check_monotone(name: &str, target: &Target) {
    let starts: Vec<f64> = target
        .series
        .iter()
        .filter(|series| series.name == "process_start_time_seconds")
        .flat_map(|series| series.values.clone())
        .collect();
    let counters = target
        .series
        .iter()
        .filter(|series| series.name.ends_with("_total") || series.name.contains("_seconds_"));
    for series in counters.filter(|series| series.name.starts_with("vllm:")) {
        let mut before: Option<(f64, f64)> = None;
        for (value, start) in series.values.iter().zip(&starts).filter(|(value, _)| !value.is_nan())
        {
            if let Some((last, last_start)) = before {
                let restarted = start.to_bits() != last_start.to_bits();
                assert!(
                    restarted || *value >= last,
                    "{name}: {} fell from {last} to {value}",
                    series.name
                );
            }
            before = Some((*value, *start));
        }
    }
}

/// The histograms of a run without restarts are those of its requests, bucket by bucket.
fn check_truth(run: &Run) {
    let end = run.scenario.duration_seconds;
    for (replica, target) in run.engines().enumerate() {
        let done: Vec<(&Outcome, f64)> = run
            .requests
            .iter()
            .zip(run.stamped.iter().copied())
            .filter(|(outcome, _)| outcome.replica == replica)
            .filter(|(outcome, _)| {
                matches!(outcome.ending, Ending::Stop | Ending::Length | Ending::Error)
            })
            .filter(|(outcome, _)| outcome.ended.is_some_and(|ended| ended > 0.0 && ended <= end))
            .collect();
        let queues: Vec<f64> = done.iter().filter_map(|(outcome, _)| outcome.queue()).collect();
        // The engine measures from where its API server began with the request.
        let e2e: Vec<f64> = done
            .iter()
            .filter_map(|(outcome, stamped)| outcome.ended.map(|ended| ended - stamped))
            .collect();
        for (family, values) in
            [("request_queue_time_seconds", &queues), ("e2e_request_latency_seconds", &e2e)]
        {
            let grown = buckets(target, family);
            for bound in bounds::REQUEST_LATENCY {
                let expected =
                    values.iter().filter(|value| **value <= *bound + 1e-9).count() as f64;
                let counted = increase(&grown[&format!("{bound:?}")]);
                assert!(
                    (expected - counted).abs() < 0.5,
                    "{}: {family} le {bound}: {counted}",
                    run.scenario.name
                );
            }
        }
    }
}

fn short(hardware: Hardware, seed: u64) -> Scenario {
    Scenario { seed, warm_up_seconds: 60.0, duration_seconds: 240.0, ..Scenario::new(hardware) }
}

#[test]
fn identities_hold_under_every_fault() {
    for (index, class) in FaultClass::ALL
        .iter()
        .enumerate()
        .filter(|(_, class)| **class != FaultClass::TelemetryFault)
    {
        let severity = 0.2 + 0.8 * (index % 5) as f64 / 4.0;
        let run = simulate(
            &short(Hardware::opt_13b_a100(), index as u64).with_fault(*class, severity, 80.0),
            10.0,
        );
        check_identities(&run);
    }
}

#[test]
fn identities_hold_in_every_healthy_variant_and_on_all_hardware() {
    let hardware = Hardware::all();
    for (index, variant) in HealthyVariant::ALL.iter().enumerate() {
        let pair = hardware[(index + 1) % hardware.len()].clone();
        let run = simulate(&short(pair, index as u64).with_variant(*variant), 10.0);
        check_identities(&run);
    }
}

#[test]
fn histograms_are_those_of_the_requests() {
    // Scrapes at the grid itself, so that the last one holds all of the run; an event loop that is
    // so far behind that scrapes fail would hide the rest.
    for (class, severity) in [
        (FaultClass::SlotCap, 0.7),
        (FaultClass::KvThrash, 0.7),
        (FaultClass::StreamBackPressure, 0.1),
        (FaultClass::ErrorBurst, 0.7),
        (FaultClass::BadReplica, 0.7),
    ] {
        let sound = short(Hardware::opt_13b_a100(), 5).undisturbed();
        check_truth(&simulate(&sound.with_fault(class, severity, 60.0), 10.0));
    }
}

/// Source: the name history of vLLM's metrics.
#[test]
fn each_release_has_its_names() {
    let names = |release: Release| {
        let scenario =
            Scenario { release, duration_seconds: 30.0, ..short(Hardware::opt_13b_a100(), 1) };
        let run = simulate(&scenario, 15.0);
        run.targets[0].series.iter().map(|series| series.name.clone()).collect::<Vec<_>>()
    };
    let has = |names: &[String], name: &str| names.iter().any(|known| known == name);
    let old = names(Release::new(9, 0));
    assert!(has(&old, "vllm:gpu_cache_usage_perc") && !has(&old, "vllm:kv_cache_usage_perc"));
    assert!(has(&old, "vllm:time_per_output_token_seconds_bucket"));
    assert!(!has(&old, "vllm:inter_token_latency_seconds_bucket"));
    assert!(!has(&old, "vllm:num_requests_waiting_by_reason"));
    let between = names(Release::new(10, 2));
    assert!(
        has(&between, "vllm:gpu_cache_usage_perc") && has(&between, "vllm:kv_cache_usage_perc")
    );
    let new = names(Release::NEWEST);
    assert!(has(&new, "vllm:kv_cache_usage_perc") && !has(&new, "vllm:gpu_cache_usage_perc"));
    assert!(
        has(&new, "vllm:admission_rejections_total")
            && has(&new, "vllm:request_num_preemptions_bucket")
    );
}
