//! Which engines came, went or restarted in the range: they are asked for one by one, all others as
//! totals.

use inference_triage_core::ingest::prometheus::SERIES_LIMIT;
use serde::Deserialize;

use crate::prometheus::{Grid, Server};
use crate::volume::Capacity;

/// Samples of an engine at one step: the series of one replica of vLLM in a plan.
///
/// Apart, an engine costs the server little more than by replica; the blind form costs several
/// times as much for every engine. For a day of 40 replicas Prometheus took 4.5 s of processor time
/// with none of them apart, 10 s with all, 8 s by replica and 43 s blindly. So as many are apart as
/// the run has memory for, whatever share of the fleet they are. With fewer series here their
/// samples would not fit once they are there; with many more, fleets that fit would be asked
/// blindly.
const SERIES_OF_AN_ENGINE: usize = 300;

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
}

#[derive(Deserialize)]
struct Metric {
    #[serde(default)]
    instance: String,
}

/// The instances to keep apart, each with a line end behind it, as a plan takes them. None where
/// the server does not tell, or names so many that their samples do not fit: then sums are asked
/// for that need no watch.
pub(crate) fn ask(
    server: &Server<'_>,
    promql: &str,
    grid: Grid,
    capacity: Capacity,
) -> Option<String> {
    // What happened before the first step changes no difference.
    let steps = Grid { start: (grid.start + grid.step).min(grid.end), ..grid };
    apart(&server.query_range(promql, steps).ok()?, grid, capacity)
}

fn apart(response: &[u8], grid: Grid, capacity: Capacity) -> Option<String> {
    let series = serde_json::from_slice::<Response>(response).ok()?.data.result;
    let steps = usize::try_from((grid.end - grid.start) / grid.step).unwrap_or(usize::MAX);
    let all = series.len().saturating_mul(SERIES_OF_AN_ENGINE);
    (all <= SERIES_LIMIT && all.saturating_mul(steps) <= capacity.samples)
        .then(|| series.into_iter().map(|series| series.metric.instance + "\n").collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid { start: 0, end: 3_600_000, step: 15_000 };
    const DAY: Grid = Grid { start: 0, end: 86_400_000, step: 90_000 };
    /// Of the default budget.
    const CAPACITY: Capacity = Capacity { samples: 16 << 20 };

    fn response(metrics: &[serde_json::Value]) -> Vec<u8> {
        let result: Vec<_> = metrics
            .iter()
            .map(|metric| serde_json::json!({"metric": metric, "values": []}))
            .collect();
        serde_json::json!({"status": "success", "data": {"resultType": "matrix", "result": result}})
            .to_string()
            .into()
    }

    #[test]
    fn each_instance_has_a_line_and_none_is_none_apart() {
        let found = response(&[serde_json::json!({"instance": "a:1"}), serde_json::json!({})]);
        assert_eq!(apart(&found, GRID, CAPACITY), Some("a:1\n\n".to_owned()));
        assert_eq!(apart(&response(&[]), GRID, CAPACITY), Some(String::new()));
    }

    #[test]
    fn too_many_or_no_answer_leave_the_sums_that_need_no_watch() {
        let many = |count| response(&vec![serde_json::json!({"instance": "a"}); count]);
        assert_eq!(apart(&many(58), DAY, CAPACITY).map(|names| names.len()), Some(2 * 58));
        assert_eq!(apart(&many(59), DAY, CAPACITY), None);
        assert_eq!(apart(&many(167), GRID, CAPACITY), None);
        assert_eq!(apart(b"{\"status\": \"success\"}", GRID, CAPACITY), None);
        assert_eq!(apart(b"", GRID, CAPACITY), None);
    }
}
