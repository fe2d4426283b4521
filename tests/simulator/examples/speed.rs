//! How many seconds of one engine are simulated in a second of one core.
#![allow(clippy::print_stdout, reason = "a program that prints")]

use std::time::Instant;

use inference_triage_simulator::configuration::{FaultClass, Hardware, Scenario};
use inference_triage_simulator::simulate;

fn main() {
    println!(
        "| hardware | requests a second | sequences | healthy, × real time | overloaded, × real time |"
    );
    println!("|---|---|---|---|---|");
    for hardware in Hardware::all() {
        let healthy = Scenario { duration_seconds: 3600.0, ..Scenario::new(hardware.clone()) };
        let overloaded = healthy.clone().with_fault(FaultClass::LoadAboveCapacity, 0.5, 0.0);
        let mut speeds = Vec::new();
        let mut rate = 0.0;
        let mut running = 0.0;
        for scenario in [&healthy, &overloaded] {
            let begin = Clock::now();
            let run = simulate(scenario, 15.0);
            speeds.push((scenario.duration_seconds + scenario.warm_up_seconds) / begin.seconds());
            if speeds.len() == 1 {
                rate = run.growth("e2e_request_latency_seconds_count") / scenario.duration_seconds;
                running =
                    run.growth("request_inference_time_seconds_sum") / scenario.duration_seconds;
            }
        }
        println!(
            "| `{}` | {rate:.1} | {running:.0} | {:.0} | {:.0} |",
            hardware.id, speeds[0], speeds[1]
        );
    }
}

/// Time of this thread on a core where Linux tells it, so that other programs do not count;
/// otherwise time.
struct Clock {
    begin: Instant,
    on_core: Option<f64>,
}

impl Clock {
    fn now() -> Self {
        Self { begin: Instant::now(), on_core: on_core() }
    }

    fn seconds(&self) -> f64 {
        match (on_core(), self.on_core) {
            (Some(now), Some(begin)) => now - begin,
            _ => self.begin.elapsed().as_secs_f64(),
        }
    }
}

/// Seconds that this thread was on a core.
fn on_core() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
