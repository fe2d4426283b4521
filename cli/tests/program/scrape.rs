//! Engines scraped without a Prometheus.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::incident;
use crate::run::{Run, gzip, run};
use crate::server::{Reply, Server, dead_port};

/// Two scrapes, half a second apart.
const TWICE: [&str; 4] = ["--for", "500ms", "--every", "500ms"];

fn scrape(urls: &[&str], flags: &[&str]) -> Run {
    run(&[&["diagnose", "--scrape"], urls, &TWICE, flags].concat())
}

/// An engine in the published incident: its first scrape, then the second one for ever.
fn engine(case: &'static str) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_| {
        let time = if count.fetch_add(1, Ordering::SeqCst) == 0 { "t0" } else { "t1" };
        Reply::new(200, incident::exposition(case, time)).header("Content-Type", "text/plain")
    })
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no report: {run:?}"))
}

#[test]
fn an_engine_is_diagnosed_without_a_prometheus() {
    let engine = engine("before");
    let run = scrape(&[&engine.url()], &["--format", "json"]);
    let report = report(&run);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{run:?}");
    assert_eq!(report["verdict"]["id"], "slot-cap");
    assert_eq!(report["window"]["finished_requests"], 96.0);
    assert_eq!(report["scopes"][0]["replicas"][0], format!("{}/0", engine.host()));
    let requests = engine.requests();
    assert_eq!(requests.len(), 2);
    let [first, ..] = &requests[..] else { unreachable!() };
    assert_eq!((first.method.as_str(), first.path.as_str()), ("GET", "/metrics"));
    let accept = first.header("accept").unwrap();
    assert!(accept.starts_with("application/openmetrics-text;version=1.0.0"), "{accept}");
    assert!(accept.contains("text/plain;version=0.0.4"), "{accept}");
    assert_eq!(first.header("x-prometheus-scrape-timeout-seconds"), Some("0.5"));
    assert_eq!(first.header("accept-encoding"), Some("gzip"));
}

#[test]
fn several_addresses_are_several_replicas() {
    // Not the same numbers twice, which would be one engine under two addresses.
    let (one, two) = (engine("after"), engine("before"));
    let run = scrape(&[&one.url(), &format!("{}/metrics", two.url())], &["--format", "json"]);
    let report = report(&run);
    assert_eq!(report["scopes"][0]["replicas"].as_array().map(Vec::len), Some(2), "{run:?}");
    assert_eq!(one.requests().len() + two.requests().len(), 4);
}

#[test]
fn openmetrics_gzip_and_headers_work_as_with_prometheus() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |request| {
        if request.header("authorization") != Some("Bearer s3cret") {
            return Reply::new(401, "");
        }
        let time = if count.fetch_add(1, Ordering::SeqCst) == 0 { "t0" } else { "t1" };
        let body = incident::exposition("before", time) + "# EOF\n";
        Reply::new(200, gzip(body.as_bytes()))
            .header("Content-Encoding", "gzip")
            .header("Content-Type", "application/openmetrics-text; version=1.0.0")
    });
    let url = server.url();
    scrape(&[&url], &[]).fails(69, &["wants credentials", "--header"]);
    let run = scrape(&[&url], &["--format", "json", "--header", "Authorization: Bearer s3cret"]);
    assert_eq!(report(&run)["verdict"]["id"], "slot-cap", "{run:?}");
}

#[test]
fn what_is_no_engine_is_told_after_the_first_scrape() {
    for (status, body, parts) in [
        (200, "<!DOCTYPE html><title>Sign in</title>", &["web page", "--scrape"][..]),
        (200, "", &["empty body"]),
        (200, "{\"status\":\"ok\"}", &["JSON"]),
        (200, "a 1\nb{c 2\n", &["line 2: "]),
        (401, "", &["credentials", "--header"]),
        (404, "", &["/metrics does not exist"]),
        (503, "loading", &["loading its model"]),
    ] {
        let server = Server::start(move |_| Reply::new(status, body));
        scrape(&[&server.url()], &[]).fails(69, &[&[server.url().as_str()], parts].concat());
        assert_eq!(server.requests().len(), 1);
    }
    let other =
        Server::start(|_| Reply::new(200, "go_goroutines 7\nprocess_cpu_seconds_total 1\n"));
    scrape(&[&other.url()], &[]).fails(65, &["go_goroutines", "the engine itself", "--prefix"]);
    assert_eq!(other.requests().len(), 1);
}

#[test]
fn nothing_listens_and_a_redirect_is_not_followed() {
    let url = format!("http://127.0.0.1:{}", dead_port());
    scrape(&[&url], &[]).fails(69, &["connection refused", "port"]);
    scrape(&["http://no-such-host.invalid:8000"], &[]).fails(69, &["no-such-host.invalid", "DNS"]);
    let server = Server::start(|_| Reply::new(302, "").header("Location", "https://sso/login"));
    scrape(&[&server.url()], &[]).fails(69, &["redirects to https://sso/login", "not followed"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_dead_replica_beside_a_living_one_is_named() {
    let engine = engine("after");
    let dead = format!("http://127.0.0.1:{}", dead_port());
    let run = scrape(&[&dead, &engine.url()], &["--format", "json"]);
    assert!(run.stdout.starts_with('{'), "{run:?}");
    assert!(run.stderr.contains("2 of 2 scrapes") && run.stderr.contains("refused"), "{run:?}");
}

#[test]
fn an_engine_that_goes_away_is_not_judged_by_what_it_was() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Reply::new(200, incident::exposition("after", "t0")),
        _ => Reply::new(500, "boom"),
    });
    run(&["diagnose", "--scrape", &server.url(), "--for", "600ms", "--every", "300ms"])
        .fails(69, &["answered 2 of 3 scrapes", "boom", "log"]);
}

#[test]
fn three_time_outs_in_a_row_end_the_run() {
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        if count.fetch_add(1, Ordering::SeqCst) > 1 {
            std::thread::sleep(Duration::from_secs(3));
        }
        Reply::new(200, incident::exposition("after", "t0"))
    });
    run(&["diagnose", "--scrape", &server.url(), "--for", "1h", "--every", "200ms"])
        .fails(69, &["3 scrapes in a row", "after 2 of", "within 200 ms", "--every"]);
}

#[test]
fn a_run_that_would_be_too_short_or_too_large_is_refused() {
    run(&["diagnose", "--scrape", "http://a", "--for", "4s"]).fails(64, &["single scrape"]);
    run(&["diagnose", "--scrape", "http://a", "http://a:80/m"]).fails(64, &["a:80 twice"]);
    run(&["diagnose", "--scrape", "a:8000"]).fails(64, &["--scrape", "http://engine:8000"]);
    let engine = engine("after");
    run(&["diagnose", "--scrape", &engine.url(), "--for", "30d", "--every", "1s"])
        .fails(64, &["samples", "8000000"]);
}
