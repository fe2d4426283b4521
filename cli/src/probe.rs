//! How often a target is scraped and how its metrics are named, from the newest samples of one
//! gauge.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use inference_triage_core::query::prefix_of_name;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// Where the samples do not tell: Prometheus configurations most often say 15 s or 30 s, and a step
/// below the scrape interval is mended by the core while one above it loses detail.
pub(crate) const FALLBACK_MS: i64 = 15_000;

/// A distance within this share of a whole second is that second: scrapes jitter by some
/// milliseconds, and a step of 15.002 s would drift against them.
const JITTER: f64 = 0.005;

/// What the newest samples of one gauge tell about how to ask for everything else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Probe {
    /// The median distance of neighbouring samples of one series, in milliseconds, over all series;
    /// None with fewer than two samples in every series.
    pub(crate) interval: Option<i64>,
    /// Prefixes of the engine's metric names, the one with most series first.
    pub(crate) prefixes: Vec<String>,
    /// Namespaces of the engines, each once.
    pub(crate) namespaces: Vec<String>,
    /// Series of the gauge: the engines that are there now.
    pub(crate) engines: usize,
}

#[derive(Deserialize)]
struct Response {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    result: Vec<Series>,
}

#[derive(Deserialize)]
struct Series {
    metric: Metric,
    #[serde(default)]
    values: Vec<(f64, IgnoredAny)>,
}

#[derive(Deserialize)]
struct Metric {
    #[serde(default, rename = "__name__")]
    name: String,
    #[serde(default)]
    namespace: String,
}

impl Probe {
    /// Reads the answer of an instant query for a range vector; one that is no such answer tells
    /// nothing.
    pub(crate) fn from_response(response: &[u8]) -> Self {
        let Ok(response) = serde_json::from_slice::<Response>(response) else {
            return Self::default();
        };
        let series = &response.data.result;
        let mut namespaces: Vec<String> =
            series.iter().map(|series| series.metric.namespace.clone()).collect();
        namespaces.sort();
        namespaces.dedup();
        namespaces.retain(|namespace| !namespace.is_empty());
        Self {
            interval: median_distance(series).map(without_jitter),
            prefixes: prefixes(series),
            namespaces,
            engines: series.len(),
        }
    }
}

fn median_distance(series: &[Series]) -> Option<i64> {
    let mut distances: Vec<i64> = series
        .iter()
        .flat_map(|series| series.values.windows(2))
        .map(|pair| ((pair[1].0 - pair[0].0) * 1000.0).round() as i64)
        .filter(|&distance| distance > 0)
        .collect();
    distances.sort_unstable();
    distances.get(distances.len() / 2).copied()
}

fn prefixes(series: &[Series]) -> Vec<String> {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for prefix in series.iter().filter_map(|series| prefix_of_name(&series.metric.name)) {
        *counted.entry(prefix).or_default() += 1;
    }
    let mut prefixes: Vec<_> = counted.into_iter().collect();
    // Stable: equal counts stay in the order of the names.
    prefixes.sort_by_key(|&(_, count)| Reverse(count));
    prefixes.into_iter().map(|(prefix, _)| prefix.to_owned()).collect()
}

fn without_jitter(milliseconds: i64) -> i64 {
    let whole = (milliseconds as f64 / 1000.0).round() * 1000.0;
    if (milliseconds as f64 - whole).abs() <= whole * JITTER { whole as i64 } else { milliseconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(result: &[serde_json::Value]) -> Probe {
        let response = serde_json::json!({
            "status": "success",
            "data": {"resultType": "matrix", "result": result},
        });
        Probe::from_response(response.to_string().as_bytes())
    }

    fn interval(series: &[&[f64]]) -> Option<i64> {
        let result: Vec<_> = series
            .iter()
            .map(|times| {
                let values: Vec<_> =
                    times.iter().map(|time| serde_json::json!([time, "1"])).collect();
                serde_json::json!({"metric": {}, "values": values})
            })
            .collect();
        probe(&result).interval
    }

    #[test]
    fn the_median_survives_a_missed_scrape() {
        assert_eq!(interval(&[&[0.0, 15.0, 30.0, 60.0, 75.0]]), Some(15_000));
    }

    #[test]
    fn distances_are_taken_within_a_series() {
        assert_eq!(interval(&[&[0.0, 30.0, 60.0], &[7.0, 37.0], &[100.0]]), Some(30_000));
    }

    #[test]
    fn jitter_is_not_an_interval() {
        assert_eq!(interval(&[&[0.001, 15.003, 30.005]]), Some(15_000));
        assert_eq!(interval(&[&[0.0, 0.333, 0.666]]), Some(333));
        assert_eq!(interval(&[&[0.0, 2.5, 5.0]]), Some(2_500));
    }

    #[test]
    fn one_sample_tells_nothing() {
        assert_eq!(interval(&[&[15.0], &[16.0]]), None);
        assert_eq!(interval(&[]), None);
        let scalar = br#"{"status":"success","data":{"resultType":"scalar","result":[0,"1"]}}"#;
        assert_eq!(Probe::from_response(scalar), Probe::default());
        assert_eq!(Probe::from_response(b""), Probe::default());
    }

    #[test]
    fn namespaces_are_told_once_each() {
        let of = |namespace: &str| serde_json::json!({"metric": {"namespace": namespace}});
        let found = probe(&[of("b"), of("a"), of("b"), of(""), serde_json::json!({"metric": {}})]);
        assert_eq!(found.namespaces, ["a", "b"]);
    }

    #[test]
    fn prefixes_are_ordered_by_their_series() {
        let series = |name: &str| serde_json::json!({"metric": {"__name__": name}, "values": []});
        let found = probe(&[
            series("kserve_vllm:num_requests_running"),
            series("vllm:num_requests_running"),
            series("vllm:num_requests_running"),
            series("other_num_requests_running"),
        ]);
        assert_eq!(found.prefixes, ["vllm:", "kserve_vllm:"]);
    }
}
