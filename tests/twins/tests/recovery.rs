//! A simulated engine taken for a recorded one: the law that is fitted to it is the one that it
//! had, and its twin fits.

use inference_triage_harness::random::Random;
use inference_triage_simulator::configuration::{
    Arrivals, Clients, Hardware, Lengths, Release, Scenario, StepLaw,
};
use inference_triage_simulator::given::{Begin, Given, GivenPace, GivenRequest};
use inference_triage_simulator::record::outcome::{Ending, Outcome};
use inference_triage_simulator::{Run, simulate_given};
use inference_triage_twins::compare::compare;
use inference_triage_twins::interval::{CONTEXT, SEQUENCE, SQUARE};
use inference_triage_twins::page::Page;
use inference_triage_twins::recording::{Client, Recording};
use inference_triage_twins::twin::{self, Machine};
use serde_json::json;

const SECONDS: f64 = 300.0;
const STEP: f64 = 0.009;
const PROMPT_TOKEN: f64 = 0.0004;

fn engine() -> Scenario {
    let mut scenario = Scenario::new(Hardware::opt_13b_a100()).undisturbed();
    scenario.duration_seconds = SECONDS;
    scenario.warm_up_seconds = 10.0;
    scenario.release = Release::new(20, 1);
    scenario.traffic.arrivals = Arrivals::Poisson { rate: 0.0 };
    scenario.traffic.lengths = Lengths::Fixed { prompt: 1, output: 1 };
    scenario.traffic.clients = Clients::default();
    scenario.telemetry.dcgm = false;
    scenario.telemetry.kueue = false;
    let engine = &mut scenario.engine;
    engine.max_num_seqs = 32;
    engine.max_num_batched_tokens = 2048;
    engine.max_model_len = 8192;
    engine.block_size = 32;
    engine.kv_blocks = 5461;
    engine.async_scheduling = false;
    engine.hardware.jitter = 0.1;
    engine.hardware.law = StepLaw {
        base: STEP * (1.0 - SEQUENCE),
        prefill: PROMPT_TOKEN,
        square: PROMPT_TOKEN * SQUARE,
        sequence: STEP * SEQUENCE,
        context: STEP * CONTEXT,
        mixed: 0.0,
        large_batch: None,
    };
    engine.front_end.per_request_seconds = 0.004;
    engine.front_end.per_step_seconds = 2.5e-4;
    engine.front_end.per_output_seconds = 4.1e-5;
    engine.front_end.per_scrape_seconds = 0.055;
    scenario
}

fn requests() -> Vec<GivenRequest> {
    let mut chance = Random::new(9);
    let mut time = 1.0;
    let mut requests = Vec::new();
    while time < SECONDS {
        requests.push(GivenRequest {
            begin: Begin::At(time),
            replica: 0,
            prompt: chance.between(30, 200) as u32,
            output: chance.between(60, 200) as u32,
            leaves_after: None,
            refused: None,
            content: requests.len() as u64,
            shared: None,
        });
        time += chance.uniform(0.1, 1.9);
    }
    requests
}

/// What its caller would have written down.
fn client(start: f64, outcome: &Outcome) -> Client {
    let ttft = outcome.ttft();
    let gaps = outcome.decode().map_or(0.0, |decode| decode / f64::from(outcome.output.max(2) - 1));
    let has_ended = outcome.ending == Ending::Length;
    Client {
        start: start + outcome.arrival,
        status: if has_ended { 200 } else { 0 },
        prompt: outcome.prompt,
        output: if has_ended { outcome.output } else { 0 },
        ttft,
        e2e: outcome.e2e().unwrap_or(SECONDS - outcome.arrival),
        gaps: vec![gaps; outcome.output.saturating_sub(1) as usize],
        replica: 0,
    }
}

