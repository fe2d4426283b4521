//! The reader against the one that `serde` derives, the table against the type, and the sentences
//! of what is refused.

use serde_json::{Value, json};

use super::table::{described, settings};
use super::takes::Takes;
use super::words::Words;
use super::*;
use crate::catalogue::sections::Section;
use crate::json::variations;
use crate::small::sorted::SortedMap;

/// Settings in which nothing is left out.
fn full() -> Value {
    json!({
        "schema": 2,
        "window": {"start": 1_780_000_000_000_i64, "end": 1_780_000_600_000_i64},
        "baseline": {"mode": "range", "start": -5, "end": 1_780_000_000_000_i64, "offset": 36_000},
        "slo": {"profile": "code-completion", "quantile": 0.9, "targets": {"ttft": 2.5, "itl": 1}},
        "scope": {"model": "gemma \u{e9}", "replica": "pod-0/0"},
        "limits": {"max_num_seqs": 256, "kv_capacity_tokens": 1.5e6},
        "thresholds": {"memory.full": 0.95},
        "prefix": "ray_vllm:",
        "quantiles": [0.5, 0.95, 1, 0],
        "sections": ["verdict", "phases", "evidence", "strips", "heatmap", "objectives", "matrix", "fleet"]
    })
}

fn refusal(text: &str) -> String {
    Settings::from_json(text.as_bytes()).expect_err(text).to_string()
}

#[test]
fn the_judged_quantile_is_reported_once_and_in_order() {
    let mut settings = Settings::default();
    assert_eq!(settings.reported_quantiles(), [0.5, 0.95, 0.99]);
    settings.slo.quantile = 0.9;
    assert_eq!(settings.reported_quantiles(), [0.5, 0.9, 0.95, 0.99]);
}

#[test]
fn what_serde_reads_is_read_alike_and_what_it_refuses_is_refused() {
    let texts = variations(&full());
    let mut accepted = 0;
    for text in &texts {
        let expected: Option<Settings> = serde_json::from_str(text).ok();
        // The derived reader takes every number for a schema; a schema of 1 is today's when read.
        let expected = expected.filter(|settings| (1..=2).contains(&settings.schema));
        assert_eq!(read::settings(text.as_bytes()).ok(), expected, "{text}");
        accepted += usize::from(expected.is_some());
    }
    assert!(accepted > 50 && texts.len() - accepted > 500, "{accepted} of {}", texts.len());
}

/// A value that a setting may hold.
fn sample(takes: &Takes) -> Value {
    match takes {
        Takes::Number(range) => json!(range.least + 0.5),
        Takes::Choice(ids) => json!(ids[0]),
        Takes::Text => json!("text"),
        Takes::Time | Takes::Duration => json!(1),
        Takes::Interval => json!({"start": 1, "end": 2}),
        Takes::Numbers(_) => json!([0.5]),
        Takes::Choices(ids) => json!([ids[0]]),
        Takes::NumberById(ids, _) => json!({ids()[0]: 1.5}),
        Takes::NumberByName(_) => json!({"any.name": 1.5}),
    }
}

#[test]
fn every_row_is_read_into_a_field_of_its_own() {
    let mut all = json!({});
    for setting in settings() {
        let mut one = json!({});
        for json in [&mut one, &mut all] {
            let place = setting.path.split('.').fold(json, |place, name| &mut place[name]);
            *place = sample(&setting.takes);
        }
        let read = Settings::from_json(one.to_string().as_bytes());
        let written = serde_json::to_value(read.expect(setting.path)).expect("plain data");
        let pointer = pointer(setting.path);
        assert_eq!(written.pointer(&pointer), one.pointer(&pointer), "{}", setting.path);
    }
    let read = read::settings(all.to_string().as_bytes()).expect("every sample is valid");
    assert_ne!(read, Settings::default());
}

