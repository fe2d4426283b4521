//! Bold and colour, on a terminal that wants them.

use std::io::IsTerminal as _;

use inference_triage_core::triage::finding::Severity;

/// Whether escape sequences may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    colour: bool,
}

impl Style {
    /// Colour on a terminal, unless `NO_COLOR` is set and not empty (no-color.org).
    pub(crate) fn of_standard_output() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colour: std::io::stdout().is_terminal() && !refused }
    }

    /// Without escape sequences.
    #[cfg(test)]
    pub(super) fn plain() -> Self {
        Self { colour: false }
    }

    #[cfg(test)]
    pub(super) fn coloured() -> Self {
        Self { colour: true }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.sequence("1", text)
    }

    pub(super) fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Critical => "1;31",
            Severity::Warning => "1;33",
            Severity::Ok => "1;32",
            Severity::Info | Severity::Unknown => "1;36",
        };
        self.sequence(code, text)
    }

    fn sequence(self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
