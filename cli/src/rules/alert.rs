//! One alert, in the form that every format is written from.

use inference_triage_core::catalogue::actions::ActionId;
use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::source::exporter::Exporter;
use inference_triage_core::triage::rules::RULES;

/// Whom an alert calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Somebody now.
    Critical,
    /// Somebody during working hours.
    Warning,
}

impl Severity {
    /// The value of the label `severity`, as the diagnosis names it.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
        }
    }
}

/// What to do first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstAction {
    /// The alert tells that users are hurt and not why, so the first step finds out.
    Diagnose,
    /// What the catalogue has for the cause.
    OfCause(CauseId),
    /// In words, where no cause of the catalogue fits.
    Words(&'static str),
}

/// An alert.
#[derive(Debug, Clone)]
pub(crate) struct Alert {
    /// Its name; the same for every model.
    pub(crate) name: &'static str,
    /// When it fires.
    pub(crate) expression: String,
    /// How long the expression must hold, seconds.
    pub(crate) hold: u32,
    /// Whom it calls.
    pub(crate) severity: Severity,
    /// The window that it judges, seconds: what the panel opens.
    pub(crate) window: u32,
    /// Labels beside the severity.
    pub(crate) labels: Vec<(&'static str, String)>,
    /// One line, with templates.
    pub(crate) summary: String,
    /// What was found and what it does not show, with templates.
    pub(crate) description: String,
    /// What to do first.
    pub(crate) action: FirstAction,
}

impl Alert {
    /// The cause whose page is the runbook.
    pub(crate) fn cause(&self) -> Option<CauseId> {
        match self.action {
            FirstAction::Diagnose | FirstAction::Words(_) => None,
            FirstAction::OfCause(cause) => Some(cause),
        }
    }

    /// The first action in words, with what it costs.
    pub(crate) fn action_text(&self, engine: &Exporter) -> String {
        if let FirstAction::Words(words) = self.action {
            return words.to_owned();
        }
        let action = self.cause().and_then(first_action);
        let Some(action) = action else {
            return "Find the cause before you change anything: open the panel, or run \
                    inference-triage diagnose. Both only read."
                .to_owned();
        };
        let flag = flag(action, engine).map_or_else(String::new, |flag| format!(" ({flag})"));
        let meaning = action.meaning().trim_end_matches('.');
        format!("{meaning}{flag}. It costs: {}", action.cost().sentence())
    }
}

/// The first action of a cause in the catalogue.
fn first_action(cause: CauseId) -> Option<ActionId> {
    RULES.iter().find(|rule| rule.id == cause)?.action
}

/// The flag that an action turns, as the engine calls it.
fn flag(action: ActionId, engine: &Exporter) -> Option<&'static str> {
    use inference_triage_core::catalogue::knobs::Knob;
    let knob = match action {
        ActionId::RaiseMaxNumSeqs => Knob::Concurrency,
        ActionId::RaiseKvMemory => Knob::KvMemory,
        ActionId::RaiseTokenBudget => Knob::TokenBudget,
        ActionId::WakeEngine => Knob::Wake,
        _ => return None,
    };
    Some(engine.knob(knob)?.flag)
}
