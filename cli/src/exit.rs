//! Exit statuses, and the one sentence that goes with a failure.

use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

use inference_triage_core::error::Error;
use inference_triage_core::text::foreign::{disturbs, escaped};
use inference_triage_core::triage::finding::Severity;

use serde::Serialize;

use inference_triage_core::text::plain::plain;

/// The meaning of the exit status. Scripts rely on the numbers; those from 64 up are the ones of
/// BSD's `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// The serving path is healthy, or the command did what was asked.
    Healthy = 0,
    /// A finding of severity warning or worse.
    Finding = 1,
    /// A valid answer, but not enough of it to judge.
    CannotTell = 2,
    /// The command line is wrong.
    Usage = 64,
    /// The input is not what it should be, or holds no known engine's series.
    BadData = 65,
    /// The server cannot be reached or refuses.
    Server = 69,
    /// Our bug.
    Internal = 70,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

impl From<Severity> for Status {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Ok | Severity::Info => Self::Healthy,
            Severity::Unknown => Self::CannotTell,
            Severity::Warning | Severity::Critical => Self::Finding,
        }
    }
}

/// Why a command stopped: a status, and one sentence with cause and cure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    status: Status,
    sentence: String,
}

impl Failure {
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self { status: Status::Usage, sentence: sentence.into() }
    }

    pub(crate) fn bad_data(sentence: impl Into<String>) -> Self {
        Self { status: Status::BadData, sentence: sentence.into() }
    }

    pub(crate) fn server(sentence: impl Into<String>) -> Self {
        Self { status: Status::Server, sentence: sentence.into() }
    }

    pub(crate) fn internal(sentence: impl Into<String>) -> Self {
        Self { status: Status::Internal, sentence: sentence.into() }
    }

    pub(crate) fn status(&self) -> Status {
        self.status
    }

    /// What the core says of an input, with the input's name where it is about its data.
    pub(crate) fn of_input(name: &str, error: Error) -> Self {
        let is_bad_data = error.is_bad_data();
        let failure = Self::from(error);
        if is_bad_data {
            failure.map_sentence(|sentence| format!("{name}: {sentence}"))
        } else {
            failure
        }
    }

    /// The same failure with more said about it.
    pub(crate) fn map_sentence(self, change: impl FnOnce(String) -> String) -> Self {
        Self { status: self.status, sentence: change(self.sentence) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = if error.is_bad_settings() {
            Status::Usage
        } else if error.is_bad_data() || error.is_too_large() || error.is_no_engine() {
            Status::BadData
        } else {
            Status::Internal
        };
        Self { status, sentence: error.to_string() }
    }
}

/// Writes one message to standard error. Server texts and label values can be part of it, so it is
/// made harmless for a terminal first.
pub(crate) fn say(sentence: &str) {
    // Where standard error is closed, there is no other place to report to.
    let _ = writeln!(std::io::stderr().lock(), "inference-triage: {}", plain(sentence));
}

/// Writes an answer to standard output. A reader that has gone away (`| head`) is not a failure.
pub(crate) fn answer(bytes: &[u8]) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::internal(format!(
                "the answer could not be written to standard output: {error}; check the disk or the pipe it goes to"
            )))
        }
        _ => Ok(()),
    }
}

/// Writes an answer as one line of JSON to standard output; `what` names it in a message.
pub(crate) fn answer_json(value: &impl Serialize, what: &str) -> Result<(), Failure> {
    let json = serde_json::to_string(value)
        .map_err(|error| Failure::internal(format!("the {what} cannot be printed: {error}")))?;
    answer((escaped(json) + "\n").as_bytes())
}

/// Prints clap's own message, which is help and version (status 0) or a usage error. That repeats
/// arguments, which may be names of files: `harmless` parses the same arguments without what could
/// control a terminal, and its message is printed in place of one that repeats such a thing.
pub(crate) fn after_parsing(
    error: &clap::Error,
    harmless: impl FnOnce() -> Option<clap::Error>,
) -> Status {
    if !error.use_stderr() {
        let _ = error.print();
        return Status::Healthy;
    }
    if std::env::args_os().any(|argument| argument.to_string_lossy().chars().any(disturbs)) {
        match harmless() {
            Some(error) => drop(error.print()),
            None => say("an argument holds control characters; leave them out"),
        }
    } else {
        let _ = error.print();
    }
    Status::Usage
}

/// Turns a panic into one sentence and [`Status::Internal`].
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        say(&panic_sentence(panic.payload_as_str().unwrap_or("no message"), &place));
        std::process::exit(Status::Internal as i32);
    }));
}

fn panic_sentence(message: &str, place: &str) -> String {
    format!(
        "this is a bug in inference-triage {} (\"{message}\" at {place}); please report it with the command line and, \
         if you can, a capsule made with --save-capsule",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_decides_the_status() {
        for (severity, status) in [
            (Severity::Ok, 0),
            (Severity::Info, 0),
            (Severity::Warning, 1),
            (Severity::Critical, 1),
            (Severity::Unknown, 2),
        ] {
            assert_eq!(Status::from(severity) as u8, status, "{severity:?}");
        }
    }

    #[test]
    fn a_bad_setting_is_a_usage_error() {
        let error =
            inference_triage_core::settings::Settings::from_json(b"{\"schema\": 7}").unwrap_err();
        assert_eq!(Failure::from(error).status(), Status::Usage);
    }

    #[test]
    fn a_panic_is_one_line_with_a_cure() {
        let sentence = panic_sentence("index out of bounds", "src/a.rs:1:2");
        assert!(!sentence.contains('\n'));
        assert!(
            sentence.contains("index out of bounds") && sentence.contains("src/a.rs:1:2"),
            "{sentence}"
        );
        assert!(sentence.contains("please report"), "{sentence}");
    }
}
