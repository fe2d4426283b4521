//! Alerts for causes that show without any latency, and for telemetry that went blind.
//!
//! Each stands on counts and states alone, multiplies where others divide, so that an idle hour is
//! not 0/0, and asks for samples, so that an absent series is silence and not zero.

mod loss;
mod outage;
mod queue;
mod telemetry;

use inference_triage_core::catalogue::families::Family;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::role::RolePart;
use inference_triage_core::triage::facts::FACTS;

use crate::rules::alert::Alert;
use crate::rules::objectives::ModelObjectives;
use crate::rules::series::Series;

/// What an alert on a cause looks back at, seconds. Shorter, a burst of a minute alerts; longer, an
/// incident is half over before it does.
pub(crate) const CAUSE_WINDOW: u32 = 600;

/// What the alerts of a group of models are written from.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// Series of these models.
    pub(crate) series: &'a Series,
    /// Their objectives and thresholds.
    pub(crate) objectives: &'a ModelObjectives,
    /// Name of the model, where it is a single one.
    pub(crate) name: Option<&'a str>,
    /// Labels that make a model, the first of them its name.
    pub(crate) by: &'a str,
    /// How often engines are scraped, seconds.
    pub(crate) scrape: u32,
}

/// Every alert on a cause for a group of models.
pub(crate) fn alerts(group: &Group<'_>) -> Vec<Alert> {
    [outage::alerts(group), queue::alerts(group), loss::alerts(group)].concat()
}

/// Alerts on what watches the engines, which belongs to no model.
pub(crate) fn of_telemetry(series: &Series, scrape: u32) -> Vec<Alert> {
    [outage::of_targets(series), telemetry::alerts(series, scrape)].concat()
}

impl Group<'_> {
    /// A threshold of the catalogue, as the objectives set it; infinite where there is none of that
    /// id, which a test excludes.
    fn threshold(&self, id: &str) -> f64 {
        let mut all = FACTS.iter().flat_map(|fact| fact.thresholds);
        let found = all.find(|threshold| threshold.id == id);
        found.map_or(f64::INFINITY, |found| self.objectives.settings.threshold(found))
    }

    fn target(&self, signal: SignalId) -> f64 {
        self.objectives.settings.slo.target(signal).map_or(f64::INFINITY, |(target, _)| target)
    }

    fn now(&self, family: Family) -> String {
        self.series.now(family)
    }

    fn over(&self, function: &str, family: Family) -> String {
        self.series.over(function, family, CAUSE_WINDOW)
    }

    fn growth(&self, family: Family) -> String {
        self.over("increase", family)
    }

    /// Growth of a counter whose series may appear with its first event.
    fn events(&self, family: Family) -> String {
        self.series.events(family, CAUSE_WINDOW)
    }

    fn growth_of(&self, family: Family, part: RolePart) -> String {
        self.series.part_over("increase", family, Some(part), CAUSE_WINDOW)
    }

    /// The name of a replica, as a template.
    fn replica(&self) -> String {
        format!(
            "{{{{ $labels.{} }}}} on {{{{ or $labels.pod $labels.instance }}}}",
            self.series.model_label()
        )
    }

    /// The name of a model, as a template.
    fn model(&self) -> String {
        format!("{{{{ $labels.{} }}}}", self.series.model_label())
    }
}
