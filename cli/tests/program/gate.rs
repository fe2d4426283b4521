//! `gate`: a deployment before it takes traffic, and after.

use serde_json::Value;

use crate::incident;
use crate::run::{Run, Scratch, run, run_with_input};

/// The published log; the deployment started with two slots, the fix with sixteen.
const LOG: &str = "GPU KV cache size: 71,439 tokens\n\
                   Maximum concurrency for 8,192 tokens per request: 8.72x\n";

fn admission(log: &str, flags: &[&str]) -> Run {
    run_with_input(&[&["gate", "admission", "--log", "-"], flags].concat(), log.as_bytes())
}

#[test]
fn the_published_flag_fails_and_the_fixed_one_passes() {
    for (slots, status, word) in [("2", 1, "FAIL"), ("16", 0, "PASS"), ("8", 0, "PASS")] {
        let run = admission(LOG, &["--max-num-seqs", slots]);
        assert_eq!((run.status, run.stderr.as_str()), (status, ""), "{}", run.stdout);
        assert!(run.stdout.starts_with(&format!("{word}  ")), "{}", run.stdout);
    }
    let failed = admission(LOG, &["--max-num-seqs", "2"]);
    for part in ["8.7 requests of 8,192 tokens", "--max-num-seqs 2 → 8 or more"] {
        assert!(failed.stdout.contains(part), "no {part:?} in\n{}", failed.stdout);
    }
}

#[test]
fn the_log_repeats_its_own_flags() {
    let log = format!("non-default args: {{'max_num_seqs': 2}}\n{LOG}");
    assert_eq!(admission(&log, &[]).status, 1);
    let other = admission(&log, &["--max-num-seqs", "16"]);
    assert_eq!(other.status, 1, "{}", other.stdout);
    assert!(other.stdout.contains("the engine started with 2"), "{}", other.stdout);
}

