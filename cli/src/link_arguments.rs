//! Links from a verdict to the traces and logs of exactly its window.

use clap::Args;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::report::{Diagnosis, Report};

/// Addresses with places to fill in.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Links (with --full or --format markdown)")]
pub(crate) struct LinkArguments {
    /// Where traces are searched. {start} and {end} (Unix milliseconds of the window), {model} and
    /// {threshold_seconds} (the chosen target of whole requests, else their mean) are
    /// filled in
    #[arg(long, value_name = "URL", value_parser = parse_template)]
    trace_url: Option<String>,
    /// Where logs are searched, with the same places
    #[arg(long, value_name = "URL", value_parser = parse_template)]
    log_url: Option<String>,
}

/// A link with what it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// `Traces` or `Logs`.
    pub(crate) title: &'static str,
    /// Where to.
    pub(crate) url: String,
}

const PLACES: [&str; 4] = ["start", "end", "model", "threshold_seconds"];

impl LinkArguments {
    pub(crate) fn are_given(&self) -> bool {
        self.trace_url.is_some() || self.log_url.is_some()
    }

    /// The links for a report. One that needs a threshold is left out where no objective was
    /// judged.
    pub(crate) fn filled(&self, report: &Report) -> Vec<Link> {
        let given = [("Traces", &self.trace_url), ("Logs", &self.log_url)];
        let filled = |(title, template): (&'static str, &Option<String>)| {
            Some(Link { title, url: filled(template.as_deref()?, report)? })
        };
        given.into_iter().filter_map(filled).collect()
    }
}

fn filled(template: &str, report: &Report) -> Option<String> {
    let window = report.diagnosis.window;
    let model = report.scope().map_or("", |scope| scope.model.as_str());
    let mut url = template
        .replace("{start}", &window.start.to_string())
        .replace("{end}", &window.end.to_string());
    if url.contains("{threshold_seconds}") {
        url = url.replace("{threshold_seconds}", &threshold(report)?.to_string());
    }
    // Last, because the name of a model may hold anything.
    Some(url.replace("{model}", &encoded(model)))
}

/// The target of whole requests, which traces and access logs time, where one was chosen; else the
/// mean of the window to a hundredth of a second, which the slow ones lie above; else the target of
/// the first token.
fn threshold(report: &Report) -> Option<f64> {
    let Diagnosis { objectives, phases, .. } = &report.diagnosis;
    let target = |id| objectives.rows.iter().find(|row| row.signal == id);
    let chosen = target(SignalId::E2e).filter(|row| row.given).and_then(|row| row.target);
    let mean = phases.as_ref().map(|phases| (phases.mean_e2e * 100.0).round() / 100.0);
    chosen.or(mean).or_else(|| target(SignalId::Ttft)?.target)
}

/// Percent-encoding of everything but unreserved characters (RFC 3986, 2.3).
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let each = text.bytes().map(|byte| {
        if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    });
    each.collect()
}

fn parse_template(text: &str) -> Result<String, String> {
    let is_absolute = text.starts_with("https://") || text.starts_with("http://");
    if !is_absolute
        || text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>".contains(c))
    {
        return Err("an absolute address without blanks, such as \
                    https://tempo.example/search?from={start}&to={end}"
            .to_owned());
    }
    for part in text.split('{').skip(1) {
        let name = part.split_once('}').map(|(name, _)| name);
        // A brace of JSON, as links of Grafana have them, is no place.
        let is_word = |name: &&str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        };
        if let Some(name) = name.filter(is_word).filter(|name| !PLACES.contains(name)) {
            return Err(format!("there is no {{{name}}}; there are {{{}}}", PLACES.join("}, {")));
        }
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_place() {
        assert_eq!(encoded("a/b \"ü\"&x={start}"), "a%2Fb%20%22%C3%BC%22%26x%3D%7Bstart%7D");
    }

    #[test]
    fn templates_are_absolute_and_name_known_places() {
        let grafana = "https://g.example/explore?left={\"range\":{\"from\":\"{start}\"}}";
        assert_eq!(parse_template(grafana).as_deref(), Ok(grafana));
        for (text, part) in [
            ("tempo/search", "absolute"),
            ("javascript:alert(1)", "absolute"),
            ("https://x/?a=<b>", "blanks"),
            ("https://x/?from={from}", "there is no {from}; there are {start}, {end}"),
        ] {
            let refused = parse_template(text).expect_err(text);
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }
}
