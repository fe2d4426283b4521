use super::*;
use crate::ingest::prometheus::{SERIES_LIMIT, parse_responses};

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::from_entries(pairs.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect())
}

fn sample(pairs: &[(&str, &str)], value: f64, time: Option<i64>) -> Sample {
    Sample { labels: labels(pairs), value, time }
}

#[track_caller]
fn reads(text: &str, expected: &[Sample]) {
    let found = parse(text.as_bytes()).unwrap();
    assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{text}");
}

#[track_caller]
fn refuses(text: impl AsRef<[u8]>, parts: &[&str]) {
    let error = parse(text.as_ref()).unwrap_err().to_string();
    for part in parts {
        assert!(error.contains(part), "\"{part}\" is not in: {error}");
    }
}

#[test]
fn the_text_format_is_read() {
    let text = "# HELP a:b Text \\n of any \"kind\".\n# TYPE a:b counter\n\
                a:b{x=\"1\",y=\"é\"} 3\n\n  \t\n#no comment\na:b 4e-1 1780000015000\n\
                \tc_d{ x = \"1\" , } -Inf\n";
    reads(
        text,
        &[
            sample(&[("__name__", "a:b"), ("x", "1"), ("y", "é")], 3.0, None),
            sample(&[("__name__", "a:b")], 0.4, Some(1_780_000_015_000)),
            sample(&[("__name__", "c_d"), ("x", "1")], f64::NEG_INFINITY, None),
        ],
    );
}

#[test]
fn openmetrics_counts_seconds_and_has_exemplars() {
    let text = "# TYPE a counter\n# UNIT a seconds\n\
                a_total{x=\"1\"} 3 1780000015.25 # {trace=\"b} 7\"} 0.5 1780000014\n\
                a_created 1.78e9 # {} 1\na_total 5 -1\n# EOF\n";
    reads(
        text,
        &[
            sample(&[("__name__", "a_total"), ("x", "1")], 3.0, Some(1_780_000_015_250)),
            sample(&[("__name__", "a_created")], 1.78e9, None),
            sample(&[("__name__", "a_total")], 5.0, Some(-1_000)),
        ],
    );
    // The mark of the end alone makes seconds of a timestamp, with a line feed or without.
    reads("a 1 17\n# EOF", &[sample(&[("__name__", "a")], 1.0, Some(17_000))]);
    reads("a 1 17\n", &[sample(&[("__name__", "a")], 1.0, Some(17))]);
}

#[test]
fn names_and_values_of_labels_may_be_any_text() {
    let text = "{\"http.server.duration\",\"a b\"=\"x\\\\y\\\"z\\nw\\t\"} 1\n\
                a{\"模型\"=\"{,}=# \"} 2\n{b=\"1\",\"c\"} 3\n";
    reads(
        text,
        &[
            sample(&[("__name__", "http.server.duration"), ("a b", "x\\y\"z\nw\\t")], 1.0, None),
            sample(&[("__name__", "a"), ("模型", "{,}=# ")], 2.0, None),
            sample(&[("__name__", "c"), ("b", "1")], 3.0, None),
        ],
    );
}

#[test]
fn line_ends_of_other_systems_and_a_byte_order_mark_are_read() {
    let expected = [sample(&[("__name__", "a")], f64::INFINITY, None)];
    reads("\u{feff}# TYPE a gauge\r\n\r\na +Inf\r\n", &expected);
    reads("a{x=\"\"} Inf\n", &expected);
    assert_eq!(parse(b"# TYPE a gauge\n"), Ok(Vec::new()));
}

#[test]
fn what_is_wrong_is_told_with_the_number_of_its_line() {
    for (line, cause) in [
        ("1a 2", "name of a metric, found"),
        ("a-b 2", "value \"-b\" is not a number"),
        ("é 2", "found \"é\" at character 1"),
        ("a", "the value is missing"),
        ("a one", "\"one\" is not a number"),
        ("a 0x1p3", "not a number"),
        ("a 1_000", "not a number"),
        ("a{", "name of a label, found the end of the line"),
        ("a{x", "expected ="),
        ("a{x=1} 2", "in quotes"),
        ("a{x=\"1} 2", "does not end"),
        ("a{x=\"1\" y=\"2\"} 2", "expected , or }"),
        ("a{x=\"1\",x=\"2\"} 2", "\"x\" is there twice"),
        ("a{\"b\"} 2", "two names"),
        ("a{,} 2", "name of a label"),
        ("a{9=\"1\"} 2", "name of a label"),
        ("{x=\"1\"} 2", "no name"),
        ("a 1 2.5", "whole number of milliseconds; OpenMetrics counts seconds"),
        ("a 1 now", "not a number of milliseconds"),
        ("a 1 2 3", "behind the timestamp"),
        ("a 1 99999999999999999", "timestamp"),
    ] {
        refuses(format!("ok 1\n\n{line}\nok 2\n"), &["line 3: ", cause]);
    }
    refuses("a 1 now\n# EOF\n", &["line 1: ", "number of seconds"]);
    refuses("a 1\n# EOF\na 2\n# EOF\n", &["line 3: ", "one by one"]);
    refuses("a 1\nvllm:b 12", &["line 2: ", "cut off", "line feed"]);
    refuses(b"a 1\nb{x=\"\xff\"} 2\n", &["line 2: ", "UTF-8"]);
}

