//! Incident capsules: the responses and the settings of one diagnosis in one file, so that it
//! re-opens anywhere with the same verdict.
//!
//! `{"schema": 1, "settings": {…}, "responses": [<Prometheus range response>, …]}`, and where there
//! is a history its responses in `history`; all are kept byte for byte.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use inference_triage_core::settings::Settings;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::exit::Failure;
use crate::file_kind::FileKind;
use crate::input::{name_of, reason};

/// Version of the capsule's own shape.
const SCHEMA: u32 = 1;

/// What a capsule holds.
#[derive(Debug, PartialEq)]
pub(crate) struct Capsule<'a> {
    pub(crate) settings: Settings,
    /// Of the range that is diagnosed.
    pub(crate) responses: Vec<&'a [u8]>,
    /// Of the history; empty where there is none.
    pub(crate) history: Vec<&'a [u8]>,
}

#[derive(Serialize)]
struct Written<'a> {
    schema: u32,
    settings: &'a Settings,
    responses: Vec<&'a RawValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Read<'a> {
    #[serde(borrow)]
    settings: &'a RawValue,
    #[serde(borrow)]
    responses: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    history: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Recording<'a> {
    #[serde(borrow)]
    responses: Vec<&'a RawValue>,
}

/// The one field that every capsule of every schema has.
#[derive(Deserialize)]
struct Version {
    schema: serde_json::Value,
}

/// Reads a capsule's bytes; `path` is for messages.
pub(crate) fn open<'a>(bytes: &'a [u8], path: &Path) -> Result<Capsule<'a>, Failure> {
    let name = name_of(path);
    let kind = FileKind::of(bytes);
    if let Some(known) = kind.instead_of_capsule() {
        return Err(Failure::bad_data(format!("{name}: {known}")));
    }
    // The version comes first: what a newer one holds may not fit the shape of this one.
    if kind == FileKind::Capsule {
        check_version(bytes, &name)?;
    }
    let capsule: Read<'_> = serde_json::from_slice(bytes).map_err(|error| {
        Failure::bad_data(format!(
            "{name} is not an incident capsule: {error}; make one with --save-capsule"
        ))
    })?;
    if capsule.responses.is_empty() {
        return Err(Failure::bad_data(format!(
            "{name} is a capsule without a response; make it again with --save-capsule"
        )));
    }
    let settings = Settings::from_json(capsule.settings.get().as_bytes())
        .map_err(|error| Failure::bad_data(format!("{name} cannot be opened: {error}")))?;
    Ok(Capsule { settings, responses: texts(capsule.responses), history: texts(capsule.history) })
}

fn check_version(bytes: &[u8], name: &str) -> Result<(), Failure> {
    let Ok(Version { schema }) = serde_json::from_slice(bytes) else { return Ok(()) };
    let sentence = match schema.as_u64() {
        Some(schema) if schema == u64::from(SCHEMA) => return Ok(()),
        Some(newer) if newer > u64::from(SCHEMA) => format!(
            "{name} is a capsule of schema {newer}, and this version reads schema {SCHEMA}; open \
             it with a newer version"
        ),
        _ => format!(
            "{name} is a capsule of schema {schema}, which no version has written; copy the \
             original again, or make a new one with --save-capsule"
        ),
    };
    Err(Failure::bad_data(sentence))
}

/// The responses of a recording; `path` is for messages.
pub(crate) fn responses_of_recording<'a>(
    bytes: &'a [u8],
    path: &Path,
) -> Result<Vec<&'a [u8]>, Failure> {
    let name = name_of(path);
    let recording: Recording<'_> = serde_json::from_slice(bytes).map_err(|error| {
        Failure::bad_data(format!("{name} is not a recording: {error}; copy it again"))
    })?;
    if recording.responses.is_empty() {
        return Err(Failure::bad_data(format!(
            "{name} is a recording without a response; record it again"
        )));
    }
    Ok(texts(recording.responses))
}

fn texts(responses: Vec<&RawValue>) -> Vec<&[u8]> {
    responses.into_iter().map(|response| response.get().as_bytes()).collect()
}

/// Writes a capsule; gzipped when the name ends in `.gz`.
pub(crate) fn save(path: &Path, capsule: &Capsule<'_>) -> Result<(), Failure> {
    let capsule = Written {
        schema: SCHEMA,
        settings: &capsule.settings,
        responses: as_json(&capsule.responses)?,
        history: as_json(&capsule.history)?,
    };
    write(path, &capsule).map_err(|error| {
        Failure::usage(format!(
            "the capsule cannot be written to {}: {}; name a file in a folder that can be written to",
            path.display(),
            reason(&error)
        ))
    })
}

