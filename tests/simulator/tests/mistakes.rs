//! A healthy engine whose telemetry is spoilt in one way: the answer names what is wrong, or is the
//! one that the undamaged data have.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::quality::Grade;
use inference_triage_core::report::Report;
use inference_triage_core::session::Session;
use inference_triage_simulator::configuration::{Hardware, Scenario};
use inference_triage_simulator::simulate;

const TIMES: [&str; 7] = [
    "time_to_first_token_seconds",
    "inter_token_latency_seconds",
    "e2e_request_latency_seconds",
    "request_queue_time_seconds",
    "request_prefill_time_seconds",
    "request_decode_time_seconds",
    "request_inference_time_seconds",
];

fn healthy() -> SampleBatch {
    let scenario = Scenario {
        duration_seconds: 600.0,
        ..Scenario::new(Hardware::llama_8b_h100()).at_utilisation(0.3)
    };
    simulate(&scenario, 15.0).sample_batch(&["DCGM_", "kueue_"])
}

fn report(batch: SampleBatch) -> Report {
    let mut session = Session::new();
    session.load_batch(batch).unwrap();
    session.report().unwrap()
}

/// Changes the samples and the bound of every series whose name the rule takes.
fn changed(
    batch: &mut SampleBatch,
    takes: impl Fn(&str) -> bool,
    change: impl Fn(usize, &mut f64),
) {
    for series in &batch.series {
        if series.labels.get("__name__").is_some_and(|name| takes(name)) {
            let values = &mut batch.values[series.offset..series.offset + series.length];
            values.iter_mut().enumerate().for_each(|(index, value)| change(index, value));
        }
    }
}

fn renamed(batch: &mut SampleBatch, rename: impl Fn(&str) -> String) {
    for series in &mut batch.series {
        let name = series.labels.get("__name__").unwrap().clone();
        series.labels.insert("__name__".to_owned(), rename(&name));
    }
}

fn caveat(report: &Report, id: CaveatId) -> Option<String> {
    let caveats = &report.diagnosis.quality.caveats;
    caveats.iter().find(|caveat| caveat.id == id).map(|caveat| caveat.text.clone())
}

#[test]
fn undamaged_it_is_healthy() {
    let report = report(healthy());
    assert_eq!(report.diagnosis.verdict.id, CauseId::Healthy);
}

/// A recording rule or a collector writes milliseconds, into the same buckets or into such of its
/// own.
#[test]
fn a_time_in_milliseconds_is_named() {
    for name in TIMES {
        for are_bounds_too in [false, true] {
            let mut batch = healthy();
            changed(&mut batch, |found| found == format!("vllm:{name}_sum"), |_, sum| *sum *= 1e3);
            for series in &mut batch.series {
                let is_bucket =
                    series.labels.get("__name__").unwrap() == &format!("vllm:{name}_bucket");
                if let Some(bound) =
                    series.labels.get_mut("le").filter(|_| are_bounds_too && is_bucket)
                {
                    let seconds: f64 = bound.parse().unwrap();
                    *bound = (seconds * 1e3).to_string().replace("inf", "+Inf");
                }
            }
            let found = report(batch);
            let sentence = &found.diagnosis.verdict.sentence;
            // Hardly anything queues: a thousand times as much still fits into each request.
            if name == "request_queue_time_seconds"
                && found.diagnosis.verdict.id == CauseId::Healthy
            {
                continue;
            }
            assert_eq!(found.diagnosis.verdict.id, CauseId::TelemetryFault, "{name}: {sentence}");
            assert!(sentence.contains("in milliseconds"), "{name}: {sentence}");
        }
    }
}

#[test]
fn two_phases_under_each_others_name_are_named() {
    let mut batch = healthy();
    renamed(&mut batch, |name| {
        let swapped = name.replace("request_prefill_time", "request_x_time");
        let swapped = swapped.replace("request_decode_time", "request_prefill_time");
        swapped.replace("request_x_time", "request_decode_time")
    });
    let found = report(batch);
    assert_eq!(found.diagnosis.verdict.id, CauseId::TelemetryFault);
    let sentence = &found.diagnosis.verdict.sentence;
    assert!(sentence.contains("prefill and decode time bear each other's name"), "{sentence}");
}

