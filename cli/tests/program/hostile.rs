//! Names and messages that would control a terminal or deceive a reader, through every way in and
//! every format out.

use std::io::Read as _;

use inference_triage_core::text::foreign::disturbs;
use serde_json::{Value, json};

use crate::incident;
use crate::run::{Run, Scratch, run, run_with_input};
use crate::server::{Reply, Server};

/// Sequences of C0 and C1, DEL, ends of lines, and what reorders or hides.
const HOSTILE: &str = "m\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m\u{9d}\u{90}\u{7f}\u{0}\u{8}\u{202e}\u{2066}\r\nFORGED\u{85}\
                       \u{2028}\u{200b}\u{200f}\u{feff}\u{ad}\u{61c}\u{fff9}\u{e0041}";

#[track_caller]
fn is_harmless(run: &Run) {
    for (name, text) in [("standard output", &run.stdout), ("standard error", &run.stderr)] {
        let found = text.chars().find(|&character| character != '\n' && disturbs(character));
        assert_eq!(found, None, "on {name}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("FORGED")), "on {name}: {text}");
    }
}

/// The published incident with hostile names, and with messages of the server.
fn response() -> String {
    let mut response = incident::response("before");
    response["warnings"] = json!([HOSTILE]);
    response["infos"] = json!([HOSTILE]);
    let series = response["data"]["result"].as_array_mut().expect("a list");
    for one in series.iter_mut() {
        for label in ["instance", "model_name"] {
            if one["metric"].get(label).is_some() {
                one["metric"][label] = json!(HOSTILE);
            }
        }
        one["metric"]["pod"] = json!(HOSTILE);
        one["metric"][HOSTILE] = json!(HOSTILE);
    }
    response.to_string()
}

#[test]
fn names_and_warnings_in_every_format() {
    for format in ["text", "markdown", "json"] {
        let arguments = ["diagnose", "--format", format, "--response", "-"];
        let run = run_with_input(&arguments, response().as_bytes());
        assert_eq!(run.status, 1, "{run:?}");
        is_harmless(&run);
        if format == "json" {
            let report: Value = serde_json::from_str(&run.stdout).unwrap();
            assert_eq!(report["scopes"][0]["model"], HOSTILE, "the value itself is whole");
            assert!(run.stdout.contains("\\u202e") && run.stdout.contains("\\u009b"));
        }
    }
    let run = run_with_input(
        &["diagnose", "--response", "-", "--model", &HOSTILE.replace('\u{0}', "")],
        response().as_bytes(),
    );
    assert_eq!(run.status, 64, "{run:?}");
    is_harmless(&run);
}

/// Everything outside code spans, as CommonMark reads them.
fn outside_code(text: &str) -> String {
    let mut outside = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        outside.push_str(&rest[..at]);
        let fence = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let inside = &rest[at + fence..];
        let mut end = 0;
        while let Some(next) = inside[end..].find('`') {
            let start = end + next;
            let run = inside[start..].len() - inside[start..].trim_start_matches('`').len();
            end = start + run;
            if run == fence {
                break;
            }
        }
        assert!(inside[..end].ends_with(&"`".repeat(fence)), "a code span without an end: {text}");
        rest = &inside[end..];
    }
    outside + rest
}

/// What services make more of than text.
const MARKUP: [&str; 19] = [
    "@here",
    "<!channel>",
    "<@U0123>",
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "http://evil.example",
    "www.evil.example",
    "evil.example/a",
    "me@evil.example",
    "**bold** _it_ ~~gone~~",
    "`@here`",
    "a`@here`b``c",
    "<b>bold</b>&amp;",
    ":tada:",
    "owner/repo#12",
    "#12 !34 ABC-12",
    "a|b|c $x$",
    "# title",
    "- [ ] task",
];

#[track_caller]
fn is_only_text(markdown: &str) {
    // Our own emphasis and the signs of severity.
    let bare = outside_code(markdown).replace("**", "").replace(['🔴', '🟠', '🟢', '⚪'], "");
    let markup = bare.find(|one: char| "@<>[]!#`*_~|$\\&".contains(one));
    assert_eq!(markup, None, "{bare:?} of {markdown}");
    for word in ["evil", "http", "tada", "repo", "ABC-12"] {
        assert!(!bare.contains(word), "{word} in {bare:?}");
    }
}

