//! Shares, confusion and gate over cases small enough to count by hand.

use std::collections::BTreeMap;

use inference_triage_accuracy::answer::Claim;
use inference_triage_accuracy::changed::Change;
use inference_triage_accuracy::dropout::Dropout;
use inference_triage_accuracy::environment::Environment;
use inference_triage_accuracy::gate;
use inference_triage_accuracy::product;
use inference_triage_accuracy::record::{CaseRecord, Configuration, Judgement, Split, Standing};
use inference_triage_accuracy::report::page::{Beside, page};
use inference_triage_accuracy::results::Results;
use inference_triage_accuracy::scoring::{Effect, Outcome};
use inference_triage_accuracy::statistics::Share;
use inference_triage_accuracy::tally::{Confusion, Tally};

fn case(id: &str, truth: &str, said: &[&str], outcome: Outcome) -> CaseRecord {
    let first = match said {
        ["healthy"] => Claim::Healthy,
        ["cannot-tell"] => Claim::CannotTell,
        ids => Claim::cause(ids),
    };
    let judgement = Judgement {
        outcome,
        first,
        said: "a | sentence".to_owned(),
        evidence: vec!["evidence".to_owned()],
        action: None,
        effect: None,
        missed_after: None,
        detected_after: None,
        margin: Some(0.5),
        confidence: None,
        change: Change::default(),
    };
    CaseRecord {
        id: id.to_owned(),
        truth: truth.to_owned(),
        variant: (truth == "healthy").then(|| "idle".to_owned()),
        configuration: Configuration {
            hardware: "h".to_owned(),
            traffic: "t".to_owned(),
            replicas: 1,
        },
        split: Split::Test,
        standing: if truth == "healthy" { Standing::Healthy } else { Standing::Fault },
        severity: 1.0,
        onset: true,
        window_seconds: 300.0,
        scrape_seconds: 15.0,
        dropout: Dropout::Complete,
        missed: 0.5,
        missed_without: 0.0,
        environment: Environment::default(),
        mended: None,
        tools: BTreeMap::from([(product::ID.to_owned(), judgement)]),
    }
}

/// Six faults: two named (one of them among two causes), one second, one abstained, one missed, one
/// wrong; three healthy cases with one alarm; one harmless fault that counts nowhere.
fn cases() -> Vec<CaseRecord> {
    let mut cases = vec![
        case("a", "slot-cap", &["slot-cap"], Outcome::Right),
        case("b", "load-above-capacity", &["load-above-capacity", "slot-cap"], Outcome::Right),
        case("c", "slot-cap", &["load-above-capacity"], Outcome::Second),
        case("d", "burst", &["cannot-tell"], Outcome::Abstained),
        case("e", "burst", &["healthy"], Outcome::Missed),
        case("f", "slot-cap", &["kv-thrash"], Outcome::Wrong),
        case("g", "healthy", &["healthy"], Outcome::Right),
        case("h", "healthy", &["slow-decode"], Outcome::FalseAlarm),
        case("i", "healthy", &["cannot-tell"], Outcome::Abstained),
        case("j", "burst", &["slot-cap"], Outcome::Wrong),
    ];
    cases[9].standing = Standing::HarmlessFault;
    let judgement = |case: &mut CaseRecord, effect, detected| {
        if let Some(judgement) = case.tools.get_mut(product::ID) {
            judgement.effect = Some(effect);
            judgement.detected_after = detected;
        }
    };
    judgement(&mut cases[0], Effect::Helped, Some(90.0));
    judgement(&mut cases[1], Effect::Nothing, Some(300.0));
    judgement(&mut cases[5], Effect::Harmed, None);
    judgement(&mut cases[4], Effect::NoAdvice, None);
    cases
}

fn share(hits: usize, of: usize) -> Share {
    Share { hits, of }
}

#[test]
fn shares_by_hand() {
    let tally = Tally::of(&cases(), product::ID);
    assert_eq!((tally.top1, tally.top2), (share(2, 6), share(3, 6)));
    assert_eq!(
        (tally.abstained, tally.missed, tally.wrong),
        (share(1, 6), share(1, 6), share(1, 6))
    );
    assert_eq!((tally.false_alarms, tally.healthy_abstained), (share(1, 3), share(1, 3)));
    assert_eq!(tally.action_correct(), share(1, 4));
    assert_eq!(tally.effect(Effect::Harmed), share(1, 4));
    assert_eq!(tally.detected_within, [share(0, 6), share(1, 6), share(2, 6), share(2, 6)]);
    assert_eq!(tally.median_detection, Some(90.0));
    // Right answers are worth 1 and 1/2.
    assert!((tally.shared_credit.unwrap() - 1.5 / 6.0).abs() < 1e-12);
    // Four first statements name causes: 1, 2, 1 and 1 of them.
    assert!((tally.classes_named.unwrap() - 5.0 / 4.0).abs() < 1e-12);
}

#[test]
fn an_unknown_tool_has_no_shares() {
    assert_eq!(Tally::of(&cases(), "nobody").top1, Share::default());
}

#[test]
fn confusion_by_hand() {
    let matrix = Confusion::of(&cases(), product::ID);
    assert_eq!(matrix.truths, ["slot-cap", "load-above-capacity", "burst", "healthy"]);
    assert_eq!(
        matrix.answers,
        ["slot-cap", "load-above-capacity", "kv-thrash", "slow-decode", "healthy", "cannot-tell"]
    );
    let expected = [[1, 1, 1, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1]];
    assert_eq!(matrix.counts, expected);
}

#[test]
fn results_survive_their_file_and_pass_their_own_gate() {
    let results = Results::of("quick", 1, &cases(), 3);
    let read: Results = serde_json::from_str(&serde_json::to_string(&results).unwrap()).unwrap();
    assert_eq!(read, results);
    let figures = gate::compare(&results, &results);
    assert!(figures.iter().all(|figure| !figure.fails()));
    let mut worse = cases();
    for case in worse.iter_mut().filter(|case| case.truth == "healthy") {
        if let Some(judgement) = case.tools.get_mut(product::ID) {
            judgement.outcome = Outcome::FalseAlarm;
        }
    }
    let figures = gate::compare(&results, &Results::of("quick", 1, &worse, 3));
    let failed: Vec<&str> =
        figures.iter().filter(|figure| figure.fails()).map(|figure| figure.name).collect();
    assert_eq!(failed, ["false alarm on a healthy service"]);
}

#[test]
fn the_page_tells_failures_before_comparisons() {
    let mut cases = cases();
    for case in &mut cases {
        case.split =
            if matches!(case.id.as_str(), "f" | "h") { Split::Tuning } else { Split::Test };
    }
    let results = Results::of("full", 1, &cases, 3);
    assert_eq!(
        results.failures.iter().map(|case| case.id.as_str()).collect::<Vec<_>>(),
        ["h", "f"]
    );
    let page = page(&results, Some(&results), &Beside::default());
    let position = |text: &str| page.find(text).unwrap_or_else(|| panic!("the page lacks {text}"));
    assert!(position("### Where it is wrong") < position("## Beside other ways"));
    assert!(
        page.contains("“a | sentence”"),
        "a sentence outside of a table is quoted as it was said"
    );
}
