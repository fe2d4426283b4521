//! What is read, and what is refused with which words.

use super::*;
use crate::ingest::batch::NoticeLevel;

fn parse(text: &str) -> Result<SampleBatch, String> {
    parse_responses(&[text.as_bytes()]).map_err(|error| error.to_string())
}

#[test]
fn a_matrix_becomes_columns_and_shares_its_times() {
    let batch = parse(
        r#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"__name__":"a"},"values":[[1.5,"1"],[2,"2"]]},
            {"metric":{"__name__":"b"},"values":[[1.5,"3"],[2,"4e2"]]}]}}"#,
    )
    .unwrap();
    assert_eq!(batch.times, [1500.0, 2000.0]);
    assert_eq!(batch.values, [1.0, 2.0, 3.0, 400.0]);
    assert_eq!((batch.series[1].grid, batch.series[1].offset, batch.series[1].length), (0, 2, 2));
}

#[test]
fn keys_in_any_order_and_bare_numbers_are_read() {
    let batch = parse(
        r#" { "data" : { "result" : [ { "values" : [ [ 1 , 2.5 ] ] , "metric" : {} } ] , "resultType" : "matrix" } ,
            "status" : "success", "unknown": [1, {"deep": null}] }"#,
    )
    .unwrap();
    assert_eq!(batch.values, [2.5]);
}

#[test]
fn values_that_are_not_finite_are_counted_and_left_out() {
    let batch = parse(
        r#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{},"values":[[1,"NaN"],[2,"+Inf"],[3,"-Inf"],[4,"7"]]}]}}"#,
    )
    .unwrap();
    assert_eq!(batch.values, [7.0]);
    assert_eq!(batch.not_finite, 3);
}

#[test]
fn warnings_and_infos_become_notices() {
    let batch =
        parse(r#"{"status":"success","warnings":["w"],"infos":["i"],"data":{"resultType":"matrix","result":[]}}"#)
            .unwrap();
    assert_eq!(batch.notices.len(), 2);
    assert_eq!(batch.notices[0].level, NoticeLevel::Warning);
}

#[test]
fn what_is_no_range_response_is_named() {
    for (input, expected) in [
        ("", "the response is empty"),
        ("<html>", "HTML or XML page"),
        ("[1]", "does not start with a JSON object"),
        ("{}", "there is no \"data\""),
        (r#"{"status":"success","data":null}"#, "there is no \"data\""),
        (r#"{"status":"success","data":{"result":[]}}"#, "\"resultType\" is missing"),
        (r#"{"status":"success","data":{"resultType":"matrix"}}"#, "\"result\" is missing"),
        (
            r#"{"status":"success","data":{"resultType":"scalar","result":[]}}"#,
            "result type is \"scalar\"",
        ),
        (
            r#"{"status":"success","data":{"resultType":"string","result":[1,"x"]}}"#,
            "result type is \"string\"",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"values":[]}]}}"#,
            "no \"metric\"",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}}"#,
            "pair",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}"#,
            "the sample value \"x\" is not a number",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[]}} trailing"#,
            "trailing characters",
        ),
        (
            r#"{"status":"error","errorType":"bad_data","error":"parse error"}"#,
            "(bad_data): parse error",
        ),
    ] {
        let message = parse(input).unwrap_err();
        assert!(message.contains(expected), "{input}: {message}");
    }
}

#[test]
fn a_cut_response_says_where_it_ends() {
    let whole = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    for length in 1..whole.len() {
        let message = parse(&whole[..length]).unwrap_err();
        assert!(message.contains(&format!("cut off after {length} bytes")), "{length}: {message}");
    }
}

#[test]
fn one_failed_response_beside_a_good_one_is_a_notice() {
    let good: &[u8] = br#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    let failed: &[u8] = br#"{"status":"error","errorType":"timeout","error":"too slow"}"#;
    let batch = parse_responses(&[good, failed]).unwrap();
    assert_eq!(batch.notices[0].level, NoticeLevel::Error);
    assert!(parse_responses(&[failed, failed]).unwrap_err().to_string().contains("too slow"));
}

