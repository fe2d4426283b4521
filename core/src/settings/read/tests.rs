//! The reader against the one that `serde` derives, and the sentences of what is refused.

use serde_json::json;

use super::*;
use crate::json::variations;

fn read(text: &str) -> Result<Settings, String> {
    Reader::read(text.as_bytes(), settings)
}

#[test]
fn what_serde_reads_is_read_alike_and_what_it_refuses_is_refused() {
    let example = json!({
        "schema": 1,
        "window": {"start": 1_780_000_000_000_i64, "end": 1_780_000_600_000_i64},
        "baseline": {"mode": "range", "start": -5, "end": 1_780_000_000_000_i64, "offset": 3_600_000},
        "slo": {"profile": "code-completion", "quantile": 0.9, "objective": 1, "targets": {"ttft": 2.5, "itl": 1}},
        "scope": {"model": "gemma \u{e9}", "replica": null},
        "limits": {"max_num_seqs": 256, "kv_capacity_tokens": 1.5e6},
        "prefix": "ray_vllm:",
        "quantiles": [0.5, 0.95, 1, 0],
        "sections": ["verdict", "phases", "matrix", "strips", "heatmap", "evidence", "fleet"]
    });
    let texts = variations(&example);
    let mut accepted = 0;
    for text in &texts {
        let expected: Option<Settings> = serde_json::from_str(text).ok();
        assert_eq!(read(text).ok(), expected, "{text}");
        accepted += usize::from(expected.is_some());
    }
    assert!(accepted > 50 && texts.len() - accepted > 500, "{accepted} of {}", texts.len());
}

#[test]
fn every_name_of_a_choice_is_the_one_that_is_written() {
    let mut all = Settings { sections: Section::ALL.to_vec(), ..Settings::default() };
    for profile in PROFILES {
        for mode in MODES {
            all.slo.profile = profile;
            all.baseline.mode = mode;
            let text = serde_json::to_string(&all).unwrap_or_default();
            assert_eq!(read(&text).as_ref(), Ok(&all), "{text}");
        }
    }
}

#[test]
fn what_is_refused_is_named_with_its_place() {
    for (text, expected) in [
        ("", "the text is cut off after 0 bytes"),
        ("[]", "expected the whole to be an object, found a list at byte 0"),
        (
            r#"{"slo": {"quantil": 0.9}}"#,
            "a field of the slo cannot be \"quantil\", at byte 10; there are profile, quantile, objective, targets",
        ),
        (
            r#"{"slo": {"quantile": "0.9"}}"#,
            "expected \"quantile\" of the slo to be a number, found a string at byte 21",
        ),
        (r#"{"schema": 1, "schema": 1}"#, "\"schema\" of the settings is there twice, at byte 15"),
        (
            r#"{"schema": 1.5}"#,
            "expected \"schema\" of the settings to be a whole number within its range, found a number at byte 11",
        ),
        (
            r#"{"baseline": {"mode": "auot"}}"#,
            "\"mode\" of the baseline cannot be \"auot\", at byte 23; there are auto, range, offset, none",
        ),
        (r#"{"window": {"start": 1}}"#, "the window lacks its start or its end at byte 23"),
        (r#"{"quantiles": [0.5 0.9]}"#, "expected \",\" or \"]\", found a number at byte 19"),
        (r#"{"limits": {"max_num_seqs": 1e999}}"#, "the number is out of range at byte 28"),
        ("{} {}", "there are trailing characters at byte 3"),
    ] {
        assert_eq!(read(text), Err(expected.to_owned()), "{text}");
    }
}
