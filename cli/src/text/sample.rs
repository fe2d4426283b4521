//! Reports to print in tests: a published slot-cap incident with its figures, and one without data.

use inference_triage_core::catalogue::actions::ActionId;
use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::catalogue::limits::LimitId;
use inference_triage_core::catalogue::phases::Phase;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::histogram::Basis;
use inference_triage_core::limits::Provenance;
use inference_triage_core::quality::Grade;
use inference_triage_core::report::confidence::{ConfidenceSource, Support};
use inference_triage_core::report::{
    Action, ActionStep, Attained, Attainment, Baseline, Budget, CaveatReport, Diagnosis,
    EngineSummary, Evidence, Finding, Impact, Kept, Limit, Objective, Objectives, Pattern,
    PhasePart, Phases, Quality, QuantileReport, Report, RuledOut, SCHEMA, ScopeSummary,
    SignalReport, Signals, Span, Verdict, Window,
};
use inference_triage_core::signal::level::{Level, ThresholdSource};
use inference_triage_core::triage::finding::{Compare, ConfidenceWord, Severity, State, Trend};
use inference_triage_core::window::baseline::BaselineSource;

const START: i64 = 1_795_271_400_000;
const END: i64 = START + 300_000;

/// Three chat sessions against two slots.
pub(super) fn slot_cap() -> Report {
    Report {
        scopes: vec![ScopeSummary {
            id: 0,
            engine: EngineSummary {
                profile: "vllm".to_owned(),
                version_hint: Some(">=0.20".to_owned()),
                prefix: "vllm:".to_owned(),
            },
            model: "gemma".to_owned(),
            replicas: vec!["pod-0/0".to_owned()],
            verdict_id: CauseId::SlotCap,
            severity: Severity::Critical,
            impact: impact(),
        }],
        diagnosis: Diagnosis {
            schema: SCHEMA,
            scope: 0,
            range: Span { start: START, end: END, step: 300_000 },
            window: Window { start: START, end: END, step: 300_000, finished_requests: Some(96.0) },
            baseline: Baseline {
                start: Some(START - 600_000),
                end: Some(START),
                source: BaselineSource::Auto,
                finished_requests: Some(264.0),
            },
            verdict: verdict(),
            findings: vec![finding()],
            ledger: Vec::new(),
            objectives: objectives(),
            fleet: None,
            phases: Some(phases()),
            pattern: Pattern {
                ttft: Level::High,
                queue: Level::High,
                itl: Level::Normal,
                direction: "admission".to_owned(),
            },
            signals: signals(),
            limits: vec![Limit {
                name: LimitId::MaxNumSeqs,
                value: 2.0,
                unit: "sequences",
                provenance: Provenance::Inferred,
                text: "behaves as if max_num_seqs = 2 on 1 of 1 engines".to_owned(),
                replica: None,
                since: Some(START),
                usage: Some(2.0),
                usage_share: Some(1.0),
            }],
            quality: Quality {
                grade: Grade::B,
                caveats: vec![CaveatReport {
                id: CaveatId::PopulationLag,
                text: "Time to first token counts other requests than the finish-time families do."
                    .to_owned(),
                count: 1,
            }],
            },
            columns: Vec::new(),
            history: None,
        },
    }
}

fn objectives() -> Objectives {
    let attained = Attained {
        lo: 0.5,
        hi: 0.5,
        sample: Some((0.396, 0.604)),
        count: 96.0,
        requests: Some(96.0),
        nearest_bound: Some((2.0, 0.45)),
        spent: (10.0, 10.0),
    };
    let ttft = Objective {
        signal: SignalId::Ttft,
        target: Some(2.5),
        given: true,
        kept: Kept::Missed,
        reason: "p95 is above 6.05 s, the target is 2.5 s".to_owned(),
        attained: Some(attained),
    };
    let failed = Objective {
        signal: SignalId::LostRequests,
        target: None,
        given: false,
        kept: Kept::Unknown,
        reason: "no counter of failures in the data".to_owned(),
        attained: None,
    };
    let budget = Budget {
        signal: SignalId::Ttft,
        sentence: "TTFT missed by 50 % of 96 requests.".to_owned(),
        spenders: Vec::new(),
    };
    Objectives { quantile: 0.95, rows: vec![ttft, failed], joint: None, budget: Some(budget) }
}

