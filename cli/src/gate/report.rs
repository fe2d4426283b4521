//! A judgement, printed.

use inference_triage_core::comparison::Outcome;
use inference_triage_core::text::foreign::escaped;
use inference_triage_core::text::plain::plain;

use super::arguments::GateFormat;
use super::judgement::{Judgement, word};
use crate::exit::Failure;

pub(super) fn print(judgement: &Judgement, format: GateFormat) -> Result<String, Failure> {
    match format {
        GateFormat::Text => Ok(text(judgement)),
        GateFormat::Markdown => Ok(markdown(judgement)),
        GateFormat::Junit => Ok(junit(judgement)),
        GateFormat::Json => {
            let json = serde_json::to_string(judgement).map_err(|error| {
                Failure::internal(format!("the judgement cannot be printed: {error}"))
            })?;
            Ok(escaped(json) + "\n")
        }
    }
}

fn text(judgement: &Judgement) -> String {
    let mut text = format!("{}  {}\n", word(judgement.outcome), plain(&judgement.summary));
    if let Some(action) = &judgement.action {
        text += &format!("Do    {}\n", plain(action));
    }
    let width = judgement.checks.iter().map(|check| check.name.chars().count()).max();
    let width = width.unwrap_or(0);
    for check in &judgement.checks {
        text += &format!(
            "  {:<width$}  {:<12}  {}\n",
            plain(&check.name),
            word(check.outcome),
            plain(&check.message)
        );
    }
    text
}

fn markdown(judgement: &Judgement) -> String {
    let mut text = format!("**{}** {}\n", word(judgement.outcome), code(&judgement.summary));
    if let Some(action) = &judgement.action {
        text += &format!("\nDo: {}\n", code(action));
    }
    text += "\n| check | outcome | |\n|---|---|---|\n";
    for check in &judgement.checks {
        text += &format!(
            "| {} | {} | {} |\n",
            code(&check.name),
            word(check.outcome),
            code(&check.message)
        );
    }
    text
}

/// Text that Markdown cannot take for markup: names of models are in it.
fn code(text: &str) -> String {
    let marks = |c: char| "\\`*_{}[]<>()#|@~!".contains(c);
    let mut safe = String::new();
    for character in plain(text).chars() {
        if marks(character) {
            safe.push('\\');
        }
        safe.push(character);
    }
    // Backslashes do not stop mentions.
    safe.replace("\\@", "&#64;")
}

fn junit(judgement: &Judgement) -> String {
    let count = |outcome| judgement.checks.iter().filter(|one| one.outcome == outcome).count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"inference-triage gate {}\" \
         tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
        judgement.gate,
        judgement.checks.len() + 1,
        count(Outcome::Fail) + usize::from(judgement.outcome == Outcome::Fail),
        count(Outcome::Inconclusive) + usize::from(judgement.outcome == Outcome::Inconclusive),
    );
    text += &case(judgement.gate, judgement.gate, judgement.outcome, &judgement.summary);
    for check in &judgement.checks {
        text += &case(judgement.gate, &check.name, check.outcome, &check.message);
    }
    text + "</testsuite>\n"
}

fn case(gate: &str, name: &str, outcome: Outcome, message: &str) -> String {
    let begin = format!("  <testcase classname=\"gate.{gate}\" name=\"{}\"", attribute(name));
    let message = attribute(message);
    match outcome {
        Outcome::Pass => format!("{begin}/>\n"),
        Outcome::Fail => format!("{begin}><failure message=\"{message}\"/></testcase>\n"),
        Outcome::Inconclusive => format!("{begin}><skipped message=\"{message}\"/></testcase>\n"),
    }
}

fn attribute(text: &str) -> String {
    let text = plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::judgement::Check;

    fn judgement() -> Judgement {
        Judgement {
            gate: "admission",
            outcome: Outcome::Fail,
            summary: "2 < 8.7 & \"more\"".to_owned(),
            action: None,
            checks: vec![
                Check::new("a <b> @team", Outcome::Fail, "x | y\u{1b}[31m"),
                Check::new("c", Outcome::Inconclusive, "not measured"),
                Check::new("d", Outcome::Pass, "fine"),
            ],
        }
    }

    #[test]
    fn junit_counts_and_escapes() {
        let text = junit(&judgement());
        assert!(text.contains("tests=\"4\" failures=\"2\" skipped=\"1\""), "{text}");
        assert!(text.contains("2 &lt; 8.7 &amp; &quot;more&quot;"), "{text}");
        assert!(text.contains("name=\"a &lt;b&gt; @team\"") && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn markdown_takes_nothing_for_markup() {
        let text = markdown(&judgement());
        assert!(text.contains("| a \\<b\\> &#64;team | FAIL | x \\| y |"), "{text}");
    }
}
