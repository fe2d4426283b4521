//! All rules of a pack, whatever they are written as.

use inference_triage_core::error::Error;

use crate::exit::Failure;
use crate::rules::alert::Alert;
use crate::rules::arguments::{RecordingsArgument, RulesArguments};
use crate::rules::burn::{Objective, objectives_of};
use crate::rules::causes::{self, Group};
use crate::rules::identity::Identity;
use crate::rules::objectives::{ModelObjectives, Objectives};
use crate::rules::promql::matcher;
use crate::rules::recordings::{self, HISTORY_EVERY, RECORDED_EVERY, Recording};
use crate::rules::series::Series;

/// Longest scrape interval, milliseconds: a server looks back five minutes, and a window of four
/// scrapes must not be longer than the windows of the alerts.
const LONGEST_SCRAPE_MS: i64 = 120_000;

/// Recording rules that are evaluated together.
#[derive(Debug)]
pub(crate) struct RecordingGroup {
    /// Name of the group.
    pub(crate) name: String,
    /// How often, seconds.
    pub(crate) interval: u32,
    /// In their order.
    pub(crate) rules: Vec<Recording>,
}

/// Alerts that are evaluated together, once a minute.
#[derive(Debug)]
pub(crate) struct AlertGroup {
    /// Name of the group.
    pub(crate) name: String,
    /// In their order.
    pub(crate) alerts: Vec<Alert>,
}

/// Everything.
#[derive(Debug)]
pub(crate) struct Pack {
    /// Which one.
    pub(crate) identity: Identity,
    /// Whose series.
    pub(crate) series: Series,
    /// Recording rules.
    pub(crate) recordings: Vec<RecordingGroup>,
    /// Alert rules.
    pub(crate) alerts: Vec<AlertGroup>,
}

/// The rules that were asked for.
pub(crate) fn build(arguments: &RulesArguments, objectives: &Objectives) -> Result<Pack, Failure> {
    let given = arguments.matchers.as_deref().unwrap_or_default();
    let series = Series::new(&arguments.engine, arguments.prefix.as_deref(), given)?;
    let identity = Identity::new(arguments.name.as_deref(), given)?;
    let scrape = scrape_seconds(arguments.scrape_interval)?;
    let interval = RECORDED_EVERY.max(scrape);
    let label = series.model_label();
    let of_pack = identity.of_alerts().map(|(label, value)| (label, untemplated(&value)));
    let (mut judged, mut burn, mut on_causes) = (Vec::new(), Vec::new(), Vec::new());
    for (name, model) in models(objectives) {
        let chosen = chosen(label, name, objectives);
        let own = series.only(&chosen);
        // Rules of several models are told apart by a label that their series have anyway.
        let told = name.map(|name| (label, name.to_owned()));
        let recorded = recorded(&chosen, &identity);
        let all = objectives_of(objectives, model, &recorded, label, &own, interval)
            .map_err(|failure| failure.map_sentence(|text| placed(name, &text)))?;
        judged.extend(all.iter().flat_map(Objective::recordings).map(|mut rule| {
            rule.labels.extend(told.clone());
            rule
        }));
        let with_name = |mut alert: Alert| {
            alert.labels.extend(told.clone().map(|(label, name)| (label, untemplated(&name))));
            alert.labels.extend(of_pack.clone());
            alert
        };
        burn.extend(all.iter().flat_map(Objective::alerts).map(with_name));
        let group = Group { series: &own, objectives: model, name, by: label, scrape };
        on_causes.extend(causes::alerts(&group).into_iter().map(with_name));
    }
    on_causes.extend(causes::of_telemetry(&series, scrape).into_iter().map(|mut alert| {
        alert.labels.extend(of_pack.clone());
        alert
    }));
    Ok(Pack {
        recordings: recording_groups(arguments, &identity, interval, &judged)?,
        alerts: vec![
            AlertGroup { name: identity.named("objectives"), alerts: burn },
            AlertGroup { name: identity.named("causes"), alerts: on_causes },
        ],
        identity,
        series,
    })
}

/// Matchers of what this pack records of some models.
fn recorded(models: &str, identity: &Identity) -> String {
    let own = identity.matcher();
    if models.is_empty() { own } else { format!("{models},{own}") }
}

/// A text that the templates of a label leave as it is.
fn untemplated(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}

fn placed(name: Option<&str>, text: &str) -> String {
    match name {
        Some(name) => format!("models.{name}: {text}"),
        None => format!("default: {text}"),
    }
}

/// Each named model, then all others.
fn models(objectives: &Objectives) -> Vec<(Option<&str>, &ModelObjectives)> {
    let named = objectives.models.iter().map(|(name, model)| (Some(name.as_str()), model));
    named.chain([(None, &objectives.default)]).collect()
}

/// Matchers of a named model, or of those without a name in the objectives.
fn chosen(label: &str, name: Option<&str>, objectives: &Objectives) -> String {
    if let Some(name) = name {
        return matcher(label, "=", name);
    }
    let others: Vec<String> =
        objectives.models.keys().map(|name| matcher(label, "!=", name)).collect();
    others.join(",")
}

fn scrape_seconds(milliseconds: i64) -> Result<u32, Failure> {
    if milliseconds > LONGEST_SCRAPE_MS {
        return Err(Failure::usage(format!(
            "--scrape-interval must be at most 2m, got {} s; scrape more often, because Prometheus \
             takes a series for gone after five minutes",
            milliseconds / 1_000
        )));
    }
    Ok(u32::try_from(milliseconds.div_euclid(1_000).max(1)).unwrap_or(1))
}

fn recording_groups(
    arguments: &RulesArguments,
    identity: &Identity,
    interval: u32,
    judged: &[Recording],
) -> Result<Vec<RecordingGroup>, Failure> {
    let plan = |seconds: u32| {
        Series::plan_of(
            &arguments.engine,
            arguments.prefix.as_deref(),
            arguments.matchers.as_deref().unwrap_or_default(),
            i64::from(seconds) * 1_000,
        )
        .map_err(|error: Error| Failure::usage(error.to_string()))
    };
    let is_whole_plan = arguments.recordings == RecordingsArgument::Plan;
    let group = |what, interval| -> Result<RecordingGroup, Failure> {
        let rules = recordings::of_plan(&plan(interval)?, interval, is_whole_plan);
        Ok(RecordingGroup { name: identity.named(what), interval, rules })
    };
    let mut groups = vec![group("growth", interval)?];
    // In one group, so that a minute's share is made from that minute's growth.
    for group in &mut groups {
        group.rules.extend(judged.iter().cloned());
    }
    if is_whole_plan {
        groups.push(group("history", HISTORY_EVERY)?);
    }
    for rule in groups.iter_mut().flat_map(|group| &mut group.rules) {
        rule.labels.extend(identity.of_recordings());
    }
    Ok(groups)
}
