//! Bytes that are no range response.

use super::{answer, answer_bytes, capped, verdict};
use inference_triage_harness::scenario::response::Response;

/// Refused as bad data, with that in the sentence.
fn assert_bad_data(body: &[u8], part: &str) {
    let (code, message) = answer_bytes(body).expect_err(part);
    assert_eq!(code, "bad-data", "{message}");
    assert!(message.contains(part), "{message:?} lacks {part:?}");
}

#[test]
fn empty() {
    assert_bad_data(b"", "empty");
    assert_bad_data(b"  \n\t ", "empty");
    assert_bad_data(b"{}", "no \"data\"");
}

#[test]
fn empty_result() {
    let (code, message) = answer(&Response::default()).unwrap_err();
    assert_eq!(code, "no-engine");
    assert!(message.contains("no series"), "{message}");
}

#[test]
fn series_without_samples() {
    let mut response = capped();
    response.series.iter_mut().for_each(|series| series.samples.clear());
    let (code, message) = answer(&response).unwrap_err();
    assert_eq!(code, "no-engine");
    assert!(message.contains("no samples"), "{message}");
}

#[test]
fn wrong_shape() {
    for (body, part) in [
        ("[]", "does not start with a JSON object"),
        ("\"matrix\"", "does not start with a JSON object"),
        ("17", "does not start with a JSON object"),
        ("null", "does not start with a JSON object"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "HTML"),
        (r#"{"status":"success","data":null}"#, "no \"data\""),
        (r#"{"status":"success","data":[]}"#, "\"data\" to be an object"),
        (r#"{"status":"success","data":{"result":[]}}"#, "\"resultType\" is missing"),
        (r#"{"status":"success","data":{"resultType":"matrix"}}"#, "\"result\" is missing"),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":{}}}"#,
            "\"result\" to be a list",
        ),
        (r#"{"status":"success","data":{"resultType":"matrix","result":[1]}}"#, "a series with"),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"values":[[1,"1"]]}]}}"#,
            "no \"metric\"",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":[],"values":[]}]}}"#,
            "map",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":1},"values":[]}]}}"#,
            "string",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}}"#,
            "pair",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1",2]]}]}}"#,
            "pair",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[["1","1"]]}]}}"#,
            "string",
        ),
        (
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"abc"]]}]}}"#,
            "abc",
        ),
        (r#"{"status":"success","data":{"resultType":"matrix","result":[]}} trailing"#, "trailing"),
        (r#"{"data":{"resultType":"matrix","result":[],}}"#, "not a Prometheus range response"),
    ] {
        assert_bad_data(body.as_bytes(), part);
    }
}

#[test]
fn result_of_another_type() {
    // A scalar or string is a pair, not a list of series; the type may be told before or after it.
    for body in [
        r#"{"status":"success","data":{"resultType":"scalar","result":[1700000000,"1"]}}"#,
        r#"{"status":"success","data":{"resultType":"string","result":[1700000000,"x"]}}"#,
        r#"{"status":"success","data":{"resultType":"streams","result":[]}}"#,
    ] {
        assert_bad_data(body.as_bytes(), "");
    }
    assert_bad_data(
        br#"{"status":"success","data":{"resultType":"streams","result":[]}}"#,
        "streams",
    );
}

#[test]
fn an_instant_vector_has_one_sample_a_series() {
    let mut parts = Vec::new();
    for series in capped().series {
        let metric = serde_json::to_string(&series.labels).unwrap();
        let (time, value) = series.samples[0];
        parts.push(format!(r#"{{"metric":{metric},"value":[{},"{value}"]}}"#, time / 1000));
    }
    let body = format!(
        r#"{{"status":"success","data":{{"resultType":"vector","result":[{}]}}}}"#,
        parts.join(",")
    );
    assert_eq!(verdict(&answer_bytes(body.as_bytes()).unwrap()), "cannot-tell");
}

#[test]
fn an_error_of_the_server() {
    assert_bad_data(
        br#"{"status":"error","errorType":"bad_data","error":"parse error: unexpected end of input"}"#,
        "unexpected end of input",
    );
    assert_bad_data(br#"{"status":"error"}"#, "error");
}

#[test]
fn not_utf8() {
    let mut body = capped().to_json();
    let place = body.windows(5).position(|bytes| bytes == b"gemma").unwrap();
    body[place] = 0xff;
    assert_bad_data(&body, "not a Prometheus range response");
    assert_bad_data(&[0x1f, 0x8b, 8, 0], "does not start with a JSON object");
}

#[test]
fn truncated_anywhere() {
    let body = capped().to_json();
    let near_the_ends = (0..400).chain(body.len() - 400..body.len());
    for length in near_the_ends.chain((400..body.len() - 400).step_by(9973)) {
        let (code, message) = answer_bytes(&body[..length]).expect_err("a prefix is no response");
        assert_eq!(code, "bad-data", "{length}: {message}");
        let says = if length == 0 { "empty" } else { "cut off" };
        assert!(message.contains(says), "{length}: {message}");
    }
}

#[test]
fn nested_deeply() {
    let deep = "[".repeat(200_000);
    for start in [
        "",
        r#"{"status":"#,
        r#"{"unknown":"#,
        r#"{"data":"#,
        r#"{"data":{"result":"#,
        r#"{"data":{"result":[{"metric":"#,
        r#"{"data":{"result":[{"histograms":"#,
        r#"{"data":{"result":[{"metric":{},"values":"#,
    ] {
        let body = format!("{start}{deep}");
        assert_bad_data(body.as_bytes(), "");
        let objects = format!("{start}{}", r#"{"a":"#.repeat(200_000));
        assert_bad_data(objects.as_bytes(), "");
    }
}

#[test]
fn unknown_fields_are_passed_over() {
    let body = String::from_utf8(capped().to_json()).unwrap();
    let body =
        body.replacen(r#""data":{"#, r#""stats":{"a":[1,{"b":null}]},"data":{"analysis":[[]],"#, 1);
    let body = body.replacen(r#"{"metric":"#, r#"{"exemplars":[{"x":1}],"metric":"#, 1);
    assert_eq!(verdict(&answer_bytes(body.as_bytes()).unwrap()), "slot-cap");
}

#[test]
fn white_space_and_bare_numbers_change_nothing() {
    let body = String::from_utf8(capped().to_json()).unwrap();
    let expected = answer_bytes(body.as_bytes()).unwrap();
    let spaced = body
        .replace(',', " ,\r\n\t")
        .replace(':', " : ")
        .replace("vllm : ", "vllm:")
        .replace("0 : 8", "0:8");
    assert_eq!(answer_bytes(spaced.as_bytes()).unwrap(), expected);
    let bare = body.replace(",\"", ",").replace("\"],", "],").replace("\"]]", "]]");
    assert_ne!(bare, body);
}
