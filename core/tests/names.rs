//! What an exporter calls its metrics, flags and itself stands in `source/` and nowhere else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use inference_triage_core::source::registry::EXPORTERS;

/// Modules that are compiled for tests alone.
const TESTS: &[&str] = &["tests.rs", "test_series.rs", "histogram/incident.rs"];

/// Beginnings of names that no list of ours has to hold: another engine's, another device's.
const FOREIGN: &[&str] =
    &["DCGM_", "sglang:", "trtllm_", "lmdeploy:", "dynamo_", "num_requests_", "kube_", "--max-"];

/// Names without a prefix that are also words of the language: they are looked for as whole
/// literals.
const WORDS: &[&str] = &["up", "process"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What exporters are called and call their metrics and flags.
fn names() -> Vec<String> {
    let mut names: Vec<String> = FOREIGN.iter().map(|&name| name.to_owned()).collect();
    for exporter in EXPORTERS {
        let metrics = exporter.metrics.iter().map(|metric| metric.base);
        let flags = exporter.knobs.iter().map(|words| words.flag);
        let own = [exporter.id, exporter.title, exporter.canonical_prefix];
        let all = metrics.chain(flags).chain(own).filter(|name| !name.is_empty());
        names.extend(all.map(str::to_owned));
    }
    names
}

/// The string literals of a line of code, without those of documentation and comments.
fn literals(line: &str) -> Vec<&str> {
    if line.trim_start().starts_with("//") {
        return Vec::new();
    }
    line.split('"').skip(1).step_by(2).collect()
}

/// Ids of families are ours, and some are what an engine calls the same thing.
fn is_own_id(literal: &str) -> bool {
    inference_triage_core::catalogue::families::Family::from_id(literal).is_some()
}

fn holds(literal: &str, name: &str) -> bool {
    // A short word inside a sentence is a word, not a name.
    let is_word = WORDS.contains(&name) || name.chars().all(|c| c.is_ascii_lowercase());
    if is_word {
        return literal == name;
    }
    let is_prefix = name.ends_with(['_', ':', '-']);
    let ends = |after: &str| {
        let endings = ["_total", "_bucket", "_sum", "_count"];
        let rest = endings.iter().find_map(|ending| after.strip_prefix(ending)).unwrap_or(after);
        !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
    };
    let mut found = literal.match_indices(name).map(|(start, _)| &literal[start + name.len()..]);
    found.any(|after| is_prefix || ends(after)) && !is_own_id(literal)
}

#[test]
fn names_of_exporters_stand_in_source_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let names = names();
    let mut wrong = String::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let room = inside.split(['/', '.']).next().unwrap();
        let is_exempt = room == "source" || TESTS.iter().any(|test| inside.ends_with(test));
        if is_exempt {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        // Unit tests of a file stand at its end.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            for literal in literals(line) {
                for name in names.iter().filter(|name| holds(literal, name)) {
                    wrong += &format!("\n{inside}:{}: \"{literal}\" holds {name}", number + 1);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "what an exporter calls it belongs into core/src/source:{wrong}");
}

#[test]
fn a_name_is_found_and_a_sentence_is_not() {
    let found = |line: &str| {
        literals(line).iter().any(|literal| names().iter().any(|name| holds(literal, name)))
    };
    assert!(found(r#"let selector = "vllm:num_requests_running";"#));
    assert!(found(r#"format!("{} {}", "--max-num-seqs", x)"#));
    assert!(found(r#"query("DCGM_FI_DEV_SM_CLOCK")"#));
    assert!(found(r#"profile.id == "vllm""#));
    assert!(found(r#"labels.get("up")"#));
    assert!(!found(r#"format!("requests add up to {total}")"#));
    assert!(!found(r#"// vllm: "vllm:num_requests_running""#));
}
