//! Files named on the command line: plain or gzipped, `-` for standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::budget::Budget;
use crate::exit::Failure;
use crate::intake;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A file that is open: the beginning of its unpacked content, and what follows.
pub(crate) struct Content {
    pub(crate) beginning: Vec<u8>,
    pub(crate) rest: Box<dyn Read>,
    name: String,
    /// Of the file, where that is known and not packed.
    size: Option<u64>,
    is_packed: bool,
}

/// The unpacked content of a file. Gzip is recognised by its first bytes, whatever the name.
pub(crate) fn read(path: &Path, budget: &Budget) -> Result<Vec<u8>, Failure> {
    open(path)?.whole(budget)
}

/// Opens a file and reads the beginning of its unpacked content, as [`read`].
pub(crate) fn open(path: &Path) -> Result<Content, Failure> {
    let mut content = Content {
        beginning: Vec::new(),
        rest: Box::new(io::empty()),
        name: name_of(path),
        size: None,
        is_packed: false,
    };
    if is_standard_input(path) {
        content.rest = Box::new(io::stdin().lock());
    } else {
        let file = File::open(path).map_err(|error| content.unreadable(&error))?;
        content.size = file.metadata().ok().map(|file| file.len());
        content.rest = Box::new(file);
    }
    content.begin()?;
    if content.beginning.starts_with(&GZIP_MAGIC) {
        let packed = io::Cursor::new(std::mem::take(&mut content.beginning)).chain(content.rest);
        content.rest = Box::new(MultiGzDecoder::new(packed));
        (content.size, content.is_packed) = (None, true);
        content.begin()?;
    }
    Ok(content)
}

impl Content {
    fn begin(&mut self) -> Result<(), Failure> {
        self.beginning =
            intake::beginning(&mut self.rest).map_err(|error| self.unreadable(&error))?;
        Ok(())
    }

    /// All of it.
    pub(crate) fn whole(mut self, budget: &Budget) -> Result<Vec<u8>, Failure> {
        let beginning = std::mem::take(&mut self.beginning);
        let rest = std::mem::replace(&mut self.rest, Box::new(io::empty()));
        let bytes =
            budget.read(beginning.chain(rest)).map_err(|error| self.failure(&error, budget))?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(Failure::bad_data(format!("{} is empty; save it again", self.name)));
        }
        Ok(bytes)
    }

    /// Why it was not read to its end.
    pub(crate) fn failure(&self, error: &io::Error, budget: &Budget) -> Failure {
        if Budget::is_exceeded(error) {
            Failure::bad_data(budget.sentence(&self.name, self.size))
        } else {
            self.unreadable(error)
        }
    }

    fn unreadable(&self, error: &io::Error) -> Failure {
        let Self { name, is_packed, .. } = self;
        if !is_packed {
            return Failure::bad_data(format!("cannot read {name}: {}", reason(error)));
        }
        Failure::bad_data(format!(
            "{name} is not a complete gzip file ({}); save or copy it again",
            if error.kind() == io::ErrorKind::UnexpectedEof {
                "it ends too early".to_owned()
            } else {
                error.to_string()
            }
        ))
    }
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
