//! The query plan: plain strings both ways.

use inference_triage_core::query::{
    Dialect, FetchRange, Grouping, PlanOptions, prefix_of_name as core_prefix_of_name,
};
use inference_triage_core::settings::Settings;
use inference_triage_core::source::registry;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{bad_settings, from_core};

/// The queries that the core needs of an engine, flat: the probe, the raw selector, the watch or
/// nothing, then role and query in turn.
///
/// `dialect` is `promql`, `grafana` or `perses`, `grouping` is `replica` or `model`; `apart` are
/// the instances that the watch named and `namespaces` those that the probe named, each with a line
/// end behind it.
#[expect(clippy::too_many_arguments, reason = "the boundary takes plain values")]
#[wasm_bindgen]
pub fn plan(
    engine: &str,
    prefix: Option<String>,
    matchers: String,
    step_ms: f64,
    dialect: &str,
    grouping: &str,
    apart: Option<String>,
    namespaces: Option<String>,
) -> Result<Vec<String>, JsValue> {
    let dialect = match dialect {
        "promql" => Dialect::Promql,
        "grafana" => Dialect::Grafana,
        "perses" => Dialect::Perses,
        other => {
            return Err(bad_settings(&format!(
                "dialect must be promql, grafana or perses, got \"{other}\""
            )));
        }
    };
    let grouping = match grouping {
        "replica" => Grouping::Replica,
        "model" => Grouping::Model,
        other => {
            return Err(bad_settings(&format!(
                "grouping must be replica or model, got \"{other}\""
            )));
        }
    };
    let step_ms = step_ms as i64;
    let options = PlanOptions { prefix, matchers, step_ms, dialect, grouping, apart, namespaces };
    let plan =
        inference_triage_core::query::plan(engine, &options).map_err(|error| from_core(&error))?;
    let mut flat = vec![plan.probe, plan.raw_selector, plan.watch.unwrap_or_default()];
    for query in plan.queries {
        flat.push(query.role);
        flat.push(query.promql);
    }
    Ok(flat)
}

/// The history that a diagnosis of a range with these settings, JSON bytes, needs: start, end and
/// step of its range queries in milliseconds. Nothing when it needs none.
///
/// `start`, `end` and `step_ms` are those of the range; `length_ms` is how much of the past is
/// wanted besides, `ahead_ms` how much behind an earlier baseline, so that it need not be asked for
/// again while the range moves on.
#[wasm_bindgen(js_name = historyRange)]
pub fn history_range(
    settings: &[u8],
    start: f64,
    end: f64,
    step_ms: f64,
    length_ms: Option<f64>,
    ahead_ms: f64,
) -> Result<Option<Vec<f64>>, JsValue> {
    let settings = Settings::from_json(settings).map_err(|error| from_core(&error))?;
    let [start, end, step_ms] = [start, end, step_ms].map(|number| number as i64);
    let range = FetchRange { start, end, step_ms };
    let history = range.history(&settings, length_ms.map(|ms| ms as i64), ahead_ms as i64);
    Ok(history.map(|range| vec![range.start as f64, range.end as f64, range.step_ms as f64]))
}

/// The prefix of an engine's metric name, e.g. `ray_vllm_` of `ray_vllm_num_requests_running`;
/// nothing for other names.
#[wasm_bindgen(js_name = prefixOfName)]
pub fn prefix_of_name(name: &str) -> Option<String> {
    core_prefix_of_name(name).map(str::to_owned)
}

/// The serving engines whose metrics the core reads, flat: id and title in turn.
#[wasm_bindgen]
pub fn engines() -> Vec<String> {
    let mut flat = Vec::new();
    for engine in registry::engines() {
        flat.push(engine.id.to_owned());
        flat.push(engine.title.to_owned());
    }
    flat
}
