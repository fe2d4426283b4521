//! Recordings in `tests/incidents/recordings`: what a real Prometheus answered.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::ingest::prometheus::parse_responses;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::base::Base;
use crate::bases::last_tenth;
use crate::table::Table;

/// Recordings whose cause has a rule, or that are healthy. Those of two expositions are not among
/// them: their pages stand still for minutes.
const RECORDINGS: [&str; 7] = [
    "front-end-cpu",
    "healthy-full-cache",
    "kv-thrash",
    "load-above-capacity",
    "long-prompts",
    "seed000-onset",
    "slow-decode",
];

/// Faults whose cause has another id.
const CAUSES: [(&str, &str); 1] = [("front-end-cpu", "front-end")];

#[derive(Deserialize)]
struct Recording {
    truth: String,
    responses: Vec<Box<RawValue>>,
}

/// Every recorded base.
pub fn bases() -> Result<Vec<Base>, String> {
    RECORDINGS.iter().map(|name| base(name)).collect()
}

fn base(name: &str) -> Result<Base, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../incidents/recordings");
    let path = PathBuf::from(folder).join(format!("{name}.json.gz"));
    let mut text = String::new();
    File::open(&path)
        .and_then(|file| GzDecoder::new(file).read_to_string(&mut text))
        .map_err(|error| format!("recording {name}: {error}"))?;
    let recording: Recording =
        serde_json::from_str(&text).map_err(|error| format!("recording {name}: {error}"))?;
    let bodies: Vec<&[u8]> = recording.responses.iter().map(|body| body.get().as_bytes()).collect();
    let batch = parse_responses(&bodies).map_err(|error| format!("recording {name}: {error}"))?;
    let fault = recording.truth.as_str();
    let known = CAUSES.iter().find(|(known, _)| *known == fault);
    let truth = CauseId::from_id(known.map_or(fault, |(_, cause)| cause))
        .ok_or_else(|| format!("there is no cause {}", recording.truth))?
        .id();
    let table = Table::of(&batch);
    Ok(Base {
        name: format!("recorded-{name}"),
        truth,
        window: last_tenth(&table.times),
        table,
        settings: json!({}),
        is_drawn_once: false,
        scenario: None,
    })
}
