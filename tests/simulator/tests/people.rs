//! Callers who give up and ask again, and servers that refuse them: an overload has an end.

use inference_triage_simulator::configuration::{Arrivals, Clients, Hardware, Scenario};
use inference_triage_simulator::record::outcome::{Ending, Outcome};
use inference_triage_simulator::{Run, simulate};

/// Three times what four slots serve.
fn overloaded(clients: Clients, refuses_from: Option<usize>) -> Run {
    let mut scenario = Scenario::new(Hardware::opt_13b_a100());
    scenario.engine.max_num_seqs = 4;
    scenario.engine.max_queued_requests = refuses_from;
    scenario.traffic.arrivals = Arrivals::Poisson { rate: 2.0 };
    scenario.traffic.clients = clients;
    simulate(&scenario.undisturbed(), 15.0)
}

fn ended(run: &Run, ending: Ending) -> usize {
    run.requests.iter().filter(|outcome| outcome.ending == ending).count()
}

fn longest_wait(run: &Run) -> f64 {
    run.requests.iter().filter_map(Outcome::ttft).fold(0.0, f64::max)
}

fn highest(run: &Run, name: &str) -> f64 {
    let series = run.targets.iter().flat_map(|target| &target.series);
    let values = series.filter(|series| series.name == name).flat_map(|series| &series.values);
    values.copied().filter(|value| !value.is_nan()).fold(0.0, f64::max)
}

const TIME_OUT: f64 = 30.0;

#[test]
fn a_queue_is_no_longer_than_patience() {
    let endless = overloaded(Clients::default(), None);
    assert!(highest(&endless, "vllm:num_requests_waiting") > 1000.0);
    let patience = Clients { timeout_seconds: Some(TIME_OUT), ..Clients::default() };
    let run = overloaded(patience, None);
    assert!(ended(&run, Ending::Aborted) > 500);
    assert!(longest_wait(&run) <= TIME_OUT, "{}", longest_wait(&run));
    // Nobody waits longer than 30 s, so no more wait than come in 30 s.
    let waiting = highest(&run, "vllm:num_requests_waiting");
    assert!(waiting < 2.0 * TIME_OUT * 1.4, "{waiting}");
}

/// Two retries of those who timed out: up to three attempts for each that comes.
#[test]
fn those_who_time_out_ask_again() {
    let clients = |retries| Clients {
        timeout_seconds: Some(TIME_OUT),
        retries,
        back_off_seconds: 0.5,
        ..Clients::default()
    };
    let (once, again) = (overloaded(clients(0), None), overloaded(clients(2), None));
    let (first, attempts) = (once.requests.len() as f64, again.requests.len() as f64);
    assert!(attempts > first * 1.8 && attempts < first * 3.0, "{first} asked {attempts} times");
}

/// Who leaves on purpose does not come back.
#[test]
fn those_who_leave_do_not() {
    let leaving = Clients { leaving_share: 1.0, leave_within_seconds: 1.0, ..Clients::PATIENT };
    let run = overloaded(leaving, None);
    let arrivals = 2.0 * (run.scenario.duration_seconds + run.scenario.warm_up_seconds);
    let requests = run.requests.len() as f64;
    assert!((requests / arrivals - 1.0).abs() < 0.1, "{requests} of {arrivals}");
}

#[test]
fn a_full_queue_refuses_and_counts() {
    let run = overloaded(Clients::PATIENT, Some(20));
    let refused = ended(&run, Ending::Rejected);
    assert!(refused > 500, "{refused}");
    assert!(highest(&run, "vllm:num_requests_waiting") <= 21.0);
    assert!(run.growth("admission_rejections_total") > 400.0);
}
