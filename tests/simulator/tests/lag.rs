//! Correct data never contradict themselves, however short the window: requests in flight at its
//! ends explain what sums of two populations differ by.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::session::Session;
use inference_triage_core::settings::{Interval, Settings};
use inference_triage_simulator::configuration::{
    FaultClass, Hardware, HealthyVariant, Restart, Scenario, Shift,
};
use inference_triage_simulator::simulate;

/// What only wrong telemetry may be told of.
const CONTRADICTIONS: [CaveatId; 8] = [
    CaveatId::CountsDiffer,
    CaveatId::SumsDiffer,
    CaveatId::PartsExceedWhole,
    CaveatId::DecodeDiffers,
    CaveatId::BatchTooLarge,
    CaveatId::WrongUnit,
    CaveatId::SumFell,
    CaveatId::EngineDefect,
];

/// Looks at windows of 15 s to all of the range, every 45 s of it; returns how many there were.
fn check(scenario: &Scenario) -> usize {
    let run = simulate(scenario, 15.0);
    let mut session = Session::new();
    session.load_batch(run.sample_batch(&["DCGM_", "kueue_"])).unwrap();
    let range = session.report().unwrap().diagnosis.range;
    let mut windows = 0;
    for length in [15_000, 45_000, 120_000, 240_000] {
        for start in (range.start..=range.end - length).step_by(45_000) {
            let window = Some(Interval { start, end: start + length });
            session.configure(Settings { window, ..Settings::default() }).unwrap();
            let diagnosis = session.report().unwrap().diagnosis;
            for caveat in &diagnosis.quality.caveats {
                assert!(
                    !CONTRADICTIONS.contains(&caveat.id),
                    "{}, {} s from {} s on: {}",
                    scenario.name,
                    length / 1000,
                    (start - range.start) / 1000,
                    caveat.text
                );
            }
            windows += 1;
        }
    }
    windows
}

fn short(seed: u64) -> Scenario {
    let hardware = Hardware::all().swap_remove(seed as usize % Hardware::all().len());
    Scenario { seed, warm_up_seconds: 60.0, duration_seconds: 300.0, ..Scenario::new(hardware) }
}

#[test]
fn no_window_of_any_fault_contradicts_itself() {
    let mut windows = 0;
    let sound = FaultClass::ALL.iter().filter(|class| **class != FaultClass::TelemetryFault);
    for (seed, class) in sound.enumerate() {
        windows += check(&short(seed as u64 + 1).with_fault(*class, 0.8, 120.0));
    }
    assert!(windows > 500, "only {windows} windows");
}

#[test]
fn no_window_of_a_healthy_engine_contradicts_itself() {
    for (seed, variant) in HealthyVariant::ALL.iter().enumerate() {
        check(&short(seed as u64 + 50).with_variant(*variant));
    }
}

/// A queue that grows and drains: most of what finishes began long before the window.
#[test]
fn no_window_of_a_ramp_contradicts_itself() {
    for (seed, factor) in [(1, 3.0), (2, 6.0), (3, 0.1)] {
        let shift = |at_seconds, rate_factor| Shift {
            at_seconds,
            rate_factor,
            prompt_factor: 1.0,
            output_factor: 1.0,
        };
        check(&Scenario { shifts: vec![shift(60.0, factor), shift(180.0, 0.2)], ..short(seed) });
    }
}

/// Around a restart families lose different requests; that is told as a restart, not as a fault.
#[test]
fn a_restart_makes_no_fault_of_the_telemetry() {
    for seed in 1..4 {
        let restarts = vec![Restart {
            replica: 0,
            at_seconds: 97.0 + 20.0 * seed as f64,
            kv_factor: 1.0,
            drain_seconds: 0.0,
        }];
        let scenario = Scenario { restarts, ..short(seed) };
        let run = simulate(&scenario, 15.0);
        let mut session = Session::new();
        session.load_batch(run.sample_batch(&["DCGM_", "kueue_"])).unwrap();
        let range = session.report().unwrap().diagnosis.range;
        for start in (range.start..=range.end - 60_000).step_by(15_000) {
            let window = Some(Interval { start, end: start + 60_000 });
            session.configure(Settings { window, ..Settings::default() }).unwrap();
            let verdict = session.report().unwrap().diagnosis.verdict;
            assert_ne!(verdict.id.id(), "telemetry-fault", "{}", verdict.sentence);
        }
    }
}
