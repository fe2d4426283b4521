//! Cases of `tests/cases`: what people reported of real installations, rebuilt as one response each,
//! with the right answer beside it.
//!
//! The right answer is read against the report's JSON, what a front end sees. A path of a fact is
//! dotted; a number or a name picks from a list (`limits.max_num_seqs.value`), `len` is its length.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

use crate::scenario::case::diagnose;
use crate::scenario::check::exit_status;

/// Exit status of the command line for data that are refused.
const REFUSED: i64 = 65;

/// What happened, and what must be said of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Where it was reported.
    pub source: String,
    /// What happened.
    pub happened: String,
    /// The right answer for people.
    pub right: String,
    /// Settings of the diagnosis, as their JSON form.
    #[serde(default)]
    pub settings: Value,
    /// Verdicts of which one must be given; empty: any.
    #[serde(default)]
    pub any_of: Vec<String>,
    /// Verdicts that are wrong.
    #[serde(default)]
    pub none_of: Vec<String>,
    /// Numbers of the report.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// Words of the answer, lower case.
    #[serde(default)]
    pub says: Vec<String>,
    /// Words that the answer must not use, lower case.
    #[serde(default)]
    pub never: Vec<String>,
    /// Exit status of the command line.
    pub exit: Option<i64>,
}

/// A number of the report and where it must lie; one bound is enough.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Its place in the report.
    pub path: String,
    /// Exactly this.
    pub is: Option<f64>,
    /// Not less.
    pub at_least: Option<f64>,
    /// Not more.
    pub at_most: Option<f64>,
}

/// A case, ready to run.
#[derive(Debug, Clone)]
pub struct Reported {
    /// The folder's name.
    pub name: String,
    /// The body of a range response.
    pub response: Vec<u8>,
    /// The right answer.
    pub expected: Expected,
}

impl Reported {
    fn read(folder: &Path) -> Result<Self, String> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let expected = fs::read(folder.join("expected.json")).map_err(|error| at(&name, &error))?;
        let mut response = Vec::new();
        File::open(folder.join("response.json.gz"))
            .and_then(|file| GzDecoder::new(file).read_to_end(&mut response))
            .map_err(|error| at(&name, &error))?;
        let mut expected: Expected =
            serde_json::from_slice(&expected).map_err(|error| at(&name, &error))?;
        if expected.settings.is_null() {
            expected.settings = Value::Object(serde_json::Map::new());
        }
        Ok(Self { name, response, expected })
    }

    /// One phrase for each part of the right answer that the core does not give.
    pub fn wrong(&self) -> Vec<String> {
        match diagnose(&self.expected.settings, &self.response) {
            Ok(report) => self.wrong_in(&report),
            Err(error) if error.is_bad_settings() => vec![format!("settings: {error}")],
            Err(error) => self.expected.wrong_refusal(&error.to_string()),
        }
    }

    fn wrong_in(&self, report: &Value) -> Vec<String> {
        let expected = &self.expected;
        let verdict = &report["verdict"];
        let id = verdict["id"].as_str().unwrap_or("");
        let status = exit_status(verdict["severity"].as_str().unwrap_or(""));
        let mut wrong = expected.wrong_verdict(id, verdict["sentence"].as_str().unwrap_or(""));
        wrong.extend(expected.wrong_status(status));
        wrong.extend(expected.facts.iter().filter_map(|fact| fact.wrong(report)));
        wrong.extend(expected.wrong_words(&words(report)));
        wrong
    }
}

impl Expected {
    fn wrong_verdict(&self, id: &str, sentence: &str) -> Vec<String> {
        let is = |known: &String| known == id;
        let missing = !self.any_of.is_empty() && !self.any_of.iter().any(is);
        if !missing && !self.none_of.iter().any(is) {
            return Vec::new();
        }
        vec![format!("verdict {id} ({sentence}), not one of {:?}", self.any_of)]
    }

    fn wrong_status(&self, status: i64) -> Option<String> {
        let wanted = self.exit?;
        (wanted != status).then(|| format!("exit status {status}, not {wanted}"))
    }

    fn wrong_words(&self, words: &str) -> Vec<String> {
        let missing = self.says.iter().filter(|wanted| !words.contains(wanted.as_str()));
        let unwanted = self.never.iter().filter(|unwanted| words.contains(unwanted.as_str()));
        missing
            .map(|wanted| format!("does not say {wanted:?}"))
            .chain(unwanted.map(|unwanted| format!("says {unwanted:?}")))
            .collect()
    }

    /// A refusal is right only where "cannot tell" would be, and where no number is asked for.
    fn wrong_refusal(&self, sentence: &str) -> Vec<String> {
        let mut wrong = self.wrong_verdict("cannot-tell", &format!("refused: {sentence}"));
        wrong.extend(self.wrong_status(REFUSED));
        wrong.extend(self.facts.iter().map(|fact| format!("no {}", fact.path)));
        wrong.extend(self.wrong_words(&sentence.to_lowercase()));
        wrong
    }
}

