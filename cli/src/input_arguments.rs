//! What a verdict is made of, for every verb that comes to one: where the data come from, what is
//! asked for, and by which settings they are judged.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::budget::{self, parse_size};
use crate::query_arguments::QueryArguments;
use crate::settings_arguments::SettingsArguments;

/// Data and how they are judged.
#[derive(Debug, Clone, Args)]
pub(crate) struct InputArguments {
    #[command(flatten)]
    pub(crate) source: SourceArguments,
    /// Saved responses of a longer or an earlier range at a coarser step, beside those of
    /// --response: baselines and long rows are measured on them
    #[arg(
        long,
        value_name = "FILE",
        num_args = 1..,
        conflicts_with_all = ["url", "capsule", "exposition", "scrape"],
        help_heading = "Source (one of)",
    )]
    pub(crate) history_response: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) query: QueryArguments,
    #[command(flatten)]
    pub(crate) settings: SettingsArguments,
    /// How much memory all input may take, after decompression: 8 bytes a sample of responses, the
    /// text of capsules and expositions
    #[arg(
        long,
        value_name = "SIZE",
        value_parser = parse_size,
        default_value = budget::DEFAULT,
        help_heading = "Source (one of)",
    )]
    pub(crate) memory_budget: u64,
    /// Show progress on standard error: on a terminal and after a second, never, or always
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value_t = ProgressWhen::Auto,
        help_heading = "Output",
    )]
    pub(crate) progress: ProgressWhen,
}

/// Exactly one of them.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SourceArguments {
    /// A Prometheus server, with its path prefix if it has one: http://prometheus:9090
    #[arg(long, value_name = "URL", help_heading = "Source (one of)")]
    pub(crate) url: Option<String>,
    /// Saved responses of /api/v1/query_range, capsules or recordings, plain or gzipped; `-` reads
    /// standard input
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Source (one of)")]
    pub(crate) response: Vec<PathBuf>,
    /// An incident capsule, plain or gzipped; `-` reads standard input
    #[arg(long, value_name = "FILE", help_heading = "Source (one of)")]
    pub(crate) capsule: Option<PathBuf>,
    /// Two or more saved scrapes of an engine's /metrics, plain or gzipped; `-` reads standard
    /// input. Taken when the file was written, or at TIME in TIME=FILE (RFC 3339 or Unix seconds),
    /// or --every apart
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Source (one of)")]
    pub(crate) exposition: Vec<PathBuf>,
    /// Engines to scrape without any Prometheus, one address a replica: http://engine:8000/metrics
    #[arg(long, value_name = "URL", num_args = 1.., help_heading = "Source (one of)")]
    pub(crate) scrape: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressWhen {
    Never,
    Auto,
    Always,
}
