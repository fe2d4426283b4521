//! Where the data of a diagnosis come from: one file a source.

mod exposition;
mod files;
mod scrape;
mod server;

use std::path::Path;

use inference_triage_core::settings::Settings;

use crate::budget::Budget;
use crate::exit::Failure;
use crate::input;
use crate::input_arguments::InputArguments;

/// What a diagnosis is made of.
pub(crate) struct Material {
    pub(crate) settings: Settings,
    pub(crate) detail: Responses,
    pub(crate) history: Option<Responses>,
    /// A history that cannot be used is left out with a note: nobody named its responses.
    pub(crate) is_history_optional: bool,
    /// What to try when the responses hold no known engine.
    pub(crate) cure: &'static str,
}

/// Range responses, and what each is called in a message.
#[derive(Default)]
pub(crate) struct Responses {
    pub(crate) bytes: Vec<Vec<u8>>,
    pub(crate) names: Vec<String>,
}

impl Responses {
    /// Responses that came from one place.
    fn of(name: &str, bytes: Vec<Vec<u8>>) -> Self {
        Self { names: vec![name.to_owned(); bytes.len()], bytes }
    }

    fn add(&mut self, name: &str, bytes: Vec<Vec<u8>>) {
        self.names.extend(vec![name.to_owned(); bytes.len()]);
        self.bytes.extend(bytes);
    }

    fn are_there(&self) -> bool {
        !self.bytes.is_empty()
    }

    pub(crate) fn slices(&self) -> Vec<&[u8]> {
        self.bytes.iter().map(Vec::as_slice).collect()
    }
}

/// Reads or asks whatever the arguments name.
pub(crate) fn gather(arguments: &InputArguments) -> Result<Material, Failure> {
    let source = &arguments.source;
    let budget = Budget::new(arguments.memory_budget);
    if let Some(url) = &source.url {
        return server::ask(url, arguments, &budget);
    }
    if !source.scrape.is_empty() {
        return scrape::run(arguments, &budget);
    }
    if !source.exposition.is_empty() {
        return exposition::read(arguments, &budget);
    }
    if let Some(path) = &source.capsule {
        return files::open_capsule(path, arguments, &budget);
    }
    files::open(arguments, &budget)
}

/// A note for a diagnosis whose history cannot be used.
pub(crate) fn without_history(reason: &str) -> String {
    format!("the diagnosis does without the history, and without a baseline in it: {reason}")
}

/// A sentence about a file, in front of it its name.
fn about(path: &Path, sentence: &str) -> Failure {
    Failure::bad_data(format!("{}: {sentence}", input::name_of(path)))
}
