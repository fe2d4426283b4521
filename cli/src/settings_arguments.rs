//! The flags that set the core's settings, laid over a base (the defaults, or a capsule's own). The
//! core's table says which flags there are and what each takes.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser, ValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use inference_triage_core::settings::Settings;
use inference_triage_core::settings::table::{Setting, described};
use inference_triage_core::settings::takes::Takes;
use inference_triage_core::settings::words::Words;
use serde_json::{Value, json};

use crate::baseline_argument::parse_baseline;
use crate::exit::Failure;
use crate::time_arguments::{parse_duration, parse_interval, parse_time};

/// The setting whose flag stands for the whole baseline: four fields are clumsy to type.
const BASELINE: &str = "baseline.mode";

/// Where in the settings' JSON a value goes, field by field, and the value.
type Change = (Vec<String>, Value);

/// The given flags. Each replaces one part of the base; a flag that is not given leaves it alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct SettingsArguments {
    changes: Vec<Change>,
}

impl SettingsArguments {
    /// `base` with every given flag laid over it, checked by the core.
    pub(crate) fn over(&self, base: Settings) -> Result<Settings, Failure> {
        if self.changes.is_empty() {
            base.check()?;
            return Ok(base);
        }
        let mut json = serde_json::to_value(base).unwrap_or_else(|_| json!({}));
        for (path, value) in &self.changes {
            let mut place = &mut json;
            for field in path {
                place = &mut place[field.as_str()];
            }
            *place = value.clone();
        }
        Ok(Settings::from_json(json.to_string().as_bytes())?)
    }
}

impl FromArgMatches for SettingsArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut arguments = Self::default();
        arguments.update_from_arg_matches(matches)?;
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for (_, words) in flags() {
            let given = matches.get_many::<Change>(words.flag);
            self.changes.extend(given.into_iter().flatten().cloned());
        }
        Ok(())
    }
}

