//! Ranges and steps by purpose. Vectors of the detail are shared with the element's own code.

use serde_json::Value;

use super::*;
use crate::settings::BaselineSettings;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A multiple of five minutes.
const END: i64 = 1_780_000_200 * SECOND;

fn detail(range: i64) -> FetchRange {
    FetchRange::up_to(END, range, 15 * SECOND)
}

fn offset(offset: i64) -> Settings {
    let baseline = BaselineSettings { mode: BaselineMode::Offset, offset, ..Default::default() };
    Settings { baseline, ..Settings::default() }
}

fn given(start: Option<i64>, end: Option<i64>) -> Settings {
    let baseline = BaselineSettings { mode: BaselineMode::Range, start, end, ..Default::default() };
    Settings { baseline, ..Settings::default() }
}

fn range(start: i64, end: i64, step_ms: i64) -> FetchRange {
    FetchRange { start, end, step_ms }
}

#[test]
fn the_detail_is_what_the_vectors_say() {
    let vectors = include_str!("../../../../tests/vectors/fetches.json");
    let vectors: Value = serde_json::from_str(vectors).expect("the vectors are JSON");
    let vectors = vectors["detail"].as_array().expect("there is a list");
    assert!(vectors.len() > 10);
    for vector in vectors {
        let number = |index: usize| vector[index].as_i64().expect("whole numbers");
        let (now, length, interval) = (number(0), number(1), number(2));
        let expected = FetchRange { start: number(3), end: number(4), step_ms: number(5) };
        assert_eq!(FetchRange::up_to(now, length, interval), expected, "{vector}");
    }
}

#[test]
fn typed_times_are_kept_to_the_millisecond() {
    let expected = FetchRange { start: 1_001, end: 601_003, step_ms: 15_000 };
    assert_eq!(FetchRange::between(1_001, 601_003, 15_000), expected);
}

#[test]
fn a_baseline_that_the_detail_holds_needs_no_history() {
    for settings in [
        Settings::default(),
        offset(30 * MINUTE),
        given(None, None),
        given(None, Some(END - 20 * MINUTE)),
        given(Some(END - HOUR), Some(END - 20 * MINUTE)),
        // By less than a step outside.
        given(Some(END - HOUR - 14 * SECOND), Some(END - 20 * MINUTE)),
        Settings {
            baseline: BaselineSettings { mode: BaselineMode::None, ..Default::default() },
            ..Settings::default()
        },
    ] {
        assert_eq!(detail(HOUR).history(&settings, None, HOUR), None, "{settings:?}");
    }
}

#[test]
fn an_offset_asks_for_the_whole_range_that_much_earlier() {
    let found = detail(HOUR).history(&offset(DAY), None, 0);
    assert_eq!(found, Some(range(END - DAY - HOUR, END - DAY, MINUTE)));
    let found = detail(HOUR).history(&offset(DAY), None, HOUR);
    assert_eq!(found, Some(range(END - DAY - HOUR, END - DAY + HOUR, MINUTE)));
    // Nothing is asked of the future, nor of what the detail has.
    let found = detail(HOUR).history(&offset(55 * MINUTE), None, HOUR);
    assert_eq!(found, Some(range(END - HOUR - 55 * MINUTE, END, MINUTE)));
    // A window of its own has its baseline even where it lies before the range.
    let window = Some(Interval { start: END - 2 * HOUR, end: END - 90 * MINUTE });
    let found = detail(HOUR).history(&Settings { window, ..offset(DAY) }, None, 0);
    assert_eq!(found, Some(range(END - DAY - 2 * HOUR, END - DAY, MINUTE)));
}

#[test]
fn a_typed_baseline_asks_for_itself_on_whole_steps() {
    let settings = given(Some(END - 3 * HOUR - 7), Some(END - 2 * HOUR - 7));
    let found = detail(HOUR).history(&settings, None, HOUR);
    assert_eq!(found, Some(range(END - 3 * HOUR - MINUTE, END - 2 * HOUR, MINUTE)));
    // Partly inside the detail, it is still measured in one piece.
    let settings = given(Some(END - 3 * HOUR), None);
    let found = detail(HOUR).history(&settings, None, 0);
    assert_eq!(found, Some(range(END - 3 * HOUR, END - 6 * MINUTE, MINUTE)));
}

#[test]
fn a_row_has_steps_of_five_minutes_or_a_thousand() {
    for (length, step) in [
        (HOUR, 5 * MINUTE),
        (3 * DAY, 5 * MINUTE),
        (10 * DAY, 14 * MINUTE + 30 * SECOND),
        (30 * DAY, 43 * MINUTE + 15 * SECOND),
    ] {
        let found = detail(HOUR).history(&Settings::default(), Some(length), 0);
        let found = found.expect("a row is wanted");
        assert_eq!(found.step_ms, step);
        assert_eq!((found.start.rem_euclid(step), found.end.rem_euclid(step)), (0, 0));
        assert!(END - step < found.end && found.end <= END);
        assert!(END - length - step < found.start && found.start <= END - length);
        assert!((found.end - found.start) / step <= 1_001);
    }
    // A row of a range that is itself coarse is four times as coarse.
    let week = FetchRange::up_to(END, 7 * DAY, 15 * SECOND);
    let found = week.history(&Settings::default(), Some(10 * DAY), 0).expect("a row is wanted");
    assert_eq!(found.step_ms, 4 * week.step_ms);
}

#[test]
fn a_row_and_a_baseline_are_one_fetch() {
    let found = detail(HOUR).history(&offset(2 * DAY), Some(DAY), 0);
    let start = END - 2 * DAY - HOUR;
    assert_eq!(found, Some(range(start, END, 5 * MINUTE)));
}

#[test]
fn each_purpose_has_queries_of_its_own_step() {
    let options = PlanOptions {
        matchers: "model_name=\"gemma\"".to_owned(),
        grouping: crate::query::Grouping::Model,
        ..PlanOptions::default()
    };
    let asked = |settings: &Settings| fetches("vllm", &options, detail(HOUR), settings, None);
    let detail_only = asked(&Settings::default()).expect("the engine is known");
    assert_eq!(
        detail_only.iter().map(|fetch| fetch.purpose).collect::<Vec<_>>(),
        [Purpose::Detail]
    );
    let both = asked(&offset(DAY)).expect("the engine is known");
    assert_eq!(
        both.iter().map(|fetch| (fetch.purpose, fetch.step_ms)).collect::<Vec<_>>(),
        [(Purpose::Detail, 15 * SECOND), (Purpose::History, MINUTE)]
    );
    assert_eq!(both[0], detail_only[0]);
    assert!(both[1].plan.queries.iter().any(|query| query.promql.contains("offset 60000ms")));
    assert!(fetches("triton", &options, detail(HOUR), &offset(DAY), None).is_err());
}

#[test]
fn no_number_makes_it_stop() {
    let extremes = [i64::MIN, -1, 0, 1, 15_000, i64::MAX];
    for now in extremes {
        for length in extremes {
            for interval in extremes {
                let detail = FetchRange::up_to(now, length, interval);
                assert!(
                    detail.step_ms > 0 && FetchRange::between(now, length, interval).step_ms > 0
                );
                for offset_ms in [1, DAY, i64::MAX] {
                    let found = detail.history(&offset(offset_ms), Some(length), length);
                    assert!(found.is_none_or(|found| found.step_ms > 0 && found.start < found.end));
                }
            }
        }
    }
}
