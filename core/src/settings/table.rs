//! The table of settings, one row each. A new setting is a new row: its field, the JSON reader, the
//! range check, the editors, attributes, flags, schemas and documents follow from it.

use serde::Serialize;

use super::declare::settings_part;
use super::takes::{Range, Takes};
use super::value::Value;
use super::words::{self, Group, Host, Words};
use super::{Interval, SCHEMA};
use crate::catalogue::baseline_modes::BaselineMode;
use crate::catalogue::sections::Section;
use crate::catalogue::slo_profiles::SloProfile;
use crate::catalogue::text_sizes::TextSize;
use crate::error::Error;
use crate::json::{Fault, Reader};
use crate::small::sorted::SortedMap;

/// A row as the reader needs it.
#[derive(Clone, Copy)]
pub struct Setting {
    /// Where it stands in the JSON form, e.g. `slo.quantile`.
    pub path: &'static str,
    /// What it may hold.
    pub takes: Takes,
    /// Reads its value into the settings.
    pub(super) read: fn(&mut Settings, &mut Reader<'_>) -> Result<(), Fault>,
    /// Refuses a value that it does not take.
    pub(super) check: fn(&Settings, &Setting) -> Result<(), Error>,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {:?}", self.path, self.takes)
    }
}

settings_part! {
    /// Everything a user can choose. Unknown fields are refused; every field has a default.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    Settings at [], WHOLE, WHOLE_WORDS;
    fields {
        /// Version of this shape, [`SCHEMA`].
        schema: u32 = SCHEMA;
        /// What to compare with.
        baseline: BaselineSettings = BaselineSettings::default();
        /// Objectives.
        slo: Slo = Slo::default();
        /// Which model and replica to show.
        scope: ScopeSettings = ScopeSettings::default();
    }
    rows {
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        window: Option<Interval> = None, Takes::Interval,
            "The interval to diagnose; without it the last tenth of the range, at least 5 min.", {
                label: "Window",
                group: Group::Scope,
                attribute: "window",
                flag: "window",
                value_name: "T..T",
                hosts: &[Host::Perses],
            }
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        prefix: Option<String> = None, Takes::Text,
            "Metric name prefix, where relabelling changed it.", {
                label: "Metric prefix",
                group: Group::Scope,
                attribute: "prefix",
                flag: "prefix",
                value_name: "PREFIX",
                example: "my_prefix_",
                pattern: "^[a-zA-Z_:][a-zA-Z0-9_:]*$",
            }
        #[cfg_attr(feature = "typescript", ts(type = "{ [key in string]: number }"))]
        limits: SortedMap<String, f64> = SortedMap::new(),
            Takes::NumberById(words::limit_ids, Range::POSITIVE),
            "Limits of the engine that its metrics do not show.", {
                label: "Limit",
                group: Group::Limits,
                attribute: "limits",
                flag: "limit",
                value_name: "NAME=VALUE",
                example: "max_num_seqs=16",
                step: 1.0,
                entries: words::limits,
            }
        #[cfg_attr(feature = "typescript", ts(type = "{ [key in string]: number }"))]
        thresholds: SortedMap<String, f64> = SortedMap::new(),
            Takes::NumberByName(Range::POSITIVE),
            "Numbers that replace the defaults by which the checks decide.", {
                label: "Threshold",
                group: Group::Checks,
                attribute: "thresholds",
                flag: "threshold",
                value_name: "NAME=VALUE",
                example: "memory.preempting=0.9",
            }
        quantiles: Vec<f64> = vec![0.5, 0.95, 0.99], Takes::Numbers(Range::UNIT),
            "Quantiles to report; the judged one is always among them.", {
                label: "Quantiles",
                group: Group::Display,
                attribute: "quantiles",
                hosts: &[Host::Perses],
            }
        sections: Vec<Section> = Section::ALL.to_vec(), Takes::Choices(Section::IDS),
            "Parts of the view to show, in order.", {
                label: "Sections",
                group: Group::Display,
                attribute: "sections",
                entries: words::sections,
            }
        text_size: TextSize = TextSize::Normal, Takes::Choice(TextSize::IDS),
            "How large the panel is drawn; what no longer fits is one tap away.", {
                label: "Text size",
                group: Group::Display,
                attribute: "text-size",
                entries: words::text_sizes,
            }
    }
}

settings_part! {
    /// What to compare the window with.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
    #[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    BaselineSettings at [baseline], BASELINE, BASELINE_WORDS;
    fields {}
    rows {
        mode: BaselineMode = BaselineMode::Auto, Takes::Choice(BaselineMode::IDS),
            "What the window is compared with.", {
                label: "Compare with",
                group: Group::Baseline,
                attribute: "baseline",
                flag: "baseline",
                value_name: "T..T",
                entries: words::modes,
            }
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
        start: Option<i64> = None, Takes::Time,
            "Start of the interval to compare with; without it everything outside the window.", {
                label: "Baseline start",
                group: Group::Baseline,
                example: "2026-01-31T14:00:00Z",
                mode: "range",
            }
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
        end: Option<i64> = None, Takes::Time,
            "End of the interval to compare with.", {
                label: "Baseline end",
                group: Group::Baseline,
                example: "2026-01-31T14:30:00Z",
                mode: "range",
            }
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        offset: i64 = DAY_MS, Takes::Duration,
            "How much earlier than the window; the data must reach back that far.", {
                label: "Earlier by",
                group: Group::Baseline,
                mode: "offset",
            }
    }
}