/// A label can make no link, no mention, no picture, no formatting and no reference.
#[test]
fn names_in_markdown() {
    let arguments = ["diagnose", "--format", "markdown", "--response", "-"];
    for hostile in MARKUP {
        let mut response = incident::response("before");
        for one in response["data"]["result"].as_array_mut().expect("a list") {
            if one["metric"].get("model_name").is_some() {
                one["metric"]["model_name"] = json!(hostile);
            }
        }
        let run = run_with_input(&arguments, response.to_string().as_bytes());
        assert_eq!(run.status, 1, "{run:?}");
        assert!(run.stdout.contains(hostile.trim_matches('`')), "{}", run.stdout);
        is_only_text(&run.stdout);
    }
}

/// The sentences about one of several replicas hold its name.
#[test]
fn names_inside_sentences_of_markdown() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/engines/recordings/hung-twin-0.20.1/response.json.gz"
    );
    let mut recorded = String::new();
    let file = std::fs::File::open(path).expect("the recording");
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut recorded).expect("text");
    let arguments = ["diagnose", "--format", "markdown", "--response", "-"];
    for hostile in MARKUP {
        let label = json!(hostile).to_string();
        let response = recorded.replace("\"127.0.0.1:44331\"", &label);
        let run = run_with_input(&arguments, response.as_bytes());
        assert_eq!(run.status, 1, "{run:?}");
        assert!(run.stdout.contains("engine hung on"), "{}", run.stdout);
        let first = hostile.split(['`', ' ']).find(|part| !part.is_empty()).unwrap_or_default();
        assert!(run.stdout.contains(first.trim_matches(':')), "{}", run.stdout);
        is_only_text(&run.stdout);
    }
}

#[test]
fn names_in_expositions() {
    let label = HOSTILE.replace('\n', "\\n");
    let scrape = |time| incident::exposition("before", time).replace("gemma", &label);
    let files = ["t0", "t1"]
        .map(|time| Scratch::new(&format!("hostile.{time}.prom"), scrape(time).as_bytes()));
    for format in ["text", "markdown", "json"] {
        let run = run(&[
            "diagnose",
            "--format",
            format,
            "--every",
            "5m",
            "--exposition",
            files[0].path(),
            files[1].path(),
        ]);
        assert_eq!(run.status, 1, "{run:?}");
        is_harmless(&run);
    }
    for line in [format!("{HOSTILE} 1\n"), format!("a{{x=\"{label}\"}} {label}\n")] {
        let bad = Scratch::new("hostile-line.prom", line.as_bytes());
        let run = run(&["diagnose", "--exposition", bad.path()]);
        assert_eq!(run.status, 65, "{run:?}");
        is_harmless(&run);
    }
}

#[test]
fn names_of_files() {
    let name = HOSTILE.replace('\u{0}', "");
    let bad = Scratch::new(&name, b"[1]");
    for arguments in [
        &["diagnose", "--response", bad.path()][..],
        &["diagnose", "--capsule", bad.path()],
        &["diagnose", "--exposition", bad.path()],
        &["diagnose", "--capsule", "-", "--save-capsule", &format!("/nonexistent/{name}")],
        &["quantile", "--q", "0.5", "--buckets", bad.path()],
        &["fraction", "--le", "1", "--buckets", bad.path()],
        &["diagnose", "--url", "http://h", "--header", &format!("@{}", bad.path())],
        &["diagnose", "--url", &name],
        &["diagnose", "--scrape", &name],
        &["diagnose", &name],
        &["diagnose", "--format", &name],
        &["diagnose", "--url", "http://h", "--range", &name],
        &["diagnose", "--response", bad.path(), "--threshold", &format!("{name}=1")],
        &["plan", "--engine", &name],
    ] {
        let run = run(arguments);
        assert!(run.status >= 64, "{run:?}");
        is_harmless(&run);
    }
    for format in ["text", "json"] {
        let run = run(&["plan", "--format", format, "--match", &format!("a=\"{name}\"")]);
        is_harmless(&run);
    }
}

#[test]
fn messages_of_servers_and_targets() {
    let header = |text: &str| text.replace(['\n', '\r', '\u{0}'], "");
    for (status, body) in [
        (200, json!({"status": "error", "error": HOSTILE, "errorType": HOSTILE}).to_string()),
        (400, json!({"status": "error", "error": HOSTILE, "errorType": HOSTILE}).to_string()),
        (500, HOSTILE.to_owned()),
        (302, String::new()),
        (200, format!("{HOSTILE} 1\n")),
        (200, format!("a{{x=\"{}\"}} 1\n", HOSTILE.replace('\n', "\\n"))),
    ] {
        let server = Server::start(move |_| {
            Reply::new(status, body.clone()).header("Location", header(HOSTILE))
        });
        for option in ["--url", "--scrape"] {
            let url = server.url();
            let run = run(&["diagnose", option, &url]);
            assert!(run.status >= 64, "{run:?}");
            is_harmless(&run);
        }
    }
}
