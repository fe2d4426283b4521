//! What to do, and what not, as far as the message has no room for it.

use inference_triage_core::report::{Action, ActionStep, Report};

use super::message::{Message, Part};
use super::page::Page;

pub(super) fn print(report: &Report, message: &Message, page: &mut Page) {
    let Some(action) = &report.diagnosis.verdict.action else { return };
    if !message.is_whole(Part::Do) {
        print_steps(action, page);
    }
    if !message.is_whole(Part::Avoid) {
        print_avoid(action, page);
    }
}

fn print_steps(action: &Action, page: &mut Page) {
    page.heading("Do", "");
    if action.steps.is_empty() {
        page.paragraph("  1. ", &action.sentence);
    }
    for (index, step) in action.steps.iter().enumerate() {
        page.paragraph(&format!("  {}. ", index + 1), &step.sentence);
        print_copy(step, page);
    }
    if !action.effect.is_empty() {
        page.paragraph("  Expect: ", &action.effect);
    }
}

fn print_copy(step: &ActionStep, page: &mut Page) {
    let Some(copy) = &step.copy else { return };
    let kind = step.copy_kind.unwrap_or_default();
    if kind.eq_ignore_ascii_case("promql") {
        page.promql("       ", copy);
    } else {
        page.verbatim("       ", copy);
    }
}

fn print_avoid(action: &Action, page: &mut Page) {
    if action.avoid.is_empty() {
        return;
    }
    page.heading("Do not", "");
    for (index, id) in action.avoid.iter().enumerate() {
        let text = match action.avoid_because.get(index) {
            Some(because) => format!("{id}: {because}"),
            None => id.to_string(),
        };
        page.paragraph("  x ", &text);
    }
}
