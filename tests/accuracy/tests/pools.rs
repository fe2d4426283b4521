//! Prefill and decode that run apart: the pool that is short is named, with its replicas, and
//! nothing of two pools that keep up.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;
use inference_triage_simulator::configuration::{
    Arrivals, Hardware, Lengths, RemoteKv, Scenario, Shift,
};
use inference_triage_simulator::simulate;

/// Seconds between two scrapes.
const INTERVAL: f64 = 15.0;

/// Half an hour of pools of that many replicas.
fn diagnosis(seed: u64, (prefill, decode): (usize, usize), shift: Shift) -> Diagnosis {
    let hardware = Hardware::find("llama-3.1-8b-h100").expect("the device is known");
    let mut scenario = Scenario::new(hardware);
    scenario.seed = seed;
    scenario.replicas = prefill + decode;
    scenario.prefill_replicas = prefill;
    scenario.engine.remote_kv =
        Some(RemoteKv { latency_seconds: 0.01, tokens_per_second: 1e6, share: 1.0 });
    scenario.traffic.prefixes.share = 0.0;
    scenario.traffic.lengths = Lengths::Lognormal {
        prompt_mean: 2000.0,
        prompt_variation: 0.5,
        output_mean: 200.0,
        output_variation: 0.5,
    };
    scenario.traffic.arrivals = Arrivals::Poisson { rate: 4.0 };
    scenario.shifts = vec![shift];
    scenario.check(INTERVAL).expect("a sound scenario");
    let run = simulate(&scenario, INTERVAL);
    let mut session = Session::new();
    session.load_batch(run.sample_batch(&[])).expect("a sound batch");
    session.configure(Settings::default()).expect("sound settings");
    session.diagnosis(0).expect("one service")
}

/// So many times as many requests after twenty minutes.
fn more(rate_factor: f64) -> Shift {
    Shift { at_seconds: 1200.0, rate_factor, prompt_factor: 1.0, output_factor: 1.0 }
}

fn is_named(found: &Diagnosis, pool: &str, replicas: &[&str]) {
    let verdict = &found.verdict;
    assert_eq!(verdict.id, CauseId::PrefillDecodeImbalance, "{}", verdict.sentence);
    let begin = format!("The {pool} pool is too small");
    assert!(verdict.sentence.starts_with(&begin), "{}", verdict.sentence);
    assert_eq!(found.findings[0].replicas, replicas);
}

#[test]
fn the_pool_that_is_short_is_named_with_its_replicas() {
    for seed in [1, 2] {
        is_named(&diagnosis(seed, (1, 3), more(4.0)), "prefill", &["vllm-0/0"]);
        is_named(&diagnosis(seed, (2, 2), more(8.0)), "prefill", &["vllm-0/0", "vllm-1/0"]);
        is_named(&diagnosis(seed, (3, 1), more(8.0)), "decode", &["vllm-3/0"]);
    }
}

#[test]
fn pools_that_keep_up_are_healthy() {
    for seed in [1, 2, 3] {
        for pools in [(1, 3), (2, 2), (3, 1)] {
            let found = diagnosis(seed, pools, more(1.5));
            assert_eq!(found.verdict.id, CauseId::Healthy, "{}", found.verdict.sentence);
        }
    }
}

/// The mix of requests changed, and the cause of it is named before what it does to the pools.
#[test]
fn long_prompts_are_no_small_pool() {
    let shift =
        Shift { at_seconds: 1200.0, rate_factor: 1.0, prompt_factor: 8.0, output_factor: 1.0 };
    let found = diagnosis(1, (1, 3), shift);
    assert_eq!(found.verdict.id, CauseId::LongPrompts, "{}", found.verdict.sentence);
}
