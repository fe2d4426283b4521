//! A response or a batch beyond the limits is refused while it is read: before columns are laid
//! out, and without reading what comes after the limit.

use std::fmt::Write as _;

use inference_triage_core::error::Error;
use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};
use inference_triage_core::ingest::prometheus::{ResponseReader, SERIES_LIMIT};
use inference_triage_core::session::Session;

use crate::allocations::Count;

const MILLION: usize = 1_000_000;

/// A response with so many series of one sample.
fn response(series: usize) -> String {
    let mut text = r#"{"status":"success","data":{"resultType":"matrix","result":["#.to_owned();
    for index in 0..series {
        let comma = if index == 0 { "" } else { "," };
        write!(
            text,
            "{comma}{{\"metric\":{{\"__name__\":\"vllm:num_requests_running\",\"instance\":\"{index:07}\"}},\
             \"values\":[[1780000000,\"1\"]]}}"
        )
        .expect("text");
    }
    text.push_str("]}}");
    text
}

/// The refusal, and the most memory that was in use until it came.
fn refusal(text: &str, count: &mut Count) -> (Error, usize) {
    count.restart();
    let mut session = Session::new();
    let error = session.load_prometheus(&[text.as_bytes()]).expect_err("too many series");
    (error, count.most())
}

#[test]
fn a_million_series_are_refused_at_the_limit() {
    let mut count = Count::alone();
    let all = response(MILLION);
    let (error, memory) = refusal(&all, &mut count);
    assert!(error.is_too_large(), "{error}");
    assert!(error.to_string().contains(&format!("more than {SERIES_LIMIT} series")), "{error}");
    // The labels of the series before the limit.
    assert!(memory < SERIES_LIMIT * 1_000, "{memory} bytes until the refusal");

    // Nothing behind the limit is read: cut off there, the response is refused for the same reason.
    let limit = all
        .match_indices("{\"metric\"")
        .nth(SERIES_LIMIT + 1)
        .expect("a series beyond the limit")
        .0;
    let (cut, memory_of_cut) = refusal(&all[..limit], &mut count);
    assert_eq!(cut, error);
    let difference = memory.abs_diff(memory_of_cut);
    assert!(difference < 10_000, "{difference} bytes between a million series and the limit");
    let (too_short, _) = refusal(&all[..limit / 2], &mut count);
    assert!(
        too_short.is_bad_data(),
        "a response cut off before the limit is bad data: {too_short}"
    );
}

#[test]
fn nothing_is_asked_for_behind_the_limit() {
    let mut count = Count::alone();
    let all = response(MILLION);
    let limit = all
        .match_indices("{\"metric\"")
        .nth(SERIES_LIMIT + 1)
        .expect("a series beyond the limit")
        .0;
    let mut asked = 0;
    count.restart();
    let mut reader = ResponseReader::new(all.len());
    let mut copy = |from: usize, place: &mut [u8]| {
        asked = from + place.len();
        place.copy_from_slice(&all.as_bytes()[from..asked]);
    };
    let error = reader.take(all.len(), &mut copy).expect_err("too many series");
    let memory = count.most();
    assert!(memory < SERIES_LIMIT * 1_000, "{memory} bytes until the refusal");
    assert!(
        (limit..limit + 1_000_000).contains(&asked),
        "{asked} bytes were asked for, {limit} hold the series allowed"
    );
    assert_eq!(
        Err(error),
        Session::new().load_prometheus(&[all.as_bytes()]),
        "the refusal of the whole text"
    );
}

#[test]
fn the_limit_itself_is_accepted() {
    let count = Count::alone();
    let mut session = Session::new();
    session.load_prometheus(&[response(SERIES_LIMIT).as_bytes()]).expect("as many as are allowed");
    drop(session);
    assert!(count.in_use() < 10_000, "{} bytes are not given back", count.in_use());
}

#[test]
fn a_batch_of_a_million_series_is_refused_before_anything_is_made_of_it() {
    let mut count = Count::alone();
    let one = SeriesDescription { length: 1, ..SeriesDescription::default() };
    let batch = SampleBatch {
        times: vec![1_780_000_000_000.0],
        values: vec![1.0],
        series: vec![one; MILLION],
        ..SampleBatch::default()
    };
    count.restart();
    let error = Session::new().load_batch(batch).expect_err("too many series");
    assert!(error.is_too_large(), "{error}");
    assert!(count.most() < 10_000, "{} bytes until the refusal", count.most());
}
