//! Files as the source: responses, recordings and capsules.

use std::path::{Path, PathBuf};

use inference_triage_core::settings::Settings;

use super::{Material, Responses};
use crate::budget::Budget;
use crate::capsule::{self, Capsule};
use crate::exit::Failure;
use crate::file_kind::FileKind;
use crate::input;
use crate::input_arguments::InputArguments;

/// Opens the files of `--response` and `--history-response`. A recording gives its responses, a
/// capsule gives its settings too.
pub(super) fn open(arguments: &InputArguments, budget: &Budget) -> Result<Material, Failure> {
    let mut detail = Opened::default();
    detail.add_all(&arguments.source.response, budget)?;
    let mut history = Opened::default();
    history.add_all(&arguments.history_response, budget)?;
    let mut earlier = detail.history;
    earlier.bytes.extend(history.responses.bytes);
    earlier.names.extend(history.responses.names);
    Ok(Material {
        settings: arguments.settings.over(detail.settings.unwrap_or_default())?,
        detail: detail.responses,
        history: Some(earlier).filter(Responses::are_there),
        is_history_optional: false,
        cure: "save the queries that the plan subcommand prints",
    })
}

/// Opens the file of `--capsule`.
pub(super) fn open_capsule(
    path: &Path,
    arguments: &InputArguments,
    budget: &Budget,
) -> Result<Material, Failure> {
    let capsule = capsule::open(&input::read(path, budget)?, path)?;
    let name = input::name_of(path);
    Ok(Material {
        settings: arguments.settings.over(capsule.settings)?,
        detail: Responses::of(&name, capsule.responses),
        history: Some(Responses::of(&name, capsule.history)).filter(Responses::are_there),
        is_history_optional: false,
        cure: "make the capsule again from a server that scrapes the engine",
    })
}

/// What several files hold together.
#[derive(Default)]
struct Opened {
    responses: Responses,
    history: Responses,
    /// Of the one capsule among them.
    settings: Option<Settings>,
}

impl Opened {
    fn add_all(&mut self, paths: &[PathBuf], budget: &Budget) -> Result<(), Failure> {
        paths.iter().try_for_each(|path| self.add(path, budget))
    }

    fn add(&mut self, path: &Path, budget: &Budget) -> Result<(), Failure> {
        let bytes = input::read(path, budget)?;
        let name = input::name_of(path);
        match FileKind::of(&bytes) {
            FileKind::Capsule => {
                let Capsule { settings, responses, history } = capsule::open(&bytes, path)?;
                if self.settings.replace(settings).is_some() {
                    return Err(Failure::usage(format!(
                        "{name} is a second capsule, and each has settings of its own; open one \
                         at a time"
                    )));
                }
                self.responses.add(&name, responses);
                self.history.add(&name, history);
            }
            FileKind::Recording => {
                self.responses.add(&name, capsule::responses_of_recording(&bytes, path)?);
            }
            // What is wrong with any other the core says best.
            _ => self.responses.add(&name, vec![bytes]),
        }
        Ok(())
    }
}
