use std::collections::BTreeMap;

use serde::Serialize;

use super::*;

#[derive(Serialize)]
enum Kind {
    Plain,
    Of(u8),
    Pair(i16, f32),
    Named { text: &'static str, empty: () },
}

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Wrapped(i32);

#[derive(Serialize)]
struct Two(bool, char);

#[derive(Serialize)]
struct Everything {
    floats: Vec<f64>,
    whole: (i8, u16, u32, u64, i64),
    texts: Vec<String>,
    kinds: Vec<Kind>,
    unit: Unit,
    wrapped: Wrapped,
    two: Two,
    some: Option<f64>,
    none: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<f64>,
    by_number: BTreeMap<i64, Vec<u8>>,
    by_text: BTreeMap<&'static str, [Option<bool>; 2]>,
    empty: BTreeMap<String, u8>,
    nothing: [u8; 0],
}

#[test]
fn serde_json_writes_the_same_bytes() {
    let mut texts: Vec<String> = (0..0x100).filter_map(char::from_u32).map(String::from).collect();
    texts.extend(
        ["", "one\u{2028}two", "\u{1f980} \"quoted\" \\ \u{7}", "vllm:e2e_request_latency_seconds"]
            .map(String::from),
    );
    let everything = Everything {
        floats: vec![
            0.0,
            -0.0,
            1.0,
            0.1,
            1e15,
            1e16,
            1e21,
            1.5e-7,
            f64::MAX,
            f64::NAN,
            f64::INFINITY,
        ],
        whole: (i8::MIN, u16::MAX, u32::MAX, u64::MAX, i64::MIN),
        texts,
        kinds: vec![
            Kind::Plain,
            Kind::Of(7),
            Kind::Pair(-1, 0.1),
            Kind::Named { text: "a\nb", empty: () },
        ],
        unit: Unit,
        wrapped: Wrapped(-3),
        two: Two(true, '\u{1f}'),
        some: Some(2.5),
        none: None,
        absent: None,
        by_number: BTreeMap::from([(-1, vec![]), (1_780_003_000_000, vec![0, 255])]),
        by_text: BTreeMap::from([("", [None, Some(false)]), ("\t", [Some(true), None])]),
        empty: BTreeMap::new(),
        nothing: [],
    };
    let expected = serde_json::to_string(&everything).expect("nothing refuses");
    assert_eq!(String::from_utf8(written(&everything)).expect("UTF-8"), expected);
}
