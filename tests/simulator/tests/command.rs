//! The command line as a person uses it.

use std::process::{Command, Output};

use inference_triage_core::session::Session;
use inference_triage_simulator::configuration::Scenario;

fn simulator(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_simulator"))
        .args(arguments)
        .output()
        .expect("the program is built")
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn incidents_are_listed_with_their_titles() {
    let list = text(&simulator(&["incidents"]));
    assert!(list.lines().count() >= 8);
    assert!(list.lines().all(|line| line.split('\t').count() == 2), "{list}");
    assert!(list.contains("published-slot-cap\t"));
}

#[test]
fn a_response_is_read_by_the_core() {
    let selection = ["--incident", "published-slot-cap", "--duration", "1500"];
    let output = simulator(&[&["run", "--format", "response"][..], &selection].concat());
    let mut session = Session::new();
    session.load_prometheus(&[text(&output).as_bytes()]).expect("the response is sound");
    assert_eq!(session.report().expect("there is a report").diagnosis.verdict.id.id(), "slot-cap");
}

#[test]
fn a_scenario_is_printed_and_read_again() {
    let selection = [
        "--hardware",
        "opt-13b-a100",
        "--fault",
        "kv-thrash",
        "--seed",
        "9",
        "--action",
        "raise-kv-memory",
    ];
    let printed = text(&simulator(&[&["scenario"][..], &selection].concat()));
    let scenario: Scenario = serde_json::from_str(&printed).expect("the program prints a scenario");
    assert_eq!((scenario.seed, scenario.faults.len(), scenario.actions.len()), (9, 1, 1));
}

#[test]
fn what_is_not_understood_is_said() {
    let cases: [(&[&str], &str); 7] = [
        (&["run", "--incident", "kv-thrash", "--interval", "0"], "scrape interval is 0"),
        (&["fly"], "no command \"fly\""),
        (&["run"], "--incident, --scenario or --hardware"),
        (&["run", "--incident", "none"], "`simulator incidents` lists them"),
        (&["run", "--hardware", "opt-13b-a100", "--fault", "none"], "no fault class"),
        (&["run", "--hardware", "opt-13b-a100", "--duration", "long"], "--duration needs a number"),
        (&["incidents", "--loud"], "not understood"),
    ];
    for (arguments, expected) in cases {
        let output = simulator(arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && message.contains(expected), "{arguments:?}: {message}");
        assert_eq!(message.lines().count(), 1, "one sentence: {message}");
    }
}
