//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// How often the diagnosis is right, on simulated incidents with known truth. Without an option it
/// runs the quick sample and rewrites docs/accuracy.md and docs/accuracy/.
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(bin_name = "npm run accuracy --")]
pub struct Arguments {
    /// Run the whole sample, about an hour, instead of the quick one
    #[arg(long)]
    pub full: bool,
    /// Compare with the committed result and write nothing; exit status 1 when a figure fell
    #[arg(long)]
    pub check: bool,
    /// Run one case of the sample and print its whole report
    #[arg(long, value_name = "NAME", conflicts_with = "check")]
    pub case: Option<String>,
    /// Draw a sample that nobody tuned on by this number, print its table and write nothing
    #[arg(long, value_name = "N", conflicts_with = "check")]
    pub seed: Option<u64>,
    /// Measure what the sample gives away by which series exist, and write it and the page
    #[arg(long, conflicts_with_all = ["check", "full", "case"])]
    pub presence: bool,
    /// Keep the headline figures of the sample that --seed draws beside those on the page
    #[arg(long, requires = "seed", conflicts_with_all = ["presence", "full", "case"])]
    pub beside: bool,
    /// Write the page anew from what was measured before, without a simulation
    #[arg(long, conflicts_with_all = ["check", "full", "case", "seed", "presence"])]
    pub page: bool,
    /// Count how often each verdict is right on tuning cases of its own, about eleven minutes, and
    /// write the table of the core; with --check, answer a part of the cases again instead; with
    /// --case, run one of them
    #[arg(long, conflicts_with_all = ["full", "seed", "presence", "page"])]
    pub fit: bool,
    /// Folder of the page; its data go into accuracy/ below it
    #[arg(long, value_name = "FOLDER", default_value = "docs")]
    pub docs: PathBuf,
    /// Write every record of the run, words included, into a file beside the result
    #[arg(long, value_name = "FILE")]
    pub keep: Option<PathBuf>,
    /// Count the records of such a file again instead of simulating
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// How many cases to run at once
    // Above 64, a mistyped number is likelier than such a machine.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 2,
        value_parser = clap::value_parser!(u8).range(1..=64),
    )]
    pub threads: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Arguments, String> {
        let words = ["accuracy"].into_iter().chain(text.split_whitespace());
        Arguments::try_parse_from(words).map_err(|error| error.to_string())
    }

    #[test]
    fn options_are_read() {
        let arguments = read("--full --case slot-cap-01 --threads 1").unwrap();
        assert!(arguments.full && !arguments.check && arguments.threads == 1);
        assert_eq!(arguments.case.as_deref(), Some("slot-cap-01"));
        assert_eq!(read("--seed 4711").unwrap().seed, Some(4711));
        let default = read("").unwrap();
        assert_eq!((default.threads, default.docs), (2, PathBuf::from("docs")));
    }

    #[test]
    fn mistakes_are_named_with_the_usage() {
        for (text, part) in [
            ("--quick", "--quick"),
            ("--threads zero", "zero"),
            ("--threads 65", "65"),
            ("--case", "--case <NAME>"),
            ("--check --case x", "--check"),
            ("--check --seed 4711", "--check"),
            ("--seed x", "--seed <N>"),
            ("--beside", "--seed <N>"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.contains(part) && message.contains("--help"), "{text}: {message}");
        }
    }
}
