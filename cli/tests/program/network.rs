//! Servers that cannot be reached, refuse, or are something else: status 69 and one sentence with
//! cause and cure.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::run::{Run, Scratch, gzip, many_samples, run};
use crate::server::{Reply, Request, Server, dead_port};

/// A range vector of one gauge scraped every ten seconds.
const PROBE: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[0,"1"],[10,"1"],[20,"1"]]}]}}"#;

fn diagnose(server: &Server, flags: &[&str]) -> Run {
    let url = server.url();
    run(&[&["diagnose", "--url", &url], flags].concat())
}

fn always(status: u16, body: &'static str) -> Server {
    Server::start(move |_| Reply::new(status, body))
}

/// Tells the scrape interval and then refuses.
fn after_the_probe(status: u16, body: &'static str) -> Server {
    Server::start(move |request| {
        if request.is_probe() { Reply::new(200, PROBE) } else { Reply::new(status, body) }
    })
}

#[test]
fn nothing_listens() {
    let url = format!("http://127.0.0.1:{}", dead_port());
    run(&["diagnose", "--url", &url]).fails(69, &["connection refused", "port"]);
}

#[test]
fn the_host_does_not_exist() {
    run(&["diagnose", "--url", "http://no-such-host.invalid:9090"])
        .fails(69, &["no-such-host.invalid", "DNS"]);
}

#[test]
fn a_web_page_instead_of_json() {
    let server = always(200, "<!DOCTYPE html><html><title>Sign in</title></html>");
    diagnose(&server, &[]).fails(69, &["web page", "login", "--header"]);
}

#[test]
fn json_of_another_program() {
    diagnose(&always(200, "{\"message\": \"hello\"}"), &[])
        .fails(69, &["not Prometheus's", "--url"]);
}

#[test]
fn an_error_in_prometheus_words() {
    let error = r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples"}"#;
    diagnose(&always(422, error), &[]).fails_after_notes(&["too many samples", "--match"]);
}

#[test]
fn credentials_are_missing_or_wrong() {
    diagnose(&always(401, "Unauthorized"), &[]).fails(69, &["credentials", "401", "--header"]);
    diagnose(&always(403, "Forbidden"), &[]).fails(69, &["403", "--header"]);
}

#[test]
fn the_path_prefix_is_missing() {
    diagnose(&always(404, "404 page not found"), &[])
        .fails(69, &["/api/v1/query does not exist", "prefix"]);
}

#[test]
fn a_redirect_is_named_and_not_followed() {
    let server =
        Server::start(|_| Reply::new(302, "").header("Location", "https://u:pw@sso.example/login"));
    let run = diagnose(&server, &["--header", "Authorization: Bearer s3cret"]);
    run.fails(69, &["redirects to https://sso.example/login", "--url"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn http_where_https_was_typed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let speaker = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(
            b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent a TLS request to an HTTP server.\n",
        );
    });
    run(&["diagnose", "--url", &url]).fails(69, &["does not speak TLS", "http://"]);
    speaker.join().unwrap();
}

#[test]
fn a_server_that_closes_without_a_word() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let closer = std::thread::spawn(move || drop(listener.accept()));
    run(&["diagnose", "--url", &url]).fails(69, &["closed the connection", "--url"]);
    closer.join().unwrap();
}

#[test]
fn a_server_that_does_not_speak_http() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let speaker = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2p1\r\n");
        let _ = stream.read(&mut [0; 4096]);
    });
    run(&["diagnose", "--url", &url]).fails(69, &["port"]);
    speaker.join().unwrap();
}

#[test]
fn a_server_that_never_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    run(&["diagnose", "--url", &url, "--timeout", "200ms"])
        .fails_after_notes(&["did not answer within 200 ms", "--timeout"]);
}

#[test]
fn three_time_outs_in_a_row_end_the_run_even_after_good_answers() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        if !request.is_probe() && asked.fetch_add(1, Ordering::SeqCst) > 4 {
            std::thread::sleep(Duration::from_secs(5));
        }
        Reply::new(200, PROBE)
    });
    let start = Instant::now();
    diagnose(&server, &["--timeout", "300ms"])
        .fails(69, &["3 queries in a row had no answer", "within 300 ms", "were answered)"]);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let asked = server.requests().len();
    assert!(asked < 5 + 2 * 4 + 2, "{asked} requests to a server that does not answer");
}

#[test]
fn all_answers_together_must_fit_into_the_budget() {
    // 120 kB as columns, 40 times.
    let body = |request: &Request| {
        if request.is_probe() { PROBE.to_owned() } else { many_samples(7_500) }
    };
    let plain = Server::start(move |request| Reply::new(200, body(request)));
    diagnose(&plain, &["--memory-budget", "2MiB"])
        .fails(69, &["the answer of http", "budget of 2 MiB", "--memory-budget 4MiB"]);
    // A kilobyte on the wire.
    let packed = Server::start(move |request| {
        Reply::new(200, gzip(body(request).as_bytes())).header("Content-Encoding", "gzip")
    });
    diagnose(&packed, &["--memory-budget", "2MiB"])
        .fails(69, &["budget of 2 MiB", "--memory-budget 4MiB"]);
}

#[test]
fn an_answer_that_breaks_off() {
    let server = Server::start(|request| {
        let whole = PROBE.as_bytes();
        Reply::new(200, if request.is_probe() { whole } else { &whole[..whole.len() / 2] })
    });
    diagnose(&server, &[]).fails(69, &["ends in the middle", "try again"]);
}

