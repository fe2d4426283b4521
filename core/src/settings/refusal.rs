//! The sentences of refused settings: which setting, what it was given, what it takes.

use crate::error::Error;
use crate::small::text::joined;

/// A value that a setting does not take.
pub(super) fn refused(path: &str, takes: &str, got: &str) -> Error {
    Error::bad_settings(format!("{path} must be {takes}, got {got}"))
}

/// A name that no setting has; `within` is empty for the settings as a whole.
pub(super) fn unknown(path: &str, within: &str, known: &[&str]) -> Error {
    let within = if within.is_empty() { "the settings" } else { within };
    let known = joined(known, ", ");
    Error::bad_settings(format!("{path} is not a setting; {within} may hold {known}"))
}