impl Fact {
    fn wrong(&self, report: &Value) -> Option<String> {
        let found = number_at(report, &self.path);
        let holds = found.is_some_and(|found| {
            self.is.is_none_or(|wanted| (found - wanted).abs() <= 1e-9)
                && self.at_least.is_none_or(|least| found >= least)
                && self.at_most.is_none_or(|most| found <= most)
        });
        let Self { path, is, at_least, at_most } = self;
        let wanted: Vec<String> = [("", is), ("at least ", at_least), ("at most ", at_most)]
            .into_iter()
            .filter_map(|(word, bound)| bound.map(|bound| format!("{word}{bound}")))
            .collect();
        let found = found.map_or_else(|| "absent".to_owned(), |found| found.to_string());
        (!holds).then(|| format!("{path} is {found}, not {}", wanted.join(" and ")))
    }
}

/// Every case, in the order of their names.
pub fn cases() -> Result<Vec<Reported>, String> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../cases"));
    let entries = fs::read_dir(&folder).map_err(|error| format!("tests/cases: {error}"))?;
    let mut folders: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders.iter().map(|folder| Reported::read(folder)).collect()
}

fn at(name: &str, error: &impl std::fmt::Display) -> String {
    format!("tests/cases/{name}: {error}")
}

fn number_at(report: &Value, path: &str) -> Option<f64> {
    let mut place = report;
    for part in path.split('.') {
        place = match (place, part.parse::<usize>()) {
            (Value::Array(items), _) if part == "len" => return Some(items.len() as f64),
            (Value::Array(items), Ok(index)) => items.get(index)?,
            (Value::Array(items), Err(_)) => {
                items.iter().find(|item| item["name"] == part || item["id"] == part)?
            }
            (place, _) => place.get(part)?,
        };
    }
    place.as_f64()
}

/// Everything that the answer says, lower case: the verdict with its action and evidence, the
/// limits and the caveats. What other causes say of themselves is not part of it.
fn words(report: &Value) -> String {
    let mut words = String::new();
    for part in ["verdict", "limits", "phases", "quality"] {
        collect(&report[part], &mut words);
    }
    collect(&report["findings"][0]["evidence"], &mut words);
    words.to_lowercase()
}

fn collect(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => {
            words.push_str(text);
            words.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, words)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(text: &str) -> Expected {
        let head = r#""source": "", "happened": "", "right": "", "exit": 1,"#;
        serde_json::from_str(&format!("{{{head}{text}}}")).unwrap()
    }

    fn wrong(text: &str) -> Vec<String> {
        let report = serde_json::json!({
            "verdict": {"id": "slot-cap", "severity": "warning", "sentence": "Two slots."},
            "findings": [{"id": "slot-cap", "evidence": [{"text": "2 run"}]}],
            "limits": [{"name": "max_num_seqs", "value": 2.0}],
            "scopes": [{"replicas": ["a/0", "b/0"]}]
        });
        let case = Reported { name: String::new(), response: vec![], expected: expected(text) };
        case.wrong_in(&report)
    }

    #[test]
    fn a_right_answer_has_nothing_wrong() {
        let text = r#""any_of": ["slot-cap"], "says": ["two slots"], "never": ["three"],
            "facts": [{"path": "limits.max_num_seqs.value", "is": 2},
                      {"path": "scopes.0.replicas.len", "at_least": 2, "at_most": 2}]"#;
        assert_eq!(wrong(text), Vec::<String>::new());
    }

    #[test]
    fn each_part_of_the_answer_can_be_wrong() {
        for text in [
            r#""any_of": ["healthy"]"#,
            r#""none_of": ["slot-cap"]"#,
            r#""says": ["three"]"#,
            r#""never": ["2 run"]"#,
            r#""exit": 0"#,
            r#""facts": [{"path": "limits.max_num_seqs.value", "is": 3}]"#,
            r#""facts": [{"path": "limits.max_num_seqs.value", "at_least": 3}]"#,
            r#""facts": [{"path": "limits.max_num_seqs.value", "at_most": 1}]"#,
            r#""facts": [{"path": "window.finished_requests", "at_least": 0}]"#,
        ] {
            let text = text.replace(r#""exit": 0"#, r#""any_of": ["healthy"]"#);
            assert_eq!(wrong(&text).len(), 1, "{text}");
        }
    }

    #[test]
    fn a_refusal_is_no_diagnosis() {
        let refused = expected(r#""any_of": ["slot-cap"]"#).wrong_refusal("no engine");
        assert_eq!(refused.len(), 2, "{refused:?}");
        let right = Expected { exit: None, ..expected(r#""any_of": ["cannot-tell"]"#) };
        assert_eq!(right.wrong_refusal("no engine"), Vec::<String>::new());
    }
}
