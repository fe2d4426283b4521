//! What to compare with, as typed: an interval, `auto`, `none` or `offset=1d`.

use inference_triage_core::settings::{BaselineMode, BaselineSettings, Interval};

use crate::time_arguments::{parse_duration, parse_interval};

/// How the baseline is chosen, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BaselineArgument {
    Auto,
    None,
    Interval(Interval),
    /// The window, that many milliseconds earlier.
    Offset(i64),
}

impl BaselineArgument {
    /// The core's settings of the same meaning.
    pub(crate) fn settings(self) -> BaselineSettings {
        let default = BaselineSettings::default();
        match self {
            Self::Auto => BaselineSettings { mode: BaselineMode::Auto, ..default },
            Self::None => BaselineSettings { mode: BaselineMode::None, ..default },
            Self::Interval(Interval { start, end }) => BaselineSettings {
                mode: BaselineMode::Range,
                start: Some(start),
                end: Some(end),
                ..default
            },
            Self::Offset(offset) => {
                BaselineSettings { mode: BaselineMode::Offset, offset, ..default }
            }
        }
    }
}

pub(crate) fn parse_baseline(text: &str) -> Result<BaselineArgument, String> {
    match text {
        "auto" => Ok(BaselineArgument::Auto),
        "none" => Ok(BaselineArgument::None),
        _ => match text.strip_prefix("offset=") {
            Some(offset) => parse_duration(offset).map(BaselineArgument::Offset),
            None => parse_interval(text)
                .map(BaselineArgument::Interval)
                .map_err(|reason| format!("{reason}, or auto, none or offset=1d")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baselines_have_four_forms() {
        assert_eq!(parse_baseline("auto"), Ok(BaselineArgument::Auto));
        assert_eq!(parse_baseline("none"), Ok(BaselineArgument::None));
        assert_eq!(parse_baseline("offset=1d"), Ok(BaselineArgument::Offset(86_400_000)));
        assert_eq!(
            parse_baseline("10..20"),
            Ok(BaselineArgument::Interval(Interval { start: 10_000, end: 20_000 }))
        );
        assert!(parse_baseline("yesterday").unwrap_err().contains("offset=1d"));
    }
}
