//! The command line. Help texts are written here, where the flags are.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use inference_triage_core::settings::Interval;

use crate::gate::GateCommand;
use crate::input_arguments::InputArguments;
use crate::link_arguments::LinkArguments;
use crate::lint::{self, LintArguments};
use crate::price_arguments::PriceArguments;
use crate::rules::RulesArguments;
use crate::sampling::SamplingArguments;
use crate::time_arguments::{parse_duration, parse_interval};

const EXIT_STATUSES: &str = "\
Exit status:
   0  healthy
   1  a finding of severity warning or worse
   2  cannot tell: a valid answer, but not enough serving metrics in it
  64  the command line is wrong
  65  bad input data, or no series of a known engine in it
  69  the server cannot be reached or refuses
  70  a bug in this program";

const COMPARE_STATUSES: &str = "\
Exit status:
   0  PASS: the later window is healthy, and no worse than the earlier one
   1  FAIL: it is not healthy, or worse with the same work
   2  INCONCLUSIVE: the work differs, or too little was measured
  from 64 on as for diagnose";

/// One line a source: all in one would be wider than a screen.
const DIAGNOSE_USAGE: &str = "\
inference-triage diagnose [OPTIONS] --url <URL>
       inference-triage diagnose [OPTIONS] --scrape <URL>...
       inference-triage diagnose [OPTIONS] --exposition <FILE>...
       inference-triage diagnose [OPTIONS] --response <FILE>...
       inference-triage diagnose [OPTIONS] --capsule <FILE>";

/// Where every second of LLM serving latency goes, why, and what to do next
#[derive(Debug, Parser)]
#[command(name = "inference-triage", version, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Diagnose a serving engine from a Prometheus server, from the engine itself, or from files
    #[command(after_help = EXIT_STATUSES, override_usage = DIAGNOSE_USAGE)]
    Diagnose(Box<DiagnoseArguments>),
    /// Judge one window against an earlier one: did the fix work, did the deploy harm?
    #[command(after_help = COMPARE_STATUSES)]
    Compare(Box<CompareArguments>),
    /// Let a deployment pass or fail: the admitted sequences before it, the latencies after it
    Gate(GateArguments),
    /// Find wrong queries in dashboards and rule files, and print the corrected ones
    #[command(after_help = lint::arguments::STATUSES)]
    Lint(LintArguments),
    /// Serve diagnose, compare, plan and the pages of causes in the Model Context Protocol, over
    /// standard input and output
    #[cfg(feature = "mcp")]
    Mcp,
    /// Print the PromQL that a diagnosis needs
    Plan(PlanArguments),
    /// Write recording and alert rules for Prometheus, its operator, Grafana or vmalert
    Rules(RulesArguments),
    /// Print a tail-sampling configuration that keeps the traces of requests beyond the objectives
    Sampling(SamplingArguments),
    /// Bound a quantile of a classic or native histogram and print it as one JSON object
    Quantile(QuantileArguments),
    /// Bound the share of observations at or below a threshold and print it as one JSON object
    Fraction(FractionArguments),
}

#[derive(Debug, Args)]
pub(crate) struct GateArguments {
    #[command(subcommand)]
    pub(crate) command: GateCommand,
}

#[derive(Debug, Args)]
pub(crate) struct DiagnoseArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// Also write the responses and the settings to FILE, which --capsule opens again with the same
    /// verdict; gzipped when the name ends in .gz
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) save_capsule: Option<PathBuf>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, help_heading = "Output")]
    pub(crate) format: ReportFormat,
    /// Print the tables behind the incident message too: phases, signals, changes, limits, caveats.
    /// For text; JSON always holds everything
    #[arg(long, help_heading = "Output")]
    pub(crate) full: bool,
    #[command(flatten)]
    pub(crate) price: PriceArguments,
    #[command(flatten)]
    pub(crate) links: LinkArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// The earlier window, two times joined by two dots: RFC 3339 or Unix seconds
    #[arg(long, value_name = "T..T", value_parser = parse_interval, help_heading = "Windows")]
    pub(crate) before: Interval,
    /// The later window, which is judged against the earlier one
    #[arg(long, value_name = "T..T", value_parser = parse_interval, help_heading = "Windows")]
    pub(crate) after: Interval,
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = ReportFormat::Text, help_heading = "Output")]
    pub(crate) format: ReportFormat,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    /// The engine whose metrics are asked for
    #[arg(long, value_name = "NAME", default_value = "vllm")]
    pub(crate) engine: String,
    /// One series a replica or one a model; a model's are fewer but cannot tell replicas apart
    #[arg(long, value_enum, value_name = "HOW", default_value_t = GroupingArgument::Replica)]
    pub(crate) grouping: GroupingArgument,
    /// Whose variables the queries may use
    #[arg(long, value_enum, default_value_t = HostArgument::Promql)]
    pub(crate) host: HostArgument,
    /// Label matchers for every query: 'model_name="gemma"'
    #[arg(long = "match", value_name = "MATCHERS")]
    pub(crate) matchers: Option<String>,
    /// Metric name prefix when it is not one the engine's profile knows
    #[arg(long)]
    pub(crate) prefix: Option<String>,
    /// A namespace of the engines, or a variable of the host for them ('$namespace'): also prints
    /// the queries for what surrounds them: scheduler, devices, quotas, gateways
    #[arg(long = "namespace", value_name = "NAME")]
    pub(crate) namespaces: Vec<String>,
    /// The step of the range query, for hosts without a variable for it
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "15s")]
    pub(crate) step: i64,
    /// One query a line with its role behind it, or one JSON object
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct QuantileArguments {
    /// The quantile, from 0 to 1
    #[arg(long, value_name = "Q", value_parser = parse_quantile, allow_negative_numbers = true)]
    pub(crate) q: f64,
    /// {"buckets": {"0.5": 3, "1": 7, "+Inf": 9}, "sum": 6.2}: cumulative counts by upper bound,
    /// and the sum if it is known; or native buckets {"buckets": [[0, 0.5, 1, 9]], "sum": 6.2} as
    /// [rule, lower, upper, count] of the HTTP API; plain or gzipped; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) buckets: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct FractionArguments {
    /// The threshold, in the unit of the bounds; +Inf is above every observation
    #[arg(long, value_name = "T", value_parser = parse_threshold, allow_hyphen_values = true)]
    pub(crate) le: f64,
    /// The histogram, as for `quantile`
    #[arg(long, value_name = "FILE")]
    pub(crate) buckets: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For a terminal: a diagnosis in at most 15 lines, a comparison as a table
    Text,
    /// The same for an incident channel
    Markdown,
    /// Everything, for programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupingArgument {
    Replica,
    Model,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HostArgument {
    Grafana,
    Perses,
    Promql,
}

fn parse_threshold(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(threshold) if !f64::is_nan(threshold) => Ok(threshold),
        _ => {
            Err("a threshold is a number in the unit of the bounds, such as 2.5, or +Inf"
                .to_owned())
        }
    }
}

fn parse_quantile(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(q) if (0.0..=1.0).contains(&q) => Ok(q),
        _ => Err("a quantile is a number from 0 to 1, such as 0.95".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_is_sound() {
        use clap::CommandFactory as _;
        CommandLine::command().debug_assert();
    }

    #[test]
    fn quantiles_stay_within_one() {
        assert_eq!(parse_quantile("1"), Ok(1.0));
        for text in ["NaN", "1.1", "-0.1", "95", "p95"] {
            assert!(parse_quantile(text).is_err(), "{text}");
        }
    }
}
