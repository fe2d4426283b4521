//! What to do first, how to check it, and what not to do.

use crate::report::{Action, ActionStep, Report};
use crate::triage::finding::State;

use super::names::{self, continued};
use super::{Form, Part, Piece, Worth};

pub(super) fn pieces(report: &Report) -> Vec<Piece> {
    let verdict = &report.diagnosis.verdict;
    match &verdict.action {
        Some(action) => {
            let mut pieces = steps(action);
            pieces.extend(avoid(action));
            pieces
        }
        None if verdict.state == State::Unknown => {
            let text = format!("No change recommended yet. {}", verdict.detail);
            vec![Piece::inline(Part::Do, Worth::Always, &text)]
        }
        None => Vec::new(),
    }
}

fn steps(action: &Action) -> Vec<Piece> {
    let only;
    let steps = if action.steps.is_empty() {
        only = [ActionStep { sentence: action.sentence.clone(), copy: None, copy_kind: None }];
        &only[..]
    } else {
        &action.steps
    };
    let check = steps.iter().rposition(|step| step.copy.is_some());
    let mut pieces = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let worth = if index == 0 || Some(index) == check { Worth::Always } else { Worth::Useful };
        pieces.push(Piece::new(Part::Do, Form::Step, worth, &step.sentence));
        // A flag that the sentence names whole is copied from there.
        if let Some(copy) = step.copy.as_ref().filter(|copy| !names_whole(&step.sentence, copy)) {
            pieces.push(Piece::new(Part::Do, Form::Copy, worth, copy));
        }
        if index == 0 && !action.effect.is_empty() {
            let effect = format!("→ {}", action.effect);
            pieces.push(Piece::new(Part::Do, Form::Note, Worth::Guiding, &effect));
        }
    }
    pieces
}

fn names_whole(sentence: &str, copy: &str) -> bool {
    sentence.split_whitespace().any(|word| word.trim_end_matches(['.', ',', ':']) == copy)
}

fn avoid(action: &Action) -> impl Iterator<Item = Piece> {
    action.avoid.iter().enumerate().map(|(index, id)| {
        let name = names::action(*id);
        let because = action.avoid_because.get(index).map_or("", String::as_str);
        let because = because.trim().trim_end_matches('.');
        let because = because.strip_prefix("Don't scale out first: ").unwrap_or(because);
        let text = if because.is_empty() {
            name.clone()
        } else {
            format!("{name} ({})", continued(because))
        };
        let mut piece = Piece::inline(Part::Avoid, Worth::Reason, &text);
        piece.short = Some((Worth::More, name)).filter(|(_, short)| *short != piece.text);
        piece
    })
}