/// One request of which a timestamp was missing: its time is minus the uptime, in a process of any
/// age.
#[test]
fn a_negative_observation_of_a_phase_is_the_engines() {
    for name in &TIMES[3..] {
        for uptime in [300.0, 1e4, 1e6] {
            let mut batch = healthy();
            let is_sum = |found: &str| found == format!("vllm:{name}_sum");
            changed(&mut batch, is_sum, |index, sum| {
                *sum -= if index >= 38 { uptime } else { 0.0 }
            });
            let found = report(batch);
            let text = caveat(&found, CaveatId::EngineDefect).unwrap();
            assert!(text.contains("vLLM records") && text.contains("is left out"), "{text}");
            let verdict = &found.diagnosis.verdict;
            let expected = match *name {
                "request_queue_time_seconds" => CauseId::TelemetryFault,
                _ => CauseId::Healthy,
            };
            assert_eq!(verdict.id, expected, "{name}: {}", verdict.sentence);
            assert!(!verdict.detail.contains("two scrape targets"), "{}", verdict.detail);
            assert!(found.diagnosis.quality.grade > Grade::A);
        }
    }
}

/// The same with the other sign, in the last bucket.
#[test]
fn a_time_as_long_as_the_uptime_is_the_engines() {
    for name in ["request_prefill_time_seconds", "request_inference_time_seconds"] {
        let mut batch = healthy();
        let after = |index: usize, amount: f64| if index >= 38 { amount } else { 0.0 };
        changed(
            &mut batch,
            |found| found == format!("vllm:{name}_sum"),
            |index, sum| {
                *sum += after(index, 90_000.0);
            },
        );
        // The observation leaves the bucket that it was in for the last one.
        for series in &batch.series {
            let own = series.labels.get("__name__").unwrap() == &format!("vllm:{name}_bucket");
            if own && series.labels.get("le").is_some_and(|bound| bound != "+Inf") {
                let values = &mut batch.values[series.offset..series.offset + series.length];
                let total = values[values.len() - 1];
                values.iter_mut().enumerate().for_each(|(index, value)| {
                    *value -= after(index, f64::from(u8::from(total > 0.0)));
                });
            }
        }
        let found = report(batch);
        let text = caveat(&found, CaveatId::EngineDefect).unwrap_or_default();
        assert!(text.contains("longer than any request"), "{name}: {text}");
        let verdict = &found.diagnosis.verdict;
        assert_eq!(verdict.id, CauseId::Healthy, "{name}: {}", verdict.sentence);
    }
}

/// A percentage, and a sum over pods.
#[test]
fn a_usage_that_is_no_ratio_is_left_out() {
    let usage = |report: &Report| {
        let mut signals = report.diagnosis.signals.0.iter();
        signals.find(|(id, _)| *id == SignalId::KvUsage).and_then(|(_, usage)| usage.max)
    };
    let largest = usage(&report(healthy())).unwrap();
    for factor in [100.0, 8.5 / largest, 1.2 / largest] {
        let mut batch = healthy();
        changed(&mut batch, |name| name == "vllm:kv_cache_usage_perc", |_, usage| *usage *= factor);
        let found = report(batch);
        assert!(caveat(&found, CaveatId::NotARatio).is_some(), "{factor}");
        assert!(usage(&found).is_none(), "{factor}");
        assert!(found.diagnosis.quality.grade > Grade::A);
        assert_eq!(found.diagnosis.verdict.id, CauseId::Healthy, "{factor}");
    }
}

/// Speculation: each output holds some tokens, and the step takes as much longer.
#[test]
fn outputs_of_several_tokens_are_judged_by_the_token() {
    for tokens in [2.0, 3.0, 5.0] {
        for has_live_tokens in [true, false] {
            let mut batch = healthy();
            let is_outputs = |name: &str| {
                name == "vllm:inter_token_latency_seconds_count"
                    || name == "vllm:inter_token_latency_seconds_bucket"
            };
            changed(&mut batch, is_outputs, |_, count| *count = libm::floor(*count / tokens));
            // The same seconds in fewer outputs lie in higher buckets.
            for series in &mut batch.series {
                let name = series.labels.get("__name__").unwrap();
                if !has_live_tokens && name == "vllm:generation_tokens_total" {
                    series.labels.insert("__name__".to_owned(), "other".to_owned());
                } else if name == "vllm:inter_token_latency_seconds_bucket" {
                    let bound: f64 = series.labels["le"].parse().unwrap();
                    let bound = (bound * tokens).to_string().replace("inf", "+Inf");
                    series.labels.insert("le".to_owned(), bound);
                }
            }
            let found = report(batch);
            let verdict = &found.diagnosis.verdict;
            assert_eq!(verdict.id, CauseId::Healthy, "{tokens}: {}", verdict.sentence);
            assert!(caveat(&found, CaveatId::SeveralTokensAnOutput).is_some());
            assert!(verdict.sentence.contains("per token"), "{}", verdict.sentence);
        }
    }
}

