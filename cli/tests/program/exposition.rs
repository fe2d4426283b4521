//! Saved scrapes: the figures of the published incident, whatever way the times come, and refusals
//! of everything that could be read in two ways.

use serde_json::Value;

use crate::incident;
use crate::run::{Run, Scratch, gzip, run, run_with_input};

/// The two scrapes of a case, five minutes apart, in files that are not.
fn pair(case: &str, name: &str) -> [Scratch; 2] {
    ["t0", "t1"].map(|time| {
        let content = incident::exposition(case, time);
        Scratch::new(&format!("{name}-{case}.{time}.prom"), content.as_bytes())
    })
}

fn report(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no report: {run:?}"))
}

/// The report with everything that names a replica or a file's scraper left out.
fn figures(run: &Run) -> [Value; 4] {
    let report = report(run);
    ["window", "signals", "phases", "verdict"].map(|part| {
        let text = report[part].to_string().replace("exposition", "pod-0");
        serde_json::from_str(&text).expect("it was JSON")
    })
}

#[test]
fn files_give_the_figures_of_the_response_that_prometheus_gives() {
    for (case, verdict) in [("before", "slot-cap"), ("after", "healthy")] {
        let [t0, t1] = pair(case, "figures");
        let timed = |time: &str, file: &Scratch| format!("{time}={}", file.path());
        let found = run(&[
            "diagnose",
            "--format",
            "json",
            "--exposition",
            &timed("1780000000", &t0),
            &timed("2026-05-28T20:31:40Z", &t1),
        ]);
        let response = incident::response(case).to_string();
        let expected = run_with_input(
            &["diagnose", "--format", "json", "--response", "-"],
            response.as_bytes(),
        );
        assert_eq!(report(&found)["verdict"]["id"], verdict, "{}", found.stdout);
        assert_eq!(figures(&found), figures(&expected), "{case}");
        assert_eq!((found.status, found.stderr.as_str()), (expected.status, ""));
    }
}

#[test]
fn order_and_distance_do_where_there_are_no_times() {
    let [t0, t1] = pair("before", "every");
    let spaced = ["diagnose", "--format", "json", "--every", "5m", "--exposition"];
    let found = report(&run(&[&spaced[..], &[t0.path(), t1.path()]].concat()));
    assert_eq!(found["verdict"]["id"], "slot-cap");
    assert_eq!(
        found["window"]["end"].as_i64().unwrap() - found["window"]["start"].as_i64().unwrap(),
        300_000
    );
    // The second one gzipped, and from standard input.
    let packed = gzip(incident::exposition("before", "t1").as_bytes());
    let piped = run_with_input(&[&spaced[..], &[t0.path(), "-"]].concat(), &packed);
    assert_eq!(report(&piped)["verdict"]["id"], "slot-cap");
}

#[test]
fn files_written_one_after_the_other_tell_their_times() {
    let [t0, t1] = pair("before", "written");
    let age = |file: &Scratch, seconds| {
        let file = std::fs::File::options().write(true).open(file.path()).unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        file.set_modified(time).unwrap();
    };
    age(&t0, 1_780_000_000);
    age(&t1, 1_780_000_300);
    let found =
        report(&run(&["diagnose", "--format", "json", "--exposition", t0.path(), t1.path()]));
    assert_eq!(found["window"]["start"], 1_780_000_000_000_i64);
    assert_eq!(found["window"]["end"], 1_780_000_300_000_i64);
    run(&["diagnose", "--exposition", t1.path(), t0.path()])
        .fails(64, &["was written after", "order"]);
}

#[test]
fn far_apart_scrapes_are_the_window_even_where_it_is_longer_than_a_default_one() {
    let [t0, t1] = pair("before", "far");
    let hour =
        ["diagnose", "--format", "json", "--every", "1h", "--exposition", t0.path(), t1.path()];
    let found = report(&run(&hour));
    assert_eq!(found["window"]["finished_requests"], 96.0, "{}", found["window"]);
}

