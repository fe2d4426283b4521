//! An id stands in its list and nowhere else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use inference_triage_core::catalogue::actions::ActionId;
use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::catalogue::facts::FactId;
use inference_triage_core::catalogue::limits::LimitId;
use inference_triage_core::catalogue::signals::SignalId;

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

/// Code without comments and without its unit tests.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_id_is_a_literal_outside_its_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    // A one-word id such as "data" is an ordinary word too.
    let all =
        [ActionId::IDS, CauseId::IDS, CaveatId::IDS, FactId::IDS, LimitId::IDS, SignalId::IDS];
    let ids = all.concat();
    let ids: Vec<&str> = ids.into_iter().filter(|id| id.contains(['-', '_'])).collect();
    let mut wrong = String::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap().to_str().unwrap();
        if inside.starts_with("catalogue/") || inside.ends_with("tests.rs") {
            continue;
        }
        let text = code(&fs::read_to_string(&file).unwrap());
        for id in ids.iter().filter(|id| text.contains(&format!("\"{id}\""))) {
            wrong += &format!("\n{inside}: \"{id}\"");
        }
    }
    assert!(wrong.is_empty(), "ids that should be members of their list:{wrong}");
}
