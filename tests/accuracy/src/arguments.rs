//! The command line.

use std::path::PathBuf;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arguments {
    /// The whole sample instead of the quick one.
    pub full: bool,
    /// Compare with the committed result instead of writing it.
    pub check: bool,
    /// Run one case alone and print its report.
    pub case: Option<String>,
    /// Folder of the page; its data go into `accuracy/` below it.
    pub docs: Option<PathBuf>,
    /// File that keeps every record of the run, words included.
    pub keep: Option<PathBuf>,
    /// File of such records to count again instead of simulating.
    pub from: Option<PathBuf>,
    /// Threads; 2 when not given.
    pub threads: Option<usize>,
}

/// How it is called.
pub const USAGE: &str =
    "usage: npm run accuracy -- [--full] [--check | --case NAME] [--keep FILE | --from FILE] [--threads N]
  (no option)   the quick sample; rewrites docs/accuracy.md and docs/accuracy/
  --full        the whole sample, about an hour
  --check       compares with the committed result, writes nothing; exit status 1 when a figure fell
  --case NAME   one case of the sample, with its whole report
  --keep FILE   writes every record, words included, beside the result
  --from FILE   counts such records again instead of simulating
  --threads N   how many cases at once (2)";

impl Arguments {
    /// Reads the arguments after the program's name; a mistake is one sentence.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut read = Self::default();
        let mut rest = arguments.into_iter();
        while let Some(argument) = rest.next() {
            let mut value = |name: &str| rest.next().ok_or_else(|| format!("{name} needs a value"));
            match argument.as_str() {
                "--full" => read.full = true,
                "--check" => read.check = true,
                "--case" => read.case = Some(value("--case")?),
                "--keep" => read.keep = Some(PathBuf::from(value("--keep")?)),
                "--from" => read.from = Some(PathBuf::from(value("--from")?)),
                "--docs" => read.docs = Some(PathBuf::from(value("--docs")?)),
                "--threads" => {
                    let text = value("--threads")?;
                    let threads = text.parse().ok().filter(|threads| (1..=64).contains(threads));
                    read.threads = Some(
                        threads.ok_or_else(|| format!("--threads must be 1 to 64, got {text}"))?,
                    );
                }
                other => return Err(format!("there is no option {other}")),
            }
        }
        if read.check && read.case.is_some() {
            return Err("--check and --case exclude each other".to_owned());
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Arguments, String> {
        Arguments::read(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read() {
        let arguments = read("--full --case slot-cap-01 --threads 1").unwrap();
        assert!(arguments.full && !arguments.check && arguments.threads == Some(1));
        assert_eq!(arguments.case.as_deref(), Some("slot-cap-01"));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(read("--quick"), Err("there is no option --quick".to_owned()));
        assert_eq!(read("--threads zero"), Err("--threads must be 1 to 64, got zero".to_owned()));
        assert_eq!(read("--case"), Err("--case needs a value".to_owned()));
        assert!(read("--check --case x").is_err());
    }
}
