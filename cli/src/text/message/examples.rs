//! The message of every recorded engine and of every scenario.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use inference_triage_core::report::Report;
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;
use inference_triage_harness::scenario::corpus::named_cases;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use inference_triage_core::message::markdown;

use super::*;

/// Narrow terminals, files, wide terminals.
const WIDTHS: [usize; 3] = [80, 100, 120];

/// Widest word of the recordings and scenarios: a query that holds no blank.
const WIDEST_WORD: usize = 100;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/engines/recordings")
}

fn report(settings: &Value, response: &[u8]) -> Option<Report> {
    let mut session = Session::new();
    session.configure(Settings::from_json(settings.to_string().as_bytes()).ok()?).ok()?;
    session.load_prometheus(&[response]).ok()?;
    session.report().ok()
}

pub(super) fn recording(id: &str) -> Report {
    let file =
        std::fs::File::open(folder().join(id).join("response.json.gz")).expect("a recording");
    let mut response = Vec::new();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut response).expect("gzip");
    let truth = std::fs::read(folder().join(id).join("truth.json")).expect("its truth");
    let truth: Value = serde_json::from_slice(&truth).expect("JSON");
    let targets: serde_json::Map<String, Value> = truth["slo"]
        .as_str()
        .expect("objectives")
        .split(',')
        .filter_map(|one| one.split_once('='))
        .map(|(name, target)| (name.to_owned(), json!(target.parse::<f64>().expect("seconds"))))
        .collect();
    report(&json!({ "slo": { "targets": targets } }), &response).expect("a known engine")
}

fn recordings() -> Vec<(String, Report)> {
    let folders = std::fs::read_dir(folder()).expect("the recordings");
    let mut ids: Vec<String> = folders
        .map(|entry| entry.expect("a folder").file_name().into_string().expect("UTF-8"))
        .collect();
    ids.sort();
    assert!(ids.len() >= 29, "{} recordings", ids.len());
    ids.into_iter().map(|id| (id.clone(), recording(&id))).collect()
}

fn scenarios() -> Vec<(String, Report)> {
    let cases = named_cases().expect("the scenarios");
    let reports = cases.into_iter().filter_map(|(name, case)| {
        // Some are about what is refused.
        Some((name, report(&case.settings, case.response.to_json().as_ref())?))
    });
    let reports: Vec<_> = reports.collect();
    assert!(reports.len() >= 40, "{} scenarios have a report", reports.len());
    reports
}

/// Words without the blanks that a line break made of one blank.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// Where the words stand in the text one behind the other, line ends or not.
fn holds(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (words(text), words(wanted));
    text.windows(wanted.len()).any(|window| window == wanted)
}

#[track_caller]
fn check(name: &str, report: &Report, columns: usize) {
    let text = text(report, Style::plain(), Screen::of_columns(columns));
    let place = format!("{name} at {columns} columns:\n{text}");
    let height: usize = text.lines().map(|line| line.width().div_ceil(columns)).sum();
    assert!(height <= MOST_LINES, "{height} lines, {place}");
    for line in text.lines() {
        let is_one_word = words(line).len() == 1;
        assert!(line.width() <= columns || is_one_word, "too wide, {place}");
        assert!(line.width() <= WIDEST_WORD.max(columns), "too wide, {place}");
        assert_eq!(line, line.trim_end(), "blanks at an end, {place}");
    }
    let verdict = &report.diagnosis.verdict;
    let sentence = words(&verdict.sentence)[1..].join(" ");
    assert!(holds(&text, &sentence), "no verdict, {place}");
    assert!(text.contains("\nImpact  ") && text.contains("\nSure?   "), "{place}");
    assert!(text.contains("data "), "no grade, {place}");
    if let Some(action) = &verdict.action {
        assert!(holds(&text, &format!("1. {}", action.sentence)), "no action, {place}");
        let copies = action.steps.iter().filter_map(|step| step.copy.as_ref());
        let copies: Vec<&String> = copies.collect();
        let first = action.steps.first().and_then(|step| step.copy.as_ref());
        let check = copies.last().copied();
        for copy in first.into_iter().chain(check) {
            let is_said = words(&text).iter().any(|word| word.trim_end_matches('.') == copy);
            assert!(is_said || holds(&text, copy), "no {copy}, {place}");
        }
    }
    if let Some(candidate) = verdict.candidates.first() {
        assert!(text.contains("\nMaybe   ") && holds(&text, &candidate.how), "{place}");
    }
}

#[test]
fn every_recording_fits_every_screen() {
    for (name, report) in recordings() {
        for columns in WIDTHS {
            check(&name, &report, columns);
        }
    }
}

#[test]
fn every_scenario_fits_every_screen() {
    for (name, report) in scenarios() {
        for columns in WIDTHS {
            check(&name, &report, columns);
        }
    }
}

#[test]
fn no_word_is_cut() {
    let all = recordings().into_iter().chain(scenarios());
    for (name, report) in all {
        let whole = lines(&of(&report), Style::plain(), Screen::of_columns(120));
        let known = words(&whole);
        let narrow = text(&report, Style::plain(), Screen::of_columns(80));
        for line in narrow.lines().filter(|line| !line.starts_with("More")) {
            for word in words(line) {
                let is_known = word == "…" || known.contains(&word) || is_number_of_a_step(word);
                assert!(is_known, "{name}: {word:?} of {narrow} is not a word of {whole}");
            }
        }
    }
}

fn is_number_of_a_step(word: &str) -> bool {
    word.strip_suffix('.').is_some_and(|number| number.parse::<u8>().is_ok())
}

#[test]
fn markdown_says_the_same() {
    for (name, report) in recordings().into_iter().chain(scenarios()) {
        let markdown = markdown(&report);
        assert!(markdown.lines().count() <= MOST_LINES + 1, "{name}: {markdown}");
        let text = of(&report).fit(MOST_LINES - 1, Screen::UNKNOWN);
        let text = lines(&text, Style::plain(), Screen::UNKNOWN);
        // Without the marks of Markdown, the severity, and the labels' and steps' marks.
        let bare = |text: &str| {
            let mut text = text.replace(['`', '*'], "");
            for mark in
                ["🔴", "🟠", "🟢", "🔵", "⚪", "CRITICAL", "WARNING", "CANNOT TELL", "OK", "INFO"]
            {
                text = text.replacen(mark, "", 1);
            }
            let words = words(&text).into_iter().filter(|word| *word != "-");
            words.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(bare(&markdown), bare(&text), "{name}");
    }
}
