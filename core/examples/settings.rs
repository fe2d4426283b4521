//! Prints the table of settings as JSON. `node deploy/steps/generate-settings.mjs` makes the
//! TypeScript table, the schemas and the documents of it.
#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

use inference_triage_core::settings::removed::{REMOVED, Removed};
use inference_triage_core::settings::table::{Setting, described};
use inference_triage_core::settings::takes::{Range, Takes};
use inference_triage_core::settings::words::{Entry, Host, Words};
use inference_triage_core::settings::{SCHEMA, Settings};
use serde_json::{Map, Value, json};

fn main() -> Result<(), serde_json::Error> {
    let defaults = serde_json::to_value(Settings::default())?;
    let rows: Vec<Value> =
        described().into_iter().map(|(setting, words)| row(setting, words, &defaults)).collect();
    let removed: Vec<Value> = REMOVED.iter().map(gone).collect();
    let table = json!({ "schema": SCHEMA, "settings": rows, "removed": removed });
    println!("{}", serde_json::to_string_pretty(&table)?);
    Ok(())
}

/// One row; what it lacks is absent.
fn row(setting: &Setting, words: &Words, defaults: &Value) -> Value {
    let mut row = Map::new();
    row.insert("path".to_owned(), json!(setting.path));
    let (kind, range) = kind(&setting.takes);
    row.insert("kind".to_owned(), json!(kind));
    if let Some(range) = range {
        row.insert("least".to_owned(), json!(range.least));
        if range.most.is_finite() {
            row.insert("most".to_owned(), json!(range.most));
        }
        row.insert("includesBounds".to_owned(), json!(range.includes_bounds));
    }
    let pointer = format!("/{}", setting.path.replace('.', "/"));
    let default = defaults.pointer(&pointer).filter(|default| **default != json!({}));
    row.extend(default.map(|default| ("default".to_owned(), default.clone())));
    let entry = |entry: Entry| json!({ "id": entry.id, "title": entry.title, "help": entry.help });
    let entries: Vec<Value> = (words.entries)().into_iter().map(entry).collect();
    let hosts: Vec<&str> = words.hosts.iter().map(|host| host_id(*host)).collect();
    row.insert("label".to_owned(), json!(words.label));
    row.insert("help".to_owned(), json!(words.help));
    row.insert("allowed".to_owned(), json!(setting.takes.text()));
    row.insert("group".to_owned(), json!(words.group.title()));
    row.insert("hosts".to_owned(), json!(hosts));
    if !entries.is_empty() {
        row.insert("entries".to_owned(), json!(entries));
    }
    for (name, text) in [
        ("attribute", words.attribute),
        ("flag", words.flag),
        ("valueName", words.value_name),
        ("example", words.example),
        ("pattern", words.pattern),
        ("mode", words.mode),
    ] {
        if !text.is_empty() {
            row.insert(name.to_owned(), json!(text));
        }
    }
    if words.step > 0.0 {
        row.insert("step".to_owned(), json!(words.step));
    }
    Value::Object(row)
}

fn kind(takes: &Takes) -> (&'static str, Option<Range>) {
    match takes {
        Takes::Number(range) => ("number", Some(*range)),
        Takes::Choice(_) => ("choice", None),
        Takes::Text => ("text", None),
        Takes::Time => ("time", None),
        Takes::Duration => ("duration", None),
        Takes::Interval => ("interval", None),
        Takes::Numbers(range) => ("numbers", Some(*range)),
        Takes::Choices(_) => ("choices", None),
        Takes::NumberById(_, range) => ("number-by-id", Some(*range)),
        Takes::NumberByName(range) => ("number-by-name", Some(*range)),
    }
}

fn host_id(host: Host) -> &'static str {
    match host {
        Host::Grafana => "grafana",
        Host::Perses => "perses",
    }
}

fn gone(removed: &Removed) -> Value {
    json!({
        "path": removed.path,
        "lastSchema": removed.last_schema,
        "reason": removed.reason,
    })
}
