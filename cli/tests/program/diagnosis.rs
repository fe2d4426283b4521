//! Diagnoses of the published incident from saved responses.

use std::fmt::Write as _;

use inference_triage_core::session::Session;
use serde_json::{Value, json};

use crate::incident;
use crate::run::{Run, Scratch, gzip, run, run_with_input};

fn diagnose(response: &Value, flags: &[&str]) -> Run {
    run_with_input(
        &[&["diagnose", "--response", "-"], flags].concat(),
        response.to_string().as_bytes(),
    )
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(words.contains(part), "\"{part}\" is not in\n{text}");
    }
}

#[test]
fn two_slots_are_a_finding_that_can_be_pasted() {
    let run = diagnose(&incident::response("before"), &[]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{}", run.stdout);
    assert!(
        run.stdout
            .starts_with("CRITICAL  gemma (1 replica): admission is capped at 2 running sequences"),
        "{}",
        run.stdout
    );
    // 48 of the 96 first tokens came within 2.5 s; the mean request took 9.3186 s.
    says(
        &run.stdout,
        &[
            "memory is not the constraint",
            "Impact 50 % of requests miss TTFT 2.5 s",
            "request time 9.3 s",
            "Do 1. Raise --max-num-seqs from 2 to",
            "--max-num-seqs=",
            "2. Check after the restart that no request waits.",
            "max_over_time(vllm:num_requests_waiting{model_name=\"gemma\"}[5m])",
            "Don't",
            "simulated cases · data",
            "More --full",
        ],
    );
    assert!(run.stdout.lines().count() <= 15, "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}'), "colours without a terminal");
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{}", run.stdout);
}

#[test]
fn the_tables_are_there_for_who_asks() {
    let run = diagnose(&incident::response("before"), &["--full"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{}", run.stdout);
    let message = diagnose(&incident::response("before"), &[]).stdout;
    let headline = message.lines().next().unwrap_or_default();
    assert!(run.stdout.starts_with(headline), "{}", run.stdout);
    assert!(!run.stdout.contains("More    --full"), "{}", run.stdout);
    says(
        &run.stdout,
        &[
            "memory is not the constraint",
            "96 requests finished",
            "such simulated cases). Support is weak. Another cause holds too, a part of the excess \
             time is not explained, or few requests finished.",
            "Where 9.3 s goes",
            "queue 3.1 s 33 %",
            "6.05–7.5 s 7.3 s",
            "2.5 s 50 % HIGH",
            "--max-num-seqs",
            "scale out first",
            "x kv-thrash",
            "max_num_seqs = 2 sequences (inferred)",
            "kv_capacity_tokens = 71,440 tokens (exported)",
        ],
    );
    assert!(!run.stdout.contains('\u{1b}'), "colours without a terminal");
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{}", run.stdout);
}

#[test]
fn sixteen_slots_are_healthy() {
    let run = diagnose(&incident::response("after"), &["--full"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    says(
        &run.stdout,
        &["OK gemma (1 replica), healthy: TTFT p95", "132 requests finished", "≤ 17.8 ms 0.28 s ["],
    );
}

#[test]
fn the_onset_is_named_in_utc() {
    let path = incident::path("onset.response.json.gz");
    let run = run(&["diagnose", "--full", "--response", path.to_str().unwrap()]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    // 2026-05-28 20:26:40 is minute 0 of the recording; the cap arrives at minute 32, give or take
    // two steps of 15 s.
    let since = run
        .stdout
        .lines()
        .find(|line| line.trim_start().starts_with("Since"))
        .expect("the onset is known");
    let second: f64 = since
        .split(':')
        .nth(2)
        .and_then(|rest| rest.get(..2))
        .and_then(|text| text.parse().ok())
        .unwrap();
    let minute: f64 = since.split(':').nth(1).and_then(|text| text.parse().ok()).unwrap();
    assert!((minute * 60.0 + second - (58.0 * 60.0 + 40.0)).abs() <= 30.0, "{since}");
    says(&run.stdout, &["Baseline 2026-05-28 20:26", "before a change point"]);
}

#[test]
fn another_window_is_another_diagnosis() {
    let onset: Value = serde_json::from_str(&incident::onset()).unwrap();
    let run = diagnose(&onset, &["--full", "--window", "2026-05-28T20:39:55Z..1780001695"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    says(&run.stdout, &["OK", "Window 2026-05-28 20:39:55 to 20:54:55 UTC (15 min, step 15 s)"]);
}

#[test]
fn targets_of_the_user_are_judged() {
    let after = incident::response("after");
    assert_eq!(diagnose(&after, &[]).status, 0);
    let strict = diagnose(&after, &["--full", "--slo", "ttft=0.05,e2e=5"]);
    assert_ne!(strict.status, 0, "{}", strict.stdout);
    says(&strict.stdout, &["50 ms", "5 s"]);
    let batch = diagnose(&after, &["--full", "--profile", "batch"]);
    says(&batch.stdout, &["60 s"]);
}

#[test]
fn json_is_the_core_s_own_report() {
    let onset = incident::onset();
    let mut session = Session::new();
    session.load_prometheus(&[onset.as_bytes()]).unwrap();
    let mut expected = session.report_bytes().unwrap();
    expected.push(b'\n');
    let run = run_with_input(
        &["diagnose", "--response", "-", "--format", "json"],
        &gzip(onset.as_bytes()),
    );
    assert_eq!((run.status, run.stdout.as_bytes()), (1, expected.as_slice()));
}

#[test]
fn several_files_are_one_input() {
    let whole = incident::response("before");
    let series = whole["data"]["result"].as_array().unwrap();
    let (left, right) = series.split_at(series.len() / 2);
    let left = Scratch::new("left.json", incident::matrix(left).to_string().as_bytes());
    let right =
        Scratch::new("right.json.gz", &gzip(incident::matrix(right).to_string().as_bytes()));
    let parts = run(&["diagnose", "--response", left.path(), right.path()]);
    assert_eq!(parts.stdout, diagnose(&whole, &[]).stdout);
}

#[test]
fn one_scrape_is_not_enough() {
    let mut response = incident::response("before");
    for series in response["data"]["result"].as_array_mut().unwrap() {
        series["values"].as_array_mut().unwrap().remove(0);
    }
    let run = diagnose(&response, &[]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stdout.starts_with("CANNOT TELL"), "{}", run.stdout);
}

#[test]
fn no_known_engine_is_bad_input_with_what_was_found_and_a_cure() {
    let series =
        json!({"metric": {"__name__": "acme_requests_total"}, "values": [[1, "1"], [2, "2"]]});
    diagnose(&incident::matrix(&[series]), &[]).fails(65, &["acme_requests_total", "plan"]);
    diagnose(&incident::matrix(&[]), &[]).fails(65, &["plan"]);
}

#[test]
fn the_damaged_file_among_good_ones_is_named() {
    let good = Scratch::new("good.json", incident::response("before").to_string().as_bytes());
    let text = incident::response("after").to_string();
    let cut = Scratch::new("cut.json", &text.as_bytes()[..text.len() / 2]);
    run(&["diagnose", "--response", good.path(), cut.path()]).fails(65, &[cut.path()]);
}

#[test]
fn hostile_labels_stay_text() {
    let mut response = incident::response("before").to_string();
    response = response.replace("\"gemma\"", r#""\u001b[31mge\u202emma\n\u0007<b>""#);
    for (arguments, shown) in [
        (&[][..], "CRITICAL  gemma <b> (1 replica): admission"),
        (&["--full"], "  Scope       gemma <b> on vllm"),
        (&["--format", "markdown"], "🔴 **`gemma <b>` (1 replica): admission"),
    ] {
        let arguments = [&["diagnose", "--response", "-"], arguments].concat();
        let run = run_with_input(&arguments, response.as_bytes());
        assert_eq!(run.status, 1, "{run:?}");
        assert!(run.stdout.contains(shown), "{}", run.stdout);
        let control = |character: char| character.is_control() && character != '\n';
        assert!(!run.stdout.contains(control), "{:?}", run.stdout);
    }
}

#[test]
fn a_name_longer_than_the_page_does_not_break_it() {
    let mut long = String::new();
    for index in 0..200 {
        write!(long, "model-{index}-").unwrap();
    }
    let response = incident::response("before").to_string().replace("gemma", &long);
    for arguments in [&[][..], &["--full"]] {
        let arguments = [&["diagnose", "--response", "-"], arguments].concat();
        let run = run_with_input(&arguments, response.as_bytes());
        let copied = |line: &&str| !line.contains("max_over_time");
        assert!(
            run.stdout.lines().filter(copied).all(|line| line.chars().count() <= 100),
            "{}",
            run.stdout
        );
        let is_message = arguments.len() == 3;
        assert!(!is_message || run.stdout.lines().count() <= 15, "{}", run.stdout);
        assert!(!is_message || run.stdout.contains("Raise --max-num-seqs"), "{}", run.stdout);
    }
}

#[test]
fn tables_are_not_written_as_markdown() {
    let before = incident::response("before");
    diagnose(&before, &["--full", "--format", "markdown"]).fails(64, &["--full", "--format text"]);
    let json = diagnose(&before, &["--format", "json"]);
    assert_eq!(diagnose(&before, &["--full", "--format", "json"]).stdout, json.stdout);
}
