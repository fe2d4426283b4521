//! The tools, their arguments, and the command line that each stands for.

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

/// An argument of a tool and the flag that it stands for.
struct Argument {
    name: &'static str,
    flag: &'static str,
    /// Whether it is a list of texts.
    is_list: bool,
    help: &'static str,
}

const fn text(name: &'static str, flag: &'static str, help: &'static str) -> Argument {
    Argument { name, flag, is_list: false, help }
}

/// Where data come from and how they are judged, as for `diagnose`.
const SOURCE: &[Argument] = &[
    text("url", "--url", "A Prometheus server with its path prefix: http://prometheus:9090"),
    Argument {
        name: "responses",
        flag: "--response",
        is_list: true,
        help: "Paths of saved responses of /api/v1/query_range or of capsules",
    },
    text("capsule", "--capsule", "Path of an incident capsule"),
    text("match", "--match", "Label matchers for every query, with url: model_name=\"gemma\""),
    text("range", "--range", "How far to look back, with url: 1h"),
    text("start", "--start", "First time to ask for, with url: RFC 3339 or Unix seconds"),
    text("end", "--end", "Last time to ask for, with url"),
    text("profile", "--profile", "chat, code-completion, batch, rag or agent: sets the targets"),
];

/// Of [`SOURCE`], what data come from.
const SOURCES: [&str; 3] = ["url", "responses", "capsule"];

const DIAGNOSE: &[Argument] = &[
    text("window", "--window", "The interval to judge, T..T; without it the newest part"),
    text(
        "baseline",
        "--baseline",
        "What to compare with: T..T, offset=DURATION (such as offset=1d), auto or none",
    ),
];

const COMPARE: &[Argument] = &[
    text("before", "--before", "The earlier window, T..T"),
    text("after", "--after", "The later window, T..T"),
];

const PLAN: &[Argument] = &[
    text("match", "--match", "Label matchers for every query"),
    text("grouping", "--grouping", "replica or model"),
    text("step", "--step", "The step of the range query: 15s"),
];

/// A tool that runs a verb of the program.
pub(super) struct Verb {
    pub(super) name: &'static str,
    description: &'static str,
    arguments: &'static [&'static [Argument]],
    required: &'static [&'static str],
    /// What is always given.
    fixed: &'static [&'static str],
}

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "diagnose",
        description: "Diagnose an LLM serving engine: the cause of its latency, the evidence, what \
                      was ruled out and the first action, as an incident message. Deterministic.",
        arguments: &[SOURCE, DIAGNOSE],
        required: &[],
        fixed: &["--format", "markdown", "--progress", "never"],
    },
    Verb {
        name: "compare",
        description: "Judge one window against an earlier one: PASS, FAIL or INCONCLUSIVE with a \
                      row for the verdict, the work, each phase and each latency.",
        arguments: &[SOURCE, COMPARE],
        required: &["before", "after"],
        fixed: &["--format", "json", "--progress", "never"],
    },
    Verb {
        name: "plan",
        description: "The PromQL that a diagnosis needs, to run elsewhere and hand back.",
        arguments: &[PLAN],
        required: &[],
        fixed: &["--format", "json"],
    },
];

/// The tool that reads a page of the program itself.
pub(super) const EXPLAIN: &str = "explain_cause";

/// All tools as they are listed.
pub(super) fn list(causes: &[&str]) -> Vec<Tool> {
    let verbs = VERBS.iter().map(|verb| {
        let all = || verb.arguments.iter().copied().flatten();
        let properties: JsonObject = all().map(|one| (one.name.to_owned(), one.schema())).collect();
        tool(verb.name, verb.description, &properties, verb.required)
    });
    let cause = json!({ "type": "string", "enum": causes });
    let properties = [("cause".to_owned(), cause)].into_iter().collect();
    let description = "What a cause is, why it matters, what is mistaken for it, what to do.";
    verbs.chain([tool(EXPLAIN, description, &properties, &["cause"])]).collect()
}

fn tool(
    name: &'static str,
    description: &'static str,
    properties: &JsonObject,
    required: &[&str],
) -> Tool {
    let schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let schema = schema.as_object().cloned().unwrap_or_default();
    let annotations = ToolAnnotations::new().read_only(true).destructive(false);
    Tool::new(name, description, schema).with_annotations(annotations)
}

