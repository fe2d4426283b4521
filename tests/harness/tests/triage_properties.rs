//! What holds of the answer in every case of the corpus, whatever the cause.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::{Report, Verdict};
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;
use inference_triage_core::triage::facts::FACTS;
use inference_triage_core::triage::finding::State;
use inference_triage_harness::scenario::case::Case;
use inference_triage_harness::scenario::corpus;
use inference_triage_harness::scenario::notation;

fn session(case: &Case) -> Option<Session> {
    let mut session = Session::new();
    let settings = Settings::from_json(case.settings.to_string().as_bytes()).ok()?;
    session.configure(settings).ok()?;
    session.load_prometheus(&[&case.response.to_json()]).ok()?;
    Some(session)
}

/// Name and report of every case that is not refused.
fn reports() -> impl Iterator<Item = (String, Report)> {
    corpus::named_cases()
        .unwrap()
        .into_iter()
        .filter_map(|(name, case)| Some((name, session(&case)?.report().ok()?)))
}

#[test]
fn a_cause_that_fires_rests_on_comparisons_that_hold() {
    for (name, report) in reports() {
        for finding in report.diagnosis.findings.iter().filter(|one| one.state == State::Firing) {
            assert!(!finding.evidence.is_empty(), "{name}: {} rests on nothing", finding.id);
            let against = finding.evidence.iter().find(|evidence| !evidence.supports);
            assert_eq!(against, None, "{name}: {}", finding.id);
        }
    }
}

#[test]
fn no_cause_explains_more_than_there_is() {
    let mut explaining = 0;
    for (name, report) in reports() {
        let verdict = &report.diagnosis.verdict;
        if let Some(explained) = verdict.explained {
            assert!((0.0..=1.0 + 1e-9).contains(&explained), "{name}: explains {explained}");
            explaining += 1;
        }
        for other in verdict.contributing.iter().chain(&verdict.consequences) {
            assert_ne!(*other, verdict.id, "{name}");
            let finding = report.diagnosis.findings.iter().find(|one| one.id == *other).unwrap();
            assert_eq!(finding.state, State::Firing, "{name}: {other}");
        }
        if let Some(excess) = verdict.impact.excess_seconds {
            assert!(excess >= 0.0, "{name}: {excess}");
        }
    }
    assert!(explaining > 20, "only {explaining} cases have time to explain");
}

#[test]
fn the_shares_of_the_ledger_add_up_and_its_ratios_are_ratios() {
    let mut with_shares = 0;
    for (name, report) in reports() {
        let ledger = &report.diagnosis.ledger;
        assert!(ledger.is_empty() || report.diagnosis.baseline.start.is_some(), "{name}");
        for entry in ledger {
            let off = (entry.ratio * entry.before - entry.now).abs();
            assert!(off <= 1e-9 * entry.now.abs(), "{name}: {}", entry.factor);
        }
        let shares: Vec<f64> = ledger.iter().filter_map(|entry| entry.share).collect();
        if !shares.is_empty() {
            assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{name}: {shares:?}");
            assert!(shares.iter().all(|share| *share >= 0.0), "{name}: {shares:?}");
            with_shares += 1;
        }
    }
    assert!(with_shares >= 15, "only {with_shares} cases have shares");
}

/// A second model beside the first: its engine is another one, and it changes nothing.
#[test]
fn an_unrelated_model_changes_no_verdict() {
    let cases = corpus::named_cases().unwrap();
    let (_, other) = cases.iter().find(|(name, _)| name.starts_with("kv-thrash--")).unwrap();
    let mut beside = other.response.clone();
    for series in &mut beside.series {
        series.labels.insert("model_name".to_owned(), "unrelated".to_owned());
        series.labels.insert("pod".to_owned(), "unrelated".to_owned());
        series.labels.insert("instance".to_owned(), "unrelated:1".to_owned());
    }
    let mut compared = 0;
    for (name, case) in &cases {
        let Some(alone) = session(case).and_then(|session| session.report().ok()) else { continue };
        let has_models = |label: &str| {
            case.response.series.iter().all(|series| series.labels.contains_key(label))
        };
        if alone.scopes.len() != 1 || case.step_ms != other.step_ms || !has_models("instance") {
            continue;
        }
        let mut both = case.clone();
        let times: Vec<i64> =
            case.response.series[0].samples.iter().map(|(time, _)| *time).collect();
        let mut beside = beside.clone();
        beside.series.iter_mut().for_each(|series| {
            series.samples.retain(|(time, _)| times.contains(time));
        });
        both.response.series.extend(beside.series);
        let Some(session) = session(&both) else { continue };
        let model = &alone.scopes[0].model;
        let summary = session.summary().unwrap();
        let Some(scope) = summary.scopes.iter().find(|scope| scope.model == *model) else {
            continue;
        };
        let found = session.diagnosis(scope.id).unwrap();
        assert_eq!(found.verdict, alone.diagnosis.verdict, "{name}");
        compared += 1;
    }
    assert!(compared > 40, "only {compared} cases could be compared");
}

