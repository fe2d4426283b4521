//! The flags of `gate`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use inference_triage_core::settings::Interval;

use crate::input_arguments::InputArguments;
use crate::time_arguments::parse_interval;

const STATUSES: &str = "\
Exit status:
   0  PASS
   1  FAIL
   2  INCONCLUSIVE: something that decides was not measured
  from 64 on as for diagnose";

#[derive(Debug, Subcommand)]
pub(crate) enum GateCommand {
    /// Before traffic: do the admitted sequences (--max-num-seqs) fit what the KV cache holds?
    #[command(after_help = STATUSES)]
    Admission(AdmissionArguments),
    /// After a deployment: did serving get worse, or only the requests larger?
    #[command(after_help = STATUSES)]
    Deploy(Box<DeployArguments>),
}

#[derive(Debug, Args)]
pub(crate) struct AdmissionArguments {
    /// What the engine wrote when it started, plain or gzipped; `-` reads standard input
    #[arg(long, value_name = "FILE", required_unless_present = "exposition")]
    pub(crate) log: Option<PathBuf>,
    /// What the engine serves at /metrics, plain or gzipped: the size of its cache and the lengths
    /// of the requests that it has finished
    #[arg(long, value_name = "FILE")]
    pub(crate) exposition: Option<PathBuf>,
    /// Sequences that the engine admits at once, where the log does not repeat its flags
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) max_num_seqs: Option<f64>,
    /// Longest context in tokens, where neither log nor metrics tell
    #[arg(long, value_name = "TOKENS", value_parser = parse_count)]
    pub(crate) max_model_len: Option<f64>,
    /// Prompt and output tokens of a usual request, in place of the mean of the metrics
    #[arg(long, value_name = "TOKENS", value_parser = parse_count)]
    pub(crate) request_tokens: Option<f64>,
    /// Share of the requests of full length that fit which may stay unused
    #[arg(long, value_name = "SHARE", value_parser = parse_share, default_value = "0.25")]
    pub(crate) tolerance: f64,
    /// Also fail where more than this many times the usual requests that fit are admitted, which
    /// preempts; not judged without it
    #[arg(long, value_name = "FACTOR", value_parser = parse_factor)]
    pub(crate) overcommit: Option<f64>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = GateFormat::Text)]
    pub(crate) format: GateFormat,
}

#[derive(Debug, Args)]
pub(crate) struct DeployArguments {
    /// Before the deployment, two times joined by two dots: RFC 3339 or Unix seconds
    #[arg(
        long,
        value_name = "T..T",
        value_parser = parse_interval,
        required_unless_present_any = ["stays_match", "stays_response"],
        help_heading = "Windows",
    )]
    pub(crate) before: Option<Interval>,
    /// Label matchers of the deployment that stays, in place of --before: it is compared with the
    /// one of --match over the same window (a canary). With --url
    #[arg(
        long,
        value_name = "MATCHERS",
        requires = "url",
        conflicts_with_all =
            ["before", "stays_response", "response", "capsule", "exposition", "scrape"],
        help_heading = "Windows",
    )]
    pub(crate) stays_match: Option<String>,
    /// Saved responses of the deployment that stays, in place of --before: compared with those of
    /// --response over the same window
    #[arg(
        long,
        value_name = "FILE",
        num_args = 1..,
        requires = "response",
        conflicts_with_all = ["before", "url", "capsule", "exposition", "scrape"],
        help_heading = "Windows",
    )]
    pub(crate) stays_response: Vec<PathBuf>,
    /// After it; leave out the minutes in which replicas start
    #[arg(long, value_name = "T..T", value_parser = parse_interval, help_heading = "Windows")]
    pub(crate) after: Interval,
    /// Finished requests that each window must hold
    #[arg(
        long,
        value_name = "N",
        value_parser = parse_count,
        default_value = "100",
        help_heading = "Windows",
    )]
    pub(crate) min_requests: f64,
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = GateFormat::Text, help_heading = "Output")]
    pub(crate) format: GateFormat,
}

impl DeployArguments {
    /// The data of both windows; a server is asked for exactly those.
    pub(crate) fn both_windows(&self) -> InputArguments {
        let mut input = self.input.clone();
        let query = &mut input.query;
        let is_asked = input.source.url.is_some();
        if is_asked && query.start.is_none() && query.end.is_none() && query.range.is_none() {
            query.start = Some(self.before.unwrap_or(self.after).start);
            query.end = Some(self.after.end);
        }
        input
    }

    /// The same of the deployment that stays; None where two windows of one are compared.
    pub(crate) fn of_the_other(&self) -> Option<InputArguments> {
        let mut other = self.both_windows();
        if let Some(matchers) = &self.stays_match {
            other.query.matchers = Some(matchers.clone());
        } else if self.stays_response.is_empty() {
            return None;
        } else {
            other.source.response.clone_from(&self.stays_response);
        }
        Some(other)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GateFormat {
    /// For people
    Text,
    /// For a pull request or a chat
    Markdown,
    /// One JSON object for programs
    Json,
    /// A test report, one test a check; what is inconclusive is skipped
    Junit,
}

fn parse_count(text: &str) -> Result<f64, String> {
    match text.parse::<u32>() {
        Ok(count) if count > 0 => Ok(f64::from(count)),
        _ => Err("a whole number above 0".to_owned()),
    }
}

fn parse_share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share from 0 to 1, such as 0.25".to_owned()),
    }
}

fn parse_factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor >= 1.0 && factor.is_finite() => Ok(factor),
        _ => Err("a factor of 1 or more, such as 2".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_within_their_meaning() {
        assert_eq!(parse_count("16"), Ok(16.0));
        assert_eq!(parse_share("0"), Ok(0.0));
        assert_eq!(parse_factor("1.5"), Ok(1.5));
        for text in ["0", "-1", "1.5", "NaN", ""] {
            assert!(parse_count(text).is_err(), "{text}");
        }
        for text in ["NaN", "1.1", "-0.1", "25%"] {
            assert!(parse_share(text).is_err(), "{text}");
        }
        for text in ["NaN", "0.9", "inf"] {
            assert!(parse_factor(text).is_err(), "{text}");
        }
    }
}
