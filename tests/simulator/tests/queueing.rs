//! The laws that every queueing system obeys, with the tolerance each is held to.

use inference_triage_simulator::configuration::{
    Arrivals, Clients, Hardware, Lengths, Objectives, Prefixes, Scenario,
};
use inference_triage_simulator::record::outcome::Outcome;
use inference_triage_simulator::{Run, simulate};

/// Without a front end, without shared prefixes, without jitter: what is left is the scheduler.
fn bare(slots: usize, arrivals: Arrivals, lengths: Lengths) -> Scenario {
    let mut hardware = Hardware::opt_13b_a100();
    hardware.jitter = 0.0;
    hardware.law.context = 0.0;
    hardware.law.square = 0.0;
    hardware.law.mixed = 0.0;
    hardware.law.large_batch = None;
    let mut scenario = Scenario::new(hardware);
    scenario.engine.max_num_seqs = slots;
    scenario.engine.front_end.per_request_seconds = 0.0;
    scenario.engine.front_end.per_prompt_token_seconds = 0.0;
    scenario.engine.front_end.per_output_seconds = 0.0;
    scenario.traffic.prefixes = Prefixes { groups: 0, share: 0.0 };
    scenario.traffic.arrivals = arrivals;
    scenario.traffic.lengths = lengths;
    scenario.objectives = Objectives { ttft: 1.0, itl: 0.1, tpot: 0.1, e2e: 60.0 };
    scenario.warm_up_seconds = 600.0;
    scenario.traffic.clients = Clients::default();
    scenario.undisturbed()
}

fn gauge(run: &Run, name: &str) -> f64 {
    let series = run.targets[0]
        .series
        .iter()
        .find(|series| series.name == name)
        .expect("the gauge is exported");
    series.values.iter().sum::<f64>() / series.values.len() as f64
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

fn assert_within(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found / expected - 1.0).abs() <= tolerance,
        "{what}: {found}, expected {expected} within {tolerance}"
    );
}

/// One step a token after the prefill: base + one sequence, exactly.
fn service(scenario: &Scenario, prompt: f64, output: f64) -> f64 {
    let law = scenario.engine.hardware.law;
    let chunks = libm::ceil(prompt / scenario.engine.max_num_batched_tokens as f64);
    law.prefill * prompt + law.base * chunks + (output - 1.0) * (law.base + law.sequence)
}

/// Little: time queued and time inside, per second, are the mean numbers waiting and running. 3 %:
/// the gauges are sampled once a second. They are written with the outputs of a step, before the
/// next scheduling, so a request shows as waiting one step late, and as long as it waits.
#[test]
fn little() {
    let lengths = Lengths::Lognormal {
        prompt_mean: 600.0,
        prompt_variation: 0.5,
        output_mean: 150.0,
        output_variation: 0.6,
    };
    let mut scenario = bare(6, Arrivals::Poisson { rate: 1.15 }, lengths);
    scenario.duration_seconds = 7200.0;
    let run = simulate(&scenario, 1.0);
    let queue = run.growth("request_queue_time_seconds_sum") / 7200.0;
    let inside = run.growth("request_inference_time_seconds_sum") / 7200.0;
    assert_within("waiting", gauge(&run, "vllm:num_requests_waiting"), queue, 0.03);
    assert_within("running", gauge(&run, "vllm:num_requests_running"), inside, 0.03);
}

/// M/D/1: W = λS²/(2(1−ρ)) with one slot and equal requests. 8 %: six hours of Poisson arrivals.
#[test]
fn one_slot_and_equal_requests_wait_as_pollaczek_and_khinchine_say() {
    let mut scenario =
        bare(1, Arrivals::Poisson { rate: 0.3 }, Lengths::Fixed { prompt: 200, output: 80 });
    scenario.duration_seconds = 21_600.0;
    let time = service(&scenario, 200.0, 80.0);
    let load = 0.3 * time;
    let expected = 0.3 * time * time / (2.0 * (1.0 - load));
    let run = simulate(&scenario, 60.0);
    let rate =
        run.requests.iter().filter(|outcome| outcome.arrival >= 0.0).count() as f64 / 21_600.0;
    assert_within("arrivals", rate, 0.3, 0.03);
    assert_within("wait", mean(run.requests.iter().filter_map(Outcome::queue)), expected, 0.08);
}

