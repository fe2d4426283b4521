//! `diagnose`: gather responses and settings, let the core judge, print its report.

use inference_triage_core::error::Error;
use inference_triage_core::session::Session;

use crate::Outcome;
use crate::arguments::{DiagnoseArguments, ReportFormat};
use crate::capsule::{self, Capsule};
use crate::exit::{self, Failure};
use crate::source::{self, Keep, Material, Responses, without_history};
use crate::text;

pub(crate) fn run(arguments: &DiagnoseArguments) -> Outcome {
    if arguments.full && arguments.format == ReportFormat::Markdown {
        return Err(Failure::usage(
            "--full adds tables that Markdown has no room for: leave it out, or print them with \
             --format text",
        ));
    }
    let has_tables = arguments.full && arguments.format == ReportFormat::Text;
    if arguments.price.price().is_some() && !has_tables {
        return Err(Failure::usage(
            "--price-per-gpu-hour adds a section to the tables of --full: print it with --format \
             text",
        ));
    }
    let has_links = has_tables || arguments.format == ReportFormat::Markdown;
    if arguments.links.are_given() && !has_links {
        return Err(Failure::usage(
            "--trace-url and --log-url are printed by --full and by --format markdown: add one of \
             them",
        ));
    }
    let keep = if arguments.save_capsule.is_some() { Keep::Texts } else { Keep::Samples };
    let mut material = source::gather(&arguments.input, keep)?;
    let session = session_of(&mut material)?;
    if let Some(path) = &arguments.save_capsule {
        let capsule = Capsule {
            settings: material.settings.clone(),
            responses: texts_of(&material.detail),
            history: material.history.as_ref().map(texts_of).unwrap_or_default(),
        };
        capsule::save(path, &capsule)?;
    }
    let report = session.report()?;
    let style = text::Style::of_standard_output();
    let screen = text::screen_of_standard_output();
    let output = match arguments.format {
        ReportFormat::Json => {
            let mut bytes = session.report_bytes()?;
            bytes.push(b'\n');
            bytes
        }
        ReportFormat::Text if arguments.full => {
            let added = text::Added {
                price: arguments.price.price(),
                links: arguments.links.filled(&report),
            };
            text::full(&report, material.settings.slo.quantile, &added, style, screen).into_bytes()
        }
        ReportFormat::Text => text::message(&report, style, screen).into_bytes(),
        ReportFormat::Markdown => {
            text::markdown(&report, &arguments.links.filled(&report)).into_bytes()
        }
    };
    exit::answer(&output)?;
    Ok(report.diagnosis.verdict.severity.into())
}

fn texts_of(responses: &Responses) -> Vec<&[u8]> {
    responses.texts.iter().map(Vec::as_slice).collect()
}

/// The core with all of this loaded, which takes the samples.
pub(crate) fn session_of(material: &mut Material) -> Result<Session, Failure> {
    let mut session = Session::new().with_sample_limit(material.sample_limit);
    session.configure(material.settings.clone())?;
    let batch = std::mem::take(&mut material.detail.batch);
    session
        .load_batch(batch)
        .map_err(|error| explain(error, &material.detail.name, material.cure))?;
    load_history(&mut session, material)?;
    Ok(session)
}

fn load_history(session: &mut Session, material: &mut Material) -> Result<(), Failure> {
    let Some(history) = &mut material.history else { return Ok(()) };
    let batch = std::mem::take(&mut history.batch);
    let Err(error) = session.load_history_batch(batch) else { return Ok(()) };
    if !material.is_history_optional {
        return Err(explain(error, &history.name, material.cure));
    }
    exit::say(&without_history(&error.to_string()));
    material.history = None;
    Ok(())
}

/// The core's sentence, with what it is about and with a cure that fits the way the data came.
fn explain(error: Error, name: &str, cure: &str) -> Failure {
    // Of an engine that cannot be read no other query brings more.
    let no_engine = error.is_no_engine() && !error.is_unsupported_engine();
    let is_named = error.is_bad_data() && !name.is_empty();
    let failure = Failure::from(error);
    if is_named {
        return failure.map_sentence(|sentence| format!("{name}: {sentence}"));
    }
    if no_engine { failure.map_sentence(|sentence| format!("{sentence}; {cure}")) } else { failure }
}
