//! Files that cannot be read or are not what they should be: status 65 and one sentence that names
//! the file.

use crate::run::{Scratch, gzip, many_samples, run, run_with_input};

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

#[test]
fn all_files_together_must_fit_into_the_budget() {
    // 800 kB of times and samples; the second one shares its times.
    let plain = Scratch::new("large.json", many_samples(50_000).as_bytes());
    let budget = ["diagnose", "--memory-budget", "1MiB", "--response"];
    run(&[&budget[..], &[plain.path(), plain.path()]].concat()).fails(
        65,
        &["large.json (1014.7 KiB)", "budget of 1 MiB", "other input holds 781.3 KiB", "2MiB"],
    );
    let packed = Scratch::new("bomb.json.gz", &gzip(&vec![b' '; 2 << 20]));
    run(&[&budget[..], &[packed.path()]].concat())
        .fails(65, &["bomb.json.gz does not fit", "after decompression", "--memory-budget 2MiB"]);
    let metrics = Scratch::new("bomb.prom.gz", &gzip("a 1\n".repeat(1 << 19).as_bytes()));
    run(&["diagnose", "--memory-budget", "1MiB", "--exposition", metrics.path()])
        .fails(65, &["bomb.prom.gz does not fit", "--memory-budget 2MiB"]);
    let buckets = Scratch::new("buckets.json", &vec![b' '; 17 << 20]);
    run(&["quantile", "--q", "0.5", "--buckets", buckets.path()])
        .fails(65, &["buckets.json (17 MiB) is larger than 16 MiB"]);
}

#[test]
fn recordings_and_capsules_open_as_responses() {
    let response = crate::incident::onset();
    let recording = format!(
        r#"{{"id":"onset","truth":"slot-cap","verdict":"slot-cap","responses":[{response}]}}"#
    );
    let expected =
        run_with_input(&["diagnose", "--format", "json", "--response", "-"], response.as_bytes());
    let recording = Scratch::new("recording.json.gz", &gzip(recording.as_bytes()));
    let opened = run(&["diagnose", "--format", "json", "--response", recording.path()]);
    assert_eq!((opened.status, &opened.stdout), (expected.status, &expected.stdout));
    let capsule = format!(r#"{{"schema":1,"settings":{{}},"responses":[{response}]}}"#);
    let capsule = Scratch::new("capsule-as-response.json", capsule.as_bytes());
    let opened = run(&["diagnose", "--format", "json", "--response", capsule.path()]);
    assert_eq!((opened.status, &opened.stdout), (expected.status, &expected.stdout));
    run(&["diagnose", "--response", capsule.path(), capsule.path()])
        .fails(64, &["second capsule", "one at a time"]);
}
