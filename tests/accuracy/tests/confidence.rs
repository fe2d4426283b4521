//! The table of confidence over cases small enough to count by hand, and the committed one.

use std::fs;
use std::path::Path;

use inference_triage_accuracy::fit::{self, Fit, Seen};
use inference_triage_accuracy::grid::SEED;
use inference_triage_accuracy::record::{Split, Standing};
use inference_triage_accuracy::samples;
use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::confidence::{Counted, TABLE};

/// Cases of one verdict with one support, so many right of so many.
fn cases(verdict: CauseId, support: &str, (right, of): (usize, usize)) -> Vec<Seen> {
    let one = |index| Seen {
        id: format!("{verdict}-{support}-{index}"),
        split: Split::Tuning,
        standing: Standing::Fault,
        verdict: verdict.id().to_owned(),
        support: support.to_owned(),
        right: index < right,
        near: None,
    };
    (0..of).map(one).collect()
}

/// Over all: 14 of 20 with weak support, 0.7, and 90 of 100 with strong support, 0.9.
fn counted() -> Fit {
    let cases = [
        cases(CauseId::SlowDecode, "weak", (11, 12)),
        cases(CauseId::SlowDecode, "strong", (78, 80)),
        cases(CauseId::KvThrash, "weak", (3, 4)),
        cases(CauseId::KvThrash, "strong", (4, 12)),
        cases(CauseId::LoraChurn, "weak", (0, 4)),
        cases(CauseId::LoraChurn, "strong", (7, 7)),
        cases(CauseId::FrontEnd, "strong", (1, 1)),
        cases(CauseId::CannotTell, "weak", (0, 9)),
    ];
    Fit { fingerprint: String::new(), cases: cases.concat() }
}

fn row(id: CauseId) -> [(u16, u16, u16); 2] {
    let rows = counted().rows();
    let row = rows.iter().find(|row| row.id == id).expect("a row");
    row.by_support.map(|Counted { right, of, thousandths }| (right, of, thousandths))
}

#[test]
fn a_verdict_has_its_own_share_drawn_to_all_by_eight_cases() {
    // (11 + 8 × 0.7) / 20 and (78 + 8 × 0.9) / 88.
    assert_eq!(row(CauseId::SlowDecode), [(11, 12, 830), (78, 80, 968)]);
    // (0 + 8 × 0.7) / 12 and (7 + 8 × 0.9) / 15.
    assert_eq!(row(CauseId::LoraChurn), [(0, 4, 467), (7, 7, 947)]);
}

#[test]
fn a_verdict_with_few_cases_lies_near_all_verdicts() {
    // (1 + 8 × 0.7) / 9 and (1 + 8 × 0.9) / 9: both supports share what was counted.
    assert_eq!(row(CauseId::FrontEnd), [(1, 1, 733), (1, 1, 911)]);
    // Without a case it is that of all, and the core states nothing.
    assert_eq!(row(CauseId::HostBound), [(0, 0, 700), (0, 0, 900)]);
}

#[test]
fn more_support_never_lowers_a_probability() {
    // Apart, (3 + 5.6) / 12 = 0.717 would be above (4 + 7.2) / 20 = 0.56: together 7 of 16.
    assert_eq!(row(CauseId::KvThrash), [(7, 16, 525), (7, 16, 592)]);
    for row in counted().rows() {
        let [weak, strong] = row.by_support.map(|counted| counted.thousandths);
        assert!(weak <= strong, "{}", row.id);
    }
}

#[test]
fn what_harms_nobody_and_what_cannot_be_told_do_not_count() {
    let mut fit = counted();
    assert_eq!(fit.share(|_| true).of, 120);
    fit.cases[0].standing = Standing::HarmlessFault;
    fit.cases[1].standing = Standing::Unsound;
    fit.cases[2].split = Split::Test;
    assert_eq!(fit.share(|_| true).of, 117);
}

#[test]
fn cases_of_the_test_set_measure_the_table() {
    let mut fit = counted();
    assert_eq!(fit.reliability().right.of, 0);
    let mut seen = cases(CauseId::LoraChurn, "strong", (1, 2));
    for case in &mut seen {
        case.split = Split::Test;
    }
    fit.cases.extend(seen);
    // Two at 0.947, one right: |1 − 1.894| / 2.
    let reliability = fit.reliability();
    assert_eq!((reliability.right.hits, reliability.right.of), (1, 2));
    assert!(reliability.error.is_some_and(|error| (error - 0.447).abs() < 1e-9));
}

fn committed() -> Fit {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(fit::FILE);
    let text = fs::read_to_string(path).expect("the counted cases are committed");
    serde_json::from_str(&text).expect("a fit")
}

/// The check that costs nothing; `npm run accuracy -- --fit --check` answers a part of the cases
/// again.
#[test]
fn the_table_is_what_the_committed_cases_give() {
    let fit = committed();
    assert_eq!(fit.rows(), TABLE, "`npm run accuracy -- --fit` writes the table");
    assert_eq!(fit.fingerprint, samples::fit().fingerprint(SEED), "another sample");
}

#[test]
fn no_case_is_one_of_another_sample() {
    let points = samples::fit().points(SEED);
    let drawn: Vec<_> = points.iter().map(|point| (&point.id, point.split)).collect();
    let seen = committed().cases;
    assert_eq!(seen.iter().map(|case| (&case.id, case.split)).collect::<Vec<_>>(), drawn);
    let other = [samples::quick(), samples::full()].map(|grid| grid.points(SEED)).concat();
    assert!(points.iter().all(|point| other.iter().all(|other| other.seed != point.seed)));
}

#[test]
fn a_tenth_may_be_answered_otherwise() {
    assert!(!fit::is_outdated(5, 57) && fit::is_outdated(6, 57));
    let fit = counted();
    let mut now: Vec<Seen> = fit::part(&fit.cases).cloned().collect();
    assert!(fit::changed(&fit, &now).is_empty());
    now[1].right = !now[1].right;
    assert_eq!(fit::changed(&fit, &now).len(), 1);
}
