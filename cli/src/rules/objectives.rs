//! The objectives file: which targets hold for which model, in the words of the settings.
//!
//! YAML or JSON. `default` holds for every model that is not named, `models` for those that are,
//! and `profiles` gives own combinations a name. Targets, kinds of service and the share that must
//! be within target are the settings `slo.targets`, `slo.profile` and `slo.quantile`, read and
//! refused by the core, so that an alert and the panel cannot mean different things.

use std::collections::BTreeMap;
use std::path::Path;

use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::settings::{Settings, SloProfile};
use inference_triage_core::triage::facts::check_thresholds;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::budget::Budget;
use crate::exit::Failure;
use crate::input;
use crate::rules::bounds::Rounding;

/// Largest objectives file, in bytes: a thousand models take a tenth of it. A larger one is some
/// other file.
const LARGEST_FILE: u64 = 1 << 20;

/// What the file holds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    default: Entry,
    profiles: BTreeMap<String, Entry>,
    models: BTreeMap<String, Entry>,
    thresholds: BTreeMap<String, f64>,
    bounds: BTreeMap<String, Vec<f64>>,
    #[serde(rename = "inside-bucket")]
    inside_bucket: Rounding,
}

/// Objectives of a model, or of a profile.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Entry {
    profile: Option<String>,
    targets: BTreeMap<String, f64>,
    quantile: Option<f64>,
    primary: Option<String>,
    replicas: Option<u32>,
}

/// What was asked for, resolved and checked.
#[derive(Debug)]
pub(crate) struct Objectives {
    /// For every model that is not named.
    pub(crate) default: ModelObjectives,
    /// By name of the model.
    pub(crate) models: BTreeMap<String, ModelObjectives>,
    /// Configured bucket bounds in seconds by signal, where they are not the engine's own.
    pub(crate) bounds: BTreeMap<SignalId, Vec<f64>>,
    /// Which bound stands for a target that is none.
    pub(crate) inside_bucket: Rounding,
}

/// The objectives of one model.
#[derive(Debug)]
pub(crate) struct ModelObjectives {
    /// The settings with these targets and thresholds.
    pub(crate) settings: Settings,
    /// The objective that pages.
    pub(crate) primary: SignalId,
    /// Replicas that must be there; None where nothing was said.
    pub(crate) replicas: Option<u32>,
}

impl ModelObjectives {
    /// The signals that have an objective: time to first token and inter-token latency, what the
    /// user gave a target, and the primary one. A default target for the whole request depends on
    /// the length of the answers, so it is none unless it is asked for.
    pub(crate) fn signals(&self) -> Vec<SignalId> {
        let all = [SignalId::Ttft, SignalId::Itl, SignalId::Tpot, SignalId::E2e];
        let is_meant = |signal: &SignalId| {
            matches!(signal, SignalId::Ttft | SignalId::Itl)
                || *signal == self.primary
                || self.settings.slo.target(*signal).is_some_and(|(_, is_given)| is_given)
        };
        all.into_iter().filter(is_meant).collect()
    }

    /// Share of the requests that may miss their target.
    pub(crate) fn may_miss(&self) -> f64 {
        1.0 - self.settings.slo.quantile
    }
}

/// The objectives of a file; those of the default settings without one.
pub(crate) fn read(path: Option<&Path>) -> Result<Objectives, Failure> {
    let Some(path) = path else { return resolved(&File::default()) };
    let name = input::name_of(path);
    let bytes = input::read(path, &Budget::new(LARGEST_FILE))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::bad_data(format!("{name} is not UTF-8; save it as UTF-8")))?;
    parse(&text).map_err(|failure| failure.map_sentence(|sentence| format!("{name}: {sentence}")))
}

fn parse(text: &str) -> Result<Objectives, Failure> {
    let file: File = serde_saphyr::from_str(text).map_err(|error| {
        let error = error.without_snippet().to_string();
        let sentence = error.split_whitespace().collect::<Vec<_>>().join(" ");
        Failure::bad_data(format!(
            "{sentence}; the file holds default, profiles, models, thresholds, bounds and \
             inside-bucket (docs/alerts.md)"
        ))
    })?;
    resolved(&file)
}

