//! The flags that set the core's settings, laid over a base (the defaults, or a capsule's own).

use clap::{Args, ValueEnum};
use inference_triage_core::settings::{Interval, Settings, SloProfile};

use crate::baseline_argument::{BaselineArgument, parse_baseline};
use crate::exit::Failure;
use crate::time_arguments::parse_interval;

/// Each flag replaces one part of the base; a flag that is not given leaves it alone.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Judging")]
pub(crate) struct SettingsArguments {
    /// The interval to diagnose [default: the last tenth of the range, at least 5 minutes]
    #[arg(long, value_name = "T..T", value_parser = parse_interval)]
    pub(crate) window: Option<Interval>,
    /// What to compare with: an interval, auto (before a change point), none, or offset=DURATION
    #[arg(long, value_name = "T..T", value_parser = parse_baseline)]
    pub(crate) baseline: Option<BaselineArgument>,
    /// Targets in seconds that replace the profile's: ttft=2.5,itl=0.05,tpot=0.05,e2e=10
    #[arg(long, value_name = "TARGETS", value_delimiter = ',', value_parser = parse_named_number)]
    slo: Vec<(String, f64)>,
    /// Default targets by kind of service [default: chat]
    #[arg(long, value_enum)]
    profile: Option<ProfileArgument>,
    /// The quantile that must meet its target [default: 0.95]
    #[arg(long, value_name = "Q")]
    quantile: Option<f64>,
    /// The share of requests that must meet their target [default: 0.95]
    #[arg(long, value_name = "SHARE")]
    objective: Option<f64>,
    /// The model to report on [default: the worst]
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// The replica to report on, as the report names it [default: all]
    #[arg(long, value_name = "KEY")]
    replica: Option<String>,
    /// A limit of the engine that its metrics do not show: max_num_seqs=16
    #[arg(
        long = "limit",
        value_name = "NAME=VALUE",
        value_delimiter = ',',
        value_parser = parse_named_number
    )]
    limits: Vec<(String, f64)>,
    /// Metric name prefix when it is not one the engine's profile knows
    #[arg(long)]
    prefix: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ProfileArgument {
    /// A person reads along
    Chat,
    /// An editor waits
    CodeCompletion,
    /// No person waits
    Batch,
    /// A person waits for an answer over long prompts
    Rag,
    /// A program waits
    Agent,
}

impl From<ProfileArgument> for SloProfile {
    fn from(profile: ProfileArgument) -> Self {
        match profile {
            ProfileArgument::Chat => Self::Chat,
            ProfileArgument::CodeCompletion => Self::CodeCompletion,
            ProfileArgument::Batch => Self::Batch,
            ProfileArgument::Rag => Self::Rag,
            ProfileArgument::Agent => Self::Agent,
        }
    }
}

impl SettingsArguments {
    /// `base` with every given flag laid over it, checked by the core.
    pub(crate) fn over(&self, base: Settings) -> Result<Settings, Failure> {
        let mut settings = base;
        settings.window = self.window.or(settings.window);
        if let Some(baseline) = self.baseline {
            settings.baseline = baseline.settings();
        }
        if let Some(profile) = self.profile {
            settings.slo.profile = profile.into();
        }
        settings.slo.targets.extend(self.slo.iter().cloned());
        settings.slo.quantile = self.quantile.unwrap_or(settings.slo.quantile);
        settings.slo.objective = self.objective.unwrap_or(settings.slo.objective);
        settings.scope.model = self.model.clone().or(settings.scope.model);
        settings.scope.replica = self.replica.clone().or(settings.scope.replica);
        settings.limits.extend(self.limits.iter().cloned());
        settings.prefix = self.prefix.clone().or(settings.prefix);
        settings.check()?;
        Ok(settings)
    }
}

/// `NAME=NUMBER`; whether the name is known and the number in range is for the core to say.
fn parse_named_number(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("\"{text}\" must be a name and a number, such as ttft=2.5"))?;
    let number = value
        .trim()
        .parse()
        .map_err(|_| format!("\"{value}\" is not a number; write {name}=2.5 without a unit"))?;
    Ok((name.trim().to_owned(), number))
}

#[cfg(test)]
mod tests {
    use inference_triage_core::catalogue::signals::SignalId;

    use inference_triage_core::settings::BaselineMode;

    use super::*;
    use crate::exit::Status;

    #[test]
    fn flags_not_given_leave_the_base_alone() {
        let mut base = Settings::default();
        base.slo.targets.insert("ttft".to_owned(), 1.5);
        base.scope.model = Some("gemma".to_owned());
        assert_eq!(SettingsArguments::default().over(base.clone()).unwrap(), base);
    }

    #[test]
    fn flags_replace_what_they_name_and_nothing_else() {
        let mut base = Settings::default();
        base.slo.targets.insert("ttft".to_owned(), 1.5);
        base.slo.targets.insert("e2e".to_owned(), 20.0);
        let flags = SettingsArguments {
            slo: vec![("ttft".to_owned(), 0.5)],
            profile: Some(ProfileArgument::Rag),
            baseline: Some(BaselineArgument::Offset(5)),
            limits: vec![("max_num_seqs".to_owned(), 16.0)],
            ..SettingsArguments::default()
        };
        let settings = flags.over(base).unwrap();
        assert_eq!(settings.slo.target(SignalId::Ttft), Some((0.5, true)));
        assert_eq!(settings.slo.target(SignalId::E2e), Some((20.0, true)));
        assert_eq!(settings.slo.target(SignalId::Itl), Some((0.08, false)));
        assert_eq!((settings.baseline.mode, settings.baseline.offset), (BaselineMode::Offset, 5));
        assert_eq!(settings.limits["max_num_seqs"].to_bits(), 16.0_f64.to_bits());
    }

    #[test]
    fn the_core_refuses_what_is_out_of_range_and_that_is_a_usage_error() {
        for flags in [
            SettingsArguments {
                slo: vec![("tfft".to_owned(), 1.0)],
                ..SettingsArguments::default()
            },
            SettingsArguments {
                slo: vec![("ttft".to_owned(), -1.0)],
                ..SettingsArguments::default()
            },
            SettingsArguments { quantile: Some(f64::NAN), ..SettingsArguments::default() },
            SettingsArguments {
                limits: vec![("cap".to_owned(), 2.0)],
                ..SettingsArguments::default()
            },
        ] {
            assert_eq!(
                flags.over(Settings::default()).unwrap_err().status(),
                Status::Usage,
                "{flags:?}"
            );
        }
    }

    #[test]
    fn targets_are_names_with_numbers() {
        assert_eq!(parse_named_number("ttft=2.5"), Ok(("ttft".to_owned(), 2.5)));
        assert!(parse_named_number("itl=50ms").unwrap_err().contains("without a unit"));
        assert!(parse_named_number("itl").is_err());
    }
}
