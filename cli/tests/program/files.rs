//! Files that cannot be read or are not what they should be: status 65 and one sentence that names
//! the file.

use crate::run::{Scratch, gzip, run, run_with_input};

#[test]
fn a_file_that_is_not_there() {
    run(&["diagnose", "--response", "/nonexistent.json"])
        .fails(65, &["/nonexistent.json", "no such file"]);
    run(&["diagnose", "--capsule", "/nonexistent.json"])
        .fails(65, &["/nonexistent.json", "no such file"]);
    run(&["diagnose", "--response", env!("CARGO_MANIFEST_DIR")]).fails(65, &["directory"]);
}

#[test]
fn a_file_with_nothing_in_it() {
    for content in [&b""[..], b" \n\t"] {
        run_with_input(&["diagnose", "--response", "-"], content)
            .fails(65, &["standard input is empty"]);
    }
    run_with_input(&["diagnose", "--response", "-"], &gzip(b""))
        .fails(65, &["standard input is empty"]);
}

#[test]
fn a_gzip_file_that_ends_too_early() {
    let whole = gzip(br#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#);
    for length in [2, 10, whole.len() / 2, whole.len() - 1] {
        let file = Scratch::new("cut.json.gz", &whole[..length]);
        run(&["diagnose", "--response", file.path()]).fails(65, &[file.path(), "ends too early"]);
    }
    let mut damaged = whole;
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    let file = Scratch::new("damaged.json.gz", &damaged);
    run(&["diagnose", "--response", file.path()]).fails(65, &[file.path(), "gzip"]);
}

#[test]
fn a_response_that_is_none() {
    for (content, part) in [
        (&br#"{"schema":1,"verdict":{"id":"healthy"}}"#[..], "this is a report of schema 1"),
        (br#"{"schema":1,"settings":{},"responses":[]}"#, "a capsule without a response"),
        (br#"{"schema":7,"settings":{},"responses":[{}]}"#, "newer version"),
        (br#"{"id":"x","responses":[]}"#, "a recording without a response"),
        (b"# TYPE a gauge\na 1\n", "--exposition"),
        (br#"{"schema":1}"#, "not a Prometheus range response"),
    ] {
        run_with_input(&["diagnose", "--response", "-"], content)
            .fails(65, &["standard input", part]);
    }
}

#[test]
fn a_capsule_that_is_none() {
    for (content, part) in [
        (
            &br#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#[..],
            "this is a Prometheus response; open it with --response",
        ),
        (br#"{"schema":1,"verdict":{"id":"healthy"}}"#, "this is a report of schema 1"),
        (br#"{"id":"x","responses":[{}]}"#, "this is a recording; open it with --response"),
        (b"vllm:x 1\n", "--exposition"),
        (br#"{"schema":0,"settings":{},"responses":[{}]}"#, "schema 0, which no version"),
        (b"<html>", "not an incident capsule"),
        (br#"{"schema":9,"settings":{},"responses":[]}"#, "newer version"),
        (br#"{"schema":1,"settings":{"slo":{"quantile":7}},"responses":[{}]}"#, "between 0 and 1"),
    ] {
        run_with_input(&["diagnose", "--capsule", "-"], content)
            .fails(65, &["standard input", part]);
    }
}
