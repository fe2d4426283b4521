//! The flags of `lint`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::time_arguments::parse_duration;

/// What `lint` ends with.
pub(crate) const STATUSES: &str = "\
Exit status:
   0  no finding
   1  a finding
   2  a file cannot be read; findings of the others are printed
  64  the command line is wrong";

#[derive(Debug, Args)]
pub(crate) struct LintArguments {
    /// Grafana dashboards (JSON), Perses dashboards (JSON or YAML), Prometheus rule files and
    /// PrometheusRule resources (YAML), plain or gzipped; `-` reads standard input
    #[arg(value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) files: Vec<PathBuf>,
    /// How often Prometheus scrapes the engines: ranges below two of them are findings
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = parse_duration,
        default_value = "15s",
    )]
    pub(crate) scrape_interval: i64,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub(crate) format: LintFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For people
    Text,
    /// One JSON object for programs
    Json,
    /// Annotations of a GitHub Actions workflow
    Github,
}