#[test]
fn a_partial_answer_is_a_warning() {
    for (flag, is_partial) in [("true", true), ("false", false), ("null", false)] {
        let text = format!(
            r#"{{"status":"success","isPartial":{flag},"data":{{"resultType":"matrix","result":[]}},
                "warnings":["w"],"infos":["i"]}}"#
        );
        let notices = parse_responses(&[text.as_bytes()]).unwrap().notices;
        let warnings = notices.iter().filter(|notice| notice.level == NoticeLevel::Warning);
        let warnings: Vec<&str> = warnings.map(|notice| notice.text.as_str()).collect();
        assert_eq!(warnings.iter().any(|text| text.contains("partial")), is_partial, "{flag}");
        assert_eq!(warnings.iter().filter(|text| **text == "w").count(), 1);
        assert!(notices.iter().any(|notice| notice.level == NoticeLevel::Info));
    }
}

#[test]
fn too_many_series_are_refused_with_the_cure() {
    let mut text = r#"{"status":"success","data":{"resultType":"matrix","result":["#.to_owned();
    for index in 0..=SERIES_LIMIT {
        let comma = if index == 0 { "" } else { "," };
        text += &format!(r#"{comma}{{"metric":{{"n":"{index}"}},"values":[[1,"1"]]}}"#);
    }
    text += "]}}";
    let error = parse_responses(&[text.as_bytes()]).unwrap_err();
    assert!(error.is_too_large());
    assert!(error.to_string().contains("query plan"), "{error}");
}

#[test]
fn times_that_are_not_in_seconds_are_refused() {
    let text = |time: &str| {
        format!(
            r#"{{"status":"success","data":{{"resultType":"matrix","result":[
            {{"metric":{{}},"values":[[{time},"1"]]}}]}}}}"#
        )
    };
    for time in ["1795879894", "1795879894.5", "4e9", "-1"] {
        assert!(parse(&text(time)).is_ok(), "{time}");
    }
    for time in ["1795879894000", "1795879894000000", "1.795879894e12"] {
        let refusal = parse(&text(time)).unwrap_err();
        assert!(refusal.contains("divide milliseconds by 1,000"), "{refusal}");
    }
}

/// Two series of two samples.
const FOUR: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[
    {"metric":{"__name__":"a"},"values":[[1,"1"],[2,"2"]]},
    {"metric":{"__name__":"b"},"values":[[1,"3"],[3,"4"]]}]}}"#;

fn read_within(limit: usize, text: &str) -> Result<SampleBatch, Error> {
    let mut reader = ResponseReader::new(text.len()).with_sample_limit(limit);
    reader.read_whole(text.as_bytes())?;
    reader.finish()
}

#[test]
fn the_limit_of_samples_is_that_of_the_reader() {
    assert_eq!(read_within(4, FOUR).unwrap().values, [1.0, 2.0, 3.0, 4.0]);
    let error = read_within(3, FOUR).unwrap_err();
    assert!(error.is_too_large() && error.to_string().contains("more than 3 samples"), "{error}");
    let buckets = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},
        "histograms":[[1,{"count":"2","buckets":[[0,"0","1","1"],[0,"1","2","1"]]}]]}]}}"#;
    assert_eq!(read_within(2, buckets).unwrap().native.len(), 1);
    let error = read_within(1, buckets).unwrap_err();
    assert!(error.to_string().contains("more than 1 samples"), "{error}");
}

#[test]
fn batches_joined_are_the_responses_together() {
    let warned = r#"{"status":"success","warnings":["w"],"data":{"resultType":"matrix","result":[
        {"metric":{"__name__":"c"},"values":[[7,"5"],[8,"NaN"],[9,"6"]]}]}}"#;
    let joined =
        SampleBatch::joined([FOUR, warned, FOUR].map(|text| parse(text).unwrap()).to_vec());
    let together = parse_responses(&[FOUR.as_bytes(), warned.as_bytes(), FOUR.as_bytes()]).unwrap();
    let samples = |batch: &SampleBatch| -> Vec<_> {
        let of = |from: usize, length: usize, all: &[f64]| all[from..from + length].to_vec();
        let series = batch.series.iter();
        series
            .map(|one| {
                let times = of(one.grid, one.length, &batch.times);
                (one.labels.clone(), times, of(one.offset, one.length, &batch.values))
            })
            .collect()
    };
    assert_eq!(samples(&joined), samples(&together));
    assert_eq!((joined.notices, joined.not_finite), (together.notices, together.not_finite));
    assert_eq!(SampleBatch::joined(Vec::new()), SampleBatch::default());
}

#[test]
fn what_ends_too_early_says_so() {
    let cut = parse_responses(&[&FOUR.as_bytes()[..90]]).unwrap_err();
    assert!(cut.is_cut_off() && cut.is_bad_data() && cut.code() == "bad-data", "{cut}");
    assert!(!parse_responses(&[b"[]"]).unwrap_err().is_cut_off());
}
