//! The flags of `rules`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::rules::identity::parse_name;
use crate::time_arguments::parse_duration;

/// What `rules` is asked for.
#[derive(Debug, Args)]
pub(crate) struct RulesArguments {
    /// The engine whose metrics the rules read
    #[arg(long, value_name = "NAME", default_value = "vllm")]
    pub(crate) engine: String,
    /// Targets, quantiles and replicas by model, as YAML or JSON (docs/alerts.md); without it the
    /// defaults of a chat service hold. `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) objectives: Option<PathBuf>,
    /// For whom the rules are written
    #[arg(long, value_enum, default_value_t = RulesFormat::Prometheus)]
    pub(crate) format: RulesFormat,
    /// The folder for recording-rules.yaml and alert-rules.yaml; `-` prints one document
    #[arg(long, value_name = "DIR|-", default_value = "-")]
    pub(crate) output: PathBuf,
    /// How often the engines are scraped, at most 2m: windows hold at least four scrapes, and
    /// growth is recorded once a minute or once a scrape, whichever is longer
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "15s")]
    pub(crate) scrape_interval: i64,
    /// Record what alerts need, or the whole plan, so that a page reads recorded series
    #[arg(long, value_enum, default_value_t = RecordingsArgument::Alerts)]
    pub(crate) recordings: RecordingsArgument,
    /// The dashboard with the panel. {model}, {from} and {to} (Unix milliseconds) stand for the
    /// alert's model and window; without {from}, from= and to= are added as Grafana reads them
    #[arg(long, value_name = "URL")]
    pub(crate) panel_url: Option<String>,
    /// Where the pages of docs/causes are published, an absolute address: runbook links are
    /// URL/ID.md. Without it alerts have no runbook_url, and their label `cause` names the page
    #[arg(long, value_name = "URL", value_parser = parse_absolute)]
    pub(crate) runbook_url: Option<String>,
    /// Name of the pack: groups, resources, files and alerts carry it, so that a server can
    /// evaluate several packs
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    pub(crate) name: Option<String>,
    /// Label matchers for every series: 'cluster="eu"'. What the pack records carries them, and
    /// diagnose --recorded finds it by the same
    #[arg(long = "match", value_name = "MATCHERS")]
    pub(crate) matchers: Option<String>,
    /// Metric name prefix when it is not one the engine's profile knows
    #[arg(long)]
    pub(crate) prefix: Option<String>,
    /// The uid of the data source that Grafana evaluates the alerts on
    #[arg(long, value_name = "UID", default_value = "prometheus")]
    pub(crate) datasource_uid: String,
}

fn parse_absolute(text: &str) -> Result<String, String> {
    if text.starts_with("https://") || text.starts_with("http://") {
        return Ok(text.to_owned());
    }
    Err("an absolute address, such as https://docs.example/causes".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RulesFormat {
    /// A rule file of Prometheus; the rulers of Mimir and Thanos read it too
    Prometheus,
    /// A PrometheusRule of the Prometheus Operator
    Operator,
    /// Provisioned alerts of Grafana; recording rules stay with Prometheus
    Grafana,
    /// A rule file of vmalert
    Vmalert,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordingsArgument {
    /// Growth of the judged latencies, every minute
    Alerts,
    /// Growth of everything the plan asks for, every minute and every five
    Plan,
}
