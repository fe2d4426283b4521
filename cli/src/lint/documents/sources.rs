//! Which data source a query is sent to, where a variable chooses it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::DEEPEST;

/// Variables that choose a data source, with the kind that they choose among.
pub(super) fn remember_sources(tree: &Value, sources: &mut BTreeMap<String, String>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    match tree {
        Value::Array(items) => {
            for one in items {
                remember_sources(one, sources, depth + 1);
            }
        }
        Value::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Value::as_str);
            // Schema 2 has the name beside the kind of plugin, in a `spec`.
            let is_source = text("type") == Some("datasource");
            let kind = if is_source { text("query") } else { text("pluginId") };
            if let (Some(name), Some(kind)) = (text("name"), kind) {
                sources.insert(name.to_owned(), kind.to_owned());
            }
            for one in object.values() {
                remember_sources(one, sources, depth + 1);
            }
        }
        _ => {}
    }
}

/// The name of the variable that a data source is.
pub(super) fn variable_of(source: &str) -> Option<&str> {
    let name = source.strip_prefix('$')?;
    Some(name.trim_start_matches('{').trim_end_matches('}'))
}

/// Whether it is LogQL: PromQL has no pipe.
pub(super) fn is_log_query(text: &str) -> bool {
    crate::lint::syntax::without_texts(text).contains('|')
}