fn as_json<'a>(responses: &[&'a [u8]]) -> Result<Vec<&'a RawValue>, Failure> {
    responses
        .iter()
        .map(|response| serde_json::from_slice(response))
        .collect::<Result<_, _>>()
        .map_err(|error| {
            Failure::bad_data(format!(
                "a response that is not valid JSON cannot go into a capsule: {error}"
            ))
        })
}

fn write(path: &Path, capsule: &Written<'_>) -> io::Result<()> {
    let mut file = io::BufWriter::new(File::create(path)?);
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut packed = GzEncoder::new(&mut file, Compression::default());
        serde_json::to_writer(&mut packed, capsule)?;
        packed.finish()?;
    } else {
        serde_json::to_writer(&mut file, capsule)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Status;

    fn opened(json: &str) -> Result<Capsule<'_>, Failure> {
        open(json.as_bytes(), Path::new("incident.json"))
    }

    #[test]
    fn a_saved_capsule_opens_with_the_same_bytes() {
        let path = std::env::temp_dir()
            .join(format!("inference-triage-capsule-{}.json.gz", std::process::id()));
        let mut settings = Settings::default();
        settings.slo.targets.insert("ttft".to_owned(), 0.1 + 0.2);
        let responses =
            vec![&br#"{"status" : "success","data":{"v":[1e-07,"\u00e9"]}}"#[..], b"{}"];
        for history in [Vec::new(), vec![&br#"{"a": 1.50}"#[..]]] {
            let capsule =
                Capsule { settings: settings.clone(), responses: responses.clone(), history };
            save(&path, &capsule).unwrap();
            let bytes = crate::input::read(&path, &crate::budget::Budget::small()).unwrap();
            std::fs::remove_file(&path).unwrap();
            assert_eq!(open(&bytes, &path).unwrap(), capsule);
            let is_named = bytes.windows(9).any(|part| part == b"\"history\"");
            assert_eq!(is_named, !capsule.history.is_empty());
        }
    }

    #[test]
    fn what_is_not_a_capsule_is_bad_data() {
        for (json, part) in [
            ("[]", "not an incident capsule"),
            (r#"{"status":"success"}"#, "this is a Prometheus response"),
            (r#"{"schema":1,"responses":[{}]}"#, "missing field `settings`"),
            (r#"{"schema":2,"answers":[]}"#, "missing field"),
            (r#"{"schema":2,"settings":[],"responses":{"a":1}}"#, "newer version"),
            (r#"{"schema":0,"settings":{},"responses":[]}"#, "schema 0, which no version"),
            (r#"{"schema":"1","settings":{},"responses":[]}"#, "schema \"1\", which no"),
            (r#"{"schema":1,"settings":{},"responses":[]}"#, "without a response"),
            (r#"{"schema":2,"settings":{},"responses":[]}"#, "newer version"),
            (r#"{"schema":1,"settings":{"windows":1},"responses":[{}]}"#, "windows"),
            (r#"{"schema":1,"settings":{"schema":9},"responses":[{}]}"#, "newer version"),
            (r#"{"schema":1,"settings":{},"responses":{}}"#, "not an incident capsule"),
            (
                r#"{"schema":1,"settings":{},"responses":[{}],"history":1}"#,
                "not an incident capsule",
            ),
        ] {
            let failure = opened(json).unwrap_err();
            assert_eq!(failure.status(), Status::BadData, "{json}");
            assert!(failure.to_string().contains(part), "{json}: {failure}");
        }
    }

    #[test]
    fn a_capsule_may_carry_more_than_this_version_knows() {
        assert!(opened(r#"{"schema":1,"note":"prod","settings":{},"responses":[{}]}"#).is_ok());
    }

    #[test]
    fn a_folder_that_does_not_exist_is_a_usage_error() {
        let capsule =
            Capsule { settings: Settings::default(), responses: Vec::new(), history: Vec::new() };
        let failure = save(Path::new("/nonexistent/folder/x.json"), &capsule).unwrap_err();
        assert_eq!(failure.status(), Status::Usage);
        assert!(failure.to_string().contains("no such file"), "{failure}");
    }
}
