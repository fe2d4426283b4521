//! Hostile label values: they may fill a field of the report, but they change no verdict and break
//! no sentence.

use super::{answer, answer_with, capped, verdict};
use inference_triage_harness::scenario::response::{Response, Series};
use serde_json::{Value, json};

const HOSTILE: [&str; 11] = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\u{1b}[2J\u{1b}[31mall is well\u{1b}[0m\u{7}",
    "\" or vector(0) # \\",
    "{}{}%s%n${jndi:ldap://x}",
    "line one\nline two\r\n\tline three",
    "\0\u{1}\u{8}\u{7f}\u{9b}",
    "\u{202e}evil\u{2066}\u{200f}",
    "../../etc/passwd",
    "",
    " ",
    "🦀 ünïcode \u{feff}\u{10ffff}",
];

fn with_label(label: &str, value: &str) -> Response {
    let mut response = capped();
    for series in &mut response.series {
        if series.labels.contains_key(label) {
            series.labels.insert(label.to_owned(), value.to_owned());
        }
    }
    response
}

/// Every sentence of a report: whatever a reader sees outside the names of scopes and replicas.
fn sentences(report: &Value) -> Vec<&str> {
    let verdict = &report["verdict"];
    let mut all: Vec<&Value> = vec![&verdict["sentence"], &verdict["detail"]];
    all.extend([
        &verdict["action"]["sentence"],
        &verdict["action"]["effect"],
        &report["pattern"]["direction"],
    ]);
    for finding in report["findings"].as_array().into_iter().flatten() {
        all.extend([&finding["reason"], &finding["condition"]]);
        all.extend(
            finding["evidence"].as_array().into_iter().flatten().map(|evidence| &evidence["text"]),
        );
        all.extend(finding["caveats"].as_array().into_iter().flatten());
    }
    all.into_iter().filter_map(Value::as_str).collect()
}

/// No control character and none that turns the direction of writing around.
fn is_plain(text: &str) -> bool {
    let turns = |character| {
        matches!(
            character,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'
        )
    };
    !text.chars().any(|character| character.is_control() || turns(character))
}

#[test]
fn hostile_labels() {
    for label in ["model_name", "pod", "instance", "engine", "job"] {
        for value in HOSTILE {
            let report = answer(&with_label(label, value)).unwrap();
            assert_eq!(verdict(&report), "slot-cap", "{label}={value:?}");
            for sentence in sentences(&report) {
                assert!(is_plain(sentence), "{label}={value:?}: {sentence:?}");
            }
        }
    }
}

/// A query that is copied from the report stays one string literal, whatever the model is called.
#[test]
fn copied_queries_quote_the_model() {
    for value in HOSTILE {
        let report = answer(&with_label("model_name", value)).unwrap();
        let steps = report["verdict"]["action"]["steps"].as_array().unwrap();
        let queries = steps
            .iter()
            .filter(|step| step["copy_kind"] == "PromQL")
            .filter_map(|step| step["copy"].as_str());
        for query in queries {
            assert!(!query.contains('\n'), "{query:?}");
            if let Some((_, rest)) = query.split_once("model_name=\"") {
                assert_eq!(literal(rest).as_deref(), Some(value), "{query:?}");
            }
        }
    }
}

/// Reads a PromQL string up to its closing quote.
fn literal(text: &str) -> Option<String> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return Some(value),
            '\\' => match characters.next()? {
                'n' => value.push('\n'),
                escaped => value.push(escaped),
            },
            other => value.push(other),
        }
    }
}

#[test]
fn label_values_of_a_megabyte() {
    let long = "x".repeat(1_000_000);
    for label in ["model_name", "pod", "job"] {
        let mut response = with_label(label, "y");
        // A few series carry it, as a server would hold it once.
        response.series.retain(|series| {
            let name = series.name();
            name.contains("num_requests")
                || name.contains("queue_time")
                || name.contains("inter_token")
                || name.contains("time_to_first")
        });
        for series in
            response.series.iter_mut().filter(|series| series.labels.contains_key(label)).take(12)
        {
            series.labels.insert(label.to_owned(), long.clone());
        }
        let report = answer(&response).unwrap();
        for sentence in sentences(&report) {
            assert!(sentence.len() < 2_000, "{label}: a sentence of {} bytes", sentence.len());
        }
    }
}

