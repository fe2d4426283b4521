//! Files as the source: responses, recordings and capsules.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use inference_triage_core::catalogue::purposes::Purpose;
use inference_triage_core::session::Session;
use inference_triage_core::settings::Settings;

use super::{Keep, Material, Responses};
use crate::budget::Budget;
use crate::capsule::{self, Capsule};
use crate::exit::Failure;
use crate::file_kind::FileKind;
use crate::input::{self, Content};
use crate::input_arguments::InputArguments;
use crate::intake::{Intake, Trouble, is_response};

/// Opens the files of `--response` and `--history-response`. A recording gives its responses, a
/// capsule gives its settings too.
pub(super) fn open(
    arguments: &InputArguments,
    budget: &Budget,
    keep: Keep,
) -> Result<Material, Failure> {
    let (detail, history) = (&arguments.source.response, &arguments.history_response);
    let mut files = Files::new(budget, keep, size_of(detail), size_of(history));
    let mut add_all = |paths: &[PathBuf], purpose| {
        let read = paths.iter().try_for_each(|path| files.add(path, purpose));
        read.map_err(|failure| wrong_settings(arguments).unwrap_or(failure))
    };
    add_all(detail, Purpose::Detail)?;
    add_all(history, Purpose::History)?;
    files.finish(arguments, "save the queries that the plan subcommand prints")
}

/// What is wrong with the flags themselves, which is told before what is wrong with a file.
fn wrong_settings(arguments: &InputArguments) -> Option<Failure> {
    match arguments.settings.over(Settings::default()) {
        Ok(settings) => Session::new().configure(settings).err().map(Failure::from),
        Err(failure) => Some(failure),
    }
}

/// Opens the file of `--capsule`.
pub(super) fn open_capsule(
    path: &Path,
    arguments: &InputArguments,
    budget: &Budget,
    keep: Keep,
) -> Result<Material, Failure> {
    let mut files = Files::new(budget, keep, 0, 0);
    files
        .add_capsule(&input::read(path, budget)?, path, Purpose::Detail)
        .map_err(|failure| wrong_settings(arguments).unwrap_or(failure))?;
    files.finish(arguments, "make the capsule again from a server that scrapes the engine")
}

/// Bytes of all files, as they lie there.
fn size_of(paths: &[PathBuf]) -> usize {
    let sizes = paths.iter().filter_map(|path| std::fs::metadata(path).ok());
    usize::try_from(sizes.map(|file| file.len()).sum::<u64>()).unwrap_or(usize::MAX)
}

/// Responses that are read one after the other.
pub(super) struct Opened<'a> {
    intake: Intake<'a>,
    budget: &'a Budget,
    keep: Keep,
    texts: Vec<Vec<u8>>,
    names: Vec<String>,
}

impl<'a> Opened<'a> {
    /// For files that have about so many bytes together; 0 where that is not known.
    pub(super) fn new(budget: &'a Budget, keep: Keep, bytes: usize) -> Self {
        let intake = Intake::new(budget, bytes);
        Self { intake, budget, keep, texts: Vec::new(), names: Vec::new() }
    }

    /// Reads a text that is there as a whole, whatever it is: what is wrong with one that is no
    /// response the core says best, unless it is a file of another kind.
    pub(super) fn read(&mut self, name: &str, text: Cow<'_, [u8]>) -> Result<(), Failure> {
        self.names.push(name.to_owned());
        self.intake.read(&text).map_err(|error| {
            let known = FileKind::of(&text).instead_of_response();
            known.filter(|_| error.is_bad_data()).map_or_else(
                || Failure::of_input(name, error),
                |known| Failure::bad_data(format!("{name}: {known}")),
            )
        })?;
        if self.keep == Keep::Texts {
            self.texts.push(text.into_owned());
        }
        Ok(())
    }

    /// Reads a response on from its beginning.
    fn read_on(&mut self, name: &str, mut content: Content) -> Result<(), Failure> {
        self.names.push(name.to_owned());
        let beginning = std::mem::take(&mut content.beginning);
        match self.intake.read_on(&beginning, &mut content.rest) {
            Ok(()) => Ok(()),
            Err(Trouble::Source(error)) => Err(content.failure(&error, self.budget)),
            Err(Trouble::Response(error)) => Err(Failure::of_input(name, error)),
        }
    }

    /// What was read. Responses that are all errors of a server are an error.
    pub(super) fn finish(self) -> Result<Responses, Failure> {
        let Self { intake, texts, names, .. } = self;
        let name = names.first().cloned().unwrap_or_default();
        let batch = intake.finish().map_err(|error| Failure::of_input(&name, error))?;
        let name = if names.iter().all(|other| *other == name) { name } else { String::new() };
        Ok(Responses { batch, texts, name })
    }
}

/// What several files hold together.
struct Files<'a> {
    detail: Opened<'a>,
    history: Opened<'a>,
    /// Of the one capsule among those of the detail.
    settings: Option<Settings>,
    /// There was one among those of the history, whose settings are not read.
    has_history_capsule: bool,
    budget: &'a Budget,
}

impl<'a> Files<'a> {
    /// For files of so many bytes of each table.
    fn new(budget: &'a Budget, keep: Keep, detail: usize, history: usize) -> Self {
        Self {
            detail: Opened::new(budget, keep, detail),
            history: Opened::new(budget, keep, history),
            settings: None,
            has_history_capsule: false,
            budget,
        }
    }

    fn add(&mut self, path: &Path, purpose: Purpose) -> Result<(), Failure> {
        let content = input::open(path)?;
        let name = input::name_of(path);
        let opened = match purpose {
            Purpose::Detail => &mut self.detail,
            Purpose::History => &mut self.history,
        };
        // By far the most, and the largest.
        if opened.keep == Keep::Samples && is_response(&content.beginning) {
            return opened.read_on(&name, content);
        }
        let text = content.whole(self.budget)?;
        match FileKind::of(&text) {
            FileKind::Capsule => self.add_capsule(&text, path, purpose),
            FileKind::Recording => {
                let responses = capsule::responses_of_recording(&text, path)?;
                responses.into_iter().try_for_each(|one| opened.read(&name, one.into()))
            }
            _ => opened.read(&name, text.into()),
        }
    }

    fn add_capsule(&mut self, text: &[u8], path: &Path, purpose: Purpose) -> Result<(), Failure> {
        let name = input::name_of(path);
        let Capsule { settings, responses, history } = capsule::open(text, path)?;
        let is_second = match purpose {
            Purpose::Detail => self.settings.replace(settings).is_some(),
            Purpose::History => std::mem::replace(&mut self.has_history_capsule, true),
        };
        if is_second {
            return Err(Failure::usage(format!(
                "{name} is a second capsule, and each has settings of its own; open one at a time"
            )));
        }
        if purpose == Purpose::History {
            return responses.into_iter().try_for_each(|one| self.history.read(&name, one.into()));
        }
        responses.into_iter().try_for_each(|one| self.detail.read(&name, one.into()))?;
        history.into_iter().try_for_each(|one| self.history.read(&name, one.into()))
    }

    fn finish(self, arguments: &InputArguments, cure: &'static str) -> Result<Material, Failure> {
        let settings = arguments.settings.over(self.settings.unwrap_or_default())?;
        let history = if self.history.names.is_empty() { None } else { Some(self.history) };
        Ok(Material {
            settings,
            detail: self.detail.finish()?,
            history: history.map(Opened::finish).transpose()?,
            is_history_optional: false,
            sample_limit: self.budget.samples(),
            cure,
        })
    }
}
