//! Everything a target can answer instead of metrics, as one sentence with its cause and cure.

use ureq::http::StatusCode;

use crate::prometheus::{Refusal, looks_like_html, quote, without_credentials};

/// Refuses everything but a body that can be metrics.
pub(super) fn check(
    name: &str,
    status: StatusCode,
    location: &str,
    content_type: &str,
    body: &[u8],
) -> Result<(), Refusal> {
    if !status.is_success() {
        return Err(Refusal::of_this(turned_away(name, status.as_u16(), location, body)));
    }
    let cause = if body.trim_ascii().is_empty() {
        "answers with an empty body; check the path, and that metrics are not switched off"
    } else if looks_like_html(body) {
        "answers with a web page (HTML) instead of metrics, as a login page or a user interface \
         does; give the address of the metrics in --scrape (most engines: /metrics), or \
         credentials with --header 'Authorization: Bearer …'"
    } else if content_type.starts_with("application/openmetrics-text")
        && !body.trim_ascii_end().ends_with(b"# EOF")
    {
        "broke off its answer: it is OpenMetrics and does not end with # EOF; try again"
    } else {
        return Ok(());
    };
    Err(Refusal::of_this(format!("{name} {cause}")))
}

/// The body is text, but not metrics.
pub(super) fn unreadable(name: &str, error: &str) -> Refusal {
    Refusal::of_this(format!(
        "the answer of {name} cannot be read: {error}; check that the address is that of the \
         engine's metrics"
    ))
}

fn turned_away(name: &str, code: u16, location: &str, body: &[u8]) -> String {
    match code {
        300..=399 if location.is_empty() => {
            format!("{name} redirects without saying where ({code}); check --scrape")
        }
        300..=399 => format!(
            "{name} redirects to {} ({code}), which is not followed; if that serves the metrics, \
             give its address in --scrape, and if it is a login page, credentials with --header \
             'Authorization: Bearer …'",
            quote(&without_credentials(location))
        ),
        401 => format!(
            "{name} wants credentials (401); give them with --header 'Authorization: Bearer …'"
        ),
        403 => format!(
            "{name} does not let these credentials in (403); use others with --header, or scrape \
             from where it is allowed"
        ),
        404 => format!(
            "{name} does not exist (404); give the path of the metrics in --scrape, and check that \
             the engine serves them on this port"
        ),
        405 => format!("{name} does not allow GET (405); check the path in --scrape"),
        429 => format!("{name} has too many requests (429); scrape less often with --every"),
        502..=504 => format!(
            "{name} is not available ({code}); the engine may still be loading its model: try \
             again when it answers"
        ),
        _ => {
            let said = String::from_utf8_lossy(body);
            let said = if looks_like_html(body) { "" } else { said.trim() };
            let said = if said.is_empty() { String::new() } else { format!(": {}", quote(said)) };
            format!("{name} answers with status {code}{said}; look at the engine's log")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "http://e:8000/metrics";

    fn refused(status: u16, kind: &str, body: &str) -> String {
        let status = StatusCode::from_u16(status).unwrap();
        check(NAME, status, "https://u:pw@sso/login", kind, body.as_bytes()).unwrap_err().sentence
    }

    #[test]
    fn each_refusal_names_cause_and_cure() {
        for (status, kind, body, cause, cure) in [
            (200, "", "", "empty body", "check the path"),
            (200, "", " \n", "empty body", "check the path"),
            (200, "text/html", "\n<!DOCTYPE html>", "web page", "/metrics"),
            (200, "application/openmetrics-text; version=1.0.0", "a 1\n", "# EOF", "try again"),
            (302, "", "", "redirects to https://sso/login", "--scrape"),
            (401, "", "", "wants credentials", "--header"),
            (403, "", "", "does not let", "--header"),
            (404, "", "", "does not exist", "--scrape"),
            (405, "", "", "GET", "--scrape"),
            (429, "", "", "too many", "--every"),
            (503, "", "<html>", "loading its model", "try again"),
            (500, "", "boom", "500: boom", "log"),
            (500, "", "<html>", "500;", "log"),
        ] {
            let sentence = refused(status, kind, body);
            assert!(sentence.starts_with(NAME), "{sentence}");
            assert!(sentence.contains(cause) && sentence.contains(cure), "{status}: {sentence}");
            assert!(!sentence.contains("pw"), "{sentence}");
        }
        let long = refused(500, "", &"x".repeat(10_000));
        assert!(long.len() < 500, "{}", long.len());
    }

    #[test]
    fn metrics_pass() {
        for (kind, body) in [
            ("text/plain; version=0.0.4", "a 1\n"),
            ("application/openmetrics-text; version=1.0.0", "a 1\n# EOF\n"),
            ("", "a 1\n"),
        ] {
            assert_eq!(check(NAME, StatusCode::OK, "", kind, body.as_bytes()), Ok(()));
        }
    }
}