#[test]
fn what_is_no_exposition_is_named() {
    for (bytes, name) in [
        (&b""[..], "empty"),
        (b" \n\t\n", "empty"),
        (b"\n<!DOCTYPE html><html>", "HTML"),
        (b"{\"status\":\"success\"}", "JSON"),
        (b"[1]\n", "JSON"),
        (b"{}\n", "JSON"),
        (b"\xff\xfea\x00 \x001\x00\n\x00", "PowerShell"),
        (b"\x0a\x05\x00\x01vllm\x12\n", "protobuf"),
        (b"\x1f\x8b\x08", "gzip"),
    ] {
        refuses(bytes, &[name]);
    }
    refuses("{\"a\"} one\n", &["line 1: ", "\"one\""]);
}

/// Numbers of a fixed sequence (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())]
    }

    fn text(&mut self, alphabet: &[char], least: usize) -> String {
        let length = least + self.below(6);
        (0..length).map(|_| self.pick(alphabet)).collect()
    }

    fn sample(&mut self) -> Sample {
        const ANY: [char; 14] =
            ['a', '"', '\\', '\n', '\r', '{', '}', '=', ',', '#', ' ', 'é', '\u{202e}', '\u{1b}'];
        const BARE: [char; 4] = ['a', 'B', '_', 'c'];
        let mut pairs = vec![("__name__".to_owned(), self.text(&[&BARE[..], &[':']].concat(), 1))];
        if self.below(3) == 0 {
            pairs[0].1 = self.text(&ANY, 1);
        }
        for _ in 0..self.below(4) {
            let name = if self.below(2) == 0 { self.text(&BARE, 1) } else { self.text(&ANY, 1) };
            pairs.push((name, self.text(&ANY, 1)));
        }
        let value = self.pick(&[0.0, -0.0, 1.5, 1e300, 5e-324, f64::INFINITY, -3.0, 0.1 + 0.2]);
        let time =
            (self.below(2) == 0).then(|| self.below(1 << 40).cast_signed() as i64 - (1 << 20));
        Sample { labels: Labels::from_entries(pairs), value, time }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// A sample as a line, in the newer style of names where the older cannot say them.
fn render(sample: &Sample, is_openmetrics: bool) -> String {
    let name = &sample.labels["__name__"];
    let is_bare = |name: &str| name.chars().all(|one| one == '_' || one.is_ascii_alphabetic());
    let mut parts = Vec::new();
    if !is_bare(&name.replace(':', "_")) {
        parts.push(format!("\"{}\"", escaped(name)));
    }
    for (label, value) in sample.labels.iter().filter(|(label, _)| *label != "__name__") {
        let label = if is_bare(label) { label.clone() } else { format!("\"{}\"", escaped(label)) };
        parts.push(format!("{label}=\"{}\"", escaped(value)));
    }
    let prefix = if is_bare(&name.replace(':', "_")) { name.as_str() } else { "" };
    let time = match sample.time {
        None => String::new(),
        Some(time) if is_openmetrics => {
            let sign = if time < 0 { "-" } else { "" };
            format!(" {sign}{}.{:03}", time.abs() / 1000, time.abs() % 1000)
        }
        Some(time) => format!(" {time}"),
    };
    format!("{prefix}{{{}}} {:?}{time}\n", parts.join(","), sample.value)
}

#[test]
fn what_is_written_is_read_again() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..5_000 {
        let is_openmetrics = round % 2 == 1;
        let samples: Vec<Sample> = (0..random.below(5)).map(|_| random.sample()).collect();
        let mut text = "# a comment\n".to_owned();
        for sample in &samples {
            text += &render(sample, is_openmetrics);
        }
        text += if is_openmetrics { "# EOF\n" } else { "" };
        assert_eq!(parse(text.as_bytes()).as_deref(), Ok(&samples[..]), "{text}");
    }
}

