//! The rules of Prometheus 3.14 that a server of the 2.x line cannot show, as cases derived by hand
//! in the notation of Prometheus's own test scripts: `promql/*.test` beside this file.

use inference_triage_harness::promql_cases::run;

/// Runs a script and holds it to a number of evaluations, so that a part that is not read is
/// noticed.
#[track_caller]
fn holds(script: &str, evaluations: usize) {
    match run(script) {
        Ok(run) => assert_eq!(run, evaluations),
        Err(failures) => panic!("{failures}"),
    }
}

#[test]
fn classic_quantiles_and_fractions() {
    let script = include_str!("promql/classic.test");
    holds(script, script.matches("\neval ").count());
}

#[test]
fn native_quantiles_and_fractions() {
    let script = include_str!("promql/native.test");
    holds(script, script.matches("\neval ").count());
}

#[test]
fn rates_and_increases() {
    let script = include_str!("promql/rates.test");
    holds(script, script.matches("\neval ").count());
}
