//! Where the data of a diagnosis come from: one file a source.

mod exposition;
mod files;
mod scrape;
mod server;

use std::path::Path;

use inference_triage_core::ingest::batch::SampleBatch;
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
    /// Most samples that may be loaded.
    pub(crate) sample_limit: usize,
    /// What to try when the responses hold no known engine.
    pub(crate) cure: &'static str,
}

/// What responses of one range hold.
#[derive(Default)]
pub(crate) struct Responses {
    pub(crate) batch: SampleBatch,
    /// The text of each, where it is kept.
    pub(crate) texts: Vec<Vec<u8>>,
    /// What they are called in a message.
    pub(crate) name: String,
}

/// What of a response is held once it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Its samples.
    Samples,
    /// Its text too: it is written or read once more.
    Texts,
}

impl Responses {
    /// What texts hold that we made ourselves or that are counted in the budget.
    pub(crate) fn of(
        name: &str,
        texts: Vec<Vec<u8>>,
        keep: Keep,
        budget: &Budget,
    ) -> Result<Self, Failure> {
        let mut opened = files::Opened::new(budget, keep, 0);
        for text in texts {
            opened.read(name, text.into())?;
        }
        opened.finish()
    }
}

/// Reads or asks whatever the arguments name.
pub(crate) fn gather(arguments: &InputArguments, keep: Keep) -> Result<Material, Failure> {
    let source = &arguments.source;
    let budget = Budget::new(arguments.memory_budget);
    if let Some(url) = &source.url {
        return server::ask(url, arguments, &budget, keep);
    }
    if !source.scrape.is_empty() {
        return scrape::run(arguments, &budget, keep);
    }
    if !source.exposition.is_empty() {
        return exposition::read(arguments, &budget, keep);
    }
    if let Some(path) = &source.capsule {
        return files::open_capsule(path, arguments, &budget, keep);
    }
    files::open(arguments, &budget, keep)
}

/// A note for a diagnosis whose history cannot be used.
pub(crate) fn without_history(reason: &str) -> String {
    format!("the diagnosis does without the history, and without a baseline in it: {reason}")
}

/// A sentence about a file, in front of it its name.
fn about(path: &Path, sentence: &str) -> Failure {
    Failure::bad_data(format!("{}: {sentence}", input::name_of(path)))
}