#[test]
fn every_query_fails_after_a_good_start() {
    let server = after_the_probe(
        503,
        r#"{"status":"error","errorType":"timeout","error":"query timed out"}"#,
    );
    diagnose(&server, &[]).fails(69, &["query timed out", "shorter --range"]);
}

#[test]
fn a_refusal_of_everything_stops_the_rest() {
    let server = after_the_probe(401, "");
    diagnose(&server, &[]).fails(69, &["credentials"]);
    let asked = server.requests().len();
    assert!(asked <= 1 + 4, "{asked} requests to a server that lets nobody in");
}

#[test]
fn hostile_error_texts_do_not_reach_the_terminal() {
    let error = r#"{"status":"error","errorType":"x","error":"\u001b[2Jbad\nmatcher"}"#;
    let run = diagnose(&always(400, error), &[]);
    assert!(
        !run.stderr.contains('\u{1b}') && run.stderr.contains("bad matcher"),
        "{:?}",
        run.stderr
    );
}

#[test]
fn queries_are_forms_on_the_prefixed_path_with_the_given_headers() {
    let server = after_the_probe(401, "");
    let secret = Scratch::new("headers", b"Authorization: Bearer s3cret\n\nX-Extra: 1\n");
    let url = format!("{}/tenant/prometheus/", server.url());
    let from_file = format!("@{}", secret.path());
    run(&[
        "diagnose",
        "--url",
        &url,
        "--header",
        "X-Scope-OrgID: a",
        "--header",
        &from_file,
        "--start",
        "1780000000",
        "--end",
        "2026-05-28T20:36:40.500Z",
        "--match",
        "model_name=\"gemma\"",
    ]);
    let requests = server.requests();
    let (probe, range) = (&requests[0], &requests[1]);
    assert_eq!(
        (probe.method.as_str(), probe.path.as_str()),
        ("POST", "/tenant/prometheus/api/v1/query")
    );
    assert_eq!(probe.parameter("time"), Some("1780000600.500"));
    assert_eq!(range.path, "/tenant/prometheus/api/v1/query_range");
    let span = ["start", "end", "step"].map(|name| range.parameter(name));
    assert_eq!(span, [Some("1780000000"), Some("1780000600.500"), Some("10")]);
    for request in &requests {
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
        assert_eq!(request.header("x-scope-orgid"), Some("a"));
        assert_eq!(
            (request.header("authorization"), request.header("x-extra")),
            (Some("Bearer s3cret"), Some("1"))
        );
        assert!(
            request.parameter("query").is_some_and(|query| query.contains("model_name=\"gemma\"")),
            "{request:?}"
        );
    }
}

#[test]
fn raw_is_one_query_on_the_same_grid() {
    let server = after_the_probe(401, "");
    diagnose(&server, &["--raw", "--start", "1780000000", "--end", "1780000600"]);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].parameter("start"), Some("1780000000"));
}

#[test]
fn the_end_is_now_floored_to_the_step() {
    let server = after_the_probe(401, "");
    diagnose(&server, &["--raw", "--range", "6h"]);
    let requests = server.requests();
    let number =
        |name| requests[1].parameter(name).and_then(|text| text.parse::<i64>().ok()).unwrap();
    // 6 h in at most 1,000 points, scraped every 10 s: 30 s.
    assert_eq!(
        (number("step"), number("end") % 30, number("end") - number("start")),
        (30, 0, 21_600)
    );
}

#[test]
fn get_is_used_where_post_is_not_allowed() {
    let server = Server::start(|request: &Request| match request.method.as_str() {
        "POST" => Reply::new(405, "only GET"),
        _ => Reply::new(403, ""),
    });
    diagnose(&server, &[]).fails(69, &["403"]);
    let last = server.requests().pop().unwrap();
    assert_eq!((last.method.as_str(), last.parameter("time").is_some()), ("GET", true));
}

#[test]
fn credentials_in_the_address_are_sent_and_never_shown() {
    let server = always(403, "");
    let url = format!("http://ann:s3cret@{}", server.host());
    let run = run(&["diagnose", "--url", &url]);
    run.fails(69, &["403"]);
    assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
    assert_eq!(server.requests()[0].header("authorization"), Some("Basic YW5uOnMzY3JldA=="));
}

#[test]
fn an_interval_outside_the_range_is_refused_before_any_range_query() {
    let server = always(200, PROBE);
    let range = ["--start", "1780000000", "--end", "1780000600"];
    diagnose(&server, &[&range[..], &["--window", "1779990000..1780000600"]].concat())
        .fails(64, &["--window", "--start"]);
    diagnose(&server, &[&range[..], &["--baseline", "1780000000..1780009999"]].concat())
        .fails(64, &["--baseline", "--end"]);
    assert!(server.requests().iter().all(Request::is_probe));
}

impl Run {
    /// Like `fails` with status 69, with notes in lines of their own before the sentence.
    #[track_caller]
    fn fails_after_notes(&self, parts: &[&str]) {
        assert_eq!((self.status, self.stdout.as_str()), (69, ""), "{self:?}");
        let last = self.stderr.lines().last().unwrap_or_default();
        for part in parts {
            assert!(last.contains(part), "\"{part}\" is not in: {last}");
        }
    }
}
