//! The pack as the documents that each ruler reads.

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_saphyr::LitString;

use crate::exit::Failure;
use crate::rules::alert::Alert;
use crate::rules::annotations;
use crate::rules::arguments::{RulesArguments, RulesFormat};
use crate::rules::pack::{AlertGroup, Pack, RecordingGroup};
use crate::rules::promql::duration;

/// How often alerts are evaluated, seconds: the shortest window is five minutes.
const EVALUATED_EVERY: u32 = 60;

/// The folder of Grafana that holds the alerts.
const FOLDER: &str = "Inference Triage";

/// A file of the pack.
#[derive(Debug)]
pub(crate) struct RuleFile {
    /// Its name in the output folder.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// The files, or for standard output the one document.
pub(crate) fn files(pack: &Pack, arguments: &RulesArguments) -> Result<Vec<RuleFile>, Failure> {
    let recording = pack.recordings.iter().map(RecordingGroup::written).collect::<Vec<_>>();
    let alerts: Vec<Group> =
        pack.alerts.iter().map(|group| written(group, pack, arguments)).collect();
    let named = |name: &str| pack.identity.file(name);
    let titled = |what: &str| pack.identity.named(what);
    let is_printed = arguments.output.as_os_str() == "-";
    if arguments.format == RulesFormat::Grafana {
        let alerts = file(named("alert-rules.yaml"), &grafana::provisioning(pack, arguments))?;
        // Grafana's own rules stand beside Prometheus's, in other files.
        return Ok(if is_printed {
            vec![alerts]
        } else {
            vec![file(named("recording-rules.yaml"), &Groups { groups: recording })?, alerts]
        });
    }
    if is_printed {
        let groups = recording.into_iter().chain(alerts).collect();
        return Ok(vec![ruler(named("rules.yaml"), titled("rules"), groups, arguments)?]);
    }
    Ok(vec![
        ruler(named("recording-rules.yaml"), titled("recording"), recording, arguments)?,
        ruler(named("alert-rules.yaml"), titled("alerts"), alerts, arguments)?,
    ])
}

fn ruler(
    name: String,
    title: String,
    groups: Vec<Group>,
    arguments: &RulesArguments,
) -> Result<RuleFile, Failure> {
    if arguments.format == RulesFormat::Operator {
        return file(
            name,
            &Resource {
                api_version: "monitoring.coreos.com/v1",
                kind: "PrometheusRule",
                metadata: Metadata { name: title },
                spec: Groups { groups },
            },
        );
    }
    file(name, &Groups { groups })
}

fn file(name: String, document: &impl Serialize) -> Result<RuleFile, Failure> {
    // A text on one line can be searched and compared; expressions are blocks all the same.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let text = serde_saphyr::to_string_with_options(document, options)
        .map_err(|error| Failure::internal(format!("the rules cannot be written: {error}")))?;
    Ok(RuleFile { name, text })
}

#[derive(Debug, Serialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
struct Resource {
    #[serde(rename = "apiVersion")]
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: Groups,
}

#[derive(Debug, Serialize)]
struct Metadata {
    name: String,
}

#[derive(Debug, Serialize)]
struct Group {
    name: String,
    interval: String,
    rules: Vec<Rule>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Rule {
    Record {
        record: String,
        expr: LitString,
        #[serde(skip_serializing_if = "Option::is_none")]
        labels: Option<Pairs>,
    },
    Alert {
        alert: &'static str,
        expr: LitString,
        #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
        hold: Option<String>,
        labels: Pairs,
        annotations: Pairs,
    },
}

/// A map whose order is that of the list.
#[derive(Debug)]
struct Pairs(Vec<(&'static str, String)>);

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl RecordingGroup {
    fn written(&self) -> Group {
        let rules = self
            .rules
            .iter()
            .map(|rule| Rule::Record {
                record: rule.name.clone(),
                expr: LitString(rule.expression.clone()),
                labels: (!rule.labels.is_empty()).then(|| Pairs(rule.labels.clone())),
            })
            .collect();
        Group { name: self.name.clone(), interval: duration(self.interval), rules }
    }
}

fn written(group: &AlertGroup, pack: &Pack, arguments: &RulesArguments) -> Group {
    let rules = group
        .alerts
        .iter()
        .map(|alert| Rule::Alert {
            alert: alert.name,
            expr: LitString(alert.expression.clone()),
            hold: (alert.hold > 0).then(|| duration(alert.hold)),
            labels: labels(alert),
            annotations: annotations_of(alert, pack, arguments),
        })
        .collect();
    Group { name: group.name.clone(), interval: duration(EVALUATED_EVERY), rules }
}

fn labels(alert: &Alert) -> Pairs {
    let mut all = vec![("severity", alert.severity.id().to_owned())];
    all.extend(alert.cause().map(|cause| ("cause", cause.id().to_owned())));
    all.extend(alert.labels.clone());
    Pairs(all)
}

fn annotations_of(alert: &Alert, pack: &Pack, arguments: &RulesArguments) -> Pairs {
    let series = &pack.series;
    Pairs(annotations::of(alert, series.engine, series.model_label(), arguments))
}

mod grafana;
