//! What people read about a setting, and where they meet it. Kept apart from what the reader needs,
//! because the browser's module holds only that.

use crate::catalogue::baseline_modes::BaselineMode;
use crate::catalogue::limits::LimitId;
use crate::catalogue::sections::Section;
use crate::catalogue::signals::SignalId;
use crate::catalogue::slo_profiles::SloProfile;
use crate::catalogue::text_sizes::TextSize;
use crate::small::list::CollectVec;
use crate::text::decimal::shortest;

/// Settings that stand together in an editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What is good enough.
    Objectives,
    /// What the window is compared with.
    Baseline,
    /// Which part of the data is diagnosed.
    Scope,
    /// What the engine does not say about itself.
    Limits,
    /// By which numbers the checks decide.
    Checks,
    /// What is shown.
    Display,
}

impl Group {
    /// All groups, in reading order.
    pub const ALL: &'static [Self] =
        &[Self::Objectives, Self::Baseline, Self::Scope, Self::Limits, Self::Checks, Self::Display];

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Objectives => "Objectives",
            Self::Baseline => "Baseline",
            Self::Scope => "Scope",
            Self::Limits => "Engine limits",
            Self::Checks => "Checks",
            Self::Display => "Display",
        }
    }
}

/// Hosts that keep settings as options of a panel. An editor draws what it has a field for; the
/// rest is written into the panel's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The Grafana panel.
    Grafana,
    /// The Perses panel.
    Perses,
}

/// One id that a setting of a closed list takes, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The id.
    pub id: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it means, one sentence.
    pub help: String,
}

/// A setting in words.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Name for people.
    pub label: &'static str,
    /// What it does, one sentence or two.
    pub help: &'static str,
    /// What it stands with.
    pub group: Group,
    /// Attribute of `<inference-triage>` that holds it; empty for none.
    pub attribute: &'static str,
    /// Flag of the command line without its dashes; empty for none.
    pub flag: &'static str,
    /// What stands for the flag's value in the help; empty where there is no flag.
    pub value_name: &'static str,
    /// Hosts that have it as an option.
    pub hosts: &'static [Host],
    /// A value to show in an empty field where there is no default; empty for none.
    pub example: &'static str,
    /// Regular expression that a text must match in hosts that check their options by themselves;
    /// empty for none.
    pub pattern: &'static str,
    /// Distance of neighbouring values in an editor, the smallest useful number; 0 for none.
    pub step: f64,
    /// The value of `mode` beside it without which it has no effect; empty for none.
    pub mode: &'static str,
    /// The ids that it takes, in words.
    pub entries: fn() -> Vec<Entry>,
}

/// Both panels.
pub(super) const PANELS: &[Host] = &[Host::Grafana, Host::Perses];

impl Words {
    /// What a row leaves out.
    pub(super) const NONE: Self = Self {
        label: "",
        help: "",
        group: Group::Display,
        attribute: "",
        flag: "",
        value_name: "",
        hosts: PANELS,
        example: "",
        pattern: "",
        step: 0.0,
        mode: "",
        entries: Vec::new,
    };
}

/// Signals that may be given a target: those that every profile has one for.
fn target_signals() -> impl Iterator<Item = SignalId> {
    SignalId::ALL.iter().copied().filter(|signal| SloProfile::Chat.target(*signal).is_some())
}

/// Limits that may be given by hand.
fn given_limits() -> impl Iterator<Item = LimitId> {
    LimitId::ALL.iter().copied().filter(|limit| limit.may_be_given())
}

/// The ids of the signals that may be given a target.
pub(super) fn target_ids() -> Vec<&'static str> {
    target_signals().map(SignalId::id).collect_vec()
}

/// The ids of the limits that may be given by hand.
pub(super) fn limit_ids() -> Vec<&'static str> {
    given_limits().map(LimitId::id).collect_vec()
}

pub(super) fn profiles() -> Vec<Entry> {
    let entry = |profile: &SloProfile| Entry {
        id: profile.id(),
        title: profile.title(),
        help: format!("{} {}.", profile.meaning(), targets_text(*profile)),
    };
    SloProfile::ALL.iter().map(entry).collect_vec()
}

/// The default targets, `TTFT 2.5 s, ITL 50 ms, E2E as both allow`.
fn targets_text(profile: SloProfile) -> String {
    let text = |signal: SignalId| {
        let seconds = profile.target(signal).unwrap_or_default();
        if seconds < 0.1 {
            format!("{} ms", shortest((seconds * 1000.0).round()))
        } else {
            format!("{} s", shortest(seconds))
        }
    };
    let whole = if profile.primary() == SignalId::E2e {
        text(SignalId::E2e)
    } else {
        "as both allow".to_owned()
    };
    format!("TTFT {}, ITL {}, E2E {whole}", text(SignalId::Ttft), text(SignalId::Itl))
}

pub(super) fn targets() -> Vec<Entry> {
    let entry = |signal: SignalId| Entry {
        id: signal.id(),
        title: signal.title(),
        help: "In seconds; without it as the kind of service has it.".to_owned(),
    };
    target_signals().map(entry).collect_vec()
}

pub(super) fn limits() -> Vec<Entry> {
    let entry = |limit: LimitId| Entry {
        id: limit.id(),
        title: limit.title(),
        help: format!("In {}; without it as exported, or as the data show it.", limit.unit()),
    };
    given_limits().map(entry).collect_vec()
}

pub(super) fn modes() -> Vec<Entry> {
    let entry = |mode: &BaselineMode| Entry {
        id: mode.id(),
        title: mode.title(),
        help: mode.meaning().to_owned(),
    };
    BaselineMode::ALL.iter().map(entry).collect_vec()
}

pub(super) fn text_sizes() -> Vec<Entry> {
    let entry = |size: &TextSize| Entry {
        id: size.id(),
        title: size.title(),
        help: size.meaning().to_owned(),
    };
    TextSize::ALL.iter().map(entry).collect_vec()
}

pub(super) fn sections() -> Vec<Entry> {
    let entry = |section: &Section| Entry {
        id: section.id(),
        title: section.title(),
        help: section.meaning().to_owned(),
    };
    Section::ALL.iter().map(entry).collect_vec()
}
