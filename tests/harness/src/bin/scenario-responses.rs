//! Writes the response and the settings of every scenario into a directory, for runners in other
//! languages.
//!
//! `scenario-responses DIRECTORY` makes `<rule>--<case>.json` files, each `{"settings": …,
//! "response": …}`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use inference_triage_harness::scenario::corpus;

fn main() -> ExitCode {
    let Some(directory) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return fail("give the directory to write to: scenario-responses DIRECTORY");
    };
    match write_all(&directory) {
        Ok(count) => {
            let _ = writeln!(std::io::stdout(), "{count} cases written");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

fn fail(error: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{error}");
    ExitCode::FAILURE
}

fn write_all(directory: &Path) -> Result<usize, String> {
    let io = |error: std::io::Error| format!("cannot write to {}: {error}", directory.display());
    std::fs::create_dir_all(directory).map_err(io)?;
    let mut count = 0;
    for (name, case) in corpus::named_cases()? {
        let mut bytes = format!("{{\"settings\":{},\"response\":", case.settings).into_bytes();
        bytes.extend(case.response.to_json());
        bytes.push(b'}');
        std::fs::write(directory.join(format!("{name}.json")), bytes).map_err(io)?;
        count += 1;
    }
    Ok(count)
}
