//! Each rival gives on the published incident the answer that is recorded of it.
//!
//! The recorded answers of the three tools were obtained by running them against a replay of these
//! two expositions. Those of matrix, patterns and alerts follow by hand from the incident's known
//! PromQL quantiles: before, time to first token 7.25 s, queue 9.5 s, inter-token 9.6 ms at p95,
//! one request waiting, cache 2 % used, no hit in the prefix cache.

use std::collections::BTreeMap;
use std::path::PathBuf;

use inference_triage_accuracy::answer::{Answer, Claim};
use inference_triage_accuracy::observed::Observed;
use inference_triage_accuracy::product::{Objectives, Product};
use inference_triage_accuracy::rivals::{Moment, RIVALS};
use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};

/// What the chat users of the incident were promised, seconds.
const OBJECTIVES: Objectives = Objectives { ttft: 2.5, itl: 0.05, tpot: 0.05, e2e: 10.0 };

/// Distance of the two scrapes, milliseconds.
const APART: f64 = 300_000.0;

fn read(file: &str) -> Vec<(BTreeMap<String, String>, f64)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../incidents/seed000").join(file);
    let text = std::fs::read_to_string(&path).expect("the exposition is there");
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(sample).collect()
}

fn sample(line: &str) -> (BTreeMap<String, String>, f64) {
    let (series, value) = line.rsplit_once(' ').expect("a sample has a value");
    let (name, inside) = series.split_once('{').unwrap_or((series, "}"));
    let mut labels: BTreeMap<String, String> = inside
        .trim_end_matches('}')
        .split("\",")
        .filter_map(|pair| pair.split_once("=\""))
        .map(|(name, value)| (name.to_owned(), value.trim_end_matches('"').to_owned()))
        .collect();
    labels.insert("__name__".to_owned(), name.to_owned());
    labels.insert("instance".to_owned(), "seed000:8000".to_owned());
    (labels, value.parse().expect("a value is a number"))
}

fn batch(case: &str) -> SampleBatch {
    let (first, second) =
        (read(&format!("seed000-{case}.t0.prom")), read(&format!("seed000-{case}.t1.prom")));
    let device = read("seed000.dcgm.prom");
    let mut batch = SampleBatch { times: vec![0.0, APART], ..SampleBatch::default() };
    let engine = first.iter().zip(&second).map(|(before, after)| {
        assert_eq!(before.0, after.0, "the two scrapes hold the same series in the same order");
        (before, after)
    });
    for ((labels, before), (_, after)) in engine.chain(device.iter().zip(&device)) {
        batch.series.push(SeriesDescription {
            labels: labels.clone().into_iter().collect(),
            offset: batch.values.len(),
            length: 2,
            ..SeriesDescription::default()
        });
        batch.values.extend([before, after]);
    }
    batch
}

fn answer(rival: &str, case: &str) -> Answer {
    let batch = batch(case);
    let rival = RIVALS.iter().find(|candidate| candidate.id == rival).expect("the rival exists");
    (rival.judge)(&Observed::new(&batch), Moment { at: APART, replicas: 1, objectives: OBJECTIVES })
}

#[test]
fn vllm_doctor_warns_of_queue_first_token_and_prefix_cache_and_still_warns_after_the_repair() {
    let before = answer("vllm-doctor", "before");
    assert_eq!(
        before.said,
        "high queue latency; high time to first token; low prefix-cache hit rate"
    );
    assert_eq!(before.action.as_deref(), Some("add-replicas"));
    assert_eq!(answer("vllm-doctor", "after").said, "low prefix-cache hit rate");
}

#[test]
fn inferpilot_calls_the_cap_compute_bound_and_the_repair_healthy() {
    let before = answer("inferpilot", "before");
    assert_eq!(before.said, "compute-bound or other");
    assert_eq!(before.action, None, "it has no lever for requests that wait");
    assert_eq!(answer("inferpilot", "after").first(), &Claim::Healthy);
}

#[test]
fn inferguard_sees_the_prefix_cache_alone_both_times() {
    for case in ["before", "after"] {
        assert_eq!(answer("inferguard", case).said, "low prefix-cache hit rate");
    }
}

#[test]
fn the_matrix_says_load_or_large_prefills_and_then_nothing() {
    assert_eq!(
        answer("published-matrix", "before").first(),
        &Claim::cause(&["load-above-capacity", "long-prompts"])
    );
    assert_eq!(answer("published-matrix", "after").first(), &Claim::Healthy);
}

#[test]
fn the_patterns_see_the_prefix_cache_alone_both_times() {
    for case in ["before", "after"] {
        assert_eq!(answer("published-patterns", case).said, "prefix-cache misses");
    }
}

#[test]
fn the_alerts_are_silent_both_times() {
    for case in ["before", "after"] {
        assert_eq!(answer("published-alerts", case).first(), &Claim::Healthy);
    }
}

#[test]
fn the_reflex_scales_out_the_slot_cap() {
    assert_eq!(answer("waiting-means-scale-out", "before").action.as_deref(), Some("add-replicas"));
    assert_eq!(answer("waiting-means-scale-out", "after").first(), &Claim::Healthy);
}

#[test]
fn the_diagnosis_names_the_cap_and_then_health() {
    let judge = |case| Product::load(&batch(case), OBJECTIVES).unwrap().judge((0, APART as i64));
    let before = judge("before");
    assert_eq!(before.first(), &Claim::cause(&["slot-cap"]));
    assert_eq!(before.action.as_deref(), Some("raise-max-num-seqs"));
    assert!(before.margin.is_some_and(|margin| margin >= 0.0));
    assert_eq!(judge("after").first(), &Claim::Healthy);
}
