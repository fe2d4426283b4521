//! Burn alerts: an objective is missed so fast that its budget will be gone early.
//!
//! Each pair of windows has a long one, which shows that it matters, and a short one, which shows
//! that it still happens. The share of misses is judged at a bucket bound, and nothing is said of
//! fewer requests than chance needs.

use inference_triage_core::catalogue::families::Family;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::role::RolePart;
use inference_triage_core::source::stock_bounds::{bounds_flag, stock_bounds};
use inference_triage_core::text::number::{chosen_seconds, percent};

use crate::exit::Failure;
use crate::rules::alert::{Alert, FirstAction, Severity};
use crate::rules::bounds::Bound;
use crate::rules::causes::CAUSE_WINDOW;
use crate::rules::guard::{least_requests, margin};
use crate::rules::objectives::{ModelObjectives, Objectives};
use crate::rules::promql::{all_of, duration, number};
use crate::rules::series::Series;
use shares::JUDGED;

/// A pair of windows and how fast a budget must burn in both.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    /// Name of the alert.
    pub(crate) name: &'static str,
    /// Times the share that may miss. 14.4 on an hour spends 2 % of a month's budget, 6 on six
    /// hours 5 %, 1 on three days 10 %.
    pub(crate) factor: f64,
    /// Long and short window, seconds.
    pub(crate) windows: (u32, u32),
    /// Whether it is worth a page.
    pub(crate) pages: bool,
}

/// All pairs, the fastest first. Source: Google, The Site Reliability Workbook, chapter 5.
pub(crate) const PAIRS: &[Pair] = &[
    Pair { name: "InferenceObjectiveBurnFast", factor: 14.4, windows: (3_600, 300), pages: true },
    Pair {
        name: "InferenceObjectiveBurnMedium",
        factor: 6.0,
        windows: (21_600, 1_800),
        pages: true,
    },
    Pair {
        name: "InferenceObjectiveBurnSlow",
        factor: 1.0,
        windows: (259_200, 21_600),
        pages: false,
    },
];

/// The greatest share of misses that an alert waits for: where a factor times the budget is more,
/// this counts. At 1 nothing could pass it; at a half, six times a budget of a tenth would page as
/// fast as fourteen times.
const MOST_MISSES: f64 = 0.9;

/// One objective of one group of models.
#[derive(Debug)]
pub(crate) struct Objective<'a> {
    signal: SignalId,
    family: Family,
    bound: Bound,
    may_miss: f64,
    is_primary: bool,
    /// Matchers of what is recorded of the models, without braces.
    models: &'a str,
    /// Labels that make a model: its name, and what the user keeps apart.
    by: &'a str,
    /// Label of its name.
    label: &'static str,
    /// The engine's own series of these models.
    series: &'a Series,
    /// Interval of the recordings, seconds.
    interval: u32,
}

/// The objectives of a group of models, each with its bound. A target beyond the bounds is refused:
/// an alert at another number would be silent or always on.
pub(crate) fn objectives_of<'a>(
    all: &Objectives,
    model: &ModelObjectives,
    models: &'a str,
    by: &'a str,
    series: &'a Series,
    interval: u32,
) -> Result<Vec<Objective<'a>>, Failure> {
    let mut list = Vec::new();
    for signal in model.signals() {
        let Some(family) = family_of(signal) else { continue };
        let Some((target, _)) = model.settings.slo.target(signal) else { continue };
        let given = all.bounds.get(&signal).map(Vec::as_slice);
        let bounds = given.unwrap_or_else(|| stock_bounds(series.engine.id, family));
        let bound = Bound::of(target, bounds, all.inside_bucket).ok_or_else(|| {
            let last = bounds.last().copied().unwrap_or_default();
            Failure::bad_data(format!(
                "the target {id}={} lies outside the buckets ({} to {}), where no request can be \
                 counted; configure bounds around it and list them under bounds.{id} of the \
                 objectives file",
                chosen_seconds(target),
                chosen_seconds(bounds.first().copied().unwrap_or_default()),
                chosen_seconds(last),
                id = signal.id(),
            ))
        })?;
        list.push(Objective {
            signal,
            family,
            bound,
            may_miss: model.may_miss(),
            is_primary: signal == model.primary,
            models,
            by,
            label: series.model_label(),
            series,
            interval,
        });
    }
    Ok(list)
}

