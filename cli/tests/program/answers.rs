//! Servers that answer: from the queries to the diagnosis.

use crate::incident;
use crate::run::{Run, Scratch, gzip, run, run_with_input};
use crate::server::{Reply, Request, Server};

const HOUR: [&str; 4] = ["--start", "1780000015", "--end", "1780003600"];

fn diagnose(server: &Server, flags: &[&str]) -> Run {
    let url = server.url();
    run(&[&["diagnose", "--url", &url], &HOUR[..], flags].concat())
}

/// What the same data give as a saved response.
fn expected(flags: &[&str]) -> Run {
    run_with_input(
        &[&["diagnose", "--response", "-"], flags].concat(),
        incident::onset().as_bytes(),
    )
}

fn probe() -> Reply {
    Reply::new(
        200,
        r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"vllm:num_requests_running"},"values":[[0,"1"],[15.001,"1"]]}]}}"#,
    )
}

fn failed() -> Reply {
    Reply::new(
        503,
        r#"{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#,
    )
}

/// Raw series for the query that asks for the first tokens, and for the others what `other` says.
fn recorded(other: impl Fn() -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |request: &Request| {
        if request.is_probe() {
            probe()
        } else if request
            .parameter("query")
            .is_some_and(|query| query.contains("time_to_first_token"))
        {
            Reply::new(200, incident::onset())
        } else {
            other()
        }
    })
}

#[test]
fn raw_series_over_http_are_the_saved_response() {
    let server = recorded(failed);
    let run = diagnose(&server, &["--raw", "--format", "json"]);
    let expected = expected(&["--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (expected.status, ""));
    assert_eq!(run.stdout, expected.stdout);
}

#[test]
fn compressed_answers_are_read() {
    let server = Server::start(|request: &Request| {
        assert!(
            request.header("accept-encoding").is_some_and(|encodings| encodings.contains("gzip"))
        );
        let reply = if request.is_probe() { probe() } else { Reply::new(200, incident::onset()) };
        Reply::new(200, gzip(&reply.body)).header("Content-Encoding", "gzip")
    });
    assert_eq!(diagnose(&server, &["--raw"]).stdout, expected(&[]).stdout);
}

#[test]
fn failed_queries_are_a_warning_and_the_rest_is_judged() {
    let run = diagnose(&recorded(failed), &[]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(
        run.stdout.starts_with("CRITICAL  gemma (1 replica): admission is capped"),
        "{}",
        run.stdout
    );
    assert_eq!(run.stderr.lines().count(), 1, "one cause, one line: {}", run.stderr);
    for part in ["queries failed", "queue_time", "query timed out", "more"] {
        assert!(run.stderr.contains(part), "\"{part}\" is not in: {}", run.stderr);
    }
}

#[test]
fn a_server_without_an_engine_is_bad_input() {
    let empty =
        || Reply::new(200, r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#);
    let server =
        Server::start(move |request: &Request| if request.is_probe() { probe() } else { empty() });
    diagnose(&server, &[]).fails(65, &["--match"]);
}

#[test]
fn an_unknown_scrape_interval_is_assumed_and_said() {
    let server = Server::start(|request: &Request| {
        let nothing = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
        if request.is_probe() {
            Reply::new(200, nothing)
        } else {
            Reply::new(200, incident::onset())
        }
    });
    let run = diagnose(&server, &["--raw"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("taken to be 15 s"), "{}", run.stderr);
    assert_eq!(server.requests()[1].parameter("step"), Some("15"));
}

#[test]
fn the_probe_finds_the_prefix() {
    let server = Server::start(|request: &Request| {
        let body =
            String::from_utf8(probe().body).unwrap_or_default().replace("vllm:", "kserve_vllm:");
        if request.is_probe() { Reply::new(200, body) } else { failed() }
    });
    diagnose(&server, &[]);
    let planned = server.requests().into_iter().filter(|request| !request.is_probe());
    for request in planned {
        assert!(
            request.parameter("query").is_some_and(|query| query.contains("kserve_vllm:")),
            "{request:?}"
        );
    }
}

#[test]
fn what_a_server_gave_can_be_kept_as_a_capsule() {
    let capsule = Scratch::absent("fetched.json.gz");
    let first = diagnose(&recorded(failed), &["--save-capsule", capsule.path()]);
    let again = run(&["diagnose", "--capsule", capsule.path()]);
    assert_eq!((first.status, first.stdout), (again.status, again.stdout));
}

#[test]
fn progress_shows_only_where_it_is_wanted() {
    let server = recorded(failed);
    let quiet = diagnose(&server, &["--raw"]);
    assert_eq!(quiet.stderr, "");
    let shown = diagnose(&server, &["--raw", "--progress", "always"]);
    assert!(shown.stderr.contains("1 of 1 queries answered"), "{:?}", shown.stderr);
    assert!(shown.stderr.ends_with("\r\u{1b}[K"), "the line stays: {:?}", shown.stderr);
    assert_eq!(shown.stdout, quiet.stdout);
}