/// M/G/1: W = λE[S²]/(2(1−ρ)), S as it was. 10 %: the tail of the outputs makes it noisier.
#[test]
fn one_slot_and_unequal_requests_wait_as_pollaczek_and_khinchine_say() {
    let lengths = Lengths::Lognormal {
        prompt_mean: 200.0,
        prompt_variation: 0.3,
        output_mean: 80.0,
        output_variation: 0.7,
    };
    let mut scenario = bare(1, Arrivals::Poisson { rate: 0.3 }, lengths);
    scenario.duration_seconds = 43_200.0;
    let run = simulate(&scenario, 60.0);
    let services: Vec<f64> = run
        .requests
        .iter()
        .filter_map(|outcome| Some(outcome.prefill()? + outcome.decode()?))
        .collect();
    let rate = run.requests.len() as f64 / (43_200.0 + 600.0);
    let first = mean(services.iter().copied());
    let second = mean(services.iter().map(|time| time * time));
    let expected = rate * second / (2.0 * (1.0 - rate * first));
    assert_within("wait", mean(run.requests.iter().filter_map(Outcome::queue)), expected, 0.1);
}

/// The utilisation law: the device is busy for throughput × device time of a request. 3 %.
#[test]
fn utilisation_is_throughput_times_demand() {
    let mut scenario =
        bare(1, Arrivals::Poisson { rate: 0.3 }, Lengths::Fixed { prompt: 200, output: 80 });
    scenario.duration_seconds = 7200.0;
    let run = simulate(&scenario, 15.0);
    let throughput = run.growth("e2e_request_latency_seconds_count") / 7200.0;
    let device =
        run.targets.iter().find(|target| target.job == "dcgm").expect("devices are exported");
    let busy = device
        .series
        .iter()
        .find(|series| series.name == "DCGM_FI_PROF_GR_ENGINE_ACTIVE")
        .expect("exported");
    let busy = busy.values.iter().sum::<f64>() / busy.values.len() as f64;
    assert_within("busy", busy, throughput * service(&scenario, 200.0, 80.0), 0.03);
}

/// N sessions, c slots, no thinking: X = c/S, R = N/X. S at a batch of c. 2 %.
#[test]
fn a_closed_loop_beyond_its_slots() {
    let arrivals = Arrivals::ClosedLoop { sessions: 5, think_seconds: 0.0 };
    let mut scenario = bare(2, arrivals, Lengths::Fixed { prompt: 100, output: 200 });
    scenario.duration_seconds = 3600.0;
    let run = simulate(&scenario, 15.0);
    let law = scenario.engine.hardware.law;
    let time = 199.0 * (law.base + 2.0 * law.sequence) + law.base + 2.0 * law.prefill * 100.0;
    let throughput = run.growth("e2e_request_latency_seconds_count") / 3600.0;
    assert_within("throughput", throughput, 2.0 / time, 0.02);
    let response = mean(run.requests.iter().filter_map(Outcome::e2e));
    assert_within("response", response, 5.0 / (2.0 / time), 0.02);
}

/// N sessions, enough slots, think time Z: X = N/(S + Z). 3 %: thinking is random, and so is the
/// batch.
#[test]
fn a_closed_loop_within_its_slots() {
    let arrivals = Arrivals::ClosedLoop { sessions: 4, think_seconds: 6.0 };
    let mut scenario = bare(16, arrivals, Lengths::Fixed { prompt: 100, output: 200 });
    scenario.duration_seconds = 7200.0;
    let run = simulate(&scenario, 15.0);
    let throughput = run.growth("e2e_request_latency_seconds_count") / 7200.0;
    let response = mean(run.requests.iter().filter_map(Outcome::e2e));
    assert_within("throughput", throughput, 4.0 / (response + 6.0), 0.03);
    let law = scenario.engine.hardware.law;
    let batch = throughput * response;
    let step = law.base + law.sequence * batch + law.prefill * 100.0 * throughput * law.base;
    assert_within("response", response, 200.0 * step, 0.03);
}
