//! `compare`: one window judged against an earlier one of the same data.

use inference_triage_core::comparison::Outcome;
use inference_triage_core::settings::BaselineSettings;

use crate::Outcome as Ended;
use crate::arguments::{CompareArguments, ReportFormat};
use crate::diagnose::session_of;
use crate::exit::{self, Failure, Status};
use crate::source::{self, Keep};
use crate::text;

pub(crate) fn run(arguments: &CompareArguments) -> Ended {
    let CompareArguments { before, after, input, format } = arguments;
    let mut material = source::gather(input, Keep::Samples)?;
    if material.settings.window.is_some()
        || material.settings.baseline != BaselineSettings::default()
    {
        return Err(Failure::usage(
            "compare takes its two windows from --before and --after; leave --window and \
             --baseline out",
        ));
    }
    let session = session_of(&mut material)?;
    let comparison = session.compare(None, *before, *after)?;
    match format {
        ReportFormat::Json => exit::answer_json(&comparison, "comparison")?,
        ReportFormat::Markdown => {
            exit::answer(session.compare_markdown(None, *before, *after)?.as_bytes())?;
        }
        ReportFormat::Text => {
            let scopes = session.summary()?.scopes;
            let scope = scopes.iter().find(|one| one.id == comparison.scope);
            let style = text::Style::of_standard_output();
            exit::answer(text::comparison(&comparison, scope, style).as_bytes())?;
        }
    }
    Ok(match comparison.outcome {
        Outcome::Pass => Status::Healthy,
        Outcome::Fail => Status::Finding,
        Outcome::Inconclusive => Status::CannotTell,
    })
}