/// What fits was said for another length than the one that is given.
#[test]
fn a_length_that_the_log_contradicts_fails() {
    let run = admission(LOG, &["--max-num-seqs", "16", "--max-model-len", "4096"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stdout.contains("--max-model-len 4,096 is given"), "{}", run.stdout);
}

/// A prompt that repeats boot messages, and two starts of which one is another engine's.
#[test]
fn only_the_engine_says_what_it_is() {
    let line = |text: &str| format!("INFO 11-28 15:53:50 [core.py:864] {text}\n");
    let boot: String = LOG.lines().map(line).collect();
    let prompt = "Maximum concurrency for 8,192 tokens per request: 1x\nargs: max_num_seqs=1\n";
    let run = admission(&format!("{boot}{prompt}"), &["--max-num-seqs", "2"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    let two = boot + &line("args: max_num_seqs=2") + &line("args: max_num_seqs=16");
    let open = admission(&two, &[]);
    assert_eq!(open.status, 2, "{}", open.stdout);
    let part = "one start says --max-num-seqs 2 and 16; give --max-num-seqs";
    assert!(open.stdout.contains(part), "{}", open.stdout);
}

#[test]
fn tolerance_and_overcommit_move_the_bounds() {
    // 8.72 less a quarter is 6.54: six slots pass, five do not.
    for (slots, tolerance, status) in [("6", "0.25", 0), ("5", "0.25", 1), ("2", "0.8", 0)] {
        let run = admission(LOG, &["--max-num-seqs", slots, "--tolerance", tolerance]);
        assert_eq!(run.status, status, "{slots} {tolerance}: {}", run.stdout);
    }
    // 71,439 tokens hold 141 requests of 505 tokens.
    for (slots, status) in [("141", 0), ("300", 1)] {
        let usual = ["--max-num-seqs", slots, "--request-tokens", "505", "--overcommit", "1"];
        let run = admission(LOG, &usual);
        assert_eq!(run.status, status, "{slots}: {}", run.stdout);
        assert!(run.stdout.contains("141 requests of 505 tokens"), "{}", run.stdout);
    }
    let unknown = admission(LOG, &["--max-num-seqs", "16", "--overcommit", "2"]);
    assert_eq!(unknown.status, 2, "{}", unknown.stdout);
}

#[test]
fn metrics_stand_for_the_log() {
    let metrics = "vllm:cache_config_info{engine=\"0\",kv_cache_size_tokens=\"71439\",\
                   kv_cache_max_concurrency=\"8.72\"} 1\n\
                   vllm:request_prompt_tokens_sum 1550\nvllm:request_prompt_tokens_count 10\n\
                   vllm:request_generation_tokens_sum 7000\n\
                   vllm:request_generation_tokens_count 10\n";
    let file = Scratch::new("gate-metrics.txt", metrics.as_bytes());
    let with =
        |slots| run(&["gate", "admission", "--exposition", file.path(), "--max-num-seqs", slots]);
    assert_eq!(with("2").status, 1);
    let passed = with("16");
    assert_eq!(passed.status, 0, "{}", passed.stdout);
    // 71,439 / (155 + 700).
    assert!(passed.stdout.contains("84 requests of 855 tokens"), "{}", passed.stdout);
    let both = LOG.replace("8.72x", "20.1x");
    let log = Scratch::new("gate-log.txt", both.as_bytes());
    let files = ["gate", "admission", "--exposition", file.path(), "--log", log.path()];
    let apart = run(&[&files[..], &["--max-num-seqs", "16"]].concat());
    assert!(apart.stdout.contains("are they of one start?"), "{}", apart.stdout);
}

#[test]
fn what_is_not_told_is_inconclusive_with_a_cure() {
    for (log, flags, part) in [
        (LOG, &[][..], "give --max-num-seqs"),
        ("nothing\n", &["--max-num-seqs", "2"], "give the log of a start"),
    ] {
        let run = admission(log, flags);
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    assert_eq!(run(&["gate", "admission", "--max-num-seqs", "2"]).status, 64);
    let missing = ["gate", "admission", "--log", "/nonexistent/log"];
    run(&missing).fails(65, &["there is no such file"]);
}

/// The cap arrives at 20:56 UTC.
const EARLY: &str = "2026-05-28T20:27:00Z..2026-05-28T20:40:00Z";
const LATER: &str = "2026-05-28T20:41:00Z..2026-05-28T20:54:00Z";
const CAPPED: &str = "2026-05-28T21:00:00Z..2026-05-28T21:24:00Z";

/// Three sessions finish some hundred requests in the whole hour.
const FEW: &[&str] = &["--min-requests", "50"];

fn deploy(before: &str, after: &str, flags: &[&str]) -> Run {
    let windows = ["gate", "deploy", "--response", "-", "--before", before, "--after", after];
    run_with_input(&[&windows[..], flags].concat(), incident::onset().as_bytes())
}

#[test]
fn a_cap_that_was_deployed_fails() {
    let run = deploy(EARLY, CAPPED, &[FEW, &["--format", "json"]].concat());
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{}", run.stdout);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["gate"], "deploy");
    assert_eq!(answer["outcome"], "fail");
    assert!(answer["summary"].as_str().unwrap().contains("slot-cap"), "{answer}");
    let printed = |format| deploy(EARLY, CAPPED, &[FEW, &["--format", format]].concat()).stdout;
    assert!(printed("junit").contains("<failure message="));
    assert!(printed("markdown").starts_with("**FAIL** "));
    assert!(printed("text").starts_with("FAIL  "));
}

#[test]
fn a_deployment_that_changes_nothing_passes() {
    let run = deploy(EARLY, LATER, FEW);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
}

#[test]
fn few_requests_decide_nothing() {
    let run = deploy(EARLY, CAPPED, &["--min-requests", "5000"]);
    assert_eq!(run.status, 2, "{}", run.stdout);
    assert!(run.stdout.contains("each window needs 5,000"), "{}", run.stdout);
}

/// The same deployment beside itself, at one time: well, and as ill as the other.
#[test]
fn two_deployments_are_compared_over_one_window() {
    let file = Scratch::new("gate-stays.json", incident::onset().as_bytes());
    let both = ["gate", "deploy", "--response", file.path(), "--stays-response", file.path()];
    for window in [LATER, CAPPED] {
        let run = run(&[&both[..], &["--after", window], FEW].concat());
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{window}: {}", run.stdout);
    }
}

#[test]
fn the_other_side_is_asked_for() {
    let response = ["gate", "deploy", "--response", "x", "--after", LATER];
    for (flags, part) in [
        (&[][..], "--before"),
        (&["--before", EARLY, "--stays-response", "y"], "cannot be used with"),
        (&["--stays-match", "a=\"b\""], "cannot be used with"),
    ] {
        let found = run(&[&response[..], flags].concat());
        assert_eq!(found.status, 64, "{found:?}");
        assert!(found.stderr.contains(part), "no {part:?} in {}", found.stderr);
    }
    let typed = deploy(EARLY, LATER, &["--window", LATER]);
    typed.fails(64, &["leave --window and --baseline out"]);
}
