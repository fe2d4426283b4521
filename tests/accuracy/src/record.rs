//! What one case was, and what every tool said of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::answer::Claim;
use crate::changed::Change;
use crate::dropout::Dropout;
use crate::environment::Environment;
use crate::product;
use crate::scoring::{Effect, Outcome};

/// What stays the same over all cases of one installation. Tuning and test sets never share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Configuration {
    /// Id of model and device.
    pub hardware: String,
    /// Id of the traffic.
    pub traffic: String,
    /// Replicas.
    pub replicas: usize,
}

/// Which of the two sets a configuration belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// Thresholds may be chosen by it; its failures are published one by one.
    Tuning,
    /// Measures only; its failures are published as counts.
    Test,
}

/// How a case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// A fault that users feel, or one that is silent by nature.
    Fault,
    /// A fault was injected, yet requests met their objectives in the window: neither its name nor
    /// silence is wrong.
    HarmlessFault,
    /// Nothing was injected, and requests met their objectives.
    Healthy,
    /// Requests missed their objectives without any fault: the simulated service was never healthy;
    /// not counted.
    Unsound,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// Stable name; `npm run accuracy -- --case NAME` runs it alone.
    pub id: String,
    /// Class id, or `healthy`.
    pub truth: String,
    /// The healthy situation, where nothing was injected.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub variant: Option<String>,
    /// The installation.
    pub configuration: Configuration,
    /// The set it belongs to.
    pub split: Split,
    /// How it counts.
    pub standing: Standing,
    /// What the service is built of.
    pub environment: Environment,
    /// Severity of the fault, in (0, 1]; 0 where nothing was injected.
    pub severity: f64,
    /// Whether the data show the time before the fault.
    pub onset: bool,
    /// Length of the diagnosed window, seconds.
    pub window_seconds: f64,
    /// Distance of scrapes, seconds.
    pub scrape_seconds: f64,
    /// What is missing from the data.
    pub dropout: Dropout,
    /// Exact share of the window's requests that missed an objective.
    pub missed: f64,
    /// The same without the fault, everything else being equal.
    pub missed_without: f64,
    /// Whether the best of the knobs for it mends the fault, where they were tried.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mended: Option<bool>,
    /// What each tool said.
    pub tools: BTreeMap<String, Judgement>,
}

/// One tool's answer to one case, judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// How it compares with the truth.
    pub outcome: Outcome,
    /// Its first statement.
    pub first: Claim,
    /// Its words.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub said: String,
    /// Its evidence.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub evidence: Vec<String>,
    /// Its advice.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub action: Option<String>,
    /// What the advice does; none where nothing was missed before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub effect: Option<Effect>,
    /// Share that misses an objective once the advice is followed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub missed_after: Option<f64>,
    /// Seconds from onset to the first right answer; none without an onset or a right answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detected_after: Option<f64>,
    /// Margin of the deciding number, see [`crate::product`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub margin: Option<f64>,
    /// Stated probability of being right.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub confidence: Option<f64>,
    /// What it says of the change.
    #[serde(skip_serializing_if = "Change::is_empty", default)]
    pub change: Change,
}

impl CaseRecord {
    /// What a tool said; None for an unknown tool.
    pub fn of(&self, tool: &str) -> Option<&Judgement> {
        self.tools.get(tool)
    }

    /// The same with the diagnosis alone and without words: enough to count again.
    pub fn brief(&self) -> Self {
        let mut brief = self.clone();
        brief.tools.retain(|tool, _| tool == product::ID);
        for judgement in brief.tools.values_mut() {
            judgement.said.clear();
            judgement.evidence.clear();
        }
        brief
    }

    /// The case in one line for people.
    pub fn situation(&self) -> String {
        let Configuration { hardware, traffic, replicas } = &self.configuration;
        let what = match &self.variant {
            Some(variant) => format!("healthy ({variant})"),
            None => format!("{} at severity {:.2}", self.truth, self.severity),
        };
        let since = if self.onset { "" } else { ", since before the data" };
        let fleet =
            if *replicas == 1 { "1 replica".to_owned() } else { format!("{replicas} replicas") };
        format!(
            "{what}{since}; {hardware}, {traffic}, {fleet}; window {} min, scraped every {} s, data {}",
            self.window_seconds / 60.0,
            self.scrape_seconds,
            self.dropout.id()
        )
    }
}