fn impact() -> Impact {
    Impact {
        objectives: Vec::new(),
        excess_seconds: Some(3.07),
        lost_requests: None,
        trend: Trend::Steady,
    }
}

/// Serving metrics, but no finished request.
pub(super) fn cannot_tell() -> Report {
    let mut report = slot_cap();
    report.diagnosis.verdict.id = CauseId::CannotTell;
    report.diagnosis.verdict.state = State::Unknown;
    report.diagnosis.verdict.severity = Severity::Unknown;
    report.diagnosis.verdict.sentence = "No request finished in the window.".to_owned();
    report.diagnosis.verdict.since = None;
    report.diagnosis.verdict.action = None;
    report.diagnosis.phases = None;
    report.diagnosis.objectives.budget = None;
    report.diagnosis.signals = Signals::default();
    report.diagnosis.limits.clear();
    report.diagnosis.findings[0].id = CauseId::CannotTell;
    report.diagnosis.findings[0].evidence.clear();
    report.diagnosis.baseline =
        Baseline { start: None, end: None, source: BaselineSource::None, finished_requests: None };
    report.scopes.push(ScopeSummary {
        id: 1,
        severity: Severity::Ok,
        verdict_id: CauseId::Healthy,
        ..report.scopes[0].clone()
    });
    report
}

fn verdict() -> Verdict {
    Verdict {
        id: CauseId::SlotCap,
        state: State::Firing,
        severity: Severity::Critical,
        sentence: "Admission is capped at 2 running sequences; memory is not the constraint.".to_owned(),
        detail: "Requests wait 3.1 s for a slot, a third of their 9.3 s, while the engine itself is fast. The key-value \
                 cache is 2 % full and nothing was preempted."
            .to_owned(),
        beside: Vec::new(),
        confidence: Some(0.88),
        confidence_word: ConfidenceWord::Likely,
        confidence_source: Some(ConfidenceSource {
            right: 9,
            of: 10,
            support: Support::Weak,
            capped_by: None,
            text: "likely: right in 9 of 10 such simulated cases".to_owned(),
        }),
        since: Some(START),
        action: Some(Action {
            id: ActionId::RaiseMaxNumSeqs,
            sentence: "Raise --max-num-seqs from 2 to 16.".to_owned(),
            effect: "Queue time falls to about 0 and the mean request takes 6.3 s instead of 9.3 s.".to_owned(),
            avoid: vec![ActionId::LowerMaxNumSeqs, ActionId::ScaleOutFirst],
            avoid_because: vec![
                "it makes every waiting request wait longer.".to_owned(),
                "a second replica buys with a GPU what a flag gives.".to_owned(),
            ],
            steps: vec![
                ActionStep {
                    sentence: "Raise --max-num-seqs from 2 to 16.".to_owned(),
                    copy: Some("--max-num-seqs=16".to_owned()),
                    copy_kind: Some("flag"),
                },
                ActionStep {
                    sentence: "Check that nothing waits any more.".to_owned(),
                    copy: Some(
                        "max_over_time(sum by (model_name) (vllm:num_requests_waiting{model_name=\"gemma\"})[10m:15s]) > 0 \
                         and on (model_name) sum by (model_name) (vllm:num_requests_running{model_name=\"gemma\"}) > 0"
                            .to_owned(),
                    ),
                    copy_kind: Some("PromQL"),
                },
            ],
        }),
        impact: impact(),
        explained: Some(1.0),
        contributing: Vec::new(),
        consequences: Vec::new(),
        candidates: Vec::new(),
        flips: Vec::new(),
    }
}

fn finding() -> Finding {
    Finding {
        id: CauseId::SlotCap,
        condition: "Requests wait for a slot while memory is free.",
        state: State::Firing,
        reason: "running stands at 2 while requests wait".to_owned(),
        confidence: None,
        evidence: vec![Evidence {
            signal: SignalId::QueueTime,
            text: "queue time is 33 % of the mean request; a tenth is the line".to_owned(),
            value: 0.33,
            lo: 0.33,
            hi: Some(0.33),
            unit: "ratio",
            compare: Compare::Above,
            threshold: 0.1,
            threshold_source: ThresholdSource::Constant,
            margin: 0.23,
            supports: true,
        }],
        rules_out: vec![RuledOut {
            id: CauseId::KvThrash,
            because: "the key-value cache is 2 % full and nothing was preempted".to_owned(),
        }],
        missing: vec![SignalId::WaitingDeferred, SignalId::RejectionsPerS],
        replicas: vec!["pod-0/0".to_owned()],
        caveats: Vec::new(),
    }
}

