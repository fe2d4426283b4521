//! `gate`: may this deployment go on? Before it takes traffic, and after.

mod admission;
pub(crate) mod arguments;
mod batch;
mod boot_log;
mod deploy;
mod engine_metrics;
mod judgement;
mod log_lines;
mod lost;
mod report;
mod side_by_side;
mod times;
mod work;

pub(crate) use arguments::GateCommand;

use crate::Outcome;
use crate::exit;

pub(crate) fn run(command: &GateCommand) -> Outcome {
    let (judgement, format) = match command {
        GateCommand::Admission(arguments) => (admission::judge(arguments)?, arguments.format),
        GateCommand::Deploy(arguments) => (deploy::judge(arguments)?, arguments.format),
    };
    exit::answer(report::print(&judgement, format)?.as_bytes())?;
    Ok(judgement.status())
}