/// Every case with these series beside, `A` in a line for the number of a scrape's repeats.
fn with_beside(lines: &[&str]) -> Vec<(String, Report, Report)> {
    let mut both = Vec::new();
    for (name, case) in corpus::named_cases().unwrap() {
        let Some(alone) = session(&case).and_then(|session| session.report().ok()) else {
            continue;
        };
        let mut more = case.clone();
        let times: Vec<i64> =
            case.response.series[0].samples.iter().map(|(time, _)| *time).collect();
        for line in lines {
            let line = line.replace('A', &times.len().to_string());
            let mut series = notation::parse(&line, case.step_ms).unwrap();
            series.samples.retain(|(time, _)| times.contains(time));
            more.response.series.push(series);
        }
        both.push((name, alone, session(&more).unwrap().report().unwrap()));
    }
    assert!(both.len() > 200, "only {} cases", both.len());
    both
}

/// What schedulers and devices say of another team's work.
const UNRELATED: &[&str] = &[
    r#"kube_deployment_spec_replicas{namespace="till",deployment="till"} 9xA"#,
    r#"kube_deployment_status_replicas_ready{namespace="till",deployment="till"} 0xA"#,
    r#"kube_statefulset_replicas{namespace="till",statefulset="po"} 9xA"#,
    r#"kube_pod_status_phase{namespace="till",pod="till-7d9f8b6c5d-9qkzb",phase="Pending"} 1xA"#,
    r#"kube_pod_status_unschedulable{namespace="till",pod="till-7d9f8b6c5d-9qkzb"} 1xA"#,
    r#"kube_pod_container_status_last_terminated_reason{pod="till-0",reason="OOMKilled"} 1xA"#,
    r#"kube_horizontalpodautoscaler_status_desired_replicas{horizontalpodautoscaler="x"} 1+1xA"#,
    r#"kueue_pending_workloads{cluster_queue="batch"} 9xA"#,
    r#"kueue_pending_workloads{cluster_queue="more"} 9xA"#,
    r#"dynamo_frontend_requests_started_total{model="unrelated"} 0+900xA"#,
    r#"dynamo_frontend_router_queue_pending_requests{model="unrelated"} 900xA"#,
    r#"dynamo_frontend_model_max_num_seqs{model="unrelated"} 2xA"#,
    r#"llm_d_epp_inflight_requests{endpoint_name="gone"} 900xA"#,
    r#"container_cpu_cfs_periods_total{namespace="till",pod="till-0",container="web"} 0+9xA"#,
    r#"container_cpu_cfs_throttled_periods_total{pod="till-0",container="web"} 0+9xA"#,
];

#[test]
fn series_of_another_workload_change_nothing() {
    for (name, alone, beside) in with_beside(UNRELATED) {
        assert!(beside.diagnosis.verdict == alone.diagnosis.verdict, "{name}");
        assert!(beside.diagnosis.findings == alone.diagnosis.findings, "{name}");
    }
}

/// A scheduler remembers longer than an engine lives.
#[test]
fn series_that_begin_before_the_engine_change_nothing() {
    for (name, case) in corpus::named_cases().unwrap().into_iter().step_by(3) {
        let Some(alone) = session(&case).and_then(|session| session.report().ok()) else {
            continue;
        };
        let mut more = case.clone();
        // What is not read at all belongs to nobody and stays in the range, as it always did.
        for line in UNRELATED.iter().filter(|line| !line.contains("inflight")) {
            let mut series = notation::parse(&line.replace('A', "40"), case.step_ms).unwrap();
            series.samples.iter_mut().for_each(|(time, _)| *time -= 41 * case.step_ms);
            more.response.series.push(series);
        }
        let beside = session(&more).unwrap().report().unwrap();
        assert!(beside.diagnosis.verdict == alone.diagnosis.verdict, "{name}");
    }
}

/// What may be said of the workload of the replicas `pod-0`, `pod-1` and so on.
const OWN: &[&str] = &[
    r#"kube_statefulset_replicas{namespace="serving",statefulset="pod"} 9xA"#,
    r#"kube_statefulset_status_replicas_ready{namespace="serving",statefulset="pod"} 2xA"#,
    r#"kube_pod_status_phase{namespace="serving",pod="pod-8",phase="Pending"} 1xA"#,
    r#"kube_pod_status_unschedulable{namespace="serving",pod="pod-8"} 1xA"#,
    r#"kube_pod_container_status_last_terminated_reason{pod="pod-0",reason="OOMKilled"} 1xA"#,
    r#"kube_horizontalpodautoscaler_status_desired_replicas{horizontalpodautoscaler="pod"} 1+1xA"#,
    r#"kueue_pending_workloads{cluster_queue="serving"} 9xA"#,
    r#"vllm_router_requests_total{route="/v1/completions"} 0+9000xA"#,
    r#"vllm_router_retries_total{route="/v1/completions"} 0+7xA"#,
    r#"DCGM_FI_DEV_SM_CLOCK{UUID="GPU-a",gpu="0",pod="pod-0"} 1200xA"#,
    r#"DCGM_FI_DEV_CLOCKS_EVENT_REASONS{UUID="GPU-a",gpu="0",pod="pod-0"} 36xA"#,
    r#"container_cpu_cfs_periods_total{pod="pod-0",container="engine"} 0+9xA"#,
    r#"container_cpu_cfs_throttled_periods_total{pod="pod-0",container="engine"} 0+9xA"#,
];

