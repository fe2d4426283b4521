//! `inference-triage`: diagnose LLM serving latency from a Prometheus server, from the engines
//! themselves, from saved responses or expositions, or from an incident capsule.
//!
//! The program fetches and prints; every number and every sentence of a diagnosis comes from
//! `inference_triage_core`. It writes answers to standard output, messages to standard error, and
//! says with its exit status what was found (see [`exit::Status`]).

#![forbid(unsafe_code)]

mod arguments;
mod baseline_argument;
mod buckets;
mod budget;
mod capsule;
mod compare;
mod diagnose;
mod exit;
mod fetch;
mod file_kind;
mod fraction;
mod gate;
mod input;
mod input_arguments;
mod intake;
mod link_arguments;
mod lint;
#[cfg(feature = "mcp")]
mod mcp;
mod plan;
mod planned;
mod price_arguments;
mod probe;
mod progress;
mod prometheus;
mod quantile;
mod query_arguments;
mod rules;
mod sampling;
mod settings_arguments;
mod source;
mod text;
mod time_arguments;
mod time_outs;
mod volume;
mod watch;
mod window;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Command, CommandLine};
use exit::Status;
use inference_triage_core::text::plain::plain;

fn main() -> ExitCode {
    exit::report_panics();
    let command_line = match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => {
            let arguments = || std::env::args_os().map(|one| plain(&one.to_string_lossy()));
            let harmless = || CommandLine::try_parse_from(arguments()).err();
            return exit::after_parsing(&error, harmless).into();
        }
    };
    let outcome = match &command_line.command {
        Command::Diagnose(arguments) => diagnose::run(arguments),
        Command::Compare(arguments) => compare::run(arguments),
        Command::Gate(arguments) => gate::run(&arguments.command),
        Command::Lint(arguments) => lint::run(arguments),
        #[cfg(feature = "mcp")]
        Command::Mcp => mcp::run(),
        Command::Plan(arguments) => plan::run(arguments),
        Command::Rules(arguments) => rules::run(arguments),
        Command::Sampling(arguments) => sampling::run(arguments),
        Command::Quantile(arguments) => quantile::run(arguments),
        Command::Fraction(arguments) => fraction::run(arguments),
    };
    match outcome {
        Ok(status) => status,
        Err(failure) => {
            exit::say(&failure.to_string());
            failure.status()
        }
    }
    .into()
}

/// What a subcommand ends with.
type Outcome = Result<Status, exit::Failure>;
