//! The options that say what to ask a server for, and how to scrape.

use clap::Args;

use crate::arguments::GroupingArgument;
use crate::time_arguments::{parse_duration, parse_time};

/// The sources that are read, not asked.
const FILES: [&str; 3] = ["response", "capsule", "exposition"];

/// The sources that no query is sent to.
const UNQUERIED: [&str; 4] = ["response", "capsule", "exposition", "scrape"];

/// What to ask a server.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Asking a server (with --url)")]
pub(crate) struct QueryArguments {
    /// Label matchers for every query: 'model_name="gemma",namespace="prod"'
    #[arg(long = "match", value_name = "MATCHERS", conflicts_with_all = UNQUERIED)]
    pub(crate) matchers: Option<String>,
    /// How far to look back from the end [default: 1h]
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = parse_duration,
        conflicts_with_all = ["response", "capsule", "exposition", "scrape", "start"],
    )]
    pub(crate) range: Option<i64>,
    /// First time to ask for: RFC 3339 or Unix seconds
    #[arg(
        long,
        value_name = "T",
        value_parser = parse_time,
        conflicts_with_all = UNQUERIED,
        allow_negative_numbers = true,
    )]
    pub(crate) start: Option<i64>,
    /// Last time to ask for [default: now]
    #[arg(
        long,
        value_name = "T",
        value_parser = parse_time,
        conflicts_with_all = UNQUERIED,
        allow_negative_numbers = true,
    )]
    pub(crate) end: Option<i64>,
    /// Also fetch that much of the past at a coarser step, for the rows under `history` of
    /// --format json; what a --baseline outside the range needs is fetched without it
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = parse_duration,
        conflicts_with_all = UNQUERIED,
    )]
    pub(crate) history: Option<i64>,
    /// Fetch raw series with one selector instead of the planned queries
    #[arg(long, conflicts_with_all = UNQUERIED)]
    pub(crate) raw: bool,
    /// Read growth that `rules --recordings plan` recorded, in place of every replica's counters: a
    /// handful of series whatever the fleet. Steps are whole minutes
    #[arg(long, conflicts_with_all = UNQUERIED, conflicts_with_all = ["raw", "grouping"])]
    pub(crate) recorded: bool,
    /// The engine whose metrics are asked for
    #[arg(long, value_name = "NAME", default_value = "vllm", conflicts_with_all = UNQUERIED)]
    pub(crate) engine: String,
    /// One series a replica or one a model; a model's are fewer but cannot tell replicas apart
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        default_value_t = GroupingArgument::Replica,
        conflicts_with_all = UNQUERIED,
    )]
    pub(crate) grouping: GroupingArgument,
    /// A header for every request, 'Authorization: Bearer …'; @FILE reads one header a line, so
    /// that a secret does not show in the process list
    #[arg(long = "header", value_name = "NAME: VALUE", conflicts_with_all = FILES)]
    pub(crate) headers: Vec<String>,
    /// How long one query may take; a scrape at most as long as --every
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = parse_duration,
        default_value = "2m",
        conflicts_with_all = FILES,
    )]
    pub(crate) timeout: i64,
    /// How long to scrape [default: 1m]
    #[arg(
        long = "for",
        value_name = "DURATION",
        value_parser = parse_duration,
        conflicts_with_all = ["url", "response", "capsule", "exposition"],
        help_heading = "Scraping (with --scrape)",
    )]
    pub(crate) length: Option<i64>,
    /// How often to scrape [default: 5s]; with --exposition, how far the files are apart, in the
    /// order given
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = parse_duration,
        conflicts_with_all = ["url", "response", "capsule"],
        help_heading = "Scraping (with --scrape)",
    )]
    pub(crate) every: Option<i64>,
}
