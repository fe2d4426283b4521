//! The same data as the planned queries would bring them: increments per step, with the role as a
//! label.
//!
//! Computed from the series alone, by the definition of the plan: at each time after the first, the
//! value less the value one step before; after a reset the value itself; nothing where either of
//! the two is missing.

use std::collections::BTreeMap;

use crate::scenario::ORIGIN_MS;
use crate::scenario::catalogue::{METRICS, Measure, Metric, Shape};
use crate::scenario::response::{Response, Series};

/// The role of a measurement in the plan; None for what the plan does not ask for.
fn role(measure: Measure, series: &Series) -> Option<&'static str> {
    Some(match measure {
        Measure::WaitingByReason => match series.labels.get("reason").map(String::as_str) {
            Some("capacity") => "waiting_capacity",
            Some("deferred") => "waiting_deferred",
            _ => return None,
        },
        Measure::FirstToken => "ttft",
        Measure::InterToken => "itl",
        Measure::PerOutputToken => "tpot",
        Measure::EndToEnd => "e2e",
        Measure::Queue => "queue_time",
        Measure::Prefill => "prefill_time",
        Measure::Decode => "decode_time",
        Measure::Inference => "inference_time",
        Measure::PromptLength => "prompt_tokens_per_request",
        Measure::OutputLength => "generation_tokens_per_request",
        Measure::ComputedLength => "computed_prompt_tokens_per_request",
        Measure::Running => "running",
        Measure::Waiting => "waiting",
        Measure::CacheUsage => "kv_usage",
        Measure::Preemptions => "preemptions",
        Measure::PrefixQueries => "prefix_cache_queries",
        Measure::PrefixHits => "prefix_cache_hits",
        Measure::PromptTokens => "prompt_tokens",
        Measure::OutputTokens => "generation_tokens",
        Measure::Finished => "requests_finished",
        Measure::Rejections => "rejections",
        Measure::CacheConfig => "cache_config",
        Measure::Iteration => "tokens_per_step",
        Measure::PromptTokensBySource => match series.labels.get("source").map(String::as_str) {
            Some("local_compute") => "prompt_tokens_computed",
            Some("external_kv_transfer") => "prompt_tokens_transferred",
            _ => return None,
        },
        Measure::Fetching => "kv_fetch_pending",
        Measure::DraftTokens => "draft_tokens",
        Measure::Items => "multimodal_items",
        Measure::AcceptedTokens => "accepted_tokens",
        // Named by itself, without the engine's prefix; see `planned`.
        Measure::HttpRequests => return None,
    })
}

/// Labels that the plan keeps.
const KEPT: [&str; 5] = ["le", "model_name", "engine", "pod", "instance"];

/// Rewrites a response, without its first time: what came before that is not known. Of two names
/// for one measurement the newer one counts, as in the plan.
pub fn planned(response: &Response, prefix: &str, step_ms: i64) -> Response {
    let mut summed: BTreeMap<BTreeMap<String, String>, BTreeMap<i64, f64>> = BTreeMap::new();
    for series in &response.series {
        let Some((role, kind, samples)) = planned_samples(series, response, prefix, step_ms) else {
            continue;
        };
        let keeps_all = kind == "gauge" && role == "cache_config";
        let kept = |label: &String| keeps_all || KEPT.contains(&label.as_str());
        let mut labels: BTreeMap<String, String> = series
            .labels
            .iter()
            .filter(|(label, _)| kept(label))
            .map(|(a, b)| (a.clone(), b.clone()))
            .collect();
        let window = if kind == "increment" { step_ms } else { 0 };
        // Finishes are asked for all together, and those that went wrong by themselves too.
        let part = match series.labels.get("finished_reason").map(String::as_str) {
            Some("error") => Some("requests_errored"),
            Some("abort") => Some("requests_aborted"),
            _ => None,
        };
        for role in std::iter::once(role).chain(part) {
            labels.insert("triage_role".to_owned(), format!("{role}/{kind}/{window}/vllm"));
            let column = summed.entry(labels.clone()).or_default();
            for (time, value) in &samples {
                *column.entry(*time).or_insert(0.0) += value;
            }
        }
    }
    let series = summed
        .into_iter()
        .map(|(labels, column)| Series { labels, samples: column.into_iter().collect() });
    // The server beside the engine is asked for as it is.
    let beside = response.series.iter().filter(|series| series.name() == "http_requests_total");
    let beside = beside.map(|series| {
        let samples = series.samples.iter().filter(|(time, _)| *time > ORIGIN_MS);
        let mut labels = series.labels.clone();
        labels.remove("__name__");
        let role = "http_requests/counter/0/http-server/".to_owned();
        labels.insert("triage_role".to_owned(), role);
        Series { labels, samples: samples.copied().collect() }
    });
    Response { series: series.chain(beside).collect() }
}

type Planned = (&'static str, &'static str, Vec<(i64, f64)>);

fn planned_samples(
    series: &Series,
    response: &Response,
    prefix: &str,
    step_ms: i64,
) -> Option<Planned> {
    let name = series.name().strip_prefix(prefix)?;
    let (metric, suffix) = metric_of(name)?;
    let is_newer = |other: &&Metric| other.measure == metric.measure;
    let newer = METRICS.iter().take_while(|other| !std::ptr::eq(*other, metric)).filter(is_newer);
    // The plan's `or` takes the older name only for engines that lack the newer one.
    let same_engine = |one: &&Series| {
        KEPT[1..].iter().all(|label| one.labels.get(*label) == series.labels.get(*label))
    };
    for other in newer {
        let start = format!("{prefix}{}", other.base);
        if response.series.iter().filter(same_engine).any(|one| one.name().starts_with(&start)) {
            return None;
        }
    }
    let role = role(metric.measure, series)?;
    match (metric.shape, suffix) {
        (Shape::Histogram(_), "_bucket" | "_sum") | (Shape::Counter(_), "_total") => {
            Some((role, "increment", increments(&series.samples, step_ms)))
        }
        (Shape::Gauge(_) | Shape::Info, "") => {
            let samples =
                series.samples.iter().filter(|(time, _)| *time > ORIGIN_MS).copied().collect();
            Some((role, "gauge", samples))
        }
        _ => None,
    }
}

fn metric_of(name: &str) -> Option<(&'static Metric, &str)> {
    METRICS.iter().find_map(|metric| {
        let suffix = name.strip_prefix(metric.base)?;
        matches!(suffix, "" | "_total" | "_bucket" | "_sum" | "_count").then_some((metric, suffix))
    })
}

fn increments(samples: &[(i64, f64)], step_ms: i64) -> Vec<(i64, f64)> {
    let pairs = samples.windows(2).filter(|pair| pair[1].0 - pair[0].0 == step_ms);
    pairs
        .map(|pair| {
            (pair[1].0, if pair[1].1 >= pair[0].1 { pair[1].1 - pair[0].1 } else { pair[1].1 })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn increments_telescope_and_survive_a_reset() {
        let samples = [(0, 5.0), (10, 7.0), (20, 1.0), (40, 2.0), (50, 4.0)];
        assert_eq!(increments(&samples, 10), [(10, 2.0), (20, 1.0), (50, 2.0)]);
    }
}