fn phases() -> Phases {
    let part = |phase, seconds: f64, baseline: f64| PhasePart {
        phase,
        basis: Basis::Exact,
        part_of: None,
        seconds,
        share: seconds / 9.3186,
        baseline_seconds: Some(baseline),
        delta: Some(seconds - baseline),
        delta_workload: None,
        delta_service: None,
    };
    Phases {
        finished: 96.0,
        mean_e2e: 9.3186,
        baseline_mean_e2e: Some(6.8708),
        parts: vec![
            part(Phase::FrontEnd, 0.0658, 0.0551),
            part(Phase::Queue, 3.0707, 0.000_941),
            part(Phase::Prefill, 0.01112, 0.01284),
            PhasePart {
                delta_workload: Some(0.01),
                delta_service: Some(-0.641),
                ..part(Phase::Decode, 6.171, 6.8019)
            },
        ],
    }
}

fn signals() -> Signals {
    let ttft = SignalReport {
        attainment: Some(Attainment { target: 2.5, lo: 0.5, hi: 0.5, exact: true }),
        level_reason: "p95 is at least 6.05 s, over the target of 2.5 s".to_owned(),
        ..latency("Time to first token", 3.1479, Level::High, bounds(7.25, 6.0506, 7.5))
    };
    let one_bucket = |quantile| QuantileReport {
        artefact: true,
        artefact_reason: Some("all samples share one bucket".to_owned()),
        ..quantile
    };
    let queue = QuantileReport { order_hi: Some(7.5), ..bounds(9.5, 5.4634, 10.0) };
    Signals(vec![
        (SignalId::Ttft, ttft),
        (SignalId::QueueTime, latency("Queue time", 3.0707, Level::High, queue)),
        (
            SignalId::PrefillTime,
            latency("Prefill time", 0.01112, Level::Normal, one_bucket(bounds(0.285, 0.0, 0.2134))),
        ),
        (
            SignalId::DecodeTime,
            latency("Decode time", 6.171, Level::Normal, one_bucket(bounds(9.75, 6.0045, 10.0))),
        ),
        (
            SignalId::Itl,
            latency(
                "Inter-token latency",
                0.008_828,
                Level::Normal,
                bounds(0.009_597, 0.008_607, 0.01),
            ),
        ),
        (SignalId::E2e, latency("End to end", 9.3186, Level::High, bounds(14.5, 10.0, 15.0))),
        (SignalId::Running, gauge("Running", "sequences", 2.0)),
        (SignalId::KvUsage, gauge("KV cache used", "ratio", 0.017)),
    ])
}

fn latency(title: &'static str, mean: f64, level: Level, quantile: QuantileReport) -> SignalReport {
    SignalReport {
        title,
        unit: "s",
        count: Some(96.0),
        mean: Some(mean),
        min: None,
        max: None,
        last: None,
        baseline_mean: Some(mean / 2.0),
        level,
        level_reason: String::new(),
        quantiles: vec![quantile],
        baseline_quantiles: Vec::new(),
        attainment: None,
    }
}

fn gauge(title: &'static str, unit: &'static str, value: f64) -> SignalReport {
    SignalReport {
        unit,
        count: None,
        min: Some(value),
        max: Some(value),
        last: Some(value),
        quantiles: Vec::new(),
        ..latency(title, value, Level::Normal, bounds(0.0, 0.0, 0.0))
    }
}

fn bounds(point: f64, lo: f64, hi: f64) -> QuantileReport {
    QuantileReport {
        q: 0.95,
        point: Some(point),
        lo,
        hi: Some(hi),
        lo_excluded: true,
        basis: Basis::Exact,
        order_hi: None,
        outside_bounds: point > hi,
        sample_lo: None,
        sample_hi: None,
        artefact: false,
        artefact_reason: None,
        unresolved: false,
    }
}
