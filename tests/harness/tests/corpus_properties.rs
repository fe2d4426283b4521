//! What holds of every case of the corpus: the order of the input changes nothing, and the planned
//! queries give the same report as the raw series.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use inference_triage_harness::random::Random;
use inference_triage_harness::scenario::ORIGIN_MS;
use inference_triage_harness::scenario::case::{Case, diagnose, report_bytes};
use inference_triage_harness::scenario::corpus;
use inference_triage_harness::scenario::planned::planned;
use inference_triage_harness::scenario::response::Response;
use serde_json::Value;

/// The report's bytes, or the error's text.
fn outcome(case: &Case, response: &Response) -> Result<String, String> {
    let bytes =
        report_bytes(&case.settings, &response.to_json()).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(bytes).unwrap())
}

#[test]
fn permuted_input_gives_the_same_bytes() {
    for (seed, (name, case)) in corpus::named_cases().unwrap().into_iter().enumerate() {
        let mut random = Random::new(seed as u64);
        let mut permuted = case.response.clone();
        random.shuffle(&mut permuted.series);
        permuted.series.iter_mut().for_each(|series| random.shuffle(&mut series.samples));
        assert_ne!(permuted, case.response, "{name}");
        assert_eq!(outcome(&case, &permuted), outcome(&case, &case.response), "{name}");
    }
}

/// Cases that the planned queries cannot give: what they are about is lost before the core sees it.
fn only_raw(name: &str, case: &Case) -> bool {
    let series_by_hand = case.has_raw_series;
    // Increments tell nothing of the process that counted them, nor when it was replaced.
    let mut segments = case.loads.iter().flat_map(|load| &load.segments);
    let unscraped = segments.any(|segment| !segment.scraped || segment.restart);
    // Lost scrapes: the server looks back for them, which the rewriting here does not imitate.
    // Renamed metrics and other prefixes: roles replace names. Refused settings: nothing to
    // compare.
    series_by_hand
        || unscraped
        || name.contains("two-prefixes")
        || case.loads.iter().any(|load| load.header.lazy_zeros)
}

/// Both reports without what speaks of the way the data came: metric names in copied queries,
/// repairs of raw counters.
fn comparable(mut report: Value) -> Value {
    for scope in report["scopes"].as_array_mut().into_iter().flatten() {
        scope["engine"].as_object_mut().map(|engine| engine.remove("prefix"));
    }
    if let Some(fields) = report.as_object_mut() {
        fields.remove("quality");
        fields.remove("columns");
    }
    for finding in report["findings"].as_array_mut().into_iter().flatten() {
        finding.as_object_mut().map(|finding| finding.remove("caveats"));
    }
    if let Some(action) = report["verdict"]["action"].as_object_mut() {
        action.remove("steps");
    }
    report
}

/// The first place at which two reports differ by more than rounding.
fn difference(left: &Value, right: &Value, path: &str) -> Option<String> {
    match (left, right) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64()?, other.as_f64()?);
            let scale = one.abs().max(other.abs());
            ((one - other).abs() > 1e-9 * scale + 1e-12)
                .then(|| format!("{path}: {one} and {other}"))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(index, (one, other))| {
                difference(one, other, &format!("{path}[{index}]"))
            })
        }
        (Value::Object(one), Value::Object(other)) => {
            if let Some(key) = one
                .keys()
                .chain(other.keys())
                .find(|key| !one.contains_key(*key) || !other.contains_key(*key))
            {
                return Some(format!("{path}.{key} is in one of them only"));
            }
            one.iter().find_map(|(key, one)| difference(one, &other[key], &format!("{path}.{key}")))
        }
        _ => (left != right).then(|| format!("{path}: {left} and {right}")),
    }
}

#[test]
fn planned_and_raw_input_give_the_same_report() {
    let mut compared = 0;
    for (name, case) in corpus::named_cases().unwrap() {
        if only_raw(&name, &case) {
            continue;
        }
        // A server has data before the range: the first increment ends at the range's first time.
        let mut raw = case.response.clone();
        raw.series
            .iter_mut()
            .for_each(|series| series.samples.retain(|(time, _)| *time > ORIGIN_MS));
        let planned = planned(&case.response, &case.loads[0].header.prefix, case.step_ms);
        let reports =
            [&raw, &planned].map(|response| diagnose(&case.settings, &response.to_json()));
        let [Ok(raw), Ok(planned)] = reports else {
            let [raw, planned] = reports.map(|report| report.map_err(|error| error.code()).err());
            assert_eq!(raw, planned, "{name}");
            continue;
        };
        let found = difference(&comparable(raw), &comparable(planned), "report");
        assert_eq!(found, None, "{name}");
        compared += 1;
    }
    assert!(compared >= 60, "only {compared} cases were compared");
}
