//! Every case of `tests/scenarios`, one test a file.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use inference_triage_core::triage::registry::RULES;
use inference_triage_harness::scenario::case::Case;
use inference_triage_harness::scenario::corpus;
use inference_triage_harness::scenario::plausibility::contradictions;

/// Runs the cases of one file and reports every expectation that does not hold.
fn run(rule: &str) {
    let document = corpus::document(rule).unwrap();
    let mut failures = String::new();
    for section in &document.sections {
        let found = match Case::of(section) {
            Ok(case) => case.failures(),
            Err(error) => vec![error],
        };
        if !found.is_empty() {
            failures += &format!(
                "\n{rule}.md:{} {}\n  {}\n",
                section.line,
                section.title,
                found.join("\n  ")
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

macro_rules! files {
    ($($test:ident = $rule:literal;)*) => {
        /// The rules whose files are run below.
        const FILES: &[&str] = &[$($rule,)*];

        $(
            #[test]
            fn $test() {
                run($rule);
            }
        )*
    };
}

files! {
    cannot_tell = "cannot-tell";
    healthy = "healthy";
    kv_thrash = "kv-thrash";
    long_prompts = "long-prompts";
    offered_load = "offered-load";
    slot_cap = "slot-cap";
    slow_decode = "slow-decode";
    telemetry_fault = "telemetry-fault";
}

#[test]
fn every_file_is_run_and_belongs_to_a_rule() {
    assert_eq!(corpus::rules().unwrap(), FILES);
    let mut rules: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    rules.sort_unstable();
    assert_eq!(rules, FILES);
}

#[test]
fn every_rule_has_four_cases() {
    for rule in FILES {
        let cases = corpus::document(rule).unwrap().sections.len();
        assert!(cases >= 4, "{rule} has {cases}");
    }
}

/// Gauges and requests of a load must fit together; where a case is about the contrary, its load
/// says so.
#[test]
fn loads_obey_littles_law() {
    let mut found = String::new();
    for (name, case) in corpus::named_cases().unwrap() {
        for contradiction in case.loads.iter().flat_map(contradictions) {
            found += &format!("\n{name}: {contradiction}");
        }
    }
    assert!(found.is_empty(), "{found}");
}
