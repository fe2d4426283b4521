//! The command line itself: usage errors, help and version.

use crate::run::{Scratch, run};

#[test]
fn a_wrong_command_line_ends_with_64() {
    for arguments in [
        &[][..],
        &["diagnoze"],
        &["diagnose"],
        &["diagnose", "--url", "http://h", "--capsule", "c.json"],
        &["diagnose", "--url", "http://h", "--response", "r.json"],
        &["diagnose", "--response"],
        &["diagnose", "--url", "http://h", "--range", "soon"],
        &["diagnose", "--url", "http://h", "--range", "30m", "--start", "1780000000"],
        &["diagnose", "--url", "http://h", "--start", "yesterday"],
        &["diagnose", "--url", "http://h", "--window", "1780000600..1780000000"],
        &["diagnose", "--url", "http://h", "--slo", "ttft"],
        &["diagnose", "--url", "http://h", "--profile", "talk"],
        &["diagnose", "--url", "http://h", "--objective", "0.9"],
        &["diagnose", "--url", "http://h", "--threshold", "memory.full"],
        &["diagnose", "--url", "http://h", "--format", "yaml"],
        &["diagnose", "--url", "http://h", "--grouping", "pod"],
        &["diagnose", "--response", "r.json", "--match", "a=\"b\""],
        &["diagnose", "--response", "r.json", "--range", "30m"],
        &["diagnose", "--capsule", "c.json", "--raw"],
        &["diagnose", "--exposition"],
        &["diagnose", "--exposition", "a", "--for", "60s"],
        &["diagnose", "--exposition", "a", "--url", "http://h"],
        &["diagnose", "--exposition", "a", "--header", "A: b"],
        &["diagnose", "--scrape", "http://h", "--range", "30m"],
        &["diagnose", "--scrape", "http://h", "--match", "a=\"b\""],
        &["diagnose", "--url", "http://h", "--every", "5s"],
        &["diagnose", "--response", "r.json", "--memory-budget", "1GB"],
        &["diagnose", "--url", "http://h", "--recorded", "--raw"],
        &["diagnose", "--url", "http://h", "--recorded", "--grouping", "model"],
        &["diagnose", "--response", "r.json", "--recorded"],
        &["rules", "--format", "zabbix"],
        &["rules", "--scrape-interval", "0s"],
        &["rules", "--recordings", "none"],
        &["plan", "--host", "zabbix"],
        &["plan", "--step", "0s"],
        &["quantile", "--q", "95", "--buckets", "b.json"],
        &["quantile", "--q", "NaN", "--buckets", "b.json"],
        &["quantile", "--q", "0.95"],
    ] {
        let run = run(arguments);
        assert_eq!(run.status, 64, "{arguments:?}: {}", run.stderr);
        assert!(run.stdout.is_empty() && !run.stderr.is_empty(), "{arguments:?}: {run:?}");
    }
}

#[test]
fn what_the_parser_lets_through_and_the_settings_refuse_is_a_usage_error_too() {
    let response = Scratch::new("settings.json", b"{}");
    for (flags, part) in [
        (["--slo", "tfft=2"], "tfft"),
        (["--slo", "ttft=-1"], "slo.targets.ttft must be a number greater than 0, got -1"),
        (["--limit", "slots=2"], "slots"),
        (["--quantile", "1.5"], "between 0 and 1"),
        (["--threshold", "memory.preempting=0"], "thresholds.memory.preempting"),
        (["--threshold", "memory.fill=1"], "memory.fill"),
        (["--threshold", "spread.slow=99"], "spread.slow"),
    ] {
        run(&["diagnose", "--response", response.path(), flags[0], flags[1]]).fails(64, &[part]);
    }
}

#[test]
fn an_address_that_is_none_is_a_usage_error() {
    for url in ["prometheus:9090", "ftp://h", "http://", "http://h/?a=b"] {
        run(&["diagnose", "--url", url]).fails(64, &["--url", "http://prometheus:9090"]);
    }
}

#[test]
fn headers_are_checked_and_never_repeated() {
    let run = run(&["diagnose", "--url", "http://h", "--header", "Bearer s3cret"]);
    run.fails(64, &["--header"]);
    assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
}

#[test]
fn help_and_version_are_no_errors() {
    for arguments in [
        &["--help"][..],
        &["-h"],
        &["diagnose", "--help"],
        &["plan", "--help"],
        &["quantile", "--help"],
    ] {
        let run = run(arguments);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(run.stdout.contains("Usage: inference-triage"), "{arguments:?}: {}", run.stdout);
    }
    let version = run(&["--version"]);
    assert_eq!(
        (version.status, version.stdout),
        (0, format!("inference-triage {}\n", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn help_names_every_flag_and_every_exit_status() {
    let help = run(&["diagnose", "--help"]).stdout;
    for flag in [
        "--url",
        "--response",
        "--capsule",
        "--match",
        "--range",
        "--start",
        "--end",
        "--window",
        "--baseline",
        "--slo",
        "--profile",
        "--quantile",
        "--model",
        "--replica",
        "--limit",
        "--threshold",
        "--prefix",
        "--format",
        "--full",
        "--raw",
        "--header",
        "--progress",
        "--exposition",
        "--scrape",
        "--for",
        "--every",
        "--memory-budget",
        "--save-capsule",
    ] {
        assert!(help.contains(flag), "{flag} is not in the help");
    }
    for status in ["0  healthy", "1  a finding", "2  cannot tell", "64 ", "65 ", "69 ", "70 "] {
        assert!(help.contains(status), "{status} is not in the help");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    let help = run(&["plan", "--help"]).stdout;
    for flag in ["--engine", "--grouping", "--host", "--match", "--step", "--format"] {
        assert!(help.contains(flag), "{flag} is not in the help");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::Stdio;
    let mut child = crate::run::command(&["diagnose", "--help"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}
