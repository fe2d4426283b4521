//! Where rule files go: a folder, or standard output.

use std::path::Path;

use crate::exit::{self, Failure};
use crate::rules::written::RuleFile;

/// Writes the files into a folder, or prints the only one.
pub(crate) fn write(files: &[RuleFile], output: &Path) -> Result<(), Failure> {
    if output.as_os_str() == "-" {
        let text: String = files.iter().map(|file| file.text.as_str()).collect();
        return exit::answer(text.as_bytes());
    }
    let failed = |what: &Path, error: &std::io::Error| {
        Failure::usage(format!(
            "{} cannot be written: {error}; name a folder of yours with --output, or print with \
             --output -",
            what.display()
        ))
    };
    std::fs::create_dir_all(output).map_err(|error| failed(output, &error))?;
    for file in files {
        let path = output.join(&file.name);
        std::fs::write(&path, &file.text).map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}
