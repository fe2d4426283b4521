//! A metric that is written under another name, or with other bounds, from some scrape on is read
//! as if it had kept them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};
use inference_triage_core::report::Report;
use inference_triage_core::session::Session;
use inference_triage_simulator::configuration::{FaultClass, Hardware, Scenario};
use inference_triage_simulator::simulate;

fn report(batch: SampleBatch) -> Report {
    let mut session = Session::new();
    session.load_batch(batch).unwrap();
    session.report().unwrap()
}

/// A slow device from the middle on, so that the baseline matters.
fn incident() -> SampleBatch {
    let scenario = Scenario { duration_seconds: 600.0, ..Scenario::new(Hardware::llama_8b_h100()) };
    let scenario = scenario.with_fault(FaultClass::SlowDecode, 0.9, 300.0);
    simulate(&scenario, 15.0).sample_batch(&["DCGM_", "kueue_"])
}

/// From the scrape `at` on the series that `rename` knows go by what it makes of them.
fn renamed(
    batch: &SampleBatch,
    at: usize,
    rename: &dyn Fn(&SeriesDescription) -> Option<SeriesDescription>,
) -> SampleBatch {
    let mut spoilt = SampleBatch { series: Vec::new(), ..batch.clone() };
    for series in &batch.series {
        let Some(other) = rename(series) else {
            spoilt.series.push(series.clone());
            continue;
        };
        spoilt.series.push(SeriesDescription { length: at, ..series.clone() });
        spoilt.series.push(SeriesDescription {
            grid: series.grid + at,
            offset: series.offset + at,
            length: series.length - at,
            ..other
        });
    }
    spoilt
}

fn with_label(series: &SeriesDescription, label: &str, value: String) -> SeriesDescription {
    let mut series = series.clone();
    series.labels.insert(label.to_owned(), value);
    series
}

/// The same answer; only what was joined is told.
fn assert_same(found: &Report, whole: &Report, what: &str) {
    assert_eq!(found.diagnosis.signals, whole.diagnosis.signals, "{what}");
    assert_eq!(found.diagnosis.verdict, whole.diagnosis.verdict, "{what}");
    assert_eq!(found.diagnosis.baseline, whole.diagnosis.baseline, "{what}");
    let others = |report: &Report| -> Vec<String> {
        let caveats = report.diagnosis.quality.caveats.iter();
        let others = caveats.filter(|caveat| caveat.id != CaveatId::Renamed);
        others.map(|caveat| format!("{} {}", caveat.id, caveat.text)).collect()
    };
    assert_eq!(others(found), others(whole), "{what}");
}

#[test]
fn any_metric_may_change_its_prefix_at_any_time() {
    let batch = incident();
    let whole = report(batch.clone());
    let mut bases: Vec<String> = Vec::new();
    for series in &batch.series {
        let name = &series.labels["__name__"];
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part));
        let base = base.unwrap_or(name).to_owned();
        if name.starts_with("vllm:") && !bases.contains(&base) {
            bases.push(base);
        }
    }
    assert!(bases.len() > 20, "{bases:?}");
    for (index, base) in bases.iter().enumerate() {
        let at = 1 + index * 7 % 39;
        let spoilt = renamed(&batch, at, &|series| {
            let name = &series.labels["__name__"];
            let new = name.replacen(':', "_", 1);
            let is_part = |part: &str| ["", "_bucket", "_sum", "_count"].contains(&part);
            let is_it = name.strip_prefix(base.as_str()).is_some_and(is_part);
            is_it.then(|| with_label(series, "__name__", new))
        });
        assert_same(&report(spoilt), &whole, &format!("{base} from scrape {at} on"));
    }
}

#[test]
fn all_metrics_may_change_their_prefix_at_any_time() {
    let batch = incident();
    let whole = report(batch.clone());
    for at in [1, 2, 11, 20, 21, 33, 40] {
        for prefix in ["vllm_", "ray_vllm_", "kserve_vllm:", "vllm."] {
            let spoilt = renamed(&batch, at, &|series| {
                let rest = series.labels["__name__"].strip_prefix("vllm:")?;
                Some(with_label(series, "__name__", format!("{prefix}{rest}")))
            });
            let found = report(spoilt);
            assert_same(&found, &whole, &format!("{prefix} from scrape {at} on"));
            let caveats = &found.diagnosis.quality.caveats;
            assert!(caveats.iter().any(|caveat| caveat.id == CaveatId::Renamed));
        }
    }
}

#[test]
fn every_bound_may_change_its_spelling_at_any_time() {
    let batch = incident();
    let whole = report(batch.clone());
    let spellings: [fn(f64) -> String; 3] =
        [|bound| format!("{bound}"), |bound| format!("{bound:e}"), |bound| format!("{bound:.6}")];
    for at in [1, 19, 20, 40] {
        for spell in spellings {
            let spoilt = renamed(&batch, at, &|series| {
                let bound: f64 = series.labels.get("le")?.parse().ok()?;
                Some(with_label(series, "le", spell(bound)))
            });
            assert_same(&report(spoilt), &whole, &format!("{} from {at} on", spell(10.0)));
        }
    }
}
