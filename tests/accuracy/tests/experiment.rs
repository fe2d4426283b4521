//! One whole case: simulated, judged by every tool, its advice followed.

use inference_triage_accuracy::answer::Claim;
use inference_triage_accuracy::classes::class;
use inference_triage_accuracy::dropout::Dropout;
use inference_triage_accuracy::environment::Environment;
use inference_triage_accuracy::experiment::{Follow, run};
use inference_triage_accuracy::grid::{Point, Subject};
use inference_triage_accuracy::product;
use inference_triage_accuracy::record::{Configuration, Split, Standing};
use inference_triage_accuracy::rivals::RIVALS;
use inference_triage_accuracy::scoring::{Effect, Outcome};

fn point(subject: Subject, severity: f64) -> Point {
    Point {
        id: "a case".to_owned(),
        seed: 7,
        subject,
        configuration: Configuration {
            hardware: "gemma-l40s".to_owned(),
            traffic: "poisson".to_owned(),
            replicas: 1,
        },
        split: Split::Test,
        environment: Environment {
            running: 4.0,
            lengths: "chat".to_owned(),
            model_length: 16_384,
            ..Environment::default()
        },
        shared: 0.4,
        severity,
        onset: severity > 0.0,
        before_seconds: 600.0,
        window_seconds: 300.0,
        scrape_seconds: 15.0,
        dropout: Dropout::Complete,
    }
}

fn slot_cap() -> Point {
    point(Subject::Fault(class("slot-cap").expect("the class exists")), 1.0)
}

#[test]
fn a_severe_slot_cap_counts_is_named_and_its_advice_helps() {
    let ran = run(&slot_cap(), Follow::Product).unwrap();
    let record = &ran.record;
    assert_eq!(record.standing, Standing::Fault);
    assert!(
        record.missed > 0.5 && record.missed_without < 0.05,
        "{} and {}",
        record.missed,
        record.missed_without
    );
    assert_eq!(record.tools.len(), 1 + RIVALS.len());
    let ours = record.of(product::ID).unwrap();
    assert_eq!(
        (ours.outcome, ours.effect),
        (Outcome::Right, Some(Effect::Helped)),
        "it said {}",
        ours.said
    );
    assert!(ours.missed_after.unwrap() < 0.1);
    assert_eq!(ran.advice_simulations, 1);
    assert!(
        RIVALS.iter().all(|rival| record.of(rival.id).unwrap().effect.is_none()),
        "nobody else's advice was followed"
    );
}

#[test]
fn the_same_point_gives_the_same_record() {
    assert_eq!(
        run(&slot_cap(), Follow::Product).unwrap().record,
        run(&slot_cap(), Follow::Product).unwrap().record
    );
}

#[test]
fn a_plain_service_is_no_alarm_and_has_no_advice() {
    let record = run(&point(Subject::Healthy("plain"), 0.0), Follow::Everyone).unwrap().record;
    assert_eq!(record.standing, Standing::Healthy);
    let ours = record.of(product::ID).unwrap();
    // Objectives lie inside of buckets, so that some are too close to call; none raises an alarm.
    assert!(matches!(ours.first, Claim::Healthy | Claim::CannotTell), "it said {}", ours.said);
    assert_eq!(ours.effect, None);
}

#[test]
fn an_unknown_installation_is_one_sentence() {
    let mut unknown = slot_cap();
    unknown.configuration.hardware = "abacus".to_owned();
    assert_eq!(run(&unknown, Follow::Product).unwrap_err(), "the simulator has no hardware abacus");
}
