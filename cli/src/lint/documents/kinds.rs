//! Which documents are dashboards or rules at all.

use serde_json::Value;

use super::DEEPEST;

/// Keys of dashboards and of rule files; such a file may hold no query.
const KNOWN: &[&str] = &["panels", "rows", "groups", "templating", "dashboard", "elements"];

/// Resources that hold dashboards or rules.
const RESOURCES: &[&str] = &[
    "Dashboard",
    "GrafanaDashboard",
    "GlobalDashboard",
    "PersesDashboard",
    "PrometheusRule",
    "VMRule",
    "GrafanaAlertRuleGroup",
];

/// Whether a document is one that is read, by its kind or by its keys; a list by what it lists.
/// What stands under `spec` of any other resource is none of it.
pub(super) fn is_read(tree: &Value, depth: usize) -> bool {
    let kind = tree.get("kind").and_then(Value::as_str);
    let items = tree.get("items").and_then(Value::as_array);
    match (kind, items) {
        (_, Some(items)) if depth < DEEPEST => items.iter().any(|one| is_read(one, depth + 1)),
        (Some(kind), _) => RESOURCES.contains(&kind),
        _ => KNOWN.iter().any(|key| tree.get(key).is_some()),
    }
}