fn family_of(signal: SignalId) -> Option<Family> {
    match signal {
        SignalId::Ttft => Some(Family::Ttft),
        SignalId::Itl => Some(Family::Itl),
        SignalId::Tpot => Some(Family::Tpot),
        SignalId::E2e => Some(Family::E2e),
        _ => None,
    }
}

impl Objective<'_> {
    /// The burn alerts, and the one that says that the objective cannot be measured.
    pub(crate) fn alerts(&self) -> Vec<Alert> {
        let mut alerts: Vec<Alert> = PAIRS.iter().map(|pair| self.burn(*pair)).collect();
        alerts.push(self.unmeasured());
        alerts
    }

    fn burn(&self, pair: Pair) -> Alert {
        let (long, short) = pair.windows;
        let budget = self.may_miss;
        let line = self.line(pair);
        let least = least_requests(budget, line);
        let requests = self.requests(long);
        let margin = margin(budget);
        let mut conditions = vec![
            format!("{} > {}", self.missed(long), number(line)),
            format!("{} > {}", self.missed(short), number(line)),
            format!("{requests} >= {least}"),
            self.covered(short),
        ];
        // Where the line itself lies far enough above the budget, chance is excluded already.
        if line < budget + margin / (least as f64).sqrt() {
            conditions.push(format!(
                "{} > {} + {} / sqrt({requests} > 0)",
                self.missed(long),
                number(budget),
                number(margin)
            ));
        }
        let is_critical = pair.pages && self.is_primary;
        let title = self.title();
        let target = chosen_seconds(self.bound.target);
        let may_miss = percent(budget);
        Alert {
            name: pair.name,
            expression: all_of(&conditions),
            hold: 0,
            severity: if is_critical { Severity::Critical } else { Severity::Warning },
            window: long,
            labels: vec![("objective", self.signal.id().to_owned())],
            summary: format!(
                "{{{{ $labels.{} }}}}: {{{{ $value | humanizePercentage }}}} miss {title} {target}",
                self.label
            ),
            description: format!(
                "In the last {} {{{{ $value | humanizePercentage }}}} of {} missed {title} {target}; \
                 {may_miss} may. The last {} are as bad (more than {}). {}",
                duration(long),
                self.counted(),
                duration(short),
                percent(line),
                self.bound.sentence(bounds_flag(self.series.engine.id))
            ),
            action: FirstAction::Diagnose,
        }
    }

    /// Requests are served, and either nothing is recorded of them or not at that bound.
    fn unmeasured(&self) -> Alert {
        let judged = self.sum(JUDGED, 3_600);
        let by = self.by;
        let ended = Some(RolePart::Count);
        let ended = self.series.part_over("increase", Family::E2e, ended, CAUSE_WINDOW);
        Alert {
            name: "InferenceObjectiveUnmeasured",
            expression: format!("sum by ({by}) ({ended}) > 0\nunless on ({by}) {judged} >= 0"),
            hold: 600,
            severity: Severity::Warning,
            window: 3_600,
            labels: vec![("objective", self.signal.id().to_owned())],
            summary: format!(
                "{{{{ $labels.{} }}}}: {} cannot be judged against its target",
                self.label,
                self.title()
            ),
            description: format!(
                "Requests finish, but no bucket bound at {} is recorded, so no burn alert of this \
                 objective can fire. The engine has other bounds: list them under bounds.{} of the \
                 objectives file and generate the rules again.",
                chosen_seconds(self.bound.seconds),
                self.signal.id()
            ),
            action: FirstAction::Words(
                "List the engine's own bucket bounds under `bounds` of the objectives file, and \
                 generate the rules again.",
            ),
        }
    }

    /// Share of misses from which a pair alerts.
    fn line(&self, pair: Pair) -> f64 {
        (pair.factor * self.may_miss).min(MOST_MISSES.max(self.may_miss))
    }

    /// `TTFT`, as operators call it.
    fn title(&self) -> String {
        self.signal.id().to_uppercase()
    }

    fn counted(&self) -> &'static str {
        match self.family {
            Family::Itl => "the outputs",
            _ => "the requests",
        }
    }
}

mod shares;
