//! Files named on the command line: plain or gzipped, `-` for standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::budget::Budget;
use crate::exit::Failure;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The unpacked content of a file. Gzip is recognised by its first bytes, whatever the name.
pub(crate) fn read(path: &Path, budget: &Budget) -> Result<Vec<u8>, Failure> {
    let name = name_of(path);
    let failed = |error: io::Error| {
        Failure::bad_data(if Budget::is_exceeded(&error) {
            budget.sentence(&name, std::fs::metadata(path).ok().map(|file| file.len()))
        } else {
            format!("cannot read {name}: {}", reason(&error))
        })
    };
    let source: Box<dyn Read> = if is_standard_input(path) {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(failed)?)
    };
    let mut bytes = budget.read(source).map_err(failed)?;
    if bytes.starts_with(&GZIP_MAGIC) {
        let unpacked = unpack(&bytes, &name, budget)?;
        budget.release(bytes.len());
        bytes = unpacked;
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::bad_data(format!("{name} is empty; save it again")));
    }
    Ok(bytes)
}

fn unpack(packed: &[u8], name: &str, budget: &Budget) -> Result<Vec<u8>, Failure> {
    budget.read(MultiGzDecoder::new(packed)).map_err(|error| {
        if Budget::is_exceeded(&error) {
            return Failure::bad_data(budget.sentence(name, None));
        }
        Failure::bad_data(format!(
            "{name} is not a complete gzip file ({}); save or copy it again",
            if error.kind() == io::ErrorKind::UnexpectedEof {
                "it ends too early".to_owned()
            } else {
                error.to_string()
            }
        ))
    })
}

/// What to call the file in a message.
pub(crate) fn name_of(path: &Path) -> String {
    if is_standard_input(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Why an operation on a file failed, in words that need no error number.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}

/// Whether the name stands for standard input.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}
