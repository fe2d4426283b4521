use super::*;
use crate::catalogue::signals::SignalId;
use crate::report::RuledOut;

fn finding(id: CauseId, state: State) -> Finding {
    Finding {
        id,
        condition: id.meaning(),
        state,
        reason: String::new(),
        confidence: None,
        evidence: Vec::new(),
        rules_out: Vec::new(),
        missing: Vec::new(),
        replicas: Vec::new(),
        caveats: Vec::new(),
    }
}

#[test]
fn every_verdict_but_cannot_tell_has_one_row() {
    let rows: Vec<CauseId> = TABLE.iter().map(|row| row.id).collect();
    let all = CauseId::ALL.iter().copied();
    let wanted: Vec<CauseId> = all.filter(|id| *id != CauseId::CannotTell).collect();
    assert_eq!(rows, wanted, "`npm run accuracy -- --fit` writes the table");
}

#[test]
fn more_support_never_lowers_a_probability() {
    for Row { id, by_support } in TABLE {
        let [weak, strong] = by_support.map(|counted| counted.thousandths);
        assert!(0 < weak && weak <= strong && strong < 1000, "{id}: {weak} and {strong}");
        assert!(by_support.iter().all(|one| one.right <= one.of), "{id}");
        assert_eq!(by_support[0].of == 0, by_support[1].of == 0, "{id} is counted or is not");
    }
}

#[test]
fn words_at_their_edges() {
    for (confidence, wanted) in [
        (1.0, ConfidenceWord::Certain),
        (0.95, ConfidenceWord::Certain),
        (0.949, ConfidenceWord::Likely),
        (0.8, ConfidenceWord::Likely),
        (0.799, ConfidenceWord::Possible),
        (0.5, ConfidenceWord::Possible),
        (0.499, ConfidenceWord::Uncertain),
        (0.0, ConfidenceWord::Uncertain),
    ] {
        assert_eq!(word(confidence, 400), wanted, "{confidence}");
    }
    assert_eq!(word(1.0, 399), ConfidenceWord::Likely, "too few cases to be certain");
}

#[test]
fn the_grade_and_a_missing_decider_cap_the_word() {
    use ConfidenceWord::{Certain, Likely, Possible, Uncertain};
    let (by_grade, by_signal) = (Some(ConfidenceCap::Grade), Some(ConfidenceCap::MissingSignal));
    for (given, grade, lacks, wanted) in [
        (Certain, Grade::A, false, (Certain, None)),
        (Certain, Grade::B, false, (Certain, None)),
        (Certain, Grade::C, false, (Likely, by_grade)),
        (Likely, Grade::C, false, (Likely, None)),
        (Certain, Grade::D, false, (Possible, by_grade)),
        (Likely, Grade::D, true, (Possible, by_grade)),
        (Possible, Grade::D, true, (Possible, None)),
        (Uncertain, Grade::D, true, (Uncertain, None)),
        (Certain, Grade::A, true, (Likely, by_signal)),
        (Certain, Grade::C, true, (Likely, by_grade)),
    ] {
        assert_eq!(capped(given, grade, lacks), wanted, "{given}, {grade}, {lacks}");
    }
}

#[test]
fn the_phrase_names_cases_and_cap() {
    let capped = Some(ConfidenceCap::Grade);
    assert_eq!(
        phrase(ConfidenceWord::Certain, None, 57, 60),
        "certain: right in 57 of 60 such simulated cases"
    );
    assert_eq!(
        phrase(ConfidenceWord::Likely, capped, 1, 1),
        "likely, capped by the data grade: right in 1 of 1 such simulated case"
    );
}

/// `slot-cap` is told from `slow-decode`, among others, and not from `lora-churn`.
#[test]
fn a_neighbour_without_its_signal_could_still_be_the_cause() {
    let lacks = |findings: &[Finding]| lacks_decider(CauseId::SlotCap, findings);
    let own = finding(CauseId::SlotCap, State::Firing);
    let mut neighbour = finding(CauseId::SlowDecode, State::Unknown);
    assert!(!lacks(&[own.clone(), neighbour.clone()]), "it lacks a baseline, not a signal");
    neighbour.missing = vec![SignalId::Itl];
    assert!(lacks(&[own.clone(), neighbour.clone()]));
    let stranger = Finding { id: CauseId::LoraChurn, ..neighbour.clone() };
    assert!(!lacks(&[own.clone(), stranger]));
    let clear = Finding { state: State::Clear, ..neighbour.clone() };
    assert!(!lacks(&[own.clone(), clear]));
    let excluded = RuledOut { id: CauseId::SlowDecode, because: "ITL is 9 ms".to_owned() };
    assert!(!lacks(&[Finding { rules_out: vec![excluded], ..own }, neighbour]));
}