impl Argument {
    fn schema(&self) -> Value {
        if self.is_list {
            json!({ "type": "array", "items": { "type": "string" }, "description": self.help })
        } else {
            json!({ "type": "string", "description": self.help })
        }
    }

    /// The flag with its values; an error for a value of another type.
    fn given(&self, value: &Value) -> Result<Vec<String>, String> {
        let texts: Option<Vec<&str>> = match value {
            Value::String(one) if !self.is_list => Some(vec![one]),
            Value::Array(all) if self.is_list => all.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let kind = if self.is_list { "a list of texts" } else { "a text" };
        let texts = texts.ok_or_else(|| format!("\"{}\" must be {kind}", self.name))?;
        // Joined by `=`, a value that begins with a dash is a value and no flag.
        Ok(texts.into_iter().map(|text| format!("{}={text}", self.flag)).collect())
    }
}

impl Verb {
    /// The argument that stands for a flag, without its dashes.
    pub(super) fn argument_of(&self, flag: &str) -> Option<&'static str> {
        let mut all = self.arguments.iter().copied().flatten();
        all.find(|one| one.flag.trim_start_matches("--") == flag).map(|one| one.name)
    }

    fn takes(&self, name: &str) -> bool {
        self.arguments.iter().copied().flatten().any(|one| one.name == name)
    }

    /// What every call needs, in the words of the tool: its required arguments and one source.
    fn lacking(&self, given: &JsonObject) -> Option<String> {
        let mut required = self.required.iter();
        if let Some(missing) = required.find(|name| !given.contains_key(**name)) {
            return Some(format!("{} needs \"{missing}\"", self.name));
        }
        let takes_data = SOURCES.iter().all(|name| self.takes(name));
        let sources = SOURCES.iter().filter(|name| given.contains_key(**name)).count();
        (takes_data && sources != 1).then(|| {
            format!("{} needs exactly one source: \"url\", \"responses\" or \"capsule\"", self.name)
        })
    }

    /// The command line of a call, without the program.
    pub(super) fn command_line(&self, given: &JsonObject) -> Result<Vec<String>, String> {
        let mut line = vec![self.name.to_owned()];
        line.extend(self.fixed.iter().map(|&text| text.to_owned()));
        for (name, value) in given {
            let mut all = self.arguments.iter().copied().flatten();
            let argument = all
                .find(|one| one.name == name)
                .ok_or_else(|| format!("{} takes no argument \"{name}\"", self.name))?;
            line.extend(argument.given(value)?);
        }
        self.lacking(given).map_or(Ok(line), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    fn object(value: &Value) -> JsonObject {
        value.as_object().cloned().unwrap_or_default()
    }

    /// Every argument is a flag that the verb has.
    #[test]
    fn every_argument_is_a_flag() {
        use clap::CommandFactory as _;
        let program = crate::arguments::CommandLine::command();
        for verb in VERBS {
            let command = program.find_subcommand(verb.name).expect(verb.name);
            for argument in verb.arguments.iter().copied().flatten() {
                let flag = argument.flag.trim_start_matches("--");
                let is_known = command.get_arguments().any(|one| one.get_long() == Some(flag));
                assert!(is_known, "{} has no {}", verb.name, argument.flag);
            }
        }
    }

    #[test]
    fn values_stay_values() {
        let verb = VERBS.iter().find(|verb| verb.name == "diagnose").unwrap();
        let line =
            verb.command_line(&object(&json!({ "responses": ["--save-capsule=x"] }))).unwrap();
        assert_eq!(line.last().map(String::as_str), Some("--response=--save-capsule=x"));
        let program = ["inference-triage".to_owned()].into_iter().chain(line);
        assert!(crate::arguments::CommandLine::try_parse_from(program).is_ok());
        for wrong in [json!({ "save_capsule": "x" }), json!({ "url": 3 }), json!({ "url": ["x"] })]
        {
            assert!(verb.command_line(&object(&wrong)).is_err(), "{wrong}");
        }
    }
}