/// Default distance to the past: most traffic repeats by day.
const DAY_MS: i64 = 86_400_000;

settings_part! {
    /// Objectives.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    Slo at [slo], OBJECTIVES, OBJECTIVES_WORDS;
    fields {
        /// Seconds that whole requests of the present lengths may take within the other targets,
        /// found in the data; None where their lengths are not known.
        #[serde(skip)]
        #[cfg_attr(feature = "typescript", ts(skip))]
        whole: Option<f64> = None;
    }
    rows {
        profile: SloProfile = SloProfile::Chat, Takes::Choice(SloProfile::IDS),
            "Sets the latency targets; each can be replaced.", {
                label: "Kind of service",
                group: Group::Objectives,
                attribute: "profile",
                flag: "profile",
                value_name: "KIND",
                entries: words::profiles,
            }
        #[cfg_attr(feature = "typescript", ts(type = "{ [key in string]: number }"))]
        targets: SortedMap<String, f64> = SortedMap::new(),
            Takes::NumberById(words::target_ids, Range::POSITIVE),
            "Targets in seconds that replace those of the kind of service.", {
                label: "Target",
                group: Group::Objectives,
                attribute: "slo",
                flag: "slo",
                value_name: "NAME=SECONDS",
                example: "ttft=2.5,itl=0.05",
                step: 0.001,
                entries: words::targets,
            }
        quantile: f64 = 0.95, Takes::Number(Range::INSIDE_UNIT),
            "The quantile that must meet its target.", {
                label: "Judged quantile",
                group: Group::Objectives,
                attribute: "slo-quantile",
                flag: "quantile",
                value_name: "Q",
                step: 0.01,
            }
    }
}

settings_part! {
    /// Which part of the input to show.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    #[cfg_attr(test, derive(serde::Deserialize), serde(default, deny_unknown_fields))]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    ScopeSettings at [scope], SCOPE, SCOPE_WORDS;
    fields {}
    rows {
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        model: Option<String> = None, Takes::Text,
            "The model to show; without it the one that is worst off.", {
                label: "Model",
                group: Group::Scope,
                attribute: "model",
                flag: "model",
                value_name: "NAME",
                example: "the worst",
            }
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        replica: Option<String> = None, Takes::Text,
            "The replica to show, as the report names it, e.g. pod-0/0; without it all of them.", {
                label: "Replica",
                group: Group::Scope,
                attribute: "replica",
                flag: "replica",
                value_name: "KEY",
                example: "all",
            }
    }
}

/// The rows of all parts.
static SETTINGS: [Setting; COUNT] = joined([OBJECTIVES, BASELINE, SCOPE, WHOLE]);

/// The words of the same rows.
const WORDS: [&[Words]; 4] = [OBJECTIVES_WORDS, BASELINE_WORDS, SCOPE_WORDS, WHOLE_WORDS];

const COUNT: usize = OBJECTIVES.len() + BASELINE.len() + SCOPE.len() + WHOLE.len();

/// One array: walking over several is more code in the browser's module.
const fn joined(parts: [&[Setting]; 4]) -> [Setting; COUNT] {
    let mut all = [OBJECTIVES[0]; COUNT];
    let (mut part, mut row, mut count) = (0, 0, 0);
    while part < parts.len() {
        if row < parts[part].len() {
            all[count] = parts[part][row];
            (row, count) = (row + 1, count + 1);
        } else {
            (part, row) = (part + 1, 0);
        }
    }
    all
}

/// All settings.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter()
}

/// All settings with their words, by group.
pub fn described() -> Vec<(&'static Setting, &'static Words)> {
    let mut all: Vec<_> = settings().zip(WORDS.into_iter().flatten()).collect();
    all.sort_by_key(|(_, words)| words.group);
    all
}

/// The setting of a path.
pub(super) fn find(path: &str) -> Option<&'static Setting> {
    settings().find(|setting| setting.path == path)
}

/// The path of the part that a setting stands in; nothing for the settings as a whole.
fn part_of(path: &str) -> &str {
    path.bytes().position(|byte| byte == b'.').map_or("", |dot| path.get(..dot).unwrap_or_default())
}

/// Whether some settings stand in a part of that path.
pub(super) fn is_part(path: &str) -> bool {
    settings().any(|setting| part_of(setting.path) == path)
}

/// The names that a part, or the settings as a whole, may hold.
pub(super) fn names(part: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    if part.is_empty() {
        names.push("schema");
    }
    for setting in settings() {
        let own = part_of(setting.path);
        let name = match own {
            _ if own != part => own,
            "" => setting.path,
            _ => setting.path.get(own.len() + 1..).unwrap_or_default(),
        };
        let is_within = own == part || part.is_empty();
        if is_within && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
