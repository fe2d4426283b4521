//! `lint`: what is wrong with the queries of dashboards and rules, and what to write instead.

pub(crate) mod arguments;
mod bounds;
mod catalogue;
mod checks;
mod documents;
mod history;
mod lines;
mod names;
mod report;
mod scan;
mod syntax;
mod variables;

use std::path::PathBuf;

use crate::Outcome;
use crate::budget::Budget;
use crate::exit::{self, Status};
use crate::input;

pub(crate) use arguments::LintArguments;
use checks::Surroundings;
use documents::Document;

/// Reads every file, then judges every query: what one file says about the world (recording rules,
/// a router) counts in all.
pub(crate) fn run(arguments: &LintArguments) -> Outcome {
    let (documents, is_all_read) = read(&arguments.files);
    let mut surroundings =
        Surroundings { scrape_interval: arguments.scrape_interval, ..Surroundings::default() };
    for (_, document) in &documents {
        surroundings.records.extend(document.records.iter().cloned());
        surroundings.typed.extend(document.typed.iter().cloned());
        surroundings.has_router |= document.queries.iter().any(shows_router);
    }
    let report = report::Report::of(&documents, &surroundings);
    if documents.is_empty() {
        return Ok(Status::CannotTell);
    }
    exit::answer(report.print(arguments.format)?.as_bytes())?;
    Ok(match (is_all_read, report.is_clean()) {
        (false, _) => Status::CannotTell,
        (true, false) => Status::Finding,
        (true, true) => Status::Healthy,
    })
}

/// The files that can be read; a sentence goes to standard error for each that cannot.
fn read(files: &[PathBuf]) -> (Vec<(String, Document)>, bool) {
    let mut documents = Vec::new();
    let mut is_all_read = true;
    for path in files {
        let budget = Budget::small();
        let name = input::name_of(path);
        let document =
            input::read(path, &budget).map_err(|failure| failure.to_string()).and_then(|bytes| {
                Document::read(&bytes).map_err(|reason| format!("cannot read {name}: {reason}"))
            });
        match document {
            Ok(document) => documents.push((name, document)),
            Err(sentence) => {
                exit::say(&sentence);
                is_all_read = false;
            }
        }
    }
    (documents, is_all_read)
}

/// Whether a query reads what only a router exports.
fn shows_router(query: &documents::Query) -> bool {
    let Some(substituted) = variables::Substituted::of(&query.expression) else { return false };
    let Ok(expression) = syntax::parse(&substituted.expression) else { return false };
    syntax::selectors(&expression)
        .iter()
        .filter_map(|selector| selector.name.as_deref())
        .any(names::is_router_own)
}
