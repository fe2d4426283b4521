//! Files named on the command line: plain or gzipped, `-` for standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::exit::Failure;

/// No input may unpack to more than this; the core refuses far smaller ones by their number of
/// samples, so a larger file can only be a mistake or an attack.
pub(crate) const MAX_BYTES: u64 = 1 << 30;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The unpacked content of a file. Gzip is recognised by its first bytes, whatever the name.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = name_of(path);
    let failed =
        |error: io::Error| Failure::bad_data(format!("cannot read {name}: {}", reason(&error)));
    let source: Box<dyn Read> = if is_standard_input(path) {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(failed)?)
    };
    let mut bytes = Vec::new();
    source.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.starts_with(&GZIP_MAGIC) {
        let mut unpacked = Vec::new();
        MultiGzDecoder::new(bytes.as_slice())
            .take(MAX_BYTES + 1)
            .read_to_end(&mut unpacked)
            .map_err(|error| {
                Failure::bad_data(format!(
                    "{name} is not a complete gzip file ({}); save or copy it again",
                    if error.kind() == io::ErrorKind::UnexpectedEof {
                        "it ends too early".to_owned()
                    } else {
                        error.to_string()
                    }
                ))
            })?;
        bytes = unpacked;
    }
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::bad_data(format!(
            "{name} holds more than {} MiB; save fewer series or a shorter range",
            MAX_BYTES >> 20
        )));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::bad_data(format!("{name} is empty; save the response again")));
    }
    Ok(bytes)
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

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}
