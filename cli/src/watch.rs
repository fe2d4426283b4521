//! Which engines came, went or restarted in the range: they are asked for one by one, all others as
//! totals.

use serde::Deserialize;

use crate::prometheus::{Grid, Server};

/// Instances times steps. Beyond it the series of the engines apart would be half of what the core
/// takes.
const MOST_APART: usize = 4_000;

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
/// the server does not tell, or names too many: then sums are asked for that need no watch.
pub(crate) fn ask(server: &Server<'_>, promql: &str, grid: Grid) -> Option<String> {
    // What happened before the first step changes no difference.
    let steps = Grid { start: (grid.start + grid.step).min(grid.end), ..grid };
    apart(&server.query_range(promql, steps).ok()?, grid)
}

fn apart(response: &[u8], grid: Grid) -> Option<String> {
    let series = serde_json::from_slice::<Response>(response).ok()?.data.result;
    let steps = usize::try_from((grid.end - grid.start) / grid.step).unwrap_or(usize::MAX);
    (series.len().saturating_mul(steps) <= MOST_APART)
        .then(|| series.into_iter().map(|series| series.metric.instance + "\n").collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRID: Grid = Grid { start: 0, end: 3_600_000, step: 15_000 };

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
        assert_eq!(apart(&found, GRID), Some("a:1\n\n".to_owned()));
        assert_eq!(apart(&response(&[]), GRID), Some(String::new()));
    }

    #[test]
    fn too_many_or_no_answer_leave_the_sums_that_need_no_watch() {
        let many = vec![serde_json::json!({"instance": "a"}); 17];
        assert_eq!(apart(&response(&many), GRID), None);
        assert_eq!(apart(b"{\"status\": \"success\"}", GRID), None);
        assert_eq!(apart(b"", GRID), None);
    }
}
