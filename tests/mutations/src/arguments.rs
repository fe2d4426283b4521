//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// What is said of damaged inputs. Without an option it runs the long sample and rewrites
/// docs/mutations.md.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(bin_name = "npm run mutations --")]
pub struct Arguments {
    /// Run one case and print what was done, what may be said, and the whole report
    #[arg(long, value_name = "NAME")]
    pub case: Option<String>,
    /// Also write what that case is asked about as the response of a range query, which
    /// `inference-triage diagnose` opens
    #[arg(long, value_name = "FILE", requires = "case")]
    pub write: Option<PathBuf>,
    /// Run the quick sample, print its counts and write nothing
    #[arg(long, conflicts_with = "case")]
    pub quick: bool,
    /// Write the counts of the quick sample as the ceilings of the test
    #[arg(long, requires = "quick")]
    pub ceilings: bool,
    /// Only mutations of that id
    #[arg(long, value_name = "ID", conflicts_with = "ceilings")]
    pub only: Option<String>,
    /// Only bases whose name contains that text
    #[arg(long, value_name = "TEXT", conflicts_with = "ceilings")]
    pub base: Option<String>,
    /// Forms of each mutation of each base in the long sample
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub each: usize,
    /// Where the page is written
    #[arg(long, value_name = "FILE", default_value = "docs/mutations.md")]
    pub page: PathBuf,
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

impl Arguments {
    /// Whether only a part of the cases runs, which makes no page.
    pub fn is_part(&self) -> bool {
        self.only.is_some() || self.base.is_some()
    }
}
