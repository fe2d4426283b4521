//! Every case of `tests/scenarios`, file by file.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use inference_triage_core::triage::rules::RULES;
use inference_triage_harness::scenario::case::Case;
use inference_triage_harness::scenario::corpus;
use inference_triage_harness::scenario::plausibility::contradictions;

/// Every expectation of one file that does not hold.
fn failures(rule: &str) -> String {
    let document = corpus::document(rule).unwrap();
    let mut failures = String::new();
    for section in &document.sections {
        let found = match Case::of(section) {
            Ok(case) => case.failures(),
            Err(error) => vec![error],
        };
        if !found.is_empty() {
            let place = format!("{rule}.md:{} {}", section.line, section.title);
            failures += &format!("\n{place}\n  {}\n", found.join("\n  "));
        }
    }
    failures
}

#[test]
fn every_case_is_answered_as_it_expects() {
    let files = corpus::rules().unwrap();
    let failures: String = std::thread::scope(|scope| {
        let running: Vec<_> =
            files.iter().map(|rule| scope.spawn(move || failures(rule))).collect();
        running.into_iter().map(|file| file.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_file_belongs_to_a_rule() {
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.id.id()).collect();
    assert_eq!(corpus::rules().unwrap(), rules);
}

#[test]
fn every_rule_has_four_cases() {
    for rule in RULES {
        let cases = corpus::document(rule.id.id()).unwrap().sections.len();
        assert!(cases >= 4, "{} has {cases}", rule.id);
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