fn resolved(file: &File) -> Result<Objectives, Failure> {
    for (name, profile) in &file.profiles {
        if SloProfile::from_id(name).is_some() {
            return Err(Failure::bad_data(format!(
                "profiles.{name} has the name of a kind of service; give it another"
            )));
        }
        if profile.replicas.is_some() {
            return Err(Failure::bad_data(format!(
                "profiles.{name}.replicas: replicas belong to a model; move it to models"
            )));
        }
        model(&format!("profiles.{name}"), profile, file)?;
    }
    if file.default.replicas.is_some() {
        return Err(Failure::bad_data(
            "default.replicas: replicas belong to a model; move it to models",
        ));
    }
    let default = layered(&Entry::default(), &file.default, file);
    let mut models = BTreeMap::new();
    for (name, entry) in &file.models {
        let merged = layered(&default, entry, file);
        models.insert(name.clone(), model(&format!("models.{name}"), &merged, file)?);
    }
    Ok(Objectives {
        default: model("default", &default, file)?,
        models,
        bounds: bounds(&file.bounds)?,
        inside_bucket: file.inside_bucket,
    })
}

/// `entry` over a profile of the file that it names, over `base`. A profile brings its own targets,
/// so those of the base go with it.
fn layered(base: &Entry, entry: &Entry, file: &File) -> Entry {
    let own = entry.profile.as_ref().and_then(|name| file.profiles.get(name));
    let mut merged = match &entry.profile {
        None => base.clone(),
        Some(name) => Entry {
            profile: own.map_or_else(|| Some(name.clone()), |own| own.profile.clone()),
            quantile: base.quantile,
            ..Entry::default()
        },
    };
    for layer in own.into_iter().chain([entry]) {
        merged.targets.extend(layer.targets.clone());
        merged.quantile = layer.quantile.or(merged.quantile);
        merged.primary = layer.primary.clone().or(merged.primary);
    }
    merged.replicas = entry.replicas;
    merged
}

fn model(place: &str, entry: &Entry, file: &File) -> Result<ModelObjectives, Failure> {
    let mut slo = json!({ "targets": entry.targets });
    if let Some(profile) = &entry.profile {
        slo["profile"] = Value::from(profile.as_str());
    }
    if let Some(quantile) = entry.quantile {
        slo["quantile"] = Value::from(quantile);
    }
    let settings = json!({ "slo": slo, "thresholds": file.thresholds });
    let at = |error: inference_triage_core::error::Error| {
        let own: Vec<&str> = file.profiles.keys().map(String::as_str).collect();
        let own = match own.as_slice() {
            [] => String::new(),
            own => format!(" (profiles of this file: {})", own.join(", ")),
        };
        Failure::bad_data(format!("{place}: {error}{own}"))
    };
    let settings = Settings::from_json(settings.to_string().as_bytes()).map_err(at)?;
    check_thresholds(&settings).map_err(at)?;
    if settings.slo.quantile < LEAST_QUANTILE {
        return Err(Failure::bad_data(format!(
            "{place}.quantile is {}; burn of a budget above half of all requests has no meaning, so \
             it must be at least {LEAST_QUANTILE}",
            settings.slo.quantile
        )));
    }
    let primary = match entry.primary.as_deref() {
        None => settings.slo.profile.primary(),
        Some(id) => SignalId::from_id(id)
            .filter(|signal| settings.slo.target(*signal).is_some())
            .ok_or_else(|| {
            Failure::bad_data(format!(
                "{place}.primary must be ttft, itl, tpot or e2e, got \"{id}\""
            ))
        })?,
    };
    if entry.replicas == Some(0) {
        return Err(Failure::bad_data(format!(
            "{place}.replicas must be at least 1; leave it out where none has to be there"
        )));
    }
    Ok(ModelObjectives { settings, primary, replicas: entry.replicas })
}

/// Least share that an objective may ask for.
const LEAST_QUANTILE: f64 = 0.5;

fn bounds(given: &BTreeMap<String, Vec<f64>>) -> Result<BTreeMap<SignalId, Vec<f64>>, Failure> {
    let mut all = BTreeMap::new();
    for (id, bounds) in given {
        let signal = SignalId::from_id(id)
            .filter(|signal| SloProfile::Chat.target(*signal).is_some())
            .ok_or_else(|| {
                Failure::bad_data(format!(
                    "bounds.{id}: there are bounds for ttft, itl, tpot and e2e"
                ))
            })?;
        let is_ascending = bounds.is_sorted_by(|one, next| one < next);
        if bounds.is_empty() || !is_ascending || bounds.iter().any(|b| !b.is_finite() || *b <= 0.0)
        {
            return Err(Failure::bad_data(format!(
                "bounds.{id} must be seconds above 0 in ascending order, as the engine was given \
                 them, without +Inf"
            )));
        }
        all.insert(signal, bounds.clone());
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
