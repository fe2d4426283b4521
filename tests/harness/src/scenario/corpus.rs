//! The files of `tests/scenarios`.

use std::path::{Path, PathBuf};

use crate::scenario::case::Case;
use crate::scenario::document::{Document, parse};

/// Where the files are.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// Ids of the rules that have a file, sorted.
pub fn rules() -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(directory()).map_err(|error| error.to_string())?;
    let mut rules: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .collect();
    rules.sort();
    Ok(rules)
}

/// The file of one rule. Its first heading must be the rule's id, and no two cases may share a
/// name.
pub fn document(rule: &str) -> Result<Document, String> {
    let path = directory().join(format!("{rule}.md"));
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{rule}.md: {error}"))?;
    let document = parse(&text).map_err(|error| format!("{rule}.md: {error}"))?;
    if document.rule != rule {
        return Err(format!("{rule}.md: its first heading is {:?}", document.rule));
    }
    for (index, section) in document.sections.iter().enumerate() {
        if section.prose.trim().is_empty() {
            return Err(format!("{rule}.md:{}: a case without prose", section.line));
        }
        if document.sections[..index].iter().any(|other| other.slug() == section.slug()) {
            return Err(format!("{rule}.md:{}: a second case of that name", section.line));
        }
    }
    Ok(document)
}

/// Every case of the corpus with its name, `<rule>--<case>`.
pub fn named_cases() -> Result<Vec<(String, Case)>, String> {
    let mut cases = Vec::new();
    for rule in rules()? {
        for section in &document(&rule)?.sections {
            let case = Case::of(section)
                .map_err(|error| format!("{rule}.md, {}: {error}", section.title))?;
            cases.push((format!("{rule}--{}", section.slug()), case));
        }
    }
    Ok(cases)
}
