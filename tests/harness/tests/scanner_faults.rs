//! What is refused says what was expected, what was found, and at which byte.

use inference_triage_core::ingest::prometheus::parse_responses;

/// The response with a mark; the message must name the byte that follows the mark.
fn assert_names(marked: &str, expected: &str) {
    let offset = marked.find('⇒').expect("a mark");
    let body = marked.replace('⇒', "");
    let message = parse_responses(&[body.as_bytes()]).expect_err(marked).to_string();
    assert!(message.starts_with("the input is not a Prometheus range response: "), "{message}");
    assert!(message.contains(expected), "{message:?} lacks {expected:?}");
    assert!(
        message.contains(&format!("at byte {offset}")),
        "{message:?} names another byte than {offset}"
    );
}

fn in_series(points: &str) -> String {
    format!(r#"{{"data":{{"resultType":"matrix","result":[{{"metric":{{"a":"é"}},{points}}}]}}}}"#)
}

#[test]
fn the_envelope() {
    assert_names(r#"{⇒status:"success"}"#, "expected a key, found \"s\"");
    assert_names(
        r#"{"status"⇒ "success"}"#.replace("⇒ ", " ⇒").as_str(),
        "expected \":\", found a string",
    );
    assert_names(r#"{"status":⇒true}"#, "expected \"status\" to be a string, found a truth value");
    assert_names(
        r#"{"warnings":⇒"w"}"#,
        "expected \"warnings\" to be a list of strings, found a string",
    );
    assert_names(r#"{"infos":[⇒1]}"#, "expected \"infos\" to be a list of strings, found a number");
    assert_names(r#"{"data":⇒[]}"#, "expected \"data\" to be an object");
    assert_names(
        r#"{"data":{"result":⇒{}}}"#,
        "expected \"result\" to be a list of series, found an object",
    );
    assert_names(
        r#"{"data":{"result":[⇒null]}}"#,
        "expected a series with \"metric\" and \"values\", found null",
    );
    assert_names(r#"{"data":{"result":[],⇒}}"#, "nothing after the comma");
    assert_names(r#"{"data":{"result":[]⇒"x":1}}"#, "expected \",\" or \"}\"");
    assert_names(r#"{"data":null} ⇒{"#, "trailing characters");
}

#[test]
fn points() {
    for (points, expected) in [
        (
            r#""values":⇒{}"#,
            "expected \"values\" to be a list of [time, \"value\"] pairs, found an object",
        ),
        (r#""values":[⇒1]"#, "expected a [time, \"value\"] pair, found a number"),
        (r#""values":[[⇒]]"#, "expected a [time, \"value\"] pair"),
        (r#""values":[[1⇒]]"#, "expected a [time, \"value\"] pair"),
        (
            r#""values":[[⇒"1","1"]]"#,
            "expected the time of a pair to be a number of seconds, found a string",
        ),
        (r#""values":[[1,"1"⇒,2]]"#, "expected the end of a [time, \"value\"] pair"),
        (r#""values":[[1,"⇒1,5"]]"#, "the sample value \"1,5\" is not a number"),
        (r#""values":[[1,⇒[]]]"#, "expected a number as a string, found a list"),
        (r#""values":[[1,⇒01]]"#, "not written as JSON asks"),
        (r#""values":[[1,⇒1e999]]"#, "out of range"),
        (r#""values":[[1,"2"]⇒[2,"3"]]"#, "expected \",\" or \"]\""),
        (r#""histogram":[1,⇒[]]"#, "expected a histogram as an object, found a list"),
        (
            r#""histogram":[1,{"buckets":[[0,"1","2"⇒]]}]"#,
            "expected a bucket as [rule, lower, upper, count]",
        ),
        (r#""histogram":[1,{"count":"1","count":⇒"2"}]"#, "a key twice"),
        (r#""other":nul⇒"#, "expected true, false or null"),
    ] {
        assert_names(&in_series(points), expected);
    }
}

#[test]
fn strings() {
    for (points, expected) in [
        ("\"x\":\"tab⇒\there\"", "a control character is not escaped"),
        (r#""x":"\⇒q""#, "there is no such escape"),
        (r#""x":"\u12⇒x4""#, "four hexadecimal digits"),
        (r#""metric":{"a":"⇒\ud83d"}"#, "half of a surrogate pair"),
        (r#""metric":{"a":⇒1}"#, "the value of a label to be a string, found a number"),
    ] {
        assert_names(&in_series(points), expected);
    }
}

#[test]
fn encoding() {
    let mut body = in_series(r#""values":[]"#).into_bytes();
    let place = body.windows(2).position(|pair| pair == "é".as_bytes()).unwrap();
    body[place + 1] = b'e';
    let message = parse_responses(&[&body]).unwrap_err().to_string();
    assert!(
        message.ends_with(&format!("the text is not valid UTF-8 at byte {place}")),
        "{message}"
    );
}

/// A long text is quoted in part.
#[test]
fn long_texts() {
    let body = in_series(&format!(r#""values":[[1,"{}"]]"#, "x".repeat(1_000_000)));
    let message = parse_responses(&[body.as_bytes()]).unwrap_err().to_string();
    assert!(message.len() < 500 && message.contains("is not a number"), "{message}");
}