#[test]
fn every_field_has_a_row() {
    let written = serde_json::to_value(Settings::default()).expect("plain data");
    let rows: Vec<&str> = settings().map(|setting| setting.path).collect();
    let mut found = Vec::new();
    leaves(&written, "", &rows, &mut found);
    for path in found.iter().filter(|path| *path != "schema") {
        assert!(rows.contains(&path.as_str()), "{path} has no row in the table of settings");
    }
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

/// Paths of the values: an object that no row has as its value is a part.
fn leaves(value: &Value, path: &str, rows: &[&str], found: &mut Vec<String>) {
    match value {
        Value::Object(fields) if !rows.contains(&path) => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                leaves(field, &path, rows, found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}

#[test]
fn every_row_has_words_and_they_are_its_own() {
    for (setting, words) in described() {
        let Words { label, help, entries, attribute, flag, .. } = *words;
        assert!(!label.is_empty(), "{}", setting.path);
        assert_eq!(flag.is_empty(), words.value_name.is_empty(), "{}", setting.path);
        assert!(help.ends_with('.'), "the help of {} is no sentence: {help}", setting.path);
        let ids: Vec<&str> = entries().iter().map(|entry| entry.id).collect();
        match setting.takes {
            Takes::Choice(known) | Takes::Choices(known) => assert_eq!(ids, known),
            Takes::NumberById(known, _) => assert_eq!(ids, known()),
            _ => assert!(ids.is_empty(), "{} takes no ids", setting.path),
        }
        for other in described().iter().filter(|(other, _)| other.path != setting.path) {
            assert!(attribute.is_empty() || attribute != other.1.attribute, "{attribute}");
            assert!(flag.is_empty() || flag != other.1.flag, "{flag}");
        }
        if !words.mode.is_empty() {
            assert!(BaselineMode::from_id(words.mode).is_some(), "{}", setting.path);
        }
    }
}

#[test]
fn targets_and_limits_are_those_of_the_closed_lists() {
    let ids = |path: &str| match table::find(path).expect("a row").takes {
        Takes::NumberById(ids, _) => ids(),
        _ => panic!("{path} takes no numbers by id"),
    };
    assert_eq!(ids("slo.targets"), ["ttft", "itl", "tpot", "e2e"]);
    assert_eq!(ids("limits"), ["max_num_seqs", "kv_capacity_tokens", "max_model_len"]);
}

#[test]
fn every_name_of_a_choice_is_the_one_that_is_written() {
    let mut all = Settings { sections: Section::ALL.to_vec(), ..Settings::default() };
    for &profile in SloProfile::ALL {
        for &mode in BaselineMode::ALL {
            all.slo.profile = profile;
            all.baseline.mode = mode;
            let text = serde_json::to_string(&all).unwrap_or_default();
            assert_eq!(Settings::from_json(text.as_bytes()).as_ref(), Ok(&all), "{text}");
        }
    }
}

#[test]
fn what_is_refused_is_named_with_its_value_and_what_is_allowed() {
    for (text, expected) in [
        ("", "the settings are not valid JSON of one object: the text is cut off after 0 bytes"),
        (
            "[]",
            "the settings are not valid JSON of one object: expected the whole to be an object, \
             found a list at byte 0",
        ),
        (
            "{} {}",
            "the settings are not valid JSON of one object: there are trailing characters at byte \
             3",
        ),
        (
            r#"{"quantiles": [0.5 0.9]}"#,
            "the settings are not valid JSON of one object: expected \",\" or \"]\", found a \
             number at byte 19",
        ),
        (r#"{"slo": [0.9]}"#, "slo must be an object, got [0.9]"),
        (
            r#"{"slo": {"quantile": "0.9"}}"#,
            "slo.quantile must be a number between 0 and 1, neither of them included, got \"0.9\"",
        ),
        (
            r#"{"slo": {"quantile": 1}}"#,
            "slo.quantile must be a number between 0 and 1, neither of them included, got 1",
        ),
        (r#"{"quantiles": [0.5, 1.5]}"#, "each of quantiles must be a number from 0 to 1, got 1.5"),
        (r#"{"quantiles": 0.5}"#, "quantiles must be a list of numbers from 0 to 1, got 0.5"),
        (
            r#"{"baseline": {"mode": "auot"}}"#,
            "baseline.mode must be one of auto, range, offset, none, got \"auot\"",
        ),
        (
            r#"{"baseline": {"offset": 0}}"#,
            "baseline.offset must be a whole number of milliseconds greater than 0, got 0",
        ),
        (
            r#"{"baseline": {"start": 5, "end": 5}}"#,
            "baseline.end must be later than baseline.start, 5, got 5",
        ),
        (
            r#"{"window": {"start": 1}}"#,
            "window must be {\"start\": …, \"end\": …} in Unix milliseconds, the end after the \
             start, got {\"start\": 1}",
        ),
        (
            r#"{"window": {"start": 2, "end": 1}}"#,
            "window must be {\"start\": …, \"end\": …} in Unix milliseconds, the end after the \
             start, got 2 to 1",
        ),
        (
            r#"{"slo": {"targets": {"tfft": 1}}}"#,
            "slo.targets.tfft is not a setting; slo.targets may hold ttft, itl, tpot, e2e",
        ),
        (
            r#"{"slo": {"targets": {"ttft": "1 s"}}}"#,
            "slo.targets must be an object of numbers greater than 0 by ttft, itl, tpot, e2e, got \
             {\"ttft\": \"1 s\"}",
        ),
        (
            r#"{"limits": {"max_num_seqs": 0}}"#,
            "limits.max_num_seqs must be a number greater than 0, got 0",
        ),
        (
            r#"{"limits": {"kv_worst_case_concurrency": 4}}"#,
            "limits.kv_worst_case_concurrency is not a setting; limits may hold max_num_seqs, \
             kv_capacity_tokens, max_model_len",
        ),
        (
            r#"{"thresholds": {"memory.full": -1}}"#,
            "thresholds.memory.full must be a number greater than 0, got -1",
        ),
        (
            r#"{"sections": ["verdict", "summary"]}"#,
            "sections must be a list out of verdict, phases, evidence, strips, heatmap, objectives, \
             matrix, fleet, got [\"verdict\", \"summary\"]",
        ),
        (r#"{"prefix": 7}"#, "prefix must be a text, got 7"),
        (r#"{"prefix": "a", "prefix": "b"}"#, "prefix is in the settings twice"),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_known_ones() {
    for (text, part, path, whose) in [
        (r#"{"colour": "red"}"#, "", "colour", "the settings"),
        (r#"{"slo": {"quantil": 0.9}}"#, "slo", "slo.quantil", "slo"),
    ] {
        let known = table::names(part).join(", ");
        assert_eq!(refusal(text), format!("{path} is not a setting; {whose} may hold {known}"));
    }
    assert!(["schema", "slo", "window"].iter().all(|name| table::names("").contains(name)));
    assert!(["profile", "quantile"].iter().all(|name| table::names("slo").contains(name)));
}

#[test]
fn a_number_without_bound_is_no_setting_of_a_number() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0] {
        let mut settings = Settings::default();
        settings.thresholds.insert("memory.full".to_owned(), number);
        assert!(settings.check().is_err(), "{number}");
        let settings =
            Settings { slo: Slo { quantile: number, ..Slo::default() }, ..Settings::default() };
        assert!(settings.check().is_err(), "{number}");
    }
    assert!(refusal(r#"{"limits": {"max_num_seqs": 1e999}}"#).contains("limits"));
}

#[test]
fn long_values_are_not_repeated_in_full() {
    let long = "\u{e9}".repeat(5000);
    let text = refusal(&format!(r#"{{"slo": {{"profile": "{long}"}}}}"#));
    assert!(text.len() < 250 && text.starts_with("slo.profile must be one of"), "{text}");
}

#[test]
fn settings_of_schema_1_open_without_what_is_gone() {
    let mut former = full();
    former["schema"] = json!(1);
    former["slo"]["objective"] = json!(0.999);
    former["sections"] = json!(["fleet", "verdict", "strips"]);
    // Settings may be written by hand: the schema need not stand first.
    let text = former.to_string().replace("\"schema\":1,", "");
    let last = format!("{},\"schema\":1}}", text.strip_suffix('}').expect("an object"));
    let mut today = full();
    today["sections"] = json!(["fleet", "verdict", "strips"]);
    let expected = Settings::from_json(today.to_string().as_bytes()).expect("valid");
    assert_eq!(expected.schema, 2);
    for text in [former.to_string(), last] {
        assert_eq!(Settings::from_json(text.as_bytes()).as_ref(), Ok(&expected), "{text}");
    }
}

#[test]
fn schema_1_is_no_licence_for_what_never_was() {
    for (text, part) in [
        (r#"{"schema": 1, "slo": {"objektive": 0.9}}"#, "slo.objektive is not a setting"),
        (r#"{"schema": 1, "sections": ["fleets"]}"#, "sections must be a list out of"),
        (r#"{"schema": 1, "objective": 0.9}"#, "objective is not a setting"),
        (r#"{"schema": 1, "slo": {"quantile": 2}}"#, "slo.quantile must be"),
    ] {
        assert!(refusal(text).starts_with(part), "{}", refusal(text));
    }
}

#[test]
fn what_is_gone_is_refused_with_the_reason() {
    let expected = "slo.objective is not a setting since schema 2, because nothing was judged by \
                    it; leave it out";
    for schema in ["", r#""schema": 2, "#] {
        let text = format!(r#"{{{schema}"slo": {{"objective": 0.9}}}}"#);
        assert_eq!(refusal(&text), expected, "{text}");
    }
}

#[test]
fn a_schema_of_the_future_or_of_no_time_is_refused_before_anything_else() {
    assert_eq!(
        refusal(r#"{"colour": {"of": "tomorrow"}, "schema": 3}"#),
        "the settings have schema 3, and this version reads 1 to 2; open them with a newer version"
    );
    for got in ["0", "-1", "1.5", "\"2\"", "null", "{}", "1e0"] {
        assert_eq!(
            refusal(&format!(r#"{{"schema": {got}}}"#)),
            format!("schema must be a whole number from 1 to 2, got {got}")
        );
    }
}

#[test]
fn absent_settings_are_the_defaults_and_the_defaults_are_valid() {
    assert_eq!(Settings::from_json(b"{}"), Ok(Settings::default()));
    assert_eq!(Settings::default().check(), Ok(()));
    assert_eq!(Settings::default().baseline.offset, 86_400_000);
    assert_eq!(Settings::default().thresholds, SortedMap::new());
}