impl Args for SettingsArguments {
    fn augment_args(command: Command) -> Command {
        let defaults = serde_json::to_value(Settings::default()).unwrap_or_default();
        flags().fold(command.next_help_heading("Judging"), |command, (setting, words)| {
            command.arg(argument(setting, words, &defaults))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The settings that have a flag.
fn flags() -> impl Iterator<Item = (&'static Setting, &'static Words)> {
    described().into_iter().filter(|(_, words)| !words.flag.is_empty())
}

fn argument(setting: &'static Setting, words: &'static Words, defaults: &Value) -> Arg {
    let argument = Arg::new(words.flag)
        .long(words.flag)
        .value_name(words.value_name)
        .help(help(setting, words, defaults))
        .value_parser(parser(setting, words));
    match setting.takes {
        Takes::NumberById(..) | Takes::NumberByName(_) => {
            argument.action(ArgAction::Append).value_delimiter(',')
        }
        _ => argument,
    }
}

fn help(setting: &Setting, words: &Words, defaults: &Value) -> String {
    let mut help = words.help.trim_end_matches('.').to_owned();
    match setting.takes {
        _ if setting.path == BASELINE => {
            help += ": an interval, auto (before a change point), none, or offset=DURATION";
        }
        Takes::NumberById(..) | Takes::NumberByName(_) => {
            help += &format!(": {}; may be repeated", words.example);
        }
        _ => {}
    }
    match defaults.pointer(&format!("/{}", setting.path.replace('.', "/"))) {
        Some(Value::String(default)) => help += &format!(" [default: {default}]"),
        Some(Value::Number(default)) => help += &format!(" [default: {default}]"),
        _ => {}
    }
    help
}

/// Reads a flag's value as the change that it makes. Ranges and names are for the core to check.
fn parser(setting: &'static Setting, words: &'static Words) -> ValueParser {
    let path = move || setting.path.split('.').map(str::to_owned).collect::<Vec<_>>();
    if setting.path == BASELINE {
        return ValueParser::new(|text: &str| -> Result<Change, String> {
            let baseline = serde_json::to_value(parse_baseline(text)?.settings());
            Ok((vec!["baseline".to_owned()], baseline.unwrap_or_default()))
        });
    }
    match setting.takes {
        Takes::Choice(_) => {
            let possible = (words.entries)().into_iter().map(|entry| {
                PossibleValue::new(entry.id).help(entry.help.trim_end_matches('.').to_owned())
            });
            PossibleValuesParser::new(possible).map(move |id| (path(), json!(id))).into()
        }
        Takes::NumberById(..) | Takes::NumberByName(_) => {
            ValueParser::new(move |text: &str| -> Result<Change, String> {
                let (name, number) = parse_named_number(text, words.example)?;
                let mut path = path();
                path.push(name);
                Ok((path, json!(number)))
            })
        }
        _ => ValueParser::new(move |text: &str| -> Result<Change, String> {
            Ok((path(), parse_value(&setting.takes, text)?))
        }),
    }
}

fn parse_value(takes: &Takes, text: &str) -> Result<Value, String> {
    Ok(match takes {
        Takes::Number(_) => json!(parse_number(text)?),
        Takes::Numbers(_) => {
            json!(text.split(',').map(parse_number).collect::<Result<Vec<_>, _>>()?)
        }
        Takes::Choices(_) => json!(text.split(',').map(str::trim).collect::<Vec<_>>()),
        Takes::Time => json!(parse_time(text)?),
        Takes::Duration => json!(parse_duration(text)?),
        Takes::Interval => {
            let interval = parse_interval(text)?;
            json!({ "start": interval.start, "end": interval.end })
        }
        Takes::Text | Takes::Choice(_) | Takes::NumberById(..) | Takes::NumberByName(_) => {
            json!(text)
        }
    })
}

/// A number that JSON can hold.
fn parse_number(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| format!("\"{text}\" is not a number"))
}

/// `NAME=NUMBER`.
fn parse_named_number(text: &str, example: &str) -> Result<(String, f64), String> {
    let example = example.split(',').next().unwrap_or_default();
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("\"{text}\" must be a name and a number, such as {example}"))?;
    let number =
        parse_number(value).map_err(|why| format!("{why}; write {example}, without a unit"))?;
    Ok((name.trim().to_owned(), number))
}

#[cfg(test)]
mod tests {
    use inference_triage_core::catalogue::signals::SignalId;
    use inference_triage_core::settings::{BaselineMode, Interval};

    use super::*;
    use crate::exit::Status;

    fn parsed(arguments: &[&str]) -> Result<SettingsArguments, clap::Error> {
        let command = SettingsArguments::augment_args(Command::new("test").no_binary_name(true));
        SettingsArguments::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }

    fn over(arguments: &[&str], base: Settings) -> Result<Settings, Failure> {
        parsed(arguments).unwrap().over(base)
    }

    #[test]
    fn flags_not_given_leave_the_base_alone() {
        let mut base = Settings::default();
        base.slo.targets.insert("ttft".to_owned(), 0.1 + 0.2);
        base.scope.model = Some("gemma".to_owned());
        assert_eq!(over(&[], base.clone()).unwrap(), base);
        assert_eq!(over(&["--model", "gemma"], base.clone()).unwrap(), base);
    }

    #[test]
    fn flags_replace_what_they_name_and_nothing_else() {
        let mut base = Settings::default();
        base.slo.targets.insert("ttft".to_owned(), 1.5);
        base.slo.targets.insert("e2e".to_owned(), 20.0);
        base.baseline.start = Some(1);
        let flags = [
            "--slo",
            "ttft=0.5,tpot=0.2",
            "--profile=rag",
            "--baseline=offset=5s",
            "--limit=max_num_seqs=16",
            "--window=10..20",
            "--quantile=0.99",
            "--replica=pod-0/0",
            "--prefix=our:",
        ];
        let settings = over(&flags, base).unwrap();
        assert_eq!(settings.slo.target(SignalId::Ttft), Some((0.5, true)));
        assert_eq!(settings.slo.target(SignalId::Tpot), Some((0.2, true)));
        assert_eq!(settings.slo.target(SignalId::E2e), Some((20.0, true)));
        assert_eq!(settings.slo.target(SignalId::Itl), Some((0.08, false)));
        assert_eq!(settings.slo.quantile.to_bits(), 0.99_f64.to_bits());
        let baseline = settings.baseline;
        assert_eq!((baseline.mode, baseline.offset), (BaselineMode::Offset, 5000));
        assert_eq!(baseline.start, None);
        assert_eq!(settings.window, Some(Interval { start: 10_000, end: 20_000 }));
        assert_eq!(settings.limits["max_num_seqs"].to_bits(), 16.0_f64.to_bits());
        assert_eq!(settings.scope.replica.as_deref(), Some("pod-0/0"));
        assert_eq!(settings.prefix.as_deref(), Some("our:"));
    }

    #[test]
    fn thresholds_have_names_with_dots_and_may_be_repeated() {
        let flags = ["--threshold", "memory.full=0.9", "--threshold", "queue.share=0.2,a=1e-3"];
        let settings = over(&flags, Settings::default()).unwrap();
        let thresholds: Vec<(&str, f64)> =
            settings.thresholds.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert_eq!(thresholds, [("a", 0.001), ("memory.full", 0.9), ("queue.share", 0.2)]);
    }

    #[test]
    fn the_core_refuses_what_is_out_of_range_and_that_is_a_usage_error() {
        for flags in [
            ["--slo", "tfft=1"],
            ["--slo", "ttft=-1"],
            ["--quantile", "1"],
            ["--limit", "cap=2"],
            ["--threshold", "memory.full=0"],
        ] {
            let failure = over(&flags, Settings::default()).unwrap_err();
            assert_eq!(failure.status(), Status::Usage, "{flags:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_an_example() {
        for (flags, part) in [
            (["--slo", "itl=50ms"], "without a unit"),
            (["--slo", "itl"], "such as ttft=2.5"),
            (["--threshold", "memory.full"], "such as memory.preempting=0.9"),
            (["--quantile", "NaN"], "\"NaN\" is not a number"),
            (["--limit", "max_num_seqs=inf"], "\"inf\" is not a number"),
            (["--profile", "talk"], "code-completion"),
            (["--baseline", "yesterday"], "offset=1d"),
        ] {
            let message = parsed(&flags).unwrap_err().to_string();
            assert!(message.contains(part), "{flags:?}: {message}");
        }
    }

    #[test]
    fn every_flag_of_the_table_is_there_with_its_help() {
        let command = SettingsArguments::augment_args(Command::new("test"));
        for (setting, words) in flags() {
            let argument = command.get_arguments().find(|one| one.get_id() == words.flag).unwrap();
            let help = argument.get_help().unwrap().to_string();
            assert!(help.starts_with(words.help.trim_end_matches('.')), "{}", setting.path);
        }
        assert_eq!(command.get_arguments().count(), flags().count());
    }
}
