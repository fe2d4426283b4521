//! How often a target is scraped, from the timestamps of its newest samples.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// Where the samples do not tell: Prometheus configurations most often say 15 s or 30 s, and a step below the scrape
/// interval is mended by the core while one above it loses detail.
pub(crate) const FALLBACK_MS: i64 = 15_000;

/// A distance within this share of a whole second is that second: scrapes jitter by some milliseconds, and a step of
/// 15.002 s would drift against them.
const JITTER: f64 = 0.005;

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
    #[serde(default)]
    values: Vec<(f64, IgnoredAny)>,
}

/// The median distance of neighbouring samples of one series, in milliseconds, over all series of an instant query
/// for a range vector. None with fewer than two samples in every series.
pub(crate) fn from_response(response: &[u8]) -> Option<i64> {
    let response: Response = serde_json::from_slice(response).ok()?;
    let mut distances: Vec<i64> = response
        .data
        .result
        .iter()
        .flat_map(|series| series.values.windows(2))
        .map(|pair| ((pair[1].0 - pair[0].0) * 1000.0).round() as i64)
        .filter(|&distance| distance > 0)
        .collect();
    distances.sort_unstable();
    distances.get(distances.len() / 2).map(|&median| without_jitter(median))
}

fn without_jitter(milliseconds: i64) -> i64 {
    let whole = (milliseconds as f64 / 1000.0).round() * 1000.0;
    if (milliseconds as f64 - whole).abs() <= whole * JITTER { whole as i64 } else { milliseconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(series: &[&[f64]]) -> Option<i64> {
        let result: Vec<_> = series
            .iter()
            .map(|times| {
                let values: Vec<_> = times.iter().map(|time| serde_json::json!([time, "1"])).collect();
                serde_json::json!({"metric": {}, "values": values})
            })
            .collect();
        let response = serde_json::json!({"status": "success", "data": {"resultType": "matrix", "result": result}});
        from_response(response.to_string().as_bytes())
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
        assert_eq!(
            from_response(b"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[0,\"1\"]}}"),
            None
        );
        assert_eq!(from_response(b""), None);
    }
}
