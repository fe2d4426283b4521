//! Alerts as a provisioning file of Grafana: a query, and a condition that any value is one.

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
    name: String,
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
        name: group.name.clone(),
        folder: FOLDER,
        interval: duration(EVALUATED_EVERY),
        rules: rules(group, pack, arguments),
    });
    Provisioning { api_version: 1, groups: groups.collect() }
}

fn rules(group: &AlertGroup, pack: &Pack, arguments: &RulesArguments) -> Vec<Rule> {
    let rule = |alert: &Alert| {
        let title = title(alert);
        let short = alert.name.trim_start_matches("Inference");
        Rule {
            uid: format!("it-{short}-{:016x}", hash(&title)).to_lowercase(),
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
    };
    group.alerts.iter().map(rule).collect()
}

/// Name, objective, model and pack. Titles and uids are unique in a folder of Grafana, and silences
/// and history hang on the uid: neither changes with what else the pack holds.
fn title(alert: &Alert) -> String {
    let labels = alert.labels.iter().map(|(_, value)| format!(" {value}"));
    [alert.name.to_owned()].into_iter().chain(labels).collect()
}

/// Fowler, Noll and Vo's hash of 64 bits, 1a. It is the same in every release and on every machine;
/// a uid has 40 characters at most, and names of models are longer.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
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

#[cfg(test)]
mod tests {
    /// Source: the vectors that the authors published.
    #[test]
    fn the_hash_is_that_of_its_authors() {
        for (text, hash) in [
            ("", 0xcbf2_9ce4_8422_2325),
            ("a", 0xaf63_dc4c_8601_ec8c),
            ("foobar", 0x8594_4171_f739_67e8),
        ] {
            assert_eq!(super::hash(text), hash, "{text}");
        }
    }
}
