//! `npm run twins`: lays recordings beside simulated twins.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;
use inference_triage_twins::laid::{self, Laid};
use inference_triage_twins::misfits::Misfits;
use inference_triage_twins::report;

/// Lays the recordings of real engines beside simulated twins and rewrites docs/twins.md.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(bin_name = "npm run twins --")]
struct Arguments {
    /// Print what one recording and its twins differ in, and write nothing
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// Take out of tests/twins/misfits.json what fits, and add what does not with an empty reason
    #[arg(long, conflicts_with = "case")]
    renew: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            // Nothing is lost when nobody listens.
            let _ = writeln!(std::io::stderr().lock(), "{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let mut misfits = Misfits::read()?;
    if let Some(id) = &arguments.case {
        return print(&report::case(&Laid::of(id)?, &misfits));
    }
    let laid = laid::all()?;
    if arguments.renew {
        misfits = misfits.renewed(&laid);
        misfits.write()?;
    }
    report::write(&laid, &misfits)?;
    let wrong = misfits.wrong(&laid);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn print(text: &str) -> Result<(), String> {
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(|error| error.to_string())
}
