//! The direction of flow: a room uses what stands below it in this list and nothing above.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of the core from the lowest to the highest.
const ROOMS: &[&str] = &[
    "small",
    "text",
    "time",
    "error",
    "catalogue",
    "caveat",
    "role",
    "json",
    "settings",
    "ingest",
    "store",
    "histogram",
    "growth",
    "source",
    "query",
    "scope",
    "window",
    "signal",
    "limits",
    "quality",
    "model",
    "triage",
    "diagnosis",
    "report",
    "comparison",
    "message",
    "session",
];

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

/// The name after each `crate::`, outside of documentation.
fn used(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1)).map(|after| {
        let end = after.find(|c: char| !(c.is_ascii_lowercase() || c == '_'));
        &after[..end.unwrap_or(after.len())]
    })
}

#[test]
fn nothing_imports_upward() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let place = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut wrong = String::new();
    // Unit tests may run the whole to see what a part does.
    let is_code = |file: &&PathBuf| !file.ends_with("lib.rs") && !file.ends_with("tests.rs");
    for file in files.iter().filter(is_code) {
        let inside = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let room = inside.split(['/', '.']).next().unwrap();
        let own = place(room).unwrap_or_else(|| panic!("the room {room} has no place in ROOMS"));
        for other in used(&fs::read_to_string(file).unwrap()) {
            match place(other) {
                Some(place) if place <= own => {}
                Some(_) => wrong += &format!("\n{inside}: {room} uses {other}"),
                None => wrong += &format!("\n{inside}: {other} has no place in ROOMS"),
            }
        }
    }
    assert!(wrong.is_empty(), "a room uses what stands above it:{wrong}");
}
