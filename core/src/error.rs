//! The one public error type: the caller broke the contract.
//!
//! Whatever was repaired or assumed on the way to a value is a [`crate::caveat::Caveat`], and
//! "cannot tell" is a verdict; neither is an error.

use std::fmt;

use crate::text::foreign::plain;

/// Why an input or a setting was refused. One sentence, lower case, with the offending value, the
/// cause and the cure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    BadData,
    CutOff,
    BadSettings,
    TooLarge,
    NoEngine,
    UnsupportedEngine,
    NothingLoaded,
}

/// Longest message in characters: several sentences. Names and texts from the input can be of any
/// length.
const LONGEST: usize = 1000;

impl Error {
    fn new(kind: Kind, message: &str) -> Self {
        Self { kind, message: plain(message, LONGEST) }
    }

    pub(crate) fn bad_data(message: impl Into<String>) -> Self {
        Self::new(Kind::BadData, &message.into())
    }

    pub(crate) fn cut_off(message: impl Into<String>) -> Self {
        Self::new(Kind::CutOff, &message.into())
    }

    pub(crate) fn bad_settings(message: impl Into<String>) -> Self {
        Self::new(Kind::BadSettings, &message.into())
    }

    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new(Kind::TooLarge, &message.into())
    }

    pub(crate) fn no_engine(message: impl Into<String>) -> Self {
        Self::new(Kind::NoEngine, &message.into())
    }

    pub(crate) fn unsupported_engine(message: impl Into<String>) -> Self {
        Self::new(Kind::UnsupportedEngine, &message.into())
    }

    pub(crate) fn nothing_loaded() -> Self {
        Self {
            kind: Kind::NothingLoaded,
            message: "no data is loaded yet; load a response first".to_owned(),
        }
    }

    /// The input is not a valid range response or batch.
    pub fn is_bad_data(&self) -> bool {
        matches!(self.kind, Kind::BadData | Kind::CutOff)
    }

    /// The input is bad data because it ends too early.
    pub fn is_cut_off(&self) -> bool {
        self.kind == Kind::CutOff
    }

    /// A setting is unknown or out of range.
    pub fn is_bad_settings(&self) -> bool {
        self.kind == Kind::BadSettings
    }

    /// The input is larger than the core accepts; the message names the plan as the cure.
    pub fn is_too_large(&self) -> bool {
        self.kind == Kind::TooLarge
    }

    /// The input is valid but holds no series of a known engine; the message names what was found
    /// instead.
    pub fn is_no_engine(&self) -> bool {
        matches!(self.kind, Kind::NoEngine | Kind::UnsupportedEngine)
    }

    /// The input is of an engine that is known and cannot be read: no other query helps.
    pub fn is_unsupported_engine(&self) -> bool {
        self.kind == Kind::UnsupportedEngine
    }

    /// A stable code for callers in other languages.
    pub fn code(&self) -> &'static str {
        match self.kind {
            Kind::BadData | Kind::CutOff => "bad-data",
            Kind::BadSettings => "bad-settings",
            Kind::TooLarge => "too-large",
            Kind::NoEngine | Kind::UnsupportedEngine => "no-engine",
            Kind::NothingLoaded => "nothing-loaded",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