#[test]
fn samples_that_say_their_time_need_no_other() {
    let mut text = String::new();
    for (scrape, seconds) in [("t0", 1_780_000_000), ("t1", 1_780_000_300)] {
        for line in
            incident::exposition("before", scrape).lines().filter(|one| !one.starts_with('#'))
        {
            text += &format!("{line} {seconds}\n");
        }
    }
    let timed = Scratch::new("timed.txt", (text + "# EOF\n").as_bytes());
    let found = report(&run(&["diagnose", "--format", "json", "--exposition", timed.path()]));
    assert_eq!(found["verdict"]["id"], "slot-cap");
    assert_eq!(found["window"]["end"], 1_780_000_300_000_i64);
}

#[test]
fn a_capsule_of_scrapes_opens_with_the_same_report() {
    let [t0, t1] = pair("before", "saved");
    let capsule = Scratch::absent("of-scrapes.json.gz");
    let first = run(&[
        "diagnose",
        "--format",
        "json",
        "--every",
        "1h",
        "--save-capsule",
        capsule.path(),
        "--exposition",
        t0.path(),
        t1.path(),
    ]);
    for option in ["--capsule", "--response"] {
        let again = run(&["diagnose", "--format", "json", option, capsule.path()]);
        assert_eq!((again.status, &again.stdout), (first.status, &first.stdout), "{option}");
    }
}

#[test]
fn one_scrape_has_no_growth() {
    let [t0, _] = pair("before", "alone");
    run(&["diagnose", "--exposition", t0.path()])
        .fails(65, &[t0.path(), "one sample has no growth", "curl", "--scrape"]);
    run_with_input(
        &["diagnose", "--exposition", "-"],
        incident::exposition("before", "t0").as_bytes(),
    )
    .fails(65, &["standard input", "one sample has no growth"]);
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let [t0, t1] = pair("before", "ambiguous");
    let (first, second) = (t0.path(), t1.path());
    let timed = format!("1780000000={first}");
    for (arguments, parts) in [
        (&[first, second][..], &["same time", "--every", "TIME=FILE"][..]),
        (&[&timed, second], &[second, "has no time"]),
        (&[&timed, &timed], &["have the same time", "2026-05-28 20:26:40 UTC"]),
        (&[&timed, second, "--every", "15s"], &["--every", "leave one"]),
        (&["-", "-", "--every", "15s"], &["standard input"]),
    ] {
        let run = run_with_input(
            &[&["diagnose", "--exposition"], arguments].concat(),
            incident::exposition("before", "t0").as_bytes(),
        );
        assert!([64, 65].contains(&run.status), "{run:?}");
        run.fails(run.status, parts);
    }
}

#[test]
fn files_that_are_no_exposition_are_named() {
    let good = Scratch::new("good.prom", incident::exposition("before", "t0").as_bytes());
    for (content, parts) in [
        (&b"# HELP a text\n"[..], &["no sample"][..]),
        (b"<html>", &["HTML"]),
        (br#"{"status":"success"}"#, &["--response"]),
        (b"ok 1\nvllm:a{b=\"c} 2\n", &["line 2: ", "does not end"]),
        (b"vllm:a 1", &["line 1: ", "cut off"]),
        (b"", &["is empty"]),
    ] {
        let bad = Scratch::new("bad.prom", content);
        run(&["diagnose", "--every", "15s", "--exposition", good.path(), bad.path()])
            .fails(65, &[&[bad.path()], parts].concat());
    }
    let cut = &gzip(b"a 1\n")[..10];
    let bad = Scratch::new("cut.prom.gz", cut);
    run(&["diagnose", "--exposition", bad.path()]).fails(65, &["ends too early"]);
    let other = Scratch::new("other.prom", b"go_goroutines 7\n");
    run(&["diagnose", "--every", "15s", "--exposition", other.path(), other.path()])
        .fails(65, &["go_goroutines", "/metrics of the engine itself"]);
}
