//! Dashboards and rule files: where their queries are.
//!
//! Grafana (with rows, schema 2, alert provisioning, ConfigMaps), Perses, Prometheus rule files and
//! PrometheusRule resources all keep a query under a key of its own with the name of its panel or
//! rule above it, so one walk reads them all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::lines::Lines;
use kinds::is_read;
use sources::{is_log_query, remember_sources, variable_of};

/// A query and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    /// The title of the panel, the name of the rule or of the variable.
    pub(crate) place: String,
    /// From 1; None where the file writes the query in a way that is not found again.
    pub(crate) line: Option<usize>,
    pub(crate) expression: String,
    /// Whether Grafana's variables for durations may be used in it.
    pub(crate) is_grafana: bool,
    /// Whether its panel stacks its series.
    pub(crate) is_stacked: bool,
}

/// What a file holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    pub(crate) queries: Vec<Query>,
    /// Series that its recording rules make.
    pub(crate) records: BTreeSet<String>,
    /// Variables whose values are typed into the dashboard.
    pub(crate) typed: BTreeSet<String>,
}

/// The deepest tree that is walked; dashboards stay below 20.
const DEEPEST: usize = 64;

impl Document {
    /// Reads JSON or YAML, in YAML one or more documents.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| "it is not text in UTF-8; save it as such".to_owned())?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader {
            document: Self::default(),
            lines: Lines::of(text),
            sources: BTreeMap::new(),
            found: BTreeSet::new(),
        };
        let trees = trees(text)?;
        let mut is_known = false;
        for tree in &trees {
            is_known |= is_read(tree, 0);
            remember_sources(tree, &mut reader.sources, 0);
        }
        for tree in &trees {
            reader.walk(tree, &Above::default(), 0);
        }
        if reader.document.queries.is_empty() && !is_known {
            return Err(
                "it is not a dashboard or rule file; give a Grafana or Perses dashboard, a \
                        Prometheus rule file or a PrometheusRule"
                    .to_owned(),
            );
        }
        Ok(reader.document)
    }
}

fn trees(text: &str) -> Result<Vec<Value>, String> {
    if text.trim_start().starts_with(['{', '[']) {
        let json = serde_json::from_str(text).map(|tree| vec![tree]);
        return json.map_err(|error| format!("it is not JSON: {error}"));
    }
    serde_saphyr::from_multiple::<Value>(text).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().next().unwrap_or_default();
        format!("it is not YAML: {reason}; render templates (helm template) first")
    })
}

/// What stands above a value and holds for it.
#[derive(Debug, Clone, Default)]
struct Above {
    name: String,
    /// The kind of data source, where it is named.
    source: Option<String>,
    is_grafana: bool,
    is_stacked: bool,
}

struct Reader<'a> {
    document: Document,
    lines: Lines<'a>,
    /// Kinds of data sources by the variable that chooses one.
    sources: BTreeMap<String, String>,
    /// Queries that were found, with their places: one that an alias of YAML repeats is one.
    found: BTreeSet<(String, String)>,
}

