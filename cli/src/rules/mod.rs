//! `rules`: recording and alert rules from the same catalogue, thresholds and query plan as the
//! panel.

mod alert;
mod annotations;
mod arguments;
mod bounds;
mod burn;
mod causes;
mod files;
mod growth;
mod guard;
mod identity;
mod objectives;
mod pack;
mod promql;
mod recordings;
mod series;
mod written;

pub(crate) use arguments::RulesArguments;
pub(crate) use recordings::{Recorded, recorded_interval};

use crate::Outcome;
use crate::exit::Status;

pub(crate) fn run(arguments: &RulesArguments) -> Outcome {
    let objectives = objectives::read(arguments.objectives.as_deref())?;
    let pack = pack::build(arguments, &objectives)?;
    let files = written::files(&pack, arguments)?;
    files::write(&files, &arguments.output)?;
    Ok(Status::Healthy)
}