fn recorded(run: &Run) -> Recording {
    let start = run.times[0] as f64 / 1000.0;
    let truth = json!({
        "version": "0.20.1",
        "flags": "--max-num-seqs 32 --block-size 32 --max-model-len 8192",
        "replicas": 1,
        "traffic": [{
            "until": SECONDS,
            "streams": [{ "kind": "poisson", "prompt": [30, 200], "output": [60, 200] }],
        }],
        "start": start,
        "onset": null,
        "end": start + SECONDS,
        "events": [],
        "scrape_s": 5.0,
    });
    Recording {
        id: "simulated".to_owned(),
        truth: serde_json::from_value(truth).expect("it is a truth"),
        clients: run.requests.iter().map(|outcome| client(start, outcome)).collect(),
        times: run.times.iter().map(|time| *time as f64 / 1000.0).collect(),
        targets: run.engines().map(Page::of_target).collect(),
    }
}

fn near(left: f64, right: f64, share: f64) {
    assert!((left / right - 1.0).abs() <= share, "{left} is not within {share} of {right}");
}

fn outside(recording: &Recording, machine: Machine) -> Vec<String> {
    let pair = twin::pair(recording, machine, 5).expect("it can be simulated");
    let compared = compare(&pair).compared.into_iter().filter(|one| !one.fits());
    compared.map(|one| one.family).collect()
}

#[test]
fn the_law_of_a_simulated_engine_is_found_again() {
    let given = Given { requests: requests(), ..Given::default() };
    let recording = recorded(&simulate_given(&engine(), &given, 5.0));
    let pair = twin::pair(&recording, Machine::Law, 5).expect("it can be simulated");
    let fit = &pair.fits[0];
    near(fit.law.base + fit.law.sequence, STEP, 0.05);
    near(fit.law.prefill, PROMPT_TOKEN, 0.25);
    // The spread of batches counts as jitter: buckets do not tell them apart.
    near(fit.jitter, 0.1, 1.0);
    assert!(fit.stalls.share < 0.02, "{:?}", fit.stalls.share);
    assert!(fit.pace.iter().all(|pace| (0.85..1.2).contains(&pace.factor)), "{:?}", fit.pace);
    assert_eq!(outside(&recording, Machine::Law), Vec::<String>::new());
    assert_eq!(outside(&recording, Machine::LawAndPace), Vec::<String>::new());
}

/// A machine that does other work in turns of 60 ms, eight times a second, and for a while takes
/// half as long again.
#[test]
fn the_pace_of_a_shared_machine_is_found_again() {
    let pace = GivenPace {
        intervals: vec![(150.0, 1.0, 8.0), (200.0, 1.5, 8.0), (1000.0, 1.0, 8.0)],
        stalls_per_second: 8.0,
        stall_seconds: vec![0.06],
    };
    let given = Given { requests: requests(), paces: vec![pace], ..Given::default() };
    let recording = recorded(&simulate_given(&engine(), &given, 5.0));
    let pair = twin::pair(&recording, Machine::LawAndPace, 5).expect("it can be simulated");
    let fit = &pair.fits[0];
    near(fit.stalls.mean(), 0.06, 0.35);
    let start = recording.truth.start;
    // What a step took longer may be told as stalls, where it reaches their buckets: both together.
    let mean = |from: f64, to: f64| {
        let within = |until: f64| until - start > from && until - start <= to;
        let own = fit.pace.iter().filter(|pace| within(pace.until));
        let took: Vec<f64> = own
            .map(|pace| pace.factor * (1.0 + pace.stalls_per_second * fit.stalls.mean()))
            .collect();
        took.iter().sum::<f64>() / took.len() as f64
    };
    near(mean(155.0, 200.0) / mean(20.0, 145.0), 1.5, 0.2);
    // One jitter stands for batches of all sizes and for steps with prompts: how inter-token
    // latencies are distributed is the fit's own weakness.
    let outside = outside(&recording, Machine::LawAndPace);
    let others = outside.iter().filter(|family| *family != "vllm:inter_token_latency_seconds");
    assert_eq!(others.count(), 0, "{outside:?}");
}
