//! Each verdict is what a reader gets who chooses that replica.

use super::*;
use crate::ingest::batch::{SampleBatch, SeriesDescription};
use crate::settings::{ScopeSettings, Settings};

const REPLICAS: [&str; 3] = ["a", "b", "c"];

/// Half an hour at 15 s: every replica serves two requests a second of half a second; at `b` each
/// token takes ten times as long for the last ten minutes.
fn session() -> Session {
    let times: Vec<f64> = (0..=120).map(|at| 1_780_002_000_000.0 + f64::from(at) * 15e3).collect();
    let mut batch = SampleBatch { times, ..SampleBatch::default() };
    for replica in REPLICAS {
        let slow = |at: f64| if replica == "b" { (at - 80.0).max(0.0) } else { 0.0 };
        let tokens = move |at: f64| at * 15.0 * 100.0;
        let seconds = move |at: f64| tokens(at) * 0.01 + slow(at) * 15.0 * 100.0 * 0.09;
        let late = move |at: f64| slow(at) * 15.0 * 100.0;
        let mut add = |name: &str, le: Option<&str>, value: &dyn Fn(f64) -> f64| {
            let mut labels = vec![("__name__", name), ("model_name", "gemma"), ("pod", replica)];
            labels.extend(le.map(|le| ("le", le)));
            batch.series.push(SeriesDescription {
                labels: labels
                    .into_iter()
                    .map(|(name, value)| (name.into(), value.into()))
                    .collect(),
                offset: batch.values.len(),
                length: batch.times.len(),
                ..SeriesDescription::default()
            });
            batch.values.extend((0..=120).map(|at| value(f64::from(at))));
        };
        let itl = "vllm:inter_token_latency_seconds";
        add(&format!("{itl}_bucket"), Some("0.05"), &|at| tokens(at) - late(at));
        add(&format!("{itl}_bucket"), Some("0.25"), &tokens);
        add(&format!("{itl}_bucket"), Some("+Inf"), &tokens);
        add(&format!("{itl}_count"), None, &tokens);
        add(&format!("{itl}_sum"), None, &seconds);
        let ttft = "vllm:time_to_first_token_seconds";
        for le in ["0.5", "+Inf"] {
            add(&format!("{ttft}_bucket"), Some(le), &|at| at * 30.0);
        }
        add(&format!("{ttft}_count"), None, &|at| at * 30.0);
        add(&format!("{ttft}_sum"), None, &|at| at * 3.0);
        add("vllm:num_requests_running", None, &|_| 2.0);
        add("vllm:num_requests_waiting", None, &|_| 0.0);
    }
    let mut session = Session::new();
    session.load_batch(batch).expect("the batch is sound");
    session
}

#[test]
fn each_is_what_choosing_that_replica_shows() {
    let mut session = session();
    let all = session.replica_verdicts(0, 0..usize::MAX).expect("a scope");
    assert_eq!((all.all, all.verdicts.len()), (3, 3));
    for verdict in &all.verdicts {
        let scope = ScopeSettings { replica: Some(verdict.replica.clone()), model: None };
        session.configure(Settings { scope, ..Settings::default() }).expect("sound settings");
        let chosen = session.report().expect("a report").diagnosis;
        assert_eq!((chosen.verdict.id, chosen.verdict.severity), (verdict.id, verdict.severity));
        assert_eq!(chosen.verdict.sentence, verdict.sentence);
        // The choice of one replica leaves the others' verdicts and the table as they are.
        assert_eq!(session.replica_verdicts(0, 0..usize::MAX).expect("a scope"), all);
        assert_eq!(chosen.fleet.expect("three replicas").rows.len(), 3);
    }
    let [a, b, c] = all.verdicts.as_slice() else { panic!("{all:?}") };
    assert_ne!(a.id, b.id, "only b is slow");
    assert_eq!(a.id, c.id);
}

#[test]
fn parts_are_the_whole_and_what_does_not_exist_is_left_out() {
    let session = session();
    let all = session.replica_verdicts(0, 0..usize::MAX).expect("a scope");
    let mut parts = Vec::new();
    for from in 0..4 {
        parts.extend(session.replica_verdicts(0, from..from + 1).expect("a scope").verdicts);
    }
    assert_eq!(parts, all.verdicts);
    assert_eq!(session.replica_verdicts(0, 0..0).expect("a scope").all, 3);
    assert!(session.replica_verdicts(7, 0..1).is_err());
    assert!(Session::new().replica_verdicts(0, 0..1).is_err());
}

#[test]
fn the_slow_one_stands_out_and_stands_first() {
    let fleet = session().report().expect("a report").diagnosis.fleet.expect("three replicas");
    assert_eq!(fleet.rows[0].replica, "b/0");
    let deviation = fleet.rows[0].deviation.as_ref().expect("it is slow");
    assert_eq!(deviation.kind.id(), "speed");
    assert!(fleet.rows[1..].iter().all(|row| row.deviation.is_none()), "{fleet:?}");
    assert!(fleet.sentence.starts_with("1 of 3 replicas stands out. b/0: "), "{}", fleet.sentence);
}
