//! Alerts as a provisioning file of Grafana: a query, and a condition that any value is one.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::{EVALUATED_EVERY, FOLDER, Pairs, annotations_of, labels};
use crate::rules::alert::Alert;
use crate::rules::arguments::RulesArguments;
use crate::rules::pack::{AlertGroup, Pack};
use crate::rules::promql::duration;

/// What the query looks back at, seconds: the expressions bring their own windows, so this only has
/// to be more than nothing.
const QUERY_RANGE: u32 = 600;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Provisioning {
    api_version: u32,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    org_id: u32,
    name: &'static str,
    folder: &'static str,
    interval: String,
    rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    uid: String,
    title: String,
    condition: &'static str,
    data: Vec<Value>,
    /// No series is no alert: expressions yield only what is wrong.
    no_data_state: &'static str,
    exec_err_state: &'static str,
    #[serde(rename = "for")]
    hold: String,
    labels: Pairs,
    annotations: Pairs,
    is_paused: bool,
}

/// All alerts of the pack.
pub(super) fn provisioning(pack: &Pack, arguments: &RulesArguments) -> Provisioning {
    let groups = pack.alerts.iter().map(|group| Group {
        org_id: 1,
        name: group.name,
        folder: FOLDER,
        interval: duration(EVALUATED_EVERY),
        rules: rules(group, pack, arguments),
    });
    Provisioning { api_version: 1, groups: groups.collect() }
}

fn rules(group: &AlertGroup, pack: &Pack, arguments: &RulesArguments) -> Vec<Rule> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut number = |name| {
        let count = seen.entry(name).or_default();
        *count += 1;
        *count
    };
    group
        .alerts
        .iter()
        .map(|alert| {
            // Titles and uids are unique in Grafana; the same alert of several models is not.
            let number = number(alert.name);
            let title = if number == 1 {
                alert.name.to_owned()
            } else {
                format!("{} {number}", alert.name)
            };
            let short = alert.name.trim_start_matches("Inference");
            Rule {
                uid: format!("it-{short}-{number}").to_lowercase(),
                title,
                condition: "C",
                data: vec![query(alert, arguments), condition()],
                no_data_state: "OK",
                exec_err_state: "Error",
                hold: duration(alert.hold),
                labels: labels(alert),
                annotations: annotations_of(alert, pack, arguments),
                is_paused: false,
            }
        })
        .collect()
}

fn query(alert: &Alert, arguments: &RulesArguments) -> Value {
    json!({
        "refId": "A",
        "relativeTimeRange": { "from": QUERY_RANGE, "to": 0 },
        "datasourceUid": arguments.datasource_uid,
        "model": { "refId": "A", "expr": alert.expression, "instant": true, "range": false },
    })
}

/// Any value that comes back is a hit, zero included, which `== 0` expressions yield.
fn condition() -> Value {
    json!({
        "refId": "C",
        "datasourceUid": "__expr__",
        "model": {
            "refId": "C",
            "type": "math",
            "expression": "is_number($A)",
        },
    })
}
