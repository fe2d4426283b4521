//! Everything a server can answer instead of data, as one sentence with its cause and cure.

use serde::Deserialize;
use serde::de::IgnoredAny;
use ureq::http::StatusCode;

use super::address::without_credentials;

/// Why a query has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// One sentence.
    pub(crate) sentence: String,
    pub(crate) reach: Reach,
    /// The server was given up because it took too long.
    pub(crate) is_time_out: bool,
}

/// What a refusal says about other queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nothing: the next one may be answered.
    Query,
    /// Every other query to this server would meet the same fate, so that asking on is of no use.
    Server,
    /// No other query is asked, and what was answered so far is too little to judge by.
    Run,
}

impl Refusal {
    pub(crate) fn of_all(sentence: String) -> Self {
        Self { sentence, reach: Reach::Server, is_time_out: false }
    }

    pub(crate) fn of_this(sentence: String) -> Self {
        Self { sentence, reach: Reach::Query, is_time_out: false }
    }

    pub(crate) fn of_run(sentence: String) -> Self {
        Self { sentence, reach: Reach::Run, is_time_out: false }
    }

    /// Whether asking on is of no use.
    pub(crate) fn is_for_all(&self) -> bool {
        self.reach != Reach::Query
    }
}

/// Prometheus's envelope. `data` is checked to be JSON and then left to the core.
#[derive(Deserialize)]
struct Envelope {
    status: String,
    #[serde(default)]
    error: String,
    #[serde(default, rename = "data")]
    _data: IgnoredAny,
}

/// Longest part of a foreign message worth repeating.
const MAX_QUOTE: usize = 300;

/// Refuses everything but a successful answer in Prometheus's envelope.
pub(super) fn check(
    name: &str,
    url: &str,
    status: StatusCode,
    location: Option<&str>,
    body: &[u8],
) -> Result<(), Refusal> {
    let envelope: Result<Envelope, _> = serde_json::from_slice(body);
    match envelope {
        Ok(envelope) if status.is_success() && envelope.status == "success" => Ok(()),
        Ok(envelope) if !envelope.error.is_empty() => {
            Err(query_failed(name, status, &quote(&envelope.error)))
        }
        _ if !status.is_success() => Err(turned_away(name, url, status, location, body)),
        _ if looks_like_html(body) => Err(Refusal::of_all(format!(
            "{name} answers with a web page (HTML) instead of JSON, as a login page or a user interface does; give the API's own \
             address in --url, or credentials with --header 'Authorization: Bearer …'"
        ))),
        Ok(_) => Err(Refusal::of_all(format!(
            "{name} answers with JSON that is not Prometheus's (no \"status\": \"success\"); check --url"
        ))),
        Err(error) if error.is_eof() => Err(cut_off(name, body.len() as u64)),
        Err(error) => Err(Refusal::of_all(format!(
            "the answer of {name} is not Prometheus's JSON ({error}); check --url"
        ))),
    }
}

/// The answer ends too early, after so many bytes.
pub(super) fn cut_off(name: &str, bytes: u64) -> Refusal {
    Refusal::of_this(format!(
        "the answer of {name} ends in the middle (after {bytes} bytes); try again"
    ))
}

/// The server understood and says why not.
fn query_failed(name: &str, status: StatusCode, error: &str) -> Refusal {
    let (verb, cure) = match status.as_u16() {
        401 | 403 => return credentials(name, status, Some(error)),
        400 => ("refuses the query", "check --match"),
        422 => (
            "could not evaluate the query",
            "ask for less with a shorter --range or a narrower --match",
        ),
        429 => ("has too many queries", "try again in a moment"),
        499 | 503 | 504 => (
            "ran out of time or is overloaded",
            "try again, or ask for less with a shorter --range or a narrower --match",
        ),
        _ => ("failed", "see the server's log"),
    };
    Refusal::of_this(format!("{name} {verb} ({}): {error}; {cure}", status.as_u16()))
}