/// The worker writes nothing for what it does not do, or does not know those families.
#[test]
fn a_prefill_worker_is_judged_by_ttft_and_queue() {
    for writes_nothing in [true, false] {
        let mut batch = healthy();
        let outputs = |name: &str| name.contains("inter_token");
        let decode = |name: &str| name.contains("decode_time") || name.contains("per_output");
        changed(&mut batch, outputs, |_, value| *value = 0.0);
        let is_sum = |name: &str| decode(name) && name.ends_with("_sum");
        changed(&mut batch, is_sum, |_, value| *value = 0.0);
        if !writes_nothing {
            let is_unknown = |name: &str| outputs(name) || decode(name);
            renamed(&mut batch, |name| (if is_unknown(name) { "x" } else { name }).to_owned());
        }
        let values = |name: &str| {
            let is_it = |label: &String| *label == format!("vllm:{name}");
            let mut series = batch.series.iter();
            let found = series.find(|one| one.labels.get("__name__").is_some_and(is_it)).unwrap();
            batch.values[found.offset..found.offset + found.length].to_vec()
        };
        let requests = values("request_generation_tokens_count");
        let first_tokens = values("time_to_first_token_seconds_count");
        let prefill = values("request_prefill_time_seconds_sum");
        let whole = values("time_to_first_token_seconds_sum");
        let columns = [
            ("vllm:request_generation_tokens_sum", requests),
            ("vllm:generation_tokens_total", first_tokens),
            ("vllm:request_inference_time_seconds_sum", prefill),
            ("vllm:e2e_request_latency_seconds_sum", whole),
        ];
        for (name, column) in columns {
            changed(&mut batch, |found| found == name, |index, value| *value = column[index]);
        }
        let found = report(batch);
        let verdict = &found.diagnosis.verdict;
        assert_eq!(verdict.id, CauseId::Healthy, "{}", verdict.sentence);
        assert!(verdict.sentence.contains("prefill worker"), "{}", verdict.sentence);
        assert!(!verdict.sentence.contains("ITL"), "{}", verdict.sentence);
    }
}

/// Its prompts come with their cache entries; without first tokens of its own it is judged by the
/// others.
#[test]
fn a_decode_worker_is_judged_by_what_it_has() {
    for has_first_tokens in [true, false] {
        let mut batch = healthy();
        let prompts = |batch: &SampleBatch| {
            let mut series = batch.series.iter();
            let is_it = |name: &String| name == "vllm:prompt_tokens_total";
            let found = series.find(|one| one.labels.get("__name__").is_some_and(is_it)).unwrap();
            batch.values[found.offset..found.offset + found.length].to_vec()
        };
        let prompts = prompts(&batch);
        for series in &batch.series {
            let Some(source) = series.labels.get("source") else { continue };
            if series.labels["__name__"] != "vllm:prompt_tokens_by_source_total" {
                continue;
            }
            let share = if source == "external_kv_transfer" { 0.98 } else { 0.01 };
            for (index, prompts) in prompts.iter().enumerate() {
                batch.values[series.offset + index] = share * prompts;
            }
        }
        let is_ttft = |name: &str| name.starts_with("vllm:time_to_first_token");
        if !has_first_tokens {
            renamed(&mut batch, |name| (if is_ttft(name) { "x" } else { name }).to_owned());
        }
        let found = report(batch);
        let verdict = &found.diagnosis.verdict;
        assert_eq!(verdict.id, CauseId::Healthy, "{}", verdict.sentence);
        assert!(verdict.sentence.contains("decode worker"), "{}", verdict.sentence);
        assert_eq!(verdict.sentence.contains("TTFT"), has_first_tokens, "{}", verdict.sentence);
    }
}
