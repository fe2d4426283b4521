//! An engine that schedules a step while the one before it runs: what its metrics then show, beside
//! the same engine that waits.

use inference_triage_simulator::configuration::{Arrivals, Hardware, Lengths, Prefixes, Scenario};
use inference_triage_simulator::record::outcome::Outcome;
use inference_triage_simulator::{Run, simulate};

/// Steps of equal length, prompts that fit into one of them, a front end that takes no time.
fn run(slots: usize, arrivals: Arrivals, is_ahead: bool) -> Run {
    let mut hardware = Hardware::opt_13b_a100();
    let law = &mut hardware.law;
    (law.prefill, law.square, law.sequence, law.context, law.mixed) = (0.0, 0.0, 0.0, 0.0, 0.0);
    law.large_batch = None;
    hardware.jitter = 0.0;
    let mut scenario = Scenario::new(hardware);
    let front = &mut scenario.engine.front_end;
    front.per_request_seconds = 0.0;
    front.per_prompt_token_seconds = 0.0;
    front.per_output_seconds = 0.0;
    scenario.engine.max_num_seqs = slots;
    scenario.engine.async_scheduling = is_ahead;
    scenario.traffic.prefixes = Prefixes { groups: 0, share: 0.0 };
    scenario.traffic.arrivals = arrivals;
    // Ends by a stop token, as nobody knows in advance.
    scenario.traffic.lengths = Lengths::Lognormal {
        prompt_mean: 200.0,
        prompt_variation: 0.0,
        output_mean: 60.0,
        output_variation: 0.0,
    };
    simulate(&scenario.undisturbed(), 1.0)
}

const STEP: f64 = 23.48e-3;

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!((found / expected - 1.0).abs() < tolerance, "{found}, not {expected}");
}

/// Prefill is the rest of the step under way and its own: two steps, unless the engine was idle.
#[test]
fn prefill_takes_two_steps() {
    let busy = Arrivals::Poisson { rate: 8.0 };
    let prefill =
        |is_ahead| mean(run(256, busy, is_ahead).requests.iter().filter_map(Outcome::prefill));
    assert_close(prefill(false), STEP, 0.01);
    assert_close(prefill(true), 2.0 * STEP, 0.01);
    let quiet = Arrivals::Poisson { rate: 0.02 };
    let alone = mean(run(256, quiet, true).requests.iter().filter_map(Outcome::prefill));
    assert_close(alone, STEP, 0.05);
}

/// A stop token is known after the next step was scheduled: the slot is free one step later, so a
/// full engine serves 60 of 61 steps.
#[test]
fn a_slot_is_free_one_step_later() {
    let full = Arrivals::ClosedLoop { sessions: 12, think_seconds: 0.0 };
    let finished = |is_ahead| {
        let run = run(4, full, is_ahead);
        run.growth("e2e_request_latency_seconds_count") / run.scenario.duration_seconds
    };
    assert_close(finished(false), 4.0 / (60.0 * STEP), 0.01);
    assert_close(finished(true), 4.0 / (61.0 * STEP), 0.01);
}

/// Tokens, gaps and first tokens agree in both modes, and every token was computed once.
#[test]
fn nothing_is_counted_twice() {
    for is_ahead in [false, true] {
        let run = run(4, Arrivals::Poisson { rate: 1.5 }, is_ahead);
        let outputs = run.growth("time_to_first_token_seconds_count")
            + run.growth("inter_token_latency_seconds_count");
        let tokens = run.growth("generation_tokens_total");
        assert!((outputs - tokens).abs() < 0.5, "{outputs} outputs, {tokens} tokens");
        assert!(run.requests.iter().all(|one| !one.finished() || one.output == 60));
    }
}

/// Releases before 0.14 wait for a step before they schedule the next.
#[test]
fn old_releases_do_not() {
    let mut scenario = Scenario::new(Hardware::opt_13b_a100());
    assert!(scenario.schedules_ahead());
    scenario.release = inference_triage_simulator::configuration::Release::new(13, 0);
    assert!(!scenario.schedules_ahead());
}
