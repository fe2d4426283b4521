//! `diagnose`: gather responses and settings, let the core judge, print its report.

use inference_triage_core::error::Error;
use inference_triage_core::session::Session;

use crate::Outcome;
use crate::arguments::{DiagnoseArguments, ReportFormat};
use crate::capsule::{self, Capsule};
use crate::exit::{self, Failure};
use crate::file_kind::FileKind;
use crate::source::{self, Material, Responses, without_history};
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
    let mut material = source::gather(&arguments.input)?;
    let session = session_of(&mut material)?;
    if let Some(path) = &arguments.save_capsule {
        let capsule = Capsule {
            settings: material.settings.clone(),
            responses: std::mem::take(&mut material.detail.bytes),
            history: material.history.take().map(|history| history.bytes).unwrap_or_default(),
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

/// The core with all of this loaded.
pub(crate) fn session_of(material: &mut Material) -> Result<Session, Failure> {
    let mut session = Session::new();
    session.configure(material.settings.clone())?;
    session
        .load_prometheus(&material.detail.slices())
        .map_err(|error| explain(error, &material.detail, material.cure))?;
    load_history(&mut session, material)?;
    Ok(session)
}

fn load_history(session: &mut Session, material: &mut Material) -> Result<(), Failure> {
    let Some(history) = &material.history else { return Ok(()) };
    let Err(error) = session.load_history_prometheus(&history.slices()) else { return Ok(()) };
    if !material.is_history_optional {
        return Err(explain(error, history, material.cure));
    }
    exit::say(&without_history(&error.to_string()));
    material.history = None;
    Ok(())
}

/// The core's sentence, with the file it is about and with a cure that fits the way the data came.
fn explain(error: Error, responses: &Responses, cure: &str) -> Failure {
    // Of an engine that cannot be read no other query brings more.
    let no_engine = error.is_no_engine() && !error.is_unsupported_engine();
    let guilty = responses.bytes.iter().zip(&responses.names).find(|(response, _)| {
        error.is_bad_data()
            && Session::new().load_prometheus(&[response]).is_err_and(|error| error.is_bad_data())
    });
    let failure = Failure::from(error);
    if let Some((response, name)) = guilty {
        let known = FileKind::of(response).instead_of_response();
        return failure.map_sentence(|sentence| format!("{name}: {}", known.unwrap_or(sentence)));
    }
    if no_engine { failure.map_sentence(|sentence| format!("{sentence}; {cure}")) } else { failure }
}