/// A proxy or another program answered.
fn turned_away(
    name: &str,
    url: &str,
    status: StatusCode,
    location: Option<&str>,
    body: &[u8],
) -> Refusal {
    let code = status.as_u16();
    Refusal::of_all(match code {
        401 | 403 => return credentials(name, status, None),
        300..=399 => match location {
            Some(target) => format!(
                "{name} redirects to {} ({code}); if that is the API, give its address in --url, and if it is a login page, \
                 credentials with --header 'Authorization: Bearer …'",
                quote(&without_credentials(target))
            ),
            None => format!("{name} redirects without saying where ({code}); check --url"),
        },
        404 => format!(
            "{} does not exist (404); give the server's path prefix in --url, such as http://host/prometheus",
            without_credentials(url)
        ),
        405 => format!(
            "{name} allows neither POST nor GET on its query endpoint (405); check --url and the proxy before it"
        ),
        413 | 414 => {
            format!("the query is too long for {name} or the proxy before it ({code}); try --raw")
        }
        429 => {
            return Refusal::of_this(format!(
                "{name} has too many queries (429); try again in a moment"
            ));
        }
        502..=504 => {
            return Refusal::of_this(format!(
                "{name} or the proxy before it is not available or too slow ({code}); try again, or ask for less with a \
                 shorter --range or a narrower --match"
            ));
        }
        _ => {
            let said = if looks_like_html(body) {
                String::new()
            } else {
                quote(&String::from_utf8_lossy(body))
            };
            let said = if said.is_empty() { said } else { format!(": {said}") };
            format!("{name} answers with status {code}{said}; check --url and the server's log")
        }
    })
}

fn credentials(name: &str, status: StatusCode, error: Option<&str>) -> Refusal {
    let said = error.map_or_else(String::new, |error| format!(": {error}"));
    Refusal::of_all(if status == StatusCode::UNAUTHORIZED {
        format!(
            "{name} wants credentials (401){said}; give them with --header 'Authorization: Bearer …'"
        )
    } else {
        format!(
            "{name} does not let these credentials in (403){said}; use others with --header, or ask for the right to query"
        )
    })
}

pub(crate) fn looks_like_html(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'<')
}

/// A foreign message, cut to a length that leaves the sentence readable.
pub(crate) fn quote(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> Refusal {
        let status = StatusCode::from_u16(status).unwrap();
        check(
            "http://p",
            "http://p/api/v1/query",
            status,
            Some("https://sso/login"),
            body.as_bytes(),
        )
        .unwrap_err()
    }

    #[test]
    fn data_pass() {
        let body = br#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
        assert_eq!(check("http://p", "", StatusCode::OK, None, body), Ok(()));
    }

    #[test]
    fn each_refusal_names_cause_and_cure() {
        let error = r#"{"status":"error","errorType":"x","error":"query timed out"}"#;
        for (status, body, cause, cure, for_all) in [
            (200, "<!DOCTYPE html><html>", "web page", "--header", true),
            (200, "{}", "not Prometheus's", "--url", true),
            (200, "[1,2]", "not Prometheus's JSON", "--url", true),
            (
                200,
                r#"{"status":"success","data":{"resultTy"#,
                "ends in the middle",
                "try again",
                false,
            ),
            (200, error, "query timed out", "log", false),
            (301, "", "https://sso/login", "--url", true),
            (400, r#"{"status":"error","error":"parse error"}"#, "parse error", "--match", false),
            (401, "", "wants credentials", "--header", true),
            (403, r#"{"status":"error","error":"no tenant"}"#, "no tenant", "--header", true),
            (404, "404 page not found", "http://p/api/v1/query does not exist", "prefix", true),
            (405, "", "neither POST nor GET", "--url", true),
            (413, "", "too long", "--raw", true),
            (422, error, "could not evaluate", "shorter --range", false),
            (429, "", "too many", "again", false),
            (500, "boom", "boom", "log", true),
            (502, "<html>", "not available", "try again", false),
            (503, error, "overloaded", "shorter --range", false),
        ] {
            let refusal = refused(status, body);
            let sentence = &refusal.sentence;
            assert!(
                sentence.contains(cause) && sentence.contains(cure),
                "{status} {body}: {sentence}"
            );
            assert_eq!(refusal.is_for_all(), for_all, "{status} {body}: {sentence}");
            assert!(
                !sentence.contains('\n') && sentence.starts_with("http://p")
                    || sentence.starts_with("the "),
                "{sentence}"
            );
        }
    }

    #[test]
    fn long_foreign_messages_are_cut() {
        let refusal = refused(500, &"x".repeat(10_000));
        assert!(refusal.sentence.len() < 500, "{}", refusal.sentence.len());
    }
}
