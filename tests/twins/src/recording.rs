//! A recording of real engines, read from its folder in `tests/engines/recordings`.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

use crate::page::Page;

/// A recording.
#[derive(Debug, Clone)]
pub struct Recording {
    /// Its folder's name.
    pub id: String,
    /// What was done.
    pub truth: Truth,
    /// What its clients saw, by start.
    pub clients: Vec<Client>,
    /// Times of the grid, Unix seconds.
    pub times: Vec<f64>,
    /// Series of each target, in the order of the addresses.
    pub targets: Vec<Page>,
}

/// `truth.json`, as far as a twin needs it.
#[derive(Debug, Clone, Deserialize)]
pub struct Truth {
    /// Release of vLLM, e.g. `0.20.1`.
    pub version: String,
    /// Flags of all replicas, or of each.
    flags: OneOrEach,
    /// Replicas.
    pub replicas: usize,
    /// What was sent, phase by phase.
    pub traffic: Vec<Phase>,
    /// Unix seconds of the begin.
    pub start: f64,
    /// Unix seconds of the fault; none: always so.
    pub onset: Option<f64>,
    /// Unix seconds of the end.
    pub end: f64,
    /// Time in Unix seconds, name, and what belongs to it.
    events: Vec<Vec<Value>>,
    /// Seconds between two scrapes.
    pub scrape_s: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrEach {
    One(String),
    Each(Vec<String>),
}

/// Traffic until a time.
#[derive(Debug, Clone, Deserialize)]
pub struct Phase {
    /// Seconds after the begin.
    pub until: f64,
    /// What is sent.
    pub streams: Vec<Stream>,
}

/// One source of requests.
#[derive(Debug, Clone, Deserialize)]
pub struct Stream {
    /// `closed`, `poisson` or `sessions`.
    pub kind: String,
    /// Clients of `closed` and `sessions`.
    #[serde(default)]
    pub n: usize,
    /// Least and most new prompt tokens.
    pub prompt: [f64; 2],
    /// Least and most output tokens.
    pub output: [f64; 2],
    /// Tokens that prompts of a group share.
    #[serde(default)]
    pub prefix: u32,
    /// Least and most seconds between an answer and the next question.
    #[serde(default)]
    pub think: Option<[f64; 2]>,
    /// Groups.
    #[serde(default)]
    pub groups: Option<u64>,
}

/// Something that was done to an engine.
#[derive(Debug, Clone)]
pub struct Event {
    /// Unix seconds.
    pub at: f64,
    /// `throttle`, `stop`, `kill`, `down`, `up again` …
    pub name: String,
    /// What belongs to it.
    pub details: Vec<Value>,
}

/// A request as its client saw it. Times in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// When it was sent, Unix.
    pub start: f64,
    /// Of HTTP; 499: the client hung up, 0: in flight at the end, −1: refused.
    pub status: i64,
    /// Prompt tokens.
    pub prompt: u32,
    /// Output tokens; 0 unless it finished.
    pub output: u32,
    /// Time to the first token; none: there was none.
    pub ttft: Option<f64>,
    /// End to end.
    pub e2e: f64,
    /// Between tokens.
    pub gaps: Vec<f64>,
    /// Which replica was asked.
    pub replica: usize,
}

impl Client {
    /// Tokens that arrived.
    pub fn received(&self) -> u32 {
        self.ttft.map_or(0, |_| 1 + self.gaps.len() as u32).max(self.output)
    }
}

impl Truth {
    /// Flags of a replica.
    pub fn flags(&self, replica: usize) -> &str {
        match &self.flags {
            OneOrEach::One(flags) => flags,
            OneOrEach::Each(all) => all.get(replica).map_or("", String::as_str),
        }
    }

    /// The value of a replica's flag.
    pub fn flag(&self, replica: usize, name: &str) -> Option<usize> {
        let mut words = self.flags(replica).split_whitespace();
        words.find(|word| *word == name)?;
        words.next()?.parse().ok()
    }

    /// What was done to the engines, by time.
    pub fn events(&self) -> Vec<Event> {
        let event = |fields: &Vec<Value>| {
            Some(Event {
                at: fields.first()?.as_f64()?,
                name: fields.get(1)?.as_str()?.to_owned(),
                details: fields.get(2).and_then(Value::as_array).cloned().unwrap_or_default(),
            })
        };
        self.events.iter().filter_map(event).collect()
    }

    /// The phase of a time, Unix seconds, and when it ended.
    pub fn phase(&self, time: f64) -> Option<(&Phase, f64)> {
        let phase = self.traffic.iter().find(|phase| time < self.start + phase.until);
        let phase = phase.or(self.traffic.last())?;
        Some((phase, self.start + phase.until))
    }
}

/// Where the recordings lie.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../engines/recordings")
}

/// Ids of all recordings, in order.
pub fn ids() -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder()).map_err(|error| format!("recordings: {error}"))?;
    let mut ids: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    ids.sort();
    Ok(ids)
}

impl Recording {
    /// The same of engines that were started with those flags.
    pub fn with_flags(mut self, flags: &str) -> Self {
        self.truth.flags = OneOrEach::One(flags.to_owned());
        self
    }

    /// Reads a recording.
    pub fn read(id: &str) -> Result<Self, String> {
        let place = folder().join(id);
        let at = |error: &dyn std::fmt::Display| format!("{id}: {error}");
        let truth = fs::read(place.join("truth.json")).map_err(|error| at(&error))?;
        let truth: Truth = serde_json::from_slice(&truth).map_err(|error| at(&error))?;
        let lines = unpacked(&place.join("client.jsonl.gz")).map_err(|error| at(&error))?;
        let lines = String::from_utf8(lines).map_err(|error| at(&error))?;
        let clients = lines.lines().filter(|line| !line.is_empty()).map(client);
        let mut clients =
            clients.collect::<Option<Vec<_>>>().ok_or_else(|| at(&"a client's line"))?;
        clients.sort_by(|one, other| one.start.total_cmp(&other.start));
        // Where a recording holds both, the response has only what a diagnosis asks for.
        let everything = place.join("everything.json.gz");
        let response =
            if everything.exists() { everything } else { place.join("response.json.gz") };
        let response = unpacked(&response).map_err(|error| at(&error))?;
        let response: Value = serde_json::from_slice(&response).map_err(|error| at(&error))?;
        let (times, targets) = Page::of_response(&response).ok_or_else(|| at(&"no matrix"))?;
        Ok(Self { id: id.to_owned(), truth, clients, times, targets })
    }
}

fn unpacked(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(file)?).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn client(line: &str) -> Option<Client> {
    let fields: Vec<Value> = serde_json::from_str(line).ok()?;
    let gaps = fields.get(6)?.as_array()?;
    Some(Client {
        start: fields.first()?.as_f64()?,
        status: fields.get(1)?.as_i64()?,
        prompt: fields.get(2)?.as_u64()? as u32,
        output: fields.get(3)?.as_u64()? as u32,
        ttft: fields.get(4)?.as_f64(),
        e2e: fields.get(5)?.as_f64().unwrap_or(0.0),
        gaps: gaps.iter().filter_map(|gap| Some(gap.as_f64()? / 1000.0)).collect(),
        replica: fields.get(8).and_then(Value::as_u64).unwrap_or(0) as usize,
    })
}
