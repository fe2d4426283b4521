//! Input beyond all measure is refused in bounded time and memory.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::allocation::peak_bytes;
use super::answer_bytes;

/// A response of that many series with two samples each.
fn many_series(count: usize) -> Vec<u8> {
    let mut text = String::with_capacity(count * 110);
    text.push_str(r#"{"status":"success","data":{"resultType":"matrix","result":["#);
    for index in 0..count {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"metric":{{"__name__":"vllm:num_requests_running","pod":"p{index}"}},"values":[[1,"1"],[16,"2"]]}}"#
        );
    }
    text.push_str("]}}");
    text.into_bytes()
}

fn refused(body: &[u8]) {
    let (code, message) = answer_bytes(body).unwrap_err();
    assert_eq!(code, "too-large");
    assert!(message.contains("plan"), "{message}");
}

fn fastest(body: &[u8]) -> Duration {
    let run = || {
        let start = Instant::now();
        refused(body);
        start.elapsed()
    };
    (0..3).map(|_| run()).min().unwrap()
}

/// A million series cost what the first refused one costs: reading stops there.
#[test]
fn a_million_series() {
    let (barely, million) = (many_series(60_000), many_series(1_000_000));
    let memory = (peak_bytes(|| refused(&barely)), peak_bytes(|| refused(&million)));
    assert!(memory.1 <= memory.0 + memory.0 / 10, "{memory:?}");
    assert!(memory.1 < 100_000_000, "{memory:?}");
    let time = (fastest(&barely), fastest(&million));
    assert!(time.1 < 5 * time.0, "{time:?}");
}

#[test]
fn a_series_of_ten_million_samples() {
    let mut text = String::from(
        r#"{"data":{"resultType":"matrix","result":[{"metric":{"__name__":"vllm:num_requests_running"},"values":["#,
    );
    for index in 0..10_000_000 {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, "{comma}[{index},\"1\"]");
    }
    text.push_str("]}]}}");
    refused(text.as_bytes());
}

/// Few series on times of their own: the common grid would be far larger than the data.
#[test]
fn no_common_grid() {
    let mut text = String::from(r#"{"data":{"resultType":"matrix","result":["#);
    for series in 0..10_000 {
        let comma = if series == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"metric":{{"__name__":"vllm:num_requests_running","pod":"p{series}"}},"values":["#
        );
        for sample in 0..4 {
            let comma = if sample == 0 { "" } else { "," };
            let _ = write!(text, "{comma}[{},\"1\"]", sample * 10_000 + series);
        }
        text.push_str("]}");
    }
    text.push_str("]}}");
    let (code, message) = answer_bytes(text.as_bytes()).unwrap_err();
    assert_eq!(code, "too-large");
    assert!(message.contains("grid"), "{message}");
}
