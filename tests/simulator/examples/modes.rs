//! How the running gauge reads with and without scheduling ahead, and what each mechanism of a slow
//! device does to the objectives: for looking at the model while it is changed.
#![allow(clippy::print_stdout, reason = "a program that prints")]

use inference_triage_simulator::configuration::{FaultClass, Hardware, Scenario};
use inference_triage_simulator::faults::device::Mechanism;
use inference_triage_simulator::{Run, simulate};

fn main() {
    for hardware in Hardware::all() {
        for is_ahead in [false, true] {
            let mut scenario = Scenario::new(hardware.clone()).undisturbed();
            scenario.engine.async_scheduling = is_ahead;
            let run = simulate(&scenario, 5.0);
            let prefill = run.growth("request_prefill_time_seconds_sum")
                / run.growth("request_prefill_time_seconds_count");
            let mode = if is_ahead { "ahead" } else { "between" };
            println!("{} {mode}: running {}, prefill {prefill:.4} s", hardware.id, running(&run));
        }
        mechanisms(&hardware);
    }
}

/// Share of the requests that meet their objectives before and after the onset.
fn mechanisms(hardware: &Hardware) {
    for severity in [0.05, 0.3, 0.6, 1.0] {
        let shares: Vec<String> = (0..6)
            .map(|seed| {
                let sound =
                    Scenario { seed, ..Scenario::new(hardware.clone()) }.with_fitting_objectives();
                let run =
                    simulate(&sound.with_fault(FaultClass::SlowDecode, severity, 900.0), 60.0);
                let share = |from, to| run.attainment(from, to).share().unwrap_or(f64::NAN);
                let (before, after) = (share(0.0, 900.0), share(900.0, 1800.0));
                format!("{:?} {before:.3} → {after:.3}", Mechanism::of_seed(seed))
            })
            .collect();
        println!("  severity {severity}: {}", shares.join(", "));
    }
}

/// Tenths of the distribution of the running gauge.
fn running(run: &Run) -> String {
    let series = run.targets[0].series.iter();
    let gauge = series.filter(|series| series.name == "vllm:num_requests_running");
    let mut values: Vec<f64> = gauge.flat_map(|series| series.values.iter().copied()).collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[(share * (values.len() - 1) as f64) as usize];
    format!("p10 {} p50 {} p90 {}", at(0.1), at(0.5), at(0.9))
}