fn said(verdict: &Verdict) -> (&str, &str, &[String]) {
    (&verdict.sentence, &verdict.detail, &verdict.beside)
}

/// More is known and nothing else is found: a fault stays a fault, and no cause is lost.
#[test]
fn series_of_its_own_workload_take_no_cause_away() {
    let mut told = 0;
    for (name, alone, beside) in with_beside(OWN) {
        let (now, then) = (&beside.diagnosis.verdict, &alone.diagnosis.verdict);
        assert_eq!((now.id, now.severity), (then.id, then.severity), "{name}");
        let states = |report: &Report| {
            let findings = report.diagnosis.findings.iter();
            findings.map(|one| (one.id, one.state)).collect::<Vec<_>>()
        };
        assert_eq!(states(&beside), states(&alone), "{name}");
        told += usize::from(said(now) != said(then));
    }
    assert!(told > 100, "only {told} verdicts say more");
}

#[test]
fn a_threshold_set_to_its_own_value_changes_nothing_and_a_wrong_one_is_refused() {
    let cases = corpus::named_cases().unwrap();
    let (_, case) = cases.iter().find(|(name, _)| name.starts_with("slot-cap--")).unwrap();
    let mut session = session(case).unwrap();
    let expected = session.report_bytes().unwrap();
    let mut settings = session.settings().clone();
    for threshold in FACTS.iter().flat_map(|fact| fact.thresholds) {
        settings.thresholds.insert(threshold.id.to_owned(), threshold.value);
    }
    session.configure(settings.clone()).unwrap();
    assert_eq!(session.report_bytes().unwrap(), expected);
    settings.thresholds.insert("memory.full".to_owned(), 7.0);
    let error = session.configure(settings.clone()).unwrap_err();
    assert_eq!(error.code(), "bad-settings");
    assert_eq!(error.to_string(), "the threshold memory.full must be between 0.5 and 1, got 7");
    settings.thresholds = Settings::default().thresholds;
    settings.thresholds.insert("memory.fill".to_owned(), 0.9);
    let error = session.configure(settings).unwrap_err().to_string();
    assert!(error.starts_with("there is no threshold \"memory.fill\"; thresholds are "), "{error}");
    assert_eq!(session.report_bytes().unwrap(), expected, "a refusal changes nothing");
}

/// The first step against a full cache, where the engine says how it is configured.
fn first_step(labels: &[(&str, &str)]) -> String {
    let cases = corpus::named_cases().unwrap();
    let is_configured = |case: &Case| {
        case.response.series.iter().any(|series| series.name().ends_with("cache_config_info"))
    };
    let thrashing = |name: &str, case: &Case| {
        let report = session(case).and_then(|session| session.report().ok());
        name.starts_with("kv-thrash--")
            && is_configured(case)
            && report.is_some_and(|report| report.diagnosis.verdict.id == CauseId::KvThrash)
    };
    let (_, case) = cases.iter().find(|(name, case)| thrashing(name, case)).unwrap();
    let mut case = case.clone();
    for series in case.response.named("cache_config_info") {
        for (label, value) in labels {
            series.labels.insert((*label).to_owned(), (*value).to_owned());
        }
    }
    let report = session(&case).unwrap().report().unwrap();
    let action = report.diagnosis.verdict.action.unwrap();
    format!("{} [{}]", action.sentence, action.steps[0].copy.clone().unwrap_or_default())
}

#[test]
fn an_action_never_advises_what_is_already_set() {
    assert_eq!(
        first_step(&[]),
        "Give the KV cache more memory: raise --gpu-memory-utilization (now 0.9), or store it smaller \
         with --kv-cache-dtype fp8. [--gpu-memory-utilization]"
    );
    assert_eq!(
        first_step(&[("gpu_memory_utilization", "0.85"), ("cache_dtype", "fp8_e4m3")]),
        "Give the KV cache more room: raise --gpu-memory-utilization (now 0.85). \
         [--gpu-memory-utilization]"
    );
    assert_eq!(
        first_step(&[("gpu_memory_utilization", "0.97"), ("cache_dtype", "auto")]),
        "Give the KV cache more room: store it smaller with --kv-cache-dtype fp8. \
         [--kv-cache-dtype fp8]"
    );
    let nothing_left = first_step(&[("gpu_memory_utilization", "0.97"), ("cache_dtype", "fp8")]);
    assert!(nothing_left.starts_with("Add replicas"), "{nothing_left}");
}