#[test]
fn hostile_names_in_errors() {
    for value in HOSTILE.into_iter().chain(["y".repeat(1_000_000).as_str()]) {
        let labels =
            [("__name__".to_owned(), value.to_owned()), ("pod".to_owned(), value.to_owned())]
                .into();
        let response =
            Response { series: vec![Series { labels, samples: vec![(0, 1.0), (15_000, 2.0)] }] };
        let (code, message) = answer(&response).unwrap_err();
        assert_eq!(code, "no-engine");
        assert!(is_plain(&message) && message.len() < 2_000, "{message:?}");
    }
}

#[test]
fn hostile_scopes_in_errors() {
    for value in HOSTILE.into_iter().chain(["y".repeat(1_000_000).as_str()]) {
        let body = with_label("model_name", value).to_json();
        let (code, message) =
            answer_with(&json!({"scope": {"model": "\u{1b}[31mno such"}}), &body).unwrap_err();
        assert_eq!(code, "bad-settings");
        assert!(
            is_plain(&message) && message.len() < 2_000,
            "{} bytes: {message:.200?}",
            message.len()
        );
    }
}

#[test]
fn hostile_server_messages() {
    let body = String::from_utf8(capped().to_json()).unwrap();
    let warnings = serde_json::to_string(&HOSTILE).unwrap();
    let body = body.replacen(
        r#"{"status":"success","#,
        &format!(r#"{{"status":"success","warnings":{warnings},"infos":{warnings},"#),
        1,
    );
    let report = super::answer_bytes(body.as_bytes()).unwrap();
    assert_eq!(verdict(&report), "slot-cap");
    for caveat in report["quality"]["caveats"].as_array().unwrap() {
        assert!(is_plain(caveat["text"].as_str().unwrap()), "{caveat}");
    }
}

#[test]
fn hostile_errors_of_the_server() {
    for value in HOSTILE.into_iter().chain(["y".repeat(1_000_000).as_str()]) {
        let body = json!({"status": "error", "errorType": value, "error": value}).to_string();
        let (code, message) = super::answer_bytes(body.as_bytes()).unwrap_err();
        assert_eq!(code, "bad-data");
        assert!(is_plain(&message) && message.len() < 4_000, "{message:.200?}");
    }
}

#[test]
fn hostile_sample_values_in_errors() {
    for value in HOSTILE.into_iter().chain(["y".repeat(1_000_000).as_str()]) {
        let result = json!([{"metric": {}, "values": [[1, value]]}]);
        let body = json!({"status": "success", "data": {"resultType": value, "result": result}})
            .to_string();
        let (code, message) = super::answer_bytes(body.as_bytes()).unwrap_err();
        assert_eq!(code, "bad-data");
        assert!(is_plain(&message) && message.len() < 4_000, "{message:.200?}");
    }
}

#[test]
fn hostile_replicas_in_sentences() {
    for value in HOSTILE {
        // The telemetry contradicts itself, and the sentence of that verdict names its replicas.
        let mut response = with_label("pod", value);
        for series in response.named("request_decode_time_seconds_count") {
            series.samples.iter_mut().for_each(|sample| sample.1 *= 2.0);
        }
        let report = answer(&response).unwrap();
        assert_eq!(verdict(&report), "telemetry-fault");
        for sentence in sentences(&report) {
            assert!(is_plain(sentence), "{value:?}: {sentence:?}");
        }
    }
}

#[test]
fn the_label_name_is_hostile() {
    let mut response = capped();
    for series in &mut response.series {
        series.labels.insert("\u{1b}[31m\"}\n".to_owned(), "1".to_owned());
        series.labels.insert(String::new(), "2".to_owned());
    }
    assert_eq!(verdict(&answer(&response).unwrap()), "slot-cap");
}
