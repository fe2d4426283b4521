//! The findings of all files, printed.

use inference_triage_core::text::plain::plain;
use serde::Serialize;

use super::arguments::LintFormat;
use super::checks::{self, Found, Surroundings};
use super::documents::Document;
use crate::exit::Failure;

/// The shape of the JSON output.
const SCHEMA: u64 = 1;

/// All findings.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    schema: u64,
    files: usize,
    queries: usize,
    findings: Vec<Finding>,
}

/// One thing that is wrong at one place.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    file: String,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    /// The title of the panel or the name of the rule.
    place: String,
    message: String,
    why: &'static str,
    /// What the corrected query does, in general.
    instead: &'static str,
    query: String,
    /// With every finding of this query corrected; null where there is nothing to replace it by.
    corrected: Option<String>,
}

impl Report {
    /// Judges every query.
    pub(crate) fn of(documents: &[(String, Document)], surroundings: &Surroundings) -> Self {
        let mut findings = Vec::new();
        let mut queries = 0;
        for (file, document) in documents {
            for query in &document.queries {
                queries += 1;
                let answer = checks::judge(query, surroundings);
                let finding = |found: Found| Finding {
                    check: found.kind.id(),
                    file: file.clone(),
                    line: query.line,
                    place: query.place.clone(),
                    message: found.message,
                    why: found.kind.why(),
                    instead: found.kind.instead(),
                    query: query.expression.trim().to_owned(),
                    corrected: answer.corrected.clone(),
                };
                findings.extend(answer.found.clone().into_iter().map(finding));
            }
        }
        Self { schema: SCHEMA, files: documents.len(), queries, findings }
    }

    /// Whether there is none.
    pub(crate) fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// The report as it goes to standard output.
    pub(crate) fn print(&self, format: LintFormat) -> Result<String, Failure> {
        match format {
            LintFormat::Text => Ok(self.text()),
            LintFormat::Github => Ok(self.annotations()),
            LintFormat::Json => {
                let json = serde_json::to_string(self);
                let json = json.map_err(|error| {
                    Failure::internal(format!("the findings cannot be printed: {error}"))
                })?;
                Ok(inference_triage_core::text::foreign::escaped(json) + "\n")
            }
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (at, finding) in self.findings.iter().enumerate() {
            let previous = at.checked_sub(1).map(|at| &self.findings[at]);
            let is_same_query = |one: &&Finding| {
                (&one.file, one.line, &one.place, &one.query)
                    == (&finding.file, finding.line, &finding.place, &finding.query)
            };
            if previous.is_none_or(|one| !is_same_query(&one)) {
                text += &format!("{}  {}\n", plain(&finding.at()), plain(&finding.place));
            }
            text += &format!("  {}: {}. {}\n", finding.check, plain(&finding.message), finding.why);
            let next = self.findings.get(at + 1);
            if next.is_none_or(|one| !is_same_query(&one)) {
                text += &format!("    query      {}\n", one_line(&finding.query));
                let none = || "(nothing says the same)".to_owned();
                let corrected = finding.corrected.as_deref().map_or_else(none, one_line);
                text += &format!("    corrected  {corrected}\n\n");
            }
        }
        text + &self.summary() + "\n"
    }

    fn summary(&self) -> String {
        let mut wrong: Vec<_> =
            self.findings.iter().map(|one| (&one.file, one.line, &one.place, &one.query)).collect();
        wrong.sort();
        wrong.dedup();
        let plural = |count: usize, one: &str, many: &str| {
            format!("{count} {}", if count == 1 { one } else { many })
        };
        let (queries, files) =
            (plural(self.queries, "query", "queries"), plural(self.files, "file", "files"));
        if self.is_clean() {
            return format!("no findings in {queries} ({files})");
        }
        format!(
            "{} in {} of {queries} ({files})",
            plural(self.findings.len(), "finding", "findings"),
            wrong.len(),
        )
    }

    fn annotations(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let line = finding.line.map_or_else(String::new, |line| format!(",line={line}"));
            let corrected = finding.corrected.as_deref().map_or_else(
                || "Nothing says the same.".to_owned(),
                |corrected| format!("Corrected: {}", one_line(corrected)),
            );
            let message =
                format!("{}: {}. {}\n{corrected}", finding.place, finding.message, finding.why);
            text += &format!(
                "::error file={}{line},title={}::{}\n",
                property(&finding.file),
                finding.check,
                data(&message)
            );
        }
        text + &format!("::notice title=lint::{}\n", data(&self.summary()))
    }
}

impl Finding {
    fn at(&self) -> String {
        let line = self.line.map_or_else(String::new, |line| format!(":{line}"));
        format!("{}{line}", self.file)
    }
}

fn one_line(query: &str) -> String {
    plain(&query.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text of an annotation: a line break is `%0A`.
fn data(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(plain).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of an annotation, which a colon or a comma would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