impl Reader<'_> {
    fn walk(&mut self, value: &Value, above: &Above, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match value {
            Value::Array(items) => {
                for item in items {
                    self.walk(item, above, depth + 1);
                }
            }
            Value::Object(object) => self.object(object, above, depth),
            _ => {}
        }
    }

    fn object(&mut self, object: &Map<String, Value>, above: &Above, depth: usize) {
        let above = Above {
            name: name_of(object).unwrap_or_else(|| above.name.clone()),
            source: source_of(object).or_else(|| above.source.clone()),
            is_grafana: above.is_grafana
                || ["panels", "schemaVersion", "templating", "elements"]
                    .iter()
                    .any(|key| object.contains_key(*key)),
            is_stacked: stacking_of(object).unwrap_or(above.is_stacked),
        };
        self.remember(object);
        for (key, value) in object {
            match value {
                Value::String(text) if key == "expr" => self.query(text, &above),
                Value::String(text) if is_file(key) => {
                    for tree in trees(text).unwrap_or_default() {
                        self.walk(&tree, &above, depth + 1);
                    }
                }
                _ => self.walk(value, &above, depth + 1),
            }
        }
        if let Some(text) = perses_query(object) {
            self.query(text, &above);
        }
        if let Some(selector) = variable_selector(object) {
            let name = object.get("name").and_then(Value::as_str).unwrap_or_default();
            let above = Above { name: format!("variable {name}"), ..above };
            self.query(&selector, &above);
        }
    }

    fn query(&mut self, text: &str, above: &Above) {
        const READ: &[&str] =
            &["prometheus", "mimir", "thanos", "victoria", "cortex", "datasource"];
        let source = above.source.as_deref();
        let chosen = source.and_then(|source| self.sources.get(variable_of(source)?));
        let source = chosen.map(String::as_str).or(source);
        let source = source.unwrap_or("$").to_ascii_lowercase();
        // Of a source that nothing names, the language tells.
        let is_promql = if source.starts_with('$') {
            !is_log_query(text)
        } else {
            READ.iter().any(|one| source.contains(one))
        };
        if text.trim().is_empty() || !is_promql {
            return;
        }
        let line = self.lines.line_of(text);
        let is_new = self.found.insert((above.name.clone(), text.to_owned()));
        if line.is_none() && !is_new {
            return;
        }
        self.document.queries.push(Query {
            place: if above.name.is_empty() { "(no title)".to_owned() } else { above.name.clone() },
            line,
            expression: text.to_owned(),
            is_grafana: above.is_grafana,
            is_stacked: above.is_stacked,
        });
    }

    fn remember(&mut self, object: &Map<String, Value>) {
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        if let Some(record) = text("record") {
            self.document.records.insert(record.to_owned());
        }
        let is_typed = matches!(text("type"), Some("custom" | "constant" | "textbox"));
        if is_typed && let Some(name) = text("name") {
            self.document.typed.insert(name.to_owned());
        }
        let spec = object.get("spec");
        if text("kind") == Some("TextVariable")
            && let Some(name) = spec.and_then(|spec| spec.get("name")).and_then(Value::as_str)
        {
            self.document.typed.insert(name.to_owned());
        }
    }
}

fn name_of(object: &Map<String, Value>) -> Option<String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let display = object.get("spec").and_then(|spec| spec.get("display"));
    let display = display.or_else(|| object.get("display")).and_then(|one| one.get("name"));
    let titled = ["alert", "record", "title"].iter().find_map(|key| text(object.get(*key)));
    titled.or_else(|| text(display)).filter(|name| !name.trim().is_empty())
}

fn source_of(object: &Map<String, Value>) -> Option<String> {
    match object.get("datasource")? {
        Value::Object(source) => {
            let text = |key: &str| source.get(key).and_then(Value::as_str);
            let variable = || text("uid").filter(|uid| variable_of(uid).is_some());
            let kind = text("type").or_else(|| text("kind")).filter(|kind| !kind.is_empty());
            kind.or_else(variable).map(str::to_owned)
        }
        Value::String(source) => variable_of(source).map(|_| source.clone()),
        _ => None,
    }
}

/// Whether a panel stacks; None for an object that is none.
fn stacking_of(object: &Map<String, Value>) -> Option<bool> {
    let mode = object.get("fieldConfig")?.pointer("/defaults/custom/stacking/mode");
    Some(mode.and_then(Value::as_str).is_some_and(|mode| mode != "none"))
}

/// The query of a Perses plugin for Prometheus.
fn perses_query(object: &Map<String, Value>) -> Option<&str> {
    let kind = object.get("kind")?.as_str()?;
    let is_promql = kind.starts_with("Prometheus") && kind.ends_with("Query");
    is_promql.then_some(())?;
    object.get("spec")?.get("query")?.as_str()
}

/// A file within a ConfigMap or a dashboard resource.
fn is_file(key: &str) -> bool {
    key == "json" || [".json", ".yaml", ".yml"].iter().any(|ending| key.ends_with(ending))
}

/// The selector of `label_values(SELECTOR, label)`, by which a variable of Grafana finds its
/// values.
fn variable_selector(object: &Map<String, Value>) -> Option<String> {
    if object.get("type").and_then(Value::as_str) != Some("query") {
        return None;
    }
    let query = match object.get("query")? {
        Value::String(query) => query.as_str(),
        Value::Object(query) => query.get("query")?.as_str()?,
        _ => return None,
    };
    let inner = query.trim().strip_prefix("label_values(")?.strip_suffix(')')?;
    let (selector, _) = inner.rsplit_once(',')?;
    Some(selector.trim().to_owned())
}

mod kinds;
mod sources;
#[cfg(test)]
mod tests;