#[test]
fn any_bytes_are_read_or_refused_with_one_sentence() {
    const PARTS: [&[u8]; 22] = [
        b"a",
        b"{",
        b"}",
        b"\"",
        b"\\",
        b"=",
        b",",
        b"#",
        b" ",
        b"\n",
        b"\r",
        b"1",
        b"NaN",
        b"-",
        b".",
        b"# EOF",
        b"\xff",
        b"\0",
        b"\xc3\xa9",
        b"x=\"1\"",
        b"__name__",
        b"{\"n\"} 1\n",
    ];
    let mut random = Random(7);
    let mut read = 0;
    for _ in 0..100_000 {
        let bytes: Vec<u8> =
            (0..random.below(14)).flat_map(|_| random.pick(&PARTS).to_vec()).collect();
        match parse(&bytes) {
            Ok(_) => read += 1,
            Err(error) => {
                let sentence = error.to_string();
                assert!(!sentence.is_empty() && !sentence.contains('\n'), "{sentence}");
                assert!(sentence.len() < 400, "{sentence}");
            }
        }
    }
    assert!(read > 1_000, "only {read} were read: the generator lost its sense");
}

#[test]
fn scrapes_become_the_response_of_a_range_query() {
    let target = labels(&[("instance", "a:8000"), ("job", "vllm")]);
    let mut scrapes = Scrapes::new("up");
    let second =
        "x{job=\"own\",exported_job=\"older\"} 1.5\nx{job=\"own\"} NaN\ny 2 1780000000500\n";
    scrapes.add(parse(second.as_bytes()).unwrap(), &target, false, 1_780_000_015_000).unwrap();
    scrapes.add(parse(b"x{job=\"own\"} 1\n").unwrap(), &target, false, 1_780_000_000_000).unwrap();
    scrapes.add_failure(&target, 1_780_000_030_000).unwrap();
    let times: Vec<i64> = scrapes.times().map(|time| time - 1_780_000_000_000).collect();
    assert_eq!(times, [0, 500, 15_000, 30_000]);
    assert_eq!(scrapes.samples(), 7);
    let response = String::from_utf8(scrapes.into_response()).unwrap();
    let expected = concat!(
        r#"{"status":"success","data":{"resultType":"matrix","result":["#,
        r#"{"metric":{"__name__":"up","instance":"a:8000","job":"vllm"},"#,
        r#""values":[[1780000000.0,"1"],[1780000015.0,"1"],[1780000030.0,"0"]]},"#,
        r#"{"metric":{"__name__":"x","exported_exported_job":"own","exported_job":"older","#,
        r#""instance":"a:8000","job":"vllm"},"values":[[1780000015.0,"1.5"]]},"#,
        r#"{"metric":{"__name__":"x","exported_job":"own","instance":"a:8000","job":"vllm"},"#,
        r#""values":[[1780000000.0,"1"],[1780000015.0,"NaN"]]},"#,
        r#"{"metric":{"__name__":"y","instance":"a:8000","job":"vllm"},"#,
        r#""values":[[1780000000.5,"2"]]}]}}"#,
    );
    assert_eq!(response, expected);
    let batch = parse_responses(&[response.as_bytes()]).unwrap();
    assert_eq!((batch.series.len(), batch.not_finite), (4, 1));
}

#[test]
fn the_labels_of_a_federation_are_kept() {
    let target = labels(&[("instance", "prometheus:9090"), ("job", "federate")]);
    let mut scrapes = Scrapes::new("up");
    let text = "x{instance=\"a:8000\"} 1 1780000000000\n";
    scrapes.add_timed(parse(text.as_bytes()).unwrap(), &target).unwrap();
    let response = String::from_utf8(scrapes.into_response()).unwrap();
    assert!(response.contains(r#""instance":"a:8000","job":"federate""#), "{response}");
    assert!(!response.contains("exported") && !response.contains("up"), "{response}");
}

#[test]
fn more_series_than_a_load_accepts_are_refused_as_soon_as_they_are_there() {
    let target = labels(&[]);
    let mut scrapes = Scrapes::new("up");
    let series = |count: usize| {
        let line = |text: String, id| text + &format!("x{{id=\"{id}\"}} 1\n");
        (0..count).fold(String::new(), line)
    };
    // One of them is `up`.
    let most = parse(series(SERIES_LIMIT - 1).as_bytes()).unwrap();
    scrapes.add(most.clone(), &target, false, 0).unwrap();
    scrapes.add(most, &target, false, 1).unwrap();
    let more = parse(b"y 1\n").unwrap();
    let error = scrapes.add(more, &target, false, 2).unwrap_err();
    assert!(error.is_too_large() && error.to_string().contains("50000 series"), "{error}");
}
