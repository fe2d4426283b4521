//! The quick sample: no more wrong answers than the ceilings allow, and no ceiling that is too
//! high.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::LazyLock;

use inference_triage_mutations::base::Base;
use inference_triage_mutations::bases;
use inference_triage_mutations::ceilings::{differences, of, read};
use inference_triage_mutations::diagnosis::report;
use inference_triage_mutations::expectation::Figures;
use inference_triage_mutations::mutations::MUTATIONS;
use inference_triage_mutations::page::summary;
use inference_triage_mutations::sample::{cases, run};

static BASES: LazyLock<Vec<Base>> = LazyLock::new(|| bases::all().unwrap());

/// A base that is not understood undamaged would say nothing about its damage.
#[test]
fn every_base_gets_its_truth_undamaged() {
    let mut wrong = String::new();
    for base in BASES.iter() {
        let report = report(base, &base.table, base.window, None).unwrap();
        let found = report["verdict"]["id"].as_str().unwrap_or("");
        let truth = base.table.finished(base.window);
        let finished = report["window"]["finished_requests"].as_f64();
        let same = match (truth, finished) {
            (Some(truth), Some(finished)) => Figures::around(truth).hold(finished),
            _ => true,
        };
        if found != base.truth || !same {
            let sentence = &report["verdict"]["sentence"];
            wrong += &format!(
                "\n{}: {found} ({sentence}), {finished:?} finished, not {truth:?}",
                base.name
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn no_more_and_no_fewer_wrong_answers_than_the_ceilings_say() {
    let cases = cases(&BASES, None, None);
    let ran = run(&cases, 2, |_| ());
    for mutation in MUTATIONS {
        assert!(ran.iter().any(|one| one.mutation == mutation.id), "no case of {}", mutation.id);
    }
    let differences = differences(&read().unwrap(), &of(&ran));
    assert!(differences.is_empty(), "{}\n\n{}", differences.join("\n"), summary(&ran));
}
